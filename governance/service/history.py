"""The imported past: taking in files, and handing it to those who adopt it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from aggregates.history.decide import Incoming, decide_import
from aggregates.history.state import HistoryState, evolve, history_stream
from aggregates.store.record import Record
from governance.clock import Clock
from governance.exchange.decisions_csv import read_decisions
from policies import history
from policies.refusals import SomeoneActedFirstError

ATTEMPTS = 3


@dataclass
class ImportReport:
    """What an import did, or would do."""

    dry_run: bool
    taken: int = 0
    unchanged: int = 0
    sittings: int = 0
    new: int = 0
    extended: int = 0
    committees: dict[str, int] = field(default_factory=dict)
    refusals: list[tuple[int, str]] = field(default_factory=list)

    @property
    def says(self) -> str:
        """One sentence on what happened."""
        would = "would be taken" if self.dry_run else "taken"
        sentence = (
            f"{self.taken} rows {would} into {self.new} new and {self.extended} known decisions of"
            f" {len(self.committees)} committees ({self.sittings} of them sittings);"
            f" {self.unchanged} were known"
        )
        return f"{sentence}; {len(self.refusals)} refused" if self.refusals else sentence

    def to_json(self) -> dict[str, Any]:
        """Return the report for ``--json``."""
        return {
            "dry_run": self.dry_run,
            "taken": self.taken,
            "unchanged": self.unchanged,
            "sittings": self.sittings,
            "new_decisions": self.new,
            "extended_decisions": self.extended,
            "committees": self.committees,
            "refused": [{"line": line, "reason": reason} for line, reason in self.refusals],
        }


@dataclass
class HistoryService:
    """Writes and reads the historical records of all committees."""

    record: Record
    clock: Clock

    def import_decisions(self, data: bytes, file: str, *, dry_run: bool) -> ImportReport:
        """Take in a file's good rows, committee by committee, and report the others.

        Raises `UnreadableError` if the file is no table of decisions.
        """
        report = ImportReport(dry_run)
        by_committee: dict[str, list[Incoming]] = defaultdict(list)
        for read in read_decisions(data, self.clock().date()):
            if read.committee is None or read.incoming is None:
                report.refusals.append((read.line, read.refusal or "unreadable"))
            else:
                by_committee[read.committee.code].append(read.incoming)
        for code, incoming in by_committee.items():
            self._import(code, incoming, file, report)
        report.refusals.sort()
        return report

    def record_up_to(self, code: str, day: date) -> history.Record:
        """Return a committee's imported record up to a day, as the committee may adopt it."""
        return history.up_to(code, tuple(self._load(code).decisions.values()), day)

    def numbers(self, code: str) -> frozenset[str]:
        """Return every number that the imported past names; new ones must not repeat them."""
        rows = (row for d in self._load(code).decisions.values() for row in d.rows)
        return frozenset(row.subject for row in rows if row.subject is not None)

    def _import(self, code: str, incoming: list[Incoming], file: str, report: ImportReport) -> None:
        attempt = 0
        while True:
            attempt += 1
            state = self._load(code)
            events, outcome = decide_import(state, incoming, file, self.clock())
            try:
                if not report.dry_run:
                    self.record.append(history_stream(code), state.version, events)
            except SomeoneActedFirstError:
                if attempt == ATTEMPTS:
                    raise
                continue
            break
        sittings = [e for e in outcome.taken if e.row.decision_type == history.SITTING]
        report.taken += len(outcome.taken)
        report.unchanged += len(outcome.unchanged)
        report.sittings += len(sittings)
        report.new += len(outcome.new)
        report.extended += len(outcome.extended)
        report.refusals += outcome.refusals
        if outcome.taken:
            report.committees[code] = len(outcome.taken)

    def _load(self, code: str) -> HistoryState:
        state = self.record.fold(history_stream(code), evolve)
        return state or HistoryState(code)
