"""The feed of the story that is told once on each engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from governance import assembly
from governance.settings import Settings
from projections.feed import Feed


@pytest.fixture
def read(feed_story: Settings) -> Iterator[assembly.Library]:
    with assembly.library(feed_story) as library:
        yield library


@pytest.fixture
def feed(read: assembly.Library) -> Feed:
    return Feed(read.tables)
