"""A row of the past as an item that the checks can be asked of, as far as its facts go.

Only for asking what would have been: records of the past are never judged when deciding. A fact
that the record lacks has a stand-in, and no check that would read it says more than that it
cannot tell. What the imported record does not hold may have been decided all the same: that a
project or a methodology is not in it breaks no rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from msgspec.structs import replace

from policies import facts
from policies.findings import Judgement
from policies.ground import Ground
from policies.items import Item
from policies.items.entities import Designation, ProvisionalDesignation
from policies.items.issuance import Issuance
from policies.items.kind import Occasion, Period, ScopeUntil
from policies.items.methodologies import MethodologyApproval, MethodologyRevision
from policies.items.projects import Applied, IdeaNote, Registration
from policies.numbers import projects_in
from policies.preflight import Examined, examine
from policies.sides import JAPAN

_ANY_DAY = date(2020, 1, 1)
_ANY_SCOPE = 14
"""The stand-in for a scope: the one about which every check of scopes is asked."""
_AMOUNTS = ("amounts", "allocation", "allocation-unknown", "model-project", "verified-amount")
_BY_AMOUNTS = (*_AMOUNTS, "partner-government", "partner-private")
_BY_PERIOD = ("period", "period-cut", "period-overlap")
_BY_SCOPES = ("scope", "redd-plus", "entity-in-scope", "scope-expiry")
_NAMED = ("previous",)
"""No published row names the decision that last set what it changes."""


@dataclass(frozen=True)
class Retold:
    """An item made of a row's facts; of each check that cannot be told, what the record lacks."""

    item: Item
    lacks: dict[str, str] = field(default_factory=dict)


def retell(
    kind: str, found: Iterable[facts.AnyFact], ground: Ground, partner: str
) -> Retold | None:
    """Return a row of that kind as an item; null where its facts do not make one."""
    make = _MAKERS.get(kind)
    if make is None:
        return None
    made = (make(fact, ground, partner) for fact in found)
    return next((retold for retold in made if retold is not None), None)


def examine_retold(retold: Retold, occasion: Occasion) -> tuple[Examined, ...]:
    """Return what every check says of the row; where its facts are missing, that it cannot tell."""
    return tuple(_told(entry, retold.lacks) for entry in examine([retold.item], occasion))


def _told(entry: Examined, lacks: dict[str, str]) -> Examined:
    if entry.check not in lacks:
        return entry
    return replace(
        entry,
        verdict=Judgement.CANNOT_TELL,
        bars=False,
        evidence=f"cannot tell: {lacks[entry.check]}",
    )


def _lacking(checks: Iterable[str], what: str) -> dict[str, str]:
    return dict.fromkeys(checks, what)


def _issuance(fact: facts.AnyFact, ground: Ground, partner: str) -> Retold | None:
    if not isinstance(fact, facts.CreditsDecided) or projects_in(fact.project) != (fact.project,):
        return None
    lacks = _lacking(_NAMED, "the row names no earlier decision")
    amounts = {side: n for side, n in (fact.amounts or {}).items() if n is not None}
    if fact.project not in ground.projects:
        lacks |= _lacking(("project-registered",), f"it does not hold how {fact.project} began")
    quantity = fact.quantity
    if quantity is None or set(amounts) != {JAPAN, partner}:
        lacks |= _lacking(_BY_AMOUNTS, "the row does not say each side's amount")
        quantity, amounts = 1, {JAPAN: 0, partner: 1}
    period = fact.period
    if period is None:
        lacks |= _lacking(_BY_PERIOD, "the row says no monitoring period")
        period = (_ANY_DAY, _ANY_DAY)
    item = Issuance(
        title=fact.project,
        project=fact.project,
        monitoring_period=Period(begins=period[0], ends=period[1]),
        quantity=quantity,
        amounts=amounts,
        verification=None,
        allocation=None,
    )
    return Retold(item, lacks)


