"""Saying "not now" to a text, with a reason: no step of consensus, and nothing of the record.

It is bound to one version by the digest of its text: a new version asks anew. Who has signed,
affirmed or objected has answered, and is shown with that alone.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime

from aggregates.committee.decide_proposal import find, frozen
from aggregates.committee.state import CommitteeState, Proposal
from governance.access.access import Access
from governance.kept.tables import Kept
from governance.service.desk import Desk
from policies.calendar import day_of
from policies.refusals import ContextError, NotEntitledError, StepNotAllowedError
from policies.sides import Seat
from policies.texts import require_said

LONGEST = 2_000
"""Characters of a reason."""
_SAID = """INSERT INTO jcgov.access_not_now VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (committee, text, side, person) DO UPDATE
    SET reason = excluded.reason, said_at = excluded.said_at"""


@dataclass(frozen=True, slots=True)
class NotNow:
    """Who does not answer a text for now, since which day, and why."""

    person: str
    name: str
    side: str
    reason: str
    on: date


class NotNows:
    """What was said so, by committee and the digest of the text."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def of(self, committee: str, text: str) -> list[tuple[str, str, str, int]]:
        """Return side, person, reason and instant of everyone who said so, in that order."""
        with self._kept.reading() as asking:
            rows = asking.rows(
                "SELECT side, person, reason, said_at FROM jcgov.access_not_now"
                " WHERE committee = ? AND text = ? ORDER BY said_at, side, person",
                (committee, text),
            )
        return [(side, person, reason, int(said_at)) for side, person, reason, said_at in rows]

    def say(self, committee: str, text: str, seat: Seat, reason: str, now: datetime) -> None:
        """Keep that somebody says so, in place of what that person said before of this text."""
        values = (committee, text, seat.side, seat.person, reason, int(now.timestamp()))
        with self._kept.writing() as asking:
            asking.run(_SAID, values)

    def take_back(self, committee: str, text: str, seat: Seat) -> None:
        """Forget what somebody said so of a text."""
        with self._kept.writing() as asking:
            asking.run(
                "DELETE FROM jcgov.access_not_now"
                " WHERE committee = ? AND text = ? AND side = ? AND person = ?",
                (committee, text, seat.side, seat.person),
            )

    def keep_only(self, committee: str, texts: Collection[str]) -> None:
        """Forget what was said of texts of a committee that are open no longer."""
        others = f" AND text NOT IN ({', '.join('?' for _ in texts)})" if texts else ""
        with self._kept.writing() as asking:
            asking.run(
                f"DELETE FROM jcgov.access_not_now WHERE committee = ?{others}",  # noqa: S608
                (committee, *texts),
            )


def say_not_now(
    access: Access, desk: Desk, code: str, proposal: int, *, by: str, text: str, reason: str
) -> None:
    """Keep that somebody of the committee does not answer an open text for now.

    `text` is the digest of what was read. Raises `NotFoundError`, `ContextError` for another text
    than the open one, `NotEntitledError` for who does not sit, `StepNotAllowedError` for who has
    answered, and `UnreadableError` or `HiddenTextError` for a reason that says nothing.
    """
    state, found = _open(desk, code, proposal, text)
    seat = _seat(state, desk, by)
    if by in _answered(state, found):
        message = f"{seat.name} has answered {found.name} already: what was said there stands"
        raise StepNotAllowedError(message)
    require_said(reason, "reason", at_most=LONGEST)
    kept = NotNows(access.kept)
    kept.keep_only(code, [p.text.envelope.digest for p in state.proposals.values() if p.text])
    kept.say(code, text, seat, reason.strip(), access.clock())


def take_not_now_back(
    access: Access, desk: Desk, code: str, proposal: int, *, by: str, text: str
) -> None:
    """Forget what somebody said so; again changes nothing. Raises what `say_not_now` raises."""
    state, _found = _open(desk, code, proposal, text)
    NotNows(access.kept).take_back(code, text, _seat(state, desk, by))


def not_now_of(access: Access, desk: Desk, state: CommitteeState, found: Proposal) -> list[NotNow]:
    """Return who does not answer a text for now: those who sit today, and said nothing else."""
    if found.text is None:
        return []
    code, zone = state.committee.code, state.rulebook.zone
    seats = {seat.person: seat for seat in state.roster.seats(desk.acting(state).today(state))}
    answered = _answered(state, found)
    return [
        NotNow(person, seats[person].name, side, reason, day_of(_at(said_at), zone))
        for side, person, reason, said_at in NotNows(access.kept).of(
            code, found.text.envelope.digest
        )
        if person in seats and person not in answered
    ]


def _open(desk: Desk, code: str, proposal: int, text: str) -> tuple[CommitteeState, Proposal]:
    state = desk.load(code)
    found = find(state, proposal)
    if frozen(found).envelope.digest != text:
        message = f"{found.name} has another text by now, version {found.version}: read it first"
        raise ContextError(message)
    return state, found


def _seat(state: CommitteeState, desk: Desk, person: str) -> Seat:
    today = desk.acting(state).today(state)
    for seat in state.roster.seats(today):
        if seat.person == person:
            return seat
    message = f"{person!r} holds no seat in {state.committee.code} on {today}, and is not asked"
    raise NotEntitledError(message)


def _answered(state: CommitteeState, found: Proposal) -> frozenset[str]:
    voices = found.voices(state.roster, state.rulebook_of(frozen(found).decision))
    objecting = (objection.person for objection in voices.objections)
    return frozenset((*voices.signed, *voices.in_part, *voices.affirmed, *objecting))


def _at(instant: int) -> datetime:
    return datetime.fromtimestamp(instant, UTC)
