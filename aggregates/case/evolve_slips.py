"""What a corrected slip changes in a case's state. It is taken as given.

The same follows as from folding the corrected entries, but that a document which a newer version
has replaced stays replaced.
"""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from aggregates.case import events
from aggregates.case.slips import ON, Path
from aggregates.case.state import CaseState
from aggregates.event import Event


def apply_correction(state: CaseState, slip: events.SlipCorrected) -> None:
    """Let the state say what the entry now says; what it no longer holds stays gone."""
    if slip.entry not in state.entries or not slip.member:
        return
    path = Path.parse(slip.member)
    if slip.document is not None:
        meant = slip.document
        state.documents = tuple(
            replace(known, title=slip.says) if known == meant else known
            for known in state.documents
        )
    elif path.name == ON:
        state.entries[slip.entry] = replace(
            state.entries[slip.entry], on=date.fromisoformat(slip.says)
        )
        _date(state)
    elif path.name == "title":
        state.title = slip.says
    elif path.name == "submitter":
        state.submitter = replace(state.submitter, name=slip.says)
    else:
        _apply_text(state, slip, path)


def _apply_text(state: CaseState, slip: events.SlipCorrected, path: Path) -> None:
    raised = _places(state, events.RequestRaised)
    issued = _places(state, events.FoundIncomplete, events.EditorialIssuesFound)
    if slip.entry in raised:
        request = list(state.requests)[raised.index(slip.entry)]
        state.requests[request] = replace(state.requests[request], text=slip.says)
    elif slip.entry in issued[-1:]:
        issues = list(state.issues)
        issues[(path.place or 1) - 1] = slip.says
        state.issues = tuple(issues)
    elif slip.entry in _places(state, events.OpinionGiven)[-1:] and state.opinion is not None:
        state.opinion = replace(state.opinion, report=slip.says)


def _date(state: CaseState) -> None:
    """Find every day anew that follows from the steps' days."""
    stage = None
    for entry in state.entries.values():
        if entry.stage is not stage:
            stage, state.entered = entry.stage, entry.on
    days = [entry.on for entry in state.entries.values()]
    state.opened, state.last_on = days[0], max(days)
    complete = _places(state, events.FoundComplete)
    if complete:
        state.complete_on = state.entries[complete[-1]].on
    opinions = _places(state, events.OpinionGiven)
    if opinions and state.opinion is not None:
        state.opinion = replace(state.opinion, on=state.entries[opinions[-1]].on)


def _places(state: CaseState, *kinds: type[Event]) -> list[int]:
    topics = {kind.topic for kind in kinds}
    return [place for place, entry in state.entries.items() if entry.topic in topics]
