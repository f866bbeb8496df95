"""How people read a rulebook: what its parts, its figures and their values are called."""

from __future__ import annotations

from typing import Any

from governance.pages.language import Language
from governance.pages.names import term
from policies.document_kinds import DOCUMENT_KINDS

PARTS = {
    "": term("In general"),
    "committee": term("Committee"),
    "decisions": term("Decisions"),
    "allocation": term("Allocation of credits"),
    "eligibility": term("What may become a project"),
    "verdicts": term("What a check that fails, or cannot tell, does"),
    "clocks": term("Days and limits"),
    "documents": term("Documents required"),
    "article6": term("Article 6 of the Paris Agreement"),
}
"""Every part of a rulebook."""

FIGURES = {
    "generation": term("Generation of the rules"),
    "committee.time_zone": term("Time zone in which days are counted"),
    "committee.members_per_side_at_most": term("Members of a side, at most"),
    "decisions.electronic_window_days": term("Days to object to an electronic decision"),
    "decisions.electronic_window_both_ends_count": term("The first and the last day both count"),
    "decisions.text_expires_within_days": term("A text lapses within, days"),
    "decisions.post_quantum_signatures": term("Post-quantum signatures as well"),
    "allocation.partner_government_percent_at_least": term(
        "For the partner's government, per cent at least"
    ),
    "allocation.partner_private_participants_may_receive": term(
        "Private participants of the partner may receive credits"
    ),
    "allocation.model_project_japan_government_percent_advised": term(
        "For Japan's government in its model projects, per cent advised"
    ),
    "eligibility.sectoral_scopes": term("Sectoral scopes"),
    "eligibility.redd_plus_in_scope_14": term("REDD+ lies in scope 14"),
    "eligibility.operation_starts_on_or_after": term("Operation starts on or after"),
    "eligibility.monitoring_periods_cut_after": term("Monitoring periods are cut after"),
    "eligibility.project_idea_notes": term("Projects begin with an idea note"),
    "eligibility.provisional_entities_per_side_and_year": term(
        "Provisional third-party entities of a side in a year"
    ),
    "eligibility.gases": term("Greenhouse gases"),
    "verdicts.period_across_cut": term("A monitoring period across the cut"),
    "verdicts.earlier_period_unknown": term("An earlier monitoring period is not known"),
    "verdicts.earlier_amount_unknown": term("An earlier amount is not known"),
    "verdicts.verification_unknown": term("The verification is not known"),
    "verdicts.validation_unknown": term("The validation is not known"),
    "verdicts.operation_start_unknown": term("The start of operation is not known"),
    "verdicts.other_mechanism_unknown": term("Use under another mechanism is not known"),
    "verdicts.scope_expiry_unknown": term("The end of an entity's scope is not known"),
    "verdicts.gases_unknown": term("The gases are not known"),
    "clocks.windows_count_both_ends": term("Windows count their first and last day"),
    "clocks.limits_count_both_ends": term("Limits count their first and last day"),
    "clocks.methodology_completeness_days": term("Methodology: completeness check, days"),
    "clocks.methodology_public_input_days": term("Methodology: public inputs, days"),
    "clocks.methodology_assessment_days": term("Methodology: assessment, days"),
    "clocks.methodology_assessment_days_in_total": term(
        "Methodology: assessment when extended, days in all"
    ),
    "clocks.project_public_input_days": term("Project: public inputs, days"),
    "clocks.idea_note_decision_days": term("Idea note: decision, days"),
    "clocks.registration_completeness_days": term("Registration: completeness check, days"),
    "clocks.registration_editorial_days": term("Registration: editorial corrections, days"),
    "clocks.issuance_completeness_days": term("Issuance: completeness check, days"),
    "clocks.issuance_editorial_days": term("Issuance: editorial corrections, days"),
    "clocks.change_completeness_days": term("Change after registration: completeness check, days"),
    "clocks.entity_completeness_days": term("Third-party entity: completeness check, days"),
    "clocks.limit_notice_days": term("A limit is announced before its end, days"),
    "clocks.expiry_notice_days": term("An expiry is announced before it, days"),
    "clocks.meeting_notice_days": term("A meeting is announced before it, days"),
    "clocks.meetings_per_year_at_least": term("Meetings in a year, at least"),
    "documents.methodology_proposal": term("Proposed methodology"),
    "documents.methodology_revision": term("Revision of a methodology"),
    "documents.idea_note": term("Idea note"),
    "documents.project_validation": term("Validation of a project"),
    "documents.registration_request": term("Request for registration"),
    "documents.monitoring_report": term("Monitoring"),
    "documents.issuance_request": term("Issuance request"),
    "documents.entity_application": term("Application of a third-party entity"),
    "documents.post_registration_change": term("Change after registration"),
    "documents.crediting_period_renewal": term("Renewal of a crediting period"),
    "documents.reference_emissions_assessment": term("Assessment of reference emissions"),
    "documents.project_withdrawal": term("Withdrawal of a project"),
    "documents.registration_request_withdrawal": term("Withdrawal of a request for registration"),
    "documents.issuance_request_withdrawal": term("Withdrawal of a request for issuance"),
    "article6.applies": term("Credits may be transferred under Article 6"),
    "article6.vintage_required": term("Each amount names its year"),
    "article6.period_across_years": term("A monitoring period across two years"),
    "article6.cooperative_approach": term("Cooperative approach"),
}
"""Every figure of a rulebook by its place."""

VERDICTS = {"refuse": term("the decision is refused"), "warn": term("it is warned of")}


def part(language: Language, name: str) -> str:
    """Return what a part is called."""
    return language.gettext(PARTS[name])


def figure(language: Language, place: str) -> str:
    """Return what a figure is called."""
    return language.gettext(FIGURES[place])


def value(language: Language, place: str, found: Any) -> Any:
    """Return a figure's value in words where there are any; else as it stands."""
    if isinstance(found, tuple | list):
        if place.startswith("documents."):
            return [language.gettext(DOCUMENT_KINDS[kind].title) for kind in found]
        return ", ".join(map(str, found))
    if isinstance(found, bool | int) or found is None:
        return found
    return language.gettext(VERDICTS[found]) if found in VERDICTS else str(found)
