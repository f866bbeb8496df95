"""On a long docket a command reads the cases that it is about, and those that have grown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from governance.service.cases import Cases
from tests.aggregates.docket import CHAIRS, METHODOLOGY, PAPERS, Docket
from tests.aggregates.room import CODE, EVERYONE

MANY = 12


class Reads(list[str]):
    """The streams of cases that were read, in that order."""


@pytest.fixture
def long(docket: Docket) -> Docket:
    """A docket with many cases, about the first of which the committee may decide."""
    docket.assessed()
    for number in range(1, MANY):
        docket.submit(METHODOLOGY | {"title": f"Heat pumps {number}"}, PAPERS)
    docket.sweep()
    return docket


@pytest.fixture
def reads(long: Docket, monkeypatch: pytest.MonkeyPatch) -> Reads:
    """What is read from now on."""
    found = Reads()
    table = long.room.stage.engine.record.table
    stream = table.stream

    def noting(name: str, after: int) -> Iterator[Any]:
        if "/C/" in name:
            found.append(name)
        return stream(name, after)

    monkeypatch.setattr(table, "stream", noting)
    return found


def test_settling_what_has_not_grown_reads_no_case(long: Docket, reads: Reads) -> None:
    long.cases.settle(CODE)

    assert reads == []


def test_settling_reads_what_somebody_else_has_recorded(long: Docket, reads: Reads) -> None:
    engine = long.room.stage.engine
    others = Docket(long.room)
    grown = f"{CODE}/C/{MANY:03}"
    seen = Cases(engine.desk, engine.history)
    seen.settle(CODE)
    others.complete(grown)
    reads.clear()

    seen.settle(CODE)

    assert reads == [grown]


def test_who_reads_for_the_first_time_settles_what_is_due(long: Docket) -> None:
    case = f"{CODE}/C/{MANY:03}"
    long.complete(case)
    long.publish(case)
    long.later(days=30)
    engine = long.room.stage.engine

    settled = Cases(engine.desk, engine.history).settle(CODE)

    assert [event.topic for event in settled] == ["jcm.inputs-closed.v1"]


@pytest.mark.parametrize("name", [f"{CODE}/C/003", "C3", "MN_PM003", "mn_pm003"])
def test_a_case_is_found_by_its_name_without_the_others(
    long: Docket, reads: Reads, name: str
) -> None:
    engine = long.room.stage.engine

    assert Cases(engine.desk, engine.history).load(name).case == f"{CODE}/C/003"
    assert set(reads) == {f"{CODE}/C/003"}


def test_an_adoption_reads_the_case_that_it_moves_on(long: Docket, reads: Reads) -> None:
    proposal = long.propose({"case": "C1"}).proposal
    long.room.stage.engine.proposals.distribute(CODE, proposal)
    reads.clear()

    long.room.sign(proposal, *CHAIRS)
    long.room.affirm(proposal, *(person for person in EVERYONE if person not in CHAIRS))

    assert long.state("C1").stage == "approved"
    assert set(reads) == {f"{CODE}/C/001"}


def test_a_case_that_is_current_already_is_not_copied(long: Docket) -> None:
    assert long.cases.current("C2") is long.state("C2")
