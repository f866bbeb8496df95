"""What a command is decided with: the instant, and the record key's hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from aggregates.committee.state import CommitteeState
from policies.calendar import day_of
from policies.proof.dsse import Envelope
from policies.proof.reading import require_whole
from policies.proof.statements import Statement
from policies.refusals import NotEntitledError

Seal = Callable[[Statement], Envelope]
_EARLIEST_CLOCK = timedelta(hours=14)
"""How far ahead of UTC a clock can be: no day has begun anywhere before it has begun there."""


@dataclass(frozen=True, slots=True)
class Acting:
    """Now, in UTC, and the record key if it is here (`seal` is null where it is lost or away)."""

    now: datetime
    seal: Seal | None = None

    def record(self, statement: Statement) -> Envelope:
        """Seal a statement with the record key; raise `NotEntitledError` without it.

        Raises `UnreadableError` or `TooLargeError` for a statement that nobody could read back.
        """
        if self.seal is None:
            message = (
                "the committee's record key is not here, and this must be recorded with it; put it"
                " below the home's keys, or at JCGOV_KEYS"
            )
            raise NotEntitledError(message)
        require_whole(statement)
        return self.seal(statement)

    @property
    def latest_day(self) -> date:
        """The last day that has begun anywhere."""
        return (self.now + _EARLIEST_CLOCK).date()

    def today(self, state: CommitteeState) -> date:
        """Return the day in the committee's time zone."""
        return day_of(self.now, state.rulebook.zone)


def after(state: CommitteeState, now: datetime) -> datetime:
    """Return the instant to act at: a clock that was set back never orders events backwards."""
    return now if state.last_at is None else max(now, state.last_at)
