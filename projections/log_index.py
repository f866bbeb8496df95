"""An index of the public decision log: one narrow row for each decision that an event brought.

Pages, filters and figures are found in it; what a page shows is read at the places it names. A
decision of the past that was extended has a row for each event, the first of which begins it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from projections.decision_log import DECISION_LOG
from projections.view import Entry, Row, View

COLUMNS = ("committee", "number", "begins", "day", "recorded_at", "status", "kinds")
ORDER = ("day", "recorded_at", "number")


def _rows(entry: Entry) -> Iterator[Row]:
    for (committee, number), found in groupby(DECISION_LOG.rows(entry), key=itemgetter(0, 1)):
        rows = list(found)
        kinds = dict.fromkeys(str(row[3]) for row in rows)
        day, recorded_at, status = rows[0][4:7]
        begins = int(rows[0][2] == 1)
        yield (committee, number, begins, day or "", recorded_at, status, joined(kinds))


LOG_INDEX = View(
    "log_index",
    COLUMNS,
    _rows,
    DECISION_LOG.events,
    integers=frozenset({"begins"}),
    indexes=(ORDER, ("committee", *ORDER), ("number",)),
)
"""The day of what is undated is an empty text, so that it is last in every engine."""


def joined(kinds: Iterable[str]) -> str:
    """Return kinds as the index holds them: each between bars."""
    return f"|{'|'.join(kinds)}|"
