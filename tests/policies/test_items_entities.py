"""Third-party entities: who may validate and verify, in which scope, until when."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from msgspec import structs

from policies.facts import EntityDesignated, EntityReaccredited, EntityStatus, RequestClosed, Scope
from policies.ground import Ground
from policies.items.entities import (
    Designation,
    EntityRejection,
    EntityWithdrawal,
    ProvisionalDesignation,
    Reaccreditation,
    Reinstatement,
    ScopeExtension,
    Suspension,
)
from policies.items.kind import ScopeUntil
from tests.policies.occasions import SET, TODAY, ground, on, origin, soundly, standing

UNTIL = date(2030, 12, 31)
FIVE = (ScopeUntil(scope=5, until=UNTIL),)
ISO = "ISO 14065"


def designation(**changes: Any) -> Designation:
    item = Designation(
        title="New Verifier",
        number="TPE-MN-002",
        validation=FIVE,
        verification=FIVE,
        accreditation="ISO 14065",
    )
    return structs.replace(item, **changes)


def provisional(**changes: Any) -> ProvisionalDesignation:
    item = ProvisionalDesignation(
        title="Verifikator",
        number="TPE-ID-005",
        validation=FIVE,
        verification=FIVE,
        side="ID",
        until=date(2027, 6, 30),
    )
    return structs.replace(item, **changes)


def suspension(scopes: tuple[int, ...] | None = None) -> Suspension:
    return Suspension(
        title="Verifier", number="TPE-MN-001", scopes=scopes, reason="Review", previous=SET
    )


def reinstatement(
    scopes: tuple[int, ...] | None = None, number: str = "TPE-MN-001"
) -> Reinstatement:
    return Reinstatement(
        title="Verifier", number=number, scopes=scopes, reason="Remedied", previous=SET
    )


def withdrawal(scopes: tuple[int, ...] | None = None) -> EntityWithdrawal:
    return EntityWithdrawal(
        title="Verifier",
        number="TPE-MN-001",
        scopes=scopes,
        reason="Own wish",
        previous=SET,
        voluntary=True,
    )


def may(decided: Ground, scope: int, day: date = TODAY) -> tuple[bool, bool]:
    entity = decided.entities["TPE-MN-001"]
    return entity.may("validation", scope, day), entity.may("verification", scope, day)


# Designation


def test_an_entity_is_designated_with_scopes_and_their_days() -> None:
    assert soundly(designation()) == []
    assert on(standing(), designation()) == []
    [fact] = designation().facts()
    entity = ground(fact).entities["TPE-MN-002"]
    assert entity.may("validation", 5, UNTIL)
    assert not entity.may("validation", 5, date(2031, 1, 1))
    assert not entity.may("validation", 6, TODAY)


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"number": "TPE-ID-002"}, "refuse number"),
        ({"validation": (), "verification": ()}, "refuse scope"),
        ({"validation": ()}, None),
        ({"validation": (ScopeUntil(scope=16, until=UNTIL),)}, "refuse scope"),
        ({"validation": FIVE * 2}, "refuse scope"),
        ({"validation": (ScopeUntil(scope=5, until=None),)}, "warn scope-expiry"),
    ],
)
def test_scopes_are_scopes_given_once_with_a_last_day(
    changes: dict[str, Any], verdict: str | None
) -> None:
    assert soundly(designation(**changes)) == ([verdict] if verdict else [])


def test_a_number_is_never_used_twice_not_even_after_a_withdrawal() -> None:
    again = designation(number="TPE-MN-001")

    assert on(standing(), again) == ["refuse number"]
    assert on(standing(*withdrawal().facts()), again) == ["refuse number"]


def test_validation_and_verification_are_apart() -> None:
    [fact] = designation(verification=()).facts()

    entity = ground(fact).entities["TPE-MN-002"]
    assert entity.may("validation", 5, TODAY)
    assert not entity.may("verification", 5, TODAY)


# Provisional designation


def test_a_provisional_designation_is_known_in_indonesia_only() -> None:
    assert soundly(provisional(), country="ID") == []
    mongolian = provisional(number="TPE-MN-005", side="MN")
    assert soundly(mongolian) == ["refuse provisional"]
    assert soundly(provisional(side="MN"), country="ID") == ["refuse side"]


def test_each_side_has_two_provisional_entities_a_year() -> None:
    def designated(*sides: str) -> Ground:
        return ground(*(_provisional(number, side) for number, side in enumerate(sides, start=1)))

    def said(decided: Ground, day: date = TODAY) -> list[str]:
        return on(decided, provisional(), country="ID", day=day)

    assert said(designated("ID")) == []
    assert said(designated("ID", "ID")) == ["refuse provisional"]
    assert said(designated("ID", "JP", "JP")) == []
    assert said(designated("ID", "ID"), date(2027, 1, 1)) == []
    full = structs.replace(_provisional(2, "ID"), status="designated", until=None)
    assert said(ground(_provisional(1, "ID"), full)) == []


def test_a_provisional_entity_counts_in_its_year_whatever_becomes_of_it() -> None:
    first, second = _provisional(1, "ID"), _provisional(2, "ID")
    halted = EntityStatus(number="TPE-ID-002", status="suspended")
    full = EntityReaccredited(number="TPE-ID-002", validation=(Scope(5),), verification=())
    unknown = structs.replace(second, side=None)
    decided = ground(first, second)
    decided.take(halted, origin(on=date(2027, 2, 1)))

    def said(decided: Ground, day: date = TODAY) -> list[str]:
        return on(decided, provisional(), country="ID", day=day)

    assert said(decided) == said(ground(first, second, full)) == ["refuse provisional"]
    assert said(ground(first, unknown)) == ["refuse provisional"]
    assert said(decided, date(2027, 3, 1)) == []


@pytest.mark.parametrize(("day", "over"), [(date(2027, 6, 30), False), (date(2027, 7, 1), True)])
def test_a_provisional_designation_does_not_end_before_it_is_decided(day: date, over: bool) -> None:
    said = on(ground(), provisional(), country="ID", day=day)

    assert said == (["refuse provisional"] if over else [])


def test_a_provisional_designation_ends_on_its_day_or_becomes_a_full_one() -> None:
    [fact] = provisional().facts()
    decided = ground(fact)
    entity = decided.entities["TPE-ID-005"]
    assert entity.may("validation", 5, date(2027, 6, 30))
    assert not entity.may("validation", 5, date(2027, 7, 1))

    assert on(decided, designation(number="TPE-ID-005"), country="ID") == ["refuse number"]
    full = Reaccreditation(
        title="An entity",
        number="TPE-ID-005",
        validation=(ScopeUntil(scope=5, until=date(2030, 1, 1)),),
        verification=(),
        accreditation="ISO 14065",
        previous=decided.entities["TPE-ID-005"].origin.digest,
    )
    assert on(decided, full, country="ID") == []
    decided = ground(fact, *full.facts())
    assert decided.entities["TPE-ID-005"].may("validation", 5, date(2027, 7, 1))


# Scopes and accreditation


@pytest.mark.parametrize("kind", [ScopeExtension, Reaccreditation])
def test_a_working_entity_gets_other_scopes(kind: Any) -> None:
    more = {"accreditation": ISO} if kind is Reaccreditation else {}
    item = kind(
        title="V", number="TPE-MN-001", validation=FIVE, verification=(), previous=SET, **more
    )

    assert soundly(item) == []
    assert on(standing(), item) == []
    assert on(ground(), item) == ["refuse entity-exists"]
    assert on(standing(), structs.replace(item, previous=None)) == ["refuse previous"]
    for status in ("suspended", "withdrawn"):
        gone = standing(EntityStatus(number="TPE-MN-001", status=status))
        assert on(gone, item) == ["refuse status"]
    after = standing(*item.facts())
    assert may(after, 5) == (True, False)
    assert may(after, 1) == ((True, True) if kind is ScopeExtension else (False, False))


# Suspension, reinstatement, withdrawal


def test_a_suspended_entity_does_no_work_until_it_is_reinstated() -> None:
    assert on(standing(), suspension()) == []
    suspended = standing(*suspension().facts())
    assert may(suspended, 1) == (False, False)
    assert on(suspended, suspension()) == ["refuse status"]

    assert on(suspended, reinstatement()) == []
    assert may(standing(*suspension().facts(), *reinstatement().facts()), 1) == (True, True)
    assert on(standing(), reinstatement()) == ["refuse status"]


def test_a_scope_alone_is_suspended_and_reinstated() -> None:
    assert on(standing(), suspension((1,))) == []
    assert on(standing(), suspension((5,))) == ["refuse scope"]
    suspended = standing(*suspension((1,)).facts())
    assert (may(suspended, 1), may(suspended, 3)) == ((False, False), (True, True))

    assert on(suspended, reinstatement((1,))) == []
    assert on(suspended, reinstatement()) == []
    assert on(suspended, reinstatement((3,))) == ["refuse scope"]
    assert may(standing(*suspension((1,)).facts(), *reinstatement((1,)).facts()), 1)[0]


def test_a_list_of_scopes_names_one() -> None:
    for item in (suspension(()), reinstatement(()), withdrawal(())):
        assert soundly(item) == ["refuse scope"]
    assert soundly(suspension()) == soundly(suspension((1,))) == []


def test_a_withdrawal_ends_the_whole_or_a_scope_for_good() -> None:
    assert on(standing(), withdrawal()) == []
    gone = standing(*withdrawal().facts())
    assert may(gone, 1) == (False, False)
    for item in (withdrawal(), suspension(), reinstatement()):
        assert on(gone, item) == ["refuse status"]

    partly = standing(*withdrawal((1,)).facts())
    assert (may(partly, 1), may(partly, 3)) == ((False, False), (True, True))
    assert on(partly, withdrawal((1,))) == ["refuse scope"]


def test_who_decided_between_is_noticed() -> None:
    for item in (suspension(), withdrawal()):
        assert on(standing(), structs.replace(item, previous="0" * 64)) == ["refuse previous"]


@pytest.mark.parametrize("scopes", [None, (5,)])
def test_lifting_a_suspension_makes_no_full_designation_of_a_provisional_one(
    scopes: tuple[int, ...] | None,
) -> None:
    designated = structs.replace(_provisional(1, "ID"), validation=(Scope(5),))
    halted = EntityStatus(number="TPE-ID-001", status="suspended", scopes=scopes)
    lifted = reinstatement(scopes, number="TPE-ID-001")

    assert on(ground(designated, halted), lifted, country="ID") == []

    entity = ground(designated, halted, *lifted.facts()).entities["TPE-ID-001"]
    assert (entity.status, entity.until) == ("provisional", date(2027, 6, 30))


# Rejection


def test_an_application_is_refused_and_no_number_is_used() -> None:
    item = EntityRejection(title="X", application="Application of 2 May", reason="Not accredited")

    assert soundly(item) == on(standing(), item) == []
    assert list(item.facts()) == [
        RequestClosed(subject="Application of 2 May", status="not designated")
    ]
    assert item.subject == "Application of 2 May"
    assert on(ground(*item.facts()), item) == ["refuse number"]


def _provisional(number: int, side: str) -> EntityDesignated:
    return EntityDesignated(
        number=f"TPE-ID-00{number}",
        name=f"Entity {number}",
        status="provisional",
        side=side,
        until=date(2027, 6, 30),
    )
