"""Yearly figures of one committee: signed, adopted from the past, and merely imported, apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from policies.ground import Ground
from policies.sides import Committee
from policies.subjects import BASES, Credits
from projections.proceedings import CONVENING, DECISION, ITEM, SITTING, Proceeding

COUNTED: dict[str, tuple[str, ...]] = {
    "methodologies_approved": ("methodology_approval",),
    "methodologies_revised": ("methodology_revision",),
    "entities_designated": ("tpe_designation", "tpe_provisional_designation"),
    "entities_suspended": ("tpe_suspension",),
    "entities_withdrawn": ("tpe_withdrawal",),
    "projects_registered": ("project_registration",),
    "projects_withdrawn": ("project_withdrawal",),
    "rules_adopted": ("rules_adoption",),
    "rules_revised": ("rules_revision",),
    "issuances": ("issuance",),
}
"""Figures that everyone asks for, and the kinds of items that they count."""


def yearly(
    committee: Committee,
    proceedings: Sequence[Proceeding],
    ground: Ground,
    year: int | None = None,
) -> list[dict[str, Any]]:
    """Return the figures of each year in which something happened, or of one year.

    What is undated belongs to no year and comes first, as year null. Shape: ``jcgov yearly``.
    """
    years = [year] if year is not None else sorted({p.year for p in proceedings}, key=_undated)
    return [_of_year(committee, found, proceedings, ground) for found in years]


def _undated(year: int | None) -> int:
    return year or 0


def _of_year(
    committee: Committee, year: int | None, proceedings: Iterable[Proceeding], ground: Ground
) -> dict[str, Any]:
    own = [p for p in proceedings if p.year == year]
    credits = [c for c in ground.credits.values() if _year_of(c.origin.on) == year]
    return {
        "committee": committee.code,
        "year": year,
        "meetings": _meetings(own),
        **{
            basis: _figures(
                [p for p in own if p.basis == basis],
                [c for c in credits if c.origin.basis == basis],
                committee,
            )
            for basis in BASES
        },
        "days_to_adoption": {
            procedure: _days([p for p in own if p.what == DECISION and p.procedure == procedure])
            for procedure in ("electronic", "meeting")
        },
    }


def _meetings(own: Iterable[Proceeding]) -> dict[str, int]:
    """Count meetings: convened for this year, shown by a decision to be held, and of the past.

    That a convened meeting was held is recorded only where a decision was taken at it.
    """
    convened, decided, past = set(), set(), Counter[str]()
    for each in own:
        if each.what == CONVENING:
            convened.add(each.number)
        elif each.what == SITTING:
            past[each.basis] += 1
        elif each.what == DECISION and each.entry["meeting"] is not None:
            decided.add(each.entry["meeting"])
    return {
        "convened": len(convened),
        "held": len(decided),
        "adopted": past["adopted"],
        "imported": past["imported"],
    }


def _figures(
    own: Sequence[Proceeding], credits: Sequence[Credits], committee: Committee
) -> dict[str, Any]:
    items = [p for p in own if p.what == ITEM]
    procedures = Counter(procedure for _, procedure in {(p.number, p.procedure) for p in items})
    kinds = Counter(str(p.entry["kind"]) for p in items)
    return {
        "decisions": len({p.number for p in items}),
        "by_procedure": {name: procedures[name] for name in ("meeting", "electronic", "unknown")},
        "items": len(items),
        "by_kind": dict(sorted(kinds.items())),
        **{name: sum(kinds[kind] for kind in counted) for name, counted in COUNTED.items()},
        "credits": _credits(credits, committee),
    }


def _credits(credits: Sequence[Credits], committee: Committee) -> dict[str, Any]:
    """Add up what was decided in the year, as corrected since, and what was reported of that."""
    return {
        "quantity": sum(c.quantity or 0 for c in credits),
        "decided": {side: sum(_amount(c, side) or 0 for c in credits) for side in committee.sides},
        "reported": {
            side: sum(c.reported.get(side, 0) for c in credits) for side in committee.sides
        },
        "amount_unknown": sum(
            any(_amount(c, side) is None for side in committee.sides) for c in credits
        ),
        "unreported": {
            side: sum(side not in c.reported and _amount(c, side) != 0 for c in credits)
            for side in committee.sides
        },
    }


def _amount(credits: Credits, side: str) -> int | None:
    return None if credits.amounts is None else credits.amounts.get(side)


def _days(decisions: Sequence[Proceeding]) -> dict[str, int] | None:
    """Return how many days passed from a window's opening, or a meeting, to the adoption.

    `middle` is the lower one of the two in the middle; `before_the_end` counts the electronic
    decisions that every member affirmed before their window was over.
    """
    if not decisions:
        return None
    passed = sorted(_passed(each) for each in decisions)
    return {
        "decisions": len(passed),
        "least": passed[0],
        "middle": passed[(len(passed) - 1) // 2],
        "most": passed[-1],
        "before_the_end": sum(each.entry["path"] == "all_affirmed" for each in decisions),
    }


def _passed(decision: Proceeding) -> int:
    adopted = date.fromisoformat(str(decision.day))
    return (adopted - date.fromisoformat(decision.entry["opened"])).days


def _year_of(day: date | None) -> int | None:
    return None if day is None else day.year
