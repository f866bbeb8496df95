"""A feed as a registry sees it, and what both governments published about its committee."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from governance import assembly
from governance.exchange.feed_sources import HomeFeed
from governance.settings import Settings


@pytest.fixture
def home(feed_story: Settings) -> Iterator[HomeFeed]:
    with assembly.library(feed_story) as read:
        yield HomeFeed(read.tables, read.record)


@pytest.fixture
def trust(feed_story: Settings) -> dict[str, str]:
    with assembly.reading_desk(feed_story) as desk:
        return {"JP-MN": desk.load("JP-MN").roster.founding}
