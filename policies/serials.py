"""Blocks of serial numbers: opaque texts of a registry, compared as far as that can be done.

No source gives the form of a serial number (jcm-rules, section 7). Numbers that end in digits and
begin alike are counted and compared; of a block whose ends begin otherwise only these are known.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import NamedTuple

_DIGITS = "0123456789"
_NO_NUMBER = -1


class Run(NamedTuple):
    """Serial numbers that begin alike, from the lowest to the highest."""

    begins: str
    low: int
    high: int


class Block(NamedTuple):
    """The first and the last serial number of a block."""

    first: str
    last: str

    @property
    def size(self) -> int | None:
        """How many numbers there are in the block; null where that cannot be told.

        Zero or less where the last one lies before the first.
        """
        first, last = _read(self.first), _read(self.last)
        return last.number - first.number + 1 if first.is_like(last) else None

    @property
    def runs(self) -> tuple[Run, ...]:
        """The numbers that are known to be in the block, whichever end comes first."""
        first, last = _read(self.first), _read(self.last)
        if first.is_like(last):
            low, high = sorted((first.number, last.number))
            return (Run(first.begins, low, high),)
        return tuple(Run(end.begins, end.number, end.number) for end in (first, last))


class Blocks:
    """Blocks by name, and which of them are known to share a number with another.

    Runs are kept by what they begin with and by how long they are (in powers of two), in the order
    of their lowest numbers: of runs so long, few can reach a number from below it. So one long run
    does not make every question about the short ones slow.
    """

    def __init__(self) -> None:
        self._runs: dict[str, dict[int, list[tuple[int, int, str]]]] = {}

    def add(self, block: Block, name: str) -> None:
        """Take a block in."""
        for run in block.runs:
            by_length = self._runs.setdefault(run.begins, {})
            insort(by_length.setdefault(_length(run), []), (run.low, run.high, name))

    def remove(self, block: Block, name: str) -> None:
        """Take a block out that is in."""
        for run in block.runs:
            found = self._runs[run.begins][_length(run)]
            del found[bisect_left(found, (run.low, run.high, name))]

    def sharing(self, block: Block) -> Iterator[str]:
        """Yield the names of the blocks that share a number with this one, each once."""
        told = set[str]()
        for run in block.runs:
            for name in self._reaching(run):
                if name not in told:
                    told.add(name)
                    yield name

    def _reaching(self, run: Run) -> Iterator[str]:
        for length, found in self._runs.get(run.begins, {}).items():
            start = bisect_left(found, (run.low - (1 << length),))
            for place in range(start, len(found)):
                low, high, name = found[place]
                if low > run.high:
                    break
                if high >= run.low:
                    yield name


def _length(run: Run) -> int:
    return (run.high - run.low).bit_length()


class _Serial(NamedTuple):
    """What a serial number begins with, and the number that it ends in."""

    begins: str
    number: int

    def is_like(self, other: _Serial) -> bool:
        """Whether one can be counted from the other."""
        ends = (self.number == _NO_NUMBER, other.number == _NO_NUMBER)
        return self.begins == other.begins and ends[0] == ends[1]


def _read(serial: str) -> _Serial:
    begins = serial.rstrip(_DIGITS)
    digits = serial[len(begins) :]
    return _Serial(begins, int(digits) if digits else _NO_NUMBER)
