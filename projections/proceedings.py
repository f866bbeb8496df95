"""What a committee did, day by day: meetings, decisions with their texts, and their items.

Signed, adopted and merely imported stand apart by their basis. Entries follow from the sealed
envelopes alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec

from aggregates.committee.events import DecisionAdopted, MeetingConvened
from aggregates.history.events import HistoryRecorded
from policies import history
from policies.calendar import timestamp
from policies.history import HistoricalDecision
from policies.items.past import HistoryAdoption
from policies.items.rules import RulesAdoption, RulesRevision
from policies.proof.reading import read_recorded
from policies.proof.statements import (
    Adoption,
    AtMeeting,
    ByElectronicMeans,
    Decision,
    Distribution,
    OfConvening,
)
from projections.decision_log import item_entry
from projections.view import Entry, Row, View

COLUMNS = (
    *("committee", "number", "item", "day", "recorded_at", "basis"),
    *("what", "procedure", "entry"),
)
CONVENING, SITTING, DECISION, ITEM = "convening", "sitting", "decision", "item"
ORDER = "day NULLS FIRST, committee, number, basis, item, version, part"
"""Undated first, then by day; the rows of one decision together."""
_ENCODER = msgspec.json.Encoder()


class Proceeding(NamedTuple):
    """One row: a convening, a sitting of the past, a decision's text, or an item.

    `item` is 0 for all but items, `day` null for what is undated.
    """

    committee: str
    number: str
    item: int
    day: str | None
    recorded_at: str
    basis: str
    what: str
    procedure: str | None
    entry: dict[str, Any]

    @property
    def year(self) -> int | None:
        """The year of the day."""
        return None if self.day is None else int(self.day[:4])


def _rows(entry: Entry) -> Iterator[Row]:
    match entry.event:
        case MeetingConvened() as convened:
            yield from _convening(entry, convened)
        case DecisionAdopted() as adopted:
            yield from _adopted(entry, adopted)
        case HistoryRecorded() as recorded:
            yield from _past(entry, recorded.decisions, "imported")


PROCEEDINGS = View(
    "proceedings", COLUMNS, _rows, (MeetingConvened, DecisionAdopted, HistoryRecorded)
)


def condition(committee: str | None, known_at: datetime | None) -> tuple[str, list[str]]:
    """Return the condition for one committee, or what was known at an instant, with its values."""
    wanted = {
        "committee = ?": committee,
        "recorded_at <= ?": None if known_at is None else timestamp(known_at),
    }
    values = [value for value in wanted.values() if value is not None]
    return " AND ".join(c for c, value in wanted.items() if value is not None), values


def proceedings_of(rows: Iterable[Sequence[Any]]) -> list[Proceeding]:
    """Read rows of COLUMNS; what a committee has adopted replaces what was merely imported."""
    found = list(rows)
    adopted = {_identity(row) for row in found if row[5] == "adopted"}
    decode = msgspec.json.Decoder(dict[str, Any]).decode
    return [
        Proceeding._make((*row[:8], decode(row[8])))
        for row in found
        if row[5] != "imported" or _identity(row) not in adopted
    ]


def _identity(row: Sequence[Any]) -> tuple[Any, ...]:
    """Return what makes two rows of the past the same; a sitting has no number of its own."""
    return (row[0], row[1], row[2], row[6], row[8] if row[6] == SITTING else None)


def _convening(entry: Entry, event: MeetingConvened) -> Iterator[Row]:
    sent = read_recorded(event.envelope, Distribution)
    if isinstance(sent.what, OfConvening):
        what = {"meeting": sent.what.meeting, "sent_at": timestamp(sent.at)}
        place = _Place(entry, sent.what.meeting, sent.what.date, "signed", "meeting")
        yield place.row(CONVENING, what)


def _adopted(entry: Entry, event: DecisionAdopted) -> Iterator[Row]:
    decision = entry.decision
    procedure = "meeting" if isinstance(decision.procedure, AtMeeting) else "electronic"
    place = _Place(entry, event.number, event.adopted_on, "signed", procedure)
    yield place.row(DECISION, _text(decision, event))
    for number, item in enumerate(decision.items, start=1):
        yield place.row(ITEM, item_entry(item), number)
        if isinstance(item, HistoryAdoption):
            record = history.parse_record(event.annexes[item.record])
            yield from _past(entry, record.decisions, "adopted")


def _text(decision: Decision, event: DecisionAdopted) -> dict[str, Any]:
    """Return the decision as a whole: its words, its days, who signed it, under which rules."""
    return {
        "digest": event.decision.digest,
        "text": dict(decision.text),
        **_procedure(decision.procedure),
        "path": read_recorded(event.adoption, Adoption).path,
        "rulebook": {"version": decision.rulebook.version, "digest": decision.rulebook.digest},
        "signers": [{"side": s.side, "name": s.name, "role": s.role} for s in event.signers],
        "takes_force": [
            {"version": item.rulebook.version, "digest": item.rulebook.digest}
            for item in decision.items
            if isinstance(item, RulesAdoption | RulesRevision) and item.rulebook is not None
        ],
    }


def _procedure(procedure: AtMeeting | ByElectronicMeans) -> dict[str, str | None]:
    if isinstance(procedure, AtMeeting):
        day = procedure.date.isoformat()
        return {"meeting": procedure.meeting, "opened": day, "closes": None}
    opened, closes = procedure.distributed.isoformat(), procedure.closes.isoformat()
    return {"meeting": None, "opened": opened, "closes": closes}


def _past(entry: Entry, decisions: Iterable[HistoricalDecision], basis: str) -> Iterator[Row]:
    for past in decisions:
        sat = _Place(entry, past.number, past.on, basis, "meeting")
        for row in past.sittings:
            what = {"meeting": row.subject_title or row.subject_id, "source": row.source}
            yield sat.row(SITTING, what)
        decided = _Place(entry, past.number, past.on, basis, past.procedure)
        for number, row in past.items:
            yield decided.row(ITEM, history.log_item(row), number)


class _Place(NamedTuple):
    """Where rows stand: the event, the decision or meeting, its day, basis and procedure."""

    entry: Entry
    number: str
    on: date | None
    basis: str
    procedure: str

    def row(self, what: str, said: dict[str, Any], item: int = 0) -> Row:
        """Return a row of COLUMNS."""
        return (
            self.entry.recorded.originator_id.partition("/")[0],
            self.number,
            item,
            None if self.on is None else self.on.isoformat(),
            self.entry.recorded_at,
            self.basis,
            what,
            self.procedure,
            _ENCODER.encode(said).decode("utf-8"),
        )
