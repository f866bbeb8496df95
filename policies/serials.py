"""Blocks of serial numbers: opaque texts of a registry, compared as far as that can be done.

No source gives the form of a serial number (jcm-rules, section 7). Numbers that end in digits and
begin alike are counted and compared; of others only equal ones are known to be the same.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_FORM = re.compile(r"(.*?)([0-9]{1,18})", re.DOTALL)


class Block(NamedTuple):
    """The first and the last serial number of a block."""

    first: str
    last: str

    @property
    def size(self) -> int | None:
        """How many numbers there are in the block; null where that cannot be told.

        Zero or less where the last one lies before the first.
        """
        begins, ends = _read(self.first), _read(self.last)
        if begins is None or ends is None or begins[0] != ends[0]:
            return 1 if self.first == self.last else None
        return ends[1] - begins[1] + 1

    def overlaps(self, other: Block) -> bool:
        """Whether two blocks are known to share a number."""
        if {self.first, self.last} & {other.first, other.last}:
            return True
        read = [_read(serial) for serial in (*self, *other)]
        if any(found is None for found in read) or len({found[0] for found in read if found}) != 1:
            return False
        begins, ends, others_begin, others_end = (found[1] for found in read if found)
        return begins <= others_end and others_begin <= ends


def _read(serial: str) -> tuple[str, int] | None:
    """Return what a serial number begins with, and the number it ends in."""
    found = _FORM.fullmatch(serial)
    return None if found is None else (found[1], int(found[2]))
