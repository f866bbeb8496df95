"""A decision is prepared at the desk: from ready cases to a frozen text, checked on the way."""

from __future__ import annotations

import pytest

from aggregates.case import decide_audit
from policies.lifecycles.cases import Step
from policies.lifecycles.proposal import Stage
from tests.aggregates.docket import REQUEST, Docket
from tests.desk.conftest import Office
from tests.desk.text_forms import ENGLISH, Preparing, made, nothing_recorded

TUYA = "mn-tuya"


def asked_to_issue(docket: Docket, year: int) -> str:
    """Return an issuance request, for a year of its own, that waits for the committee."""
    period = {"from": f"{year}-01-01", "to": f"{year}-12-31"}
    papers = [docket.papers("issuance_request", s) for s in (Step.OPINE_POSITIVE, Step.REQUEST)]
    case = docket.submit(REQUEST, asks=REQUEST["asks"] | {"monitoring_period": period})
    docket.opine(case, quantity=1000, papers=papers[0], report=f"VER-{year}")
    docket.step(case, lambda s, a: decide_audit.request(s, a, {}, papers[1]))
    docket.complete(case)
    return case


def test_ready_cases_become_a_frozen_text_with_a_number_in_two_languages(office: Office) -> None:
    first, second = office.docket.reviewed(), office.docket.reviewed()
    form = Preparing.case(office, TUYA, first, second)
    form.say(
        **{"text-ja": "合同委員会は決定する。", "text-other.code": "fr", "text-other": "Décidé."}
    )

    proposal = form.makes("freeze")

    assert proposal.stage is Stage.FROZEN
    assert proposal.number is not None
    assert proposal.text is not None
    decision = proposal.text.decision
    assert [item.kind for item in decision.items] == ["post_registration_change"] * 2
    assert decision.text == {"en": ENGLISH, "ja": "合同委員会は決定する。", "fr": "Décidé."}
    assert {office.docket.state(case).tabled.number for case in (first, second)} == {  # type: ignore[union-attr]
        proposal.number
    }


def test_a_check_tells_what_passes_fails_and_cannot_be_told_and_records_nothing(
    office: Office,
) -> None:
    case = asked_to_issue(office.docket, 2022)
    form = Preparing.case(office, TUYA, case)
    form.say(**{"item-1.say.quantity": "1 000"})
    form.say(**{"item-1.say.amounts.JP": "600", "item-1.say.amounts.MN": "300"})

    with nothing_recorded(office):
        sent = form.press("check")

    assert sent.status_code == 200
    assert "600 + 300 = 900, but the quantity is 1,000" in sent.text
    assert "fails, and bars" in sent.text
    assert "cannot tell who receives the credits" in sent.text
    assert "cannot tell, for your attention" in sent.text
    assert "passes" in sent.text
    assert form.fields["text-en"] == ENGLISH
    assert form.fields["item-1.say.quantity"] == "1 000"

    form.say(**{"item-1.say.amounts.MN": "400"})
    with nothing_recorded(office):
        assert "Nothing bars this text" in form.press("check").text


def test_a_text_that_the_checks_bar_is_not_frozen_and_shows_them_with_everything_typed(
    office: Office,
) -> None:
    case = asked_to_issue(office.docket, 2023)
    form = Preparing.case(office, TUYA, case).say(**{"text-mn": "Хороо шийдвэрлэв."})
    form.say(
        **{"item-1.say.quantity": "1000", "annex-1.title": "Minutes", "annex-1.text": "We met"}
    )
    form.say(**{"item-1.say.amounts.JP": "600", "item-1.say.amounts.MN": "300"})

    with nothing_recorded(office):
        sent = form.press("freeze")

    assert sent.status_code == 409
    assert "Nothing was recorded:" in sent.text
    assert "fails, and bars" in sent.text
    assert form.fields["text-mn"] == "Хороо шийдвэрлэв."
    assert form.fields["annex-1.title"] == "Minutes"
    assert form.fields["item-1.say.amounts.MN"] == "300"


def test_a_draft_is_kept_unfinished_and_frozen_later(office: Office) -> None:
    case = asked_to_issue(office.docket, 2024)

    form = Preparing.case(office, TUYA, case)
    with nothing_recorded(office):
        sent = form.press("freeze")
    assert sent.status_code == 422
    assert "still to be said: item 1: quantity, amounts by side" in sent.text

    draft = form.makes("draft")

    assert (draft.stage, draft.number, draft.version) == (Stage.DRAFTED, None, 1)
    assert office.docket.state(case).tabled is not None
    form = Preparing.at(office, "jp-kato", f"texts/{draft.id}/revise")
    form.say(**{"item-1.say.quantity": "1000"})
    form.say(**{"item-1.say.amounts.JP": "600", "item-1.say.amounts.MN": "400"})
    frozen = form.makes("freeze")
    assert (frozen.id, frozen.version, frozen.stage) == (draft.id, 2, Stage.FROZEN)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"text-en": " "}, "missing in English"),
        ({"text-other": "Décidé."}, "needs both its code"),
        ({"text-other.code": "no language", "text-other": "x"}, "is no code of a language"),
        ({"text-other.code": "en", "text-other": "x"}, "stands twice"),
        ({"annex-1.title": "Minutes"}, "annex 1 has no text"),
        ({"annex-1.text": "We met."}, "annex 1 has no title"),
        ({"procedure": ""}, "say how the text is to be decided"),
        ({"expires": "2031-01-01"}, "must expire between"),
        ({"text-en": "a\u200bb"}, "ZERO WIDTH SPACE"),
        ({"item-1.outcome": "extended"}, "is not possible now"),
        ({"once": ""}, "no word of its own"),
    ],
)
def test_a_refusal_names_what_is_wrong_and_keeps_the_form(
    office: Office, reviewed: str, fields: dict[str, str], says: str
) -> None:
    form = Preparing.case(office, TUYA, reviewed).say(**{"text-mn": "Хороо."}).say(**fields)

    with nothing_recorded(office):
        sent = form.press("freeze")

    assert 400 <= sent.status_code < 500
    assert says in sent.text
    assert form.fields["text-mn"] == "Хороо."
    kept = {name: value for name, value in fields.items() if name in form.fields}
    assert {name: form.fields[name] for name in kept} == kept or not {
        "item-1.outcome",
        "once",
    }.isdisjoint(kept)


