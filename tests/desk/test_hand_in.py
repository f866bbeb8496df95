"""Whoever carries signature files sees what they are before anything is recorded, and what came."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from governance.pages.desk import handing_in as pages
from governance.service.appointing import Wish, Wished, ask_authority
from governance.service.handing_in import carried, look
from governance.service.requests import Request
from governance.service.signing import assertion_request, foresee, submit
from policies.proof.canonical import canonical
from policies.proof.dsse import Envelope, Signature
from policies.refusals import ContextError, NotEntitledError, Refusal
from tests.desk.at_desk import CODE, AtDesk, at_desk, check, hand_in
from tests.desk.readers import words
from tests.desk.registries_told import told
from tests.governance.setting import proposal

CARRIER = "jp-mori"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[AtDesk]:
    with at_desk(tmp_path / "home") as made:
        yield made


def appointment(here: AtDesk, person: str = "mn-new", **members: Any) -> Envelope:
    """Return an appointment that waits for the authority of Mongolia."""
    wish = Wish(Wished.SECRETARY, person, "New Person", date(2026, 2, 1), **members)
    return ask_authority(here.stage.engine.desk, CODE, "mn-tuya", wish).envelope()


def noted(here: AtDesk) -> list[tuple[str, str | None, str | None]]:
    entries = here.access.record.newest(20)
    return [(e.outcome, e.who, e.detail) for e in entries if e.what == "hand in"]


def test_what_a_file_is_and_lacks_is_shown_before_anything_is_recorded(here: AtDesk) -> None:
    envelope = here.signed(appointment(here), "MN", 1)
    before = here.position

    page = check(here.browser(CARRIER), envelope)

    text = unescape(page.answer.text)
    assert page.answer.status_code == 200
    assert "Appointment 4 of MN in JP-MN" in text
    assert "secretary, from 2026-02-01 until further notice" in text
    assert "authority of MN: 1 of 2 signatures" in text
    assert ">1 is missing</span>" in text
    assert "would be refused as things stand" in text
    assert here.position == before
    assert noted(here) == []


def test_what_is_whole_is_recorded_and_who_carried_it_is_noted(here: AtDesk) -> None:
    envelope = here.signed(appointment(here), "MN", 1, 2)
    browser = here.browser(CARRIER)
    page = check(browser, envelope)
    assert "can be recorded" in page.answer.text

    answer = hand_in(browser, page)

    assert answer.status_code == 200
    assert "appointment 4 of MN recorded" in answer.text
    assert "mn-new" in here.stage.engine.desk.load(CODE).roster.people
    keyid = here.passkeys[CARRIER].record.keyid
    ((outcome, who, detail),) = noted(here)
    assert (outcome, who) == ("done", keyid)
    assert str(detail).startswith(envelope.digest)
    again = hand_in(browser, page)
    assert "known already" in again.text
    assert "known already" in check(browser, envelope).answer.text


def test_files_of_one_statement_are_one(here: AtDesk) -> None:
    asked = appointment(here)
    browser = here.browser(CARRIER)

    page = check(browser, here.signed(asked, "MN", 1), here.signed(asked, "MN", 3))

    assert "authority of MN: 2 of 2 signatures" in page.answer.text
    assert len([name for name in page.forms["/desk/hand-in/now"] if name != "form"]) == 1
    assert hand_in(browser, page).status_code == 200


def test_what_is_refused_is_refused_by_name_and_nothing_of_it_is_recorded(here: AtDesk) -> None:
    browser = here.browser(CARRIER)
    page = check(browser, here.signed(appointment(here), "MN", 1))
    before = here.position

    answer = hand_in(browser, page)

    assert answer.status_code == 422
    assert "appointment: 1 of the 2 needed signatures" in unescape(answer.text)
    assert here.position == before
    assert [outcome for outcome, _who, _detail in noted(here)] == ["not done"]


def test_the_other_authoritys_signatures_do_not_count(here: AtDesk) -> None:
    browser = here.browser(CARRIER)
    page = check(browser, here.signed(appointment(here), "JP", 1, 2))

    assert "authority of MN: 0 of 2 signatures" in page.answer.text
    assert hand_in(browser, page).status_code == 422


def test_appointments_go_in_their_order_whatever_the_files_order(here: AtDesk) -> None:
    first = here.signed(appointment(here, "mn-one"), "MN", 1, 2)
    value = appointment(here, "mn-two").value
    after = Envelope.of(first.payload_type, value | {"seq": 5, "prev": first.digest})
    browser = here.browser(CARRIER)

    page = check(browser, here.signed(after, "MN", 1, 2), first)
    assert "judged after the one before it" in page.answer.text
    answer = hand_in(browser, page)

    assert answer.status_code == 200, answer.text
    assert {"mn-one", "mn-two"} <= here.stage.engine.desk.load(CODE).roster.people.keys()


def test_what_comes_after_a_refused_one_is_not_looked_at(here: AtDesk) -> None:
    number = distributed(here)
    bad = here.signed(appointment(here), "MN", 1)
    good = here.stage.sign(affirmation(here), "mn-dorj")
    browser = here.browser(CARRIER)
    before = here.position

    answer = hand_in(browser, check(browser, bad, good))

    assert answer.status_code == 422
    assert "Not looked at" in answer.text
    assert here.position == before
    assert number in hand_in(browser, check(browser, good)).text


def test_a_signature_that_was_made_here_goes_with_the_authoritys(here: AtDesk) -> None:
    made = here.passkey("mn-new's passkey")
    asked = appointment(here, key=made.record)
    digest = here.access.requests.keep(Request(asked, {}), CODE, None, here.access.clock())
    own, path = here.browser(), f"/desk/sign/{digest}"
    missing = check(here.browser(CARRIER), here.signed(asked, "MN", 1, 2)).answer.text
    assert "the key that is added for mn-new: 0 of 1" in missing

    page = own.load(path)
    assert own.send(page, path, answer=made.get(page.options(path))).status_code == 303
    browser = here.browser(CARRIER)
    checked = check(browser, here.signed(asked, "MN", 1, 2))

    assert "the key that is added for mn-new: 1 of 1" in checked.answer.text
    assert hand_in(browser, checked).status_code == 200
    assert own.sign_in(made).status_code == 403  # the term begins later
    here.stage.clock.tell("2026-02-01 02:00")
    assert own.sign_in(made).status_code == 303


def test_signatures_that_are_not_genuine_or_nobodys_are_shown_so(here: AtDesk) -> None:
    asked = appointment(here)
    genuine = here.signed(asked, "MN", 1)
    (mark,) = genuine.signatures
    forged = asked.signed_by(Signature(mark.keyid, bytes([mark.sig[0] ^ 1]) + mark.sig[1:]))
    strange = genuine.signed_by(Signature("0" * 64, b"x"))

    assert "not genuine" in check(here.browser(CARRIER), forged).answer.text
    text = check(here.browser(CARRIER), strange).answer.text
    assert "a key that this committee does not know" in text
    assert "counts for nothing" in text


# Who carries


@pytest.mark.parametrize("person", ["jp-mori", "mn-nomin", "jp-abe"])
def test_anybody_who_is_signed_in_carries_what_others_have_signed(
    here: AtDesk, person: str
) -> None:
    browser = here.browser(person)
    page = check(browser, here.signed(appointment(here), "MN", 1, 2))

    assert hand_in(browser, page).status_code == 200


def test_nobody_else_and_no_other_page_does(here: AtDesk) -> None:
    envelope = here.signed(appointment(here), "MN", 1, 2)
    browser = here.browser(CARRIER)
    page = check(browser, envelope)
    before = here.position

    assert hand_in(here.browser(), page).status_code == 401
    assert hand_in(browser, page, form="0" * 64).status_code == 403
    assert here.browser().load("/desk/hand-in").answer.status_code == 401
    assert here.position == before


# Hostile files


def deep() -> bytes:
    return b"[" * 100_000


def unknown() -> bytes:
    return Envelope.of("application/vnd.jcm.nothing.v1+json", {}).to_bytes()


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"", 422),
        (b"%PDF-1.7\x00\xff", 422),
        (b"{}", 422),
        (b'{"payload": "", "payloadType": "x", "signatures": []}', 422),
        (deep(), 422),
        (unknown(), 422),
        (b" " * (pages.LARGEST + 1), 413),
        (canonical({"a": "x" * 70_000}), 422),
    ],
)
def test_a_file_that_is_none_is_named_with_what_is_wrong(
    here: AtDesk, data: bytes, status: int
) -> None:
    name, good = "<b>\u202egnis.exe", here.signed(appointment(here), "MN", 1, 2)

    page = check(here.browser(CARRIER), ("good.sig", good.to_bytes()), (name, data))

    assert page.answer.status_code == status, page.answer.text
    assert "&lt;b&gt;\\u{202e}gnis.exe: " in page.answer.text
    assert "good.sig" not in page.answer.text
    assert "/desk/hand-in/now" not in page.forms


def test_no_file_at_all_and_no_envelope_brought_back_are_refused(here: AtDesk) -> None:
    browser = here.browser(CARRIER)
    page = check(browser, here.signed(appointment(here), "MN", 1, 2))
    field = next(name for name in page.forms["/desk/hand-in/now"] if name != "form")

    assert check(browser).answer.status_code == 422
    assert hand_in(browser, page, **{field: "nonsense \U0001f600"}).status_code == 422
    page.forms["/desk/hand-in/now"].pop(field)
    assert hand_in(browser, page).status_code == 422


def test_a_founding_and_what_nobody_has_signed_are_not_taken(here: AtDesk) -> None:
    entry = next(iter(here.stage.engine.record.stream(CODE)))
    founding: Envelope = entry.event.envelope  # type: ignore[attr-defined]

    page = check(here.browser(CARRIER), founding)
    assert page.answer.status_code == 422
    assert "at the command line" in page.answer.text
    with pytest.raises(ContextError, match="nobody has signed"):
        carried([appointment(here)])


def test_a_statement_of_a_committee_that_is_not_here_is_refused(here: AtDesk) -> None:
    value = appointment(here).value | {"committee": "JP-ID"}
    elsewhere = here.signed(Envelope.of(appointment(here).payload_type, value), "MN", 1)

    assert check(here.browser(CARRIER), elsewhere).answer.status_code == 404


# What is foreseen is what comes


def distributed(here: AtDesk) -> str:
    made = here.stage.engine.proposals.propose(proposal())
    here.stage.engine.proposals.distribute(CODE, made.proposal)
    return str(made.number)


def affirmation(here: AtDesk) -> Envelope:
    state = here.stage.engine.desk.load(CODE)
    (text,) = state.proposals.values()
    return assertion_request(state, text, objects=False, reason=None).envelope


def test_what_is_foreseen_of_voices_and_signatures_is_what_comes(here: AtDesk) -> None:
    distributed(here)
    desk, stage = here.stage.engine.desk, here.stage
    (text,) = desk.load(CODE).proposals.values()
    assert text.text is not None
    decision = text.text.envelope.unsigned()
    affirmed = affirmation(here)
    takes = [
        stage.sign(affirmed, "mn-dorj"),
        stage.sign(decision, "mn-bold"),
        here.signed(appointment(here), "MN", 2, 3),
    ]
    for envelope in takes:
        before = here.position
        assert foresee(desk, envelope)
        assert here.position == before
        assert next(submit(desk, [envelope])).events
        assert not foresee(desk, envelope)
    for refused in (stage.sign(decision, "mn-dorj"), stage.sign(decision, "jp-abe")):
        with pytest.raises(NotEntitledError) as foreseen:
            foresee(desk, refused)
        with pytest.raises(Refusal) as came:
            next(submit(desk, [refused]))
        assert str(foreseen.value) == str(came.value)
        (shown,) = look(desk, [refused])
        assert str(shown.refusal) == str(came.value)
        assert shown.signed[0].whose == "person"


def test_a_registrys_report_is_foreseen_with_the_case_that_it_would_open(
    tmp_path: Path,
) -> None:
    with told(tmp_path / "registries") as made:
        desk = made.stage.engine.desk
        envelope = made.registries.envelope(made.waiting, "MN", amount=399, report="MN-short")
        report = made.stage.sign(envelope, "mn-registry")
        before, last = made.stage.engine.record.position, desk.load(CODE).last_case

        text = check(made.browser("mn-tuya"), report).answer.text

        assert "Report MN-short of the registry of MN" in text
        assert "can be recorded" in text
        assert made.stage.engine.record.position == before
        assert next(submit(desk, [report])).events
        assert desk.load(CODE).last_case == last + 1


def test_what_came_of_a_voice_is_said_once(here: AtDesk) -> None:
    distributed(here)
    browser = here.browser(CARRIER)
    page = check(browser, here.stage.sign(affirmation(here), "mn-dorj"))

    said = words(hand_in(browser, page))

    assert "recorded JP-MN/2026/001: " in said
    assert "recorded; " not in said


def test_an_objection_is_shown_with_what_it_is_about_and_its_reason(here: AtDesk) -> None:
    distributed(here)
    state = here.stage.engine.desk.load(CODE)
    (text,) = state.proposals.values()
    said = assertion_request(state, text, objects=True, reason="The <boilers> leak.").envelope

    page = check(here.browser(CARRIER), here.stage.sign(said, "mn-dorj"))

    shown = page.answer.text
    assert text.text is not None
    assert text.text.decision.number in shown
    assert text.text.decision.items[0].title in unescape(shown)
    assert "The &lt;boilers&gt; leak." in shown


def test_what_nobody_has_signed_yet_is_named_and_not_passed_over(here: AtDesk) -> None:
    before = here.position

    page = check(here.browser(CARRIER), here.signed(appointment(here), "MN", 1), appointment(here))

    assert page.answer.status_code == 422
    assert "nobody has signed this file yet" in page.answer.text
    assert here.position == before
