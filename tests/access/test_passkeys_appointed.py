"""A passkey is a key of the roster as any other: its side appoints it, and it signs that itself."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from governance.access.access import Access
from governance.access.credentials import UNCLAIMED
from governance.access.entries import A_DAY
from governance.demo.stage import Stage
from governance.pages.templating import read_static
from policies.proof.dsse import Envelope
from policies.proof.keys import KeyRecord
from tests.access.browser import Browser, Passkey
from tests.access.conftest import Open, know
from tests.http.committee import CODE

NEW = Passkey("Mori's phone")


def register(browser: Browser, person: str = "jp-mori", passkey: Passkey = NEW) -> str:
    """Make a passkey for a person, and return the page to go on to."""
    page = browser.load("/desk/register")
    answer = passkey.create(page.options("/desk/register"))
    sent = browser.send(page, "/desk/register", answer=answer, committee=CODE, person=person)
    assert sent.status_code == 303, sent.text
    return str(sent.headers["location"])


def sign(browser: Browser, place: str, passkey: Passkey) -> str:
    """Sign what a page shows, and return the receipt's page."""
    page = browser.load(place)
    assert page.answer.status_code == 200, page.answer.text
    sent = browser.send(page, place, answer=passkey.get(page.options(place)))
    assert sent.status_code == 303, sent.text
    return str(sent.headers["location"])


@pytest.fixture
def made() -> Passkey:
    return Passkey("Mori's phone")


def test_it_signs_its_own_appointment_and_then_signs_in(
    stage: Stage, browser: Browser, made: Passkey
) -> None:
    place = register(browser, passkey=made)
    assert made.record.keyid in browser.load(place).answer.text
    receipt = sign(browser, place, made)
    refused = browser.sign_in(made)

    file = browser.client.get(f"{receipt}/signature.json")
    signed = Envelope.from_bytes(file.content)
    stage.submit(stage.sign(signed, "mn-jp-authority-1", "mn-jp-authority-2"))

    assert refused.status_code == 403
    assert "names the key" in refused.text
    assert "try another passkey of this device" in refused.text
    assert browser.sign_in(made).status_code == 303
    assert "jp-mori" in browser.load("/desk").answer.text


def test_it_counts_for_nothing_until_the_authority_has_signed(
    stage: Stage, browser: Browser, made: Passkey
) -> None:
    sign(browser, register(browser, passkey=made), made)

    assert made.record.keyid not in stage.engine.desk.load(CODE).roster.keys


def test_whom_the_roster_does_not_know_gets_a_file_for_the_authority(
    stage: Stage, browser: Browser, made: Passkey
) -> None:
    place = register(browser, "jp-tanaka", made)
    page, file = browser.load(place), browser.client.get(f"{place}/public.json")

    assert page.answer.status_code == 200
    assert "You typed jp-tanaka" in page.answer.text
    assert "Did you mean" not in page.answer.text
    assert KeyRecord.from_json(file.json()) == made.record


@pytest.mark.parametrize("typed", ["Mori Aiko", "jp-mroi", "MORI"])
def test_who_mistypes_is_shown_whom_the_roster_knows_by_a_like_name(
    browser: Browser, made: Passkey, typed: str
) -> None:
    page = browser.load(register(browser, typed, made)).answer.text

    assert f"You typed {typed}" in page
    assert "<strong>jp-mori</strong> (Mori Aiko, JP)" in page
    assert "jp-hara" not in page
    assert 'href="/desk/register"' in page


def test_what_the_side_has_overtaken_is_refused_before_it_is_signed(
    stage: Stage, browser: Browser, made: Passkey
) -> None:
    place = register(browser, passkey=made)
    alternate = {"act": "appoint", "person": "jp-mori", "name": "Mori Aiko", "role": "alternate"}
    stage.appoint("MN", "JP", [alternate | {"from": "2020-01-01", "until": None}])

    answer = browser.load(place).answer

    assert answer.status_code == 422
    assert "ask its authority for a new request" in answer.text


def test_another_passkey_does_not_sign_in_its_place(
    passkeys: dict[str, Passkey], browser: Browser, others: Open, made: Passkey
) -> None:
    place = register(browser, passkey=made)
    stranger = others()
    page = stranger.load(place)

    for other in (passkeys["jp-mori"], Passkey("nobody's")):
        sent = stranger.send(page, place, answer=other.get(page.options(place)))
        assert sent.status_code == 403, sent.text


