"""The ground of later decisions is the fold of what was decided, in its order."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec import structs

from policies.facts import (
    AnyFact,
    CreditsCorrected,
    CreditsDecided,
    CreditsReported,
    EntityDesignated,
    EntityReaccredited,
    EntityScopesAdded,
    EntityStatus,
    Fact,
    MeasureTaken,
    MethodologyApproved,
    ProjectChanged,
    ProjectPlanned,
    ProjectRegistered,
    ProjectStatus,
    RequestClosed,
    RulesAdopted,
    Scope,
    TitleCorrected,
)
from policies.ground import Ground
from policies.subjects import Origin
from tests.policies.occasions import (
    ENTITY,
    METHODOLOGY,
    PROJECT,
    TODAY,
    credits,
    ground,
    origin,
    standing,
)

YEAR = (date(2024, 1, 1), date(2024, 12, 31))
ALL: list[AnyFact] = [
    METHODOLOGY,
    ENTITY,
    PROJECT,
    credits(*YEAR),
    CreditsReported(project="MN001", side="JP", amount=60, on=TODAY),
    EntityScopesAdded(number="TPE-MN-001", name="Verifier", validation=(Scope(5),)),
    EntityReaccredited(number="TPE-MN-001", validation=(Scope(7),), verification=()),
    EntityStatus(number="TPE-MN-001", status="suspended"),
    ProjectPlanned(number="MN_PIN001", title="Plan"),
    ProjectStatus(number="MN002", status="registration rejected", title="Two"),
    ProjectChanged(number="MN001", title="New"),
    CreditsCorrected(
        decision="JP-MN/2026/001", item=4, period=None, quantity=7, amounts={"JP": 7, "MN": 0}
    ),
    TitleCorrected(number="MN_AM001", title="Boilers"),
    RulesAdopted(documents=(("Rules", "1.0"),)),
    MeasureTaken(title="Remote", until=None),
    RequestClosed(subject="MN_PM001", status="not approved"),
]


def test_every_fact_finds_its_place() -> None:
    assert {type(fact) for fact in ALL} == set(AnyFact.__args__)

    decided = ground(*ALL)

    assert decided.numbers == {
        "MN_AM001", "TPE-MN-001", "MN001", "MN_PIN001", "MN002", "MN_PM001"
    }  # fmt: skip
    assert decided.documents["Rules"][0] == "1.0"
    assert decided.methodologies["MN_AM001"]["1.0"].title == "Boilers"


def test_a_fact_that_no_register_takes_is_a_fault() -> None:
    class Strange(Fact, frozen=True, kw_only=True, tag="strange"):
        pass

    with pytest.raises(TypeError, match="Strange"):
        Ground().take(Strange(), origin())


@pytest.mark.parametrize("fact", ALL, ids=lambda fact: type(fact).__name__)
def test_a_branch_takes_facts_without_touching_its_stem(fact: AnyFact) -> None:
    stem, untouched = standing(credits(*YEAR)), standing(credits(*YEAR))

    branch = stem.branch()
    branch.take(fact, origin("JP-MN/2026/002", digest="9" * 64))

    assert stem == untouched
    assert stem.branch() == stem


@pytest.mark.parametrize("fact", ALL, ids=lambda fact: type(fact).__name__)
def test_taking_a_fact_never_refuses_even_on_empty_ground(fact: AnyFact) -> None:
    ground(fact)


# Projects and credits


def test_credits_are_kept_by_the_item_that_decided_them() -> None:
    decided = standing()
    first, second = origin("JP-MN/2026/001", 2), origin("JP-MN/2026/002", 1)
    decided.take(credits(*YEAR, 10), first)
    decided.take(credits(*YEAR, 20), second)

    decided.take(CreditsReported(project="MN001", side="JP", amount=9, on=None), second)

    found = decided.credits_of_project("MN001")
    assert [(c.quantity, c.reported) for c in found] == [(10, {}), (20, {"JP": 9})]
    assert decided.credits_of_project("MN009") == []


def test_a_corrected_amount_stands_where_the_first_stood() -> None:
    decided = standing(credits(*YEAR, 10))
    correction = CreditsCorrected(
        decision="JP-MN/2026/001", item=4, period=None, quantity=12, amounts={"JP": 12, "MN": 0}
    )

    decided.take(correction, origin("JP-MN/2026/005", 1, digest="9" * 64))

    [found] = decided.credits_of_project("MN001")
    assert (found.quantity, found.period) == (12, YEAR)
    assert (found.origin.decision, found.origin.digest) == ("JP-MN/2026/001", "9" * 64)


def test_a_rejected_request_uses_its_number_and_registers_nothing() -> None:
    decided = ground(ProjectStatus(number="MN002", status="registration rejected", title="Two"))

    assert decided.projects["MN002"].registered_on is None
    assert "MN002" in decided.numbers


# Entities


def test_an_entity_works_in_its_scopes_on_its_days() -> None:
    entity = standing().entities["TPE-MN-001"]

    assert entity.may("validation", 1, date(2026, 12, 31))
    assert not entity.may("validation", 1, date(2027, 1, 1))
    assert entity.may("verification", 3, date(2099, 1, 1))
    assert not entity.may("verification", 2, TODAY)


def test_an_entity_without_a_number_is_known_by_its_name() -> None:
    nameless = EntityDesignated(number=None, name="Old Verifier", validation=(Scope(1),))
    more = EntityScopesAdded(number=None, name="Old Verifier", validation=(Scope(2),))

    decided = ground(nameless, more)

    assert list(decided.entities) == ["Old Verifier"]
    assert set(decided.entities["Old Verifier"].validation) == {1, 2}
    assert decided.entity(None, "Nobody") is None
    assert decided.entity("TPE-MN-009", "Old Verifier") == "Old Verifier"
    assert decided.entity("TPE-MN-009", "Nobody") is None


@pytest.mark.parametrize("numbers", [("TPE-MN-009", None), (None, "TPE-MN-009")])
def test_a_number_once_given_stays_with_the_name(numbers: tuple[str | None, str | None]) -> None:
    first, second = (
        EntityDesignated(number=number, name="Old Verifier", validation=(Scope(scope),))
        for scope, number in enumerate(numbers, start=1)
    )

    decided = ground(first, second)

    assert list(decided.entities) == ["TPE-MN-009"]
    assert decided.entities["TPE-MN-009"].number == "TPE-MN-009"
    assert set(decided.entities["TPE-MN-009"].validation) == {2}
    assert "TPE-MN-009" in decided.numbers


def test_two_numbers_are_two_entities_whatever_their_name() -> None:
    first, second = (
        EntityDesignated(number=f"TPE-MN-00{count}", name="Old Verifier") for count in (1, 2)
    )

    assert sorted(ground(first, second).entities) == ["TPE-MN-001", "TPE-MN-002"]


def test_an_entity_without_a_number_is_withdrawn_by_its_name() -> None:
    nameless = EntityDesignated(number=None, name="Old Verifier", validation=(Scope(1),))
    gone = EntityStatus(number=None, name="Old Verifier", status="withdrawn")

    assert not ground(nameless, gone).entities["Old Verifier"].may("validation", 1, TODAY)
    assert ground(gone).entities["Old Verifier"].status == "withdrawn"
    assert ground(structs.replace(gone, scopes=(1,))).entities == {}
    assert ground(structs.replace(gone, number="TPE-MN-009", name="")).entities == {}


def test_a_new_accreditation_takes_the_place_of_the_old_scopes() -> None:
    renewed = EntityReaccredited(number="TPE-MN-001", validation=(Scope(7),), verification=())

    entity = standing(renewed).entities["TPE-MN-001"]

    assert (set(entity.validation), entity.verification) == ({7}, {})


# Methodologies


def test_the_newest_version_is_the_highest_not_the_last() -> None:
    decided = ground(*(structs.replace(METHODOLOGY, version=v) for v in ("1.0", "2.0", "1.10")))

    latest = decided.latest_version("MN_AM001")

    assert latest is not None
    assert latest.version == "2.0"


# The adopted record

PAST = Origin("JP-MN/H/2017-10-24/meeting", 1, None, date(2017, 10, 24), "adopted")


@pytest.mark.parametrize(
    "fact",
    [
        structs.replace(METHODOLOGY, title="Old"),
        structs.replace(ENTITY, name="Old"),
        structs.replace(PROJECT, title="Old"),
        ProjectStatus(number="MN001", status="withdrawn"),
        EntityStatus(number="TPE-MN-001", status="withdrawn"),
        EntityStatus(number=None, name=ENTITY.name, status="withdrawn"),
        structs.replace(ENTITY, number=None, validation=()),
        MeasureTaken(title="Remote", until=date(2021, 12, 31)),
        RulesAdopted(documents=(("Rules of Procedures", "1.0"),)),
        ProjectChanged(number="MN001", title="Old"),
    ],
    ids=lambda fact: f"{type(fact).__name__} {getattr(fact, 'number', '')}",
)
def test_the_adopted_record_says_nothing_against_a_signed_decision(fact: AnyFact) -> None:
    own: list[AnyFact] = [
        MeasureTaken(title="Remote", until=None),
        RulesAdopted(documents=(("Rules of Procedures", "2.0"),)),
    ]
    signed = standing(*own)

    signed.take_past(fact, PAST)

    assert signed == standing(*own)


def test_the_adopted_record_is_ground_where_nothing_was_signed() -> None:
    decided = Ground()
    later = structs.replace(PAST, decision="JP-MN/H/2018-01-01/meeting", on=date(2018, 1, 1))

    decided.take_past(PROJECT, PAST)
    decided.take_past(ProjectStatus(number="MN001", status="withdrawn"), later)
    decided.take_past(credits(*YEAR), PAST)

    assert decided.projects["MN001"].status == "withdrawn"
    assert decided.projects["MN001"].origin.basis == "adopted"
    assert len(decided.credits_of_project("MN001")) == 1


def test_the_same_record_taken_twice_is_the_record_once() -> None:
    once, twice = Ground(), Ground()
    facts: list[AnyFact] = [METHODOLOGY, ENTITY, PROJECT]
    for fact in facts:
        once.take_past(fact, PAST)
    for fact in (*facts, *facts):
        twice.take_past(fact, PAST)

    assert once == twice


def test_registered_projects_and_their_facts_are_of_the_vocabulary() -> None:
    kinds = {MethodologyApproved, ProjectRegistered, CreditsDecided}

    assert kinds <= set(AnyFact.__args__)


def test_an_entity_is_known_as_it_was_on_each_day() -> None:
    decided = Ground()
    days = [date(2020, 1, 10), date(2021, 1, 10), date(2022, 1, 10)]
    stages = (
        ENTITY,
        EntityStatus(number="TPE-MN-001", status="suspended"),
        EntityStatus(number="TPE-MN-001", status="designated"),
    )
    for day, fact in zip(days, stages, strict=True):
        decided.take(fact, Origin("JP-MN/2020/001", 1, "5" * 64, day, "signed"))
    entity = decided.entities["TPE-MN-001"]

    assert entity.at(date(2020, 1, 9)) is None
    found = [entity.at(day) for day in (*days, date(2021, 12, 31))]
    assert [version.status for version in found if version is not None] == [
        "designated",
        "suspended",
        "designated",
        "suspended",
    ]
    assert entity.earlier[0].earlier == ()


def test_what_says_the_same_again_is_no_change_of_an_entity() -> None:
    decided = Ground()
    for _ in range(2):
        decided.take(ENTITY, Origin("JP-MN/2020/001", 1, "5" * 64, date(2020, 1, 10), "signed"))

    assert decided.entities["TPE-MN-001"].earlier == ()
