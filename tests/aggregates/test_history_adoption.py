"""The committee adopts its imported past: from then on it is ground for new decisions."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from governance.service.requests import Request
from governance.service.signing import decision_request
from policies.proof.canonical import canonical, parse
from policies.refusals import SealError
from tests.aggregates.room import Room

CHAIRS = ("jp-hara", "mn-bold")
REGISTERED = {
    "decision_date": "2017-05-26",
    "decision_type": "project_registration",
    "subject_id": "MN004",
    "subject_title": "Solar Power in Darkhan",
    "extra": "methodology=MN_AM003 Ver2.0",
}
ISSUED = {
    "decision_date": "2017-10-24",
    "decision_type": "issuance",
    "subject_id": "MN004",
    "subject_title": "Solar Power in Darkhan",
    "quantity_tco2e": "8947",
    "split": "side:JP=7158; side:MN=1789",
    "monitoring_period": "2017-01-01/2017-07-31",
}
OF_2017 = "JP-MN/H/2017-10-24/meeting"
ISSUANCE: dict[str, Any] = {
    "kind": "issuance",
    "title": "Solar Power in Darkhan",
    "project": "MN004",
    "monitoring_period": {"from": "2017-08-01", "to": "2020-12-31"},
    "quantity": 100,
    "amounts": {"JP": 80, "MN": 20},
}


def decide(room: Room, *items: dict[str, Any], **members: Any) -> int:
    """Take a text through everyone's signature and affirmation today."""
    proposal = room.distribute(*items, **members)
    room.affirm(proposal, "jp-mori", "jp-ueda", "mn-dorj", "mn-sara")
    room.sign(proposal, *CHAIRS)
    return proposal


def adopt(room: Room, up_to: str) -> int:
    return decide(room, {"kind": "history_adoption", "up_to": up_to})


def correction(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "correction",
        "title": "Amount of 2017",
        "decision": OF_2017,
        "item": 1,
        "reason": "The minutes were found.",
    } | changes


def why_closed(room: Room, proposal: int) -> str:
    closed = room.closed(proposal)
    assert closed is not None, "it was not closed"
    assert closed.reason == "conflict"
    return closed.detail


# What the adoption makes ground


def test_an_imported_past_is_no_ground_before_it_is_adopted(room: Room) -> None:
    room.imports(REGISTERED, ISSUED)

    proposal = decide(room, ISSUANCE)

    assert "MN004 is not registered here" in why_closed(room, proposal)


def test_credits_are_decided_for_a_project_of_the_adopted_past(room: Room) -> None:
    room.imports(REGISTERED, ISSUED)
    record = adopt(room, "2018-12-31")

    proposal = decide(room, ISSUANCE)

    assert room.adopted_on(proposal) == date(2026, 1, 5)
    project = room.state.ground.projects["MN004"]
    assert (project.status, project.registered_on) == ("registered", date(2017, 5, 26))
    assert project.origin.basis == "adopted"
    assert project.origin.digest == room.text(record).envelope.digest
    assert room.audit(record).ok


def test_the_item_counts_what_the_record_holds(room: Room) -> None:
    room.imports(REGISTERED, ISSUED)

    (item,) = room.text(adopt(room, "2018-12-31")).envelope.value["items"]

    assert (item["decisions"], item["items"], item["credits"]) == (2, 2, 8947)


def test_a_period_of_the_adopted_past_is_not_decided_again(room: Room) -> None:
    room.imports(REGISTERED, ISSUED)
    adopt(room, "2018-12-31")
    period = {"from": "2017-07-31", "to": "2017-12-31"}

    proposal = decide(room, ISSUANCE | {"monitoring_period": period})

    assert f"2017-07-31, decided by {OF_2017}" in why_closed(room, proposal)


