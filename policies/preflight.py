"""The checks of a whole text: each item by itself, then in order on what is decided already.

`examine` asks everything, the readiness of the cases too, as a text is frozen; what it returns is
kept with the text. At adoption `sound` and `stands` are asked again, and bind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import msgspec

from policies.checks import CHECKS
from policies.findings import Finding, Judgement, passed, refuse
from policies.items.kind import Item, Occasion
from policies.proof.canonical import digest
from policies.readiness import ready
from policies.rulebook import Rulebook
from policies.sides import Committee
from policies.subjects import Origin


class Examined(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """What one check says of one item (counted from 1; 0 is the whole decision).

    `rule` is the rule in a sentence with its source, or the place of its figure in the rulebook
    that the decision names; `evidence` is what shows the verdict, or what is missing for one.
    """

    item: int
    check: str
    verdict: Judgement
    bars: bool
    rule: str
    evidence: str


def examine(items: Sequence[Item], occasion: Occasion) -> tuple[Examined, ...]:
    """Return what every check says of every item, by item, in the order in which they are asked."""
    return examined(
        [
            *check_annexes(occasion.annexes),
            *sound(items, occasion.committee, occasion.rulebook),
            *stands(items, occasion),
            *ready(items, occasion),
        ]
    )


def examined(findings: Iterable[Finding]) -> tuple[Examined, ...]:
    """Return one verdict for each check of each item: the gravest of what it found.

    A check that found anything amiss has not passed; its evidence is then all that was amiss.
    """
    found: dict[tuple[int, str], list[Finding]] = {}
    for finding in findings:
        found.setdefault((finding.item, finding.check), []).append(finding)
    return tuple(_examined(found[key]) for key in sorted(found, key=lambda key: key[0]))


_GRAVITY = (Judgement.PASS, Judgement.CANNOT_TELL, Judgement.FAIL)


def _examined(findings: list[Finding]) -> Examined:
    gravest = max(findings, key=lambda f: (f.bars, _GRAVITY.index(f.verdict)))
    passes = gravest.verdict is Judgement.PASS
    said = [f.message for f in findings if (f.verdict is Judgement.PASS) == passes]
    return Examined(
        item=gravest.item,
        check=gravest.check,
        verdict=gravest.verdict,
        bars=gravest.bars,
        rule=CHECKS[gravest.check].says,
        evidence="; ".join(dict.fromkeys(said)),
    )


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
