"""The item that decides how many credits each government may issue.

The committee decides whole numbers for each side; the governments issue (ADB 2019, section 2.4,
Figures 4 and 9). Amounts follow no percentage: what is decided is kept, never computed anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import ClassVar

import msgspec

from policies.facts import AnyFact, CreditsDecided
from policies.findings import Finding, cannot_tell, passed, refuse, remarks, warn
from policies.ground import Ground
from policies.items.allocation import Share, check_allocation, check_amounts, received_by
from policies.items.kind import Item, Occasion, Period, Quantity, Side, Text, check_number
from policies.items.monitoring_periods import check_overlap, check_period
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
        received = received_by(self.allocation, JAPAN, "government")
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
