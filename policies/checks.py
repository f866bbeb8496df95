"""The table of checks: what each one asks, and where that rule comes from.

A finding names its check; here stands the rule in one sentence, with the figure of the rulebook
that sets it, so that its value, source and status can be shown, or else the source in words.
"""

from __future__ import annotations

from typing import Any

import msgspec

from policies.rulebook import Figure, Rulebook

_NUMBERS = "Numbers as observed on jcm.go.jp"
_DESIGN = "design: this engine's own rule"
_ENTITIES = "ADB 2019, section 2.3 (third-party entities)"
_CYCLE = "ADB 2019, section 2.4 (project cycle)"


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """A rule in one sentence, and its source: a figure's place in the rulebook, or in words.

    `weight` is the place of the figure that says what a missing fact, or a break, does.
    """

    rule: str
    figure: str | None = None
    source: str | None = None
    weight: str | None = None

    @property
    def says(self) -> str:
        """The rule with where it comes from, as a preflight keeps it."""
        return f"{self.rule} ({self.figure or self.source})"

    def value_in(self, rulebook: Rulebook) -> Figure[Any] | None:
        """Return the figure of a rulebook that sets the rule; null where that one has none."""
        return None if self.figure is None else figure_at(rulebook, self.figure)


def figure_at(rulebook: Rulebook, place: str) -> Figure[Any] | None:
    """Return the figure at a dotted place, or null where the rulebook leaves it out."""
    part: Any = rulebook
    for name in place.split("."):
        part = None if part is None else getattr(part, name)
    return part if isinstance(part, Figure) else None