def _registration(fact: facts.AnyFact, ground: Ground, _partner: str) -> Retold | None:
    if not isinstance(fact, facts.ProjectRegistered):
        return None
    applied, unversioned = [], False
    scopes: set[int] = set()
    for named in fact.methodologies:
        number, _separator, version = named.partition(" Ver")
        unversioned |= not version
        applied.append(Applied(number=number, version=version or "0"))
        approved = ground.approved(number, version) if version else None
        scopes.update(() if approved is None else approved.scopes)
    lacks: dict[str, str] = {}
    if unversioned or not applied:
        lacks |= _lacking(("methodology",), "the row names no methodology in its version")
    elif not all(ground.approves(m.number, m.version) for m in applied):
        lacks |= _lacking(("methodology",), "the record does not hold each approval")
    if not scopes:
        lacks |= _lacking(_BY_SCOPES, "the record does not say in which scopes the project is")
    item = Registration(
        title=fact.title or fact.number,
        number=fact.number,
        methodologies=tuple(applied),
        scopes=tuple(sorted(scopes)) or (_ANY_SCOPE,),
        participants=(),
        validation=None,
        operation_start=None,
        used_under_other_mechanism=None,
        programme=fact.programme,
    )
    return Retold(item, lacks)


def _approval(fact: facts.AnyFact, _ground: Ground, _partner: str) -> Retold | None:
    if not isinstance(fact, facts.MethodologyApproved):
        return None
    item = MethodologyApproval(
        title=fact.title or fact.number,
        number=fact.number,
        version=fact.version,
        proposed=None,
        scopes=fact.scopes or (_ANY_SCOPE,),
        result="approved",
    )
    return Retold(item, _without_scopes(fact.scopes))


def _revision(fact: facts.AnyFact, ground: Ground, _partner: str) -> Retold | None:
    if not isinstance(fact, facts.MethodologyApproved):
        return None
    item = MethodologyRevision(
        title=fact.title or fact.number,
        number=fact.number,
        version=fact.version,
        scopes=fact.scopes or (_ANY_SCOPE,),
        result="approved",
        previous=None,
    )
    lacks = _without_scopes(fact.scopes) | _lacking(_NAMED, "the row names no earlier decision")
    if ground.latest_version(fact.number) is None:
        lacks |= _lacking(("methodology-exists",), "the record does not hold its approval")
    return Retold(item, lacks)


def _without_scopes(scopes: tuple[int, ...]) -> dict[str, str]:
    return {} if scopes else _lacking(_BY_SCOPES, "the row says no sectoral scope")


def _designation(fact: facts.AnyFact, _ground: Ground, partner: str) -> Retold | None:
    if not isinstance(fact, facts.EntityDesignated):
        return None
    validation, verification = _held(fact.validation), _held(fact.verification)
    lacks = {} if validation or verification else _lacking(_BY_SCOPES, "the row says no scope")
    if fact.number is None:
        lacks |= _lacking(("number",), "the row gives the entity no number")
    stand_in = (ScopeUntil(scope=_ANY_SCOPE, until=None),)
    item = Designation(
        title=fact.name,
        number=fact.number or f"TPE-{partner}-000",
        validation=validation if validation or verification else stand_in,
        verification=verification,
        accreditation="ISO 14065",
    )
    return Retold(item, lacks)


def _provisional(fact: facts.AnyFact, ground: Ground, partner: str) -> Retold | None:
    retold = _designation(fact, ground, partner)
    if retold is None or not isinstance(fact, facts.EntityDesignated):
        return None
    plain = retold.item
    assert isinstance(plain, Designation)  # noqa: S101 - for the type checker
    item = ProvisionalDesignation(
        title=plain.title,
        number=plain.number,
        validation=plain.validation,
        verification=plain.verification,
        side=partner,
        until=date.max,
    )
    unsaid = _lacking(("provisional", "side"), "the row says neither its side nor its last day")
    return Retold(item, retold.lacks | unsaid)


def _held(scopes: tuple[facts.Scope, ...]) -> tuple[ScopeUntil, ...]:
    return tuple(ScopeUntil(scope=held.scope, until=held.until) for held in scopes)


def _idea_note(fact: facts.AnyFact, _ground: Ground, _partner: str) -> Retold | None:
    if not isinstance(fact, facts.ProjectPlanned):
        return None
    return Retold(IdeaNote(title=fact.title or fact.number, number=fact.number))


_MAKERS: dict[str, Callable[[facts.AnyFact, Ground, str], Retold | None]] = {
    "issuance": _issuance,
    "project_registration": _registration,
    "methodology_approval": _approval,
    "methodology_revision": _revision,
    "tpe_designation": _designation,
    "tpe_provisional_designation": _provisional,
    "pin_no_objection": _idea_note,
}
"""How the facts of a row become an item; rows of other kinds hold too little for any check."""
