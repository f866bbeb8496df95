"""What tests of several subjects share: the engine on a folder of its own, with a told clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from governance import assembly
from governance.demo.stage import Stage, ToldClock, Voice
from governance.settings import Settings


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """The engine, the keys of everyone, and a clock that shows what it is told."""
    home = tmp_path / "home"
    clock = ToldClock(datetime(2026, 1, 5, 2, tzinfo=UTC))
    with assembly.engine(Settings(home, home / "keys"), clock) as made:
        yield Stage(made, clock, Voice(), home / "keys" / "people")
