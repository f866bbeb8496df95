"""The docket's views are read of the committee in its room."""

from __future__ import annotations

from tests.aggregates.conftest import opened, room

__all__ = ["opened", "room"]
