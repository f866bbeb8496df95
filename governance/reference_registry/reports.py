"""Reports back: an acknowledgement signed by the registry, sent as the same bytes until accepted.

A report is made in the transaction of the issuance that it tells of. Its name is made of the
item's, so that the same issuance can never be reported twice under two names.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import zip_longest
from typing import NamedTuple

from governance.reference_registry.decided import Decided
from governance.reference_registry.engine import Engine
from governance.reference_registry.key import SigningKey
from governance.reference_registry.serials import Span, serial
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
        stands: Sequence[tuple[str, Span]],
        day: date,
        now: datetime,
    ) -> None:
        """Write what is to be sent: `stands` for the issuance `about` (decision's digest, item).

        A report has one block, and reports add up. So one whose block still stands is left alone,
        and each of the others is replaced: by a block that is new, or by nothing.
        """
        before = _standing(connection, about)
        blocks = [
            _Block(span.size, serial(prefix, span.first), serial(prefix, span.last))
            for prefix, span in stands
        ]
        old = [name for name, block in before.items() if block not in blocks]
        new = [block for block in blocks if block not in before.values()]
        for place, (replaced, fresh) in enumerate(zip_longest(old, new), start=1):
            name = str(decided.at) if place == 1 else f"{decided.at}/{place}"
            block = fresh or _NOTHING
            statement = Acknowledgement(
                committee=decided.committee,
                founding=decided.founding,
                side=self.side,
                decision=about[0],
                item=about[1],
                report=name,
                amount=block.amount,
                serials=block.serials,
                issued_on=day,
                supersedes=replaced,
            )
            self._write(connection, statement, now)

    def _write(
        self, connection: sqlite3.Connection, statement: Acknowledgement, now: datetime
    ) -> None:
        serials = statement.serials
        connection.execute(
            "INSERT INTO reports (report, decision, item, first, last, amount, supersedes,"
            " envelope, status, tries, next_try, made_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'pending', 0, ?, ?)",
            (
                statement.report,
                statement.decision,
                statement.item,
                None if serials is None else serials.first,
                None if serials is None else serials.last,
                statement.amount,
                statement.supersedes,
                self.key.sign(statement.envelope()).to_bytes(),
                now.isoformat(),
                now.isoformat(),
            ),
        )

    def signed(self, data: bytes) -> bytes:
        """Return a report as it is sent: the same bytes, or signed anew if the key was changed."""
        envelope = Envelope.from_bytes(data)
        return data if self.key.has_signed(envelope) else self.key.sign(envelope).to_bytes()


class _Block(NamedTuple):
    """What one report says to have been issued."""

    amount: int
    first: str | None
    last: str | None

    @property
    def serials(self) -> Serials | None:
        """The block as a report has it; null for nothing."""
        if self.first is None or self.last is None:
            return None
        return Serials(first=self.first, last=self.last)


_NOTHING = _Block(0, None, None)


def _standing(connection: sqlite3.Connection, about: tuple[str, int]) -> dict[str, _Block]:
    """Return the reports on an issuance that no later one replaces, and that say more than 0."""
    rows = connection.execute(
        "SELECT report, amount, first, last FROM reports AS mine"
        " WHERE decision = ? AND item = ? AND NOT EXISTS"
        " (SELECT 1 FROM reports AS after WHERE after.supersedes = mine.report) ORDER BY number",
        about,
    )
    found = {row["report"]: _Block(row["amount"], row["first"], row["last"]) for row in rows}
    return {name: block for name, block in found.items() if block != _NOTHING}


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