def test_rows_after_the_day_are_no_ground(room: Room) -> None:
    room.imports(REGISTERED, ISSUED)

    adopt(room, "2017-10-23")

    ground = room.state.ground
    assert "MN004" in ground.projects
    assert ground.credits_of_project("MN004") == []


def test_rows_of_the_day_itself_are_ground(room: Room) -> None:
    room.imports(REGISTERED, ISSUED)

    adopt(room, "2017-10-24")

    assert len(room.state.ground.credits_of_project("MN004")) == 1


def test_undated_rows_stay_outside(room: Room) -> None:
    room.imports(REGISTERED | {"decision_date": ""}, ISSUED)

    adopt(room, "2018-12-31")

    assert "MN004" not in room.state.ground.projects
    assert len(room.state.ground.credits_of_project("MN004")) == 1


def test_the_past_of_another_committee_stays_outside(room: Room) -> None:
    room.imports(REGISTERED, REGISTERED | {"partner_iso2": "ID", "subject_id": "ID004"})

    adopt(room, "2018-12-31")

    assert set(room.state.ground.projects) == {"MN004"}


def test_a_day_that_has_not_come_is_not_adopted_up_to(room: Room) -> None:
    room.imports(REGISTERED)

    proposal = adopt(room, "2026-01-06")

    assert "2026-01-06 lies in the future" in why_closed(room, proposal)


# What the record does not say


def test_an_unknown_amount_bars_new_credits_until_a_correction_supplies_it(room: Room) -> None:
    room.imports(REGISTERED, ISSUED | {"quantity_tco2e": "", "split": ""})
    adopt(room, "2018-12-31")

    barred = decide(room, ISSUANCE)
    assert f"cannot tell what {OF_2017} item 1 decided" in why_closed(room, barred)

    supplied = decide(room, correction(quantity=8947, amounts={"JP": 7158, "MN": 1789}))
    passed = decide(room, ISSUANCE)

    assert room.adopted_on(supplied) == date(2026, 1, 5)
    assert room.adopted_on(passed) == date(2026, 1, 5)
    (first, second) = room.state.ground.credits_of_project("MN004")
    assert (first.quantity, second.quantity) == (8947, 100)


def test_an_unknown_period_warns_and_bars_nothing(room: Room) -> None:
    room.imports(REGISTERED, ISSUED | {"monitoring_period": ""})
    adopt(room, "2018-12-31")

    proposed = room.propose(ISSUANCE)
    assert any(
        finding.startswith("warn: item 1: cannot tell whether the period overlaps that of")
        for finding in proposed.findings
    )

    assert room.adopted_on(decide(room, ISSUANCE)) == date(2026, 1, 5)


def test_a_correction_names_the_decision_that_last_set_the_credits(room: Room) -> None:
    room.imports(REGISTERED, ISSUED)
    record = adopt(room, "2018-12-31")
    period = {"from": "2017-01-01", "to": "2017-06-30"}

    first = decide(room, correction(monitoring_period=period))
    second = decide(room, correction(quantity=8946, amounts={"JP": 7157, "MN": 1789}))

    named = [room.text(p).envelope.value["items"][0]["previous"] for p in (first, second)]
    assert named == [room.text(record).envelope.digest, room.text(first).envelope.digest]
    (credits,) = room.state.ground.credits_of_project("MN004")
    assert credits.period == (date(2017, 1, 1), date(2017, 6, 30))
    assert credits.amounts == {"JP": 7157, "MN": 1789}


# Adopted again, up to a later day


def test_a_second_adoption_adds_what_came_since(room: Room) -> None:
    room.imports(REGISTERED, ISSUED)
    adopt(room, "2017-06-30")
    later = ISSUED | {"decision_date": "2018-11-06", "monitoring_period": "2017-08-01/2018-05-31"}
    room.imports(REGISTERED, ISSUED, later)

    adopt(room, "2018-12-31")

    periods = [credits.period for credits in room.state.ground.credits_of_project("MN004")]
    assert periods == [
        (date(2017, 1, 1), date(2017, 7, 31)),
        (date(2017, 8, 1), date(2018, 5, 31)),
    ]


