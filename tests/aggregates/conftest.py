"""The room in which the committee of these tests sits."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from governance import assembly
from governance.demo.stage import Stage, ToldClock, Voice
from governance.settings import Settings
from tests.aggregates.room import Room

OPENED = datetime(2026, 1, 5, 2, tzinfo=UTC)


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A stage whose home holds the seated committee; it is only copied."""
    home = tmp_path_factory.mktemp("opened") / "home"
    clock = ToldClock(OPENED)
    with assembly.engine(Settings(home, home / "keys"), clock) as made:
        stage = Stage(made, clock, Voice(), home / "keys" / "people")
        Room.seated(stage)
    return stage


@pytest.fixture
def room(opened: Stage, tmp_path: Path) -> Iterator[Room]:
    """JP-MN, founded and seated on 5 January 2026, ten in the morning in Ulaanbaatar."""
    home = tmp_path / "home"
    shutil.copytree(opened.engine.settings.home, home)
    clock = ToldClock(OPENED)
    with assembly.engine(Settings(home, home / "keys"), clock) as made:
        people = home / "keys" / "people"
        yield Room(Stage(made, clock, Voice(), people, dict(opened.signers), dict(opened.trust)))
