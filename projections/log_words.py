"""The words of each decision of the public log, folded, so that the database can look for them.

The same words that ``jcgov search`` looks for in decisions: numbers, titles, texts, signers.
"""

from __future__ import annotations

from collections.abc import Iterator

from aggregates.committee.events import DecisionAdopted
from aggregates.history.events import HistoryRecorded
from projections.folding import Words
from projections.proceedings import DECISION, ITEM, PROCEEDINGS, proceedings_of
from projections.search import findable_decisions
from projections.view import Entry, Row, View

COLUMNS = ("number", "words")


def _rows(entry: Entry) -> Iterator[Row]:
    rows = PROCEEDINGS.rows(entry)
    # The past that a decision adopts is found by the words of its own rows, when it was imported.
    own = [row for row in rows if row[5] != "adopted" and row[6] in (DECISION, ITEM)]
    for found in findable_decisions(proceedings_of(own)):
        yield (found.number, f" {found.folded}")


LOG_WORDS = View("log_words", COLUMNS, _rows, (DecisionAdopted, HistoryRecorded))


def having(words: Words, contains: str) -> tuple[str, list[str]]:
    """Return the condition on `number` that every word is in the decision, with its values.

    `contains` is the engine's function that looks for a text in a column.
    """
    one = f"number IN (SELECT number FROM {LOG_WORDS.name} WHERE {contains}(words, ?) > 0)"  # noqa: S608
    return " AND ".join(one for _ in words.marks), list(words.marks)
