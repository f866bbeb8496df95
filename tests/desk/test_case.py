"""A case at the desk: all that is known of it, for who keeps the docket, and nothing for others."""

from __future__ import annotations

import hashlib
import re
from html import unescape

import pytest

from aggregates.case import decide_audit, decide_papers
from policies.lifecycles.cases import Stage, Step
from tests.access.browser import Page
from tests.aggregates.docket import ENTITY, METHODOLOGY, PAPERS, PROJECT, REQUEST
from tests.aggregates.ways import BY_LIFECYCLE, Walks
from tests.desk.conftest import FULL, HERE, MASKED, SECRET, Clerk, Office, place_of
from tests.desk.test_submission import alert


def test_it_shows_all_that_is_known(office: Office, published: str, secretary: Clerk) -> None:
    text = unescape(secretary.load(place_of(published)).answer.text)

    for said in (
        *("Heat pumps in schools", "open for public inputs", "Nomad Energy LLC", "MN-2026"),
        *("14 days left", "CO2", "Only for you", "I live beside it.", "held: the public"),
        *("for the committee alone", "Papers found complete", "Mori Aiko (JP)"),
    ):
        assert said in text, said
    assert "Bat <b>" not in secretary.load(place_of(published)).answer.text
    assert SECRET not in re.sub(r'href="[^"]*"', "", text)


def test_a_confidential_paper_is_handed_to_a_keeper_to_be_saved(
    office: Office, published: str, secretary: Clerk
) -> None:
    page = secretary.load(place_of(published))
    (link,) = re.findall(
        rf'href="({HERE}/{place_of(published)}/documents/[^"]+)"', page.answer.text
    )

    answer = secretary.browser.load(link).answer

    assert answer.content == FULL
    assert answer.headers["content-disposition"] == (
        'attachment; filename="1-proposed_methodology_form-1.0.pdf"'
    )
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    noted = office.access.record.newest(5)
    assert any(
        entry.what == "read a confidential document" and "mn-tuya" in str(entry.detail)
        for entry in noted
    )


def test_a_confidential_paper_goes_to_nobody_else_and_by_no_other_way(
    office: Office, published: str, secretary: Clerk
) -> None:
    link = f"{HERE}/{place_of(published)}/documents/{SECRET}"
    other = office.docket.submit(ENTITY)

    assert office.at_desk("mn-registry").browser.load(link).answer.status_code == 403
    secretary.load(link.replace(SECRET, "0" * 64), status=404)
    secretary.load(f"{place_of(other)}/documents/{SECRET}", status=404)
    secretary.load(f"/committees/MN/documents/{SECRET}", status=404)
    public = secretary.browser.load(f"/committees/MN/inputs/{place_of(published)[7:]}").answer.text
    assert SECRET not in public
    assert hashlib.sha256(MASKED).hexdigest() in public


def test_a_step_that_is_hindered_says_what_stands_in_the_way(
    office: Office, secretary: Clerk
) -> None:
    case = office.docket.submit(METHODOLOGY, PAPERS[:1])
    page = secretary.load(place_of(case))
    assert "Still missing:" in page.answer.text
    assert "Proposed methodology spreadsheet" in page.answer.text

    sent = secretary.send(page, f"{place_of(case)}/find_complete")

    assert sent.status_code == 422
    assert "missing are Proposed methodology spreadsheet" in alert(sent)
    assert office.docket.state(case).version == 1


def test_a_refused_step_keeps_what_was_typed_and_then_succeeds(
    office: Office, secretary: Clerk
) -> None:
    case, reason = office.docket.submit(METHODOLOGY), "A page is gone & <more>\nand more"
    action = f"{place_of(case)}/find_incomplete"
    told = {"said__reason": reason, "on": "2027-01-01"}

    refused = secretary.send(secretary.load(place_of(case)), action, **told)

    assert refused.status_code == 422
    assert "lies in the future" in alert(refused)
    form = Page.of(refused).forms[f"{HERE}/{action}"]
    assert (form["said.reason"], form["on"]) == (reason, "2027-01-01")
    sent = secretary.send(Page.of(refused), action, on="2026-06-08")
    assert sent.status_code == 303
    assert office.docket.state(case).issues == (reason,)


