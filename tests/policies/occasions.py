"""Builders for tests of items: what is decided already, and what the checks of an item say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from policies.facts import (
    AnyFact,
    CreditsDecided,
    EntityDesignated,
    MethodologyApproved,
    ProjectRegistered,
    Scope,
)
from policies.findings import Finding, remarks
from policies.ground import Ground
from policies.items import Item
from policies.items.kind import Occasion
from policies.preflight import sound, stands
from policies.rulebook import shipped
from policies.sides import Committee
from policies.subjects import Origin

TODAY = date(2026, 6, 10)
SET = "5" * 64
"""The digest of the decision that set everything so far."""

PROJECT = ProjectRegistered(
    number="MN001",
    title="Heat-only boilers",
    methodologies=("MN_AM001 Ver1.0",),
    scopes=(1, 3),
)
METHODOLOGY = MethodologyApproved(
    number="MN_AM001", version="1.0", title="Energy saving by boilers", scopes=(1,)
)
ENTITY = EntityDesignated(
    number="TPE-MN-001",
    name="Verifier",
    validation=(Scope(1, date(2026, 12, 31)), Scope(3, None)),
    verification=(Scope(1, date(2026, 12, 31)), Scope(3, None)),
)


LONG_AGO = date(2016, 1, 4)
"""When the entity was designated: its reports are dated since."""


def origin(
    decision: str = "JP-MN/2026/001", item: int = 1, digest: str | None = SET, on: date = TODAY
) -> Origin:
    return Origin(decision, item, digest, on, "signed")


def ground(*facts: AnyFact) -> Ground:
    """Return a ground on which each fact was decided by an item of one decision, today.

    Entities were designated long ago, but for provisional ones.
    """
    decided = Ground()
    for item, fact in enumerate(facts, start=1):
        works = isinstance(fact, EntityDesignated) and fact.status == "designated"
        decided.take(fact, origin(item=item, on=LONG_AGO if works else TODAY))
    return decided


def standing(*more: AnyFact) -> Ground:
    """Return a ground with a methodology, an entity and a project, and more."""
    return ground(METHODOLOGY, ENTITY, PROJECT, *more)


def credits(
    begins: date,
    ends: date,
    quantity: int | None = 100,
    *,
    report: str | None = None,
    verified: int | None = None,
) -> CreditsDecided:
    """Return what was decided for MN001 and a period, all of it for Japan."""
    return CreditsDecided(
        project="MN001",
        period=(begins, ends),
        quantity=quantity,
        amounts=None if quantity is None else {"JP": quantity, "MN": 0},
        report=report,
        verified=verified,
    )


def said(findings: Iterable[Finding]) -> list[str]:
    """Return each finding that is no pass, as its outcome and its check's name."""
    return [f"{finding.outcome} {finding.check}" for finding in remarks(findings)]


def shown(findings: Iterable[Finding], check: str) -> list[tuple[str, str]]:
    """Return the verdicts of one check, each with its evidence."""
    return [(f.verdict.value, f.message) for f in findings if f.check == check]


def soundly(*items: Item, country: str = "MN", version: str | None = None) -> list[str]:
    """Return what is said of items without history, passes left out."""
    return said(sound(items, Committee(country), shipped(country, version).rulebook))


def on(
    decided: Ground,
    *items: Item,
    country: str = "MN",
    day: date = TODAY,
    annexes: Mapping[str, str] | None = None,
) -> list[str]:
    """Return what is said of items on what is decided already."""
    occasion = Occasion(Committee(country), decided, shipped(country).rulebook, day, annexes or {})
    return said(stands(items, occasion))
