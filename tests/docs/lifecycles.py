"""``docs/lifecycles.md``, from the tables: ``python -m tests.docs.lifecycles`` writes it anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from policies.cases import CASE_KINDS, LIFECYCLES, CaseKind
from policies.lifecycles import cases, proposal
from policies.lifecycles.lifecycle import Lifecycle, words

FILE = Path(__file__).parents[2] / "docs" / "lifecycles.md"
COMMAND = "./.venv/bin/python -m tests.docs.lifecycles"

_HEAD = f"""# Lifecycles

Each table of `policies/lifecycles` as a picture, with who is awaited at each stage and what each
step needs. Written from the tables by `{COMMAND}`;
a check says when it is no longer current.

Every step is an event that says when it was recorded, on which day it was taken, by whom, and to
which stage it led. No step is dated in the future, or before the one before it. Steps *of the
engine* follow from time, or from what the committee does with a proposal; all others are taken by a
secretary, member, co-chair or alternate of the roster. To lie on the committee's table is no stage:
the case stays where it is, and its clocks go on. Days are figures of the rulebook under which a
case was opened (`jcgov rulebook show`); where it has none, no clock runs, and none ever decides.
"""


def page() -> str:
    """Return the whole page."""
    parts = [_HEAD]
    for lifecycle in LIFECYCLES:
        kinds = [kind for kind in CASE_KINDS.values() if kind.lifecycle is lifecycle]
        parts.append("\n".join(_of_cases(lifecycle, kinds)))
    parts.append("\n".join(_of_proposals()))
    return "\n".join(parts)


def _of_cases(lifecycle: Lifecycle[Any, Any], kinds: list[CaseKind]) -> Iterator[str]:
    yield from _drawn(lifecycle)
    yield f"Kinds of cases: {', '.join(f'`{kind.name}`' for kind in kinds)}."
    yield ""
    awaited = [
        (words(stage), cases.AWAITS.get(stage, ""), _clocks(kinds, stage))
        for stage in lifecycle.stages
        if stage is not lifecycle.first
    ]
    yield from _table(("Stage", "Awaited", "Days"), awaited)
    steps = [
        (
            words(step),
            _between(lifecycle, step),
            _hand(kinds, step),
            cases.NEEDS[step],
            _papers(kinds, step),
        )
        for step in lifecycle.steps
    ]
    yield from _table(("Step", "From → to", "Of the", "Needs", "Papers"), steps)


def _hand(kinds: Iterable[CaseKind], step: cases.Step) -> str:
    """Say who takes a step; a case that nobody hands in is opened by what was found."""
    opens = step is cases.Step.SUBMIT and not any(kind.handed_in for kind in kinds)
    return "engine" if opens or step in cases.BY_THE_ENGINE else "secretariat"


def _of_proposals() -> Iterator[str]:
    lifecycle = proposal.PROPOSAL
    yield from _drawn(lifecycle)
    steps = [
        (
            lifecycle.said.get(step, words(step)),
            _between(lifecycle, step),
            proposal.NEEDS[step],
        )
        for step in lifecycle.steps
    ]
    yield from _table(("Step", "From → to", "Needs"), steps)


def _drawn(lifecycle: Lifecycle[Any, Any]) -> Iterator[str]:
    yield f"## {lifecycle.title}"
    yield ""
    yield "```mermaid"
    yield lifecycle.diagram().rstrip()
    yield "```"
    yield ""


def _between(lifecycle: Lifecycle[Any, Any], step: Any) -> str:
    """Say from where to where a step leads; stages that it does not leave are named alone."""
    found = []
    for move in lifecycle.moves:
        if move.step != step:
            continue
        stays = [words(stage) for stage in move.sources if stage is move.target]
        leaves = [words(stage) for stage in move.sources if stage is not move.target]
        found += stays
        if leaves:
            found.append(f"{', '.join(leaves)} → {words(move.target)}")
    return "; ".join(found)


def _clocks(kinds: Iterable[CaseKind], stage: cases.Stage) -> str:
    """Name the rulebook's figures that limit a stage, each with the kinds that have it."""
    named = [kind.limits[stage] for kind in kinds if stage in kind.limits]
    if stage is cases.Stage.PUBLIC_INPUT:
        named += [kind.window for kind in kinds if kind.window is not None]
    if stage is cases.Stage.EXTENDED:
        named += [kind.longest for kind in kinds if kind.longest is not None]
    return _figures("clocks", named)


def _papers(kinds: Iterable[CaseKind], step: cases.Step) -> str:
    return _figures("documents", [kind.papers[step] for kind in kinds if step in kind.papers])


def _figures(part: str, names: Iterable[str]) -> str:
    return ", ".join(f"`{part}.{name}`" for name in dict.fromkeys(names))


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    for row in (head, ("---",) * len(head), *rows):
        yield f"| {' | '.join(row)} |".replace("|  |", "| |").replace("|  |", "| |")
    yield ""


if __name__ == "__main__":
    FILE.write_text(page(), "utf-8")
