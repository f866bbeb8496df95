"""The past of the committees: importing what was published elsewhere, and reading it back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from aggregates.history.decide import Incoming, Outcome, decide_import
from aggregates.history.events import HistoryRecorded, history_stream
from aggregates.history.evolve import evolve
from aggregates.history.state import HistoryState
from aggregates.store.record import Record
from aggregates.store.topics import encode
from governance.clock import Clock
from governance.exchange.decisions_csv import Reading, read_decisions
from policies import history
from policies.ground import Ground
from policies.refusals import SomeoneActedFirstError, UnreadableError
from policies.sides import Committee
from policies.subjects import Origin

ATTEMPTS = 2
"""How often a committee's rows are decided on when another writer was first."""
MAX_EVENTS = 100
MAX_BYTES = 2**18
"""Events, and bytes, of one save; what a large file holds is saved in several."""


@dataclass
class Counts:
    """What an import changed: rows taken and known, decisions with items, sittings."""

    taken: int = 0
    unchanged: int = 0
    refused: int = 0
    new_decisions: int = 0
    extended_decisions: int = 0
    sittings: int = 0


@dataclass
class ImportReport(Counts):
    """What became of a file, in all and by committee; lines that could not be taken, and why.

    Rows of a country that is no partner, or that could not be read, belong to no committee.
    """

    file: str = ""
    dry_run: bool = False
    committees: dict[str, Counts] = field(default_factory=dict)
    refusals: list[tuple[int, str]] = field(default_factory=list)

    @property
    def says(self) -> str:
        """The report in a sentence."""
        would = "would be taken" if self.dry_run else "taken"
        parts = [
            f"{_count(self.taken, 'row')} of {self.file} {would}"
            f" ({_count(self.new_decisions, 'new decision')},"
            f" {self.extended_decisions} extended, {_count(self.sittings, 'sitting')})",
            f"{self.unchanged} known already",
            f"{self.refused} refused",
        ]
        return ", ".join(parts) + "."

    def to_json(self) -> dict[str, Any]:
        """Return the report as a JSON value."""
        refusals = [{"line": line, "reason": reason} for line, reason in self.refusals]
        return asdict(self) | {"refusals": refusals}


class HistoryService:
    """The only writer of historical records."""

    def __init__(self, record: Record, clock: Clock) -> None:
        self.record = record
        self.clock = clock

    def import_decisions(self, data: bytes, file_name: str, *, dry_run: bool) -> ImportReport:
        """Take a file's good rows and report the others; the same file twice changes nothing.

        Raises `UnreadableError` for a file that is no such table, `SomeoneActedFirstError` when
        other writers were first, twice.
        """
        now = self.clock()
        file = _storable(file_name)
        reading = read_table(data, file, now)
        report = ImportReport(file=file, dry_run=dry_run, refusals=list(reading.refusals))
        for code in sorted(reading.rows):
            counts, refusals = self._import(code, reading.rows[code], file, now, dry_run=dry_run)
            report.committees[code] = counts
            report.refusals += refusals
        report.refusals.sort(key=lambda refusal: refusal[0])
        for name in vars(Counts()):
            setattr(report, name, sum(getattr(c, name) for c in report.committees.values()))
        report.refused = len(report.refusals)
        return report

    def record_up_to(self, committee_code: str, day: date) -> history.Record:
        """Return a committee's dated record up to a day, as it may be adopted."""
        state = self._load(Committee.parse(committee_code).code)
        return history.up_to(state.committee, tuple(state.decisions.values()), day)

    def numbers(self, committee_code: str) -> frozenset[str]:
        """Return every number that the record shows to be in use; none is given again."""
        state = self._load(Committee.parse(committee_code).code)
        rows = (row for past in state.decisions.values() for row in past.rows)
        return frozenset[str]().union(*(row.numbers for row in rows))

    def committees(self) -> list[str]:
        """Return the codes of the committees of which something is imported."""
        own = history_stream("")
        return [s.removesuffix(own) for s in self.record.streams() if s.endswith(own)]

    def ground(self, code: str) -> Ground:
        """Return what the imported record alone would be ground for, had it been adopted."""
        ground, sides = Ground(), Committee.parse(code).sides
        for past in self._load(code).decisions.values():
            for number, row in past.items:
                origin = Origin(past.number, number, None, past.on, "imported")
                for fact in history.facts_of(row, sides):
                    ground.take(fact, origin)
        return ground

    def _load(self, code: str) -> HistoryState:
        return self.record.fold(history_stream(code), evolve) or HistoryState(code)

    def _import(
        self, code: str, rows: Sequence[Incoming], file: str, at: datetime, *, dry_run: bool
    ) -> tuple[Counts, list[tuple[int, str]]]:
        """Decide on a committee's rows and save; where another writer was first, decide anew."""
        before = {number: past.items for number, past in self._load(code).decisions.items()}
        saved: list[HistoryRecorded] = []
        attempt = 0
        while True:
            attempt += 1
            events, outcome, version = self._decide(code, rows, file, at)
            try:
                for batch in _saves(events):
                    if not dry_run:
                        self.record.append(history_stream(code), version, batch)
                    version += len(batch)
                    saved += batch
            except SomeoneActedFirstError:
                if attempt == ATTEMPTS:
                    raise
            else:
                break
        counts = _counts(before, saved)
        counts.refused = len(outcome.refusals)
        counts.unchanged = len(rows) - counts.taken - counts.refused
        return counts, list(outcome.refusals)

    def _decide(
        self, code: str, rows: Sequence[Incoming], file: str, at: datetime
    ) -> tuple[list[HistoryRecorded], Outcome, int]:
        """Decide on the newest state; a clock that was set back never orders events backwards."""
        state = self._load(code)
        events, outcome = decide_import(state, rows, file, max(at, state.last_at or at))
        return events, outcome, state.version


def read_table(data: bytes, file: str, now: datetime) -> Reading:
    """Read a file's rows; `UnreadableError` names the file that is no such table."""
    try:
        return read_decisions(data, now)
    except UnreadableError as error:
        message = f"{file}: {error}"
        raise UnreadableError(message) from None


def _counts(
    before: dict[str, list[tuple[int, history.Row]]], saved: list[HistoryRecorded]
) -> Counts:
    """Count what was saved; a decision is new when it gets its first item."""
    past = [decision for event in saved for decision in event.decisions]
    decided = {decision.number for decision in past if decision.items}
    extended = {number for number in decided if before.get(number)}
    return Counts(
        taken=sum(len(decision.rows) for decision in past),
        new_decisions=len(decided - extended),
        extended_decisions=len(extended),
        sittings=sum(len(decision.sittings) for decision in past),
    )


def _saves(events: Sequence[HistoryRecorded]) -> Iterator[list[HistoryRecorded]]:
    batch: list[HistoryRecorded] = []
    size = 0
    for event in events:
        weight = len(encode(event))
        if batch and (len(batch) == MAX_EVENTS or size + weight > MAX_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(event)
        size += weight
    if batch:
        yield batch


def _storable(name: str) -> str:
    """Return a file's name with what is no readable text replaced; names can hold any bytes."""
    text = name.encode("utf-8", "replace").decode("utf-8")
    return "".join(c if c.isprintable() else "?" for c in text)[:255]


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
