"""What every engine's tables of views offer, and what is the same on each.

Each view has a position: the last event whose rows it holds. A batch moves it from where the
follower found it, in one transaction with the rows, so that each event counts exactly once, however
many follow at the same time.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

import msgspec

from projections.view import KEY, View

PAGE = 1000
REPLACED = "(replaced)"
"""Stands among the views' positions: how often rows were put in the place of others."""
_ENCODER = msgspec.json.Encoder()


class Standing(NamedTuple):
    """What a view holds at one moment: how many rows, their digest, and up to which event."""

    rows: int
    digest: str
    position: int


class Reached(NamedTuple):
    """How far views can be read: up to which event, and how often one of them was put right."""

    position: int
    replaced: int


class Question(NamedTuple):
    """Which rows, in which order, and which part of the answer.

    `where` and `order` are SQL of ours, with a question mark for each value.
    """

    where: str = ""
    values: Sequence[Any] = ()
    order: str = ""
    limit: int | None = None
    offset: int = 0


class Tables(ABC):
    """The tables of some views, beside the events or apart."""

    views: tuple[View, ...]
    contains: ClassVar[str]
    """The engine's function of a column and a value: where in the text it begins, 0 nowhere."""

    @abstractmethod
    def kept_positions(self) -> dict[str, int]:
        """Return each view's position by its name, and how often one was put right, as REPLACED."""

    @abstractmethod
    def add(
        self, rows: Mapping[View, Sequence[tuple[Any, ...]]], before: int, reached: int
    ) -> bool:
        """Add a batch's rows and move their views' positions, all or none.

        False, and nothing is done, if a view is no longer at `before`: another follower was first.
        """

    @abstractmethod
    def select(
        self,
        view: View,
        where: str = "",
        values: Sequence[Any] = (),
        order: str = "",
        limit: int | None = None,
    ) -> Iterator[tuple[Any, ...]]:
        """Yield a view's rows (its columns, without the key), in the order of the events.

        `where` is SQL with a question mark for each value; `limit` null: all that fit.
        """

    @abstractmethod
    def grouped(
        self, view: View, by: Sequence[str], shown: Sequence[str], question: Question
    ) -> list[tuple[Any, ...]]:
        """Return one row for each group of rows: `by`, then the aggregates `shown`.

        Without `by` there is one group of all rows.
        """

    @abstractmethod
    def standing(self, view: View) -> Standing:
        """Return what a view holds, with a digest that depends on the events alone."""

    @abstractmethod
    def everything(self, view: View) -> Iterator[Sequence[tuple[Any, ...]]]:
        """Yield a view's rows with their keys, in pages, in the order of the keys."""

    @abstractmethod
    def replace(
        self, view: View, position: int, pages: Iterable[Sequence[tuple[Any, ...]]]
    ) -> None:
        """Put rebuilt rows in the place of a view's rows, in one transaction, and count that."""

    @abstractmethod
    def close(self) -> None:
        """Give back the connections."""

    def positions(self) -> dict[str, int]:
        """Return each view's position by its name; 0 for an empty one."""
        found = self.kept_positions()
        return {view.name: found[view.name] for view in self.views}

    def reached(self, views: Iterable[View]) -> Reached:
        """Return how far some of the views can all be read."""
        found = self.kept_positions()
        return Reached(min(found[view.name] for view in views), found.get(REPLACED, 0))

    def position(self, view: View) -> int:
        """Return the position that a view has reached; 0 for an empty one."""
        return self.positions()[view.name]


def digest_of(pages: Iterable[Sequence[tuple[Any, ...]]]) -> tuple[int, str]:
    """Return how many rows there are, and their digest: SHA-256 of their JSON, a line each."""
    found, count = hashlib.sha256(), 0
    for page in pages:
        found.update(_ENCODER.encode_lines(page))
        count += len(page)
    return count, found.hexdigest()


def select_statement(view: View, where: str, order: str, limit: int | None) -> str:
    """Return the statement that reads a view's columns."""
    condition = f" WHERE {where}" if where else ""
    end = "" if limit is None else f" LIMIT {limit:d}"
    names, by = ", ".join(view.columns), order or ", ".join(KEY)
    return f"SELECT {names} FROM {view.name}{condition} ORDER BY {by}{end}"  # noqa: S608


def grouped_statement(
    view: View, by: Sequence[str], shown: Sequence[str], question: Question
) -> str:
    """Return the statement that reads a view's rows in groups."""
    condition = f" WHERE {question.where}" if question.where else ""
    groups = f" GROUP BY {', '.join(by)}" if by else ""
    order = f" ORDER BY {question.order}" if question.order else ""
    page = "" if question.limit is None else f" LIMIT {question.limit:d} OFFSET {question.offset:d}"
    names = ", ".join((*by, *shown))
    return f"SELECT {names} FROM {view.name}{condition}{groups}{order}{page}"  # noqa: S608
