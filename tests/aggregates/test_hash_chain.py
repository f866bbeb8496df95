"""The hash chain: an event altered, dropped, inserted or moved behind our back is named."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregates.committee.events import ProposalClosed
from aggregates.store import record as store
from aggregates.store.chain import GENESIS, link
from aggregates.store.record import Record
from policies.refusals import TamperedError


def closed(proposal: int) -> ProposalClosed:
    """Return some event."""
    now = datetime(2026, 1, 12, 2, tzinfo=UTC)
    return ProposalClosed(
        at=now, proposal=proposal, number=None, reason="withdrawn", detail="", envelope=None
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "jcgov.sqlite3"


@pytest.fixture
def record(file: Path) -> Iterator[Record]:
    """Six events: four of JP-MN, of which the third and fourth stand between two of JP-ID."""
    opened = Record.open(file)
    opened.append("JP-MN", 0, [closed(1), closed(2)])
    opened.append("JP-ID", 0, [closed(7)])
    opened.append("JP-MN", 2, [closed(3), closed(4)])
    opened.append("JP-ID", 1, [closed(8)])
    yield opened
    opened.close()


def edit(file: Path, *statements: str) -> None:
    """Change the file as someone would who can write it: without the triggers."""
    connection = sqlite3.connect(file)
    for (name,) in connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'events'"
    ).fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def found(record: Record) -> str:
    """Return what the check of the chain says."""
    with pytest.raises(TamperedError) as refused:
        list(record.verify_chain())
    return str(refused.value)


def test_a_record_as_it_was_written_is_good(record: Record) -> None:
    assert list(record.verify_chain()) == [6]


def test_a_link_covers_the_one_before_and_every_column_with_its_length() -> None:
    parts = (b"JP-MN", b"1", b"jcm.some-topic.v1", b"{}")
    written = bytes(32) + b"".join(len(part).to_bytes(8, "big") + part for part in parts)

    assert link(GENESIS, "JP-MN", 1, "jcm.some-topic.v1", b"{}") == hashlib.sha256(written).digest()
    assert link(GENESIS, "JP-MN", 1, "a", b"bc") != link(GENESIS, "JP-MN", 1, "ab", b"c")


@pytest.mark.parametrize(
    "change",
    [
        "state = CAST(replace(state, '\"proposal\":3', '\"proposal\":9') AS BLOB)",
        "state = CAST(state || ' ' AS BLOB)",
        "state = CAST(state AS TEXT)",
        "state = 7",
        "state = ''",
        "topic = x'00'",
        "topic = 'jcm.proposal-drafted.v1'",
        "originator_id = 'JP-KE'",
        "originator_version = 33",
        "link = zeroblob(32)",
    ],
)
def test_an_altered_event_is_named(record: Record, file: Path, change: str) -> None:
    edit(file, f"UPDATE events SET {change} WHERE rowid = 4")  # noqa: S608

    says = found(record)

    assert "(position 4) is not as it was recorded" in says
    assert "the 3 events before it are good" in says


def test_an_altered_first_event_leaves_nothing_good_before_it(record: Record, file: Path) -> None:
    edit(file, "UPDATE events SET state = x'7b7d' WHERE rowid = 1")

    assert found(record).startswith("event 1 of JP-MN (position 1)")
    assert "the 0 events before it are good" in found(record)


def test_the_event_after_a_dropped_one_is_named(record: Record, file: Path) -> None:
    edit(file, "DELETE FROM events WHERE rowid = 2")

    says = found(record)

    assert says.startswith("position 2 is missing before event 1 of JP-ID (position 3)")
    assert says.endswith("the 1 events before it are good")


def test_a_stream_that_is_dropped_whole_is_found(record: Record, file: Path) -> None:
    edit(file, "DELETE FROM events WHERE originator_id = 'JP-ID'")

    assert found(record).startswith("position 3 is missing before event 3 of JP-MN (position 4)")


def test_an_inserted_event_is_named_though_its_own_link_fits(record: Record, file: Path) -> None:
    ((_, _, _, topic, state, before),) = record.table.rows(0, 1)
    forged = link(before, "JP-KE", 1, topic, state).hex()
    edit(
        file,
        "UPDATE events SET rowid = -rowid WHERE rowid > 1",
        "UPDATE events SET rowid = 1 - rowid WHERE rowid < 0",
        "INSERT INTO events SELECT 2, 'JP-KE', 1, topic, state, link FROM events WHERE rowid = 1",
        f"UPDATE events SET link = x'{forged}' WHERE rowid = 2",  # noqa: S608
    )

    says = found(record)

    assert says.startswith("event 2 of JP-MN (position 3)")
    assert "the 2 events before it are good" in says


def test_an_event_put_at_the_end_without_its_link_is_named(record: Record, file: Path) -> None:
    edit(
        file,
        "INSERT INTO events SELECT 7, originator_id, 5, topic, state, link FROM events"
        " WHERE rowid = 5",
    )

    assert found(record).startswith("event 5 of JP-MN (position 7)")


def test_events_in_another_order_are_named(record: Record, file: Path) -> None:
    edit(
        file,
        "UPDATE events SET rowid = 99 WHERE rowid = 3",
        "UPDATE events SET rowid = 3 WHERE rowid = 4",
        "UPDATE events SET rowid = 4 WHERE rowid = 99",
    )

    says = found(record)

    assert says.startswith("event 3 of JP-MN (position 3)")
    assert "the 2 events before it are good" in says


def test_events_of_one_stream_that_changed_places_are_named(record: Record, file: Path) -> None:
    edit(
        file,
        "UPDATE events SET originator_version = 99 WHERE rowid = 4",
        "UPDATE events SET originator_version = 3 WHERE rowid = 5",
        "UPDATE events SET originator_version = 4 WHERE rowid = 4",
    )

    assert "(position 4) is not as it was recorded" in found(record)


def test_the_check_goes_on_over_pages(
    record: Record, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "BATCH", 2)
    assert list(record.verify_chain()) == [2, 4, 6]

    edit(file, "UPDATE events SET state = x'7b7d' WHERE rowid = 5")

    assert "the 4 events before it are good" in found(record)


def test_a_writer_goes_on_from_the_last_link(record: Record) -> None:
    record.append("JP-KE", 0, [closed(1)])

    assert list(record.verify_chain()) == [7]
