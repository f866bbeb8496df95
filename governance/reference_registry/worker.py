"""The loop of a registry that is served: a pass every few seconds, or at once when poked."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from sqlite3 import Error as DatabaseError

from governance.reference_registry.registry import Pass, Registry

_STOP_SECONDS = 5.0


@dataclass
class Worker:
    """Makes passes in a thread of its own; `says` hears what each did, or how it failed."""

    registry: Registry
    every: float
    says: Callable[[str], None]
    _poked: threading.Event = field(default_factory=threading.Event)
    _ends: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin; the first pass is made at once."""
        # A daemon: whatever it is doing when the process ends is done whole, or not at all.
        self._thread = threading.Thread(target=self._run, name="passes", daemon=True)
        self._thread.start()

    def poke(self) -> None:
        """Make a pass now, or one more after the one that is under way."""
        self._poked.set()

    @property
    def alive(self) -> bool:
        """Whether passes are being made."""
        return self._thread is not None and self._thread.is_alive()

    def stop(self) -> None:
        """End after the notification that is under way, or in a few seconds."""
        self._ends.set()
        self._poked.set()
        if self._thread is not None:
            self._thread.join(_STOP_SECONDS)

    def _run(self) -> None:
        while not self._ends.is_set():
            self._poked.clear()
            pause = self._pass()
            self._poked.wait(pause)

    def _pass(self) -> float:
        """Make a pass and return the seconds to the next; a full or locked disk ends nothing."""
        try:
            done = self.registry.run(stops=self._ends.is_set)
        except (DatabaseError, OSError) as error:
            self.says(f"the database failed: {error}")
            return self.every
        if said := _words(done):
            self.says(said)
        return max(self.every, done.after or 0.0)


def _words(done: Pass) -> str:
    if done.trouble:
        return done.trouble
    if not (done.taken or done.settled or done.reported):
        return ""
    return f"{done.taken} taken, {done.settled} settled, {done.reported} reports accepted"
