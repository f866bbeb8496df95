"""The record: appended with the expected version, never edited, read by topic."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import psycopg
import pytest
from eventsourcing.persistence import StoredEvent

from aggregates.committee.events import MeetingConvened, ProposalClosed
from aggregates.event import Recorded
from aggregates.store import topics
from aggregates.store.chain import GENESIS, Head, link
from aggregates.store.record import Page, Record
from aggregates.store.table import BATCH
from governance import assembly
from governance.settings import Settings
from policies.refusals import SomeoneActedFirstError, TamperedError, WrongHomeError
from tests.tampering import Dialect

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
def record(place: Settings) -> Iterator[Record]:
    assembly.make_tables(place)
    with assembly.open_record(place) as opened:
        yield opened


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
    record.append("JP-MN", 0, [])

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


def test_positions_have_no_gaps_after_refused_saves(record: Record) -> None:
    record.append("JP-MN", 0, [closed(1), closed(2)])
    for _ in range(3):
        with pytest.raises(SomeoneActedFirstError):
            record.append("JP-MN", 1, [closed(8), closed(9)])
    record.append("JP-ID", 0, [closed(3)])

    assert [entry.position for entry in record.onwards().entries] == [1, 2, 3]
    assert list(record.verify_chain()) == [3]


def test_positions_are_told_to_whoever_stores(record: Record) -> None:
    first = record.table.insert_events([StoredEvent("JP-MN", 1, CLOSED, b"{}")])
    more = record.table.insert_events([StoredEvent("JP-ID", n, CLOSED, b"{}") for n in (1, 2)])

    assert (list(first or ()), list(more or ())) == ([1], [2, 3])


HOSTILE = [
    ("JP-MN", 1, CLOSED, b""),
    ("JP-MN", 2**62, CLOSED, b"{}"),
    ("Ганбаатар – 日本 \U0001f600", 1, CLOSED, b"{}"),
    ("JP-MN'; DROP TABLE events; --", 1, CLOSED, b"\x00\xff\\x7b7d"),
    ("{JP,MN}", 1, '{"a","b"}', b"{NULL}"),
    ("NULL", 1, "NULL", b"NULL"),
    (" ", 1, " \t\n", b" "),
    ("JP-ID", 1, CLOSED, b"x" * 5_000_000),
]


def test_the_database_computes_the_link_that_the_program_does(record: Record) -> None:
    record.table.insert_events([StoredEvent(*values) for values in HOSTILE])

    rows = record.table.rows(0, len(HOSTILE))

    assert [tuple(row[1:5]) for row in rows] == HOSTILE
    before = GENESIS
    for row in rows:
        before = link(before, *row[1:5])
        assert bytes(row[5]) == before
    assert record.head == Head(len(HOSTILE), before)
    assert list(record.verify_chain()) == [len(HOSTILE)]


def test_streams_are_named_in_the_order_of_their_bytes(record: Record) -> None:
    names = ["JP-MN", "jp-mn", "JP_MN", "JP-ÅB", "JP-ab", "日本", "\U0001f600", "\uffee", "JP-MN/H"]
    record.table.insert_events([StoredEvent(name, 1, CLOSED, b"{}") for name in names])

    assert record.streams() == sorted(names, key=str.encode)


def test_versions_are_those_of_all_streams_that_begin_so(record: Record) -> None:
    for stream in ("JP-MN", "JP-MN/C/001", "JP-MN/C/1000", "JP-MN/announcements", "JP-MNX/C/001"):
        record.append(stream, 0, [closed(1)])
    record.append("JP-MN/C/001", 1, [closed(2)])

    assert record.versions("JP-MN/C/") == {"JP-MN/C/001": 2, "JP-MN/C/1000": 1}
    assert list(record.versions("JP-MN")) == record.streams()
    assert record.versions("JP-ID/C/") == {}


def test_committees_are_those_of_all_streams_each_once(record: Record) -> None:
    assert record.committees() == []

    for stream in ("JP-MN/C/001", "JP-MN", "JP-MM/history", "JP-MO", "JP-ID/C/001", "JP-ID/log"):
        record.append(stream, 0, [closed(1)])

    assert record.committees() == ["JP-ID", "JP-MM", "JP-MN", "JP-MO"]


def test_a_stream_longer_than_a_page_is_read_whole(record: Record) -> None:
    count = 2 * BATCH + 1
    record.append("JP-MN", 0, [closed(n) for n in range(count)])

    assert proposals(record, "JP-MN") == list(range(count))
    after = [e.originator_version for e in record.stream("JP-MN", after=BATCH - 1)]
    assert after == list(range(BATCH, count + 1))
    assert record.version("JP-MN") == count


def test_who_reads_by_kind_learns_how_far_was_read(record: Record) -> None:
    record.append("JP-MN", 0, [closed(1)])
    record.table.insert_events([StoredEvent("JP-MN", 2, "jcm.unknown.v1", b"?")])

    page = record.onwards(0, 10, (ProposalClosed,))

    assert ([entry.position for entry in page.entries], page.reached) == ([1], 2)


# Append only

REFUSED = (sqlite3.IntegrityError, psycopg.errors.RestrictViolation)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {events} SET state = {blob} WHERE {position} = 1",
        "UPDATE {events} SET originator_id = 'JP-ID'",
        "UPDATE {events} SET link = link",
        "DELETE FROM {events} WHERE {position} = 2",
        "DELETE FROM {events}",
    ],
)
def test_the_table_itself_refuses_every_change(
    record: Record, place: Settings, statement: str
) -> None:
    record.append("JP-MN", 0, [closed(1), closed(2)])
    dialect = Dialect(place)
    names = {"events": dialect.events, "position": dialect.position, "blob": dialect.blob(b"{}")}

    with pytest.raises(REFUSED, match="the record is append-only"):
        dialect.allowed(statement.format(**names))

    assert proposals(record, "JP-MN") == [1, 2]
    assert list(record.verify_chain()) == [2]


ON_SQLITE = [
    "INSERT OR REPLACE INTO events SELECT rowid, originator_id, originator_version, topic,"
    " x'7b7d', link FROM events",
    "INSERT OR REPLACE INTO events SELECT rowid, originator_id, originator_version + 1, topic,"
    " state, link FROM events",
    "INSERT OR REPLACE INTO events SELECT rowid + 1, originator_id, originator_version, topic,"
    " x'7b7d', link FROM events",
    "REPLACE INTO events SELECT * FROM events",
    "INSERT INTO events SELECT * FROM events WHERE true ON CONFLICT DO UPDATE SET state = x'7b7d'",
    "UPDATE OR REPLACE events SET rowid = 7",
]
ON_POSTGRESQL = [
    "TRUNCATE jcgov.events",
    "TRUNCATE jcgov.events CASCADE",
    "INSERT INTO jcgov.events SELECT * FROM jcgov.events"
    " ON CONFLICT (notification_id) DO UPDATE SET state = ''",
    "MERGE INTO jcgov.events e USING (VALUES (1)) v(n) ON e.notification_id = v.n"
    " WHEN MATCHED THEN DELETE",
    "MERGE INTO jcgov.events e USING (VALUES (1)) v(n) ON e.notification_id = v.n"
    " WHEN MATCHED THEN UPDATE SET state = ''",
    "WITH gone AS (DELETE FROM jcgov.events RETURNING *) SELECT * FROM gone",
]


def test_no_way_round_is_left_to_change_a_row(record: Record, place: Settings) -> None:
    record.append("JP-MN", 0, [closed(1)])
    dialect = Dialect(place)

    for statement in ON_SQLITE if dialect.sqlite else ON_POSTGRESQL:
        with pytest.raises(REFUSED, match="the record is append-only"):
            dialect.allowed(statement)

    assert proposals(record, "JP-MN") == [1]
    assert list(record.verify_chain()) == [1]


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
    def with_detail(members: dict[str, Any]) -> dict[str, Any]:
        return members | {"detail": members.pop("why"), "envelope": None}

    def renamed(members: dict[str, Any]) -> dict[str, Any]:
        return {"why": "no reason was kept", "number": None} | members

    first, second = "jcm.proposal-ended.v1", "jcm.proposal-ended.v2"
    monkeypatch.setitem(topics.UPCASTS, first, topics.Upcast(second, renamed))
    monkeypatch.setitem(topics.UPCASTS, second, topics.Upcast(CLOSED, with_detail))
    assert topics.topics_of([ProposalClosed]) == [CLOSED, first, second]
    assert not {first, second} & set(topics.topics_of([MeetingConvened]))
    state = {"at": "2026-01-12T02:00:00Z", "proposal": 4, "reason": "withdrawn"}
    stored(record, "jcm.proposal-ended.v1", msgspec.json.encode(state))

    (entry,) = record.stream("JP-MN")

    assert entry.event == closed(4, "no reason was kept")


def test_an_old_topic_with_members_that_never_were_is_no_event_of_ours(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    same = topics.Upcast(CLOSED, lambda members: members)
    monkeypatch.setitem(topics.UPCASTS, "jcm.proposal-ended.v1", same)
    stored(record, "jcm.proposal-ended.v1", _members(extra=1))

    with pytest.raises(TamperedError, match="unknown field `extra`"):
        list(record.stream("JP-MN"))


# Places


def test_a_record_is_read_again_after_it_was_closed(place: Settings) -> None:
    assembly.make_tables(place)
    with assembly.open_record(place) as first:
        first.append("JP-MN", 0, [closed(1)])

    with assembly.open_record(place) as again:
        again.append("JP-MN", 1, [closed(2)])

        assert proposals(again, "JP-MN") == [1, 2]
        assert list(again.verify_chain()) == [2]


def test_making_the_tables_again_changes_nothing(record: Record, place: Settings) -> None:
    record.append("JP-MN", 0, [closed(1)])
    head = record.head

    assembly.make_tables(place)

    assert record.head == head
    with pytest.raises(REFUSED):
        Dialect(place).allowed(f"DELETE FROM {Dialect(place).events}")  # noqa: S608
