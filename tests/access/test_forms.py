"""A form counts from a page of the very session, at the desk's own origin, and else is none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from governance.access.site import Site
from governance.demo.stage import Stage
from governance.http.app import application
from governance.http.limits import Limits
from policies.refusals import WrongHomeError
from tests.access.browser import Browser, Passkey
from tests.access.conftest import Open
from tests.governance.terminal import Terminal

pytestmark = pytest.mark.one_engine
"""Judge forms on one engine: what is refused here is refused before anything is stored."""


SIGN_OUT = "/desk/sign-out"


@pytest.fixture
def hara(browser: Browser, passkeys: dict[str, Passkey]) -> Browser:
    browser.sign_in(passkeys["jp-hara"])
    return browser


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "https://record.example.evil.example"},
        {"origin": "http://record.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_form_of_another_site_is_refused(hara: Browser, headers: dict[str, str]) -> None:
    page = hara.load("/desk")

    sent = hara.send(page, SIGN_OUT, headers=headers)

    assert sent.status_code == 403
    assert hara.load("/desk").answer.status_code == 200


def test_a_form_without_an_origin_is_refused(hara: Browser) -> None:
    page = hara.load("/desk")

    sent = hara.client.post(SIGN_OUT, data=page.forms[SIGN_OUT], headers={"accept": "text/html"})

    assert sent.status_code == 403


@pytest.mark.parametrize("word", [None, "", "0" * 64, "x" * 5000, "ü"])
def test_a_form_without_the_sessions_word_is_refused(hara: Browser, word: str | None) -> None:
    assert hara.send(hara.load("/desk"), SIGN_OUT, form=word, session="").status_code == 403
    assert hara.load("/desk").answer.status_code == 200


def test_a_form_of_another_session_is_refused(
    hara: Browser, others: Open, passkeys: dict[str, Passkey]
) -> None:
    mori = others()
    mori.sign_in(passkeys["jp-mori"])
    theirs = mori.load("/desk").forms[SIGN_OUT]["form"]

    assert hara.send(hara.load("/desk"), SIGN_OUT, form=theirs).status_code == 403


def test_a_page_that_was_opened_in_another_browser_signs_nobody_in(
    browser: Browser, others: Open, passkeys: dict[str, Passkey]
) -> None:
    attackers, victim = others(), others()
    page = attackers.load("/desk/sign-in")
    answer = passkeys["jp-mori"].get(page.options("/desk/sign-in"))
    victim.load("/desk/sign-in")

    assert victim.send(page, "/desk/sign-in", answer=answer).status_code == 403


def test_a_ceremony_for_another_purpose_signs_nobody_in(
    browser: Browser, passkeys: dict[str, Passkey]
) -> None:
    page = browser.load("/desk/register")
    options, form = page.options("/desk/register"), page.forms["/desk/register"]["form"]
    answer = passkeys["jp-hara"].get(options)
    page.forms["/desk/sign-in"] = {}

    sent = browser.send(page, "/desk/sign-in", answer=answer, form=form)

    assert sent.status_code == 403


def test_a_page_that_is_too_old_signs_nobody_in(
    stage: Stage, browser: Browser, passkeys: dict[str, Passkey]
) -> None:
    from datetime import timedelta

    page = browser.load("/desk/sign-in")
    answer = passkeys["jp-hara"].get(page.options("/desk/sign-in"))
    stage.clock.now += timedelta(minutes=11)

    sent = browser.send(page, "/desk/sign-in", answer=answer)

    assert sent.status_code == 403
    assert "too old" in sent.text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"form=1&form=2", 422),
        (b"form=%ff", 422),
        (b"a=1&" * 300, 422),
        (b"form=" + b"x" * 70_000, 413),
        ("form=ü".encode(), 422),
    ],
    ids=["twice", "no text", "too many fields", "too large", "not encoded"],
)
def test_what_no_browser_sends_is_refused(hara: Browser, body: bytes, status: int) -> None:
    headers = {
        "origin": "https://record.example",
        "content-type": "application/x-www-form-urlencoded",
    }

    assert hara.client.post(SIGN_OUT, content=body, headers=headers).status_code == status


def test_a_form_of_another_kind_is_refused(hara: Browser) -> None:
    sent = hara.client.post(SIGN_OUT, json={}, headers={"origin": "https://record.example"})

    assert sent.status_code == 415


def test_pages_of_the_desk_are_kept_by_nobody_and_read_by_no_other_site(hara: Browser) -> None:
    for path in ("/desk", "/desk/sign-in", "/desk/register", "/desk/passkeys", "/ja/desk"):
        headers = hara.load(path).answer.headers

        assert headers["cache-control"] == "no-store"
        assert "access-control-allow-origin" not in headers
        assert "'unsafe-inline'" not in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["strict-transport-security"]


def test_without_an_origin_no_desk_is_open(stage: Stage, passkeys: dict[str, Passkey]) -> None:
    settings = replace(stage.engine.settings, origin=None)
    with TestClient(application(settings, Limits(), stage.clock), base_url="http://test") as client:
        browser: Any = Browser(client)
        assert {browser.load(p).answer.status_code for p in ("/desk", "/desk/sign-in")} == {404}
        sent = client.post(SIGN_OUT, data={"form": "x"}, headers={"origin": "http://test"})
        assert sent.status_code == 404


@pytest.mark.parametrize(
    "origin",
    [
        *("http://record.example", "https://record.example/", "https://Record.example"),
        *("record.example", "https://", "https://10.0.0.1", "http://127.0.0.1:8000", "null"),
        *("https://record.example:443", "http://localhost:80", "https://a b", "ftp://x"),
    ],
)
def test_an_origin_that_browsers_do_not_say_opens_no_desk(origin: str) -> None:
    with pytest.raises(WrongHomeError, match="JCGOV_ORIGIN"):
        Site.parse(origin)


def test_a_desk_is_open_on_the_machine_itself_without_tls() -> None:
    assert not Site.parse("http://localhost:8000").secure
    assert Site.parse("https://record.example:8443").secure


def test_a_service_with_an_origin_of_no_browser_does_not_begin(stage: Stage) -> None:
    cli = Terminal.at(stage.engine.settings)

    refused = cli.run("serve", environment={"JCGOV_ORIGIN": "http://record.example"}, code=1)

    assert "only http://localhost" in refused.err
