"""The hash chain: an event altered, dropped, inserted or moved behind our back is named."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from aggregates.committee.events import ProposalClosed
from aggregates.store import record as store
from aggregates.store.chain import GENESIS, link
from aggregates.store.record import Record
from governance import assembly
from governance.settings import Settings
from policies.refusals import TamperedError
from tests.tampering import Dialect


def closed(proposal: int) -> ProposalClosed:
    """Return some event."""
    now = datetime(2026, 1, 12, 2, tzinfo=UTC)
    return ProposalClosed(
        at=now, proposal=proposal, number=None, reason="withdrawn", detail="", envelope=None
    )


@pytest.fixture
def record(place: Settings) -> Iterator[Record]:
    """Six events: four of JP-MN, of which the third and fourth stand between two of JP-ID."""
    assembly.make_tables(place)
    with assembly.open_record(place) as opened:
        opened.append("JP-MN", 0, [closed(1), closed(2)])
        opened.append("JP-ID", 0, [closed(7)])
        opened.append("JP-MN", 2, [closed(3), closed(4)])
        opened.append("JP-ID", 1, [closed(8)])
        yield opened


@pytest.fixture
def behind(place: Settings) -> Dialect:
    """Someone who owns the tables."""
    return Dialect(place)


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
        "state = {nine}",
        "state = {spaced}",
        "state = {empty}",
        "topic = 'jcm.proposal-drafted.v1'",
        "topic = ''",
        "originator_id = 'JP-KE'",
        "originator_version = 33",
        "originator_version = 0",
        "link = {zeros}",
        "link = {empty}",
    ],
)
def test_an_altered_event_is_named(record: Record, behind: Dialect, change: str) -> None:
    state = bytes(record.table.rows(3, 4)[0][4])
    values = {
        "nine": state.replace(b'"proposal":3', b'"proposal":9'),
        "spaced": state + b" ",
        "empty": b"",
        "zeros": bytes(32),
    }
    blobs = {name: behind.blob(value) for name, value in values.items()}
    behind.change(4, change.format(**blobs))

    says = found(record)

    assert "(position 4) is not as it was recorded" in says
    assert "the 3 events before it are good" in says


@pytest.mark.parametrize("places", ["sqlite"], indirect=True, scope="session")
@pytest.mark.parametrize(
    "change",
    [
        "state = CAST(state AS TEXT)",
        "state = 7",
        "topic = x'00'",
        "topic = CAST(topic AS BLOB)",
        "originator_id = CAST(originator_id AS BLOB)",
        "originator_version = 'three'",
        "originator_version = x'33'",
        "link = CAST(link AS TEXT)",
        "link = 7",
        "originator_id = CAST(x'ff' AS TEXT)",
        "topic = CAST(x'edafff' AS TEXT)",
    ],
)
def test_a_value_of_another_type_is_named(record: Record, behind: Dialect, change: str) -> None:
    behind.change(4, change)

    assert "(position 4) is not as it was recorded" in found(record)


def test_an_altered_first_event_leaves_nothing_good_before_it(
    record: Record, behind: Dialect
) -> None:
    behind.change(1, "state = " + behind.blob(b"{}"))

    assert found(record).startswith("event 1 of JP-MN (position 1)")
    assert "the 0 events before it are good" in found(record)


def test_the_event_after_a_dropped_one_is_named(record: Record, behind: Dialect) -> None:
    behind.delete("{position} = 2")

    says = found(record)

    assert says.startswith("position 2 is missing before event 1 of JP-ID (position 3)")
    assert says.endswith("the 1 events before it are good")


def test_a_stream_that_is_dropped_whole_is_found(record: Record, behind: Dialect) -> None:
    behind.delete("originator_id = 'JP-ID'")

    assert found(record).startswith("position 3 is missing before event 3 of JP-MN (position 4)")


def test_an_inserted_event_is_named_though_its_own_link_fits(
    record: Record, behind: Dialect
) -> None:
    ((_, _, _, topic, state, before),) = record.table.rows(0, 1)
    forged = behind.blob(link(before, "JP-KE", 1, topic, state))
    events, position = behind.events, behind.position
    behind.edit(
        f"UPDATE {events} SET {position} = -{position} WHERE {position} > 1",  # noqa: S608
        f"UPDATE {events} SET {position} = 1 - {position} WHERE {position} < 0",  # noqa: S608
    )
    behind.insert(1, f"2, 'JP-KE', 1, topic, state, {forged}")

    says = found(record)

    assert says.startswith("event 2 of JP-MN (position 3)")
    assert "the 2 events before it are good" in says


def test_an_event_put_at_the_end_without_its_link_is_named(record: Record, behind: Dialect) -> None:
    behind.insert(5, "7, originator_id, 5, topic, state, link")

    assert found(record).startswith("event 5 of JP-MN (position 7)")


def test_events_in_another_order_are_named(record: Record, behind: Dialect) -> None:
    behind.change(3, f"{behind.position} = 99")
    behind.change(4, f"{behind.position} = 3")
    behind.change(99, f"{behind.position} = 4")

    says = found(record)

    assert says.startswith("event 3 of JP-MN (position 3)")
    assert "the 2 events before it are good" in says


def test_events_of_one_stream_that_changed_places_are_named(
    record: Record, behind: Dialect
) -> None:
    behind.change(4, "originator_version = 99")
    behind.change(5, "originator_version = 3")
    behind.change(4, "originator_version = 4")

    assert "(position 4) is not as it was recorded" in found(record)


def test_the_check_goes_on_over_pages(
    record: Record, behind: Dialect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "BATCH", 2)
    assert list(record.verify_chain()) == [2, 4, 6]

    behind.change(5, "state = " + behind.blob(b"{}"))

    assert "the 4 events before it are good" in found(record)


def test_a_writer_goes_on_from_the_last_link(record: Record) -> None:
    record.append("JP-KE", 0, [closed(1)])

    assert list(record.verify_chain()) == [7]


@pytest.mark.parametrize("place_before", [0, -1, -(2**63)])
def test_an_event_put_before_the_first_is_found(
    record: Record, behind: Dialect, place_before: int
) -> None:
    behind.insert(1, f"{place_before}, 'JP-KE', 1, topic, state, link")

    assert "events stand before position 1" in found(record)


def test_the_messages_of_tampering_are_the_same_on_each_engine(
    record: Record, behind: Dialect
) -> None:
    behind.change(2, "topic = 'x'")

    assert found(record) == (
        "event 2 of JP-MN (position 2) is not as it was recorded, or one before it is missing;"
        " the 1 events before it are good"
    )
