"""A committee's figures, counted in its registers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from governance.http.opened import Opened
from governance.http.register_folds import register_of
from policies.sides import Committee
from projections.registers import REGISTERS

VIEWS = tuple(REGISTERS.values())


@dataclass(frozen=True, slots=True)
class Figures:
    """How much stands in a committee's registers; credits are added up over both sides."""

    methodologies: int
    entities: int
    projects: int
    credits: int
    reported: int


DESIGNATED = ("designated", "provisional")
"""The statuses of an entity that may work."""


def figures_of(opened: Opened, committee: Committee, as_of: date | None = None) -> Figures:
    """Return a committee's figures, of today's record or as of a day."""
    keep = opened.kept if as_of is None else opened.folded
    return keep(
        VIEWS,
        ("figures", committee, as_of),
        lambda _known: _counted(opened, committee, as_of),
        committee.code,
    )


def _counted(opened: Opened, committee: Committee, as_of: date | None) -> Figures:
    found = {name: register_of(opened, name, committee, as_of).entries for name in REGISTERS}
    return Figures(
        methodologies=len({entry["number"] for entry in found["methodologies"]}),
        entities=sum(entry["status"] in DESIGNATED for entry in found["entities"]),
        projects=sum(entry["status"] == "registered" for entry in found["projects"]),
        credits=sum(entry["decided"] or 0 for entry in found["credits"]),
        reported=sum(entry["reported"] or 0 for entry in found["credits"]),
    )
