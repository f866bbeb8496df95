"""A compromised key: what it signed since is listed, and nothing falls by that."""

from __future__ import annotations

import pytest

from governance.service.disputed import disputed_entries, with_since
from policies.refusals import NotFoundError
from projections.signatures import Use
from tests.aggregates.room import Room
from tests.aggregates.succession_story import decided, tell
from tests.aggregates.successions import JP, compromises_key, disputed, hands_in

CHAIRS = ("jp-hara", "mn-bold")


def said_of(room: Room) -> list[tuple[str, str | None]]:
    """Return the disputed uses of the only compromise: kind of statement and subject."""
    (found,) = disputed(room)
    return [(use.statement, use.subject) for use in found.uses]


def uses(room: Room) -> tuple[Use, ...]:
    (found,) = disputed(room)
    return found.uses


def test_what_a_stolen_key_signed_after_a_decision_is_listed_and_nothing_else(room: Room) -> None:
    first, second, third = tell(room)
    numbers = [room.text(proposal).decision.number for proposal in (first, second, third, 3)]

    assert said_of(room) == [
        ("decision", numbers[1]),
        ("decision", numbers[3]),
        ("assertion", numbers[3]),
    ]
    (found,) = disputed(room)
    assert (found.since, found.placed) == (room.text(first).envelope.digest, True)
    assert found.keyid == room.stage.key("jp-hara").record.keyid
    assert found.uses[0].envelope == room.text(second).envelope.digest
    assert found.uses[1].envelope is None, "that text was never adopted"


def test_nothing_that_was_adopted_falls_by_a_compromise(room: Room) -> None:
    first, second, third = tell(room)

    for proposal in (first, second, third):
        assert room.text(proposal).envelope.digest in room.state.decided
        assert room.audit(proposal).ok
    assert len(room.standing(3).signers) == 0, "what is undecided counts neither"


def test_a_compromise_from_the_beginning_disputes_every_use(room: Room) -> None:
    first = decided(room.on("2026-03-02"), "A measure")
    hands_in(room, "JP", [compromises_key(room, "jp-hara")], *JP[:2])

    number = room.text(first).decision.number
    assert said_of(room) == [("appointment", "JP 1"), ("decision", number)]


def test_a_key_of_an_authority_is_disputed_in_what_it_appointed(room: Room) -> None:
    before = room.state.roster.heads["JP"]
    hands_in(room, "JP", [room.retires("jp-ueda")], *JP[:2])
    hands_in(room, "JP", [compromises_key(room, JP[0], before)], *JP[1:])

    assert said_of(room) == [("appointment", "JP 2")]
    (found,) = disputed(room)
    (entry,) = disputed_entries([found], {"JP-MN": room.state.roster})
    assert (entry["holder"], entry["person"], entry["name"]) == ("authority", None, None)


def test_a_signature_that_came_before_is_disputed_where_the_decision_was_adopted_after(
    room: Room,
) -> None:
    """As in the log, where a decision enters complete: nobody outside sees when each signed."""
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, *CHAIRS)
    later = room.on("2026-01-14").convene("2026-06-08")
    assert later
    between = room.stage.engine.record.version("JP-MN")
    room.on("2026-02-02").sweep()
    meeting = room.state.meetings[later].envelope.digest
    hands_in(room, "JP", [compromises_key(room, "jp-hara", meeting)], *JP[:2])

    (use,) = uses(room)
    assert use.event > between
    assert use.signed_at < use.recorded_at


def test_a_place_that_the_record_does_not_know_disputes_every_use(room: Room) -> None:
    hands_in(room, "JP", [compromises_key(room, "jp-hara", "0" * 64)], *JP[:2])

    (found,) = disputed(room)
    assert (found.placed, len(found.uses)) == (False, 1)


def test_a_second_word_on_a_key_takes_nothing_back(room: Room) -> None:
    first = decided(room.on("2026-03-02"), "A measure")
    hands_in(room, "JP", [compromises_key(room, "jp-hara")], *JP[:2])
    since = room.text(first).envelope.digest
    hands_in(room, "JP", [compromises_key(room, "jp-hara", since)], *JP[:2])

    assert [len(found.uses) for found in disputed(room)] == [2, 0]


def test_an_envelope_that_nobody_knows_is_refused_before_anybody_signs(room: Room) -> None:
    first = decided(room.on("2026-03-02"), "A measure")
    events = [entry.event for entry in room.stage.engine.record.stream("JP-MN")]
    digest, number = room.text(first).envelope.digest, room.text(first).decision.number

    for since in (digest, number):
        (act,) = with_since(room.state, [compromises_key(room, "jp-hara", since)], events)
        assert act["since"] == digest
    (every,) = with_since(room.state, [compromises_key(room, "jp-hara")], events)
    assert every["since"] is None
    for since in ("0" * 64, "JP-MN/2026/009", ""):
        with pytest.raises(NotFoundError, match="has no envelope"):
            with_since(room.state, [compromises_key(room, "jp-hara", since)], events)
