"""Article 6.2 of the Paris Agreement: which credits fall under it, and of which year they are.

Authorizations and transfers are the governments' own: a committee decides neither.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from policies.figures import Figure, Part, Verdict
from policies.refusals import RulebookError

APPROACH = r"\ACA[0-9]{4}\Z"
"""A cooperative approach's identifier in the centralized platform, as ITMO identifiers begin."""


class Article6Rules(Part, frozen=True, kw_only=True):
    """What holds where credits may be transferred as ITMOs; no identifier: none was found."""

    applies: Figure[bool]
    vintage_required: Figure[bool]
    period_across_years: Figure[Verdict]
    cooperative_approach: Figure[str] | None = None


def require_sound_article6(rules: Article6Rules, what: str) -> None:
    """Refuse an identifier of a cooperative approach that is none; raises `RulebookError`."""
    approach = rules.cooperative_approach
    if approach is not None and re.search(APPROACH, approach.value) is None:
        message = (
            f"{what}: article6.cooperative_approach is {approach.value!r}, expected CA and four"
            " digits"
        )
        raise RulebookError(message)


def vintages(begins: date, ends: date, cut: date) -> range:
    """Return the calendar years of a period's days after the cut; before it there is no vintage."""
    if ends <= cut:  # no day follows the last one that there is
        return range(0)
    first = max(begins, cut + timedelta(days=1))
    return range(first.year, ends.year + 1) if first <= ends else range(0)
