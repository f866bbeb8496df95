"""What must hold of a place after any fault, whatever was going on there."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable
from pathlib import Path

import psycopg

from aggregates.store.chain import Head
from aggregates.store.record import Record
from governance import assembly
from governance.exchange.backup import require_reaches
from governance.service.whole_record import check_record
from governance.settings import Settings
from projections.all import VIEWS
from projections.follower import catch_up
from projections.replay import rebuild
from projections.tables import Tables
from tests.faults.commands import PARTNERS, done_steps
from tests.faults.loop import LIMIT, Told

SOURCE = Path("what was acknowledged")


def require_whole(
    settings: Settings,
    *told: Told,
    alone: bool = True,
    scripted: bool = True,
    views_to_the_end: bool = True,
) -> Head:
    """Check a place after a fault, and return where its record stands.

    Nothing acknowledged is lost; no append stands by halves, and no committee in the middle of a
    command; chain and envelopes are good; the views are at some place what the events say, and
    brought up to the end they are again. `alone`: nobody else has the place open, once the server
    has noticed who was killed. `scripted`: committees do nothing but their script.
    """
    if settings.database_url is not None and alone:
        wait_until_alone(settings.database_url)
    if not settings.recorded:
        assert not any(one.heads for one in told), "what was acknowledged is gone"
        return Head()
    with assembly.open_record(settings) as record:
        for one in told:
            require_acknowledged(record, one.heads)
            require_appends_whole(record, one.appends)
        for partner in PARTNERS if scripted else ():
            done_steps(record, partner)
        checked = check_record(record, lambda _count: None)
        assert checked["ok"], checked["detail"]
        require_views(settings, record, to_the_end=views_to_the_end)
        return record.head


def require_acknowledged(record: Record, heads: Iterable[Head]) -> None:
    """Check that the record holds, at each place, what was acknowledged there.

    A head names every event before it, so the newest would do for one writer.
    """
    for head in heads:
        require_reaches(record, head, SOURCE)


def require_appends_whole(record: Record, appends: Iterable[tuple[str, int, int]]) -> None:
    """Check that each append that was begun is there with all its events, or with none."""
    for stream, before, count in appends:
        version = record.version(stream)
        assert version <= before or version >= before + count, (
            f"{stream} ends at event {version}: half of an append of {count} after {before}"
        )


def require_views(settings: Settings, record: Record, *, to_the_end: bool = True) -> None:
    """Check the views where they stand; bring them up to the events, and check them again."""
    with contextlib.closing(assembly.open_tables(settings, record)) as tables:
        require_true(record, tables)
        if to_the_end:
            catch_up(record, tables, VIEWS)
            require_true(record, tables)
            behind = {name for name, at in tables.positions().items() if at != record.position}
            assert not behind, behind


def require_true(record: Record, tables: Tables) -> None:
    """Check that every view holds what the events say, up to the place where it stands."""
    differing = rebuild(record, tables).differing
    assert not differing, f"{differing} are not what the events say"


def wait_until_alone(url: str) -> None:
    """Wait until the server has done what those asked for who were killed."""
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    end = time.monotonic() + LIMIT
    with psycopg.connect(url, autocommit=True) as connection:
        while connection.execute(others).fetchone() != (0,):
            assert time.monotonic() < end, "a killed client's backend does not end"
            time.sleep(0.002)
