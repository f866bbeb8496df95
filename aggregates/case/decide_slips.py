"""Correcting a clerical slip: by the side whose it is, while the committee does not rely on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import cast

from aggregates.case.acting import Acting, require_day
from aggregates.case.events import CaseDecided, CaseEvent, InputReceived, SlipCorrected
from aggregates.case.published import as_published
from aggregates.case.slips import ON, ON_ONE_LINE, Path, as_they_stand, members_of, reads
from aggregates.case.state import CaseState
from policies.calendar import day_of
from policies.cases.keepers import require_own
from policies.documents import Document
from policies.proof.roster import Roster
from policies.refusals import (
    DocumentError,
    NotASlipError,
    NotFoundError,
    ReliedOnError,
    StepDateError,
    StepNotAllowedError,
)
from policies.texts import require_one_line, require_said

Entries = Mapping[int, CaseEvent]


def correct(
    state: CaseState,
    acting: Acting,
    roster: Roster,
    recorded: Iterable[tuple[int, CaseEvent]],
    *,
    entry: int,
    member: str,
    says: str,
    reason: str,
) -> SlipCorrected:
    """Let an entry of the case read otherwise in one member; a correction can be corrected again.

    By the person who made the entry, or a secretary of that person's side: a slip is one's own, and
    no side rewrites what the other wrote. Refused while a proposal holds the case (`ReliedOnError`)
    and once it has ended (`StepNotAllowedError`), for an entry before a decision of the committee
    (`ReliedOnError`), and for what is in no row of the table (`NotASlipError`). What the committee
    had before it and gave back undecided may be corrected again.
    """
    entries = as_they_stand(recorded)
    event = _entry(state, entries, entry)
    _require_free(state, entries, entry)
    require_own(roster, acting.by, cast("str", event.by), acting.today, f"entry {entry}")
    require_day(acting, state.name)
    said = _said(state, event, entry, member)
    document = _document(event, member)
    _require_sound(member, said, says)
    require_said(reason, "reason")
    _require_untold(entries, says, reason)
    if member == ON:
        _require_between(state, acting, entries, entry, _day(says))
    if document is not None:
        _require_apart(state, document, says)
    return SlipCorrected(
        at=max(acting.now, state.last_at),
        on=acting.on,
        by=acting.by,
        stage=state.stage,
        entry=entry,
        member=member,
        said=said,
        says=says,
        reason=reason,
        document=document,
        public=_public(event, member, document),
    )


def _entry(state: CaseState, entries: Entries, entry: int) -> CaseEvent:
    event = entries.get(entry)
    if event is None:
        message = f"{state.name} has no entry {entry}; it has 1 to {state.version}"
        raise NotFoundError(message)
    if isinstance(event, SlipCorrected):
        message = f"entry {entry} is a correction itself; correct entry {event.entry} again"
        raise NotASlipError(message)
    if event.by is None:
        message = f"entry {entry} follows from time, or from what the committee did; it is nobody's"
        raise NotASlipError(message)
    return event


def _require_free(state: CaseState, entries: Entries, entry: int) -> None:
    if state.tabled is not None:
        where = state.tabled.number or f"proposal {state.tabled.proposal}"
        message = (
            f"{state.name} lies on the committee's table in {where}, with its entries as they were"
            " read there; withdraw that first"
        )
        raise ReliedOnError(message)
    if not state.is_open:
        message = f"{state.name} has ended ({state.stage.value}); its entries stand"
        raise StepNotAllowedError(message)
    for place, event in entries.items():
        if place > entry and isinstance(event, CaseDecided):
            message = f"{event.decision} was decided on entry {entry} of {state.name}; it stands"
            raise ReliedOnError(message)


def _said(state: CaseState, event: CaseEvent, entry: int, member: str) -> str:
    members = members_of(event)
    if member not in members:
        known = ", ".join(members) or "nothing"
        message = (
            f"{member[:100]!r} of entry {entry} of {state.name} is nothing in which a slip is"
            f" corrected; there {known}"
        )
        raise NotASlipError(message)
    return members[member]


def _document(event: CaseEvent, member: str) -> Document | None:
    path = Path.parse(member)
    if path.place is None or path.inner is None:
        return None
    document: Document = getattr(event, path.name)[path.place - 1]
    return document


def _require_sound(member: str, said: str, says: str) -> None:
    """Refuse a text that says nothing, nothing new, or is not what it seems."""
    require_said(says, member)
    if Path.parse(member).row in ON_ONE_LINE:
        require_one_line(says, member)
    if said == says:
        message = f"{member} says that already"
        raise NotASlipError(message)


def _require_untold(entries: Entries, *texts: str) -> None:
    """Refuse a text that gives the digest of a confidential file away."""
    documents = (d for event in entries.values() for d in getattr(event, "documents", ()))
    confidential = {d.confidential for d in documents if d.confidential is not None}
    if any(digest in text.lower() for digest in confidential for text in texts):
        message = "what is written holds the digest of a confidential file"
        raise DocumentError(message)


def _require_apart(state: CaseState, document: Document, title: str) -> None:
    """Two documents of one kind and title would be one: a newer version is filed, not renamed."""
    if len(title) > 500:
        message = f"a document's title has at most 500 characters, not {len(title)}"
        raise DocumentError(message)
    if any(d.kind == document.kind and d.title == title for d in state.documents):
        message = (
            f"{state.name} has a document {document.kind} {title!r} already; file a newer version"
            " of it instead"
        )
        raise DocumentError(message)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = f"on: {text[:40]!r} is no date; write 2025-03-27"
        raise StepDateError(message) from None


def _require_between(
    state: CaseState, acting: Acting, entries: Entries, entry: int, day: date
) -> None:
    """Keep a day between its neighbours', and not after the day on which it was recorded."""
    event = entries[entry]
    steps = {p: e for p, e in entries.items() if not isinstance(e, SlipCorrected)}
    later = [e.on for p, e in steps.items() if p > entry and not isinstance(e, InputReceived)]
    latest = min([*later, day_of(event.at, acting.rulebook.zone)])
    if isinstance(event, InputReceived):
        window = state.window
        earliest = event.on if window is None else window.opens
        latest = min(latest, event.on if window is None else window.closes)
    else:
        earliest = max((e.on for p, e in steps.items() if p < entry), default=date.min)
    if not earliest <= day <= latest:
        first = "" if earliest == date.min else f" from {earliest}"
        message = (
            f"{state.name}: entry {entry} may be dated{first} to {latest}, between its neighbours;"
            f" {day} is outside"
        )
        raise StepDateError(message)


def _public(event: CaseEvent, member: str, document: Document | None) -> bool:
    """Whether the public sees what is corrected."""
    if document is not None:
        return document.public is not None
    shown = as_published(event)
    return member in members_of(shown) and reads(shown, member) == reads(event, member)
