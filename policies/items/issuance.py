"""The item that decides how many credits each government may issue.

The committee decides whole numbers for each side; the governments issue (ADB 2019, section 2.4,
Figures 4 and 9). Amounts follow no percentage: what is decided is kept, never computed anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import ClassVar, Literal, Protocol

import msgspec

from policies.article6 import vintages
from policies.facts import AnyFact, CreditsDecided
from policies.findings import Finding, as_ruled, cannot_tell, passed, refuse, remarks, warn
from policies.ground import Ground
from policies.items.kind import Item, Occasion, Period, Quantity, Side, Text, check_number
from policies.items.projects import check_entity, check_registered, check_report_day
from policies.numbers import Family
from policies.rulebook import Rulebook
from policies.sides import JAPAN, Committee
from policies.subjects import Credits

ISSUANCE_DECIDED = "org.jcm.issuance.decided.v1"


class Verification(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The verification on which an amount rests; `quantity` is what the whole report verified."""

    entity: Text
    report: Text
    on: date
    quantity: Quantity


class Share(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one account holder of a side receives of that side's amount."""

    side: Side
    holder: Literal["government", "private"]
    name: Text
    amount: Quantity


class Issuance(Item, frozen=True, kw_only=True, tag="issuance"):
    """Credits of one project and monitoring period: one amount for each side, in tCO2e."""

    notifies: ClassVar = ISSUANCE_DECIDED
    outcome: ClassVar = "notified"
    asked_by: ClassVar = ("issuance_request",)

    project: Text
    monitoring_period: Period
    quantity: Quantity
    amounts: dict[Side, Quantity]
    verification: Verification | None
    allocation: tuple[Share, ...] | None

    def sound(self, committee: Committee, rulebook: Rulebook) -> Iterator[Finding]:
        """Check the sum, the period, the allocation and the country's own rules."""
        yield from check_number(self.project, Family.PROJECT, committee)
        yield from check_amounts(self.quantity, self.amounts, committee)
        yield from check_period(self.monitoring_period, rulebook)
        allocation = list(check_allocation(self, committee, rulebook))
        yield from allocation
        if self.allocation is not None:
            yield passed("allocation-unknown", f"{len(self.allocation)} shares are stated")
        elif self.quantity and not remarks(allocation):
            yield cannot_tell(
                "warn",
                "allocation-unknown",
                "cannot tell who receives the credits: no allocation is given",
            )
        if self.verification is None:
            yield cannot_tell(
                rulebook.verdicts.verification_unknown,
                "verification",
                "cannot tell who verified the amount: the item does not say",
            )
        elif self.quantity > self.verification.quantity:
            yield refuse(
                "verified-amount",
                f"{self.quantity:,} is more than the {self.verification.quantity:,} verified",
            )

    def stands(self, occasion: Occasion) -> Iterator[Finding]:
        """Check the project, the periods and amounts decided before, and the entity."""
        yield from check_registered(occasion.ground, self.project)
        earlier = occasion.ground.credits_of_project(self.project)
        yield from check_overlap(self.monitoring_period, earlier, occasion.rulebook)
        yield from _check_known(earlier, occasion.rulebook)
        if self.monitoring_period.ends > occasion.day:
            yield refuse("period", f"the period ends on {self.monitoring_period.ends}, in future")
        else:
            ends = self.monitoring_period.ends
            yield passed("period", f"the period ends on {ends}, by {occasion.day}")
        yield from self._check_cumulative(earlier)
        yield from self._check_verifier(occasion)
        yield from self._check_model_project(occasion.ground, occasion.rulebook)

    def facts(self) -> Iterator[AnyFact]:
        """Return the decided credits."""
        verification = self.verification
        yield CreditsDecided(
            project=self.project,
            period=(self.monitoring_period.begins, self.monitoring_period.ends),
            quantity=self.quantity,
            amounts=dict(self.amounts),
            report=None if verification is None else verification.report,
            verified=None if verification is None else verification.quantity,
        )

    @property
    def log_entry(self) -> dict[str, object]:
        """The amounts and the period."""
        period = self.monitoring_period
        return super().log_entry | {
            "quantity": self.quantity,
            "amounts": dict(self.amounts),
            "monitoring_period": [period.begins.isoformat(), period.ends.isoformat()],
        }

    def _check_cumulative(self, earlier: list[Credits]) -> Iterator[Finding]:
        """All that rests on one verification report stays within what it verified."""
        if self.verification is None:
            return
        report, verified = self.verification.report, self.verification.quantity
        same = [credits for credits in earlier if credits.report == report]
        before = sum(credits.quantity or 0 for credits in same)
        total = before + self.quantity
        if total <= verified:
            yield passed(
                "verified-amount",
                f"{before:,} by {len(same)} earlier decisions and {self.quantity:,} now rest on"
                f" {report}, which verified {verified:,}",
            )
        for credits in same:
            if credits.verified != verified:
                yield refuse(
                    "verified-amount",
                    f"{report} verified {credits.verified:,} by {credits.origin.decision},"
                    f" the item says {verified:,}",
                )
        if same and total > verified:
            yield refuse(
                "verified-amount",
                f"with earlier decisions {total:,} rest on {report}, which verified {verified:,}",
            )

    def _check_verifier(self, occasion: Occasion) -> Iterator[Finding]:
        if self.verification is None:
            return
        report, on = self.verification.report, self.verification.on
        yield from check_report_day("verification", report, on, occasion.day)
        project = occasion.ground.projects.get(self.project)
        if project is None:
            return
        scopes = occasion.ground.scopes_of(project)
        if not scopes:
            yield cannot_tell(
                occasion.rulebook.verdicts.verification_unknown,
                "entity-in-scope",
                f"cannot tell in which scope {self.project} is: the record does not say",
            )
            return
        days = (on, occasion.day)
        entity = self.verification.entity
        yield from check_entity(occasion.ground, entity, "verification", scopes, days)

    def _check_model_project(self, ground: Ground, rulebook: Rulebook) -> Iterator[Finding]:
        """Japan's grant contracts ask for half; a committee is only told."""
        project = ground.projects.get(self.project)
        if project is None or project.programme != "model project":
            return
        advised = rulebook.allocation.model_project_japan_government_percent_advised.value
        received = _received(self.allocation, JAPAN, "government")
        if received is None:
            yield cannot_tell(
                "warn", "model-project", "cannot tell what the Government of Japan receives"
            )
        elif received * 100 < advised * self.quantity:
            yield warn(
                "model-project",
                f"the Government of Japan receives {received:,} of {self.quantity:,}; model"
                f" projects deliver at least {advised} %",
            )
        else:
            yield passed(
                "model-project",
                f"the Government of Japan receives {received:,} of {self.quantity:,}, at least"
                f" {advised} %",
            )


class Allocated(Protocol):
    """What says how many credits each side, and each holder of a side, receives."""

    @property
    def quantity(self) -> int | None:
        """All of them."""

    @property
    def amounts(self) -> Mapping[str, int] | None:
        """Each side's."""

    @property
    def allocation(self) -> tuple[Share, ...] | None:
        """Each holder's, if it is said."""


def check_allocation(
    item: Allocated, committee: Committee, rulebook: Rulebook
) -> Iterator[Finding]:
    """Yield what the shares, and the country's own rules on them, refuse."""
    amounts, quantity = item.amounts or {}, item.quantity or 0
    yield from _check_shares(item.allocation, amounts, committee)
    yield from _check_government(item.allocation, amounts, quantity, committee, rulebook)
    yield from _check_private(item.allocation, amounts, committee, rulebook)


def _check_shares(
    allocation: tuple[Share, ...] | None, amounts: Mapping[str, int], committee: Committee
) -> Iterator[Finding]:
    """Each side's shares add up to its amount."""
    if allocation is None:
        return
    for share in allocation:
        if share.side not in committee.sides:
            yield refuse("side", f"{share.name}: {share.side} is no side of the committee")
    added = True
    for side, amount in amounts.items():
        given = sum(share.amount for share in allocation if share.side == side)
        if given != amount:
            added = False
            yield refuse(
                "allocation", f"the shares of {side} add up to {given:,}, not to {amount:,}"
            )
    if added:
        yield passed("allocation", "the shares of each side add up to its amount")


def _check_government(
    allocation: tuple[Share, ...] | None,
    amounts: Mapping[str, int],
    quantity: int,
    committee: Committee,
    rulebook: Rulebook,
) -> Iterator[Finding]:
    """Indonesia's floor; of nothing, nothing is due.

    Without an allocation the side's amount is the most that its government can receive.
    """
    floor = rulebook.allocation.partner_government_percent_at_least
    if floor is None or quantity == 0:
        return
    received = _received(allocation, committee.partner, "government")
    side = amounts.get(committee.partner)
    if received is None and side is not None and side * 100 < floor.value * quantity:
        yield refuse(
            "partner-government",
            f"the Government of {rulebook.name} receives at most the {side:,} of its side, of"
            f" {quantity:,}; at least {floor.value} % must be its own",
        )
    elif received is None:
        yield cannot_tell(
            "refuse",
            "partner-government",
            f"cannot tell what the Government of {rulebook.name} receives: no allocation is given,"
            f" and it is to receive at least {floor.value} %",
        )
    elif received * 100 < floor.value * quantity:
        yield refuse(
            "partner-government",
            f"the Government of {rulebook.name} receives {received:,} of {quantity:,}; at least"
            f" {floor.value} % must be its own",
        )
    else:
        yield passed(
            "partner-government",
            f"the Government of {rulebook.name} receives {received:,} of {quantity:,}, at least"
            f" {floor.value} %",
        )


def _check_private(
    allocation: tuple[Share, ...] | None,
    amounts: Mapping[str, int],
    committee: Committee,
    rulebook: Rulebook,
) -> Iterator[Finding]:
    """Palau's private participants."""
    if rulebook.allocation.partner_private_participants_may_receive.value:
        return
    received = _received(allocation, committee.partner, "private")
    if received is None and amounts.get(committee.partner) != 0:
        yield cannot_tell(
            "refuse",
            "partner-private",
            f"cannot tell whether private participants of {rulebook.name} receive credits: no"
            " allocation is given, and they are to receive none",
        )
    elif received:
        yield refuse(
            "partner-private",
            f"private participants of {rulebook.name} receive {received:,}; none may",
        )
    else:
        yield passed(
            "partner-private", f"private participants of {rulebook.name} receive no credits"
        )


def _received(allocation: tuple[Share, ...] | None, side: str, holder: str) -> int | None:
    if allocation is None:
        return None
    return sum(s.amount for s in allocation if s.side == side and s.holder == holder)


def check_amounts(
    quantity: int, amounts: Mapping[str, int | None], committee: Committee
) -> Iterator[Finding]:
    """Yield a refusal unless there is one amount for each side and they add up."""
    if set(amounts) != set(committee.sides):
        named = ", ".join(sorted(amounts)) or "nobody"
        yield refuse(
            "amounts",
            f"amounts are for {named}, expected one each for {', '.join(committee.sides)}",
        )
        return
    total = sum(amount or 0 for amount in amounts.values())
    parts = " + ".join(f"{amounts[side]:,}" for side in committee.sides)
    if total != quantity:
        yield refuse("amounts", f"{parts} = {total:,}, but the quantity is {quantity:,}")
    else:
        yield passed("amounts", f"{' + '.join(committee.sides)}: {parts} = {quantity:,}")


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


def _check_known(earlier: list[Credits], rulebook: Rulebook) -> Iterator[Finding]:
    known = True
    for credits in earlier:
        if credits.quantity is None:
            known = False
            yield cannot_tell(
                rulebook.verdicts.earlier_amount_unknown,
                "earlier-amount",
                f"cannot tell what {credits.origin.decision} item {credits.origin.item} decided:"
                " the record has no amount; a correction must supply it first",
            )
    if known:
        yield passed(
            "earlier-amount", f"what was decided before is known: {len(earlier)} looked at"
        )
