"""Waking a follower on PostgreSQL: by the server's word, and by the clock beside it."""

from __future__ import annotations

import threading
import time

import psycopg

from projections.wake import POLL


class WakeOnPostgreSQL:
    """Told by the server; where that cannot be heard, the clock alone wakes."""

    def __init__(self, url: str, channel: str) -> None:
        self._url, self._channel = url, channel
        self._connection: psycopg.Connection | None = None
        self._stirred = threading.Event()
        self._listen()

    def wait(self, seconds: float) -> None:
        """Return when anyone has committed since the last return, or after some seconds."""
        end = time.monotonic() + seconds
        while not self._stirred.is_set() and (left := end - time.monotonic()) > 0:
            if self._heard(min(left, POLL)):
                break
        self._stirred.clear()

    def stir(self) -> None:
        """End a wait soon, now or when it begins."""
        self._stirred.set()

    def close(self) -> None:
        """Stop listening."""
        if self._connection is not None:
            self._connection.close()

    def _heard(self, seconds: float) -> bool:
        if self._connection is None and not self._listen():
            self._stirred.wait(seconds)
            return False
        try:
            assert self._connection is not None  # noqa: S101 - for the type checker
            return any(True for _ in self._connection.notifies(timeout=seconds, stop_after=1))
        except psycopg.OperationalError:
            self.close()
            self._connection = None
            return True  # something may have been missed

    def _listen(self) -> bool:
        try:
            connection = psycopg.connect(self._url, autocommit=True, connect_timeout=5)
            connection.execute(f"LISTEN {self._channel}".encode())
        except psycopg.OperationalError:
            return False
        self._connection = connection
        return True