CHECKS: dict[str, Check] = {
    # The whole decision
    "annex": Check(rule="An annex has the digest that names it", source=_DESIGN),
    "generation": Check(
        rule="A kind of item is used under the generation of rules that has it",
        figure="generation",
    ),
    "rulebook": Check(
        rule="A decision sets one rulebook, of its own country, annexed, and dated by the day",
        source=_DESIGN,
    ),
    "number": Check(
        rule="A number has its committee's pattern and is never used twice", source=_NUMBERS
    ),
    "previous": Check(
        rule="An item that changes something names the decision that last set it", source=_DESIGN
    ),
    "side": Check(rule="A side that is named is one of the committee's two", source=_CYCLE),
    "record": Check(
        rule="An adopted record is annexed, the committee's own, and counts nothing twice",
        source=_DESIGN,
    ),
    "correction": Check(
        rule="A correction states one thing anew that an earlier item decided", source=_DESIGN
    ),
    # Rules and measures
    "documents": Check(rule="A rules item adopts something, each document once", source=_CYCLE),
    "version-rises": Check(rule="A new version is higher than the one that stands", source=_CYCLE),
    "measure": Check(
        rule="A temporary rule has a last day ahead, and an extension a measure to extend",
        source="Special measures published on jcm.go.jp",
    ),
    # Methodologies
    "version": Check(rule="A version can be compared with others, as 1.0", source=_NUMBERS),
    "methodology-exists": Check(
        rule="Only an approved methodology is revised", source="ADB 2019, Figure 6"
    ),
    "methodology": Check(
        rule="A project applies approved methodologies, each in an approved version",
        source="ADB 2019, section 2.4 and Figure 8",
    ),
    "scope": Check(
        rule="Scopes are sectoral scopes of the rulebook", figure="eligibility.sectoral_scopes"
    ),
    "redd-plus": Check(
        rule="REDD+ is in scope 14 only where the rulebook includes it",
        figure="eligibility.redd_plus_in_scope_14",
    ),
    "extension-ahead": Check(
        rule="A longer assessment ends on a day ahead", source="ADB 2019, Figure 6"
    ),
    # Third-party entities
    "entity-exists": Check(rule="The entity is designated here", source=_ENTITIES),
    "status": Check(
        rule="An entity's status is one from which this step is possible", source=_ENTITIES
    ),
    "scope-expiry": Check(
        rule="A scope is given with its last day",
        source=_ENTITIES,
        weight="verdicts.scope_expiry_unknown",
    ),
    "provisional": Check(
        rule="Provisional designations are foreseen, within their number a side and year, and end"
        " on a day ahead",
        figure="eligibility.provisional_entities_per_side_and_year",
    ),
    "entity-in-scope": Check(
        rule="The entity may do that kind of work in every scope of the project, on the day of its"
        " report and on that of the decision",
        source=_ENTITIES,
        weight="verdicts.verification_unknown",
    ),
    # Projects
    "project-registered": Check(
        rule="The project is registered here and not withdrawn", source=_CYCLE
    ),
    "projects": Check(rule="Projects are named, each once", source=_CYCLE),
    "idea-note": Check(
        rule="The rulebook has project idea notes", figure="eligibility.project_idea_notes"
    ),
    "validation": Check(
        rule="A registration rests on a positive validation, dated by the day of the decision",
        source="ADB 2019, Figure 8",
        weight="verdicts.validation_unknown",
    ),
    "operation-start": Check(
        rule="The project's operation starts on or after the rulebook's day",
        figure="eligibility.operation_starts_on_or_after",
        weight="verdicts.operation_start_unknown",
    ),
    "other-mechanism": Check(
        rule="No other mechanism uses the project",
        source=_CYCLE,
        weight="verdicts.other_mechanism_unknown",
    ),
    "crediting-period": Check(
        rule="A renewed crediting period ends later than the old one",
        source="jcm.go.jp, form for renewal of the crediting period",
    ),
    # Credits
    "amounts": Check(
        rule="There is one amount for each side, and they add up to the quantity",
        source="ADB 2019, section 2.4 and Figure 9",
    ),
    "verification": Check(
        rule="An amount rests on a verification, dated by the day of the decision",
        source="ADB 2019, Figure 9",
        weight="verdicts.verification_unknown",
    ),
    "verified-amount": Check(
        rule="All that rests on one verification report stays within what it verified",
        source="ADB 2019, Figure 9",
    ),
    "period": Check(
        rule="A monitoring period runs forward and ends by the day of the decision", source=_CYCLE
    ),
    "period-cut": Check(
        rule="A monitoring period does not run across the rulebook's cut",
        figure="eligibility.monitoring_periods_cut_after",
        weight="verdicts.period_across_cut",
    ),
    "vintage": Check(
        rule="A monitoring period under Article 6.2 lies in one calendar year, its vintage",
        figure="article6.vintage_required",
        weight="article6.period_across_years",
    ),
    "period-overlap": Check(
        rule="No day of a project is credited twice",
        source=_CYCLE,
        weight="verdicts.earlier_period_unknown",
    ),
    "earlier-amount": Check(
        rule="The amounts decided before for the project are known",
        source=_DESIGN,
        weight="verdicts.earlier_amount_unknown",
    ),
    "allocation": Check(
        rule="The shares of a side add up to its amount", source="ADB 2019, Figure 9"
    ),
    "allocation-unknown": Check(
        rule="It is said who receives the credits", source="ADB 2019, Figure 9"
    ),
    "partner-government": Check(
        rule="The partner's government receives its least share",
        figure="allocation.partner_government_percent_at_least",
    ),
    "partner-private": Check(
        rule="Private participants of the partner's side receive credits only where they may",
        figure="allocation.partner_private_participants_may_receive",
    ),
    "model-project": Check(
        rule="A model project delivers Japan's advised share to the Government of Japan",
        figure="allocation.model_project_japan_government_percent_advised",
    ),
    # Cases, and other committees: asked while the text is frozen
    "case": Check(
        rule="A case of the right kind stands behind an item that grants something",
        source=_DESIGN,
    ),
    "case-complete": Check(
        rule="The submission was found complete", source="ADB 2019, Figures 6 to 9"
    ),
    "case-documents": Check(
        rule="Every document that the case's rulebook requires is there",
        source="jcm.go.jp, guidelines and forms of the committee",
    ),
    "inputs-closed": Check(
        rule="Public inputs have closed where they are taken", source="ADB 2019, Figures 6 to 8"
    ),
    "requests-resolved": Check(
        rule="No corrective action or clarification is open",
        source="jcm.go.jp, guidelines for validation and verification",
    ),
    "opinion": Check(
        rule="The entity's opinion is positive, and it is the entity that the item names",
        source="ADB 2019, Figures 8 and 9",
    ),
    "gases": Check(
        rule="The gases are those of the rulebook",
        figure="eligibility.gases",
        weight="verdicts.gases_unknown",
    ),
    "accounts": Check(
        rule="Each side that receives credits names an account", source="ADB 2019, Figure 9"
    ),
    "extension-within": Check(
        rule="An assessment, its extension included, ends within the total",
        figure="clocks.methodology_assessment_days_in_total",
    ),
    "elsewhere": Check(
        rule="No other committee has the project registered",
        source="design: nothing is credited twice, so neither by two committees",
    ),
}
"""Every check by its name."""
