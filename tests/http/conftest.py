"""What tests of the service share: the demonstration's record, and clients over it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from governance.clock import Clock
from governance.demo.stage import Stage, ToldClock
from governance.http.app import application
from governance.http.limits import Limits
from governance.settings import Settings
from tests.governance.terminal import Terminal
from tests.places import Places

NOW = datetime(2026, 6, 1, 2, tzinfo=UTC)
Serve = Callable[..., TestClient]


@pytest.fixture(scope="session")
def told_once(places: Places, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return the place that the demonstration left; nobody writes to it."""
    settings = places.make(tmp_path_factory.mktemp("told") / "home")
    Terminal.at(settings).run("demo", "--home", settings.home)
    return settings


@pytest.fixture
def told(told_once: Settings, tmp_path: Path) -> Terminal:
    """Return a terminal whose home is the demonstration's, for reading alone."""
    return Terminal.at(told_once, tmp_path)


@pytest.fixture(scope="session")
def reader(told_once: Settings) -> Iterator[TestClient]:
    """Return a client of the service over the demonstration's record."""
    with client(told_once) as made:
        yield made


@pytest.fixture(scope="module")
def fuzzed(
    told_once: Settings, places: Places, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TestClient]:
    """Return a client over a copy of the record, which may write as often as it likes."""
    settings = places.copy(told_once, tmp_path_factory.mktemp("fuzzed") / "home")
    with client(settings, Limits(writes_per_minute=1_000_000)) as made:
        yield made
    places.drop(settings)


@pytest.fixture
def told_copy(told_once: Settings, places: Places, tmp_path: Path) -> Iterator[Settings]:
    """Return the place of a copy of the demonstration's record, to be written to."""
    settings = places.copy(told_once, tmp_path / "copy" / "home")
    yield settings
    places.drop(settings)


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Return what opens a client of the service over a place, closed after the test."""
    with ExitStack() as stack:
        yield lambda settings, *args: stack.enter_context(client(settings, *args))


@pytest.fixture
def door(stage: Stage, serve: Serve) -> TestClient:
    """Return a client of the service over the stage's place, with the stage's clock."""
    return serve(stage.engine.settings, Limits(), stage.clock)


def client(
    settings: Settings, limits: Limits | None = None, clock: Clock | None = None
) -> TestClient:
    """Return a client of a service in this process."""
    app = application(settings, limits or Limits(), clock or ToldClock(NOW))
    return TestClient(app, base_url="http://test", raise_server_exceptions=False)
