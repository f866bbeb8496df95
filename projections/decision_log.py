"""The public decision log: one row an item, signed and historical plainly apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

import msgspec

from aggregates.committee.events import DecisionAdopted
from aggregates.history.events import HistoryRecorded
from policies import history
from policies.calendar import timestamp
from policies.items.kind import Item
from policies.proof.statements import AtMeeting
from policies.refusals import NotFoundError
from projections.view import Entry, Row, View

COLUMNS = (
    "committee",
    "number",
    "item",
    "kind",
    "adopted_on",
    "recorded_at",
    "status",
    "procedure",
    "rulebook",
    "signers",
    "entry",
)


def _rows(entry: Entry) -> Iterable[Row]:
    if isinstance(entry.event, DecisionAdopted):
        return _signed(entry, entry.event)
    if isinstance(entry.event, HistoryRecorded):
        return _historical(entry, entry.event)
    return ()


DECISION_LOG = View("decision_log", COLUMNS, _rows, (DecisionAdopted, HistoryRecorded))


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which decisions a reader asks for; `as_of` is a day, `known_at` an instant."""

    committee: str | None = None
    kind: str | None = None
    as_of: date | None = None
    known_at: datetime | None = None

    @property
    def where(self) -> tuple[str, list[str]]:
        """The condition, with named-style parameters in order."""
        wanted = {
            "committee = ?": self.committee,
            "adopted_on <= ?": None if self.as_of is None else self.as_of.isoformat(),
            "recorded_at <= ?": None if self.known_at is None else timestamp(self.known_at),
        }
        conditions = [condition for condition, value in wanted.items() if value is not None]
        values = [value for value in wanted.values() if value is not None]
        return " AND ".join(conditions), values


def entries(rows: Iterable[Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """Yield decisions from rows in the order of date, committee, number, item; undated first.

    A row is COLUMNS; the shape is that of ``jcgov log --json``.
    """
    for (_on, _committee, _number), found in groupby(
        rows, key=lambda row: (row[4], row[0], row[1])
    ):
        group = list(found)
        committee, number, _item, _kind, on, _at, status, procedure, rulebook, signers, _ = group[0]
        yield {
            "number": number,
            "committee": committee,
            "adopted_on": on,
            "recorded_at": min(row[5] for row in group),
            "status": status,
            "procedure": procedure,
            "rulebook": rulebook,
            "signers": msgspec.json.decode(signers),
            "items": [msgspec.json.decode(row[10]) for row in group],
        }


def item_entry(item: Item) -> dict[str, Any]:
    """Return a signed item as the public log shows it; its source is its decision."""
    return {
        "kind": item.kind,
        "subject": item.subject,
        "title": item.title,
        "outcome": item.conclusion,
        **item.log_entry,
        "source": None,
    }


def _signed(entry: Entry, event: DecisionAdopted) -> Iterator[Row]:
    decision = entry.decision
    procedure = "meeting" if isinstance(decision.procedure, AtMeeting) else "electronic"
    signers = _json([{"side": s.side, "name": s.name, "role": s.role} for s in event.signers])
    for number, item in enumerate(decision.items, start=1):
        yield (
            decision.committee,
            event.number,
            number,
            item.kind,
            event.adopted_on.isoformat(),
            entry.recorded_at,
            "signed",
            procedure,
            decision.rulebook.version,
            signers,
            _json(item_entry(item)),
        )


def _historical(entry: Entry, event: HistoryRecorded) -> Iterator[Row]:
    for past in event.decisions:
        for number, row in past.items:
            yield (
                event.committee,
                past.number,
                number,
                row.decision_type,
                None if past.on is None else past.on.isoformat(),
                entry.recorded_at,
                "historical",
                past.procedure,
                None,
                "[]",
                _json(history.log_item(row)),
            )


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode("utf-8")


def adopted_number(
    rows: Iterable[Sequence[Any]], name: str, committee: str | None
) -> tuple[str, str]:
    """Return the committee and full number of the one signed decision that a name fits.

    A name is the full number, or its last digits while only one decision fits. Raises
    `NotFoundError` with the candidates.
    """
    known = {(row[0], row[1]) for row in rows if row[6] == "signed"}
    if committee is not None:
        known = {(code, number) for code, number in known if code == committee}
    if name.isascii() and name.isdigit():
        fitting = sorted(k for k in known if int(k[1].rsplit("/", 1)[1]) == int(name))
    else:
        fitting = sorted(k for k in known if k[1] == name)
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        message = f"{name} fits {', '.join(number for _, number in fitting)}; give the full number"
    else:
        message = f"no signed decision has the number {name}; see: jcgov log"
    raise NotFoundError(message)
