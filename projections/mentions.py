"""Which decision names which: what it corrects, changes, or adopts from the record of the past.

A decision names what it changes by digest and what it corrects by number; both find each other
through the row in which each decision names itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from aggregates.committee.events import DecisionAdopted
from policies import history
from policies.items.corrections import Correction
from policies.items.kind import Item
from policies.items.past import HistoryAdoption
from projections.tables import Tables
from projections.view import Entry, Row, View

COLUMNS = ("committee", "number", "item", "day", "recorded_at", "how", "named", "subject")
ITSELF, CORRECTS, CHANGES, ADOPTS = "itself", "corrects", "changes", "adopts"


def _rows(entry: Entry) -> Iterator[Row]:
    event = entry.event
    if not isinstance(event, DecisionAdopted):
        return
    committee, day = entry.decision.committee, event.adopted_on.isoformat()
    named: list[tuple[int, str, str, str | None]] = [(0, ITSELF, event.decision.digest, None)]
    for count, item in enumerate(entry.decision.items, start=1):
        named += [(count, *found) for found in _named(item, event)]
    for count, how, name, subject in named:
        yield (committee, event.number, count, day, entry.recorded_at, how, name, subject)


MENTIONS = View("mentions", COLUMNS, _rows, (DecisionAdopted,), indexes=(("named",), ("number",)))


def _named(item: Item, event: DecisionAdopted) -> Iterable[tuple[str, str, str | None]]:
    """Yield how an item names another decision, its number or digest, and what about."""
    if isinstance(item, Correction):
        yield CORRECTS, item.decision, item.subject
    previous: str | None = getattr(item, "previous", None)
    if previous is not None:
        yield CHANGES, previous, item.subject
    if isinstance(item, HistoryAdoption):
        for past in history.parse_record(event.annexes[item.record]).decisions:
            yield ADOPTS, past.number, None


class Mention(NamedTuple):
    """One decision that an item of another names, or that names it."""

    number: str
    item: int
    day: str | None
    how: str
    subject: str | None


def later(tables: Tables, number: str, digest: str | None) -> list[Mention]:
    """Return what later named a decision, by its number or digest, in the order of recording."""
    names = (number,) if digest is None else (number, digest)
    marks = ", ".join("?" for _ in names)
    rows = tables.select(MENTIONS, f"named IN ({marks}) AND how <> ?", (*names, ITSELF))
    return _once([Mention(row[1], row[2], row[3], row[5], row[7]) for row in rows])


def earlier(tables: Tables, number: str) -> list[Mention]:
    """Return what a decision corrects or changes; what it adopts is as long as its record."""
    where = "number = ? AND how IN (?, ?)"
    found = []
    for row in tables.select(MENTIONS, where, (number, CORRECTS, CHANGES)):
        what = number_of(tables, row[6]) if row[5] == CHANGES else row[6]
        if what is not None:
            found.append(Mention(what, row[2], None, row[5], row[7]))
    return _once(found)


def number_of(tables: Tables, digest: str) -> str | None:
    """Return the number of the decision with a digest; None if no such decision is signed."""
    rows = tables.select(MENTIONS, "named = ? AND how = ?", (digest, ITSELF), limit=1)
    return next((row[1] for row in rows), None)


def _once(found: list[Mention]) -> list[Mention]:
    """Leave out that an item changes what it corrects anyway."""
    corrected = {(mention.number, mention.item) for mention in found if mention.how == CORRECTS}
    return [m for m in found if m.how != CHANGES or (m.number, m.item) not in corrected]
