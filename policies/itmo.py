"""ITMO identifiers: read, held against each other, and counted.

`CA0001-MNG01-MNG-1-2024`: the cooperative approach, a Party's ITMO registry, the first transferring
Party, a serial number, and the vintage (6/CMA.4, annex I, paragraph 5, as a public checker of the
agreed electronic format reads it). Commas in the serial number, which that checker bears, are
neither taken nor written here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from policies.refusals import UnreadableError
from policies.serials import Block

IDENTIFIER = r"\ACA[0-9]{4}-[A-Z]{3}[0-9]{2}-[A-Z]{3}-[1-9][0-9]{0,15}-[0-9]{4}\Z"
"""The form of an identifier; a serial number of more than 16 digits is none of ours."""
_FORM = re.compile(IDENTIFIER)


class Itmo(NamedTuple):
    """One internationally transferred mitigation outcome: one tonne of CO2 equivalent."""

    approach: str
    registry: str
    party: str
    serial: int
    vintage: int

    @classmethod
    def parse(cls, text: str) -> Itmo:
        """Read an identifier; raise `UnreadableError` for anything else."""
        if _FORM.search(text) is None:
            message = (
                f"{text!r} is no ITMO identifier; one is as CA0001-MNG01-MNG-1-2024, without commas"
            )
            raise UnreadableError(message)
        approach, registry, party, serial, vintage = text.split("-")
        return cls(approach, registry, party, int(serial), int(vintage))

    def __str__(self) -> str:
        parts = (self.approach, self.registry, self.party, self.serial, f"{self.vintage:04}")
        return "-".join(map(str, parts))

    @property
    def serial_last(self) -> str:
        """The identifier with its serial number at the end, as blocks are counted and compared."""
        parts = (self.approach, self.registry, self.party, f"{self.vintage:04}", self.serial)
        return "-".join(map(str, parts))


class Range(NamedTuple):
    """The first and the last identifier of consecutive ones; both are in it."""

    first: Itmo
    last: Itmo

    @classmethod
    def parse(cls, first: str, last: str) -> Range:
        """Read both ends; raise `UnreadableError`."""
        return cls(Itmo.parse(first), Itmo.parse(last))

    @property
    def size(self) -> int:
        """How many identifiers there are; none or fewer where the last lies before the first."""
        return self.last.serial - self.first.serial + 1

    @property
    def block(self) -> Block:
        """The range as a block of serial numbers, in which two that overlap are found."""
        return Block(self.first.serial_last, self.last.serial_last)

    def faults(self, quantity: int) -> Iterator[str]:
        """Yield why this is no range of so many identifiers: only the serial numbers differ."""
        same = self.first._replace(serial=self.last.serial)
        if same != self.last:
            yield f"{self.first} and {self.last} differ in more than their serial numbers"
        elif self.size < 1:
            yield f"{self.last} lies before {self.first}"
        elif self.size != quantity:
            yield f"{self.first} to {self.last} are {self.size:,} ITMOs, not {quantity:,}"
