"""The two sides of a Joint Committee, and the people who may speak for them.

One committee for each partner country: Japan is one side, the partner the other
(Asian Development Bank 2019, section 2.3).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from policies.refusals import NotFoundError, UnreadableError

JAPAN = "JP"
_COMMITTEE = re.compile(r"(?:JP-)?([A-Z]{2})", re.ASCII)


@dataclass(frozen=True, order=True, slots=True)
class Committee:
    """The committee of Japan and one partner country, named by its ISO 3166-1 code."""

    partner: str

    @classmethod
    def parse(cls, text: str) -> Committee:
        """Read ``MN`` or ``JP-MN``; raise `UnreadableError` for anything else."""
        match = _COMMITTEE.fullmatch(text)
        if match is None or match[1] == JAPAN:
            message = f"{text!r} names no committee: write the partner's code, as MN or JP-MN"
            raise UnreadableError(message)
        return cls(match[1])

    @property
    def code(self) -> str:
        """The committee's code, such as ``JP-MN``."""
        return f"{JAPAN}-{self.partner}"

    @property
    def sides(self) -> tuple[str, str]:
        """Both sides' country codes, Japan first."""
        return (JAPAN, self.partner)


def require_side(side: str, committees: Iterable[str]) -> None:
    """Raise `NotFoundError` unless a country is a side of one of these committees, by code."""
    if not any(side in Committee.parse(code).sides for code in committees):
        message = f"{side} is no side of a committee that is recorded here"
        raise NotFoundError(message)


class Role(StrEnum):
    """What a person, or a registry, does for its side.

    Each side appoints its secretary (jcm-mongolia.com/?page_id=11698), who keeps the docket and
    has no say in decisions. Nothing bars a member or a co-chair from being secretary as well: no
    source forbids it, and the role adds nothing to what their signatures mean.
    """

    MEMBER = "member"
    CO_CHAIR = "co-chair"
    ALTERNATE = "alternate"
    SECRETARY = "secretary"
    REGISTRY = "registry"

    @property
    def sits(self) -> bool:
        """Whether the holder sits in the committee: neither a secretary nor a registry does."""
        return self not in (Role.SECRETARY, Role.REGISTRY)

    @property
    def signs(self) -> bool:
        """Whether the holder's signature is the side's consent."""
        return self in (Role.CO_CHAIR, Role.ALTERNATE)


@dataclass(frozen=True, slots=True)
class Term:
    """The days on which a role is held; both ends count, no end means until further notice."""

    begins: date
    ends: date | None

    def covers(self, day: date) -> bool:
        """Whether the role is held on that day."""
        return self.begins <= day and (self.ends is None or day <= self.ends)


@dataclass(frozen=True, slots=True)
class Seat:
    """A person in the committee on a given day, with every role then held that sits there."""

    person: str
    name: str
    side: str
    roles: frozenset[Role]

    @property
    def signs(self) -> bool:
        """Whether this person's signature is the side's consent."""
        return any(role.signs for role in self.roles)

    @property
    def title(self) -> str:
        """The highest role held, for people to read."""
        for role in (Role.CO_CHAIR, Role.ALTERNATE, Role.MEMBER, Role.SECRETARY, Role.REGISTRY):
            if role in self.roles:
                return role.value
        return "no role"
