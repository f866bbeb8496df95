"""The room in which the committee of these tests sits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from governance import assembly
from governance.demo.stage import Stage, ToldClock, Voice
from tests.aggregates.docket import METHODOLOGY, PAPERS, Docket, open_docket
from tests.aggregates.room import Room
from tests.places import Places

OPENED = datetime(2026, 1, 5, 2, tzinfo=UTC)


@pytest.fixture(scope="session")
def opened(places: Places, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A stage whose place holds the seated committee; it is only copied."""
    settings = places.make(tmp_path_factory.mktemp("opened") / "home")
    clock = ToldClock(OPENED)
    with assembly.engine(settings, clock) as made:
        stage = Stage(made, clock, Voice(), settings.keys / "people")
        Room.seated(stage)
    return stage


@pytest.fixture
def room(opened: Stage, places: Places, tmp_path: Path) -> Iterator[Room]:
    """JP-MN, founded and seated on 5 January 2026, ten in the morning in Ulaanbaatar."""
    settings = places.copy(opened.engine.settings, tmp_path / "home")
    clock = ToldClock(OPENED)
    with assembly.engine(settings, clock) as made:
        people = settings.keys / "people"
        yield Room(Stage(made, clock, Voice(), people, dict(opened.signers), dict(opened.trust)))
    places.drop(settings)


@pytest.fixture(scope="session")
def docketed(
    opened: Stage, places: Places, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """A stage whose place holds a committee with what cases rest on; it is only copied."""
    home = tmp_path_factory.mktemp("docketed") / "home"
    with _copied(opened, places, home, OPENED) as stage:
        open_docket(Room(stage))
    yield stage
    places.drop(stage.engine.settings)


@pytest.fixture
def docket(docketed: Stage, places: Places, tmp_path: Path) -> Iterator[Docket]:
    """The docket of JP-MN under its second rules, on 8 June 2026; a methodology, an entity and a
    project are there."""
    with _copied(docketed, places, tmp_path / "docket", docketed.clock.now) as stage:
        yield Docket(Room(stage))
    places.drop(stage.engine.settings)


@pytest.fixture
def proposed(docket: Docket) -> str:
    """A methodology that is proposed, with its papers."""
    return docket.submit(METHODOLOGY, PAPERS)


@contextmanager
def _copied(stage: Stage, places: Places, home: Path, now: datetime) -> Iterator[Stage]:
    settings = places.copy(stage.engine.settings, home)
    clock = ToldClock(now)
    with assembly.engine(settings, clock) as made:
        people = settings.keys / "people"
        yield Stage(made, clock, Voice(), people, dict(stage.signers), dict(stage.trust))
