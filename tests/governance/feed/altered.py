"""A feed of which somebody has changed what it tells, or what it hands out as proof."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from governance.exchange.feed_sources import Asked, FeedSource, HomeFeed

Event = dict[str, Any]


class AlteredFeed(FeedSource):
    """Tells a home's events after a change of them all, in pages of the size asked for."""

    def __init__(
        self,
        home: HomeFeed,
        change: Callable[[list[Event]], Any] = lambda told: told,
        bundle: Callable[[str, bytes], bytes] = lambda _number, data: data,
    ) -> None:
        self._home, self._change, self._bundle = home, change, bundle

    def page(self, asked: Asked, after: int, limit: int) -> list[Any]:
        everything = json.loads(json.dumps(self._home.page(asked, 0, 1000)))
        changed = self._change(everything)
        found = everything if changed is None else changed
        return [event for event in found if _after(event, after)][:limit]

    def bundle(self, committee: str, number: str) -> bytes:
        return self._bundle(number, self._home.bundle(committee, number))


def _after(event: Any, after: int) -> bool:
    try:
        return int(event["sequence"]) > after
    except (KeyError, TypeError, ValueError):
        return True
