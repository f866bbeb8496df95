"""Which envelopes of a committee's events are logged: every kind of event is accounted for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import get_type_hints

import pytest

from aggregates.case.events import EVENTS as CASE_EVENTS
from aggregates.committee.events import EVENTS, AdoptionSigned, DecisionAdopted, ReceiptGiven
from aggregates.event import Event
from aggregates.transparency.entries import LOGGED, NOT_LOGGED, entries_of
from governance.demo.stage import Stage
from policies.proof.dsse import Envelope
from policies.proof.reading import read_any
from tests.http.committee import adopt, awaited

NOW = datetime(2026, 1, 12, 2, tzinfo=UTC)


def test_every_event_of_a_committee_is_logged_or_is_said_not_to_be() -> None:
    assert set(LOGGED) | set(NOT_LOGGED) == set(EVENTS)
    assert not set(LOGGED) & set(NOT_LOGGED)


def test_what_is_not_logged_is_unsigned_or_signed_by_some_alone() -> None:
    """A new event with a complete envelope cannot be left out unseen."""
    holding = {
        kind.__name__
        for kind in NOT_LOGGED
        if any(Envelope in (hint, *getattr(hint, "__args__", ())) for hint in _hints(kind))
    }
    assert holding == {"ProposalFrozen", "AdoptionSigned"}


def _hints(kind: type[Event]) -> list[object]:
    return list(get_type_hints(kind).values())


def test_an_event_of_another_stream_is_no_entry() -> None:
    for kind in CASE_EVENTS:
        assert kind not in LOGGED
    with pytest.raises(ValueError, match="AnEvent is no event of a committee"):
        entries_of(type("AnEvent", (Event,), {}, frozen=True)(at=NOW))


def test_a_receipt_is_logged_where_there_is_one_and_its_assertion_never() -> None:
    receipt, assertion = Envelope.of("a/receipt", {}), Envelope.of("a/assertion", {})
    given = ReceiptGiven(
        at=NOW,
        proposal=1,
        stage="distributed",  # type: ignore[arg-type]
        person="jp-mori",
        objects=True,
        reason=None,
        assertion=assertion,
        letter=None,
        receipt=receipt,
    )
    assert entries_of(given) == (receipt,)


def test_a_committee_logs_in_its_order_and_a_decision_with_its_adoption(stage: Stage) -> None:
    adopt(awaited(stage))
    events = [entry.event for entry in stage.engine.record.stream("JP-MN")]
    logged = [read_any(found) for event in events for found in entries_of(event)]

    assert [type(statement).__name__ for statement in logged] == [
        *("Founding", "Appointment", "Appointment", "Distribution"),
        *("Receipt", "Receipt", "Decision", "Adoption"),
    ]
    adopted = events[-1]
    assert isinstance(adopted, DecisionAdopted)
    assert entries_of(adopted) == (adopted.decision, adopted.adoption)
    assert not any(entries_of(event) for event in events if isinstance(event, AdoptionSigned))
