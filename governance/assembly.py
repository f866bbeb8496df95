"""The one place that builds things: what writes, and what reads."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING

from aggregates.store.record import Record
from governance.clock import Clock, utc_now
from governance.settings import Settings
from policies.refusals import NotFoundError, StorageError, WrongHomeError
from projections.all import VIEWS
from projections.disk import unwritten
from projections.follower import catch_up, follow
from projections.sqlite_tables import SQLiteTables
from projections.tables import Tables
from projections.wake import Wake, WakeOnSQLite

if TYPE_CHECKING:
    from governance.exchange.documents import DocumentStore
    from governance.keys.engine import EngineKeys
    from governance.service.cases import Cases
    from governance.service.desk import Desk
    from governance.service.history import HistoryService
    from governance.service.logs import Logs
    from governance.service.proposals import Proposals
    from governance.service.publishing import Publisher
    from governance.service.snapshots import Snapshots
    from governance.service.sweep import Sweep
    from governance.service.timing import Times
    from governance.service.witness_addresses import WitnessAddresses


@dataclass(frozen=True)
class Engine:
    """Everything that writes, over one record."""

    settings: Settings
    record: Record
    keys: EngineKeys
    desk: Desk
    history: HistoryService
    cases: Cases
    proposals: Proposals
    witnesses: WitnessAddresses | None = None
    """How witnesses are reached; null: where the operator's file says."""

    @cached_property
    def publisher(self) -> Publisher:
        """What publishes the checkpoints of the committees' logs; opened when first asked for."""
        return publisher_of(self.settings, self.desk, self.witnesses)


@dataclass(frozen=True)
class Library:
    """Everything that reads; `record` is null while the home is absent."""

    record: Record | None
    tables: Tables
    live: bool


@contextmanager
def engine(
    settings: Settings, clock: Clock = utc_now, witnesses: WitnessAddresses | None = None
) -> Iterator[Engine]:
    """Open the home for writing, making it if it is absent."""
    # Imported here: what only reads starts without all that decides and signs.
    from governance.keys.engine import EngineKeys  # noqa: PLC0415
    from governance.service.cases import Cases  # noqa: PLC0415
    from governance.service.desk import Desk  # noqa: PLC0415
    from governance.service.history import HistoryService  # noqa: PLC0415
    from governance.service.proposals import Proposals  # noqa: PLC0415

    _make_home(settings)
    with open_record(settings) as record:
        keys = EngineKeys(settings.keys)
        desk = Desk(record, clock, keys, snapshots_of(settings, record))
        history = HistoryService(record, clock)
        cases = Cases(desk, history)
        proposals = Proposals(desk, history, cases)
        made = Engine(settings, record, keys, desk, history, cases, proposals, witnesses)

        def publish(code: str) -> None:
            made.publisher.try_to(code)

        desk.turning.append(publish)
        try:
            yield made
        finally:
            if "publisher" in vars(made):
                made.publisher.close()


@contextmanager
def engine_there(settings: Settings, clock: Clock = utc_now) -> Iterator[Engine]:
    """Open a home for writing that is there; raise `NotFoundError` and make nothing if it is not.

    For everything that needs a committee: only what may be the first to write makes a home.
    """
    require_there(settings)
    with engine(settings, clock) as made:
        yield made


def sweep_of(made: Engine) -> Sweep:
    """Return the sweep over committees and cases: settle both, then announce what has turned."""
    from aggregates.case.events import EVENTS  # noqa: PLC0415 - as above
    from aggregates.case.times import CaseTimes  # noqa: PLC0415
    from governance.service.sweep import SOURCES, Source, Sweep  # noqa: PLC0415

    cases = Source(EVENTS, partial(CaseTimes, made.desk.rulebook))
    return Sweep(made.desk, (*SOURCES, cases), [made.cases.settle])


def publisher_of(
    settings: Settings, desk: Desk, witnesses: WitnessAddresses | None = None
) -> Publisher:
    """Return what publishes the checkpoints of a desk's committees; to be closed."""
    from governance.service.logs import Logs  # noqa: PLC0415 - as above
    from governance.service.publishing import Publisher  # noqa: PLC0415
    from governance.service.witness_addresses import AddressFile  # noqa: PLC0415

    logs = Logs(desk.record, settings.log)
    reached = witnesses or AddressFile(settings.witnesses)
    return Publisher(desk, logs, reached, settings.log_evidence, times_of(settings))


def times_of(settings: Settings) -> Times:
    """Return what keeps an authority's time of each checkpoint, where the operator names one."""
    from governance.service.timing import Times  # noqa: PLC0415 - as above

    url = settings.time_authority
    if url is None:
        return Times(settings.log_times)

    def stamp(data: bytes) -> bytes:
        from governance.timestamp import stamp  # noqa: PLC0415 - as above

        return stamp(data, url)

    return Times(settings.log_times, stamp)


