"""Credits: whole numbers for each side, within what was verified, each period once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Literal

import pytest
from msgspec import structs

from policies.facts import CreditsDecided, EntityStatus, ProjectStatus
from policies.findings import Finding, remarks
from policies.items.allocation import Share
from policies.items.issuance import Issuance, Verification
from policies.items.kind import Period
from policies.preflight import sound
from policies.rulebook import shipped
from policies.sides import Committee
from tests.policies.bench import issuance
from tests.policies.occasions import (
    PROJECT,
    TODAY,
    credits,
    ground,
    on,
    soundly,
    standing,
)

DAY = date(2025, 7, 1)
VERIFIED = Verification(entity="TPE-MN-001", report="V-2025", on=DAY, quantity=1000)
NO_VERIFIER = "warn verification"
NO_ALLOCATION = "warn allocation-unknown"


def share(side: str, holder: Literal["government", "private"], amount: int) -> Share:
    return Share(side=side, holder=holder, name=f"{holder} of {side}", amount=amount)


def item(**changes: Any) -> Issuance:
    return issuance(**{"verification": VERIFIED} | changes)


def period(begins: date, ends: date) -> Period:
    return Period(begins=begins, ends=ends)


def messages(one: Issuance, country: str) -> list[str]:
    book = shipped(country).rulebook
    said: list[Finding] = remarks(sound([one], Committee(country), book))
    unsaid = ("verification", "allocation-unknown")
    return [finding.message for finding in said if finding.check not in unsaid]


def found(one: Issuance) -> list[str]:
    """Return what is said of an item beside that its allocation is not given."""
    return [said for said in soundly(one) if said != NO_ALLOCATION]


# The item by itself


def test_a_whole_issuance_is_sound() -> None:
    assert found(item()) == []


def test_without_an_allocation_it_cannot_tell_and_warns() -> None:
    nothing = item(quantity=0, amounts={"JP": 0, "MN": 0})
    shares = (share("JP", "private", 800), share("MN", "government", 200))

    assert soundly(item()) == [NO_ALLOCATION]
    assert soundly(item(allocation=shares)) == soundly(nothing) == []


def test_without_a_verification_it_cannot_tell_and_warns() -> None:
    assert found(item(verification=None)) == [NO_VERIFIER]


@pytest.mark.parametrize(
    ("amounts", "verdict"),
    [
        ({"JP": 800, "MN": 200}, []),
        ({"JP": 0, "MN": 1000}, []),
        ({"JP": 1000, "MN": 0}, []),
        ({"JP": 800, "MN": 199}, ["refuse amounts"]),
        ({"JP": 800, "MN": 201}, ["refuse amounts"]),
        ({"JP": 1000}, ["refuse amounts"]),
        ({"JP": 800, "ID": 200}, ["refuse amounts"]),
        ({"JP": 800, "MN": 200, "ID": 0}, ["refuse amounts"]),
        ({}, ["refuse amounts"]),
    ],
)
def test_there_is_one_amount_for_each_side_and_they_add_up(
    amounts: dict[str, int], verdict: list[str]
) -> None:
    assert found(item(amounts=amounts)) == verdict


def test_both_amounts_may_be_zero() -> None:
    assert found(item(quantity=0, amounts={"JP": 0, "MN": 0})) == []


@pytest.mark.parametrize(
    ("begins", "ends", "verdict"),
    [
        (date(2024, 1, 1), date(2024, 1, 1), []),
        (date(2024, 1, 2), date(2024, 1, 1), ["refuse period"]),
        (date(2020, 1, 1), date(2020, 12, 31), []),
        (date(2021, 1, 1), date(2021, 12, 31), []),
        (date(2020, 12, 31), date(2021, 1, 1), ["warn period-cut"]),
        (date(2020, 1, 1), date(2021, 12, 31), ["warn period-cut"]),
    ],
)
def test_a_period_runs_forward_and_a_cut_of_2020_and_2021_is_noted(
    begins: date, ends: date, verdict: list[str]
) -> None:
    assert found(item(monitoring_period=period(begins, ends))) == verdict


@pytest.mark.parametrize(
    ("begins", "ends", "verdict"),
    [
        (date(2024, 1, 1), date(2024, 12, 31), []),
        (date(2024, 12, 31), date(2025, 1, 1), ["refuse vintage"]),
        (date(2022, 6, 1), date(2025, 5, 31), ["refuse vintage"]),
        (date(2017, 6, 1), date(2018, 5, 31), []),
        (date(2019, 6, 1), date(2022, 5, 31), ["warn period-cut", "refuse vintage"]),
    ],
)
def test_a_period_under_article_6_2_lies_in_one_year_after_the_cut(
    begins: date, ends: date, verdict: list[str]
) -> None:
    assert found(item(monitoring_period=period(begins, ends))) == verdict


def test_before_article_6_2_a_period_runs_across_years() -> None:
    across = item(monitoring_period=period(date(2022, 6, 1), date(2023, 5, 31)))
    first, second = soundly(across, version="MN-2013"), soundly(across)

    assert (first, second) == ([NO_ALLOCATION], ["refuse vintage", NO_ALLOCATION])


def test_a_period_across_years_warns_where_the_rulebook_says_so() -> None:
    book = shipped("MN").rulebook
    rules = book.article6
    assert rules is not None
    warned = structs.replace(rules.period_across_years, value="warn")
    book = structs.replace(book, article6=structs.replace(rules, period_across_years=warned))
    across = item(monitoring_period=period(date(2022, 6, 1), date(2023, 5, 31)))

    [said] = [f for f in remarks(sound([across], Committee("MN"), book)) if f.check == "vintage"]
    assert not said.bars
    assert said.message == (
        "2022-06-01 to 2023-05-31 has days of 2 years, 2022 to 2023; under Article 6.2 an amount"
        " is of one: divide it into an item for each"
    )


def test_no_more_is_issued_than_was_verified() -> None:
    assert found(item(verification=structs.replace(VERIFIED, quantity=1001))) == []
    less = item(verification=structs.replace(VERIFIED, quantity=999))
    assert found(less) == ["refuse verified-amount"]


def test_the_project_is_one_of_the_committee() -> None:
    assert found(item(project="ID001")) == ["refuse number"]
    assert found(item(project="MN1")) == ["refuse number"]


# Shares of each side


def test_shares_add_up_to_each_sides_amount() -> None:
    shares = (
        share("JP", "government", 500),
        share("JP", "private", 300),
        share("MN", "private", 200),
    )

    assert found(item(allocation=shares)) == []
    assert found(item(allocation=shares[1:])) == ["refuse allocation"]
    assert found(item(allocation=())) == ["refuse allocation"] * 2
    foreign = (*shares, share("ID", "private", 0))
    assert found(item(allocation=foreign)) == ["refuse side"]


def test_a_side_without_credits_needs_no_share() -> None:
    one = item(amounts={"JP": 1000, "MN": 0}, allocation=(share("JP", "government", 1000),))

    assert found(one) == []


@pytest.mark.parametrize(("government", "ok"), [(100, True), (101, True), (99, False), (0, False)])
def test_the_government_of_indonesia_receives_a_tenth(government: int, ok: bool) -> None:
    shares = (
        share("JP", "government", 800),
        share("ID", "government", government),
        share("ID", "private", 200 - government),
    )
    one = issuance("ID", allocation=shares)

    found = messages(one, "ID")

    assert bool(found) != ok
    if not ok:
        expected = f"the Government of Indonesia receives {government} of 1,000; at least 10 %"
        assert found == [f"{expected} must be its own"]


def test_a_tenth_is_not_rounded() -> None:
    def of(quantity: int, government: int) -> list[str]:
        amounts = {"JP": quantity - government, "ID": government}
        shares = (
            share("JP", "private", quantity - government),
            share("ID", "government", government),
        )
        one = issuance("ID", quantity=quantity, amounts=amounts, allocation=shares)
        return messages(one, "ID")

    assert of(1009, 101) == []
    assert of(1011, 102) == []
    assert of(1011, 101) != []
    assert of(9, 0) != []
    assert of(9, 1) == []
    assert of(0, 0) == []


def test_without_an_allocation_indonesias_tenth_cannot_be_told_and_refuses() -> None:
    [said] = messages(issuance("ID"), "ID")

    assert said.startswith("cannot tell what the Government of Indonesia receives")


def test_private_participants_of_palau_receive_nothing() -> None:
    japan = share("JP", "private", 800)
    own = (japan, share("PW", "government", 200))
    private = (japan, share("PW", "government", 199), share("PW", "private", 1))

    assert messages(issuance("PW", allocation=own), "PW") == []
    assert messages(issuance("PW", allocation=private), "PW") == [
        "private participants of Palau receive 1; none may"
    ]
    [unsaid] = messages(issuance("PW"), "PW")
    assert unsaid.startswith("cannot tell whether private participants of Palau receive")
    none = issuance("PW", amounts={"JP": 1000, "PW": 0})
    assert messages(none, "PW") == []


# On what is decided already


def test_an_issuance_stands_on_a_registered_project_and_its_verifier() -> None:
    assert on(standing(), item()) == []
    assert on(ground(), item(verification=None)) == ["refuse project-registered"]
    withdrawn = ProjectStatus(number="MN001", status="withdrawn")
    assert on(standing(withdrawn), item()) == ["refuse project-registered"]


@pytest.mark.parametrize(
    ("begins", "ends", "overlaps"),
    [
        (date(2023, 1, 1), date(2023, 12, 31), False),
        (date(2023, 1, 1), date(2024, 1, 1), True),
        (date(2024, 12, 31), date(2025, 12, 31), True),
        (date(2025, 1, 1), date(2025, 12, 31), False),
        (date(2024, 5, 1), date(2024, 5, 1), True),
        (date(2023, 1, 1), date(2025, 12, 31), True),
    ],
)
def test_periods_may_touch_and_never_share_a_day(begins: date, ends: date, overlaps: bool) -> None:
    decided = standing(credits(date(2024, 1, 1), date(2024, 12, 31)))

    said = on(decided, item(monitoring_period=period(begins, ends)))

    assert said == (["refuse period-overlap"] if overlaps else [])


def test_two_items_of_one_decision_do_not_overlap_either() -> None:
    first, second = item(quantity=500, amounts={"JP": 500, "MN": 0}), item(quantity=0)
    second = structs.replace(second, amounts={"JP": 0, "MN": 0})

    assert on(standing(), first, second) == ["refuse period-overlap"]


def test_another_projects_periods_do_not_matter() -> None:
    other = structs.replace(credits(date(2024, 1, 1), date(2024, 12, 31)), project="MN002")

    assert on(standing(other), item()) == []


@pytest.mark.parametrize("subject", ["MN001+MN002", "MN002+MN001"])
def test_credits_decided_for_several_projects_bar_the_period_of_each(subject: str) -> None:
    joint = structs.replace(credits(date(2024, 1, 1), date(2024, 12, 31)), project=subject)
    unknown = structs.replace(joint, period=None)
    of_others = structs.replace(joint, project="MN002+MN003")

    assert on(standing(joint), item()) == ["refuse period-overlap"]
    assert on(standing(unknown), item()) == ["warn period-overlap"]
    assert on(standing(structs.replace(joint, quantity=None)), item()) == [
        "refuse period-overlap",
        "refuse earlier-amount",
    ]
    assert on(standing(of_others), item()) == []


def test_an_earlier_period_that_is_not_known_warns_and_an_amount_refuses() -> None:
    unknown = CreditsDecided(project="MN001", period=None, quantity=5, amounts=None)
    assert on(standing(unknown), item()) == ["warn period-overlap"]

    no_amount = credits(date(2019, 1, 1), date(2019, 12, 31), None)
    assert on(standing(no_amount), item()) == ["refuse earlier-amount"]


def test_a_period_ends_by_the_day_of_the_decision() -> None:
    until = period(date(2026, 1, 1), TODAY)

    assert on(standing(), item(monitoring_period=until)) == []
    early = on(standing(), item(monitoring_period=until), day=date(2026, 6, 9))
    assert early == ["refuse period"]


def test_all_that_rests_on_one_report_stays_within_what_it_verified() -> None:
    half = item(quantity=500, amounts={"JP": 500, "MN": 0})
    first = date(2023, 1, 1), date(2023, 12, 31)

    def after(quantity: int, verified: int = 1000, report: str = "V-2025") -> list[str]:
        return on(standing(credits(*first, quantity, report=report, verified=verified)), half)

    assert after(500) == []
    assert after(501) == ["refuse verified-amount"]
    assert after(501, report="V-2024") == []
    assert after(400, verified=2000) == ["refuse verified-amount"]


def test_the_verifier_holds_every_scope_on_both_days() -> None:
    late = structs.replace(VERIFIED, on=date(2026, 12, 31))

    assert on(standing(), item(verification=late), day=date(2026, 12, 31)) == []
    assert on(standing(), item(), day=date(2027, 1, 1)) == ["refuse entity-in-scope"]
    unknown = structs.replace(VERIFIED, entity="TPE-MN-009")
    assert on(standing(), item(verification=unknown)) == ["refuse entity-in-scope"]
    suspended = EntityStatus(number="TPE-MN-001", status="suspended", scopes=(3,))
    assert on(standing(suspended), item()) == ["refuse entity-in-scope"]
    elsewhere = standing(structs.replace(PROJECT, scopes=(1, 2)))
    assert on(elsewhere, item()) == ["refuse entity-in-scope"] * 2


def test_a_verification_report_is_not_of_the_future() -> None:
    def reported(day: date) -> list[str]:
        return on(standing(), item(verification=structs.replace(VERIFIED, on=day)))

    assert reported(TODAY) == []
    assert reported(TODAY + timedelta(days=1)) == ["refuse verification"]


def test_of_nothing_nothing_is_due_to_indonesia() -> None:
    nothing = issuance("ID", quantity=0, amounts={"JP": 0, "ID": 0})

    assert messages(nothing, "ID") == []


def test_a_model_project_delivers_half_to_japan_and_it_only_warns() -> None:
    model = standing(structs.replace(PROJECT, programme="model project"))
    half = (
        share("JP", "government", 500),
        share("JP", "private", 300),
        share("MN", "private", 200),
    )
    less = (
        share("JP", "government", 499),
        share("JP", "private", 301),
        share("MN", "private", 200),
    )

    assert on(model, item(allocation=half)) == []
    assert on(model, item(allocation=less)) == ["warn model-project"]
    assert on(model, item()) == ["warn model-project"]
    assert on(standing(), item()) == []


def test_what_follows_is_what_was_decided() -> None:
    [fact] = item().facts()

    decided = standing(fact)
    [found] = decided.credits_of_project("MN001")
    assert (found.quantity, found.amounts) == (1000, {"JP": 800, "MN": 200})
    assert (found.report, found.verified) == ("V-2025", 1000)
    assert item().log_entry["monitoring_period"] == ["2024-01-01", "2024-12-31"]
    assert (item().kind, item().subject, item().conclusion) == ("issuance", "MN001", "notified")
