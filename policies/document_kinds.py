"""The kinds of documents of the JCM, each with its form's code: one table.

A kind is never taken out of the table: rulebooks of the past that name it are read for ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from policies.refusals import RulebookError

_MN = "jcm.go.jp/jc/mn-rules-and-guidelines as of 4 June 2026"
_MN_2018 = "jcm-mongolia.com/?page_id=12453 (forms of 2018-19)"
_TH = "jcm.go.jp/th-jp/rules_and_guidelines"
_ADB = "ADB 2019, section 2.4"


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """What a document is.

    `form` is the code inside the form's file name (``F_PDD`` of ``JCM_MN_F_PDD_ver05.0``), None
    where no form with a code was seen; `source` says where the kind is named.
    """

    kind: str
    title: str
    form: str | None
    source: str


_TABLE = (
    # Methodologies
    DocumentKind("proposed_methodology_form", "Proposed methodology form", "F_PM", _MN),
    DocumentKind(
        "proposed_methodology_spreadsheet", "Proposed methodology spreadsheet", "F_PMS", _MN
    ),
    DocumentKind(
        "methodology_revision_request",
        "Approved methodology revision request form",
        "F_AMR_Req",
        _MN,
    ),
    DocumentKind(
        "revised_methodology",
        "Approved methodology as it would be revised",
        None,
        f"{_ADB}: an amendment to an existing methodology",
    ),
    # Projects, up to registration
    DocumentKind("project_idea_note", "Project idea note", "F_PIN", _MN),
    DocumentKind("pdd", "Project design document", "F_PDD", _MN),
    DocumentKind(
        "monitoring_spreadsheet",
        "Monitoring spreadsheet of the approved methodology",
        None,
        f"{_ADB}: goes with the project design document",
    ),
    DocumentKind(
        "modalities_of_communication", "Modalities of communication statement", "F_MoC", _MN
    ),
    DocumentKind("validation_report", "Validation report", "F_Val_Rep", _MN),
    DocumentKind(
        "registration_request_form", "Project registration request form", "F_Reg_Req", _MN
    ),
    DocumentKind(
        "registration_request_withdrawal_form",
        "Registration request withdrawal form",
        "F_RW_Req",
        _MN,
    ),
    # Registered projects
    DocumentKind(
        "project_implementation_report", "Project implementation report", "F_Imp_Rep", _MN
    ),
    DocumentKind(
        "post_registration_change_request",
        "Post-registration change request form",
        "F_PRC_Req",
        _MN,
    ),
    DocumentKind(
        "crediting_period_renewal_request",
        "Renewal of crediting period request form",
        "F_Ren_Req",
        _MN,
    ),
    DocumentKind(
        "reference_emissions_assessment_request",
        "Assessment of reference emissions request form",
        "F_Asst_Req",
        _MN,
    ),
    DocumentKind("project_withdrawal_request", "Project withdrawal request form", "F_PW_Req", _MN),
    # Issuance
    DocumentKind("monitoring_report", "Monitoring report", None, _ADB),
    DocumentKind("verification_report", "Verification report", "F_Vrf_Rep", _MN),
    DocumentKind("issuance_request_form", "Credits issuance request form", "F_Iss_Req", _MN),
    DocumentKind(
        "credit_allocation",
        "Allocation of credits among the project participants",
        "F_Crd_Allc",
        f"{_MN}; the content by {_ADB}, Figure 9",
    ),
    DocumentKind(
        "issuance_request_withdrawal_form", "Issuance request withdrawal form", "F_IW_Req", _MN
    ),
    # Third-party entities
    DocumentKind(
        "tpe_application_form",
        "Application form for designation as a third-party entity",
        "F_TPE",
        _MN,
    ),
    # Sustainable development
    DocumentKind(
        "sd_contribution_plan",
        "Sustainable development contribution plan",
        None,
        f"{_ADB} (Mongolia); {_MN_2018}",
    ),
    DocumentKind(
        "sd_contribution_report",
        "Sustainable development contribution report",
        None,
        f"{_ADB} (Mongolia); {_MN_2018}",
    ),
    DocumentKind(
        "sd_implementation_plan",
        "Sustainable development implementation plan",
        "F_SDIP",
        f"{_MN}; {_ADB} (Indonesia)",
    ),
    DocumentKind(
        "sd_implementation_report",
        "Sustainable development implementation report",
        "F_SDIR",
        f"{_MN}; {_ADB} (Indonesia)",
    ),
    DocumentKind(
        "sd_safeguards_assessment_report",
        "Sustainable development and safeguards assessment report",
        None,
        _TH,
    ),
    DocumentKind(
        "sd_safeguards_monitoring_report",
        "Sustainable development and safeguards monitoring report",
        None,
        _TH,
    ),
    # With any submission
    DocumentKind(
        "reference_translation",
        "Translation for reference",
        None,
        "expydoc.com/doc/10629841 (Viet Nam: for reference only, the English text is adopted)",
    ),
    DocumentKind(
        "supplemental_document", "Other supplemental document", None, f"{_ADB}, Figures 8 and 9"
    ),
)

DOCUMENT_KINDS: Mapping[str, DocumentKind] = MappingProxyType({row.kind: row for row in _TABLE})
"""Every kind by its name."""


def require_known_kinds(kinds: Iterable[str], what: str) -> None:
    """Refuse a kind that is not in the table, by its name; raise `RulebookError`."""
    unknown = sorted(set(kinds) - set(DOCUMENT_KINDS))
    if unknown:
        message = f"{what}: no kind of document is {', '.join(unknown)}"
        raise RulebookError(f"{message}; there are {', '.join(DOCUMENT_KINDS)}")