@contextmanager
def logs_of(settings: Settings, record: Record) -> Iterator[Logs]:
    """Open the committees' logs as files, in the home, or thrown away where it is not written."""
    from governance.service.logs import Logs  # noqa: PLC0415 - as above

    with closing(Logs(record, settings.log)) as logs:
        yield logs


@contextmanager
def reading_desk(settings: Settings, clock: Clock = utc_now) -> Iterator[Desk]:
    """Open committees to be looked at: nothing is made or settled, or written but a snapshot.

    Raises `NotFoundError` if nothing is recorded there.
    """
    from governance.keys.engine import EngineKeys  # noqa: PLC0415 - as above
    from governance.service.desk import Desk  # noqa: PLC0415

    require_there(settings)
    with open_record(settings) as record:
        yield Desk(record, clock, EngineKeys(settings.keys), snapshots_of(settings, record))


@contextmanager
def reading_cases(settings: Settings, clock: Clock = utc_now) -> Iterator[Cases]:
    """Open the docket's cases to be looked at whole, as `reading_desk` opens committees."""
    from governance.service.cases import Cases  # noqa: PLC0415 - as above
    from governance.service.history import HistoryService  # noqa: PLC0415

    with reading_desk(settings, clock) as desk:
        yield Cases(desk, HistoryService(desk.record, clock))


@contextmanager
def reading_proposals(settings: Settings, clock: Clock = utc_now) -> Iterator[Proposals]:
    """Open proposals and cases to be looked at; raises and writes as `reading_desk` does."""
    from governance.service.cases import Cases  # noqa: PLC0415 - as above
    from governance.service.history import HistoryService  # noqa: PLC0415
    from governance.service.proposals import Proposals  # noqa: PLC0415

    with reading_desk(settings, clock) as desk:
        history = HistoryService(desk.record, clock)
        yield Proposals(desk, history, Cases(desk, history))


@contextmanager
def history_to_read(settings: Settings, clock: Clock = utc_now) -> Iterator[HistoryService]:
    """Open the imported past to try an import on: nothing is made or written in the home."""
    from governance.service.history import HistoryService  # noqa: PLC0415 - as above

    with ExitStack() as stack:
        if settings.recorded:
            record = stack.enter_context(open_record(settings))
        else:
            empty = stack.enter_context(tempfile.TemporaryDirectory(prefix="jcgov-"))
            record = Record.open(Path(empty) / "empty.sqlite3")
            stack.callback(record.close)
        yield HistoryService(record, clock)


@contextmanager
def library(settings: Settings) -> Iterator[Library]:
    """Open the home for reading, its views brought up to the events.

    An absent home gives empty views and is not created. Where the home cannot be written, or its
    disk is full, the views are built from the events in a file that is thrown away.
    """
    if not settings.recorded:
        with _closing(SQLiteTables.scratch(VIEWS)) as tables:
            yield Library(None, tables, live=False)
        return
    with open_record(settings) as record:
        tables, live = _current(settings, record)
        with _closing(tables):
            yield Library(record, tables, live=live)


def _current(settings: Settings, record: Record) -> tuple[Tables, bool]:
    """Return views brought up to the events, and whether they are those that stand beside them."""
    try:
        tables = open_tables(settings, record)
        try:
            catch_up(record, tables, VIEWS)
        except BaseException:
            tables.close()
            raise
    except StorageError:
        tables = SQLiteTables.scratch(VIEWS)
        catch_up(record, tables, VIEWS)
        return tables, False
    return tables, _writable(settings)


@contextmanager
def follower(
    settings: Settings, trouble: Callable[[Exception], None]
) -> Iterator[Callable[[], None]]:
    """Open what keeps the views up to the events, and yield the call that runs until it ends.

    It ends when the context does, or when the call is interrupted. Raises `WrongHomeError` where
    the views cannot be kept because the home cannot be written.
    """
    if not _writable(settings):
        message = f"the home {settings.home} cannot be written by this user: its views stay"
        raise WrongHomeError(message)
    stop, running = Event(), Lock()

    def run() -> None:
        with running:
            follow(record, tables, VIEWS, wake=wake, stop=stop, trouble=trouble)

    with open_record(settings) as record, _closing(open_tables(settings, record)) as tables:
        wake = wake_of(settings, record)
        try:
            yield run
        finally:
            stop.set()
            wake.stir()
            with running:  # what another thread still reads from is not taken away
                wake.close()


def wake_of(settings: Settings, record: Record) -> Wake:
    """Return what tells that the record has grown, whoever has appended."""
    if settings.database_url is None:
        return WakeOnSQLite(record, settings.database)
    from aggregates.store.postgresql import CHANNEL  # noqa: PLC0415 - as above
    from projections.wake_postgresql import WakeOnPostgreSQL  # noqa: PLC0415

    return WakeOnPostgreSQL(settings.database_url, CHANNEL)


