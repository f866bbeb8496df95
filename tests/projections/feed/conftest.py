"""The story of the feed, told once on each engine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from governance import assembly
from governance.demo.stage import Stage, ToldClock, Voice
from governance.settings import Settings
from projections.feed import Feed
from tests.places import Places
from tests.projections.feed.story import told


@pytest.fixture(scope="session")
def story(places: Places, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A place in which every type of event was told; nobody writes to it."""
    settings = places.make(tmp_path_factory.mktemp("feed") / "home")
    clock = ToldClock(datetime(2026, 1, 5, 2, tzinfo=UTC))
    with assembly.engine(settings, clock) as made:
        told(Stage(made, clock, Voice(), settings.keys / "people"))
    return settings


@pytest.fixture
def read(story: Settings) -> Iterator[assembly.Library]:
    with assembly.library(story) as library:
        yield library


@pytest.fixture
def feed(read: assembly.Library) -> Feed:
    return Feed(read.tables)
