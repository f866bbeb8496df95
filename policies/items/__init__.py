"""The table of kinds: what a Joint Committee decides.

Each kind is declared once, in the file of its family: its signed fields, its checks, the facts
that follow, and what registries are told. To add a kind, declare it there and name it here.
Sources: the decisions published on jcm.go.jp, and ADB 2019, section 2.
"""

from __future__ import annotations

from policies.items.corrections import Correction
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
from policies.items.issuance import Issuance
from policies.items.kind import Item
from policies.items.methodologies import (
    AssessmentExtension,
    MethodologyApproval,
    MethodologyRejection,
    MethodologyRevision,
)
from policies.items.past import HistoryAdoption
from policies.items.project_changes import (
    CreditingPeriodRenewal,
    PostRegistrationChange,
    PostRegistrationChangeRejection,
    ProjectWithdrawal,
    ReferenceEmissionsAssessment,
)
from policies.items.project_requests import (
    IssuanceRejection,
    IssuanceRequestWithdrawal,
    RegistrationRejection,
    RegistrationRequestWithdrawal,
)
from policies.items.projects import IdeaNote, IdeaNoteWaiver, Registration
from policies.items.rules import RulesAdoption, RulesRevision, SpecialMeasure

AnyItem = (
    MethodologyApproval
    | MethodologyRevision
    | MethodologyRejection
    | AssessmentExtension
    | Designation
    | ProvisionalDesignation
    | ScopeExtension
    | Reaccreditation
    | Suspension
    | Reinstatement
    | EntityWithdrawal
    | EntityRejection
    | IdeaNote
    | IdeaNoteWaiver
    | Registration
    | RegistrationRejection
    | RegistrationRequestWithdrawal
    | ProjectWithdrawal
    | PostRegistrationChange
    | PostRegistrationChangeRejection
    | CreditingPeriodRenewal
    | ReferenceEmissionsAssessment
    | Issuance
    | IssuanceRejection
    | IssuanceRequestWithdrawal
    | RulesAdoption
    | RulesRevision
    | SpecialMeasure
    | HistoryAdoption
    | Correction
)

KINDS: dict[str, type[Item]] = {str(kind.__struct_config__.tag): kind for kind in AnyItem.__args__}
"""Every kind by its name."""

__all__ = ["KINDS", "AnyItem", "Item"]
