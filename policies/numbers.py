"""Numbers of methodologies, entities, projects and decisions: patterns, and the next one.

Patterns as observed on jcm.go.jp. A number is never used twice, also not after a withdrawal.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class _Form:
    prefix: str
    what: str


class Family(Enum):
    """A family of numbers, each counted on its own in each committee."""

    METHODOLOGY = _Form("{partner}_AM", "an approved methodology")
    PROPOSED_METHODOLOGY = _Form("{partner}_PM", "a proposed methodology")
    PROJECT = _Form("{partner}", "a project")
    IDEA_NOTE = _Form("{partner}_PIN", "a planned project")
    ENTITY = _Form("TPE-{partner}-", "a third-party entity")

    def prefix(self, partner: str) -> str:
        """Return what stands before the three digits, such as ``MN_AM``."""
        return self.value.prefix.format(partner=partner)

    def fits(self, number: str, partner: str) -> bool:
        """Whether a number is of this family and of this committee."""
        return self._pattern(partner).fullmatch(number) is not None

    def next_after(self, taken: Collection[str], partner: str) -> str:
        """Return the number after the highest one taken."""
        pattern = self._pattern(partner)
        counts = (int(found[1]) for found in map(pattern.fullmatch, taken) if found)
        return f"{self.prefix(partner)}{max(counts, default=0) + 1:03}"

    def _pattern(self, partner: str) -> re.Pattern[str]:
        return re.compile(re.escape(self.prefix(partner)) + "([0-9]{3}|[1-9][0-9]{3,})")

    @property
    def what(self) -> str:
        """What such a number names, for people to read."""
        return self.value.what


def decision_number(committee: str, year: int, count: int) -> str:
    """Return the number of a committee's next decision in a year, such as JP-MN/2026/007."""
    return f"{committee}/{year:04}/{count:03}"


def projects_in(subject: str) -> tuple[str, ...]:
    """Return the projects that a subject names: its own, or each of a joint one (`PW002+PW003`)."""
    found = re.findall(r"(?<![\w-])[A-Z]{2}[0-9]{3,}(?!\w)", subject, re.ASCII)
    return tuple(dict.fromkeys(found))


def has_count(number: str, digits: str) -> bool:
    """Whether a decision's number ends in this count, with or without its leading zeros."""
    return number.rpartition("/")[2].lstrip("0") == digits.lstrip("0")


def version_key(version: str) -> tuple[int, ...]:
    """Return a version's place in the order of versions (``01.1`` after ``1``, that is ``1.0``)."""
    parts = [int(part) for part in re.findall(r"[0-9]+", version)]
    while parts and parts[-1] == 0:
        parts.pop()
    return tuple(parts) or (0,)
