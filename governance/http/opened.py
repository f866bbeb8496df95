"""What one process of the service has open: the engine, the views, and what keeps these current.

Opened when first needed, and again after the database was away; so the service outlives it.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Hashable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import TypeVar

from aggregates.committee.events import CommitteeFounded
from governance import assembly
from governance.clock import Clock
from governance.http.growth import Growth
from governance.http.kept import Kept
from governance.service.log_standing import LogStanding, LogStandings
from governance.service.logs import Logs
from governance.settings import Settings
from policies.proof.reading import read_recorded
from policies.proof.statements import Founding
from policies.refusals import FaultError, Refusal
from projections.tables import Reached, Tables
from projections.view import View

BRIEFLY = 0.25
"""Seconds, at most, that a reader waits for views which are behind the events."""
_LOOK = 0.003
KEPT, FOLDED = 4096, 64
"""How many answers are kept: of questions of ours, and of those that readers think of."""
ANSWERS = 32_000_000
"""Bytes of the answers that are kept as they were sent."""
_BESIDE = 1000
"""What is kept beside each, in bytes: its question, its stamp, its headers."""
_AGAIN = 1.0
"""Seconds until views that could not be followed are followed anew."""

Trouble = Callable[[Exception], None]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Stamp:
    """Up to where views were read: a position, and the link of the hash chain at it.

    Of one committee, its own last position up to there. Two records, or one before and after a
    restore, share a stamp only where they share all events. What was made at an earlier stamp of
    the same history may be gone on from: no event was undone since, and no row.
    """

    position: int
    link: str
    views: str
    history: tuple[int, int]
    on: Hashable = None

    def tag(self, *parts: str) -> str:
        """Return an opaque name of what is read at this stamp for a question."""
        _histories, replaced = self.history
        made_of = [_PROGRAM, self.views, str(replaced), str(self.position), self.link]
        text = "\n".join([*made_of, *parts])
        return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:32]


_PROGRAM = version("joint-committee")


@dataclass(frozen=True, slots=True)
class Founded:
    """What of a committee's founding never changes."""

    digest: str
    rehearsal: bool


@dataclass(frozen=True, slots=True)
class _Open:
    """What is opened together."""

    engine: assembly.Engine
    tables: Tables
    logs: Logs
    growth: Growth


def _bytes_of(answer: tuple[bytes, dict[str, str]]) -> int:
    return len(answer[0]) + _BESIDE


