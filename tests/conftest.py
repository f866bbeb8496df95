"""What tests of several subjects share: the engine with a told clock, and a real PostgreSQL."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from governance import assembly
from governance.demo.stage import Stage, ToldClock, Voice
from governance.settings import Settings
from tests.places import Places, PostgreSQLPlaces, SQLitePlaces
from tests.postgresql.choice import chosen
from tests.postgresql.databases import Databases
from tests.projections.feed.story import told

# A shell that runs the checks in the background ignores interrupts, and so would what they start.
signal.signal(signal.SIGINT, signal.default_int_handler)


CASES_ON_POSTGRESQL = 3
"""Of a rule that is told in many cases, so many on PostgreSQL as well, unless JCGOV_LONG is set."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave most cases of one rule to SQLite alone: the engines differ in storing, not in rules.

    What is left out is counted by pytest as deselected; ``./check --long`` leaves out only what
    files that are marked `one_engine` would do on PostgreSQL. They are marked, and have no fixture
    of their own in the place of `places`: it would be given what another engine's tests have made.
    """
    told: Counter[str] = Counter()
    left_out = []
    for item in items:
        if "[" not in item.nodeid or "postgresql" not in item.nodeid.partition("[")[2]:
            continue
        rule = item.nodeid.partition("[")[0]
        told[rule] += 1
        many = told[rule] > CASES_ON_POSTGRESQL and not os.environ.get("JCGOV_LONG")
        if many or item.get_closest_marker("one_engine"):
            left_out.append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        gone = set(map(id, left_out))
        items[:] = [item for item in items if id(item) not in gone]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Databases]:
    """Return the server at ``JCGOV_TEST_DATABASE_URL``, else one started for this test process."""
    with chosen(os.environ.get("JCGOV_TEST_DATABASE_URL")) as databases:
        yield databases


@pytest.fixture
def database_url(postgresql: Databases) -> Iterator[str]:
    """Return the URL of an empty database, which is dropped after the test."""
    url = postgresql.create_database()
    yield url
    postgresql.drop_database(url)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def places(request: pytest.FixtureRequest) -> Iterator[Places]:
    """Return places on each engine in turn: what stores or reads is tested on both."""
    if request.param == "sqlite":
        yield SQLitePlaces()
        return
    yield PostgreSQLPlaces(request.getfixturevalue("postgresql"))


@pytest.fixture
def place(places: Places, tmp_path: Path) -> Iterator[Settings]:
    """Return the settings of a place of this test, where nothing is recorded yet."""
    settings = places.make(tmp_path / "home")
    yield settings
    places.drop(settings)


@pytest.fixture
def stage(place: Settings) -> Iterator[Stage]:
    """The engine, the keys of everyone, and a clock that shows what it is told."""
    clock = ToldClock(datetime(2026, 1, 5, 2, tzinfo=UTC))
    with assembly.engine(place, clock) as made:
        yield Stage(made, clock, Voice(), place.keys / "people")


@pytest.fixture(scope="session")
def feed_story(places: Places, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A place in which every type of event was told to registries; nobody writes to it."""
    settings = places.make(tmp_path_factory.mktemp("feed") / "home")
    clock = ToldClock(datetime(2026, 1, 5, 2, tzinfo=UTC))
    with assembly.engine(settings, clock) as made:
        told(Stage(made, clock, Voice(), settings.keys / "people"))
    return settings
