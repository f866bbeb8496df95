"""Opening subscriptions, with the feed that they follow: what `assembly` is for all the rest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from aggregates.store.record import Record
from governance.assembly import library, require_there
from governance.clock import Clock, utc_now
from governance.delivery.outbox import Outbox
from governance.delivery.sqlite_tables import SQLiteDeliveryTables
from governance.delivery.subscribing import Subscriptions
from governance.delivery.tables import DeliveryTables
from governance.delivery.targets import Allowance
from governance.settings import Settings
from projections.feed import Feed
from projections.tables import Tables


@contextmanager
def delivery_tables(settings: Settings) -> Iterator[DeliveryTables]:
    """Open subscriptions and attempts to be kept, making them on SQLite if they are absent."""
    if settings.database_url is not None:
        from governance.delivery.postgresql_tables import (  # noqa: PLC0415 - only where it is
            PostgreSQLDeliveryTables,
        )

        tables: DeliveryTables = PostgreSQLDeliveryTables.open(settings.database_url)
    else:
        require_there(settings)
        tables = SQLiteDeliveryTables.open(settings.deliveries)
    with closing(tables):
        yield tables


@contextmanager
def subscriptions(
    settings: Settings, clock: Clock = utc_now, *, change: bool = True
) -> Iterator[Subscriptions]:
    """Open the subscriptions beside the feed; raises `NotFoundError` if nothing is recorded."""
    require_there(settings)
    opened = delivery_tables if change else deliveries_to_read
    with opened(settings) as found, library(settings) as read:
        assert read.record is not None  # noqa: S101 - it is there
        yield subscriptions_of(settings, found, (read.record, read.tables), clock)


def subscriptions_of(
    settings: Settings, found: DeliveryTables, beside: tuple[Record, Tables], clock: Clock
) -> Subscriptions:
    """Return subscriptions that are open, beside a record and its views that are open."""
    record, tables = beside
    outbox, allowance = Outbox(Feed(tables), record), Allowance.parse(settings.push_allowed)
    return Subscriptions(found, outbox, clock, allowance, committees=record.committees())


@contextmanager
def deliveries_to_read(settings: Settings) -> Iterator[DeliveryTables]:
    """Open subscriptions and attempts to be looked at: none where nobody has subscribed."""
    if settings.database_url is not None or settings.deliveries.exists():
        with delivery_tables(settings) as tables:
            yield tables
        return
    with closing(SQLiteDeliveryTables.scratch()) as scratch:
        yield scratch