@pytest.mark.parametrize("on", ["", "2026-06-08"])
def test_a_step_is_dated_as_told_or_today(office: Office, secretary: Clerk, on: str) -> None:
    case = office.docket.submit(METHODOLOGY, PAPERS, received="2026-06-01")
    secretary.send(secretary.load(place_of(case)), f"{place_of(case)}/find_complete", on=on)
    assert str(office.docket.state(case).complete_on) == "2026-06-08"


def test_the_same_step_sent_again_is_taken_once(office: Office, secretary: Clerk) -> None:
    case = office.docket.submit(PROJECT, office.docket.papers("project", Step.PUBLISH))
    page = secretary.load(place_of(case))
    told = {"said__what": "CAR", "said__text": "Which meter?"}

    sent = [secretary.send(page, f"{place_of(case)}/raise", **told) for _ in range(2)]

    assert [answer.status_code for answer in sent] == [303, 303]
    assert list(office.docket.state(case).requests) == ["CAR1"]


def test_a_form_of_a_case_that_has_moved_on_loses_no_word(office: Office, secretary: Clerk) -> None:
    case = office.docket.submit(METHODOLOGY, PAPERS)
    page = secretary.load(place_of(case))
    office.docket.complete(case)

    sent = secretary.send(page, f"{place_of(case)}/find_incomplete", said__reason="A long reason")

    assert sent.status_code == 409
    assert "is complete; “Find the papers incomplete” is not possible there" in alert(sent)
    assert "What you wrote" in sent.text
    assert "A long reason" in sent.text


def test_what_is_asked_is_filled_in_and_can_be_changed_but_not_what_the_case_is_about(
    office: Office, secretary: Clerk
) -> None:
    docket = office.docket
    case = docket.submit(REQUEST, docket.papers("issuance_request", Step.OPINE_POSITIVE))
    docket.opine(case, quantity=1000)
    page = secretary.load(place_of(case))
    action = f"{place_of(case)}/request"
    form = page.forms[f"{HERE}/{action}"]
    assert not {"asks.project", "asks.entity", "asks.monitoring_period.from"} & form.keys()

    told = {"asks__quantity": "1000", "asks__amounts__JP": "600", "asks__amounts__MN": "400"}
    assert secretary.send(page, action, **told).status_code == 303

    asks = docket.state(case).asks
    assert (asks["quantity"], asks["amounts"]) == (1000, {"JP": 600, "MN": 400})
    assert asks["project"] == "MN001"


def test_a_ready_case_can_be_laid_on_the_table_and_one_that_is_there_says_so(
    office: Office, secretary: Clerk
) -> None:
    docket = office.docket
    case = docket.reviewed()
    link = f'href="{HERE}/texts/new?case={place_of(case)[7:]}"'
    assert link in secretary.load(place_of(case)).answer.text

    number = docket.propose({"case": case}).number

    text = secretary.load(place_of(case)).answer.text
    assert f"on the committee's table in {number}" in unescape(text)
    assert link not in text


def test_who_is_decided_about_can_still_respond_while_the_case_lies_on_the_table(
    office: Office, secretary: Clerk
) -> None:
    docket = office.docket
    about = {"number": "TPE-MN-001", "reason": "Its accreditation is under review."}
    case = docket.submit(
        ENTITY | {"kind": "tpe_suspension", "title": "Altai Certification", "asks": about},
        docket.papers("tpe_suspension", Step.FIND_COMPLETE),
    )
    docket.complete(case)
    docket.propose({"case": case})

    action = f"{place_of(case)}/respond"
    page = secretary.load(place_of(case))
    sent = secretary.send(page, action, said__text="The review ends in May.")

    assert sent.status_code == 303
    assert "The review ends in May." in secretary.load(place_of(case)).answer.text


def test_every_role_that_keeps_the_docket_acts_on_either_side(office: Office) -> None:
    for person in ("jp-hara", "mn-dorj", "jp-kato"):
        case = office.docket.submit(METHODOLOGY, PAPERS)
        clerk = office.at_desk(person)
        sent = clerk.send(clerk.load(place_of(case)), f"{place_of(case)}/find_complete")
        assert sent.status_code == 303
        assert office.docket.events(case)[-1].by == person


