"""The only writer of committees: load, settle, decide, append with the expected version."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from aggregates.committee.acting import Acting, after
from aggregates.committee.evolve import evolve
from aggregates.committee.settle import Command, perform, settle
from aggregates.committee.state import CommitteeState
from aggregates.event import Event
from aggregates.store.record import Record
from governance.clock import Clock
from governance.keys.engine import EngineKeys
from policies.refusals import NotFoundError, SomeoneActedFirstError

ATTEMPTS = 3
"""How often a command is decided anew when another writer was first."""


@dataclass
class Desk:
    """Loads, settles and saves committees for every subject of the service."""

    record: Record
    clock: Clock
    keys: EngineKeys

    def __post_init__(self) -> None:
        self._cache: dict[str, CommitteeState] = {}

    def find(self, code: str) -> CommitteeState | None:
        """Return a committee's state, or None if it is not founded. Not to be changed."""
        known = self._cache.pop(code, None)
        after_version = 0 if known is None else known.version
        state = self.record.fold(code, evolve, known, after=after_version)
        if state is not None:
            self._cache[code] = state
        return state

    def load(self, code: str) -> CommitteeState:
        """Return a committee's state; raise `NotFoundError` if it is not founded."""
        state = self.find(code)
        if state is None:
            message = f"{code} is not founded here; see: jcgov committee found --help"
            raise NotFoundError(message)
        return state

    def act(self, code: str, command: Command) -> list[Event]:
        """Settle a committee, decide a command, and record both; the command may refuse.

        What was due is recorded even if the command is refused; both are of one instant, so that
        nothing falls due in between. Raises `SomeoneActedFirstError` when other writers were
        first, again and again.
        """
        now = self.clock()
        self._attempt(code, now, lambda state, acting: list(settle(state, acting)))
        return self._attempt(code, now, lambda state, acting: perform(state, acting, command))

    def settle(self, code: str) -> list[Event]:
        """Record what has become due by now."""
        return self._attempt(code, self.clock(), lambda state, acting: list(settle(state, acting)))

    def _attempt(
        self, code: str, now: datetime, decide: Callable[[CommitteeState, Acting], list[Event]]
    ) -> list[Event]:
        """Decide on the newest state and append; where another writer was first, decide anew."""
        attempt = 0
        while True:
            attempt += 1
            state = self.load(code)
            version = state.version
            self._cache.pop(code)  # used up by deciding, whatever comes of it
            events = decide(state, self._acting(state, now))
            try:
                self.record.append(code, version, events)
            except SomeoneActedFirstError:
                if attempt == ATTEMPTS:
                    raise
            else:
                self._cache[code] = state
                return events

    def begin(self, code: str, events: Iterable[Event]) -> None:
        """Record the first events of a committee."""
        self.record.append(code, 0, list(events))

    def acting_before_founding(self) -> Acting:
        """Return now; a committee that is not founded has no record key."""
        return Acting(self.clock())

    def acting(self, state: CommitteeState) -> Acting:
        """Return now, and the committee's record key if it is here."""
        return self._acting(state, self.clock())

    def _acting(self, state: CommitteeState, now: datetime) -> Acting:
        seal = self.keys.seal(state.committee.code, state.roster.record)
        return Acting(after(state, now), seal)

    def committees(self) -> list[str]:
        """Return the codes of all founded committees."""
        streams = self.record.streams()
        return [code for code in streams if "/" not in code]