class Opened:
    """Everything that requests of one process share; safe for its threads."""

    def __init__(self, settings: Settings, clock: Clock, trouble: Trouble) -> None:
        self.settings = settings
        self.clock = clock
        self._trouble = trouble
        self._turn = threading.Lock()
        self._stack = ExitStack()
        self._open: _Open | None = None
        self._ended = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="views", daemon=True)
        self._foundings: dict[str, Founded] = {}
        self._standings: LogStandings | None = None
        self._kept, self._folded = Kept(KEPT), Kept(FOLDED)
        self.answers = Kept(ANSWERS, weigh=_bytes_of)

    def start(self) -> None:
        """Begin to keep the views up to the events."""
        self._keeper.start()

    def close(self) -> None:
        """Stop following, and give everything back."""
        self._ended.set()
        if self._keeper.ident is not None:
            self._keeper.join()
        with self._turn:
            self._open = None
            self._stack.close()

    @property
    def engine(self) -> assembly.Engine:
        """What writes, and the record; raises `FaultError` while the database is away."""
        return self._opened().engine

    @property
    def tables(self) -> Tables:
        """The views, as far as they are."""
        return self._opened().tables

    @property
    def logs(self) -> Logs:
        """The committees' logs as files, from which proofs are made."""
        return self._opened().logs

    @property
    def position(self) -> int:
        """The last position of the record."""
        return self.engine.record.position

    def at(self, views: Sequence[View]) -> int:
        """Return the position up to which views can be read now."""
        return self.tables.reached(views).position

    def reached(self, views: Sequence[View]) -> int:
        """Return the position up to which views can be read, waiting briefly for the newest."""
        return self._reached(views).position

    def stamp(
        self, views: Sequence[View], committee: str | None = None, on: Hashable = None
    ) -> Stamp:
        """Return up to where views can be read, waiting briefly for the newest events.

        Of one committee it is the same until that committee's own record has grown.
        """
        return replace(self._stamp(views, self._reached(views), committee), on=on)

    def stamps(self, views: Sequence[View]) -> dict[str, Stamp]:
        """Return each committee's stamp, by its code."""
        reached = self._reached(views)
        return {code: self._stamp(views, reached, code) for code in self._growth.committees}

    def kept(
        self,
        views: Sequence[View],
        question: Hashable,
        make: Callable[[T | None], T],
        committee: str | None = None,
        on: Hashable = None,
    ) -> T:
        """Return what `make` makes of views for a question of ours, once while they stand still.

        Of a committee, while its own record does; `on` is what else it depends on, such as the
        day. `make` is given what it made last, null at first, to go on from. What is returned is
        shared by all readers: nobody changes it. It is kept for good, as there are no more of these
        questions than committees, times a few.
        """
        return self._kept.of(lambda: self.stamp(views, committee, on), question, make)

    def folded(
        self,
        views: Sequence[View],
        question: Hashable,
        make: Callable[[T | None], T],
        committee: str | None = None,
    ) -> T:
        """Return what `make` makes for a reader's question, as `kept` does for ours.

        Readers think of more than can be kept: the few that were asked for most lately are.
        """
        return self._folded.of(lambda: self.stamp(views, committee), question, make)

    def committees(self) -> tuple[str, ...]:
        """Return the codes of the committees that are founded, or whose past was imported."""
        growth = self._growth
        growth.bring_up()
        return growth.committees

    def founding(self, code: str) -> Founded | None:
        """Return a committee's founding; None for one that is not founded here."""
        if code not in self._foundings:
            entry = next(self.engine.record.stream(code), None)
            if entry is None or not isinstance(entry.event, CommitteeFounded):
                return None
            statement = read_recorded(entry.event.envelope, Founding)
            self._foundings[code] = Founded(entry.event.envelope.digest, statement.rehearsal)
        return self._foundings[code]

    def log_standings(self) -> list[LogStanding]:
        """Return how the log of each committee that is founded here stands."""
        record = self.engine.record
        known = self._standings
        if known is None or known.record is not record:
            known = self._standings = LogStandings(record, self.settings.log)
        codes = (code for code in self.committees() if self.founding(code) is not None)
        return [known.of(code) for code in codes]

    def behind(self) -> dict[str, tuple[int, int]]:
        """Return each view's position, and how many events it is behind."""
        head, positions = self.position, self.tables.positions()
        return {name: (at, max(0, head - at)) for name, at in positions.items()}

    @property
    def _growth(self) -> Growth:
        return self._opened().growth

    def _reached(self, views: Sequence[View]) -> Reached:
        tables, patience = self.tables, time.monotonic() + BRIEFLY
        head = self._growth.bring_up()
        while True:
            reached = tables.reached(views)
            if reached.position >= head or time.monotonic() > patience:
                return Reached(min(reached.position, head), reached.replaced)
            time.sleep(_LOOK)

    def _stamp(self, views: Sequence[View], reached: Reached, committee: str | None) -> Stamp:
        growth, at = self._growth, reached.position
        if committee is not None:
            at = growth.last(committee, at)
        names = ", ".join(f"{view.name} {view.edition}" for view in views)
        history = (growth.histories, reached.replaced)
        return Stamp(at, growth.link_at(at), names, history)

    def _opened(self) -> _Open:
        opened = self._open
        if opened is not None:
            return opened
        with self._turn:
            if self._open is None:
                with ExitStack() as made:
                    engine = made.enter_context(assembly.engine(self.settings, self.clock))
                    tables = assembly.open_tables(self.settings, engine.record)
                    made.callback(tables.close)
                    logs = made.enter_context(assembly.logs_of(self.settings, engine.record))
                    self._stack = made.pop_all()
                self._open = _Open(engine, tables, logs, Growth(engine.record))
            return self._open

    def _keep(self) -> None:
        """Follow until the end; what stops the following is said, and it begins anew."""
        while not self._ended.is_set():
            try:
                with assembly.follower(self.settings, self._trouble) as run:
                    following = threading.Thread(
                        target=self._follow, args=(run,), name="follower", daemon=True
                    )
                    following.start()
                    while following.is_alive() and not self._ended.wait(_AGAIN / 4):
                        pass
                following.join()
            except (FaultError, Refusal) as error:
                self._trouble(error)
            self._ended.wait(_AGAIN)

    def _follow(self, run: Callable[[], None]) -> None:
        try:
            run()
        except Exception as error:  # noqa: BLE001 - an error of ours must not end all following
            self._trouble(error)
