"""Where the feed is read: from a home's views, or whatever else gives events and bundles."""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from aggregates.store.record import Record
from governance.exchange.bundles import Bundles
from governance.service.logs import Logs
from policies.refusals import NotFoundError, UnreadableError
from policies.sides import require_side
from projections.feed import LIMIT, MAX_SEQUENCE, Feed, require_reached
from projections.tables import Tables


@dataclass(frozen=True)
class Asked:
    """Which events are asked for: of a side; perhaps of one committee, or of some types alone."""

    side: str
    committee: str | None = None
    types: tuple[str, ...] = ()


class FeedSource(ABC):
    """Gives events as JSON values, whatever they hold, and the bytes of bundles."""

    @abstractmethod
    def page(self, asked: Asked, after: int, limit: int) -> list[Any]:
        """Return the next events after a position, at most so many; none: that is all so far."""

    @abstractmethod
    def bundle(self, committee: str, number: str) -> bytes:
        """Return the bundle of a decision; `NotFoundError` if there is none."""


class HomeFeed(FeedSource):
    """The feed of the views, and bundles of the record beside them."""

    def __init__(self, tables: Tables, record: Record | None, logs: Logs | None = None) -> None:
        self._feed = Feed(tables)
        self._record = record
        self._logs = logs
        self._bundles: dict[str, Bundles] = {}

    def page(self, asked: Asked, after: int, limit: int) -> list[Any]:
        """As `FeedSource.page`; `NotFoundError` for a side or a position not known here."""
        if self._record is not None:
            require_side(asked.side, self._record.committees())
            require_reached(self._record.position, after)
        found = self._feed.entries(asked.side, after, limit, asked.committee, asked.types)
        return [entry.cloudevent() for entry in found]

    def bundle(self, committee: str, number: str) -> bytes:
        """As `FeedSource.bundle`; asked for in the order of the feed, a stream is read once."""
        if self._record is None:
            message = f"{committee} has adopted no decision {number}"
            raise NotFoundError(message)
        made = self._bundles.get(committee)
        if made is not None:
            with contextlib.suppress(NotFoundError):
                return made.next(number).to_bytes()
        made = self._bundles[committee] = Bundles(self._record, committee, self._logs)
        return made.next(number).to_bytes()


def events(source: FeedSource, asked: Asked, after: int, limit: int | None = None) -> Iterator[Any]:
    """Yield a side's events from a position on, page by page, up to a limit.

    Raises `UnreadableError` for a page that does not lead onwards.
    """
    left = limit
    while left is None or left > 0:
        page = source.page(asked, after, LIMIT if left is None else min(left, LIMIT))
        if not page:
            return
        yield from page[:left]
        if left is not None:
            left -= len(page)
        after = _onwards(page[-1], after)


def _onwards(event: Any, after: int) -> int:
    text = event.get("sequence") if isinstance(event, dict) else None
    if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) <= len(_LAST):
        found = int(text)
        if found > after:
            return found
    message = f"a page of the feed ends with an event that is not after {after}"
    raise UnreadableError(message)


_LAST = str(MAX_SEQUENCE)
