"""What rests on an entity, a methodology, a project: asked of a whole record, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from governance import assembly
from governance.cli.impact import read_impact
from governance.demo.stage import Stage, ToldClock, Voice
from governance.settings import Settings
from policies.refusals import NotFoundError
from projections.impact_question import question
from tests.places import Places
from tests.projections import works


@pytest.fixture(scope="module")
def told(places: Places, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Return the place of the story; nobody writes to it any more."""
    settings = places.make(tmp_path_factory.mktemp("works") / "home")
    with assembly.engine(settings, ToldClock(datetime(2026, 1, 5, 2, tzinfo=UTC))) as made:
        clock = made.desk.clock
        assert isinstance(clock, ToldClock)
        works.told(Stage(made, clock, Voice(), settings.keys / "people"))
    yield settings
    places.drop(settings)


def asked(
    settings: Settings, number: str, version: str | None = None, **when: Any
) -> dict[str, Any]:
    wanted, committee = question(number, version, when.pop("scope", None))
    return read_impact(settings, wanted, committee, **when)


def resting(found: dict[str, Any], what: str) -> list[tuple[str, str, str]]:
    """Return project, decision and how it rests, of one kind of row."""
    return [
        (row["project"], row["decision"].removeprefix("JP-MN/"), row["through"] or row["entity"])
        for row in found["rests"]
        if row["what"] == what
    ]


def unsaid(found: dict[str, Any]) -> list[tuple[str, str]]:
    return [(row["project"], row["why"]) for row in found["cannot_tell"]]


def test_on_an_entity_rest_what_it_validated_what_it_verified_and_the_credits(
    told: Settings,
) -> None:
    found = asked(told, "TPE-MN-001")

    assert (found["title"], found["status"]) == ("Erdem Verification", "designated")
    assert resting(found, "validation") == [("MN001", "2026/002", "TPE-MN-001")]
    assert resting(found, "project") == [("MN001", "2026/002", "validated by it")]
    assert resting(found, "verification") == [
        ("MN001", "2026/003", "TPE-MN-001"),
        ("MN002", "2026/006", "TPE-MN-001"),
    ]
    assert resting(found, "issuance") == [
        ("MN001", "2026/003", "verified by it"),
        ("MN002", "2026/006", "verified by it"),
        ("MN001", "2026/007", "its project was validated by it"),
    ]


def test_its_credits_are_added_up_by_side_and_each_issuance_counts_once(told: Settings) -> None:
    totals = asked(told, "TPE-MN-001")["totals"]

    assert totals["credits"]["signed"] == {
        "issuances": 3,
        "quantity": 240,
        "amounts": {"JP": 160, "MN": 80},
        "amount_unknown": 0,
    }
    assert totals["credits"]["adopted"]["issuances"] == 0
    assert (totals["projects"], totals["validations"], totals["verifications"]) == (1, 1, 2)


def test_what_the_record_does_not_say_is_listed_and_counted_apart(told: Settings) -> None:
    found = asked(told, "TPE-MN-001")

    assert unsaid(found) == [
        ("MN003", "who validated the project"),
        ("MN003", "who verified the amount; who validated MN003"),
    ]
    assert found["totals"]["cannot_tell"] == 2


def test_what_its_entity_was_on_the_day_of_the_work_is_said(told: Settings) -> None:
    found = asked(told, "TPE-MN-001")

    dated = {r["report"]: r["entity_at_report"] for r in found["rests"] if r["report"]}
    assert dated["Verification of MN002, 2024"] == "designated"
    assert dated["Verification of MN001, 2024"] == "designated"
    assert found["totals"]["entity_at_report"] == {"designated": 3}
    assert {r["entity_at_decision"] for r in found["rests"]} == {"designated"}
    assert [(s["status"], s["from"]) for s in found["standings"]] == [
        ("designated", "2026-01-12"),
        ("suspended", "2026-06-01"),
        ("designated", "2026-07-01"),
    ]


