"""A committee as the head of its pages shows it, and whether it is a rehearsal."""

from __future__ import annotations

from dataclasses import dataclass

from governance.http.opened import Opened
from policies.rulebook import country_name
from policies.sides import Committee


@dataclass(frozen=True, slots=True)
class CommitteeShown:
    """What every page of a committee names."""

    code: str
    partner: str
    name: str
    sides: tuple[str, ...]
    rehearsal: bool

    @property
    def path(self) -> str:
        """Below which its pages stand."""
        return f"/committees/{self.partner}"


def shown(opened: Opened, committee: Committee) -> CommitteeShown:
    """Return a committee that is recorded here."""
    founding = opened.founding(committee.code)
    return CommitteeShown(
        committee.code,
        committee.partner,
        country_name(committee.partner),
        tuple(committee.sides),
        founding is not None and founding.rehearsal,
    )
