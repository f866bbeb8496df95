"""The public decision log page by page, newest first, found in the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple

from policies.refusals import NotFoundError
from policies.texts import written_out
from projections import log_index, log_words
from projections.decision_log import DECISION_LOG
from projections.folding import Words
from projections.log_index import LOG_INDEX, joined
from projections.log_reading import ORDER, entries
from projections.streams import OF_COMMITTEE, streams_of
from projections.tables import Question, Tables

Status = Literal["signed", "historical"]
NEWEST = ", ".join(f"{column} DESC" for column in log_index.ORDER)
"""The last day first, undated last; of one day what was recorded last; then the higher number."""


@dataclass(frozen=True, slots=True)
class LogQuestion:
    """Which decisions: each that has every word, and an item of the kind; days count inclusively.

    As of a day: what had been adopted by then. `words` null: whatever they say.
    """

    committee: str | None = None
    words: Words | None = None
    kind: str | None = None
    status: Status | None = None
    begins: date | None = None
    ends: date | None = None
    as_of: date | None = None

    def where(self, contains: str) -> tuple[str, list[str]]:
        """Return the condition on a row of the index that begins a decision, with its values.

        `contains` is the engine's function that looks for a text in a column.
        """
        until = min((day for day in (self.ends, self.as_of) if day is not None), default=None)
        wanted: dict[str, str | None] = {
            "committee = ?": self.committee,
            "status = ?": self.status,
            "day >= ?": None if self.begins is None else self.begins.isoformat(),
            "day <= ?": None if until is None else until.isoformat(),
            _OF_KIND.format(contains): None if self.kind is None else joined([self.kind]),
        }
        conditions = [condition for condition, value in wanted.items() if value is not None]
        values = [value for value in wanted.values() if value is not None]
        if self.dated:
            conditions.append("day <> ''")
        if self.words is not None:
            condition, marks = log_words.having(self.words, contains)
            conditions.append(condition)
            values += marks
        return " AND ".join(["begins = 1", *conditions]), values

    @property
    def dated(self) -> bool:
        """Whether what has no day cannot fit."""
        return (self.begins, self.ends, self.as_of) != (None, None, None)


class LogPage(NamedTuple):
    """One page of the log: how many decisions fit in all, and those of the page, newest first."""

    found: int
    decisions: list[dict[str, Any]]


def log_page(tables: Tables, wanted: LogQuestion, page: int, size: int) -> LogPage:
    """Return the page of a number, from 1; one beyond the last has no decisions."""
    where, values = wanted.where(tables.contains)
    question = Question(where, values, NEWEST, size, (page - 1) * size)
    if wanted.words is None:
        numbers = [row[0] for row in tables.grouped(LOG_INDEX, (), ("number",), question)]
        return LogPage(_count(tables, wanted), _decisions(tables, numbers))
    # Words are looked for in every text: once, and counted on the way.
    found = tables.grouped(LOG_INDEX, (), ("number", "count(*) OVER ()"), question)
    count = found[0][1] if found else _count(tables, wanted)
    return LogPage(count, _decisions(tables, [row[0] for row in found]))


def kinds(tables: Tables, committee: str | None) -> list[str]:
    """Return every kind of item that occurs."""
    where, values = ("", []) if committee is None else (OF_COMMITTEE, streams_of(committee))
    question = Question(where, values)
    found = tables.grouped(LOG_INDEX, ("kinds",), (), question)
    return sorted({kind for (all_of_it,) in found for kind in all_of_it.strip("|").split("|")})


class LogFigures(NamedTuple):
    """How many decisions of one committee there are, by status, and the last day of one."""

    signed: int
    historical: int
    last: str | None


def figures(tables: Tables, committee: str) -> LogFigures:
    """Return a committee's figures."""
    question = Question(f"{OF_COMMITTEE} AND begins = 1", streams_of(committee))
    rows = tables.grouped(LOG_INDEX, ("status",), ("count(*)", "max(day)"), question)
    count = {status: found for status, found, _last in rows}
    last = max((day for _status, _found, day in rows), default="")
    return LogFigures(count.get("signed", 0), count.get("historical", 0), last or None)


def _count(tables: Tables, wanted: LogQuestion) -> int:
    ((found,),) = tables.grouped(
        LOG_INDEX, (), ("count(*)",), Question(*wanted.where(tables.contains))
    )
    return int(found)


def _decisions(tables: Tables, numbers: Sequence[str]) -> list[dict[str, Any]]:
    """Return decisions whole, in the order of the numbers."""
    if not numbers:
        return []
    of_numbers = Question(f"number IN ({', '.join('?' for _ in numbers)})", numbers)
    places = tables.grouped(LOG_INDEX, (), ("stream", "version", "number"), of_numbers)
    if not places:
        return []
    where = " OR ".join("(stream = ? AND version = ? AND number = ?)" for _ in places)
    values = [value for place in places for value in place]
    found = {e["number"]: e for e in entries(tables.select(DECISION_LOG, where, values, ORDER))}
    return [found[number] for number in numbers if number in found]


_OF_KIND = f"number IN (SELECT number FROM {LOG_INDEX.name} WHERE {{}}(kinds, ?) > 0)"  # noqa: S608


class Place(NamedTuple):
    """Where the event that begins a decision stands."""

    stream: str
    version: int


def decision(tables: Tables, number: str) -> tuple[dict[str, Any], Place]:
    """Return a decision as the log has it, and its place.

    Raises `NotFoundError` if none has that number.
    """
    found = _decisions(tables, [number]) if number.isprintable() else []
    if not found:
        message = f"no decision has the number {written_out(number)[:200]}"
        raise NotFoundError(message)
    begins = Question("number = ? AND begins = 1", [number])
    (place,) = tables.grouped(LOG_INDEX, (), ("stream", "version"), begins)
    return found[0], Place(*place)


def also_recorded(tables: Tables, entry: Mapping[str, Any]) -> list[str]:
    """Return the decisions of the other standing that say the same of the same, by number.

    The same: of that committee and day, with items of the same kinds and subjects, all named. An
    undated decision, or one with an item that has no subject, is never the same as another.
    """
    said = _said(entry)
    if not entry["adopted_on"] or said is None:
        return []
    where = "committee = ? AND day = ? AND status <> ? AND begins = 1"
    values = (entry["committee"], entry["adopted_on"], entry["status"])
    question = Question(where, values, "number", _MOST_OF_A_DAY)
    found = tables.grouped(LOG_INDEX, ("number",), (), question)
    others = _decisions(tables, [number for (number,) in found])
    return [str(other["number"]) for other in others if _said(other) == said]


_MOST_OF_A_DAY = 50


def _said(entry: Mapping[str, Any]) -> list[tuple[str, str]] | None:
    """Return the kind and subject of each item, sorted; null where one has no subject."""
    items = [(str(item["kind"]), item["subject"]) for item in entry["items"]]
    return sorted(items) if items and all(subject for _kind, subject in items) else None
