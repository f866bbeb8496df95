"""The page of lifecycles is current, and its pictures are what mermaid reads."""

from __future__ import annotations

import re

import pytest

from policies.cases import LIFECYCLES
from policies.lifecycles import cases, proposal
from policies.lifecycles.lifecycle import Lifecycle
from tests.docs.lifecycles import COMMAND, FILE, page

ALL: tuple[Lifecycle, ...] = (*LIFECYCLES, proposal.PROPOSAL)  # type: ignore[type-arg]
_LINE = re.compile(
    r"stateDiagram-v2|  direction LR"
    r'|  state "(?P<said>[a-z ]+)" as (?P<state>[a-z_]+)'
    r"|  (?P<source>\[\*\]|[a-z_]+) --> (?P<target>\[\*\]|[a-z_]+)(: (?P<label>[a-z |]+))?"
)


def test_the_page_of_lifecycles_is_current() -> None:
    written = FILE.read_text("utf-8") if FILE.exists() else ""

    assert written == page(), f"docs/lifecycles.md is not current; write it anew: {COMMAND}"


@pytest.mark.parametrize("lifecycle", ALL, ids=lambda found: found.name)
def test_a_picture_has_every_step_of_its_table_and_no_other(
    lifecycle: Lifecycle,  # type: ignore[type-arg]
) -> None:
    lines = lifecycle.diagram().splitlines()
    read = [_LINE.fullmatch(line) for line in lines]

    assert lines[0] == "stateDiagram-v2"
    assert all(read), [line for line, found in zip(lines, read, strict=True) if not found]
    found = [match for match in read if match]
    assert {m["state"] for m in found if m["state"]} == {s.value for s in lifecycle.stages}
    drawn = {
        (label, match["source"], match["target"])
        for match in found
        if match["label"]
        for label in match["label"].split(" | ")
    }
    assert drawn == {
        (lifecycle.said.get(move.step, move.step.value.replace("_", " ")), source, move.target)
        for move in lifecycle.moves
        for source in move.sources
    }
    assert {m["source"] for m in found if m["target"] == "[*]"} == lifecycle.ends


def test_every_step_says_what_it_needs_and_every_stage_who_is_awaited() -> None:
    assert cases.NEEDS.keys() == set(cases.Step)
    assert proposal.NEEDS.keys() == set(proposal.Step)
    ended = {stage for lifecycle in LIFECYCLES for stage in lifecycle.ends}
    assert cases.AWAITS.keys() == set(cases.Stage) - ended - {cases.Stage.NEW}
