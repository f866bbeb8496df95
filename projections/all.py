"""The table of views."""

from __future__ import annotations

from projections.decision_log import DECISION_LOG
from projections.notifications import NOTIFICATIONS
from projections.registers import REGISTERS
from projections.view import View

VIEWS: tuple[View, ...] = (DECISION_LOG, *REGISTERS.values(), NOTIFICATIONS)
"""Every view that readers have; each is kept by a follower of its own position."""
