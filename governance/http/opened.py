"""What one process of the service has open: the engine, the views, and what keeps these current.

Opened when first needed, and again after the database was away; so the service outlives it.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Hashable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import version
from typing import TypeVar

from aggregates.committee.events import CommitteeFounded
from governance import assembly
from governance.clock import Clock
from governance.http.kept import Kept
from governance.service.log_standing import LogStanding, LogStandings
from governance.service.logs import Logs
from governance.settings import Settings
from policies.proof.reading import read_recorded
from policies.proof.statements import Founding
from policies.refusals import FaultError, Refusal
from projections.tables import Tables
from projections.view import View

BRIEFLY = 0.25
"""Seconds, at most, that a reader waits for views which are behind the events."""
_LOOK = 0.003
_AGAIN = 1.0
"""Seconds until views that could not be followed are followed anew."""

Trouble = Callable[[Exception], None]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Stamp:
    """Up to where views were read: a position, and the link of the hash chain at it.

    Two records, or one before and after a restore, share a stamp only where they share all events.
    """

    position: int
    link: str
    views: str

    def tag(self, *parts: str) -> str:
        """Return an opaque name of what is read at this stamp for a question."""
        text = "\n".join([_PROGRAM, self.views, str(self.position), self.link, *parts])
        return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:32]


_PROGRAM = version("joint-committee")


@dataclass(frozen=True, slots=True)
class Founded:
    """What of a committee's founding never changes."""

    digest: str
    rehearsal: bool


class Opened:
    """Everything that requests of one process share; safe for its threads."""

    def __init__(self, settings: Settings, clock: Clock, trouble: Trouble) -> None:
        self.settings = settings
        self.clock = clock
        self._trouble = trouble
        self._turn = threading.Lock()
        self._stack = ExitStack()
        self._open: tuple[assembly.Engine, Tables, Logs] | None = None
        self._ended = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="views", daemon=True)
        self._link = (0, "")
        self._codes: tuple[Stamp, tuple[str, ...]] | None = None
        self._foundings: dict[str, Founded] = {}
        self._standings: LogStandings | None = None
        self._kept = Kept()

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
        return self._opened()[0]

    @property
    def tables(self) -> Tables:
        """The views, as far as they are."""
        return self._opened()[1]

    @property
    def logs(self) -> Logs:
        """The committees' logs as files, from which proofs are made."""
        return self._opened()[2]

    @property
    def position(self) -> int:
        """The last position of the record."""
        return self.engine.record.position

    def at(self, views: Sequence[View]) -> int:
        """Return the position up to which views can be read now."""
        positions = self.tables.positions()
        return min(positions[view.name] for view in views)

    def reached(self, views: Sequence[View]) -> int:
        """Return the position up to which views can be read, waiting briefly for the newest."""
        head, patience = self.position, time.monotonic() + BRIEFLY
        while True:
            reached = self.at(views)
            if reached >= head or time.monotonic() > patience:
                return reached
            time.sleep(_LOOK)

    def stamp(self, views: Sequence[View]) -> Stamp:
        """Return up to where views can be read, waiting briefly for the newest events."""
        reached = self.reached(views)
        names = ", ".join(f"{view.name} {view.edition}" for view in views)
        return Stamp(reached, self._link_at(reached), names)

    def folded(self, views: Sequence[View], question: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` folds of views for a question, once while they stand still.

        What is returned is shared by all readers: nobody changes it.
        """
        return self._kept.of(lambda: self.stamp(views), question, make)

    def committees(self) -> tuple[str, ...]:
        """Return the codes of the committees that are founded, or whose past was imported."""
        record = self.engine.record
        now = Stamp(record.position, "", "")
        if self._codes is None or self._codes[0] != now:
            self._codes = (now, tuple(record.committees()))
        return self._codes[1]

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

    def _link_at(self, position: int) -> str:
        known = self._link
        if known[0] != position:
            known = (position, self.engine.record.link_at(position))
            self._link = known
        return known[1]

    def _opened(self) -> tuple[assembly.Engine, Tables, Logs]:
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
                self._open = (engine, tables, logs)
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
