"""Whose page it is: the committee as its pages head it, and whether it is one of a rehearsal."""

from __future__ import annotations

from dataclasses import dataclass

from governance.http.opened import Opened
from policies.sides import Committee


@dataclass(frozen=True, slots=True)
class CommitteeShown:
    """What every page of a committee names; not founded: only its past was imported."""

    code: str
    partner: str
    sides: tuple[str, ...]
    founding: str | None
    rehearsal: bool

    @property
    def path(self) -> str:
        """Below which its pages stand."""
        return f"/committees/{self.partner}"


def shown(opened: Opened, committee: Committee) -> CommitteeShown:
    """Return a committee that is recorded here."""
    founded = opened.founding(committee.code)
    return CommitteeShown(
        committee.code,
        committee.partner,
        tuple(committee.sides),
        None if founded is None else founded.digest,
        founded is not None and founded.rehearsal,
    )
