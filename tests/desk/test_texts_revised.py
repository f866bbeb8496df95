"""A text is gone on from: whatever the form does not touch stays as it was, word for word."""

from __future__ import annotations

from typing import Any

import pytest

from aggregates.case import decide_audit
from policies.lifecycles.cases import Step
from policies.lifecycles.proposal import Stage
from policies.rulebook import shipped
from tests.aggregates.docket import ALLOCATED, METHODOLOGY, PAPERS, REQUEST
from tests.aggregates.room import CODE, MEASURE
from tests.desk.conftest import Office
from tests.desk.text_forms import Preparing, made, nothing_recorded, proposal_of

TUYA = "mn-tuya"
LONG = "Every page of it.\n" * 2_000
Content = dict[str, Any]


@pytest.fixture(scope="module")
def whole(office: Office) -> Content:
    """A draft with everything in it that a draft may have, as a file says it."""
    docket, room = office.docket, office.docket.room
    room.imports(
        {
            "decision_date": "2017-10-24",
            "decision_type": "project_registration",
            "subject_id": "MN001",
            "subject_title": "Old boilers",
        }
    )
    meeting = room.convene("2026-12-01")
    assessed = docket.submit(METHODOLOGY, PAPERS)
    docket.complete(assessed)
    docket.hear_the_public(assessed)
    asked = docket.submit(REQUEST)
    papers = [docket.papers("issuance_request", s) for s in (Step.OPINE_POSITIVE, Step.REQUEST)]
    docket.opine(asked, quantity=1000, papers=papers[0])
    docket.step(asked, lambda s, a: decide_audit.request(s, a, {}, papers[1]))
    docket.complete(asked)
    own = shipped("MN", "MN-2013")
    return room.draft(
        {"case": assessed, "outcome": "approved with revisions", "title": "Heat pumps, revised"},
        {"case": asked} | ALLOCATED,
        MEASURE | {"from": "2026-07-01"},
        {"kind": "history_adoption", "up_to": "2020-01-01"},
        {
            "kind": "rules_revision",
            "title": "Rules",
            "documents": [{"title": "Guidelines", "version": "2.0", "digest": None}],
            "rulebook": {"version": own.version, "keeps": ["JP-MN/2026/001"]},
        },
        {"kind": "no such kind", "title": "Later", "odd": [1, {"a": None}]},
        text={"en": "\n The committee decides. \n", "mn": "Хороо.", "ar": "تقرر اللجنة"},
        annexes=[{"title": "Short", "text": " kept \n"}, {"title": "Long", "text": LONG}],
        procedure={"kind": "meeting", "meeting": meeting},
        expires="2027-01-31",
    )


def drafted(office: Office, content: Content) -> int:
    proposals = office.docket.room.stage.engine.proposals
    return proposals.propose(content, only_draft=True, by=TUYA).proposal


def test_a_draft_that_is_kept_untouched_says_the_same(office: Office, whole: Content) -> None:
    proposal = drafted(office, whole)
    before = proposal_of(office, proposal).content
    form = Preparing.at(office, TUYA, f"texts/{proposal}/revise")

    kept = form.makes("draft")

    assert kept.version == 2
    after = dict(kept.content)
    for content in (before, after):
        content["annexes"] = sorted(content["annexes"], key=lambda annex: annex["title"])
    assert after == before
    assert len(after["annexes"]) == 4
    office.docket.room.withdraw(proposal)


def test_one_word_is_changed_and_the_rest_stays(office: Office, whole: Content) -> None:
    proposal = drafted(office, whole)
    before = proposal_of(office, proposal).content
    form = Preparing.at(office, "jp-kato", f"texts/{proposal}/revise")
    form.say(**{"text-mn": "Хороо шийдвэрлэв.", "item-4.say.up_to": "2019-01-01"})
    form.say(**{"annex-2.left-out": "on", "item-2.say.quantity": "900"})

    kept = form.makes("draft")

    assert kept.content["text"] == before["text"] | {"mn": "Хороо шийдвэрлэв."}
    titles = [annex["title"] for annex in kept.content["annexes"]]
    assert sorted(titles) == ["Record up to 2019-01-01", "Rulebook MN-2013", "Short"]
    changed = [
        n
        for n, (a, b) in enumerate(zip(before["items"], kept.content["items"], strict=True))
        if a != b
    ]
    assert changed == [1, 3]
    assert kept.content["items"][1] == before["items"][1] | {"quantity": 900}
    assert kept.content["cases"] == before["cases"]
    office.docket.room.withdraw(proposal)