@contextmanager
def open_record(settings: Settings) -> Iterator[Record]:
    """Open the record where the settings say, and close it at the end."""
    record = record_at(settings)
    try:
        yield record
    finally:
        record.close()


def record_at(settings: Settings) -> Record:
    """Open the record where the settings say, to be read only where it cannot be written."""
    if settings.database_url is not None:
        return Record.connect(settings.database_url)
    if settings.database.exists() and not _writable(settings):
        return Record.open_read_only(settings.database)
    return Record.open(settings.database)


def open_tables(settings: Settings, record: Record) -> Tables:
    """Open the views' tables beside the events, or apart where those cannot be written."""
    if settings.database_url is not None:
        from aggregates.store.postgresql import PostgreSQLEvents  # noqa: PLC0415 - as above
        from projections.postgresql_tables import PostgreSQLTables  # noqa: PLC0415

        assert isinstance(record.table, PostgreSQLEvents)  # noqa: S101 - for the type checker
        return PostgreSQLTables.open(record.table.database, VIEWS)
    if _writable(settings):
        return SQLiteTables.open(settings.database, VIEWS)
    return SQLiteTables.scratch(VIEWS)


def snapshots_of(settings: Settings, record: Record) -> Snapshots:
    """Return the snapshots beside the events; where those cannot be written none is taken."""
    from governance.service.snapshots import Snapshots  # noqa: PLC0415 - as above

    if settings.database_url is not None:
        from aggregates.store.postgresql import PostgreSQLEvents  # noqa: PLC0415 - as above
        from aggregates.store.postgresql_snapshots import PostgreSQLSnapshots  # noqa: PLC0415

        assert isinstance(record.table, PostgreSQLEvents)  # noqa: S101 - for the type checker
        return Snapshots(record, PostgreSQLSnapshots(record.table.database))
    from aggregates.store.sqlite import SQLiteEvents  # noqa: PLC0415 - as above
    from aggregates.store.sqlite_snapshots import SQLiteSnapshots  # noqa: PLC0415

    assert isinstance(record.table, SQLiteEvents)  # noqa: S101 - for the type checker
    table = SQLiteSnapshots(record.table.datastore)
    return Snapshots(record, table, writable=_writable(settings))


def documents_of(settings: Settings) -> DocumentStore:
    """Return the files of documents, where the settings say; nothing is made before the first."""
    from governance.exchange.documents import DocumentStore  # noqa: PLC0415 - as above

    return DocumentStore.at(settings.documents)


def make_tables(settings: Settings, application: str | None = None) -> None:
    """Make the home, the events' table and the views' tables; a second time changes nothing.

    On PostgreSQL a role that is named may append, read and keep views, and no more.
    """
    _make_home(settings)
    if settings.database_url is not None:
        make_database(settings, application)
        return
    with open_record(settings) as record:
        open_tables(settings, record).close()


def make_database(settings: Settings, application: str | None = None) -> None:
    """Make the tables of events, views and snapshots in the PostgreSQL database."""
    from aggregates.store.postgresql import (  # noqa: PLC0415 - as above
        PostgreSQLDatabase,
        PostgreSQLEvents,
    )
    from aggregates.store.postgresql_snapshots import PostgreSQLSnapshots  # noqa: PLC0415
    from governance.access.opening import make_access  # noqa: PLC0415
    from governance.delivery.postgresql_tables import PostgreSQLDeliveryTables  # noqa: PLC0415
    from projections.postgresql_tables import PostgreSQLTables  # noqa: PLC0415

    database = PostgreSQLDatabase(settings.database_url or "")
    try:
        PostgreSQLEvents.make(database, application)
        PostgreSQLTables.make(database, VIEWS, application)
        PostgreSQLSnapshots.make(database, application)
        PostgreSQLDeliveryTables.make(database, application)
        make_access(database, application)
    finally:
        database.close()


@contextmanager
def _closing(tables: Tables) -> Iterator[Tables]:
    try:
        yield tables
    finally:
        tables.close()


def require_there(settings: Settings) -> None:
    """Raise `NotFoundError` for a home in which nothing is recorded."""
    if not settings.recorded:
        message = (
            f"nothing is recorded below {settings.home}; committees begin with: jcgov committee"
            " found"
        )
        raise NotFoundError(message)


def _make_home(settings: Settings) -> None:
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritten(settings.home, error, WrongHomeError) from None
    if settings.database.exists() and not _writable(settings):
        message = f"the home {settings.home} cannot be written by this user"
        raise WrongHomeError(message)


def _writable(settings: Settings) -> bool:
    if settings.database_url is not None:
        return True
    return os.access(settings.home, os.W_OK) and os.access(settings.database, os.W_OK)
