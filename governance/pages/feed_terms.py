"""How people read what registries are told, and how reported amounts stand to decided ones."""

from __future__ import annotations

from governance.pages.names import term
from projections.feed_types import (
    EntityChanged,
    IssuanceCorrected,
    IssuanceDecided,
    MethodologyChanged,
    ProjectRegistered,
    ProjectWithdrawn,
    RulesChanged,
)
from projections.reconciliation import Standing

EVENT_NAMES = {
    ProjectRegistered.event_type: term("Project registered or changed"),
    ProjectWithdrawn.event_type: term("Project withdrawn"),
    IssuanceDecided.event_type: term("Issuance decided"),
    IssuanceCorrected.event_type: term("Issuance corrected"),
    EntityChanged.event_type: term("Third-party entity changed"),
    MethodologyChanged.event_type: term("Methodology changed"),
    RulesChanged.event_type: term("Rules changed"),
}
"""Every type of event of the feed."""

STANDINGS = {
    Standing.AGREES: term("agrees"),
    Standing.NOTHING_DUE: term("nothing to report"),
    Standing.MISSING: term("not reported yet"),
    Standing.LESS: term("reported too little"),
    Standing.MORE: term("reported too much"),
    Standing.UNKNOWN: term("the record does not say what was decided"),
}
"""Every way in which a reported amount stands to the decided one."""
