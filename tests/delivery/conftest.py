"""What the tests of push share: the tables on each engine, and homes that hold a feed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from governance import assembly
from governance.delivery import opening
from governance.delivery.tables import DeliveryTables
from governance.settings import Settings
from tests.governance.terminal import Terminal
from tests.governance.test_cli_postgresql import role  # noqa: F401 - a fixture of here as well
from tests.places import Places


@pytest.fixture
def tables(place: Settings) -> Iterator[DeliveryTables]:
    """Return empty tables of a home in which nothing is recorded."""
    assembly.make_tables(place)
    with opening.delivery_tables(place) as opened:
        yield opened


@pytest.fixture(scope="session")
def told_once(places: Places, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return the place that the demonstration left, whose feed has events; it is only copied."""
    settings = places.make(tmp_path_factory.mktemp("told") / "home")
    Terminal.at(settings).run("demo", "--home", settings.home)
    return settings


@pytest.fixture
def told(told_once: Settings, places: Places, tmp_path: Path) -> Iterator[Settings]:
    """Return a copy of the demonstration's place, for this test alone."""
    settings = places.copy(told_once, tmp_path / "home")
    yield settings
    places.drop(settings)