@pytest.mark.parametrize("act", ["find_complete", "release", "interest", "slip", "withdraw"])
def test_a_registrys_officer_does_nothing_to_a_case(
    office: Office, secretary: Clerk, act: str
) -> None:
    case = office.docket.submit(METHODOLOGY, PAPERS)
    page, officer = secretary.load(place_of(case)), office.at_desk("mn-registry")
    word = officer.browser.load("/desk").forms["/desk/sign-out"]["form"]
    form = dict(page.forms[f"{HERE}/{place_of(case)}/find_complete"]) | {"form": word}
    page.forms[f"{HERE}/{place_of(case)}/{act}"] = form

    sent = officer.send(page, f"{place_of(case)}/{act}", said__reason="Mine now", entry="1")

    assert sent.status_code == 403
    assert office.docket.state(case).version == 1
    assert "Nomad Energy" not in sent.text


@pytest.mark.parametrize(
    ("path", "status"),
    [("docket/999", 404), ("docket/0", 404), ("docket/x", 404), ("docket/1?all=1", 422)],
)
def test_what_is_no_case_is_not_there(secretary: Clerk, path: str, status: int) -> None:
    secretary.load(path, status=status)


@pytest.mark.parametrize(("step", "status"), [("table", 404), ("nothing", 404), ("publish", 409)])
def test_a_step_that_no_form_takes_is_refused(
    office: Office, secretary: Clerk, step: str, status: int
) -> None:
    case = office.docket.submit(ENTITY)
    page = secretary.load(place_of(case))
    page.forms[f"{HERE}/{place_of(case)}/{step}"] = page.forms[f"{HERE}/{place_of(case)}/file"]
    assert secretary.send(page, f"{place_of(case)}/{step}").status_code == status


def test_a_case_that_ended_says_what_came_of_it(office: Office, secretary: Clerk) -> None:
    case = office.docket.submit(PROJECT)
    office.docket.step(case, lambda s, a: decide_audit.raise_request(s, a, "CAR", "Why?"))
    office.docket.step(case, lambda s, a: decide_papers.withdraw(s, a, "No money left"))
    text = unescape(secretary.load(place_of(case)).answer.text)
    assert "No money left" in text
    assert f'action="{HERE}/{place_of(case)}/file"' not in text
    assert "texts/new" in text  # the committee may note the withdrawal


def test_it_speaks_japanese_too(office: Office, published: str, secretary: Clerk) -> None:
    text = secretary.load(f"/ja{HERE}/{place_of(published)}").answer.text
    assert "今できること" in text
    assert f'action="/ja{HERE}/{place_of(published)}/file"' in text


def test_a_step_that_ends_the_case_says_so_and_what_comes_after(
    office: Office, secretary: Clerk
) -> None:
    case = office.docket.submit(METHODOLOGY | {"title": "Kilns"})
    text = unescape(secretary.load(place_of(case)).answer.text)
    before, _, form = text.partition("Find the papers incomplete</summary>")
    form = form.partition("</form>")[0]
    assert "This ends the case for good" in form
    assert "a new submission, which takes this case up" in form
    assert "This ends the case for good" not in before
    assert "It has ended for good" not in text

    office.docket.step(case, lambda s, a: decide_papers.find_incomplete(s, a, "No sheet"))
    text = unescape(secretary.load(place_of(case)).answer.text)

    assert "It has ended for good: incomplete." in text
    (link,) = re.findall(r'class="button" href="([^"]*docket/new[^"]*)"', text)
    page = secretary.load(link)
    assert f'<option value="{case}" selected>' in page.answer.text
    assert "Files do not stay in a form" not in page.answer.text
    other = link.replace(link.rpartition("=")[2], "999999")
    assert f'<option value="{case}">' in secretary.load(other).answer.text


def test_a_project_whose_request_is_incomplete_has_not_ended(office: Office) -> None:
    case = Walks(office.docket, BY_LIFECYCLE["project"]).go(Stage.REQUESTED)
    text = office.at_desk("mn-tuya").load(place_of(case)).answer.text
    form = text.partition("Find the papers incomplete</summary>")[2].partition("</form>")[0]
    assert form
    assert "ends the case" not in form


def test_a_case_on_the_table_says_on_which(office: Office, secretary: Clerk) -> None:
    walk = Walks(office.docket, BY_LIFECYCLE["methodology_revision"])
    case = walk.go(Stage.REVIEW)
    assert "It lies on the committee" not in unescape(secretary.load(place_of(case)).answer.text)
    walk.lay(case)
    text = unescape(secretary.load(place_of(case)).answer.text)

    assert "It lies on the committee's table" in text
    tabled = office.docket.state(case).tabled
    assert tabled is not None
    assert f'href="{HERE}/texts/{tabled.proposal}"' in text
    assert "It has ended for good" not in text
