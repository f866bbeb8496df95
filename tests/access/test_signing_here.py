"""A signature of the browser is of the roster's key, over the text's own bytes, and no other."""

from __future__ import annotations

import re
from typing import Any

import pytest

from governance.access.access import Access
from governance.access.ceremonies import Purpose
from governance.demo.stage import Stage
from governance.service.requests import Request
from policies.proof.statements import RollCall
from tests.access.browser import Browser, Passkey
from tests.access.conftest import Open, know
from tests.governance.setting import proposal
from tests.http.committee import CODE


@pytest.fixture
def number(stage: Stage, passkeys: dict[str, Passkey]) -> str:
    """Distribute a text by electronic means, and return its number."""
    made = stage.engine.proposals.propose(proposal())
    stage.engine.proposals.distribute(CODE, made.proposal)
    return str(made.number)


def ask(browser: Browser, what: str, number: str, **fields: str) -> Any:
    """Ask to sign about a text, from a page of the session."""
    page = browser.load("/desk")
    page.forms["/desk/requests"] = {"form": page.forms["/desk/sign-out"]["form"]}
    return browser.send(page, "/desk/requests", None, what=what, number=number, **fields)


def asked(browser: Browser, what: str, number: str, **fields: str) -> str:
    """Ask, and return the page on which it is signed."""
    sent = ask(browser, what, number, **fields)
    assert sent.status_code == 303, sent.text
    return str(sent.headers["location"])


def signed(browser: Browser, passkey: Passkey, what: str, number: str, **fields: str) -> str:
    """Read and sign, and return the receipt's text."""
    place = asked(browser, what, number, **fields)
    page = browser.load(place)
    sent = browser.send(page, place, answer=passkey.get(page.options(place)))
    assert sent.status_code == 303, sent.text
    return str(browser.load(sent.headers["location"]).answer.text)


def at_desk(others: Open, passkey: Passkey) -> Browser:
    browser = others()
    assert browser.sign_in(passkey).status_code == 303
    return browser


def test_both_sides_decide_in_the_browser(
    stage: Stage, others: Open, passkeys: dict[str, Passkey], number: str
) -> None:
    for person in ("jp-mori", "mn-dorj"):
        signed(at_desk(others, passkeys[person]), passkeys[person], "affirms", number)
    for person in ("jp-hara", "mn-bold"):
        says = signed(at_desk(others, passkeys[person]), passkeys[person], "decision", number)

    assert f"{number} is adopted" in says
    assert number in stage.engine.desk.load(CODE).decided.values()


def test_the_page_shows_the_bytes_summary_and_asks_for_the_digest_of_the_bytes(
    stage: Stage, others: Open, passkeys: dict[str, Passkey], number: str
) -> None:
    from html import unescape

    from governance.service.summary import summarise
    from policies.proof.webauthn import challenge

    hara = at_desk(others, passkeys["jp-hara"])
    place = asked(hara, "decision", number)
    page = hara.load(place)
    (open_text,) = stage.engine.desk.load(CODE).proposals.values()
    assert open_text.text is not None
    envelope = open_text.text.envelope.unsigned()

    shown = re.search(r"<pre[^>]*>(.*?)</pre>", page.answer.text, re.DOTALL)

    assert shown is not None
    lines = unescape(re.sub(r"</?span>", "", shown[1])).splitlines()
    assert lines == summarise(Request(envelope, {}))
    assert page.options(place)["challenge"] == _word(challenge(envelope.pae))
    known = page.options(place)["allowCredentials"]
    assert [each["id"] for each in known] == [passkeys["jp-hara"].id]


def _word(data: bytes) -> str:
    from tests.access.browser import _word as word

    return word(data)


def test_an_objection_is_shown_with_its_reason(
    stage: Stage, others: Open, passkeys: dict[str, Passkey], number: str
) -> None:
    dorj = at_desk(others, passkeys["mn-dorj"])
    assert ask(dorj, "objects", number, reason=" ").status_code == 422

    signed(dorj, passkeys["mn-dorj"], "objects", number, reason="It is too early")

    (standing,) = stage.engine.desk.load(CODE).proposals
    result = stage.engine.proposals.standing(CODE, standing)
    assert [(o.side, o.reason) for o in result.objections] == [("MN", "It is too early")]


def test_a_reason_with_what_nobody_sees_is_refused(
    others: Open, passkeys: dict[str, Passkey], number: str
) -> None:
    dorj = at_desk(others, passkeys["mn-dorj"])

    assert ask(dorj, "objects", number, reason="no\u202eon").status_code == 422


