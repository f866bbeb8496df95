"""How people read the docket: kinds of cases, stages, steps, clocks."""

from __future__ import annotations

from governance.pages.language import Language
from governance.pages.names import term
from policies.lifecycles.cases import Stage

KINDS = {
    "methodology_proposal": term("Proposed methodology"),
    "methodology_revision": term("Revision of a methodology"),
    "tpe_designation": term("Designation of a third-party entity"),
    "tpe_provisional_designation": term("Provisional designation of a third-party entity"),
    "tpe_scope_extension": term("Extension of a third-party entity's scopes"),
    "tpe_reaccreditation": term("Re-accreditation of a third-party entity"),
    "tpe_suspension": term("Suspension of a third-party entity"),
    "tpe_reinstatement": term("Reinstatement of a third-party entity"),
    "tpe_withdrawal": term("Withdrawal of a third-party entity"),
    "project": term("Project"),
    "post_registration_change": term("Change after registration"),
    "crediting_period_renewal": term("Renewal of a crediting period"),
    "reference_emissions_assessment": term("Assessment of reference emissions"),
    "project_withdrawal": term("Withdrawal of a project"),
    "issuance_request": term("Issuance request"),
    "issuance_difference": term("Difference of a registry's report"),
}
"""Every kind of case."""

STAGES = {
    Stage.NEW: term("new"),
    Stage.IDEA_NOTE: term("idea note"),
    Stage.PLANNED: term("planned"),
    Stage.SUBMITTED: term("submitted"),
    Stage.CORRECTING: term("being corrected"),
    Stage.COMPLETE: term("complete"),
    Stage.PUBLIC_INPUT: term("open for public inputs"),
    Stage.ASSESSMENT: term("being assessed"),
    Stage.EXTENDED: term("assessment extended"),
    Stage.REVIEW: term("under review"),
    Stage.VALIDATION: term("being validated"),
    Stage.VALIDATED: term("validated"),
    Stage.VERIFICATION: term("being verified"),
    Stage.VERIFIED: term("verified"),
    Stage.REQUESTED: term("requested"),
    Stage.READY: term("ready for decision"),
    Stage.APPROVED: term("approved"),
    Stage.NOT_APPROVED: term("not approved"),
    Stage.ACCEPTED: term("accepted"),
    Stage.REGISTERED: term("registered"),
    Stage.NOTIFIED: term("notified"),
    Stage.REJECTED: term("rejected"),
    Stage.INCOMPLETE: term("incomplete"),
    Stage.WITHDRAWN: term("withdrawn"),
    Stage.EXPLAINED: term("explained"),
    Stage.RECONCILED: term("reconciled"),
}
"""Every stage of a case."""

STEPS = {
    "case-submitted": term("Submitted"),
    "design-submitted": term("Design document submitted"),
    "documents-filed": term("Documents filed"),
    "case-found-complete": term("Papers found complete"),
    "case-found-incomplete": term("Papers found incomplete"),
    "editorial-issues-found": term("Editorial corrections asked for"),
    "case-corrected": term("Papers corrected"),
    "case-published": term("Published for the public's inputs"),
    "input-received": term("Input received"),
    "inputs-closed": term("Time for inputs over"),
    "request-raised": term("Request of the third-party entity"),
    "request-answered": term("Request answered"),
    "request-resolved": term("Request resolved"),
    "opinion-given": term("Opinion of the third-party entity"),
    "decision-requested": term("Decision requested"),
    "response-given": term("Response given"),
    "case-tabled": term("Laid on the committee's table"),
    "case-untabled": term("Taken off the committee's table"),
    "case-decided": term("Decided by the committee"),
    "case-withdrawn": term("Withdrawn"),
    "difference-explained": term("Difference explained"),
    "difference-reconciled": term("Difference reconciled"),
    "case-slip-corrected": term("Clerical slip corrected"),
}
"""Every step of a case, as its event is called."""


def case_kind(language: Language, name: str) -> str:
    """Return what a kind of case is called."""
    return language.gettext(KINDS[name])


def stage(language: Language, name: str) -> str:
    """Return what a stage is called."""
    return language.gettext(STAGES[Stage(name)])


def step(language: Language, name: str) -> str:
    """Return what a step is called."""
    return language.gettext(STEPS[name])
