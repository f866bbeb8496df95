"""What the tests of doors share: a terminal, and homes that were made once, on each engine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from governance import assembly
from governance.settings import Settings
from tests.benchmarks.histories import fill
from tests.governance import docket_files, setting
from tests.governance.long_record import LONG, There
from tests.governance.terminal import Terminal
from tests.places import Places


@pytest.fixture
def cli(place: Settings) -> Terminal:
    """Return a terminal in an empty folder, whose home is not made yet."""
    return Terminal.at(place)


@pytest.fixture(scope="session")
def founded_once(places: Places, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return a place with JP-MN founded; it is only copied, with the keys in its folder."""
    settings = places.make(tmp_path_factory.mktemp("founded") / "home")
    setting.found(Terminal.at(settings))
    return settings


@pytest.fixture
def founded(founded_once: Settings, places: Places, tmp_path: Path) -> Iterator[Terminal]:
    """Return a terminal in a folder with JP-MN founded, and everyone's keys."""
    yield from _copied(founded_once, places, tmp_path / "founded")


@pytest.fixture(scope="session")
def founded_in_july_once(places: Places, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return a place with JP-MN founded on 6 July 2026; it is only copied."""
    settings = places.make(tmp_path_factory.mktemp("founded-in-july") / "home")
    setting.found(Terminal.at(settings), at="2026-07-06T02:00:00Z")
    return settings


@pytest.fixture
def founded_in_july(
    founded_in_july_once: Settings, places: Places, tmp_path: Path
) -> Iterator[Terminal]:
    """Return a terminal whose commands are told the time, from July 2026 on."""
    yield from _copied(founded_in_july_once, places, tmp_path / "founded-in-july")


def _copied(once: Settings, places: Places, folder: Path) -> Iterator[Terminal]:
    shutil.copytree(once.home.parent, folder, ignore=shutil.ignore_patterns("home"))
    settings = places.copy(once, folder / "home")
    yield Terminal.at(settings)
    places.drop(settings)


@pytest.fixture(scope="session")
def told_once(places: Places, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return the place that the demonstration left; nobody writes to it."""
    settings = places.make(tmp_path_factory.mktemp("told") / "home")
    Terminal.at(settings).run("demo", "--home", settings.home)
    return settings


@pytest.fixture
def told_home(told_once: Settings) -> Path:
    """Return the home that the demonstration left; nobody writes to it."""
    return told_once.home


@pytest.fixture
def told(told_once: Settings, tmp_path: Path) -> Terminal:
    """Return a terminal whose home is the demonstration's, for reading alone."""
    return Terminal.at(told_once, tmp_path)


@pytest.fixture
def told_copy(told_once: Settings, places: Places, tmp_path: Path) -> Iterator[Terminal]:
    """Return a terminal with a place of its own, copied from the demonstration's."""
    settings = places.copy(told_once, tmp_path / "home")
    yield Terminal.at(settings)
    places.drop(settings)


@pytest.fixture(scope="session")
def long_once(places: Places, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A place with one committee of many events; it is only copied."""
    settings = places.make(tmp_path_factory.mktemp("long") / "home")
    with assembly.engine(settings) as made:
        fill(made.record, LONG)
    return settings


@pytest.fixture
def there(long_once: Settings, places: Places, tmp_path: Path) -> Iterator[There]:
    settings = places.copy(long_once, tmp_path / "home")
    with assembly.open_record(settings) as record:
        yield There(settings, record)
    places.drop(settings)


@pytest.fixture(scope="session")
def opened_once(places: Places, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return a place with JP-MN founded on 2026-07-01; it is only copied, with its keys."""
    settings = places.make(tmp_path_factory.mktemp("opened") / "home")
    docket_files.found(Terminal.at(settings))
    return settings


@pytest.fixture
def opened(opened_once: Settings, places: Places, tmp_path: Path) -> Iterator[Terminal]:
    """Return a terminal in a folder with JP-MN founded on a day that is told, and its docket."""
    folder = tmp_path / "opened"
    shutil.copytree(opened_once.home.parent, folder, ignore=shutil.ignore_patterns("home"))
    settings = places.copy(opened_once, folder / "home")
    yield Terminal.at(settings)
    places.drop(settings)
