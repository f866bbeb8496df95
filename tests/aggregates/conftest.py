"""The room in which the committee of these tests sits."""

from __future__ import annotations

import pytest

from governance.demo.stage import Stage
from tests.aggregates.room import Room


@pytest.fixture
def room(stage: Stage) -> Room:
    """JP-MN, founded and seated on 5 January 2026, ten in the morning in Ulaanbaatar."""
    return Room.seated(stage)
