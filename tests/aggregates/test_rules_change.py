"""A rulebook takes force by a decision; what was decided before is judged by its own for ever."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from aggregates.committee.evolve import evolve
from policies.proof.audit import verify
from policies.proof.bundle import Bundle
from policies.rulebook import shipped
from tests.aggregates.room import CODE, MEASURE, Room

CHAIRS = ("jp-hara", "mn-bold")
IDEA = {"kind": "pin_no_objection", "title": "Wind in the Gobi"}


def change(**named: Any) -> dict[str, Any]:
    """Return the item that puts the rulebook of 2026 in force."""
    return {
        "kind": "rules_adoption",
        "title": "Second generation of rules",
        "documents": [],
        "rulebook": {"version": "MN-2026"} | named,
    }


def measure(title: str) -> dict[str, Any]:
    return MEASURE | {"title": title}


def decide(room: Room, sent: str, agreed: str, *items: dict[str, Any]) -> int:
    """Send a text out on one day, and settle it after its window."""
    proposal = room.on(sent).distribute(*items)
    room.sign(proposal, *CHAIRS)
    room.on(agreed).sweep()
    return proposal


def test_a_rules_item_that_names_a_rulebook_puts_it_in_force(room: Room) -> None:
    proposal = decide(room, "2026-06-08", "2026-06-19", change())

    assert room.adopted_on(proposal) == date(2026, 6, 19)
    assert room.state.rulebook.version == "MN-2026"
    assert room.state.in_force.digest == shipped("MN", "MN-2026").digest


def test_a_rules_item_without_a_rulebook_lists_documents_and_changes_no_rule(room: Room) -> None:
    documents = [{"title": "Rules of Procedures", "version": "02.0"}]
    item = change() | {"documents": [document | {"digest": None} for document in documents]}

    decide(room, "2026-06-08", "2026-06-19", item | {"rulebook": None})

    assert room.state.rulebook.version == "MN-2013"
    assert room.state.ground.documents["Rules of Procedures"][0] == "02.0"


def test_the_new_rulebook_takes_force_with_its_adoption_and_not_before(room: Room) -> None:
    proposal = room.on("2026-06-08").distribute(change())
    room.sign(proposal, *CHAIRS)

    room.on("2026-06-18").sweep()
    assert room.state.rulebook.version == "MN-2013"
    room.on("2026-06-19").sweep()
    assert room.state.rulebook.version == "MN-2026"


def test_a_rulebook_of_a_later_day_is_not_put_in_force(room: Room) -> None:
    proposal = decide(room, "2026-05-04", "2026-05-18", change())

    closed = room.closed(proposal)
    assert closed is not None
    assert "MN-2026 is dated 2026-06-04" in closed.detail
    assert room.state.rulebook.version == "MN-2013"


def test_the_next_text_is_judged_by_the_new_rulebook(room: Room) -> None:
    decide(room, "2026-06-08", "2026-06-19", change())

    proposal = decide(room, "2026-06-22", "2026-07-06", IDEA)

    assert room.text(proposal).decision.rulebook.version == "MN-2026"
    assert room.adopted_on(proposal) == date(2026, 7, 3)


def test_a_text_that_is_open_under_the_old_rulebook_is_closed_by_name(room: Room) -> None:
    rules = room.on("2026-06-08").distribute(change())
    open_text = room.on("2026-06-10").distribute()
    for proposal in (rules, open_text):
        room.sign(proposal, *CHAIRS)
    room.on("2026-06-19").sweep()
    assert open_text in room.state.proposals

    room.on("2026-06-22").sweep()

    closed = room.closed(open_text)
    assert closed is not None
    assert (closed.reason, closed.number) == ("conflict", "JP-MN/2026/002")
    assert closed.detail.startswith("rulebook: JP-MN/2026/002 names the rulebook MN-2013")


def test_only_the_text_that_the_change_keeps_outlives_the_old_rulebook(room: Room) -> None:
    rules = room.on("2026-06-08").distribute(change(keeps=["JP-MN/2026/002"]))
    kept = room.on("2026-06-15").distribute(measure("Kept"))
    left = room.distribute(measure("Left"))
    for proposal in (rules, kept, left):
        room.sign(proposal, *CHAIRS)

    room.on("2026-07-06").sweep()

    assert room.state.rulebook.version == "MN-2026"
    assert room.adopted_on(kept) == date(2026, 6, 26)
    assert room.closed(left) is not None
    adopted = room.adoption(kept)
    assert adopted is not None
    assert adopted.adoption.value["rulebook"] == shipped("MN", "MN-2026").digest
    assert room.audit(kept).ok


def test_of_two_changes_of_one_rulebook_the_second_conflicts(room: Room) -> None:
    first, second = (room.on("2026-06-08").distribute(change()) for _ in range(2))
    for proposal in (first, second):
        room.sign(proposal, *CHAIRS)

    room.on("2026-06-22").sweep()

    assert room.adopted_on(first) == date(2026, 6, 19)
    closed = room.closed(second)
    assert closed is not None
    assert closed.reason == "conflict"


# Proof


def test_the_bundle_of_a_later_decision_carries_the_change_and_verifies(room: Room) -> None:
    rules = decide(room, "2026-06-08", "2026-06-19", change())
    later = decide(room, "2026-06-22", "2026-07-06", IDEA)

    bundle = Bundle.from_bytes(room.bundle(later))

    assert bundle.rulebook_version == "MN-2026"
    changed = room.adoption(rules)
    assert changed is not None
    assert bundle.chain[-2:] == (changed.decision, changed.adoption)
    assert room.audit(later).ok


def test_without_the_change_in_its_chain_a_later_bundle_does_not_verify(room: Room) -> None:
    decide(room, "2026-06-08", "2026-06-19", change())
    later = decide(room, "2026-06-22", "2026-07-06", IDEA)
    whole = Bundle.from_bytes(room.bundle(later))

    cut = replace(whole, chain=whole.chain[:-2], annexes={})
    without_text = replace(whole, annexes={})

    assert verify(cut.to_bytes(), room.trust).failed == "rulebook"
    assert verify(without_text.to_bytes(), room.trust).failed == "seal"


def test_the_bundle_of_the_change_itself_verifies_under_the_old_rulebook(room: Room) -> None:
    rules = decide(room, "2026-06-08", "2026-06-19", change())

    assert Bundle.from_bytes(room.bundle(rules)).rulebook_version == "MN-2013"
    assert room.audit(rules).ok


def test_a_change_of_today_changes_no_verdict_of_yesterday(room: Room) -> None:
    old = decide(room, "2026-01-12", "2026-01-26", MEASURE)
    before, verdict = room.bundle(old), room.audit(old)

    decide(room, "2026-06-08", "2026-06-19", change())

    assert room.bundle(old) == before
    assert room.audit(old).checks == verdict.checks
    assert verdict.ok


def test_the_stream_of_before_and_after_a_change_replays_to_the_same_state(room: Room) -> None:
    decide(room, "2026-01-12", "2026-01-26", MEASURE)
    decide(room, "2026-06-08", "2026-06-19", change())
    decide(room, "2026-06-22", "2026-07-06", IDEA)

    assert room.stage.engine.record.fold(CODE, evolve) == room.state
