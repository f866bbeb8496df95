"""What has become of the text that a statement speaks of: still open, adopted, or neither."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from aggregates.committee.events import ProposalFrozen
from aggregates.committee.standing import standing
from aggregates.committee.state import Proposal
from governance.service.desk import Desk
from policies.consensus import Awaited, Objection
from policies.lifecycles.proposal import Stage
from policies.proof.dsse import Envelope
from policies.proof.reading import read_any
from policies.proof.statements import Adoption, Assertion, AtMeeting, Decision


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a text stands now: `changed` where a newer version is in its place.

    `until` is the last day of its window, or the meeting's day; `unsent` is true of a text that has
    yet to go to the members: its window has not begun. `at_meeting` is true of one that is signed
    at a meeting.
    """

    stands: Literal["open", "agreed", "adopted", "changed", "ended"]
    committee: str
    number: str | None
    proposal: int | None = None
    until: date | None = None
    expires: date | None = None
    awaited: tuple[Awaited, ...] = ()
    objections: tuple[Objection, ...] = ()
    unsent: bool = False
    at_meeting: bool = False


def outcome_of(desk: Desk, envelope: Envelope) -> Outcome | None:
    """Return what has become of the text; null for a statement that speaks of none."""
    statement = read_any(envelope)
    if isinstance(statement, Decision):
        digest, number = envelope.digest, statement.number
    elif isinstance(statement, Assertion | Adoption):
        digest, number = statement.decision, None
    else:
        return None
    code = statement.committee
    state = desk.load(code)
    proposal = state.with_text(digest)
    if proposal is not None and proposal.text is not None:
        decision = proposal.text.decision
        held = decision.procedure
        result = standing(state, proposal, desk.acting(state).now)
        return Outcome(
            *("agreed" if result.reached else "open", code, decision.number, proposal.id),
            until=held.date if isinstance(held, AtMeeting) else held.closes,
            expires=decision.expires,
            awaited=result.awaited,
            objections=result.objections,
            unsent=proposal.stage is Stage.FROZEN and not isinstance(held, AtMeeting),
            at_meeting=isinstance(held, AtMeeting),
        )
    found = _frozen(desk, code, digest)
    known = None if found is None else found.proposal
    if digest in state.decided:
        return Outcome("adopted", code, state.decided[digest], known)
    number = number if found is None else found.number
    newer = _of_number(state.proposals.values(), number)
    if newer is not None:
        return Outcome("changed", code, newer.number, newer.id)
    return Outcome("ended", code, number, known)


def _of_number(proposals: Iterable[Proposal], number: str | None) -> Proposal | None:
    return next((p for p in proposals if number is not None and p.number == number), None)


def _frozen(desk: Desk, code: str, digest: str) -> ProposalFrozen | None:
    """Return where a text was fixed, open or not; it is looked for in the whole stream."""
    for entry in desk.record.each_of(code, (ProposalFrozen,)):
        if isinstance(entry.event, ProposalFrozen) and entry.event.decision.digest == digest:
            return entry.event
    return None
