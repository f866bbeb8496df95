"""Notifications taken, by (source, id), and the position in each engine's feed."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from governance.reference_registry.refusals import NotIssuableError
from governance.reference_registry.reports import next_try
from governance.reference_registry.settling import Settled
from governance.reference_registry.told import Told


@dataclass(frozen=True, slots=True)
class Taken:
    """A notification that was taken before."""

    number: int
    settled: bool
    same: bool
    tries: int


@dataclass(frozen=True, slots=True)
class Inbox:
    """The notifications of one transaction."""

    connection: sqlite3.Connection
    now: datetime

    def position(self, engine: str) -> int:
        """Return how far the feed of an engine has been taken."""
        row = self.connection.execute(
            "SELECT sequence FROM positions WHERE engine = ?", (engine,)
        ).fetchone()
        return 0 if row is None else int(row["sequence"])

    def advance(self, engine: str, sequence: int) -> None:
        """Move on in the feed of an engine; never back."""
        self.connection.execute(
            "INSERT INTO positions (engine, sequence) VALUES (?, ?) ON CONFLICT (engine)"
            " DO UPDATE SET sequence = max(sequence, excluded.sequence)",
            (engine, sequence),
        )

    def reached(self, engine: str, trouble: str | None) -> None:
        """Keep when an engine was last reached, or what went wrong."""
        now = self.now.isoformat()
        self.connection.execute(
            "INSERT INTO positions (engine, sequence) VALUES (?, 0) ON CONFLICT DO NOTHING",
            (engine,),
        )
        self.connection.execute(
            "UPDATE positions SET reached_at = coalesce(?, reached_at), trouble = ?,"
            " trouble_at = ? WHERE engine = ?",
            (None if trouble else now, trouble, now if trouble else None, engine),
        )

    def find(self, told: Told) -> Taken | None:
        """Return a notification that was taken before, and whether it says the same."""
        row = self.connection.execute(
            "SELECT number, digest, tries, settled_at FROM notifications"
            " WHERE source = ? AND id = ?",
            (told.source, told.id),
        ).fetchone()
        if row is None:
            return None
        return Taken(
            row["number"],
            settled=row["settled_at"] is not None,
            same=row["digest"] == told.digest,
            tries=row["tries"],
        )

    def mark(self, taken: Taken, told: Told) -> None:
        """Keep that a notification was told again and said otherwise: data never change."""
        self.connection.execute(
            "UPDATE notifications SET conflict = coalesce(conflict, ?) WHERE number = ?",
            (f"told again at {told.sequence} with other content", taken.number),
        )

    def take(self, told: Told) -> Taken:
        """Take a notification that is new; what becomes of it follows in the same transaction."""
        made = self.connection.execute(
            "INSERT INTO notifications (source, id, sequence, type, event, digest, status, reason,"
            " tries, next_try, taken_at) VALUES (?, ?, ?, ?, ?, ?, 'waiting', '', 0, ?, ?)",
            (
                told.source,
                told.id,
                told.position,
                told.type,
                told.raw,
                told.digest,
                self.now.isoformat(),
                self.now.isoformat(),
            ),
        )
        return Taken(int(made.lastrowid or 0), settled=False, same=True, tries=0)

    def settled(self, taken: Taken, told: Told, settled: Settled) -> None:
        """Write what was done with a notification, and the event that it was done by."""
        self.connection.execute(
            "UPDATE notifications SET type = ?, event = ?, digest = ?, status = ?, reason = ?,"
            " failed = NULL, tries = ?, next_try = NULL, settled_at = ? WHERE number = ?",
            (
                told.type,
                told.raw,
                told.digest,
                settled.outcome,
                settled.says,
                taken.tries + 1,
                self.now.isoformat(),
                taken.number,
            ),
        )

    def unsettled(self, taken: Taken, why: NotIssuableError) -> None:
        """Write why a notification is not acted on, and when it is tried again."""
        again = self.now if why.check == "order" else next_try(self.now, taken.tries)
        self.connection.execute(
            "UPDATE notifications SET status = ?, failed = ?, reason = ?, tries = ?, next_try = ?"
            " WHERE number = ?",
            (
                "waiting" if why.waits else "refused",
                why.check,
                str(why),
                taken.tries + 1,
                again.isoformat(),
                taken.number,
            ),
        )

    def open_events(self, *, everything: bool) -> list[bytes]:
        """Return the events that are to be tried again now, in the order of the feed."""
        rows = self.connection.execute(
            "SELECT event FROM notifications WHERE settled_at IS NULL AND (? OR next_try <= ?)"
            " ORDER BY sequence",
            (everything, self.now.isoformat()),
        )
        return [bytes(row["event"]) for row in rows]
