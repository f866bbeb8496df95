"""What is asked of the record: on which entity, methodology or project do others rest?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from policies.numbers import Family, version_key
from policies.refusals import UnreadableError
from policies.sides import JAPAN, Committee

About = Literal["entity", "methodology", "project"]
Holds = Literal["yes", "no", "cannot tell"]
_FAMILIES: dict[About, Family] = {
    "entity": Family.ENTITY,
    "methodology": Family.METHODOLOGY,
    "project": Family.PROJECT,
}
_PARTNER = re.compile(r"(?:TPE-)?([A-Z]{2})(?=[-_0-9])", re.ASCII)
_APPLIED = re.compile(r"(\S+?)(?: Ver(\S+))?")


@dataclass(frozen=True, slots=True)
class Question:
    """On what it is that others rest; a version of a methodology, a scope of an entity's work."""

    about: About
    number: str
    version: str | None = None
    scope: int | None = None

    def __str__(self) -> str:
        version = "" if self.version is None else f" version {self.version}"
        return f"{self.number}{version}"

    def applied(self, methodologies: Sequence[str]) -> Holds:
        """Whether the methodology, in the version that is asked for, is among those applied."""
        if not methodologies:
            return "cannot tell"
        answer: Holds = "no"
        for text in methodologies:
            match = _APPLIED.fullmatch(text)
            if match is None or match[1] != self.number:
                continue
            if self.version is None:
                return "yes"
            if match[2] is None:
                answer = "cannot tell"
            elif version_key(match[2]) == version_key(self.version):
                return "yes"
        return answer


def question(
    number: str,
    version: str | None = None,
    scope: int | None = None,
    committee: Committee | None = None,
) -> tuple[Question, Committee]:
    """Return what a number asks, and of which committee.

    Raises `UnreadableError` for what is no number of an entity, a methodology or a project, or of
    another committee, and for a version or a scope where it means nothing.
    """
    partner = _PARTNER.match(number)
    if partner is None or partner[1] == JAPAN:
        message = f"{number!r} is no number: write an entity's (TPE-MN-003), a methodology's"
        raise UnreadableError(f"{message} (MN_AM003) or a project's (MN004)")
    own = Committee(partner[1])
    if committee is not None and committee != own:
        message = f"{number} is a number of {own.code}, not of {committee.code}"
        raise UnreadableError(message)
    about = next((name for name, f in _FAMILIES.items() if f.fits(number, own.partner)), None)
    if about is None:
        known = ", ".join(f"{family.prefix(own.partner)}000" for family in _FAMILIES.values())
        message = f"{number} is no number of {own.code} that anything rests on ({known})"
        raise UnreadableError(message)
    if version is not None and about != "methodology":
        message = f"{number} is {_FAMILIES[about].what}: it has no version"
        raise UnreadableError(message)
    if version is not None and re.fullmatch(r"[0-9]+(\.[0-9]+)*", version, re.ASCII) is None:
        message = f"{version!r} is no version: write 1.0"
        raise UnreadableError(message)
    if scope is not None and about != "entity":
        message = f"{number} is {_FAMILIES[about].what}: only an entity's work is asked by scope"
        raise UnreadableError(message)
    return Question(about, number, version, scope), own
