"""The table of views."""

from __future__ import annotations

from projections.adopted import ADOPTED
from projections.announcements import ANNOUNCEMENTS
from projections.case_steps import CASE_STEPS
from projections.decision_log import DECISION_LOG
from projections.government import GOVERNMENT_REPORTS
from projections.interests import INTERESTS
from projections.log_index import LOG_INDEX
from projections.log_words import LOG_WORDS
from projections.mentions import MENTIONS
from projections.notifications import NOTIFICATIONS
from projections.people import PEOPLE
from projections.proceedings import PROCEEDINGS
from projections.reconciliation import DIFFERENCES
from projections.registers import REGISTERS
from projections.rulebooks import RULEBOOKS
from projections.signatures import COMPROMISES, SIGNATURES
from projections.view import View
from projections.work import WORK

VIEWS: tuple[View, ...] = (
    DECISION_LOG,
    *REGISTERS.values(),
    ADOPTED,
    NOTIFICATIONS,
    CASE_STEPS,
    RULEBOOKS,
    WORK,
    PROCEEDINGS,
    PEOPLE,
    ANNOUNCEMENTS,
    DIFFERENCES,
    INTERESTS,
    GOVERNMENT_REPORTS,
    SIGNATURES,
    COMPROMISES,
    LOG_INDEX,
    LOG_WORDS,
    MENTIONS,
)
"""Every view that readers have; each is kept by a follower of its own position."""