def test_an_item_that_is_removed_takes_its_annex_and_its_case_along(
    office: Office, whole: Content
) -> None:
    proposal = drafted(office, whole)
    case = proposal_of(office, proposal).content["cases"][0]["case"]
    papers = f"/desk/committees/MN/docket/{int(case.rpartition('/')[2])}"
    read = office.at_desk(TUYA).load(f"texts/{proposal}").answer.text
    assert f'<a href="{papers}">The case that it answers, with its papers</a>' in read
    assert read.count("The case that it answers") == 2
    form = Preparing.at(office, TUYA, f"texts/{proposal}/revise")
    form.press("remove-5")
    form.press("remove-4")
    form.press("remove-1")

    kept = form.makes("draft")

    assert [item["kind"] for item in kept.content["items"]] == [
        "issuance",
        "interim_special_measure",
        "no such kind",
    ]
    assert [annex["title"] for annex in kept.content["annexes"]] == ["Short", "Long"]
    assert office.docket.state(case).tabled is None
    office.docket.room.withdraw(proposal)


def frozen(office: Office) -> int:
    case = office.docket.reviewed()
    return Preparing.case(office, TUYA, case).makes("freeze").id


def test_a_frozen_text_gets_a_second_version_with_its_number(office: Office) -> None:
    proposal = frozen(office)
    number = proposal_of(office, proposal).number
    form = Preparing.at(office, TUYA, f"texts/{proposal}/revise")

    second = form.say(**{"text-en": "The Joint Committee decides anew."}).makes("freeze")

    assert (second.id, second.version, second.number) == (proposal, 2, number)
    assert second.text is not None
    assert second.text.decision.text == {"en": "The Joint Committee decides anew."}


def test_a_new_version_shows_the_objections_that_it_answers(office: Office) -> None:
    proposal = office.docket.room.distribute(MEASURE)
    office.docket.room.letter(proposal, "jp-ueda")
    page = office.at_desk(TUYA).load(f"texts/{proposal}/revise").answer.text
    assert "answers these objections" in page
    assert "<strong>Ueda Naoko</strong> (JP)" in page

    second = Preparing.at(office, TUYA, f"texts/{proposal}/revise").makes("freeze")

    assert second.text is not None
    assert len(second.text.decision.answers) == 1


def test_a_refused_version_leaves_the_older_one_to_sign(office: Office) -> None:
    proposal = frozen(office)
    form = Preparing.at(office, TUYA, f"texts/{proposal}/revise").say(**{"text-en": ""})

    with nothing_recorded(office):
        assert form.press("freeze").status_code == 422
        assert form.press("check").status_code == 422

    assert proposal_of(office, proposal).stage is Stage.FROZEN


def test_a_version_that_somebody_else_made_meanwhile_is_not_overwritten(office: Office) -> None:
    proposal = frozen(office)
    late = Preparing.at(office, TUYA, f"texts/{proposal}/revise")
    early = Preparing.at(office, "jp-kato", f"texts/{proposal}/revise")
    early.say(**{"text-en": "From Japan's secretary."}).makes("freeze")

    for version in (late.fields["version"], "", "x"):
        with nothing_recorded(office):
            sent = late.say(version=version, **{"text-en": "From here."}).press("freeze")
        assert sent.status_code == 409
        assert "is at version 2 by now" in sent.text
        assert late.fields["text-en"] == "From here."

    assert proposal_of(office, proposal).content["text"] == {"en": "From Japan's secretary."}


def test_the_same_version_sent_twice_is_made_once(office: Office) -> None:
    form = Preparing.at(office, TUYA, f"texts/{frozen(office)}/revise")

    first = form.press("freeze")
    with nothing_recorded(office):
        second = form.press("freeze")

    assert made(office, first) == made(office, second)
    assert made(office, first).version == 2


def test_a_text_that_is_not_open_is_nowhere_and_a_registry_revises_none(office: Office) -> None:
    proposal = frozen(office)
    office.at_desk(TUYA).load(f"texts/{proposal + 100}/revise", 404)
    office.at_desk("mn-registry").load(f"texts/{proposal}/revise", 403)


def test_a_version_by_the_command_line_needs_to_name_none(office: Office) -> None:
    proposal = frozen(office)
    proposals = office.docket.room.stage.engine.proposals

    again = proposals.propose(office.docket.room.draft(MEASURE), revises=proposal, by=TUYA)

    assert again.version == 2
    assert office.docket.room.stage.engine.desk.load(CODE).proposals[proposal].version == 2
