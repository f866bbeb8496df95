"""Sessions: kept by the server, known to the browser by a random word of which a hash is stored."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

import msgspec

from governance.kept.tables import Asking, Kept
from policies.refusals import NotSignedInError

IDLE = timedelta(minutes=30)
"""After so long without a request a session is over."""
LONGEST = timedelta(hours=12)
"""After so long every session is over."""
_SEEN = timedelta(minutes=1)
"""How exactly it is kept when a session was last seen."""
_LONG = 200
_NAMES = "name, credential, began_at, seen_at, address"


class Session(msgspec.Struct, frozen=True):
    """A session; `name` is the hash of the word that the browser holds."""

    name: str
    credential: str
    began_at: int
    seen_at: int
    address: str

    def over(self, now: datetime) -> bool:
        """Whether it has been idle for too long, or has lasted for too long."""
        instant = int(now.timestamp())
        return (
            instant - self.seen_at > IDLE.total_seconds()
            or instant - self.began_at > LONGEST.total_seconds()
        )


class Sessions:
    """The sessions that are open."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def find(self, held: str | None, now: datetime) -> Session:
        """Return the open session of a browser's word; raise `NotSignedInError` if there is none.

        Keeps that it was seen.
        """
        if not held or len(held) > _LONG:
            raise _nobody()
        found = self._found("WHERE name = ?", (name_of(held),))
        if not found:
            raise _nobody()
        session = found[0]
        if session.over(now):
            self.end(session.name)
            message = "the session is over; sign in again"
            raise NotSignedInError(message)
        self._see(session, int(now.timestamp()))
        return session

    def of(self, credentials: list[str], now: datetime) -> list[Session]:
        """Return the open sessions of passkeys, the newest first."""
        found = [s for name in credentials for s in self._found("WHERE credential = ?", (name,))]
        return sorted((s for s in found if not s.over(now)), key=lambda s: -s.began_at)

    def all(self, now: datetime) -> list[Session]:
        """Return every open session, the newest first."""
        return [s for s in self._found("ORDER BY began_at DESC, name", ()) if not s.over(now)]

    def end(self, name: str) -> bool:
        """End a session; false if it is not there."""
        with self._kept.writing() as asking:
            return end(asking, name)

    def _see(self, session: Session, instant: int) -> None:
        if instant - session.seen_at < _SEEN.total_seconds():
            return
        with self._kept.writing() as asking:
            asking.run(
                "UPDATE jcgov.access_sessions SET seen_at = ? WHERE name = ? AND seen_at < ?",
                (instant, session.name, instant),
            )

    def _found(self, rest: str, values: tuple[str, ...]) -> list[Session]:
        with self._kept.reading() as asking:
            rows = asking.rows(
                f"SELECT {_NAMES} FROM jcgov.access_sessions {rest}",  # noqa: S608
                values,
            )
        return [Session(*row) for row in rows]


def begin(asking: Asking, credential: str, address: str, now: datetime) -> str:
    """Begin a session, and return the word for the browser's cookie.

    A new word each time: one that somebody else put into the browser before is worth nothing.
    """
    held, instant = secrets.token_urlsafe(32), int(now.timestamp())
    asking.run(
        "DELETE FROM jcgov.access_sessions WHERE began_at < ? OR seen_at < ?",
        (instant - int(LONGEST.total_seconds()), instant - int(IDLE.total_seconds())),
    )
    asking.run(
        "INSERT INTO jcgov.access_sessions VALUES (?, ?, ?, ?, ?)",
        (name_of(held), credential, instant, instant, address),
    )
    return held


def end(asking: Asking, name: str) -> bool:
    """End a session; false if it is not there."""
    return bool(asking.run("DELETE FROM jcgov.access_sessions WHERE name = ?", (name,)))


def name_of(held: str) -> str:
    """Return the name of a browser's word, which tells nobody the word."""
    return sha256(held.encode("utf-8")).hexdigest()


def _nobody() -> NotSignedInError:
    return NotSignedInError("nobody is signed in here; sign in with your passkey")
