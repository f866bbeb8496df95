"""A committee's record has grown when one of its own streams has, and no other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from aggregates.store.record import Append, Record
from governance import assembly
from governance.http.growth import Growth
from governance.settings import Settings
from tests.places import record_in_memory
from tests.projections.desk import closed


@pytest.fixture
def record(place: Settings) -> Iterator[Record]:
    assembly.make_tables(place)
    with assembly.open_record(place) as record:
        yield record


def ends(growth: Growth) -> dict[str, int]:
    reached = growth.bring_up()
    return {code: growth.last(code, reached) for code in growth.committees}


def test_each_committee_ends_with_the_last_event_of_any_of_its_streams(record: Record) -> None:
    record.append("JP-MN", 0, [closed(1), closed(2)])
    record.append("JP-ID/history", 0, [closed(1)])
    record.append("JP-MN/C/001", 0, [closed(1)])

    assert ends(Growth(record)) == {"JP-ID": 3, "JP-MN": 4}


def test_what_comes_later_is_read_onwards_to_the_same(record: Record) -> None:
    growth = Growth(record)
    assert (ends(growth), growth.link_at(0)) == ({}, "")

    record.append("JP-MN", 0, [closed(1)])
    assert ends(growth) == {"JP-MN": 1}
    record.append_all([Append("JP-ID", 0, [closed(1)]), Append("JP-KE/C/1", 0, [closed(1)])])

    assert ends(growth) == ends(Growth(record)) == {"JP-ID": 2, "JP-KE": 3, "JP-MN": 1}
    assert growth.histories == 0


def test_a_committee_that_has_gone_on_is_where_was_read_to(record: Record) -> None:
    record.append("JP-MN", 0, [closed(n) for n in range(1, 6)])
    growth = Growth(record)
    growth.bring_up()

    assert [growth.last("JP-MN", reached) for reached in (3, 5, 7)] == [3, 5, 5]
    assert growth.last("JP-ID", 5) == 0


@pytest.mark.parametrize("events", [1, 2, 3])
def test_another_history_in_its_place_is_read_from_the_beginning(events: int) -> None:
    """Shorter, as long or longer: what the links say counts, not the positions."""
    record, other = record_in_memory(), record_in_memory()
    record.append("JP-MN", 0, [closed(1), closed(2)])
    other.append("JP-ID", 0, [closed(n) for n in range(1, events + 1)])
    growth = Growth(record)
    link = growth.link_at(growth.bring_up())

    record.table = other.table

    assert ends(growth) == {"JP-ID": events}
    assert growth.histories == 1
    assert growth.link_at(events) == other.link_at(events) != link
