"""Monitoring periods: cut where the rulebook cuts them, of one vintage, each day decided once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from policies.article6 import vintages
from policies.findings import Finding, as_ruled, cannot_tell, passed, refuse
from policies.items.kind import Period
from policies.rulebook import Rulebook
from policies.subjects import Credits


def check_period(period: Period, rulebook: Rulebook) -> Iterator[Finding]:
    """Yield a refusal for a period that ends before it begins, and the cut's verdict."""
    if period.ends < period.begins:
        yield refuse("period", f"the period ends on {period.ends}, before {period.begins}")
    cut = rulebook.eligibility.monitoring_periods_cut_after.value
    if period.begins <= cut < period.ends:
        yield as_ruled(
            rulebook.verdicts.period_across_cut,
            "period-cut",
            f"the period runs across {cut} and {cut + timedelta(days=1)}; periods are cut there",
        )
    else:
        yield passed("period-cut", f"the period does not run across the end of {cut}")
    yield from _check_vintage(period, rulebook)


def _check_vintage(period: Period, rulebook: Rulebook) -> Iterator[Finding]:
    """Yield the verdict on a period that has days of several years under Article 6.2."""
    rules = rulebook.article6
    if rules is None or not (rules.applies.value and rules.vintage_required.value):
        return
    cut = rulebook.eligibility.monitoring_periods_cut_after.value
    years = vintages(period.begins, period.ends, cut)
    if len(years) > 1:
        yield as_ruled(
            rules.period_across_years,
            "vintage",
            f"{period.begins} to {period.ends} has days of {len(years)} years, {years[0]} to"
            f" {years[-1]}; under Article 6.2 an amount is of one: divide it into an item for each",
        )
    elif years:
        yield passed("vintage", f"{period.begins} to {period.ends} is of vintage {years[0]}")
    else:
        yield passed("vintage", f"no day lies after {cut}: there is no vintage")


def check_overlap(period: Period, earlier: list[Credits], rulebook: Rulebook) -> Iterator[Finding]:
    """Yield a refusal for each earlier period that shares a day; a missing one cannot tell."""
    clear = True
    for credits in earlier:
        if credits.period is None:
            clear = False
            yield cannot_tell(
                rulebook.verdicts.earlier_period_unknown,
                "period-overlap",
                f"cannot tell whether the period overlaps that of {credits.origin.decision} item"
                f" {credits.origin.item}: the record has no period",
            )
        elif credits.period[0] <= period.ends and period.begins <= credits.period[1]:
            clear = False
            yield refuse(
                "period-overlap",
                f"{period.begins} to {period.ends} overlaps {credits.period[0]} to"
                f" {credits.period[1]}, decided by {credits.origin.decision}",
            )
    if clear:
        yield passed(
            "period-overlap",
            f"no earlier period of the project shares a day with {period.begins} to {period.ends}:"
            f" {len(earlier)} looked at",
        )
