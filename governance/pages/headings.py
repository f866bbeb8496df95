"""Whose page it is: the committee, and whether it is one of a rehearsal."""

from __future__ import annotations

from dataclasses import dataclass

from governance.http.opened import Opened
from policies.sides import Committee


@dataclass(frozen=True)
class Heading:
    """What stands on each page of a committee; not founded: only its past was imported."""

    code: str
    partner: str
    founding: str | None
    rehearsal: bool


def heading_of(opened: Opened, committee: Committee) -> Heading:
    """Return a committee's heading."""
    founded = opened.founding(committee.code)
    return Heading(
        code=committee.code,
        partner=committee.partner,
        founding=None if founded is None else founded.digest,
        rehearsal=founded is not None and founded.rehearsal,
    )
