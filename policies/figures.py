"""What a rulebook is made of: parts, and in them figures that each name their source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Generic, Literal, TypeVar

import msgspec

T = TypeVar("T")
Verdict = Literal["refuse", "warn"]


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A piece of a rulebook."""


class Figure(Part, Generic[T], frozen=True, kw_only=True):
    """A value with the source that it is taken from, and whether that source is primary."""

    value: T
    source: str
    status: Literal["confirmed", "unconfirmed"]
    note: str | None = None


def figures(part: Part, place: str = "") -> Iterator[tuple[str, Figure[Any]]]:
    """Yield every figure below a part with its place, such as ``decisions.electronic_…``."""
    for name in part.__struct_fields__:
        member = getattr(part, name)
        if isinstance(member, Figure):
            yield f"{place}{name}", member
        elif isinstance(member, Part):
            yield from figures(member, f"{place}{name}.")
