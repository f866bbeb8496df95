"""Waking a follower when something was recorded: in this process, by another one, or by the clock.

A wake-up may come without cause and may be lost; so a follower reads onwards after each, and waits
no longer than a bounded time for the next.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Protocol

from aggregates.store.record import Record

POLL = 0.5
"""Seconds after which a follower looks for itself, whoever told it nothing."""
_TICK = 0.005


class Wake(Protocol):
    """Tells that the record may have grown since it was last asked."""

    def wait(self, seconds: float) -> None:
        """Return when the record may have grown since the last return, or after some seconds."""

    def stir(self) -> None:
        """End a wait at once, now or when it begins."""

    def close(self) -> None:
        """Stop listening."""


class WakeInProcess:
    """Told by the appends of a record in this process."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._told = threading.Event()
        record.appended.append(self.stir)

    def wait(self, seconds: float) -> None:
        """Return when this process has appended since the last return, or after some seconds."""
        self._told.wait(seconds)
        self._told.clear()

    def stir(self) -> None:
        """End a wait at once, now or when it begins."""
        self._told.set()

    def close(self) -> None:
        """Stop listening."""
        self._record.appended.remove(self.stir)


class WakeOnSQLite(WakeInProcess):
    """Told in process, and by SQLite's own counter of what other connections have committed."""

    def __init__(self, record: Record, file: Path) -> None:
        super().__init__(record)
        uri = f"{file.resolve().as_uri()}?mode=ro"
        self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        self._seen = self._version()

    def wait(self, seconds: float) -> None:
        """Return when anyone has committed since the last return, or after some seconds."""
        end = time.monotonic() + seconds
        while not self._told.wait(_TICK) and time.monotonic() < end:
            if self._version() != self._seen:
                break
        self._told.clear()
        self._seen = self._version()

    def close(self) -> None:
        """Stop listening."""
        super().close()
        self._connection.close()

    def _version(self) -> int:
        with closing(self._connection.execute("PRAGMA data_version")) as cursor:
            (version,) = cursor.fetchone()
            return int(version)