def test_what_the_summary_cannot_show_is_not_asked_for(
    stage: Stage, access: Access, others: Open, passkeys: dict[str, Passkey], number: str
) -> None:
    from policies.proof.dsse import Envelope

    (found,) = stage.engine.desk.load(CODE).proposals.values()
    assert found.text is not None
    value = found.text.envelope.value
    hidden = value | {"text": {"en": "Yes\u200b, we decide."}}
    request = Request(Envelope.of(found.text.envelope.payload_type, hidden), {})
    digest = access.requests.keep(request, CODE, None, access.clock())

    answer = at_desk(others, passkeys["jp-hara"]).load(f"/desk/sign/{digest}").answer

    assert answer.status_code == 422
    assert "data-options" not in answer.text


def test_a_member_does_not_sign_for_its_side(
    others: Open, passkeys: dict[str, Passkey], number: str
) -> None:
    sent = ask(at_desk(others, passkeys["jp-mori"]), "decision", number)

    assert sent.status_code == 403
    assert "takes the role of co-chair or alternate" in sent.text


@pytest.mark.parametrize("what", ["decision", "affirms", "objects"])
def test_a_secretariat_never_signs(
    stage: Stage, access: Access, others: Open, number: str, what: str
) -> None:
    clerk = Passkey("jp-clerk")
    stage.signers["jp-clerk"] = clerk  # type: ignore[assignment]
    stage.appoint("MN", "JP", stage.seat("jp-clerk", "Abe Jun", "secretary", "2020-01-01"))
    know(access, clerk)
    browser = at_desk(others, clerk)

    sent = ask(browser, what, number, reason="No")

    assert sent.status_code == 403
    assert "is secretary; signing this takes" in sent.text


def test_a_passkey_for_signing_in_alone_signs_nothing(
    access: Access, others: Open, passkeys: dict[str, Passkey], number: str
) -> None:
    daily = Passkey("Hara's phone")
    know(access, daily, vouched_by=passkeys["jp-hara"].record.keyid)
    browser = at_desk(others, daily)
    place = asked(at_desk(others, passkeys["jp-hara"]), "decision", number)

    assert ask(browser, "decision", number).status_code == 403
    answer = browser.load(place).answer
    assert answer.status_code == 403
    assert "for signing in alone" in answer.text


def test_one_person_does_not_sign_with_the_passkey_of_another(
    stage: Stage, others: Open, passkeys: dict[str, Passkey], number: str
) -> None:
    bold = at_desk(others, passkeys["mn-bold"])
    place = asked(bold, "decision", number)
    page = bold.load(place)

    sent = bold.send(page, place, answer=passkeys["jp-hara"].get(page.options(place)))

    assert sent.status_code == 403
    assert not any(p.signatures for p in stage.engine.desk.load(CODE).proposals.values())


def test_an_answer_for_another_text_or_from_another_site_is_refused(
    stage: Stage, others: Open, passkeys: dict[str, Passkey], number: str
) -> None:
    hara = passkeys["jp-hara"]
    browser = at_desk(others, hara)
    place = asked(browser, "decision", number)
    page = browser.load(place)
    signing_in = browser.load("/desk/sign-in").options("/desk/sign-in")

    for answer in (
        hara.get(signing_in),
        hara.get(page.options(place), origin="https://evil.example"),
        hara.get(page.options(place), flags=0x01),
        Passkey("jp-hara", site="evil.example").get(page.options(place)),
    ):
        assert browser.send(page, place, answer=answer).status_code == 403
    assert not any(p.signatures for p in stage.engine.desk.load(CODE).proposals.values())


def test_what_was_signed_to_come_in_is_a_signature_under_nothing(
    stage: Stage, access: Access, others: Open, passkeys: dict[str, Passkey]
) -> None:
    ceremony = access.ceremonies.begin(Purpose.SIGN_IN, access.clock())

    assert not access.ceremonies.message(ceremony).startswith(b"DSSEv1")


def test_the_same_answer_again_changes_nothing(
    stage: Stage, others: Open, passkeys: dict[str, Passkey], number: str
) -> None:
    hara = at_desk(others, passkeys["jp-hara"])
    place = asked(hara, "decision", number)
    page = hara.load(place)
    answer = passkeys["jp-hara"].get(page.options(place))
    assert hara.send(page, place, answer=answer).status_code == 303
    position = stage.engine.record.position

    assert hara.send(page, place, answer=answer).status_code == 403
    assert stage.engine.record.position == position


