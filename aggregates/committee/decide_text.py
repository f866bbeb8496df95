"""A proposal's text: drafting it, fixing it, and what the checks find in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from aggregates.committee.acting import Acting
from aggregates.committee.decide_proposal import find
from aggregates.committee.drafts import Draft, complete_items, read_draft
from aggregates.committee.events import ProposalDrafted, ProposalFrozen
from aggregates.committee.evolve import proposal_drafted
from aggregates.committee.numbering import Numbering
from aggregates.committee.state import CommitteeState, Proposal
from aggregates.event import Event
from policies import preflight
from policies.calendar import last_day
from policies.dossier import Dossier, Elsewhere
from policies.findings import Finding, remarks, require_none_refused
from policies.items.kind import Occasion
from policies.lifecycles.proposal import Stage, Step, stage_after
from policies.numbers import decision_number
from policies.proof.bundle import MAX_BUNDLE
from policies.proof.canonical import digest
from policies.proof.dsse import Envelope
from policies.proof.reading import require_whole
from policies.proof.statements import (
    Annex,
    AtMeeting,
    ByElectronicMeans,
    Checkpoint,
    Decision,
    ProposalName,
    RulebookName,
)
from policies.readiness import ready
from policies.refusals import ItemError, NotFoundError, TooLargeError, UnreadableError
from policies.texts import require_one_line, require_readable

_LARGEST_ANNEXES = MAX_BUNDLE // 4
"""Bytes of all annexes of a text; as JSON they take up to twice as many."""


def draft(
    state: CommitteeState, acting: Acting, content: Any, *, revises: int | None = None
) -> ProposalDrafted:
    """Record a draft, or with `revises` a new version, which voids what was said on the old."""
    written = read_draft(content)
    require_readable({name: part for name, part in content.items() if name != "annexes"}, "draft")
    for number, item in enumerate(written.items, start=1):
        require_one_line(item.get("title"), f"draft.items[{number}].title")
    for number, annex in enumerate(written.annexes, start=1):
        require_readable(annex.title, f"annexes[{number}].title")
        require_one_line(annex.title, f"annexes[{number}].title")
        if not _is_record(annex.text, written):
            require_readable(annex.text, f"annexes[{number}].text")
    if revises is None:
        number, version, stage = state.last_proposal + 1, 1, Stage.DRAFTED
    else:
        proposal = find(state, revises)
        number, version = proposal.id, proposal.version + 1
        stage = stage_after(Step.REVISE, proposal.stage, proposal.name)
    return ProposalDrafted(
        at=acting.now, proposal=number, version=version, stage=stage, content=content
    )


def _is_record(text: str, written: Draft) -> bool:
    """Whether an annex is the imported past that an item adopts, which is kept as published."""
    name = digest(text.encode("utf-8"))
    return any(item.get("record") == name for item in written.items)


def freeze(
    state: CommitteeState,
    acting: Acting,
    proposal_id: int,
    *,
    past_numbers: Collection[str] = (),
    dossiers: Mapping[int, Dossier] | None = None,
    elsewhere: Sequence[Elsewhere] | None = None,
    checkpoint: Checkpoint | None = None,
) -> list[Event]:
    """Fix a draft's text: give the numbers, name rulebook and roster, and say what checks find.

    `checkpoint` is the last that was published and cosigned, null before the first: the text was
    not signed earlier. `dossiers` are the cases behind the items (counted from 1), `elsewhere` the
    projects of the other committees; null: nobody asked. Unsound items and a case that is not
    ready are refused (`PreconditionError`); what the ground says is advice now and binds at
    adoption. Raises `TooLargeError`, `UnreadableError`, `HiddenTextError`, `NotFoundError`.
    """
    proposal = find(state, proposal_id)
    today = acting.today(state)
    fixed = _fixed(state, proposal, past_numbers, _Known(today, checkpoint))
    decision, annexes, items = fixed.decision, fixed.annexes, fixed.decision.items
    require_none_refused(preflight.sound(items, state.committee, state.rulebook))
    findings = check(state, decision, annexes, today)
    occasion = replace(
        _occasion(state, decision, annexes, today), dossiers=dossiers or {}, elsewhere=elsewhere
    )
    cases = list(ready(items, occasion))
    require_none_refused(cases)
    advice = remarks([*findings, *(f for f in cases if f.item in occasion.dossiers)])
    return [
        ProposalFrozen(
            at=acting.now,
            proposal=proposal.id,
            version=proposal.version,
            stage=fixed.stage,
            number=decision.number,
            decision=fixed.envelope,
            annexes=annexes,
            findings=tuple(f"{finding.outcome}: {finding}" for finding in advice),
            preflight=preflight.examined([*findings, *cases]),
        )
    ]


def require_fixable(
    state: CommitteeState,
    acting: Acting,
    content: Any,
    *,
    revises: int | None = None,
    past_numbers: Collection[str] = (),
    checkpoint: Checkpoint | None = None,
) -> None:
    """Refuse a draft that could not be fixed now for what no check of an item asks.

    Its meeting, its last day, its languages, its size; see `freeze`.
    """
    proposal = proposal_drafted(state, draft(state, acting, content, revises=revises))
    _fixed(state, proposal, past_numbers, _Known(acting.today(state), checkpoint))


def examine_draft(
    state: CommitteeState,
    acting: Acting,
    content: Any,
    *,
    revises: int | None = None,
    past_numbers: Collection[str] = (),
    dossiers: Mapping[int, Dossier] | None = None,
    elsewhere: Sequence[Elsewhere] | None = None,
) -> tuple[preflight.Examined, ...]:
    """Return what every check would say of a draft if it were frozen now.

    `revises` is the open proposal whose next version it would be.
    """
    proposal = proposal_drafted(state, draft(state, acting, content, revises=revises))
    written = read_draft(content)
    items = complete_items(written, Numbering(state, proposal, past_numbers))
    annexes = {digest(a.text.encode("utf-8")): a.text for a in written.annexes}
    occasion = Occasion(
        committee=state.committee,
        ground=state.ground,
        rulebook=state.rulebook,
        day=acting.today(state),
        annexes=annexes,
        dossiers=dossiers or {},
        elsewhere=elsewhere,
    )
    return preflight.examine(items, occasion)


def check(
    state: CommitteeState, decision: Decision, annexes: dict[str, str], day: date
) -> list[Finding]:
    """Return everything that the checks find in a text, against the state of this moment."""
    occasion = _occasion(state, decision, annexes, day)
    return [
        *preflight.check_annexes(annexes),
        *preflight.sound(decision.items, state.committee, occasion.rulebook),
        *preflight.stands(decision.items, occasion),
    ]


def _occasion(
    state: CommitteeState, decision: Decision, annexes: dict[str, str], day: date
) -> Occasion:
    rulebook = state.rulebook_of(decision)
    return Occasion(state.committee, state.ground, rulebook, day, annexes)


class _Fixed(NamedTuple):
    """A text as it is fixed."""

    stage: Stage
    decision: Decision
    envelope: Envelope
    annexes: dict[str, str]


def _fixed(
    state: CommitteeState, proposal: Proposal, past_numbers: Collection[str], known: _Known
) -> _Fixed:
    """Return a draft as it is fixed; refuse one that is not whole, before any check is asked."""
    written = read_draft(proposal.content)
    at_meeting = written.procedure.kind == "meeting"
    step = Step.TABLE if at_meeting else Step.FREEZE
    stage = stage_after(step, proposal.stage, proposal.name)
    items = complete_items(written, Numbering(state, proposal, past_numbers))
    annexes = {digest(a.text.encode("utf-8")): a.text for a in written.annexes}
    _require_portable(annexes)
    decision = _decision(state, proposal, written, items, known)
    envelope = require_whole(decision)
    require_readable(envelope.value, "text")
    return _Fixed(stage, decision, envelope, annexes)


class _Known(NamedTuple):
    """What is known when a text is fixed: the day, and the log's last checkpoint."""

    today: date
    checkpoint: Checkpoint | None


