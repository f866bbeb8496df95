"""The only writer of committees: load, settle, decide, append with the expected version."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from aggregates.committee.acting import Acting, after
from aggregates.committee.events import DecisionAdopted, ProposalClosed
from aggregates.committee.evolve import evolve
from aggregates.committee.settle import Command, perform, settle
from aggregates.committee.state import CommitteeState
from aggregates.event import Event
from aggregates.store.record import Append, Record
from governance.clock import Clock
from governance.keys.engine import EngineKeys
from governance.service.snapshots import SWEEP, Snapshots
from policies.calendar import timestamp
from policies.refusals import NotFoundError, SomeoneActedFirstError
from policies.rulebook import Rulebook

ATTEMPTS = 10
"""How often a command is decided when other writers are first; of those, one succeeds each time."""
PAUSE = 0.02
"""Seconds, at most and for each attempt, until the next one: writers who met part again."""


Beside = Callable[[CommitteeState, list[Event]], Sequence[Append]]
"""What a command records in other streams, all or none with the committee's own events."""


def nothing_beside(_state: CommitteeState, _events: list[Event]) -> Sequence[Append]:
    """Return that a command concerns the committee's stream alone."""
    return ()


@dataclass
class Desk:
    """Loads, settles and saves committees for every subject of the service.

    `outcomes` are told of the cases that proposals answered which ended, after it is recorded;
    `turning` of a committee before both authorities' word on its own keys is recorded.
    """

    record: Record
    clock: Clock
    keys: EngineKeys
    snapshots: Snapshots | None = None
    outcomes: list[Callable[[Sequence[str]], object]] = field(default_factory=list)
    turning: list[Callable[[str], object]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._cache: dict[str, CommitteeState] = {}

    def find(self, code: str) -> CommitteeState | None:
        """Return a committee's state, or None if it is not founded. Not to be changed."""
        state = self._newest(code)
        if state is not None:
            self._cache[code] = state
            self._keep_if_due(state)
        return state

    def _newest(self, code: str) -> CommitteeState | None:
        """Fold on from the state that is here, else from a snapshot, else from the beginning."""
        known = self._cache.pop(code, None)
        if known is None and self.snapshots is not None:
            known = self.snapshots.load(code)
        version = 0 if known is None else known.version
        return self.record.fold(code, evolve, known, after=version)

    def _keep_if_due(self, state: CommitteeState, *often: int) -> None:
        if self.snapshots is not None:
            self.snapshots.keep_if_due(state, *often)

    def load(self, code: str) -> CommitteeState:
        """Return a committee's state; raise `NotFoundError` if it is not founded."""
        return _founded(code, self.find(code))

    def rulebook(self, code: str, digest: str) -> Rulebook:
        """Return a rulebook that a committee has, or had, in force."""
        return self.load(code).rulebooks[digest].rulebook

    def act(self, code: str, command: Command, beside: Beside = nothing_beside) -> list[Event]:
        """Settle a committee, decide a command, and record both; the command may refuse.

        What was due is recorded even if the command is refused; both are of one instant, so that
        nothing falls due in between. Raises `SomeoneActedFirstError` when other writers were
        first, again and again.
        """
        now = self.clock()
        self._attempt(code, now, lambda state, acting: list(settle(state, acting)))
        return self._attempt(
            code, now, lambda state, acting: perform(state, acting, command), beside
        )

    def settle(self, code: str) -> list[Event]:
        """Record what has become due by now."""
        events = self._attempt(
            code, self.clock(), lambda state, acting: list(settle(state, acting))
        )
        self._keep_if_due(self._cache[code], SWEEP)
        return events

    def _attempt(
        self,
        code: str,
        now: datetime,
        decide: Callable[[CommitteeState, Acting], list[Event]],
        beside: Beside = nothing_beside,
    ) -> list[Event]:
        """Decide on the newest state and append; where another writer was first, decide anew."""
        attempt = 0
        while True:
            attempt += 1
            state = _founded(code, self._newest(code))  # used up by deciding, whatever comes of it
            version, answers = state.version, _answers(state)
            events = decide(state, self._acting(state, now))
            try:
                self.record.append_all([Append(code, version, events), *beside(state, events)])
            except SomeoneActedFirstError as error:
                if attempt == ATTEMPTS:
                    message = f"{error}; {self._recorded_since(code, version)}"
                    raise SomeoneActedFirstError(message) from error
                self.pause(attempt)
            else:
                self._cache[code] = state
                self._keep_if_due(state)
                self._tell(events, answers)
                return events

    def pause(self, attempt: int) -> None:
        """Wait a moment, longer with each attempt, so that writers who met part again."""
        time.sleep(random.uniform(0, PAUSE * attempt))  # noqa: S311 - no secret

    def _tell(self, events: Sequence[Event], answers: dict[int, list[str]]) -> None:
        ended = [e.proposal for e in events if isinstance(e, DecisionAdopted | ProposalClosed)]
        cases = [case for proposal in ended for case in answers.get(proposal, ())]
        if cases:
            for told in self.outcomes:
                told(cases)

    def _recorded_since(self, code: str, version: int) -> str:
        """Say what others have recorded last, and whose it was where the event tells."""
        last = None
        for entry in self.record.stream(code, after=version):
            last = entry.event
        if last is None:
            return "yours was not recorded"
        what = last.topic.split(".")[1].replace("-", " ")
        whose = getattr(last, "person", None) or getattr(last, "number", None)
        of = f" of {whose}" if whose else ""
        return f"last in {code}: {what}{of}, {timestamp(last.at)}; yours was not recorded"

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


def _answers(state: CommitteeState) -> dict[int, list[str]]:
    """Return the cases that each open proposal answers; it holds them until it ends."""
    named = ((p.id, p.content.get("cases", ())) for p in state.proposals.values())
    return {proposal: [answer["case"] for answer in cases] for proposal, cases in named if cases}


def _founded(code: str, state: CommitteeState | None) -> CommitteeState:
    if state is None:
        message = f"{code} is not founded here; see: jcgov committee found --help"
        raise NotFoundError(message)
    return state
