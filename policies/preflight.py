"""The checks of a whole text: each item by itself, then in order on what is decided already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from policies.findings import Finding, passed, refuse
from policies.items.kind import Item, Occasion
from policies.proof.canonical import digest
from policies.rulebook import Rulebook
from policies.sides import Committee
from policies.subjects import Origin


def sound(items: Sequence[Item], committee: Committee, rulebook: Rulebook) -> Iterator[Finding]:
    """Yield what can be judged without history: by a verifier with one file as by the engine."""
    setting = [n for n, i in enumerate(items, start=1) if getattr(i, "rulebook", None) is not None]
    for number in setting[1:]:
        message = f"item {setting[0]} puts a rulebook in force already; a decision sets one"
        yield refuse("rulebook", message).about(number)
    for number, item in enumerate(items, start=1):
        if item.since_generation > rulebook.generation.value:
            message = (
                f"{item.kind} belongs to the rules of generation {item.since_generation},"
                f" {rulebook.version} is of generation {rulebook.generation.value}"
            )
            yield refuse("generation", message).about(number)
        elif item.since_generation > 1:
            message = f"{rulebook.version} is of generation {rulebook.generation.value}"
            yield passed("generation", message).about(number)
        for finding in item.sound(committee, rulebook):
            yield finding.about(number)


def stands(items: Sequence[Item], occasion: Occasion) -> Iterator[Finding]:
    """Yield what the ground says of each item, with the items before it taken as decided.

    A methodology approved by the first item may be applied by a project of the second.
    """
    ground = occasion.ground.branch() if len(items) > 1 else occasion.ground
    trial = replace(occasion, ground=ground)
    for number, item in enumerate(items, start=1):
        for finding in item.stands(trial):
            yield finding.about(number)
        if len(items) > 1:
            origin = Origin("this decision", number, None, occasion.day, "signed")
            for fact in item.facts():
                ground.take(fact, origin)


def check_annexes(annexes: Mapping[str, str]) -> Iterator[Finding]:
    """Yield a refusal for each annex whose text has another digest than its name."""
    for name, text in annexes.items():
        if digest(text.encode("utf-8")) != name:
            yield refuse("annex", f"annex {name[:16]}…: the text has another digest")
        else:
            yield passed("annex", f"annex {name[:16]}… has the digest that names it")