def test_a_key_that_ended_while_its_holder_read_signs_nothing(
    stage: Stage, others: Open, passkeys: dict[str, Passkey], number: str
) -> None:
    hara = at_desk(others, passkeys["jp-hara"])
    place = asked(hara, "decision", number)
    page = hara.load(place)
    answer = passkeys["jp-hara"].get(page.options(place))
    ended = {"act": "compromise-key", "keyid": passkeys["jp-hara"].record.keyid, "since": None}
    stage.appoint("MN", "JP", [ended])

    assert hara.send(page, place, answer=answer).status_code in (401, 403)
    assert not any(p.signatures for p in stage.engine.desk.load(CODE).proposals.values())


def test_nobody_signs_a_text_without_signing_in(
    others: Open, passkeys: dict[str, Passkey], number: str
) -> None:
    place = asked(at_desk(others, passkeys["jp-hara"]), "decision", number)

    assert others().load(place).answer.status_code == 401


def test_a_person_signs_in_committees_that_have_appointed_them_alone(
    stage: Stage, access: Access, others: Open, passkeys: dict[str, Passkey], number: str
) -> None:
    """Two committees; the key of one of them is nobody in the other."""
    stage.found("ID")
    elsewhere = Passkey("id-sari")
    stage.signers["id-sari"] = elsewhere  # type: ignore[assignment]
    stage.appoint("ID", "ID", stage.seat("id-sari", "Sari Dewi", "co-chair", "2020-01-01"))
    know(access, elsewhere)
    sari = at_desk(others, elsewhere)
    place = asked(at_desk(others, passkeys["jp-hara"]), "decision", number)

    assert ask(sari, "decision", number).status_code == 404
    assert sari.load(place).answer.status_code == 403


def test_one_key_may_be_appointed_in_several_committees(
    stage: Stage, others: Open, passkeys: dict[str, Passkey]
) -> None:
    stage.found("ID")
    stage.appoint("ID", "JP", stage.seat("jp-hara", "Hara Kenji", "member", "2020-01-01"))

    text = at_desk(others, passkeys["jp-hara"]).load("/desk").answer.text

    assert "JP-MN" in text
    assert "JP-ID" in text


def test_a_passkey_answers_the_roll_call(
    stage: Stage, access: Access, others: Open, passkeys: dict[str, Passkey]
) -> None:
    from governance.service.roll_call import call_roll

    requests = call_roll(stage.engine.desk, CODE, stage.clock.now.year)
    by_key = {
        request.envelope.value["keyid"]: access.requests.keep(request, CODE, None, access.clock())
        for request in requests.values()
        if request.envelope.payload_type == RollCall.payload_type
    }
    hara, mori = passkeys["jp-hara"], passkeys["jp-mori"]
    browser = at_desk(others, hara)
    place = f"/desk/sign/{by_key[hara.record.keyid]}"
    page = browser.load(place)

    sent = browser.send(page, place, answer=hara.get(page.options(place)))

    assert "answered" in browser.load(sent.headers["location"]).answer.text
    other = browser.load(f"/desk/sign/{by_key[mori.record.keyid]}").answer
    assert other.status_code == 403


def test_what_an_authority_or_a_registry_signs_is_not_signed_here(
    stage: Stage, access: Access, others: Open, passkeys: dict[str, Passkey]
) -> None:
    entry = next(iter(stage.engine.record.stream(CODE)))
    founding = Request(entry.event.envelope.unsigned(), {})  # type: ignore[attr-defined]
    digest = access.requests.keep(founding, CODE, None, access.clock())

    answer = at_desk(others, passkeys["jp-hara"]).load(f"/desk/sign/{digest}").answer

    assert answer.status_code == 403
    assert "at the command line" in answer.text


def test_a_receipt_is_its_signers_own(
    others: Open, passkeys: dict[str, Passkey], number: str
) -> None:
    hara = at_desk(others, passkeys["jp-hara"])
    place = asked(hara, "decision", number)
    page = hara.load(place)
    receipt = hara.send(page, place, answer=passkeys["jp-hara"].get(page.options(place)))
    where = receipt.headers["location"]

    assert hara.load(where).answer.status_code == 200
    assert others().load(where).answer.status_code == 401
    assert at_desk(others, passkeys["mn-bold"]).load(where).answer.status_code == 404
