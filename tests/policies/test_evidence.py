"""A check that passes says what shows it, and who says so; missing data is never a pass."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from msgspec import structs

from policies.checks import CHECKS
from policies.facts import (
    CreditsDecided,
    EntityDesignated,
    EntityStatus,
    MethodologyApproved,
    Scope,
)
from policies.findings import Finding, Judgement
from policies.ground import Ground
from policies.items import Item
from policies.items.allocation import Share
from policies.items.entities import ProvisionalDesignation, Suspension
from policies.items.issuance import Issuance, Verification
from policies.items.kind import Occasion, ScopeUntil
from policies.items.methodologies import MethodologyRevision
from policies.items.projects import Applied, IdeaNote, Registration, Validation
from policies.preflight import sound, stands
from policies.rulebook import shipped
from policies.sides import Committee
from tests.policies.bench import issuance
from tests.policies.occasions import METHODOLOGY, SET, TODAY, credits, ground, shown, standing

VERIFIED = Verification(entity="TPE-MN-001", report="V-2025", on=date(2025, 7, 1), quantity=1000)
VALIDATED = Validation(entity="TPE-MN-001", report="R-7", on=date(2026, 5, 1), opinion="positive")


def found(
    item: Item, decided: Ground, *, country: str = "MN", version: str | None = None
) -> list[Finding]:
    """Return everything that is said of an item, passes among it."""
    committee, book = Committee(country), shipped(country, version).rulebook
    occasion = Occasion(committee, decided, book, TODAY)
    return [*sound([item], committee, book), *stands([item], occasion)]


def evidence(item: Item, decided: Ground, check: str, **changes: Any) -> list[tuple[str, str]]:
    return shown(found(item, decided, **changes), check)


def registration(**changes: Any) -> Registration:
    item = Registration(
        title="Wind",
        number="MN002",
        methodologies=(Applied(number="MN_AM001", version="1.0"),),
        scopes=(1,),
        participants=(),
        validation=VALIDATED,
        operation_start=date(2018, 1, 1),
        used_under_other_mechanism=False,
        programme=None,
    )
    return structs.replace(item, **changes)


def share(side: str, holder: Any, amount: int) -> Share:
    return Share(side=side, holder=holder, name="x", amount=amount)


# Entities


def test_an_entity_in_scope_is_named_with_its_scopes_their_last_day_and_who_gave_them() -> None:
    said = evidence(issuance(verification=VERIFIED), standing(), "entity-in-scope")

    assert said == [
        (
            "pass",
            "TPE-MN-001 holds verification in scope 1 until 2026-12-31, 3 with no last day stated"
            " (JP-MN/2026/001 item 2), on 2025-07-01 and 2026-06-10",
        )
    ]


def test_the_right_kind_of_work_is_shown_and_the_other_kind_does_not_do() -> None:
    only_verifies = EntityDesignated(
        number="TPE-MN-002", name="V", verification=(Scope(1), Scope(3))
    )
    decided = standing(only_verifies)
    verified = structs.replace(VERIFIED, entity="TPE-MN-002")
    validated = structs.replace(VALIDATED, entity="TPE-MN-002")

    [verifies] = evidence(issuance(verification=verified), decided, "entity-in-scope")
    validates = evidence(registration(validation=validated), decided, "entity-in-scope")

    assert verifies[0] == "pass"
    assert {verdict for verdict, _ in validates} == {"fail"}


def test_an_entity_whose_scopes_the_record_does_not_say_cannot_be_told_and_bars() -> None:
    unknown = EntityDesignated(number="TPE-MN-002", name="V")
    verified = structs.replace(VERIFIED, entity="TPE-MN-002")

    [one] = [
        f
        for f in found(issuance(verification=verified), standing(unknown))
        if f.check == "entity-in-scope"
    ]

    assert (one.verdict, one.bars) == (Judgement.CANNOT_TELL, True)


def test_a_provisional_entity_shows_until_when() -> None:
    provisional = EntityDesignated(
        number="TPE-ID-001",
        name="V",
        validation=(Scope(1, date(2027, 1, 1)),),
        status="provisional",
        until=date(2026, 12, 1),
    )
    validated = structs.replace(VALIDATED, entity="TPE-ID-001", on=TODAY)
    item = registration(number="ID002", validation=validated)

    [(verdict, said)] = evidence(item, ground(provisional), "entity-in-scope", country="ID")

    assert verdict == "pass"
    assert "scope 1 until 2027-01-01, provisional until 2026-12-01 (JP-MN/2026/001 item 1)" in said


def test_an_entitys_status_is_shown_with_who_set_it() -> None:
    item = Suspension(
        title="Verifier",
        number="TPE-MN-001",
        scopes=None,
        reason="Accreditation lapsed.",
        previous=SET,
    )

    assert evidence(item, standing(), "status") == [
        ("pass", "TPE-MN-001 is designated (JP-MN/2026/001 item 2)")
    ]
    withdrawn = EntityStatus(number="TPE-MN-001", status="withdrawn")
    assert evidence(item, standing(withdrawn), "status")[0][0] == "fail"


def test_provisional_designations_are_counted() -> None:
    until = ScopeUntil(scope=1, until=date(2027, 1, 1))
    item = ProvisionalDesignation(
        title="V",
        number="TPE-ID-001",
        validation=(until,),
        verification=(),
        side="ID",
        until=date(2026, 12, 1),
    )

    [(verdict, said)] = evidence(item, ground(), "provisional", country="ID")

    assert (verdict, said) == (
        "pass",
        "ID has 0 of 2 provisional entities of 2026; this one works until 2026-12-01",
    )
    assert evidence(item, ground(), "scope-expiry", country="ID")[0][0] == "pass"


# Methodologies


def test_an_approved_version_is_shown_with_its_day_its_decision_and_the_newest() -> None:
    newer = MethodologyApproved(number="MN_AM001", version="2.0", title="Boilers", scopes=(1,))

    assert evidence(registration(), standing(), "methodology") == [
        ("pass", "MN_AM001 version 1.0 approved on 2026-06-10 by JP-MN/2026/001 item 1")
    ]
    [(_, said)] = evidence(registration(), standing(newer), "methodology")
    assert said.endswith("by JP-MN/2026/001 item 1; its newest version is 2.0")


def test_a_rising_version_and_who_set_the_old_one_are_shown() -> None:
    item = MethodologyRevision(
        title="Boilers",
        number="MN_AM001",
        version="1.1",
        scopes=(1,),
        result="approved",
        previous=SET,
    )

    said = "1.1 is higher than 1.0, approved by JP-MN/2026/001 item 1"
    assert evidence(item, ground(METHODOLOGY), "version-rises") == [("pass", said)]
    assert evidence(item, ground(METHODOLOGY), "previous") == [
        ("pass", "MN_AM001 was last set by JP-MN/2026/001 item 1, as named")
    ]


def test_known_scopes_and_a_free_number_are_shown() -> None:
    assert evidence(registration(scopes=(1, 3)), standing(), "scope") == [
        ("pass", "1, 3 are sectoral scopes of MN-2026")
    ]
    assert evidence(registration(), standing(), "number") == [
        ("pass", "MN002 has never been used: 3 looked at")
    ]


# Projects


def test_a_start_on_the_rulebooks_day_or_later_is_shown() -> None:
    first = registration(operation_start=date(2013, 1, 1))

    assert evidence(first, standing(), "operation-start", version="MN-2013") == [
        ("pass", "operation started on 2013-01-01, on or after 2013-01-01")
    ]
    assert evidence(first, standing(), "operation-start") == [], "MN-2026 sets no day"


@pytest.mark.parametrize(
    ("check", "missing"),
    [
        ("operation-start", {"operation_start": None}),
        ("other-mechanism", {"used_under_other_mechanism": None}),
        ("validation", {"validation": None}),
    ],
)
def test_what_a_registration_does_not_say_cannot_be_told(
    check: str, missing: dict[str, None]
) -> None:
    whole = evidence(registration(), standing(), check, version="MN-2013")
    without = evidence(registration(**missing), standing(), check, version="MN-2013")

    assert [verdict for verdict, _ in whole] == ["pass"]
    assert [verdict for verdict, _ in without] == ["cannot tell"]


def test_a_rulebook_with_idea_notes_is_named() -> None:
    item = IdeaNote(title="Wind", number="MN_PIN001")

    assert evidence(item, ground(), "idea-note") == [
        ("pass", "the rulebook MN-2026 has project idea notes")
    ]
    assert evidence(item, ground(), "idea-note", version="MN-2013")[0][0] == "fail"


# Credits


def test_a_registered_project_and_a_free_period_are_shown() -> None:
    decided = standing(
        credits(date(2022, 1, 1), date(2022, 12, 31)), credits(date(2023, 1, 1), date(2023, 12, 31))
    )

    assert evidence(issuance(), decided, "project-registered") == [
        ("pass", "MN001 is registered since 2026-06-10, last set by JP-MN/2026/001 item 3")
    ]
    assert evidence(issuance(), decided, "period-overlap") == [
        (
            "pass",
            "no earlier period of the project shares a day with 2024-01-01 to 2024-12-31: 2 looked"
            " at",
        )
    ]
    assert evidence(issuance(), decided, "earlier-amount") == [
        ("pass", "what was decided before is known: 2 looked at")
    ]


def test_an_earlier_row_without_a_period_or_amount_is_no_pass() -> None:
    unknown = CreditsDecided(project="MN001", period=None, quantity=None, amounts=None)
    decided = standing(unknown, credits(date(2023, 1, 1), date(2023, 12, 31)))

    assert [v for v, _ in evidence(issuance(), decided, "period-overlap")] == ["cannot tell"]
    assert [v for v, _ in evidence(issuance(), decided, "earlier-amount")] == ["cannot tell"]


def test_amounts_and_what_was_verified_are_added_up() -> None:
    before = credits(date(2023, 1, 1), date(2023, 12, 31), 500, report="V-2025", verified=1000)
    half = issuance(verification=VERIFIED, quantity=500, amounts={"JP": 400, "MN": 100})

    assert evidence(half, standing(before), "amounts") == [("pass", "JP + MN: 400 + 100 = 500")]
    assert evidence(half, standing(before), "verified-amount") == [
        (
            "pass",
            "500 by 1 earlier decisions and 500 now rest on V-2025, which verified 1,000",
        )
    ]


def test_without_a_verification_no_amount_is_held_against_it() -> None:
    assert evidence(issuance(), standing(), "verified-amount") == []
    assert evidence(issuance(), standing(), "entity-in-scope") == []
    assert evidence(issuance(), standing(), "verification")[0][0] == "cannot tell"


def indonesian(government: int | None) -> Issuance:
    shares = None
    if government is not None:
        private = share("ID", "private", 200 - government)
        shares = (share("JP", "private", 800), share("ID", "government", government), private)
    return issuance("ID", allocation=shares)


def test_what_the_government_of_indonesia_receives_is_shown() -> None:
    assert evidence(indonesian(100), ground(), "partner-government", country="ID") == [
        ("pass", "the Government of Indonesia receives 100 of 1,000, at least 10 %")
    ]
    assert evidence(indonesian(100), ground(), "allocation", country="ID") == [
        ("pass", "the shares of each side add up to its amount")
    ]


def test_without_an_allocation_a_side_below_the_floor_breaks_it_and_another_cannot_be_told() -> (
    None
):
    def verdict(side: int) -> str:
        item = issuance("ID", amounts={"JP": 1000 - side, "ID": side})
        [(said, _)] = evidence(item, ground(), "partner-government", country="ID")
        return said

    assert [verdict(99), verdict(100), verdict(1000)] == ["fail", "cannot tell", "cannot tell"]


def test_palaus_private_participants_are_shown_to_receive_nothing() -> None:
    own = (share("JP", "private", 800), share("PW", "government", 200))

    said = evidence(issuance("PW", allocation=own), ground(), "partner-private", country="PW")
    assert said == [("pass", "private participants of Palau receive no credits")]
    untold = evidence(issuance("PW"), ground(), "partner-private", country="PW")
    assert untold[0][0] == "cannot tell"


# Every finding


def every_finding() -> Iterator[Finding]:
    yield from found(registration(), standing(), version="MN-2013")
    yield from found(registration(validation=None, operation_start=None), ground())
    yield from found(issuance(verification=VERIFIED), standing())
    yield from found(issuance(), ground())
    yield from found(indonesian(None), ground(), country="ID")


def test_every_finding_names_a_check_of_the_table_and_says_something() -> None:
    findings = list(every_finding())

    assert {finding.verdict for finding in findings} == set(Judgement)
    assert all(finding.check in CHECKS and finding.message for finding in findings)
    assert not any(f.bars for f in findings if f.verdict is Judgement.PASS)
    told = [f for f in findings if f.message.startswith("cannot tell")]
    assert told
    assert {f.verdict for f in told} == {Judgement.CANNOT_TELL}
