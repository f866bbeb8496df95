"""The table of the docket's kinds of cases: what each asks the committee for, by which rules.

A kind is declared once, here. To add one, name its lifecycle, the items that end it, its papers.
Sources: ADB 2019, section 2.4; the forms listed on jcm.go.jp.
"""

from __future__ import annotations

from policies.cases.kind import CaseKind
from policies.items import entities, issuance, methodologies, project_changes, projects
from policies.items.corrections import Correction
from policies.items.project_requests import (
    IssuanceRejection,
    IssuanceRequestWithdrawal,
    RegistrationRejection,
    RegistrationRequestWithdrawal,
)
from policies.lifecycles.application import ENTITY, PROJECT_CHANGE
from policies.lifecycles.cases import CaseLifecycle, Stage, Step
from policies.lifecycles.difference import DIFFERENCE
from policies.lifecycles.issuance import ISSUANCE
from policies.lifecycles.methodology import METHODOLOGY_PROPOSAL, METHODOLOGY_REVISION
from policies.lifecycles.project import PROJECT
from policies.numbers import Family

_APPLICATION = {Step.FIND_COMPLETE: "entity_application"}
_ENTITY_CLOCKS = {Stage.SUBMITTED: "entity_completeness_days"}
_CHANGE_CLOCKS = {Stage.SUBMITTED: "change_completeness_days"}


def _entity(name: str, title: str, asks: type[entities._AboutEntity]) -> CaseKind:
    new = asks.mints is not None
    return CaseKind(
        name=name,
        title=title,
        lifecycle=ENTITY,
        asks=asks,
        rejects=entities.EntityRejection if new else None,
        papers=_APPLICATION,
        limits=_ENTITY_CLOCKS,
        needs=() if new else ("number",),
    )


def _change(name: str, title: str, asks: type[project_changes.AboutProject]) -> CaseKind:
    rejected = project_changes.PostRegistrationChangeRejection
    return CaseKind(
        name=name,
        title=title,
        lifecycle=PROJECT_CHANGE,
        asks=asks,
        rejects=rejected if asks is project_changes.PostRegistrationChange else None,
        papers={Step.FIND_COMPLETE: name},
        limits=_CHANGE_CLOCKS,
        needs=("project",),
    )


_ALL = (
    CaseKind(
        name="methodology_proposal",
        title="Proposed methodology",
        lifecycle=METHODOLOGY_PROPOSAL,
        asks=methodologies.MethodologyApproval,
        rejects=methodologies.MethodologyRejection,
        extends=methodologies.AssessmentExtension,
        family=Family.PROPOSED_METHODOLOGY,
        papers={Step.FIND_COMPLETE: "methodology_proposal"},
        limits={
            Stage.SUBMITTED: "methodology_completeness_days",
            Stage.ASSESSMENT: "methodology_assessment_days",
        },
        window="methodology_public_input_days",
        longest="methodology_assessment_days_in_total",
    ),
    CaseKind(
        name="methodology_revision",
        title="Revision of a methodology",
        lifecycle=METHODOLOGY_REVISION,
        asks=methodologies.MethodologyRevision,
        papers={Step.FIND_COMPLETE: "methodology_revision"},
        limits={Stage.SUBMITTED: "methodology_completeness_days"},
        window="methodology_public_input_days",
        may_go_unheard=True,
        needs=("number",),
    ),
    _entity("tpe_designation", "Designation of an entity", entities.Designation),
    _entity(
        "tpe_provisional_designation",
        "Provisional designation of an entity",
        entities.ProvisionalDesignation,
    ),
    _entity("tpe_scope_extension", "More scopes of an entity", entities.ScopeExtension),
    _entity("tpe_reaccreditation", "New accreditation of an entity", entities.Reaccreditation),
    _entity("tpe_suspension", "Suspension of an entity", entities.Suspension),
    _entity("tpe_reinstatement", "Reinstatement of an entity", entities.Reinstatement),
    _entity("tpe_withdrawal", "Withdrawal of an entity", entities.EntityWithdrawal),
    CaseKind(
        name="project",
        title="Project",
        lifecycle=PROJECT,
        asks=projects.Registration,
        rejects=RegistrationRejection,
        withdraws=RegistrationRequestWithdrawal,
        plans=projects.IdeaNote,
        family=Family.PROJECT,
        papers={
            Step.SUBMIT_IDEA_NOTE: "idea_note",
            Step.PUBLISH: "project_validation",
            Step.REQUEST: "registration_request",
            Step.FIND_COMPLETE: "registration_request",
            Step.WITHDRAW: "registration_request_withdrawal",
        },
        limits={
            Stage.IDEA_NOTE: "idea_note_decision_days",
            Stage.REQUESTED: "registration_completeness_days",
            Stage.CORRECTING: "registration_editorial_days",
        },
        window="project_public_input_days",
        work="validation",
    ),
    _change(
        "post_registration_change",
        "Change of a registered project",
        project_changes.PostRegistrationChange,
    ),
    _change(
        "crediting_period_renewal",
        "Renewal of a crediting period",
        project_changes.CreditingPeriodRenewal,
    ),
    _change(
        "reference_emissions_assessment",
        "Assessment of reference emissions",
        project_changes.ReferenceEmissionsAssessment,
    ),
    _change("project_withdrawal", "Withdrawal of a project", project_changes.ProjectWithdrawal),
    CaseKind(
        name="issuance_request",
        title="Issuance request",
        lifecycle=ISSUANCE,
        asks=issuance.Issuance,
        rejects=IssuanceRejection,
        withdraws=IssuanceRequestWithdrawal,
        papers={
            Step.OPINE_POSITIVE: "monitoring_report",
            Step.REQUEST: "issuance_request",
            Step.FIND_COMPLETE: "issuance_request",
            Step.WITHDRAW: "issuance_request_withdrawal",
        },
        limits={
            Stage.REQUESTED: "issuance_completeness_days",
            Stage.CORRECTING: "issuance_editorial_days",
        },
        needs=("project", "monitoring_period"),
        work="verification",
    ),
    CaseKind(
        name="issuance_difference",
        title="Difference of a registry's report",
        lifecycle=DIFFERENCE,
        asks=Correction,
        needs=("decision", "item"),
        handed_in=False,
    ),
)

CASE_KINDS: dict[str, CaseKind] = {kind.name: kind for kind in _ALL}
"""Every kind of case by its name."""

TAKING_BACK: frozenset[str] = frozenset(
    str(kind.withdraws.__struct_config__.tag) for kind in _ALL if kind.withdraws is not None
)
"""The kinds of items by which the committee notes that a request was taken back."""

LIFECYCLES: tuple[CaseLifecycle, ...] = tuple(
    {kind.lifecycle.name: kind.lifecycle for kind in _ALL}.values()
)
"""Every lifecycle that a case can have, each once."""

ENDS: frozenset[Stage] = frozenset().union(*(lifecycle.ends for lifecycle in LIFECYCLES)) - {
    source for lifecycle in LIFECYCLES for move in lifecycle.moves for source in move.sources
}
"""The stages at which a case has ended, whatever its kind."""

__all__ = ["CASE_KINDS", "ENDS", "LIFECYCLES", "TAKING_BACK", "CaseKind"]