def test_the_same_record_adopted_twice_decides_nothing_twice(room: Room) -> None:
    room.imports(REGISTERED, ISSUED)
    adopt(room, "2018-12-31")

    again = adopt(room, "2018-12-31")

    assert room.adopted_on(again) == date(2026, 1, 5)
    assert len(room.state.ground.credits_of_project("MN004")) == 1


def test_a_second_adoption_does_not_undo_a_correction(room: Room) -> None:
    room.imports(REGISTERED, ISSUED)
    adopt(room, "2018-12-31")
    decide(room, correction(quantity=8946, amounts={"JP": 7157, "MN": 1789}))

    adopt(room, "2019-12-31")

    (credits,) = room.state.ground.credits_of_project("MN004")
    assert (credits.quantity, credits.origin.basis) == (8946, "signed")


def test_a_second_adoption_does_not_undo_a_withdrawal(room: Room) -> None:
    room.imports(REGISTERED)
    adopt(room, "2018-12-31")
    decide(
        room,
        {"kind": "project_withdrawal", "title": "Solar", "project": "MN004", "reason": "Ended."},
    )

    adopt(room, "2019-12-31")

    project = room.state.ground.projects["MN004"]
    assert (project.status, project.origin.basis) == ("withdrawn", "signed")


def test_a_decision_that_was_signed_since_is_not_overwritten(room: Room) -> None:
    room.imports(REGISTERED, ISSUED)
    adopt(room, "2018-12-31")
    signed = decide(room, ISSUANCE)

    adopt(room, "2019-12-31")

    credits = room.state.ground.credits_of_project("MN004")[-1]
    assert credits.origin.decision == room.text(signed).decision.number
    assert credits.origin.basis == "signed"


# The record is an annex, named by digest


def annex(room: Room, up_to: str) -> dict[str, Any]:
    record = room.stage.engine.history.record_up_to("JP-MN", date.fromisoformat(up_to))
    return {"title": "Record", "record": record.digest, "text": record.text} | record.totals


def test_a_record_that_was_changed_after_it_was_named_is_not_adopted(room: Room) -> None:
    room.imports(REGISTERED, ISSUED)
    named = annex(room, "2018-12-31")
    changed = named.pop("text").replace("8947", "9947")
    item = {"kind": "history_adoption", "up_to": "2018-12-31"} | named

    proposal = decide(room, item, annexes=[{"title": "Record", "text": changed}])

    assert "the record is not among the annexes" in why_closed(room, proposal)
    assert room.state.ground.projects == {}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"decisions": 3}, "the record counts"),
        ({"credits": 8948}, "the record counts"),
        ({"up_to": "2018-12-30"}, "the record reaches 2018-12-31, the item 2018-12-30"),
    ],
)
def test_an_item_that_counts_otherwise_than_its_record_is_not_adopted(
    room: Room, change: dict[str, Any], says: str
) -> None:
    room.imports(REGISTERED, ISSUED)
    named = annex(room, "2018-12-31")
    text = named.pop("text")
    item = {"kind": "history_adoption", "up_to": "2018-12-31"} | named | change

    proposal = decide(room, item, annexes=[{"title": "Record", "text": text}])

    assert says in why_closed(room, proposal)


def test_a_request_whose_annex_was_changed_is_refused(room: Room) -> None:
    room.imports(REGISTERED, ISSUED)
    proposal = room.distribute({"kind": "history_adoption", "up_to": "2018-12-31"})
    request = parse(decision_request(room.proposal(proposal)).to_bytes(), "the request")
    request["annexes"] = {
        name: text.replace("8947", "9947") for name, text in request["annexes"].items()
    }

    with pytest.raises(SealError, match=r"the request: annex .* has another digest"):
        Request.from_bytes(canonical(request, "the request"))
