"""Serial numbers of this registry: `JP-JPMN-MN008-2024-3-0000000000000001`.

Side, country pair, project, vintage (0000 where the period runs across years), the place of the
issuance among those of its project, and a running number. The format is this registry's own; to
everybody else a serial number is a text. Those of a rehearsal begin with `REHEARSAL-`.
"""

from __future__ import annotations

from dataclasses import dataclass

DIGITS = 16
"""Amounts stay below 2^53, which has 16 digits."""
MARK = "REHEARSAL-"
"""How account and serial numbers of a rehearsal begin."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Running numbers of one series, from first to last; both count."""

    series: int
    first: int
    last: int

    @property
    def size(self) -> int:
        """How many credits it holds."""
        return self.last - self.first + 1


def series_prefix(
    side: str, pair: str, project: str, vintage: int | None, place: int, *, rehearsal: bool
) -> str:
    """Return how the serial numbers of one issuance begin."""
    mark = MARK if rehearsal else ""
    year = f"{vintage or 0:04d}"
    return f"{mark}{side}-{pair.replace('-', '')}-{project}-{year}-{place}-"


def serial(prefix: str, number: int) -> str:
    """Return one serial number."""
    return f"{prefix}{number:0{DIGITS}d}"


def without(span: Span, taken: Span) -> list[Span]:
    """Return what is left of a span when another is taken out."""
    if taken.last < span.first or span.last < taken.first:
        return [span]
    parts = ((span.first, taken.first - 1), (taken.last + 1, span.last))
    return [Span(span.series, first, last) for first, last in parts if first <= last]


def joined(spans: list[Span]) -> list[Span]:
    """Return spans in order, those that touch as one."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and found[-1].last + 1 == span.first:
            found[-1] = Span(span.series, found[-1].first, span.last)
        else:
            found.append(span)
    return found
