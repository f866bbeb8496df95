"""The registry at work: pull the feed, verify, issue once, report back.

One pass tries again what waits, takes what is new in the feed's order, and sends what is to be
reported. Each notification is settled in one transaction with the position; the network is asked
outside of it. Killed anywhere, the next pass does what is left, and nothing twice.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from governance.reference_registry import reports
from governance.reference_registry.database import Database
from governance.reference_registry.decided import Decided, Level, Rules, bundle_path, judge
from governance.reference_registry.engine import Engine
from governance.reference_registry.inbox import Inbox
from governance.reference_registry.key import SigningKey
from governance.reference_registry.ledger import Ledger
from governance.reference_registry.refusals import (
    AnswerError,
    EngineAwayError,
    NotIssuableError,
    TrustError,
)
from governance.reference_registry.reports import Reporter
from governance.reference_registry.settling import Settled, Settling
from governance.reference_registry.told import OF_CREDITS, Told, read_event
from governance.reference_registry.trust import read_trust

Verdict = Decided | NotIssuableError | Settled
"""What is known of a notification before its transaction: what is decided, or why not, or that
nothing follows from it here."""


@dataclass
class Pass:
    """What one pass did; `trouble` says why it ended early."""

    taken: int = 0
    settled: int = 0
    reported: int = 0
    trouble: str | None = None
    after: float | None = None


@dataclass(frozen=True)
class Registry:
    """One side's registry: its books, its engine, its key, and what it trusts."""

    side: str
    rehearsal: bool
    trust: Path
    require: Level | None
    database: Database
    engine: Engine
    key: SigningKey
    clock: Callable[[], datetime]
    reporter: Reporter = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "reporter", Reporter(self.side, self.key))

    def run(self, *, everything: bool = False, stops: Callable[[], bool] | None = None) -> Pass:
        """Make one pass; with `everything` also what is not yet due to be tried again.

        It ends early, with everything it did on the disk, once `stops` says so.
        """
        done = Pass()
        try:
            self._steps(self._rules(), done, stops or (lambda: False), everything=everything)
        except _StoppedError:
            return done
        except EngineAwayError as error:
            done.trouble, done.after = str(error), error.after
        except (AnswerError, TrustError) as error:
            done.trouble = str(error)
        with self.database.transaction() as connection:
            Inbox(connection, self.clock()).reached(self.engine.url, done.trouble)
        return done

    def _steps(
        self, rules: Rules, done: Pass, stops: Callable[[], bool], *, everything: bool
    ) -> None:
        for told in self._again(everything=everything):
            _go_on(stops)
            done.settled += self._settle(told, self._verdict(told, rules), pulled=False)
        for told in self._new():
            _go_on(stops)
            done.settled += self._settle(told, self._verdict(told, rules), pulled=True)
            done.taken += 1
        for row in self._due(everything=everything):
            _go_on(stops)
            done.reported += self._report(row)

    def _rules(self) -> Rules:
        """Read the trust file anew: both governments may publish a further founding."""
        return Rules(self.side, self.rehearsal, read_trust(self.trust), self.require)

    def _again(self, *, everything: bool) -> list[Told]:
        with self.database.reading() as connection:
            waiting = Inbox(connection, self.clock()).open_events(everything=everything)
        return [read_event(raw) for raw in waiting]

    def _new(self) -> Iterator[Told]:
        with self.database.reading() as connection:
            after = Inbox(connection, self.clock()).position(self.engine.url)
        while page := self.engine.feed(self.side, after):
            yield from page
            after = page[-1].position

    def _verdict(self, told: Told, rules: Rules) -> Verdict:
        """Ask the engine for the proof of what it told, and judge it; nothing is written."""
        with self.database.reading() as connection:
            known = Inbox(connection, self.clock()).find(told)
        if known is not None and known.settled and known.same:
            return Settled("noted", "it was settled before")
        if told.type not in OF_CREDITS:
            return Settled("noted", "nothing follows from it in this registry")
        try:
            return judge(told, self.engine.bundle(bundle_path(told)), rules)
        except NotIssuableError as why:
            return why

    def _settle(self, told: Told, verdict: Verdict, *, pulled: bool) -> bool:
        """Settle one notification and the position, or neither; whether it was settled now.

        One that is told again with other content is judged by that: had a stranger told another
        content under the id first, the true one would be lost. No item is settled twice by it.
        """
        now = self.clock()
        with self.database.transaction() as connection:
            inbox = Inbox(connection, now)
            if pulled:
                inbox.advance(self.engine.url, told.position)
            taken = inbox.find(told) or inbox.take(told)
            if not taken.same:
                inbox.mark(taken, told)
            if taken.settled and (taken.same or not isinstance(verdict, Decided)):
                return False
            ledger = Ledger(connection, self.side, self.rehearsal)
            connection.execute("SAVEPOINT item")
            try:
                settled = _follow(Settling(ledger, self.reporter, now, taken.number), verdict)
            except NotIssuableError as why:
                connection.execute("ROLLBACK TO item")
                if not taken.settled:
                    inbox.unsettled(taken, why)
                return False
            if taken.settled and settled.outcome == "noted":
                connection.execute("ROLLBACK TO item")
                return False
            inbox.settled(taken, told, settled)
        return True

    def _due(self, *, everything: bool) -> Iterator[sqlite3.Row]:
        """Yield each report that is due, once; a report follows the one that it replaces."""
        tried: set[int] = set()
        while True:
            with self.database.reading() as connection:
                due = reports.due(connection, None if everything else self.clock())
            row = next((row for row in due if row["number"] not in tried), None)
            if row is None:
                return
            tried.add(row["number"])
            yield row

    def _report(self, row: sqlite3.Row) -> bool:
        """Send a report and keep the answer; whether it is accepted."""
        sent, refused = reports.send(self.engine, self.reporter, row)
        with self.database.transaction() as connection:
            reports.record_answer(connection, row, sent, refused, self.clock())
        return refused is None


class _StoppedError(Exception):
    """Whoever runs the pass wants it to end."""


def _go_on(stops: Callable[[], bool]) -> None:
    if stops():
        raise _StoppedError


def _follow(settling: Settling, verdict: Verdict) -> Settled:
    match verdict:
        case Decided():
            return settling.settle(verdict)
        case Settled():
            return verdict
    raise verdict


def restart(registry: Registry, after: int) -> None:
    """Set the position in the feed back: everything from there is told again, and nothing happens
    twice."""
    with registry.database.transaction() as connection:
        connection.execute(
            "UPDATE positions SET sequence = min(sequence, ?) WHERE engine = ?",
            (after, registry.engine.url),
        )
