"""A register folded once and carried on: what is recorded later is taken by the fold that stands.

Signed rows that follow those that were taken are taken alone. Where others come, as when a record
of the past is imported or adopted, all is folded anew. A fold never changes: carried on, it is
another one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from aggregates.history.events import history_stream
from policies.ground import Ground
from policies.sides import Committee
from projections.log_reading import LogFilter
from projections.registers import COLUMNS, ORDER, REGISTERS, entries, ground_of
from projections.tables import Question, Tables
from projections.view import KEY

_DAY, _BASIS = COLUMNS.index("adopted_on"), COLUMNS.index("basis")

Keyed = Sequence[Any]
"""A row of a register with its key before its columns."""


@dataclass(frozen=True)
class RegisterFold:
    """A committee's register, of the rows that a filter of this committee lets through.

    `ground` has what counts: of credits nothing that was merely imported; `whole` has that too.
    """

    name: str
    committee: Committee
    wanted: LogFilter
    ground: Ground = field(repr=False)
    whole: Ground = field(repr=False)
    versions: dict[str, int]
    """The version of each stream up to which its rows are taken."""
    last: tuple[Any, ...] | None
    """The day and the key of the last signed row: later ones can be taken without the earlier."""

    @classmethod
    def of(cls, tables: Tables, name: str, wanted: LogFilter) -> RegisterFold:
        """Fold a register of the committee that a filter names, from its first row."""
        committee = Committee.parse(str(wanted.committee))
        streams = (committee.code, history_stream(committee.code))
        versions = dict.fromkeys(streams, 0)
        rows = _rows(tables, name, wanted, versions)
        plain = [row[len(KEY) :] for row in rows]
        counts_all = name != "credits"
        ground = ground_of(plain, imported=counts_all, as_of=wanted.as_of)
        whole = ground if counts_all else ground_of(plain)
        signed = [row for row in rows if _is_signed(row)]
        last = _place(signed[-1]) if signed else None
        return cls(name, committee, wanted, ground, whole, _reached(versions, rows), last)

    def carried_on(self, tables: Tables) -> RegisterFold:
        """Return the register with what its view has gained since; itself if that is nothing."""
        rows = _rows(tables, self.name, self.wanted, self.versions)
        if not rows:
            return self
        if not all(map(_is_signed, rows)) or (self.last and _place(rows[0]) < self.last):
            return RegisterFold.of(tables, self.name, self.wanted)
        plain = [row[len(KEY) :] for row in rows]
        ground = ground_of(plain, as_of=self.wanted.as_of, onto=self.ground.branch())
        counts_all = self.whole is self.ground
        return replace(
            self,
            ground=ground,
            whole=ground if counts_all else ground_of(plain, onto=self.whole.branch()),
            versions=_reached(self.versions, rows),
            last=_place(rows[-1]),
        )

    @cached_property
    def entries(self) -> list[dict[str, Any]]:
        """The register in the shape of ``jcgov register … --json``; nobody changes it."""
        return entries(self.name, self.ground, self.committee, self.wanted.as_of)

    @property
    def left_out(self) -> int:
        """How many merely imported entries credits leave out."""
        more = len(self.whole.credits) - len(self.ground.credits)
        return more * len(self.committee.sides)


def _rows(tables: Tables, name: str, wanted: LogFilter, versions: dict[str, int]) -> list[Keyed]:
    """Return the rows beyond versions of a committee's streams, in the order of folding."""
    newer = " OR ".join("(stream = ? AND version > ?)" for _ in versions)
    where, values = replace(wanted, committee=None).where
    conditions = " AND ".join([f"({newer})", *([where] if where else [])])
    after = [value for place in versions.items() for value in place]
    question = Question(conditions, [*after, *values], ORDER)
    return list(tables.grouped(REGISTERS[name], (), (*KEY, *COLUMNS), question))


def _is_signed(row: Keyed) -> bool:
    return bool(row[len(KEY) + _BASIS] == "signed")


def _place(row: Keyed) -> tuple[Any, ...]:
    """Return the day of a signed row, which always has one, and its key."""
    return (row[len(KEY) + _DAY], *row[: len(KEY)])


def _reached(versions: dict[str, int], rows: Sequence[Keyed]) -> dict[str, int]:
    found = dict(versions)
    for stream, version, *_rest in rows:
        found[stream] = max(found[stream], version)
    return found
