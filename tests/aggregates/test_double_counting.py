"""Double counting between committees: what one has registered, another does not register again."""

from __future__ import annotations

from typing import Any

import pytest

from policies.preflight import Examined
from policies.refusals import PreconditionError
from tests.aggregates.docket import REGISTERED, Docket
from tests.aggregates.room import Room

TITLE = REGISTERED["title"]
WORDING = "a project of this title is registered elsewhere"


def registration(committee: str, title: str) -> dict[str, Any]:
    """Return the draft of a registration, electronic."""
    item = REGISTERED | {"title": title, "participants": [{"side": committee, "name": "Nomad"}]}
    return {
        "committee": committee,
        "procedure": {"kind": "electronic"},
        "items": [item],
        "text": {"en": "The Joint Committee registers the project."},
    }


def elsewhere(room: Room, committee: str, title: str) -> Examined:
    """Return what the check of other committees says of a registration in a committee."""
    examined = room.stage.engine.proposals.preflight(registration(committee, title))
    (found,) = [entry for entry in examined if entry.check == "elsewhere"]
    return found


@pytest.fixture
def both(docket: Docket) -> Room:
    """JP-MN, where `Boilers in Erdenet` is registered as MN001, and JP-ID beside it."""
    docket.room.stage.found("ID")
    return docket.room


@pytest.mark.parametrize("title", [TITLE, TITLE.upper(), f"  {TITLE}. ", "Boilers in\u00a0Erdenet"])
def test_what_one_committee_registered_is_refused_under_another(both: Room, title: str) -> None:
    found = elsewhere(both, "ID", title)

    assert (found.verdict, found.bars) == ("fail", True)
    assert found.evidence.startswith(f"{WORDING}: MN001 of JP-MN (registered)")


def test_it_is_refused_when_its_text_would_be_fixed(both: Room) -> None:
    record = both.stage.engine.record
    before = record.position

    with pytest.raises(PreconditionError, match=WORDING):
        both.stage.engine.proposals.propose(registration("ID", TITLE))
    assert record.position == before


def test_another_project_passes_and_says_how_many_were_looked_at(both: Room) -> None:
    found = elsewhere(both, "ID", "Boilers in Darkhan")

    assert (found.verdict, found.bars) == ("pass", False)
    assert "1 looked at" in found.evidence


def test_a_committees_own_project_is_not_elsewhere(both: Room) -> None:
    assert elsewhere(both, "MN", TITLE).verdict == "pass"


@pytest.mark.parametrize("founded", [True, False])
def test_what_another_committees_imported_past_has_registered_is_refused(
    docket: Docket, *, founded: bool
) -> None:
    room = docket.room
    if founded:
        room.stage.found("ID")
    assert not room.imports(past("project_registration", "Cement in Jakarta")).refused

    found = elsewhere(room, "MN", "Cement in Jakarta")

    assert (found.verdict, found.bars) == ("fail", True)
    assert found.evidence.startswith(f"{WORDING}: ID900 of JP-ID (registered)")
    with pytest.raises(PreconditionError, match=WORDING):
        room.stage.engine.proposals.propose(registration("MN", "Cement in Jakarta"))


@pytest.mark.parametrize("kind", ["project_withdrawal", "pin_no_objection"])
def test_what_is_not_or_no_longer_registered_there_passes(docket: Docket, kind: str) -> None:
    docket.room.imports(past(kind, "Cement in Jakarta"))

    found = elsewhere(docket.room, "MN", "Cement in Jakarta")

    assert found.verdict == "pass"
    assert "one of this title is not registered" in found.evidence


def past(kind: str, title: str) -> dict[str, str]:
    return {
        "partner_iso2": "ID",
        "decision_date": "2019-05-17",
        "decision_type": kind,
        "subject_id": "ID900",
        "subject_title": title,
        "extra": "methodology=ID_AM001 Ver1.0",
    }