@pytest.fixture(scope="module")
def reviewed(office: Office) -> str:
    """A case that is ready, and that nothing here decides."""
    return office.docket.reviewed()


def test_an_annex_comes_as_a_file_of_text_and_no_other_file_does(
    office: Office, reviewed: str
) -> None:
    form = Preparing.case(office, TUYA, reviewed)
    sent = form.press("check", files={"annex-1.file": ("scan.pdf", b"%PDF\xff\xfe")})
    assert sent.status_code == 422
    assert "is no plain text" in sent.text
    assert form.fields["text-en"] == ENGLISH

    text = "Протокол\nWe met.\n"
    form.press("check", files={"annex-1.file": ("Minutes.txt", text.encode())})

    assert (form.fields["annex-1.title"], form.fields["annex-1.text"]) == ("Minutes", text)
    proposal = form.makes("draft")
    assert proposal.content["annexes"] == [{"title": "Minutes", "text": text}]
    office.docket.room.withdraw(proposal.id)


def test_the_same_form_sent_twice_makes_one_text(office: Office) -> None:
    form = Preparing.case(office, TUYA, office.docket.reviewed())

    first = form.press("freeze")
    with nothing_recorded(office):
        second = form.press("freeze")

    assert made(office, first) == made(office, second)

    form.say(**{"text-en": "Something else, after going back."})
    with nothing_recorded(office):
        third = form.press("freeze")
    assert third.status_code == 409
    assert form.fields["text-en"] == "Something else, after going back."


def test_a_text_for_a_meeting_is_frozen_for_it(office: Office) -> None:
    meeting = office.docket.room.convene("2026-12-01")
    form = Preparing.case(office, TUYA, office.docket.reviewed()).say(procedure=meeting)

    proposal = form.makes("freeze")

    assert proposal.stage is Stage.OPEN
    assert proposal.content["procedure"] == {"kind": "meeting", "meeting": meeting}


def test_a_case_that_is_decided_meanwhile_is_named_and_the_form_stays(office: Office) -> None:
    case = office.docket.reviewed()
    form = Preparing.case(office, TUYA, case)
    office.docket.decide(case)

    with nothing_recorded(office):
        sent = form.press("freeze")

    assert sent.status_code == 422
    assert f"{case} does not await the committee now; remove it" in sent.text
    assert form.fields["text-en"] == ENGLISH


@pytest.mark.parametrize("query", ["?case=0", "?case=999", "?case=x", "?case=-1", "?other=1"])
def test_an_address_that_names_no_ready_case_is_nowhere(office: Office, query: str) -> None:
    answer = office.at_desk(TUYA).browser.load(f"/desk/committees/MN/texts/new{query}").answer
    assert answer.status_code in {404, 422}


# Who


@pytest.mark.parametrize("person", ["jp-kato", "jp-ueda", "mn-bold"])
def test_a_secretary_and_who_sits_prepare_texts(office: Office, person: str) -> None:
    form = Preparing.case(office, person).say(**{"add.kind": "interim_special_measure"})
    form.press("add")
    form.say(**{"item-1.say.title": "Video", "item-1.say.result": "adopted"})

    proposal = form.makes("draft")

    assert proposal.content["items"][0]["title"] == "Video"


def test_a_registry_reads_no_texts_and_prepares_none(office: Office) -> None:
    clerk = office.at_desk("mn-registry")
    page = clerk.load("texts").answer.text
    assert "Prepare a decision" not in page
    assert "Draft P" not in page

    clerk.load("texts/new", 403)
    form = Preparing.case(office, TUYA).say(
        form=clerk.load("texts").forms["/desk/sign-out"]["form"]
    )
    form.clerk = clerk
    with nothing_recorded(office):
        for button in ("check", "draft", "freeze"):
            sent = clerk.browser.client.post(
                "/desk/committees/MN/texts/new",
                data=form.fields | {"do": button},
                files={"nothing": ("", b"")},
                headers={"accept": "text/html", "origin": "https://record.example"},
            )
            assert sent.status_code == 403


def test_a_term_that_ends_while_the_form_is_open_freezes_nothing(office: Office) -> None:
    form = Preparing.case(office, "jp-kato").say(**{"add.kind": "interim_special_measure"})
    form.press("add")
    office.docket.room.appoint("JP", office.docket.room.ends("jp-kato", "secretary"))

    with nothing_recorded(office):
        sent = form.press("freeze")

    assert sent.status_code in {401, 403}
