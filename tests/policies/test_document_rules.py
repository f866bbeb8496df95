"""Which documents a submission must hold: by generation, by country, each kind known."""

from __future__ import annotations

import json
import re

import pytest

from policies.document_kinds import DOCUMENT_KINDS
from policies.document_rules import DocumentRules
from policies.figures import figures
from policies.proof.canonical import canonical
from policies.refusals import RulebookError
from policies.rulebook import RulebookText, countries, parse_rulebook, shipped, versions

SHIPPED = [text for code in countries() for text in versions(code)]
every_version = pytest.mark.parametrize("text", SHIPPED, ids=[t.version for t in SHIPPED])

DRAFT = ("pdd", "modalities_of_communication")
COMMON = {
    "methodology_proposal": ("proposed_methodology_form", "proposed_methodology_spreadsheet"),
    "methodology_revision": ("methodology_revision_request",),
    "issuance_request": (
        "issuance_request_form",
        "monitoring_report",
        "verification_report",
        "credit_allocation",
    ),
    "entity_application": ("tpe_application_form",),
    "post_registration_change": ("post_registration_change_request",),
    "project_withdrawal": ("project_withdrawal_request",),
    "registration_request_withdrawal": ("registration_request_withdrawal_form",),
    "issuance_request_withdrawal": ("issuance_request_withdrawal_form",),
}
REGISTRATION = (
    "registration_request_form",
    "pdd",
    "validation_report",
    "modalities_of_communication",
)
OF_THE_SECOND_GENERATION = {
    "idea_note": ("project_idea_note",),
    "registration_request": (*REGISTRATION, "credit_allocation"),
    "reference_emissions_assessment": ("reference_emissions_assessment_request",),
}
SUSTAINABLE_DEVELOPMENT = {
    "MN-2013": ("sd_contribution_plan", "sd_contribution_report", "confirmed"),
    "ID-2013": ("sd_implementation_plan", "sd_implementation_report", "confirmed"),
    "KG-2025": ("sd_implementation_plan", "sd_implementation_report", "unconfirmed"),
    "KZ-2023": ("sd_implementation_plan", "sd_implementation_report", "unconfirmed"),
    "LK-2023": ("sd_implementation_plan", "sd_implementation_report", "unconfirmed"),
    "MN-2026": ("sd_implementation_plan", "sd_implementation_report", "unconfirmed"),
    "UZ-2025": ("sd_implementation_plan", "sd_implementation_report", "unconfirmed"),
}


def documents_of(text: RulebookText) -> DocumentRules:
    assert text.rulebook.documents is not None
    return text.rulebook.documents


def required(text: RulebookText) -> dict[str, tuple[str, ...]]:
    return {name: figure.value for name, figure in figures(documents_of(text))}


def with_documents(value: object, submission: str = "idea_note") -> RulebookText:
    """Return Mongolia's rulebook with another list for one submission."""
    book = json.loads(shipped("MN").text)
    figure = {"value": value, "source": "a rule of tomorrow", "status": "confirmed"}
    book["documents"][submission] = figure
    return parse_rulebook(canonical(book).decode("utf-8"))


# Every list, for every country


@every_version
def test_what_both_generations_ask_for_is_asked_for_everywhere(text: RulebookText) -> None:
    lists = required(text)
    assert {name: lists[name] for name in COMMON} == COMMON


@every_version
def test_the_second_generation_adds_idea_note_allocation_and_assessment(text: RulebookText) -> None:
    lists = required(text)
    if text.rulebook.generation.value == 2:
        assert {name: lists[name] for name in OF_THE_SECOND_GENERATION} == OF_THE_SECOND_GENERATION
        # That the allocation is filed at registration is an inference, and says so.
        filed = documents_of(text).registration_request
        assert filed is not None
        assert filed.status == "unconfirmed"
    else:
        assert lists["registration_request"] == REGISTRATION
        assert "idea_note" not in lists
        assert "reference_emissions_assessment" not in lists


@every_version
def test_a_country_that_takes_idea_notes_says_what_one_holds(text: RulebookText) -> None:
    takes = text.rulebook.eligibility.project_idea_notes.value
    assert ("idea_note" in required(text)) is takes


