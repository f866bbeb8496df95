"""The docket as it is read: what awaits whom, until when, whether or not a sweep ran."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from governance import assembly
from governance.clock import Clock
from projections.docket import Docket as View
from tests.aggregates.docket import METHODOLOGY, Docket, document, documents
from tests.aggregates.room import Room

PAPERS = ("proposed_methodology_form", "proposed_methodology_spreadsheet")


@pytest.fixture
def docket(room: Room) -> Docket:
    return Docket(room)


def view(
    docket: Docket,
    on: str | None = None,
    committee: str | None = "JP-MN",
    *,
    of_open: bool = False,
) -> View:
    engine = docket.room.stage.engine
    clock: Clock = engine.desk.clock
    with assembly.library(engine.settings) as read:
        day = None if on is None else date.fromisoformat(on)
        if of_open:
            return View.of_open(read.tables, clock(), str(committee), day)
        return View(read.tables, clock(), committee, day)


def entry(docket: Docket, on: str | None = None) -> dict[str, Any]:
    (found,) = view(docket, on).entries()
    return found


def test_an_empty_docket_has_no_entries(docket: Docket) -> None:
    assert view(docket).entries() == []
    assert view(docket).open_inputs() == []


def test_a_submission_awaits_the_secretariat_for_seven_days(docket: Docket) -> None:
    docket.submit(METHODOLOGY, documents(*PAPERS))

    assert entry(docket) == {
        "case": "JP-MN/C/001",
        "committee": "JP-MN",
        "kind": "methodology_proposal",
        "title": "MN_PM001: Heat pumps in schools",
        "status": "submitted",
        "step": "check whether the papers are complete",
        "awaits": "secretariat",
        "opened": "2026-01-05",
        "due": "2026-01-12",
        "days_left": 7,
        "overdue": False,
    }


@pytest.mark.parametrize(
    ("on", "left", "over"),
    [("2026-01-11", 1, False), ("2026-01-12", 0, False), ("2026-01-13", -1, True)],
)
def test_a_limit_is_overdue_when_its_last_day_is_over(
    docket: Docket, on: str, left: int, over: bool
) -> None:
    docket.submit(METHODOLOGY, documents(*PAPERS))

    found = entry(docket, on)
    assert (found["days_left"], found["overdue"]) == (left, over)


@pytest.mark.parametrize(
    ("on", "status", "awaits", "due"),
    [
        ("2026-01-06", "submitted", "secretariat", "2026-01-12"),
        ("2026-01-07", "public_input", "public", "2026-01-21"),
        ("2026-01-21", "public_input", "public", "2026-01-21"),
        ("2026-01-22", "assessment", "committee", "2026-03-22"),
    ],
)
def test_the_docket_of_a_day_needs_no_sweep(
    docket: Docket, on: str, status: str, awaits: str, due: str
) -> None:
    case = docket.submit(METHODOLOGY, documents(*PAPERS))
    docket.on("2026-01-07").complete(case)
    docket.publish(case)

    found = entry(docket, on)
    assert (found["status"], found["awaits"], found["due"]) == (status, awaits, due)


def test_what_is_overdue_stands_first(docket: Docket) -> None:
    late = docket.submit(METHODOLOGY, documents(*PAPERS))
    docket.on("2026-01-20")
    fresh = docket.submit(METHODOLOGY, documents(*PAPERS))

    assert [found["case"] for found in view(docket).entries()] == [late, fresh]
    assert [found["overdue"] for found in view(docket).entries()] == [True, False]


def test_a_case_that_ended_is_shown_when_asked_for(docket: Docket) -> None:
    case = docket.submit(METHODOLOGY, documents(*PAPERS))
    docket.step(case, _withdraw)

    assert view(docket).entries() == []
    (found,) = view(docket).entries(ended=True)
    assert (found["status"], found["step"], found["awaits"], found["due"]) == (
        "withdrawn",
        None,
        None,
        None,
    )


def test_what_has_ended_is_left_out_of_what_is_open_from_its_last_day_on(docket: Docket) -> None:
    ended = docket.submit(METHODOLOGY, documents(*PAPERS))
    docket.on("2026-01-20").step(ended, _withdraw)
    stays = docket.submit(METHODOLOGY, documents(*PAPERS))

    for day, there in (
        (None, [stays]),
        ("2026-01-04", []),
        ("2026-01-05", [ended]),
        ("2026-01-19", [ended]),
        ("2026-01-20", [stays]),
    ):
        found = view(docket, day, of_open=True).entries()
        assert [entry["case"] for entry in found] == there
        assert found == view(docket, day).entries()


def test_a_case_on_the_table_awaits_the_committee_in_its_decision(docket: Docket) -> None:
    case = docket.submit(METHODOLOGY, documents(*PAPERS))
    docket.on("2026-01-07").complete(case)
    docket.publish(case)
    docket.on("2026-01-25")
    proposed = docket.propose({"case": case, "outcome": "approved"})

    found = entry(docket)
    assert (found["step"], found["awaits"]) == (f"decide {proposed.number}", "committee")
    assert found["due"] == "2026-03-22"


def test_open_inputs_show_what_is_public_and_nothing_else(docket: Docket) -> None:
    papers = [document(PAPERS[0], confidential=True), document(PAPERS[1])]
    case = docket.submit(METHODOLOGY, papers)
    docket.on("2026-01-07").complete(case)
    docket.publish(case)
    docket.comment(case, "Ulaanbaatar Forum", "The reference is too high.")
    docket.comment(case, "A neighbour", "Please keep this to yourselves.", public=False)

    (found,) = view(docket).open_inputs()
    assert (found["opens"], found["closes"], found["days_left"]) == (
        "2026-01-07",
        "2026-01-21",
        14,
    )
    assert [paper["kind"] for paper in found["documents"]] == list(PAPERS)
    assert all("confidential" not in paper for paper in found["documents"])
    assert found["inputs"] == [
        {
            "on": "2026-01-07",
            "author": "Ulaanbaatar Forum",
            "text": "The reference is too high.",
            "recorded": None,
        }
    ]


@pytest.mark.parametrize(("on", "count"), [("2026-01-06", 0), ("2026-01-21", 1), ("2026-01-22", 0)])
def test_inputs_are_open_on_both_ends_of_the_window(docket: Docket, on: str, count: int) -> None:
    case = docket.submit(METHODOLOGY, documents(*PAPERS))
    docket.on("2026-01-07").complete(case)
    docket.publish(case)

    assert len(view(docket, on).open_inputs()) == count


def _withdraw(state: Any, acting: Any) -> Any:
    from aggregates.case.decide_papers import withdraw

    return withdraw(state, acting, "The proposer has other plans.")