def test_a_passkey_is_made_once(browser: Browser, others: Open, made: Passkey) -> None:
    register(browser, passkey=made)
    again = others()
    page = again.load("/desk/register")
    answer = made.create(page.options("/desk/register"))

    sent = again.send(page, "/desk/register", answer=answer, committee=CODE, person="mn-bold")

    assert sent.status_code == 403
    assert "known here already" in sent.text


def test_nobody_makes_a_passkey_of_a_key_that_a_roster_names(
    browser: Browser, access: Access, passkeys: dict[str, Passkey]
) -> None:
    access.credentials.forget(passkeys["jp-hara"].id)
    page = browser.load("/desk/register")
    answer = passkeys["jp-hara"].create(page.options("/desk/register"))

    sent = browser.send(page, "/desk/register", answer=answer, committee=CODE, person="jp-hara")

    assert sent.status_code == 403
    assert "a roster names this key already" in sent.text


def test_a_passkey_for_signing_in_alone_is_added_by_who_just_signed_in(
    stage: Stage, browser: Browser, others: Open, passkeys: dict[str, Passkey]
) -> None:
    daily, where = Passkey("Hara's phone"), "/desk/passkeys"
    browser.sign_in(passkeys["jp-hara"])
    page = browser.load(where)
    answer = daily.create(page.options(where))
    assert browser.send(page, where, answer=answer, label="phone").status_code == 303
    assert others().sign_in(daily).status_code == 303

    stage.clock.now += timedelta(minutes=11)
    page = browser.load(where)
    later = Passkey("a thief's").create(page.options(where))
    assert browser.send(page, where, answer=later, label="x").status_code == 401
    gone = browser.send(page, "/desk/passkeys/forget", passkey=daily.id)
    assert gone.status_code == 303
    assert others().sign_in(daily).status_code == 403


def test_a_key_of_the_roster_is_not_forgotten_by_its_holder_nor_anothers_passkey(
    browser: Browser, access: Access, passkeys: dict[str, Passkey]
) -> None:
    mori = Passkey("Mori's phone")
    know(access, mori, vouched_by=passkeys["jp-mori"].record.keyid)
    browser.sign_in(passkeys["jp-hara"])
    page = browser.load("/desk/passkeys")
    page.forms["/desk/passkeys/forget"] = {"form": page.forms["/desk/passkeys"]["form"]}

    for name in (passkeys["jp-hara"].id, mori.id, "unknown"):
        sent = browser.send(page, "/desk/passkeys/forget", passkey=name)
        assert sent.status_code == 403


@pytest.mark.parametrize(
    "said",
    [
        {"origin": "https://record.example.evil.example"},
        {"challenge": "AAAA"},
        {"type": "webauthn.get"},
    ],
    ids=["another origin", "another challenge", "another ceremony"],
)
def test_a_passkey_made_elsewhere_is_not_kept(
    browser: Browser, made: Passkey, said: dict[str, str]
) -> None:
    page = browser.load("/desk/register")
    answer = made.create(page.options("/desk/register"), **said)

    sent = browser.send(page, "/desk/register", answer=answer, committee=CODE, person="jp-mori")

    assert sent.status_code == 403
    assert browser.load(f"/desk/keys/{made.record.keyid}").answer.status_code == 404


def test_one_address_makes_so_many_in_a_day(stage: Stage, browser: Browser) -> None:
    for number in range(A_DAY):
        register(browser, passkey=Passkey(f"number {number}"))
    page = browser.load("/desk/register")
    answer = Passkey("one more").create(page.options("/desk/register"))

    sent = browser.send(page, "/desk/register", answer=answer, committee=CODE, person="jp-mori")

    assert sent.status_code == 429


def test_one_that_nobody_appoints_is_forgotten(
    stage: Stage, browser: Browser, access: Access
) -> None:
    place = register(browser, "jp-tanaka", Passkey("nobody's"))
    stage.clock.now += UNCLAIMED + timedelta(days=1)
    register(browser, "jp-tanaka", Passkey("another"))

    assert browser.load(place).answer.status_code == 404
    assert access.credentials.of_key(Passkey("jp-hara").record.keyid) is not None


def test_a_form_for_a_passkey_has_words_for_each_error_that_its_script_names(
    browser: Browser,
) -> None:
    script = read_static("passkey.js").decode()
    for path in ("/desk/sign-in", "/desk/register"):
        page = browser.load(path).answer.text
        for error, word in re.findall(r'(\w+Error): "(\w+)"', script):
            assert re.search(f'data-{word}="[^"]+"', page), error
    assert "NotAllowedError" in script