@every_version
def test_plans_and_reports_of_sustainable_development_are_asked_for_where_a_source_says_so(
    text: RulebookText,
) -> None:
    lists, rules = required(text), documents_of(text)
    assert rules.project_validation is not None
    assert rules.monitoring_report is not None
    if text.version in SUSTAINABLE_DEVELOPMENT:
        plan, report, status = SUSTAINABLE_DEVELOPMENT[text.version]
        assert lists["project_validation"] == (*DRAFT, plan)
        assert lists["monitoring_report"] == ("monitoring_report", report)
        assert {rules.project_validation.status, rules.monitoring_report.status} == {status}
    else:
        assert lists["project_validation"] == DRAFT
        assert lists["monitoring_report"] == ("monitoring_report",)


def test_renewals_of_a_crediting_period_have_a_list_where_their_form_was_seen() -> None:
    seen = {text.version for text in SHIPPED if "crediting_period_renewal" in required(text)}
    assert seen == {"KG-2025", "LK-2023", "MN-2026", "UZ-2025"}


def test_these_are_all_the_submissions_that_a_rulebook_can_speak_of() -> None:
    known = {*COMMON, *OF_THE_SECOND_GENERATION, "project_validation", "monitoring_report"}
    assert set(DocumentRules.__struct_fields__) == {*known, "crediting_period_renewal"}


def test_translations_into_vietnamese_are_advised_and_not_required() -> None:
    asked = {kind for kinds in required(shipped("VN")).values() for kind in kinds}
    assert "reference_translation" not in asked
    assert "reference_translation" in DOCUMENT_KINDS


# The kinds


@every_version
def test_every_kind_that_a_rulebook_names_is_known(text: RulebookText) -> None:
    asked = {kind for kinds in required(text).values() for kind in kinds}
    assert asked <= set(DOCUMENT_KINDS)


def test_a_kind_has_a_plain_name_a_title_and_a_source() -> None:
    for name, row in DOCUMENT_KINDS.items():
        assert row.kind == name
        assert re.fullmatch(r"[a-z][a-z0-9_]*", name)
        assert row.title[0].isupper()
        assert row.source.strip()


def test_no_two_kinds_share_a_title_or_a_form() -> None:
    titles = [row.title for row in DOCUMENT_KINDS.values()]
    forms = [row.form for row in DOCUMENT_KINDS.values() if row.form is not None]
    assert len(set(titles)) == len(titles)
    assert len(set(forms)) == len(forms)


def test_every_form_that_mongolia_publishes_is_a_kind() -> None:
    # jcm.go.jp/jc/mn-rules-and-guidelines as of 4 June 2026
    published = (
        "TPE AMR_Req Asst_Req Iss_Req IW_Req MoC Crd_Allc PRC_Req PDD PIN Imp_Rep Reg_Req PW_Req"
        " PM PMS RW_Req Ren_Req SDIP SDIR Val_Rep Vrf_Rep"
    )
    forms = {row.form for row in DOCUMENT_KINDS.values() if row.form is not None}
    assert forms == {f"F_{code}" for code in published.split()}


# What no list may be


@pytest.mark.parametrize("kind", ["love_letter", "PDD", ""])
def test_an_unknown_kind_is_refused_by_its_name_with_those_there_are(kind: str) -> None:
    with pytest.raises(RulebookError, match=rf"documents\.idea_note.*{kind}; there are.*pdd"):
        with_documents(["project_idea_note", kind])


@pytest.mark.parametrize("kinds", [[], ["pdd", "pdd"]], ids=["none", "one twice"])
def test_a_list_names_at_least_one_kind_and_each_once(kinds: list[str]) -> None:
    with pytest.raises(RulebookError, match=r"documents\.idea_note must name at least one kind"):
        with_documents(kinds)


def test_a_list_for_an_unknown_submission_is_refused() -> None:
    with pytest.raises(RulebookError, match="birthday"):
        with_documents(["pdd"], submission="birthday")


def test_a_country_may_ask_for_a_known_kind_that_no_other_asks_for() -> None:
    text = with_documents(["project_idea_note", "reference_translation"])
    assert required(text)["idea_note"] == ("project_idea_note", "reference_translation")
