"""Yearly figures: what is signed, adopted and imported apart, and nothing left out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from governance import assembly
from governance.cli.yearly import read_yearly
from governance.demo.stage import Stage, ToldClock, Voice
from governance.settings import Settings
from policies.sides import Committee
from tests.aggregates.room import MEASURE, Room
from tests.places import Places
from tests.projections import works

MONGOLIA = Committee("MN")
PAST = (
    {"decision_date": "2017-10-24", "decision_type": "jc_meeting", "subject_id": "MN-JC5"},
    {
        "decision_date": "2017-10-24",
        "decision_type": "rules_revision",
        "subject_title": "Glossary (ver02.0)",
    },
    {
        "decision_date": "2017-10-24",
        "decision_type": "issuance",
        "subject_id": "MN004",
        "subject_title": "Solar",
        "quantity_tco2e": "10",
        "split": "side:JP=8; side:MN=2",
        "extra": "issued_JP=8 on 2017-12-01",
    },
    {"procedure": "unknown", "decision_type": "rules_adoption", "subject_title": "Undated rules"},
    {
        "decision_date": "2026-05-05",
        "decision_type": "issuance",
        "subject_id": "MN005",
        "subject_title": "Wind",
    },
)


def tell(stage: Stage) -> None:
    """Import a past, adopt it up to 2018, and decide at a meeting; another stays without."""
    room = works.told(stage)
    room.imports(*PAST)
    record = {"kind": "history_adoption", "title": "Record", "up_to": "2018-01-01"}
    works.decide(room, "2026-12-01", record)
    meeting = room.on("2026-12-02").convene("2026-12-10")
    room.convene("2026-12-20")
    proposal = room.table(meeting, MEASURE | {"title": "Meetings on screen"})
    room.on("2026-12-12").sign(proposal, *works.CHAIRS)
    assert room.adopted_on(proposal) is not None


@pytest.fixture(scope="module")
def told(places: Places, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    settings = places.make(tmp_path_factory.mktemp("years") / "home")
    clock = ToldClock(datetime(2026, 1, 5, 2, tzinfo=UTC))
    with assembly.engine(settings, clock) as made:
        tell(Stage(made, clock, Voice(), settings.keys / "people"))
    yield settings
    places.drop(settings)


def of(settings: Settings, year: int | None, **when: Any) -> dict[str, Any]:
    (found,) = (f for f in read_yearly(settings, MONGOLIA, **when) if f["year"] == year)
    return found


def test_signed_adopted_and_imported_stand_apart(told: Settings) -> None:
    decisions = {
        year: {
            basis: of(told, year)[basis]["decisions"] for basis in ("signed", "adopted", "imported")
        }
        for year in (2017, 2026)
    }

    assert decisions == {
        2017: {"signed": 0, "adopted": 1, "imported": 0},
        2026: {"signed": 9, "adopted": 0, "imported": 1},
    }


def test_before_it_was_adopted_the_past_was_imported(told: Settings) -> None:
    before = of(told, 2017, known_at=datetime(2026, 11, 30, tzinfo=UTC))

    assert (before["imported"]["decisions"], before["adopted"]["decisions"]) == (1, 0)
    assert before["meetings"] == {"convened": 0, "held": 0, "adopted": 0, "imported": 1}
    assert of(told, 2017)["meetings"] == {"convened": 0, "held": 0, "adopted": 1, "imported": 0}


def test_decisions_are_counted_by_procedure_and_items_by_kind(told: Settings) -> None:
    signed = of(told, 2026)["signed"]

    assert signed["by_procedure"] == {"meeting": 1, "electronic": 8, "unknown": 0}
    assert signed["by_kind"] == {
        "history_adoption": 1,
        "interim_special_measure": 1,
        "issuance": 4,
        "methodology_approval": 1,
        "project_registration": 3,
        "tpe_designation": 2,
        "tpe_reinstatement": 1,
        "tpe_suspension": 1,
    }
    assert (signed["methodologies_approved"], signed["entities_designated"]) == (1, 2)
    assert (signed["entities_suspended"], signed["projects_registered"]) == (1, 3)
    assert signed["items"] == sum(signed["by_kind"].values())


def test_credits_are_by_side_and_what_is_missing_is_counted(told: Settings) -> None:
    assert of(told, 2026)["signed"]["credits"] == {
        "quantity": 250,
        "decided": {"JP": 167, "MN": 83},
        "reported": {"JP": 0, "MN": 0},
        "amount_unknown": 0,
        "unreported": {"JP": 4, "MN": 4},
    }
    assert of(told, 2017)["adopted"]["credits"] == {
        "quantity": 10,
        "decided": {"JP": 8, "MN": 2},
        "reported": {"JP": 8, "MN": 0},
        "amount_unknown": 0,
        "unreported": {"JP": 0, "MN": 1},
    }
    assert of(told, 2026)["imported"]["credits"]["amount_unknown"] == 1


def test_a_meeting_is_held_where_a_decision_says_so(told: Settings) -> None:
    assert of(told, 2026)["meetings"] == {"convened": 2, "held": 1, "adopted": 0, "imported": 0}


def test_days_run_from_the_windows_opening_or_the_meeting_to_the_adoption(told: Settings) -> None:
    days = of(told, 2026)["days_to_adoption"]

    assert days["meeting"] == {
        "decisions": 1,
        "least": 2,
        "middle": 2,
        "most": 2,
        "before_the_end": 0,
    }
    assert (days["electronic"]["decisions"], days["electronic"]["before_the_end"]) == (8, 8)
    assert of(told, 2017)["days_to_adoption"] == {"electronic": None, "meeting": None}


def test_what_is_undated_belongs_to_no_year_and_is_not_left_out(told: Settings) -> None:
    found = read_yearly(told, MONGOLIA)

    assert [f["year"] for f in found] == [None, 2017, 2026]
    assert found[0]["imported"]["rules_adopted"] == 1


def test_a_year_in_which_nothing_happened_has_no_figures(told: Settings) -> None:
    assert read_yearly(told, MONGOLIA, 1999) == []
    assert len(read_yearly(told, None, 2026)) == 1


def test_an_empty_home_has_no_years_and_stays_absent(tmp_path: Path) -> None:
    assert read_yearly(Settings(tmp_path / "none", tmp_path / "keys")) == []
    assert list(tmp_path.iterdir()) == []


def test_a_room_that_only_sat_has_no_decisions(stage: Stage) -> None:
    room = Room.seated(stage)
    room.on("2026-02-02").convene("2026-03-03")

    (found,) = read_yearly(stage.engine.settings, MONGOLIA)

    assert (found["meetings"]["convened"], found["signed"]["decisions"]) == (1, 0)
