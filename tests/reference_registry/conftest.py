"""A committee with a registry on each side, and a registry of Japan."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reference_registry.desk import Desk
from tests.reference_registry.standin import StandIn


@pytest.fixture
def engine() -> StandIn:
    return StandIn.seated()


@pytest.fixture
def desk(engine: StandIn, tmp_path: Path) -> Desk:
    return Desk(engine, tmp_path)
