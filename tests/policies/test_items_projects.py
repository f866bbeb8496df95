"""Projects: registered once, on an approved methodology and a good validation."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec import structs

from policies.facts import (
    EntityStatus,
    ProjectChanged,
    ProjectPlanned,
    ProjectStatus,
    RequestClosed,
)
from policies.ground import Ground
from policies.items.methodologies import MethodologyApproval
from policies.items.project_changes import (
    AboutProject,
    CreditingPeriodRenewal,
    PostRegistrationChange,
    PostRegistrationChangeRejection,
    ProjectWithdrawal,
    ReferenceEmissionsAssessment,
)
from policies.items.project_requests import (
    IssuanceRejection,
    IssuanceRequestEnds,
    IssuanceRequestWithdrawal,
    RegistrationRejection,
    RegistrationRequestWithdrawal,
)
from policies.items.projects import (
    Applied,
    IdeaNote,
    IdeaNoteWaiver,
    Participant,
    Registration,
    Validation,
    check_entity,
)
from tests.policies.occasions import (
    ENTITY,
    METHODOLOGY,
    SET,
    TODAY,
    ground,
    on,
    origin,
    soundly,
    standing,
)

VALIDATED = Validation(entity="TPE-MN-001", report="Val-1", on=date(2026, 5, 1), opinion="positive")
FIRST_GENERATION = "MN-2013"


def registration(**changes: Any) -> Registration:
    item = Registration(
        title="Solar power at the airport",
        number="MN002",
        methodologies=(Applied(number="MN_AM001", version="1.0"),),
        scopes=(1,),
        participants=(
            Participant(side="JP", name="A company"),
            Participant(side="MN", name="Another"),
        ),
        validation=VALIDATED,
        operation_start=date(2020, 1, 1),
        used_under_other_mechanism=False,
        programme=None,
    )
    return structs.replace(item, **changes)


# Registration


def test_a_whole_registration_is_sound_and_stands() -> None:
    assert soundly(registration()) == []
    assert soundly(registration(), version=FIRST_GENERATION) == []
    assert on(standing(), registration()) == []


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"number": "ID002"}, "refuse number"),
        ({"number": "MN_AM002"}, "refuse number"),
        ({"methodologies": ()}, "refuse methodology"),
        ({"scopes": ()}, "refuse scope"),
        ({"scopes": (16,)}, "refuse scope"),
        ({"scopes": (15,)}, None),
        ({"participants": (Participant(side="ID", name="X"),)}, "refuse side"),
        ({"participants": ()}, None),
        ({"validation": None}, "warn validation"),
        ({"used_under_other_mechanism": True}, "refuse other-mechanism"),
        ({"used_under_other_mechanism": None}, "warn other-mechanism"),
        ({"validation": structs.replace(VALIDATED, opinion="negative")}, "refuse validation"),
    ],
)
def test_what_can_be_judged_from_the_item_is_judged(
    changes: dict[str, Any], verdict: str | None
) -> None:
    assert soundly(registration(**changes)) == ([verdict] if verdict else [])


@pytest.mark.parametrize(
    ("start", "verdict"),
    [
        (date(2013, 1, 1), []),
        (date(2012, 12, 31), ["refuse operation-start"]),
        (None, ["warn operation-start"]),
    ],
)
def test_operation_starts_in_2013_at_the_earliest_in_the_first_generation(
    start: date | None, verdict: list[str]
) -> None:
    assert soundly(registration(operation_start=start), version=FIRST_GENERATION) == verdict
    assert soundly(registration(operation_start=start)) == []


def test_a_number_is_never_used_twice_not_even_after_a_withdrawal() -> None:
    for status in ("registered", "withdrawn", "registration rejected"):
        used = ProjectStatus(number="MN002", status=status)
        assert on(standing(used), registration()) == ["refuse number"]


def test_the_methodology_is_approved_in_exactly_that_version() -> None:
    later = registration(methodologies=(Applied(number="MN_AM001", version="1.1"),))
    other = registration(methodologies=(Applied(number="MN_AM002", version="1.0"),))

    assert on(standing(), later) == ["refuse methodology"]
    assert on(standing(), other) == ["refuse methodology"]
    newer = structs.replace(METHODOLOGY, version="1.1")
    assert on(standing(newer), later) == []
    assert on(standing(newer), registration()) == []


def test_a_methodology_approved_by_an_item_before_is_applied_by_the_next() -> None:
    approval = MethodologyApproval(
        title="M", number="MN_AM002", version="1.0", proposed=None, scopes=(1,), result="approved"
    )
    applies = registration(methodologies=(Applied(number="MN_AM002", version="1.0"),))

    assert on(standing(), approval, applies) == []
    assert on(standing(), applies, approval) == ["refuse methodology"]


def test_work_before_the_designation_or_while_suspended_does_not_count() -> None:
    suspended = Ground()
    history = (
        (date(2025, 6, 1), ENTITY),
        (date(2025, 9, 1), EntityStatus(number="TPE-MN-001", status="suspended")),
        (date(2025, 12, 1), EntityStatus(number="TPE-MN-001", status="designated")),
    )
    suspended.take(METHODOLOGY, origin())
    for day, fact in history:
        suspended.take(fact, origin(on=day))

    def found(day: date) -> list[str]:
        return on(suspended, registration(validation=structs.replace(VALIDATED, on=day)))

    assert found(date(2025, 5, 31)) == ["refuse entity-in-scope"]
    assert found(date(2025, 6, 1)) == []
    assert found(date(2025, 9, 1)) == ["refuse entity-in-scope"]
    assert found(date(2025, 12, 1)) == []


def test_the_validator_is_in_scope_on_the_day_of_the_report_and_of_the_decision() -> None:
    assert on(standing(), registration(), day=date(2026, 12, 31)) == []
    assert on(standing(), registration(), day=date(2027, 1, 1)) == ["refuse entity-in-scope"]
    for scopes in (None, (1,)):
        suspended = EntityStatus(number="TPE-MN-001", status="suspended", scopes=scopes)
        assert on(standing(suspended), registration()) == ["refuse entity-in-scope"]
    assert on(ground(METHODOLOGY), registration()) == ["refuse entity-in-scope"]
    verifier = structs.replace(ENTITY, validation=())
    assert on(ground(METHODOLOGY, verifier), registration()) == ["refuse entity-in-scope"] * 2


def test_a_validation_report_is_not_of_the_future() -> None:
    report = registration().validation
    assert report is not None

    def reported(day: date) -> list[str]:
        return on(standing(), registration(validation=structs.replace(report, on=day)))

    assert reported(TODAY) == []
    assert reported(TODAY + timedelta(days=1)) == ["refuse validation"]


def test_what_a_validator_may_do_cannot_be_told_where_the_record_names_no_scope() -> None:
    unknown = structs.replace(ENTITY, validation=(), verification=())

    [finding] = check_entity(
        ground(METHODOLOGY, unknown), "TPE-MN-001", "validation", (1,), (TODAY,)
    )

    assert finding.outcome == "refuse"
    assert finding.message == (
        "cannot tell in which scopes TPE-MN-001 works: the record does not say"
    )


def test_what_follows_is_a_registered_project() -> None:
    [fact] = registration(programme="model project").facts()

    project = standing(fact).projects["MN002"]
    assert (project.status, project.methodologies) == ("registered", ("MN_AM001 Ver1.0",))
    assert (project.registered_on, project.programme) == (TODAY, "model project")
    assert registration().log_entry["methodologies"] == ["MN_AM001 Ver1.0"]


# Planned projects


def test_an_idea_note_belongs_to_the_second_generation() -> None:
    note = IdeaNote(title="A plan", number="MN_PIN001")

    assert soundly(note) == []
    assert soundly(note, version=FIRST_GENERATION) == ["refuse idea-note"]
    assert soundly(structs.replace(note, number="MN001")) == ["refuse number"]
    assert on(standing(), note) == []
    assert on(standing(ProjectPlanned(number="MN_PIN001", title="x")), note) == ["refuse number"]


def test_a_waiver_names_projects_of_the_committee() -> None:
    assert soundly(IdeaNoteWaiver(title="Waiver", projects=("MN001", "MN002"))) == []
    assert soundly(IdeaNoteWaiver(title="Waiver", projects=("MN001", "ID002"))) == ["refuse number"]
    for projects in ((), ("MN001", "MN001")):
        assert soundly(IdeaNoteWaiver(title="Waiver", projects=projects)) == ["refuse projects"]


def test_a_waiver_belongs_to_the_rules_that_have_idea_notes() -> None:
    waiver = IdeaNoteWaiver(title="Waiver", projects=("MN001",))

    assert soundly(waiver, version=FIRST_GENERATION) == ["refuse idea-note"]


# Requests that end without a registration


@pytest.mark.parametrize("kind", [RegistrationRejection, RegistrationRequestWithdrawal])
def test_a_request_for_registration_ends_once(
    kind: type[RegistrationRejection] | type[RegistrationRequestWithdrawal],
) -> None:
    item = kind(title="Solar", number="MN002", reason="Incomplete")

    assert soundly(item) == []
    assert soundly(structs.replace(item, number="ID002")) == ["refuse number"]
    assert on(standing(), item) == []
    assert on(standing(*item.facts()), item) == ["refuse number"]
    assert on(standing(*item.facts()), registration()) == ["refuse number"]
    assert on(standing(), structs.replace(item, number="MN001")) == ["refuse number"]


# Registered projects

ABOUT: list[AboutProject] = [
    ProjectWithdrawal(title="P", project="MN001", previous=SET, reason="Closed"),
    PostRegistrationChange(
        title="P",
        project="MN001",
        previous=SET,
        summary="Renamed",
        new_title="Q",
        new_methodologies=None,
    ),
    PostRegistrationChangeRejection(title="P", project="MN001", previous=SET, reason="No"),
    CreditingPeriodRenewal(title="P", project="MN001", previous=SET, until=date(2036, 1, 1)),
    ReferenceEmissionsAssessment(
        title="P", project="MN001", previous=SET, result="kept", summary="As before"
    ),
]


@pytest.mark.parametrize("item", ABOUT, ids=lambda item: item.kind)
def test_what_is_said_of_a_project_stands_on_its_registration(item: AboutProject) -> None:
    assert soundly(item) == []
    assert soundly(structs.replace(item, project="ID001")) == ["refuse number"]
    assert on(standing(), item) == []
    assert on(ground(), item) == ["refuse project-registered"]
    gone = standing(ProjectStatus(number="MN001", status="withdrawn"))
    assert on(gone, item) == ["refuse project-registered"]


@pytest.mark.parametrize("item", ABOUT, ids=lambda item: item.kind)
def test_a_change_names_the_decision_that_last_set_the_project(item: AboutProject) -> None:
    for previous in (None, "0" * 64):
        assert on(standing(), structs.replace(item, previous=previous)) == ["refuse previous"]


@pytest.mark.parametrize("kind", [CreditingPeriodRenewal, ReferenceEmissionsAssessment])
def test_renewals_and_assessments_belong_to_the_second_generation(kind: type) -> None:
    [item] = [one for one in ABOUT if isinstance(one, kind)]

    assert soundly(item, version=FIRST_GENERATION) == ["refuse generation"]


def test_a_change_keeps_what_it_does_not_say() -> None:
    [fact] = ABOUT[1].facts()

    project = standing(fact).projects["MN001"]
    assert (project.title, project.methodologies) == ("Q", ("MN_AM001 Ver1.0",))
    assert list(ABOUT[2].facts()) == []


def test_a_change_applies_approved_versions_only() -> None:
    for version, verdict in (("1.0", []), ("1.1", ["refuse methodology"])):
        applied = (Applied(number="MN_AM001", version=version),)
        change = structs.replace(ABOUT[1], new_methodologies=applied)
        assert on(standing(), change) == verdict


def test_a_renewal_runs_to_a_later_day() -> None:
    until = date(2036, 1, 1)
    renewed = standing(ProjectChanged(number="MN001", crediting_until=until))

    assert on(renewed, ABOUT[3]) == ["refuse crediting-period"]
    assert on(renewed, structs.replace(ABOUT[3], until=date(2036, 1, 2))) == []


def test_credits_stay_when_their_project_is_withdrawn() -> None:
    [fact] = ABOUT[0].facts()

    assert standing(fact).projects["MN001"].status == "withdrawn"
    assert ABOUT[0].notifies == "org.jcm.project.withdrawn.v1"


@pytest.mark.parametrize("kind", [IssuanceRejection, IssuanceRequestWithdrawal])
def test_a_request_for_issuance_ends_without_credits(kind: type[IssuanceRequestEnds]) -> None:
    item = kind(title="P", project="MN001", request="MN001-2024", reason="Withdrawn")

    assert soundly(item) == []
    assert soundly(structs.replace(item, project="ID001")) == ["refuse number"]
    assert on(standing(), item) == []
    assert on(ground(), item) == ["refuse project-registered"]
    [fact] = item.facts()
    assert fact == RequestClosed(subject="MN001-2024", status=item.outcome)
    assert standing(fact).credits == {}
