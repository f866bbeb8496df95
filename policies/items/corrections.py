"""The item that corrects an earlier decision: nothing is edited, a later decision says it anew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

import msgspec

from policies.facts import AnyFact, CreditsCorrected, TitleCorrected
from policies.findings import Finding, passed, refuse
from policies.ground import Ground
from policies.items.allocation import Share, check_allocation, check_amounts
from policies.items.kind import Digest, Item, Occasion, Period, Quantity, Side, Text, check_previous
from policies.items.monitoring_periods import check_overlap, check_period
from policies.rulebook import Rulebook
from policies.sides import Committee
from policies.subjects import Credits, Origin

ISSUANCE_CORRECTED = "org.jcm.issuance.corrected.v1"


class Correction(Item, frozen=True, kw_only=True, tag="correction"):
    """States anew what an item of an earlier decision decided; null members stay as they were.

    `decision` and `item` (counted from 1) name what is corrected. With `number` it is the title
    of that methodology, entity or project; otherwise it is an amount or a period of credits.
    """

    outcome: ClassVar = "corrected"
    notifies: ClassVar = ISSUANCE_CORRECTED

    decision: Text
    item: Annotated[int, msgspec.Meta(ge=1, le=2**53 - 1)]
    number: Text | None
    new_title: Text | None
    quantity: Quantity | None
    amounts: dict[Side, Quantity] | None
    allocation: tuple[Share, ...] | None
    monitoring_period: Period | None
    reason: Text
    previous: Digest | None

    def sound(self, committee: Committee, rulebook: Rulebook) -> Iterator[Finding]:
        """Check that something is corrected, and one thing only; amounts go with their sum."""
        figures = (self.quantity, self.amounts, self.monitoring_period)
        if self.number is not None:
            if self.new_title is None or any(figure is not None for figure in figures):
                yield refuse(
                    "correction", f"with a number ({self.number}) only a title is corrected"
                )
            return
        if self.new_title is not None:
            yield refuse("correction", "a corrected title needs the number that it belongs to")
        if all(figure is None for figure in figures):
            yield refuse("correction", "the item corrects nothing")
        if (self.quantity is None) != (self.amounts is None):
            yield refuse("correction", "a quantity and the sides' amounts are corrected together")
        if self.quantity is not None and self.amounts is not None:
            yield from check_amounts(self.quantity, self.amounts, committee)
            yield from check_allocation(self, committee, rulebook)
        elif self.allocation is not None:
            yield refuse("correction", "an allocation is corrected with the amounts it divides")
        if self.monitoring_period is not None:
            yield from check_period(self.monitoring_period, rulebook)

    def stands(self, occasion: Occasion) -> Iterator[Finding]:
        """Check that the corrected thing exists, who last set it, and what follows."""
        if self.number is not None:
            yield from self._check_titled(occasion.ground)
            return
        credits = occasion.ground.credits.get((self.decision, self.item))
        if credits is None:
            code = occasion.committee.code
            yield refuse(
                "correction",
                f"{self.decision} item {self.item} decided no credits here"
                if self.decision.startswith(f"{code}/")
                else f"no decision has the number {self.decision}; a whole one begins with {code}/",
            )
            return
        yield passed(
            "correction",
            f"{self.decision} item {self.item} decided credits of {credits.project}, last set by"
            f" {credits.origin.place}",
        )
        yield from check_previous(self, occasion.ground)
        yield from self._check_figures(credits, occasion)

    def facts(self) -> Iterator[AnyFact]:
        """Return what stands from here on."""
        if self.number is not None:
            yield TitleCorrected(number=self.number, title=self.new_title or self.title)
            return
        period = self.monitoring_period
        yield CreditsCorrected(
            decision=self.decision,
            item=self.item,
            period=None if period is None else (period.begins, period.ends),
            quantity=self.quantity,
            amounts=None if self.amounts is None else dict(self.amounts),
        )

    @property
    def subject(self) -> str | None:
        """What is corrected."""
        return self.number or f"{self.decision} item {self.item}"

    @property
    def log_entry(self) -> dict[str, Any]:
        """The corrected figures."""
        period = self.monitoring_period
        return super().log_entry | {
            "quantity": self.quantity,
            "amounts": None if self.amounts is None else dict(self.amounts),
            "monitoring_period": (
                None if period is None else [period.begins.isoformat(), period.ends.isoformat()]
            ),
        }

    def standing(self, ground: Ground) -> Origin | None:
        """Return who last set the title, or the credits."""
        if self.number is None:
            credits = ground.credits.get((self.decision, self.item))
            return None if credits is None else credits.origin
        found = (
            ground.projects.get(self.number)
            or ground.entities.get(self.number)
            or ground.latest_version(self.number)
        )
        return None if found is None else found.origin

    def _check_titled(self, ground: Ground) -> Iterator[Finding]:
        if self.standing(ground) is None:
            yield refuse("correction", f"{self.number} is not in the registers")
        else:
            yield from check_previous(self, ground)

    def _check_figures(self, credits: Credits, occasion: Occasion) -> Iterator[Finding]:
        """The figures as corrected obey the rules that a new decision would obey."""
        verified = credits.verified
        if self.quantity is not None and verified is not None:
            others = sum(
                other.quantity or 0
                for other in occasion.ground.credits_of_project(credits.project)
                if other.report == credits.report and other is not credits
            )
            if self.quantity + others <= verified:
                yield passed(
                    "verified-amount",
                    f"{self.quantity + others:,} would rest on {credits.report}, which verified"
                    f" {verified:,}",
                )
            else:
                yield refuse(
                    "verified-amount",
                    f"{self.quantity + others:,} would rest on {credits.report}, which verified"
                    f" {verified:,}",
                )
        if self.monitoring_period is not None:
            if self.monitoring_period.ends > occasion.day:
                ends = self.monitoring_period.ends
                yield refuse("period", f"the period ends on {ends}, in future")
            else:
                ends = self.monitoring_period.ends
                yield passed("period", f"the period ends on {ends}, by {occasion.day}")
            others_of = occasion.ground.credits_of_project(credits.project)
            earlier = [other for other in others_of if other is not credits]
            yield from check_overlap(self.monitoring_period, earlier, occasion.rulebook)
