"""What a text decides, item by item: cases with an outcome, and what is no case."""

from __future__ import annotations

import re
from typing import Any

import pytest

from policies.rulebook import versions
from tests.aggregates.docket import METHODOLOGY, PAPERS
from tests.desk.conftest import Office
from tests.desk.text_forms import ENGLISH, Preparing, nothing_recorded, proposal_of

TUYA = "mn-tuya"


def items(office: Office, proposal: int) -> list[dict[str, Any]]:
    return proposal_of(office, proposal).content["items"]  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def reviewed(office: Office) -> str:
    """A case that is ready, and that nothing here decides."""
    return office.docket.reviewed()


@pytest.mark.parametrize(
    ("outcome", "said", "kind"),
    [
        ("approved with revisions", {}, "methodology_approval"),
        ("rejected", {"reason": "It doubles another."}, "methodology_rejection"),
        ("extended", {"until": "2026-09-01"}, "assessment_extension"),
    ],
)
def test_each_outcome_makes_its_item(
    office: Office, outcome: str, said: dict[str, str], kind: str
) -> None:
    case = office.docket.submit(METHODOLOGY, PAPERS)
    office.docket.complete(case)
    office.docket.publish(case)
    form = Preparing.at(office, TUYA)
    page = form.press("add").text
    assert f"{case}" not in form.fields.values()
    assert "“Lay it on the table” is not possible there" in page  # why it may not be decided now

    office.docket.hear_the_public(case)
    form = Preparing.case(office, TUYA, case).say(**{"item-1.outcome": outcome})
    form.say(**{f"item-1.say.{name}": value for name, value in said.items()})
    proposal = form.makes("draft")

    item = items(office, proposal.id)[0]
    assert item["kind"] == kind
    assert {name: item[name] for name in said} == said
    assert item.get("result") == (outcome if outcome == "approved with revisions" else None)


def test_what_belongs_to_another_outcome_is_refused_by_name_and_stays_typed(office: Office) -> None:
    case = office.docket.reviewed()
    form = Preparing.case(office, TUYA, case).say(**{"item-1.say.reason": "Too early"})

    with nothing_recorded(office):
        sent = form.press("freeze")

    assert sent.status_code == 422
    assert "nothing is said of reason" in sent.text
    assert form.fields["item-1.say.reason"] == "Too early"
    assert form.say(**{"item-1.outcome": "rejected"}).press("draft").status_code == 303


def test_a_text_without_items_is_refused_and_one_is_added(office: Office) -> None:
    case = office.docket.reviewed()
    form = Preparing.case(office, TUYA)
    assert "the text decides nothing yet" in form.press("check").text

    place = case.rpartition("/")[2].lstrip("0")
    form.say(**{f"add.{place}": "on", "add.kind": "interim_special_measure"}).press("add")

    assert (form.fields["item-1.case"], form.fields["item-2.kind"]) == (
        case,
        "interim_special_measure",
    )
    form.say(**{"item-2.say.title": "Video", "item-2.say.until": "2027-01-01"})
    form.say(**{"item-2.say.result": "adopted"}).press("up-2")
    assert form.fields["item-1.say.title"] == "Video"
    proposal = form.makes("freeze")
    assert [item["kind"] for item in items(office, proposal.id)] == [
        "interim_special_measure",
        "post_registration_change",
    ]


def test_an_item_is_removed_with_all_that_was_typed_for_it(office: Office, reviewed: str) -> None:
    form = Preparing.case(office, TUYA, reviewed).say(**{"add.kind": "project_withdrawal"})
    form.press("add")

    form.say(**{"item-2.say.reason": "Closed"}).press("remove-1")

    assert form.fields["item-1.say.reason"] == "Closed"
    assert "item-2.kind" not in form.fields
    assert form.fields["text-en"] == ENGLISH


def test_more_rows_are_given_when_they_are_asked_for(office: Office, reviewed: str) -> None:
    form = Preparing.case(office, TUYA, reviewed)
    name = "item-1.say.new_methodologies"
    form.say(**{f"{name}.2.number": "MN_AM001", f"{name}.2.version": "1.0"})

    with nothing_recorded(office):
        form.press(name)

    assert f"{name}.5.number" in form.fields


def test_a_shipped_rulebook_is_put_in_force_by_its_version(office: Office) -> None:
    newest = versions("MN")[-1]
    form = Preparing.case(office, TUYA).say(**{"add.kind": "rulebook"})
    form.press("add")
    older = versions("MN")[0].version
    form.say(**{"item-1.say.rulebook.version": older, "item-1.say.title": "Back to the first"})

    proposal = form.makes("draft")

    item = items(office, proposal.id)[0]
    assert item["kind"] == "rules_adoption"
    assert item["rulebook"]["version"] == older
    assert item["rulebook"]["previous"] == newest.digest
    assert [annex["title"] for annex in proposal.content["annexes"]] == [f"Rulebook {older}"]


def test_the_record_of_the_past_is_adopted_up_to_a_day(office: Office) -> None:
    office.docket.room.imports(
        {
            "decision_date": "2017-10-24",
            "decision_type": "project_registration",
            "subject_id": "MN001",
            "subject_title": "Old boilers",
        }
    )
    form = Preparing.case(office, TUYA).say(**{"add.kind": "history_adoption"})
    form.press("add")

    proposal = form.say(**{"item-1.say.up_to": "2020-01-01"}).makes("draft")

    item = items(office, proposal.id)[0]
    assert (item["kind"], item["decisions"], item["title"]) == (
        "history_adoption",
        1,
        "Record up to 2020-01-01",
    )
    assert len(proposal.content["annexes"]) == 1


def test_a_correction_says_what_its_fields_are_and_which_are_needed(office: Office) -> None:
    form = Preparing.at(office, TUYA).say(**{"add.kind": "correction"})

    page = form.press("add").text

    needed = re.findall(r"<label[^>]*>(\w[\w ]*) <abbr", page)
    assert needed == ["title", "decision", "item", "reason"]
    assert "Its whole number, such as JP-MN/2025/002." in page
    assert "Which item of that decision, counted from 1." in page
    assert ' aria-describedby="item-1.say.new_title-note"' in page
    filled = {"title": "A slip", "decision": "2025/002", "item": "1", "reason": "A slip."}
    form.say(**{f"item-1.say.{name}": value for name, value in filled.items()})
    form.say(**{"item-1.say.quantity": "5", "item-1.say.amounts.JP": "1"})
    checked = form.say(**{"item-1.say.amounts.MN": "4", "text-en": ENGLISH}).press("check").text
    assert "no decision has the number 2025/002; a whole one begins with JP-MN/" in checked
