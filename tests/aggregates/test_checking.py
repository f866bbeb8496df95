"""Checking the whole record: a chain that was written anew over other events is found out."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from aggregates.committee.events import (
    CommitteeFounded,
    DecisionAdopted,
    DecisionSigned,
    MeetingConvened,
    ProposalClosed,
    ProposalDistributed,
    ProposalFrozen,
    ReceiptGiven,
    Signer,
)
from aggregates.event import Event
from governance.service.whole_record import check_record
from policies.proof.dsse import Signature
from policies.proof.reading import read
from policies.proof.statements import Distribution
from policies.rulebook import shipped
from tests.aggregates.room import CODE, MEASURE, Room
from tests.places import record_in_memory

CHAIRS = ("jp-hara", "mn-bold")


@pytest.fixture
def told(room: Room) -> Room:
    """A committee in which everything has happened that an envelope tells of."""
    room.on("2026-01-12").convene("2026-02-10")
    adopted = room.distribute(annexes=[{"title": "Minutes", "text": "We met."}])
    room.affirm(adopted, "mn-sara")
    room.letter(adopted, "jp-ueda")
    room.affirm(adopted, "jp-ueda")
    objected = room.distribute(MEASURE | {"title": "Online meetings"})
    room.object(objected, "mn-dorj")
    room.sign(adopted, *CHAIRS)
    room.on("2026-02-02").withdraw(objected)
    assert room.adoption(adopted) is not None
    return room


def rewritten(room: Room, kind: type[Event], change: Callable[[Any], Event]) -> dict[str, Any]:
    """Check a record whose first event of a kind is another, under a chain that fits it."""
    events = [entry.event for entry in room.stage.engine.record.stream(CODE)]
    place = next(n for n, event in enumerate(events) if isinstance(event, kind))
    events[place] = change(events[place])
    record = record_in_memory()
    record.append(CODE, 0, events)
    found = check_record(record, lambda _count: None)
    record.close()
    return found


def test_a_record_that_says_what_was_signed_is_good(told: Room) -> None:
    found = rewritten(told, DecisionAdopted, lambda event: event)

    assert found["ok"], found["detail"]


def signers(event: DecisionAdopted, **changes: str) -> DecisionAdopted:
    first, *others = event.signers
    return replace(event, signers=(replace(first, **changes), *others))


def without_signatures(event: ReceiptGiven) -> ReceiptGiven:
    assert event.assertion is not None
    return replace(event, assertion=event.assertion.unsigned())


def another_signature(event: DecisionSigned) -> Signature:
    return Signature(event.signature.keyid, bytes(64))


GHOST = Signer(side="MN", person="mn-dorj", name="Dorj Sarnai", role="alternate")


FORGERIES: list[tuple[type[Event], Callable[[Any], Event], str]] = [
    (CommitteeFounded, lambda e: replace(e, rulebook=shipped("MN").text), "first rulebook"),
    (MeetingConvened, lambda e: replace(e, date=date(2026, 2, 11)), "the convening"),
    (MeetingConvened, lambda e: replace(e, meeting="tenth"), "the convening"),
    (ProposalFrozen, lambda e: replace(e, number="JP-MN/2026/009"), "the frozen text"),
    (ProposalFrozen, lambda e: replace(e, annexes={}), "the annexes"),
    (ProposalDistributed, lambda e: replace(e, proposal=2), "no frozen text"),
    (DecisionSigned, lambda e: replace(e, person="jp-mori"), "the author"),
    (DecisionSigned, lambda e: replace(e, signature=another_signature(e)), "does not fit"),
    (ReceiptGiven, lambda e: replace(e, objects=True), "the assertion"),
    (ReceiptGiven, lambda e: replace(e, person="mn-bold"), "the author"),
    (ReceiptGiven, lambda e: replace(e, assertion=None), "counts only signed"),
    (ReceiptGiven, without_signatures, "0 have signed"),
    (ProposalClosed, lambda e: replace(e, detail="Nobody wanted it."), "what was closed"),
    (ProposalClosed, lambda e: replace(e, number="JP-MN/2026/001"), "what was closed"),
    (DecisionAdopted, lambda e: replace(e, adopted_on=date(2026, 1, 1)), "number and day"),
    (DecisionAdopted, lambda e: replace(e, number="JP-MN/2026/002"), "number and day"),
    (DecisionAdopted, lambda e: replace(e, proposal=2), "no frozen text|adopted text"),
    (DecisionAdopted, lambda e: replace(e, annexes={}), "the annexes"),
    (DecisionAdopted, lambda e: signers(e, name="Somebody Else"), "the signers"),
    (DecisionAdopted, lambda e: signers(e, role="alternate"), "was never alternate"),
    (DecisionAdopted, lambda e: replace(e, signers=(*e.signers, GHOST)), "the signers"),
]


@pytest.mark.parametrize(
    ("kind", "change", "match"),
    FORGERIES,
    ids=[f"{kind.__name__}-{n}" for n, (kind, _, _) in enumerate(FORGERIES)],
)
def test_what_an_event_says_beside_its_envelopes_follows_from_them(
    told: Room, kind: type[Event], change: Callable[[Any], Event], match: str
) -> None:
    found = rewritten(told, kind, change)

    assert not found["ok"]
    assert re.search(match, found["detail"]), found["detail"]


def test_a_text_that_the_record_key_says_went_out_on_another_day_is_not_good(told: Room) -> None:
    keys, record = told.stage.engine.keys, told.state.roster.record

    def later(event: DecisionAdopted) -> DecisionAdopted:
        sent = read(event.distribution, Distribution)
        seal = keys.seal(CODE, record)
        assert seal is not None
        return replace(event, distribution=seal(replace(sent, at=sent.at + timedelta(days=3))))

    found = rewritten(told, DecisionAdopted, later)

    assert "the text went out on 2026-01-15, it says 2026-01-12" in found["detail"]
