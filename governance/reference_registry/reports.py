"""Reports back: an acknowledgement signed by the registry, sent as the same bytes until accepted.

A report is made in the transaction of the issuance that it tells of. Its name is the item's, so
that the same issuance can never be reported twice under two names.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from governance.reference_registry.decided import Decided
from governance.reference_registry.engine import Engine
from governance.reference_registry.key import SigningKey
from governance.reference_registry.serials import serial
from policies.proof.dsse import Envelope
from policies.proof.statements import Acknowledgement, Serials

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(hours=1)


def next_try(now: datetime, tries: int) -> datetime:
    """Return when to ask again after so many tries: 5 seconds, twice that, and so on to an hour."""
    wait: timedelta = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(tries, 20))
    return now + wait


@dataclass(frozen=True, slots=True)
class Reporter:
    """Makes and signs the side's reports."""

    side: str
    key: SigningKey

    def report(
        self,
        connection: sqlite3.Connection,
        decided: Decided,
        *,
        about: tuple[str, int],
        amount: int,
        serials: tuple[str, int, int] | None,
        day: date,
        now: datetime,
    ) -> None:
        """Write what stands for the issuance `about` (decision's digest and item), to be sent."""
        decision, item = about
        before = connection.execute(
            "SELECT report FROM reports WHERE decision = ? AND item = ?"
            " ORDER BY number DESC LIMIT 1",
            about,
        ).fetchone()
        supersedes = None if before is None else str(before["report"])
        statement = Acknowledgement(
            committee=decided.committee,
            founding=decided.founding,
            side=self.side,
            decision=decision,
            item=item,
            report=str(decided.at),
            amount=amount,
            serials=_block(serials),
            issued_on=day,
            supersedes=supersedes,
        )
        envelope = self.key.sign(statement.envelope())
        connection.execute(
            "INSERT INTO reports (report, decision, item, amount, supersedes, envelope, status,"
            " tries, next_try, made_at) VALUES (?, ?, ?, ?, ?, ?, 'pending', 0, ?, ?)",
            (
                statement.report,
                decision,
                item,
                amount,
                supersedes,
                envelope.to_bytes(),
                now.isoformat(),
                now.isoformat(),
            ),
        )

    def signed(self, data: bytes) -> bytes:
        """Return a report as it is sent: the same bytes, or signed anew if the key was changed."""
        envelope = Envelope.from_bytes(data)
        return data if self.key.has_signed(envelope) else self.key.sign(envelope).to_bytes()


def _block(serials: tuple[str, int, int] | None) -> Serials | None:
    if serials is None:
        return None
    prefix, first, last = serials
    return Serials(first=serial(prefix, first), last=serial(prefix, last))


def due(connection: sqlite3.Connection, now: datetime | None) -> list[sqlite3.Row]:
    """Return the reports to be sent by an instant (null: all), each after the one it replaces."""
    return connection.execute(
        "SELECT number, report, envelope, tries FROM reports AS mine WHERE status <> 'accepted'"
        " AND (? IS NULL OR next_try <= ?) AND NOT EXISTS (SELECT 1 FROM reports AS before"
        "  WHERE before.report = mine.supersedes AND before.status <> 'accepted')"
        " ORDER BY number",
        (None if now is None else now.isoformat(), None if now is None else now.isoformat()),
    ).fetchall()


def send(engine: Engine, reporter: Reporter, row: sqlite3.Row) -> tuple[bytes, str | None]:
    """Send one report; return its bytes, and why it was refused, or null if it is accepted."""
    data = reporter.signed(bytes(row["envelope"]))
    return data, engine.acknowledge(data)


def record_answer(
    connection: sqlite3.Connection,
    row: sqlite3.Row,
    sent: bytes,
    refused: str | None,
    now: datetime,
) -> None:
    """Keep what the engine answered; a refused report is kept, shown, and sent again later."""
    accepted = refused is None
    connection.execute(
        "UPDATE reports SET envelope = ?, status = ?, reason = ?, tries = ?, next_try = ?,"
        " accepted_at = ? WHERE number = ? AND status <> 'accepted'",
        (
            sent,
            "accepted" if accepted else "refused",
            refused,
            row["tries"] + 1,
            next_try(now, row["tries"]).isoformat(),
            now.isoformat() if accepted else None,
            row["number"],
        ),
    )