@pytest.mark.parametrize(
    ("day", "status", "issuances"),
    [
        ("2026-03-01", "designated", 0),
        ("2026-03-02", "designated", 1),
        ("2026-06-01", "suspended", 1),
    ],
)
def test_as_of_a_day_what_was_decided_later_does_not_rest_yet(
    told: Settings, day: str, status: str, issuances: int
) -> None:
    found = asked(told, "TPE-MN-001", as_of=date.fromisoformat(day))

    assert (found["status"], found["totals"]["issuances"]) == (status, issuances)


def test_as_known_at_an_instant_what_was_recorded_later_is_not_known(told: Settings) -> None:
    found = asked(told, "TPE-MN-002", known_at=datetime(2026, 2, 3, tzinfo=UTC))

    assert resting(found, "project") == [("MN002", "2026/002", "validated by it")]
    assert found["totals"]["issuances"] == found["totals"]["open"] == 0


def test_an_open_text_that_names_the_entity_rests_on_it_too(told: Settings) -> None:
    (found,) = asked(told, "TPE-MN-002")["open"]

    assert found["number"] == "JP-MN/2026/008"
    assert (found["item"], found["subject"], found["rests"]) == (1, "MN002", "yes")
    assert asked(told, "TPE-MN-001")["open"] == []


def test_a_text_is_open_from_the_day_it_was_written(told: Settings) -> None:
    assert asked(told, "TPE-MN-002", as_of=date(2026, 8, 31))["open"] == []
    assert len(asked(told, "TPE-MN-002", as_of=date(2026, 9, 1))["open"]) == 1


def test_a_scope_in_which_it_did_no_work_has_nothing(told: Settings) -> None:
    assert len(asked(told, "TPE-MN-001", scope=1)["rests"]) == 7
    assert asked(told, "TPE-MN-001", scope=3)["rests"] == []


def test_on_a_methodology_rest_its_projects_their_work_and_their_credits(told: Settings) -> None:
    found = asked(told, "MN_AM001", "1.0")

    assert resting(found, "project") == [
        ("MN001", "2026/002", "registered under it"),
        ("MN002", "2026/002", "registered under it"),
        ("MN003", "2026/002", "registered under it"),
    ]
    totals = found["totals"]
    assert (totals["validations"], totals["verifications"], totals["issuances"]) == (2, 3, 4)
    assert totals["credits"]["signed"]["amounts"] == {"JP": 167, "MN": 83}
    assert unsaid(found) == [
        ("MN003", "who validated the project"),
        ("MN003", "who verified the amount"),
    ]


def test_another_version_of_a_methodology_is_another_thing(told: Settings) -> None:
    with pytest.raises(NotFoundError, match=r"MN_AM001 version 2\.0 is not in the record"):
        asked(told, "MN_AM001", "2.0")


def test_on_a_project_rest_its_own_work_and_credits(told: Settings) -> None:
    found = asked(told, "MN001")

    assert resting(found, "validation") == [("MN001", "2026/002", "TPE-MN-001")]
    assert [row[1] for row in resting(found, "verification")] == ["2026/003", "2026/007"]
    assert [row[1] for row in resting(found, "issuance")] == ["2026/003", "2026/007"]
    assert found["cannot_tell"] == []


@pytest.mark.parametrize("number", ["TPE-MN-009", "MN_AM009", "MN009"])
def test_a_number_that_the_record_does_not_know_is_refused(told: Settings, number: str) -> None:
    with pytest.raises(NotFoundError, match=f"{number} is not in the record of JP-MN"):
        asked(told, number)


def test_an_empty_home_answers_that_nothing_rests_and_stays_absent(tmp_path: Path) -> None:
    found = asked(Settings(tmp_path / "none", tmp_path / "keys"), "TPE-MN-001")

    assert (found["status"], found["rests"], found["cannot_tell"]) == (None, [], [])
    assert list(tmp_path.iterdir()) == []