def _decision(
    state: CommitteeState,
    proposal: Proposal,
    written: Draft,
    items: Any,
    known: _Known,
) -> Decision:
    if "en" not in written.text:
        message = "the text must be given in English (en), the committee's working language"
        raise UnreadableError(message)
    rulebook = state.rulebook
    today = known.today
    procedure = _procedure(state, written, today)
    return Decision(
        committee=state.committee.code,
        founding=state.roster.founding,
        number=proposal.number or _next_number(state, today.year),
        proposal=ProposalName(id=proposal.id, version=proposal.version),
        procedure=procedure,
        rulebook=RulebookName(version=rulebook.version, digest=state.in_force.digest),
        roster=state.roster.digest,
        checkpoint=known.checkpoint,
        items=items,
        annexes=_named_annexes(written),
        text=written.text,
        answers=proposal.answers,
        expires=_expiry(state, written, procedure, today),
    )


def _procedure(state: CommitteeState, written: Draft, today: date) -> AtMeeting | ByElectronicMeans:
    if written.procedure.kind == "electronic":
        rules = state.rulebook.decisions
        closes = last_day(
            today,
            rules.electronic_window_days.value,
            both_ends_count=rules.electronic_window_both_ends_count.value,
        )
        return ByElectronicMeans(distributed=today, closes=closes)
    meeting = state.meetings.get(written.procedure.meeting or "")
    if meeting is None:
        known = ", ".join(state.meetings) or "none"
        message = f"meeting {written.procedure.meeting!r} is not convened; there are: {known}"
        raise NotFoundError(message)
    return AtMeeting(meeting=meeting.meeting, date=meeting.date)


def _expiry(
    state: CommitteeState,
    written: Draft,
    procedure: AtMeeting | ByElectronicMeans,
    today: date,
) -> date:
    """Return the last day on which the text may be adopted, bounded by the rulebook.

    Counted from the day of the meeting, or of the distribution.
    """
    if isinstance(procedure, AtMeeting):
        begins, first = procedure.date, max(procedure.date, today)
    else:
        begins, first = procedure.distributed, procedure.closes + timedelta(days=1)
    longest = begins + timedelta(days=state.rulebook.decisions.text_expires_within_days.value)
    expires = written.expires or longest
    if not first <= expires <= longest:
        message = f"the text must expire between {first} and {longest}, not on {expires}"
        raise ItemError(message)
    return expires


def _named_annexes(written: Draft) -> tuple[Annex, ...]:
    named = [
        Annex(title=annex.title, digest=digest(annex.text.encode("utf-8")))
        for annex in written.annexes
    ]
    if len({annex.digest for annex in named}) != len(named):
        message = "two annexes have one text"
        raise UnreadableError(message)
    return tuple(named)


def _require_portable(annexes: dict[str, str]) -> None:
    """Refuse annexes with which a decision's bundle could grow too large to be verified."""
    size = sum(len(text.encode("utf-8")) for text in annexes.values())
    if size > _LARGEST_ANNEXES:
        message = f"the annexes have {size:,} bytes; {_LARGEST_ANNEXES:,} are allowed"
        raise TooLargeError(message)


def _next_number(state: CommitteeState, year: int) -> str:
    return decision_number(state.committee.code, year, state.counts.get(year, 0) + 1)
