"""Followers: each row once, however many follow; a changed declaration makes a view anew."""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import replace

import pytest

from aggregates.store.record import Record
from governance import assembly
from governance.settings import Settings
from policies.refusals import WrongHomeError
from projections import follower
from projections.follower import catch_up, rows_of
from projections.sqlite_tables import SQLiteTables
from projections.tables import Tables
from projections.view import View
from tests.projections.desk import FIRST, SECOND, VIEWS, Desk, closed, items, opened, wanted

# Each row once


def step(desk: Desk, tables: Tables, size: int) -> bool:
    """Do what a follower does with one batch, from where it believes the views to be."""
    after = tables.position(FIRST)
    page = desk.record.onwards(after, size)
    return tables.add(rows_of(VIEWS, page.entries), after, page.reached)


def test_of_two_that_read_the_same_batch_one_adds_it(desk: Desk) -> None:
    with closing(desk.again()) as other:
        after = desk.tables.position(FIRST)
        long, short = desk.record.onwards(after, 9), desk.record.onwards(after, 4)

        assert desk.tables.add(rows_of(VIEWS, short.entries), after, short.reached)
        assert not other.add(rows_of(VIEWS, long.entries), after, long.reached)
        assert items(other) == wanted(4)
        assert step(desk, other, 9)
        assert not desk.tables.add(rows_of(VIEWS, long.entries), short.reached + 1, 20)
        assert step(desk, desk.tables, 3)

    assert items(desk.tables) == items(desk.tables, SECOND) == wanted(16)
    assert desk.tables.positions() == {"first": 16, "second": 16}


def test_a_batch_moves_all_its_views_or_none(desk: Desk) -> None:
    page = desk.record.onwards(0, 5)
    assert desk.tables.add(rows_of((FIRST,), page.entries), 0, 5)

    assert not desk.tables.add(rows_of(VIEWS, page.entries), 0, 5)

    assert (items(desk.tables), items(desk.tables, SECOND)) == (wanted(5), [])
    assert desk.tables.positions() == {"first": 5, "second": 0}


def test_a_batch_that_breaks_leaves_rows_and_position_as_they_were(desk: Desk) -> None:
    page = desk.record.onwards(0, 5)
    twice = rows_of(VIEWS, [*page.entries, page.entries[0]])

    with pytest.raises(Exception, match=r"(?i)unique"):
        desk.tables.add(twice, 0, 5)

    assert (items(desk.tables), items(desk.tables, SECOND)) == ([], [])
    assert desk.tables.positions() == {"first": 0, "second": 0}
    assert catch_up(desk.record, desk.tables, VIEWS) == 40


def test_views_at_different_places_meet_and_go_on_together(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "BATCH", 7)
    catch_up(desk.record, desk.tables, (SECOND,), until=17)
    counted: list[int] = []

    assert catch_up(desk.record, desk.tables, VIEWS, counted.append) == sum(counted)

    assert items(desk.tables) == items(desk.tables, SECOND) == wanted(40)
    assert max(counted) <= 7


def test_four_that_follow_at_once_while_others_write_add_each_row_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "BATCH", 3)
    done, faults = threading.Event(), list[BaseException]()

    def run() -> None:
        try:
            with (
                assembly.open_record(desk.settings) as record,
                closing(opened(desk.settings, record)) as tables,
            ):
                while not done.is_set() or tables.position(FIRST) < record.position:
                    catch_up(record, tables, VIEWS)
        except BaseException as fault:  # noqa: BLE001 - shown below
            faults.append(fault)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for version in range(40, 100, 2):
        desk.record.append("JP-MN", version, [closed(version + 1), closed(version + 2)])
    done.set()
    for thread in threads:
        thread.join(60)

    assert not faults
    assert not any(thread.is_alive() for thread in threads)
    assert items(desk.tables) == items(desk.tables, SECOND) == wanted(100)


# Another declaration


def test_a_view_of_another_declaration_is_made_anew(place: Settings) -> None:
    assembly.make_tables(place)
    with assembly.open_record(place) as record:
        record.append("JP-MN", 0, [closed(n) for n in range(1, 4)])
        with closing(opened(place, record)) as tables:
            catch_up(record, tables, VIEWS)
        raised = replace(FIRST, edition=2)

        with closing(_open_raised(place, record, raised)) as tables:
            assert tables.positions() == {"first": 0, "second": 3}
            assert (items(tables, raised), items(tables, SECOND)) == ([], wanted(3))
            catch_up(record, tables, (raised, SECOND))
            assert items(tables, raised) == wanted(3)


def test_indexes_are_part_of_what_a_table_is_made_from(place: Settings) -> None:
    indexed = replace(FIRST, indexes=(("at", "item"),))
    assembly.make_tables(place)
    with assembly.open_record(place) as record:
        record.append("JP-MN", 0, [closed(n) for n in range(1, 4)])
        with closing(opened(place, record)) as tables:
            catch_up(record, tables, VIEWS)

        with closing(_open_raised(place, record, indexed)) as tables:
            assert tables.positions() == {"first": 0, "second": 3}
            catch_up(record, tables, (indexed, SECOND))
            assert items(tables, indexed) == wanted(3)


# Reading some rows


@pytest.mark.parametrize(("limit", "found"), [(1, [-4]), (3, [-4, -3, -2]), (99, [-4, -3, -2, -1])])
def test_a_limit_ends_the_rows_that_fit_in_their_order(
    desk: Desk, limit: int, found: list[int]
) -> None:
    catch_up(desk.record, desk.tables, VIEWS, until=4)

    rows = desk.tables.select(FIRST, "item < ?", (0,), "item", limit)

    assert [row[0] for row in rows] == found


def _open_raised(settings: Settings, record: Record, raised: View) -> Tables:
    """Open with one view of another declaration: SQLite makes it anew, PostgreSQL asks for init."""
    views = (raised, SECOND)
    if settings.database_url is None:
        return SQLiteTables.open(settings.database, views)
    from aggregates.store.postgresql import PostgreSQLEvents
    from projections.postgresql_tables import PostgreSQLTables

    assert isinstance(record.table, PostgreSQLEvents)
    database = record.table.database
    with pytest.raises(WrongHomeError, match="make them anew, losing nothing: jcgov init"):
        PostgreSQLTables.open(database, views)
    PostgreSQLTables.make(database, views)
    return PostgreSQLTables.open(database, views)
