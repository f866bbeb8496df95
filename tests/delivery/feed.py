"""A feed that says what it is told, with the entries that the real one has."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ToldEntry:
    """An event of a side and a committee."""

    sequence: int
    side: str = "JP"
    committee: str = "JP-MN"
    type: str = "org.jcm.issuance.decided.v1"

    @property
    def id(self) -> str:
        """The event's id."""
        return f"{self.committee}/2026/{self.sequence}#1/{self.side}/{self.type}"

    def to_bytes(self) -> bytes:
        """The event's bytes."""
        return json.dumps({"id": self.id, "sequence": f"{self.sequence:016}"}).encode()


@dataclass
class ToldFeed:
    """Entries in order, read as the real feed's are."""

    told: list[ToldEntry] = field(default_factory=list)

    @classmethod
    def of(cls, count: int) -> ToldFeed:
        """Return a feed of so many entries of Japan's side, with gaps."""
        return cls([ToldEntry(number * 10) for number in range(1, count + 1)])

    def entries(
        self,
        side: str,
        after: int,
        limit: int,
        committee: str | None = None,
        types: Collection[str] | None = None,
    ) -> list[ToldEntry]:
        """Return the next entries after a sequence."""
        found = [
            entry
            for entry in self.told
            if entry.side == side
            and entry.sequence > after
            and (committee is None or entry.committee == committee)
            and (types is None or entry.type in types)
        ]
        return found[:limit]

    def count(
        self,
        side: str,
        after: int,
        committee: str | None = None,
        types: Collection[str] | None = None,
    ) -> int:
        """Return how many entries follow a sequence."""
        return len(self.entries(side, after, len(self.told), committee, types))

    def last(self, side: str) -> int:
        """Return the sequence of a side's last entry."""
        return max((entry.sequence for entry in self.told if entry.side == side), default=0)


@dataclass
class ToldLinks:
    """The chain of a record of so many events."""

    last: int = 10**6

    def link_at(self, position: int) -> str:
        """Return the link at a position; empty where nothing stands."""
        return f"link {position}" if 0 < position <= self.last else ""
