"""The record: appended with the expected version, never edited, read by topic."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from eventsourcing.persistence import StoredEvent

from aggregates.committee.events import ProposalClosed
from aggregates.event import Recorded
from aggregates.store import topics
from aggregates.store.record import Page, Record
from policies.refusals import SomeoneActedFirstError, TamperedError, WrongHomeError

NOW = datetime(2026, 1, 12, 2, tzinfo=UTC)
CLOSED = ProposalClosed.topic


def closed(proposal: int, detail: str = "") -> ProposalClosed:
    """Return some event; the record knows nothing of committees."""
    return ProposalClosed(
        at=NOW, proposal=proposal, number=None, reason="withdrawn", detail=detail, envelope=None
    )


def proposals(record: Record, stream: str) -> list[int]:
    events = [entry.event for entry in record.stream(stream)]
    return [event.proposal for event in events if isinstance(event, ProposalClosed)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "jcgov.sqlite3"


@pytest.fixture
def record(file: Path) -> Iterator[Record]:
    opened = Record.open(file)
    yield opened
    opened.close()


# Appending


def test_events_are_read_in_the_order_in_which_they_were_appended(record: Record) -> None:
    record.append("JP-MN", 0, [closed(1), closed(2)])
    record.append("JP-ID", 0, [closed(7)])
    record.append("JP-MN", 2, [closed(3)])

    assert proposals(record, "JP-MN") == [1, 2, 3]
    assert [(e.originator_id, e.originator_version) for e in record.onwards().entries] == [
        ("JP-MN", 1),
        ("JP-MN", 2),
        ("JP-ID", 1),
        ("JP-MN", 3),
    ]
    assert record.streams() == ["JP-ID", "JP-MN"]


def test_what_is_read_equals_what_was_appended(record: Record) -> None:
    event = closed(1, "Ганбаатар – 日本")

    record.append("JP-MN", 0, [event])

    (entry,) = record.onwards().entries
    assert entry == Recorded(originator_id="JP-MN", originator_version=1, event=event, position=1)


def test_an_empty_record_has_no_streams_and_no_position(record: Record) -> None:
    assert (record.streams(), record.position, record.version("JP-MN")) == ([], 0, 0)
    assert list(record.verify_chain()) == []


def test_readers_go_on_from_a_position(record: Record) -> None:
    record.append("JP-MN", 0, [closed(n) for n in range(1, 6)])

    assert [entry.position for entry in record.onwards(2, limit=2).entries] == [3, 4]
    assert record.onwards(5) == Page([], 5)
    assert record.position == 5


def test_appending_nothing_records_nothing(record: Record) -> None:
    assert record.append("JP-MN", 0, []) == []
    assert record.streams() == []


def test_a_writer_who_expects_an_old_version_is_told_that_someone_was_first(
    record: Record,
) -> None:
    record.append("JP-MN", 0, [closed(1)])

    with pytest.raises(SomeoneActedFirstError, match="look again"):
        record.append("JP-MN", 0, [closed(2)])

    assert proposals(record, "JP-MN") == [1]


def test_of_a_refused_save_nothing_is_recorded(record: Record) -> None:
    record.append("JP-MN", 0, [closed(1), closed(2)])
    # The first of these two would fit a gap, the second is taken.
    with pytest.raises(SomeoneActedFirstError):
        record.append("JP-MN", 1, [closed(8), closed(9)])

    assert proposals(record, "JP-MN") == [1, 2]
    assert list(record.verify_chain()) == [2]


def test_an_event_that_cannot_be_stored_takes_those_before_it_along(record: Record) -> None:
    with pytest.raises(SomeoneActedFirstError):
        record.table.insert_events(
            [record.mapper.to_stored_event(entry) for entry in _twice_version_one()]
        )

    assert record.streams() == []


def _twice_version_one() -> list[Recorded]:
    entry = Recorded(originator_id="JP-MN", originator_version=1, event=closed(1))
    return [entry, entry]


# Append only


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET state = x'7b7d' WHERE rowid = 1",
        "UPDATE events SET originator_id = 'JP-ID'",
        "DELETE FROM events WHERE rowid = 2",
        "DELETE FROM events",
    ],
)
def test_the_table_itself_refuses_every_change(record: Record, file: Path, statement: str) -> None:
    record.append("JP-MN", 0, [closed(1), closed(2)])

    with (
        sqlite3.connect(file) as connection,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        connection.execute(statement)
    connection.close()

    assert proposals(record, "JP-MN") == [1, 2]


@pytest.mark.parametrize(
    "replacing",
    [
        "SELECT rowid, originator_id, originator_version, topic, x'7b7d', link FROM events",
        "SELECT rowid, originator_id, originator_version + 1, topic, state, link FROM events",
        "SELECT rowid + 1, originator_id, originator_version, topic, x'7b7d', link FROM events",
    ],
)
def test_an_insertion_that_replaces_a_row_is_refused_too(
    record: Record, file: Path, replacing: str
) -> None:
    record.append("JP-MN", 0, [closed(1)])

    with (
        sqlite3.connect(file) as connection,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        connection.execute(f"INSERT OR REPLACE INTO events {replacing}")
    connection.close()

    assert proposals(record, "JP-MN") == [1]


# Topics


def stored(record: Record, topic: str, state: bytes) -> None:
    """Put a row in as another version of the program would have."""
    record.table.insert_events([StoredEvent("JP-MN", 1, topic, state)])


def test_a_topic_of_a_newer_version_is_refused_by_name(record: Record) -> None:
    stored(record, "jcm.proposal-closed.v9", b"{}")

    with pytest.raises(WrongHomeError, match=r"'jcm.proposal-closed.v9', which this version"):
        list(record.stream("JP-MN"))


def _members(**changes: Any) -> bytes:
    members = msgspec.to_builtins(closed(1)) | changes
    return msgspec.json.encode({name: m for name, m in members.items() if m != "left out"})


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (_members(extra=1), "unknown field `extra`"),
        (_members(detail="left out"), "missing required field `detail`"),
        (_members(proposal="one"), "Expected `int`, got `str`"),
        (_members(at="yesterday"), "Invalid RFC3339"),
        (b'{"at":', "truncated"),
        (b"", "truncated"),
    ],
)
def test_an_event_whose_members_do_not_fit_its_topic_is_no_event_of_ours(
    record: Record, state: bytes, says: str
) -> None:
    stored(record, CLOSED, state)

    with pytest.raises(TamperedError, match=f"event 1 of JP-MN .*{says}"):
        list(record.stream("JP-MN"))


def test_an_old_topic_is_read_as_the_new_event(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_detail(members: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        return CLOSED, members | {"detail": members.pop("why"), "envelope": None}

    def renamed(members: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        return "jcm.proposal-ended.v2", {"why": "no reason was kept", "number": None} | members

    monkeypatch.setitem(topics.UPCASTS, "jcm.proposal-ended.v1", renamed)
    monkeypatch.setitem(topics.UPCASTS, "jcm.proposal-ended.v2", with_detail)
    state = {"at": "2026-01-12T02:00:00Z", "proposal": 4, "reason": "withdrawn"}
    stored(record, "jcm.proposal-ended.v1", msgspec.json.encode(state))

    (entry,) = record.stream("JP-MN")

    assert entry.event == closed(4, "no reason was kept")


def test_an_old_topic_with_members_that_never_were_is_no_event_of_ours(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(topics.UPCASTS, "jcm.proposal-ended.v1", lambda members: (CLOSED, members))
    stored(record, "jcm.proposal-ended.v1", _members(extra=1))

    with pytest.raises(TamperedError, match="unknown field `extra`"):
        list(record.stream("JP-MN"))


# Files


def test_a_record_is_read_again_after_it_was_closed(file: Path) -> None:
    first = Record.open(file)
    first.append("JP-MN", 0, [closed(1)])
    first.close()

    again = Record.open(file)
    again.append("JP-MN", 1, [closed(2)])

    assert proposals(again, "JP-MN") == [1, 2]
    assert list(again.verify_chain()) == [2]
    again.close()
