"""The one place that builds things: what writes, and what reads."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aggregates.store.record import Record
from governance.clock import Clock, utc_now
from governance.settings import Settings
from policies.refusals import NotFoundError, WrongHomeError
from projections.all import VIEWS
from projections.follower import catch_up
from projections.tables import Tables

if TYPE_CHECKING:
    from governance.keys.engine import EngineKeys
    from governance.service.desk import Desk
    from governance.service.history import HistoryService
    from governance.service.proposals import Proposals


@dataclass(frozen=True)
class Engine:
    """Everything that writes, over one record."""

    settings: Settings
    record: Record
    keys: EngineKeys
    desk: Desk
    history: HistoryService
    proposals: Proposals


@dataclass(frozen=True)
class Library:
    """Everything that reads; `record` is null while the home is absent."""

    record: Record | None
    tables: Tables
    live: bool


@contextmanager
def engine(settings: Settings, clock: Clock = utc_now) -> Iterator[Engine]:
    """Open the home for writing, making it if it is absent."""
    # Imported here: what only reads starts without all that decides and signs.
    from governance.keys.engine import EngineKeys  # noqa: PLC0415
    from governance.service.desk import Desk  # noqa: PLC0415
    from governance.service.history import HistoryService  # noqa: PLC0415
    from governance.service.proposals import Proposals  # noqa: PLC0415

    _make_home(settings)
    record = Record.open(settings.database)
    try:
        keys = EngineKeys(settings.keys)
        desk = Desk(record, clock, keys)
        history = HistoryService(record, clock)
        yield Engine(settings, record, keys, desk, history, Proposals(desk, history))
    finally:
        record.close()


@contextmanager
def reading_desk(settings: Settings, clock: Clock = utc_now) -> Iterator[Desk]:
    """Open committees to be looked at: nothing is made, settled or written.

    Raises `NotFoundError` if nothing is recorded there.
    """
    from governance.keys.engine import EngineKeys  # noqa: PLC0415 - as above
    from governance.service.desk import Desk  # noqa: PLC0415

    if not settings.database.exists():
        message = f"nothing is recorded below {settings.home}"
        raise NotFoundError(message)
    record = _open_record(settings)
    try:
        yield Desk(record, clock, EngineKeys(settings.keys))
    finally:
        record.close()


@contextmanager
def library(settings: Settings) -> Iterator[Library]:
    """Open the home for reading, its views brought up to the events.

    An absent home gives empty views and is not created. Where the home cannot be written, the
    views are built from the events in memory.
    """
    if not settings.database.exists():
        tables = Tables.in_memory(VIEWS)
        try:
            yield Library(None, tables, live=False)
        finally:
            tables.datastore.close()
        return
    live = _writable(settings)
    record = _open_record(settings)
    tables = Tables.open(settings.database, VIEWS) if live else Tables.in_memory(VIEWS)
    try:
        catch_up(record, tables, VIEWS)
        yield Library(record, tables, live)
    finally:
        tables.datastore.close()
        record.close()


def _make_home(settings: Settings) -> None:
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"the home {settings.home} cannot be made: {error.strerror}"
        raise WrongHomeError(message) from None
    if settings.database.exists() and not _writable(settings):
        message = f"the home {settings.home} cannot be written by this user"
        raise WrongHomeError(message)


def _open_record(settings: Settings) -> Record:
    if _writable(settings):
        return Record.open(settings.database)
    return Record.open_read_only(settings.database)


def _writable(settings: Settings) -> bool:
    return os.access(settings.home, os.W_OK) and os.access(settings.database, os.W_OK)
