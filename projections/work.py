"""Who validated each project and verified each amount, as the items of decisions say.

One row for each registration and issuance, also where the record does not say who did the work:
what is not said is null, and whoever asks is told so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple

import msgspec

from aggregates.committee.events import DecisionAdopted
from aggregates.history.events import HistoryRecorded
from policies import history
from policies.history import HistoricalDecision, Row
from policies.items import Item
from policies.items.issuance import Issuance
from policies.items.past import HistoryAdoption
from policies.items.projects import Registration
from policies.subjects import Basis, Origin
from projections.view import Entry, View
from projections.view import Row as ViewRow

COLUMNS = ("committee", "decision", "item", "adopted_on", "recorded_at", "basis", "work")
_VALIDATED, _VERIFIED = "project_registration", "issuance"


class Work(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The work on which one item rests; `quantity` is what the whole report verified, in tCO2e."""

    work: Literal["validation", "verification"]
    project: str | None
    title: str
    entity: str | None = None
    report: str | None = None
    on: date | None = None
    quantity: int | None = None


class Done(NamedTuple):
    """Work, and the item of a decision that rests on it."""

    work: Work
    origin: Origin


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Work)


def _rows(entry: Entry) -> Iterator[ViewRow]:
    event = entry.event
    if isinstance(event, HistoryRecorded):
        yield from _past(entry, event.decisions, "imported")
    if not isinstance(event, DecisionAdopted):
        return
    day = event.adopted_on
    for number, item in enumerate(entry.decision.items, start=1):
        work = _of_item(item)
        if work is not None:
            yield _row(entry, Origin(event.number, number, None, day, "signed"), work)
        if isinstance(item, HistoryAdoption):
            record = history.parse_record(event.annexes[item.record])
            yield from _past(entry, record.decisions, "adopted")


WORK = View("work", COLUMNS, _rows, (DecisionAdopted, HistoryRecorded))


def done_of(rows: Iterable[Sequence[Any]]) -> list[Done]:
    """Read rows of COLUMNS; what a committee has adopted replaces what was merely imported."""
    found = list(rows)
    adopted = {(row[1], row[2]) for row in found if row[5] == "adopted"}
    return [
        Done(_DECODER.decode(row[6]), Origin(row[1], row[2], None, _day(row[3]), row[5]))
        for row in found
        if row[5] != "imported" or (row[1], row[2]) not in adopted
    ]


def _of_item(item: Item) -> Work | None:
    if isinstance(item, Registration):
        known = item.validation
        plain = Work(work="validation", project=item.number, title=item.title)
        if known is None:
            return plain
        return msgspec.structs.replace(plain, entity=known.entity, report=known.report, on=known.on)
    if isinstance(item, Issuance):
        verified = item.verification
        plain = Work(work="verification", project=item.project, title=item.title)
        if verified is None:
            return plain
        return msgspec.structs.replace(
            plain,
            entity=verified.entity,
            report=verified.report,
            on=verified.on,
            quantity=verified.quantity,
        )
    return None


def _of_row(row: Row) -> Work | None:
    """Published lists of decisions do not say who validated or verified."""
    if row.decision_type == _VALIDATED:
        return Work(work="validation", project=row.subject, title=row.subject_title)
    if row.decision_type == _VERIFIED:
        return Work(work="verification", project=row.subject, title=row.subject_title)
    return None


def _past(entry: Entry, decisions: Iterable[HistoricalDecision], basis: Basis) -> Iterator[ViewRow]:
    for past in decisions:
        for number, row in past.items:
            work = _of_row(row)
            if work is not None:
                yield _row(entry, Origin(past.number, number, None, past.on, basis), work)


def _row(entry: Entry, origin: Origin, work: Work) -> ViewRow:
    return (
        entry.recorded.originator_id.partition("/")[0],
        origin.decision,
        origin.item,
        None if origin.on is None else origin.on.isoformat(),
        entry.recorded_at,
        origin.basis,
        _ENCODER.encode(work).decode("utf-8"),
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
