"""Whoever a roster names comes in with a passkey; nobody else, and no answer twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import anyio
import pytest
from starlette.testclient import TestClient

from governance.access.access import Access
from governance.access.sessions import IDLE, LONGEST, name_of
from governance.demo.stage import Stage
from governance.http.app import application
from governance.http.limits import Limits
from governance.static_site.in_process import InProcess
from tests.access.browser import Browser, Passkey
from tests.access.conftest import Open, know

SESSION = "__Host-jcgov"


def in_desk(browser: Browser) -> bool:
    """Whether the browser's session is taken."""
    return browser.load("/desk").answer.status_code == 200


def later(stage: Stage, by: timedelta) -> None:
    """Let time pass."""
    stage.clock.now += by


def test_a_person_of_the_roster_signs_in(browser: Browser, passkeys: dict[str, Passkey]) -> None:
    answer = browser.sign_in(passkeys["jp-hara"])

    assert (answer.status_code, answer.headers["location"]) == (303, "/desk"), answer.text
    assert "Hara Kenji" in browser.load("/desk").answer.text


def test_nobody_else_sees_the_desk(browser: Browser) -> None:
    answer = browser.load("/desk").answer

    assert answer.status_code == 401
    assert 'href="/desk/sign-in?next=%2Fdesk"' in answer.text


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    browser: Browser, passkeys: dict[str, Passkey]
) -> None:
    said = browser.sign_in(passkeys["jp-hara"]).headers.get_list("set-cookie")
    session = next(line for line in said if line.startswith(f"{SESSION}="))

    for part in ("HttpOnly", "Secure", "SameSite=strict", "Path=/"):
        assert part in session
    assert "Domain" not in session


def test_what_is_stored_does_not_open_a_session(
    browser: Browser, access: Access, passkeys: dict[str, Passkey]
) -> None:
    browser.sign_in(passkeys["jp-hara"])
    (stored,) = access.sessions.all(access.clock())

    browser.client.cookies.set(SESSION, stored.name, domain="record.example")

    assert not in_desk(browser)


def test_an_answer_is_taken_once(browser: Browser, passkeys: dict[str, Passkey]) -> None:
    page = browser.load("/desk/sign-in")
    answer = passkeys["jp-hara"].get(page.options("/desk/sign-in"))
    cookies = dict(browser.client.cookies)
    first = browser.send(page, "/desk/sign-in", answer=answer)
    browser.client.cookies.update(cookies)

    second = browser.send(page, "/desk/sign-in", answer=answer)

    assert first.status_code == 303
    assert second.status_code == 403


def test_an_answer_is_taken_once_also_of_a_passkey_that_does_not_count(
    browser: Browser, passkeys: dict[str, Passkey]
) -> None:
    page = browser.load("/desk/sign-in")
    passkeys["jp-hara"].count = -1
    answer = passkeys["jp-hara"].get(page.options("/desk/sign-in"))
    cookies = dict(browser.client.cookies)
    assert browser.send(page, "/desk/sign-in", answer=answer).status_code == 303
    browser.client.cookies.update(cookies)

    second = browser.send(page, "/desk/sign-in", answer=answer)

    assert second.status_code == 403
    assert "answered once already" in second.text


def test_a_counter_that_goes_back_is_a_copied_passkey(
    browser: Browser, passkeys: dict[str, Passkey]
) -> None:
    hara = passkeys["jp-hara"]
    hara.count = 9
    browser.sign_in(hara)
    hara.count = 3

    assert browser.sign_in(hara).status_code == 403


@pytest.mark.parametrize(
    "said",
    [
        {"origin": "https://evil.example"},
        {"origin": "https://desk.record.example"},
        {"challenge": "AAAA"},
        {"type": "webauthn.create"},
        {"crossOrigin": True},
        {"topOrigin": "https://evil.example"},
        {"flags": 0x01},
    ],
    ids=[
        *("another origin", "a neighbour's origin", "another challenge", "another ceremony"),
        *("framed", "framed by another", "not verified"),
    ],
)
def test_an_answer_given_elsewhere_is_refused(
    browser: Browser, passkeys: dict[str, Passkey], said: dict[str, object]
) -> None:
    answer = browser.sign_in(passkeys["jp-hara"], **said)

    assert answer.status_code == 403
    assert not in_desk(browser)


@pytest.mark.parametrize(
    "answer", ["", "{", "[]", '{"id": 7}', '{"id": "AAAA"}', "x" * 20_000, '{"id":"\\ud800"}']
)
def test_what_no_authenticator_says_is_refused(browser: Browser, answer: str) -> None:
    page = browser.load("/desk/sign-in")

    assert browser.send(page, "/desk/sign-in", answer=answer).status_code == 403


def test_another_passkey_under_a_known_name_is_refused(
    browser: Browser, passkeys: dict[str, Passkey]
) -> None:
    page = browser.load("/desk/sign-in")
    forged = Passkey("another's").get(page.options("/desk/sign-in"))
    forged = forged.replace(Passkey("another's").id, passkeys["jp-hara"].id)

    assert browser.send(page, "/desk/sign-in", answer=forged).status_code == 403


def test_an_ended_key_ends_its_session(
    stage: Stage, browser: Browser, passkeys: dict[str, Passkey]
) -> None:
    browser.sign_in(passkeys["jp-hara"])
    ended = {"act": "compromise-key", "keyid": passkeys["jp-hara"].record.keyid}
    stage.appoint("MN", "JP", [ended | {"since": None}])

    assert not in_desk(browser)
    assert browser.sign_in(passkeys["jp-hara"]).status_code == 403


def test_an_ended_term_ends_its_session(
    stage: Stage, browser: Browser, passkeys: dict[str, Passkey]
) -> None:
    browser.sign_in(passkeys["jp-mori"])
    stage.appoint("MN", "JP", [{"act": "end", "person": "jp-mori", "role": "member"}])

    assert not in_desk(browser)
    assert browser.sign_in(passkeys["jp-mori"]).status_code == 403


def test_a_passkey_for_signing_in_alone_ends_with_the_key_that_vouched_for_it(
    stage: Stage, access: Access, browser: Browser, passkeys: dict[str, Passkey]
) -> None:
    daily = Passkey("Hara's phone")
    know(access, daily, vouched_by=passkeys["jp-hara"].record.keyid)
    assert browser.sign_in(daily).status_code == 303
    assert "Hara Kenji" in browser.load("/desk").answer.text

    ended = {"act": "retire-key", "keyid": passkeys["jp-hara"].record.keyid}
    stage.appoint("MN", "JP", [ended])

    assert not in_desk(browser)


@pytest.mark.parametrize("times", ["idle", "longest"])
def test_a_session_is_over_when_its_time_is(
    stage: Stage, browser: Browser, passkeys: dict[str, Passkey], times: str
) -> None:
    browser.sign_in(passkeys["jp-hara"])
    steps = [IDLE] if times == "idle" else [IDLE - timedelta(minutes=1)] * int(LONGEST / IDLE)
    for step in steps:
        later(stage, step)
        assert in_desk(browser)

    later(stage, IDLE + timedelta(seconds=1) if times == "idle" else timedelta(minutes=25))

    assert not in_desk(browser)


def test_a_cookie_that_was_copied_is_worth_nothing_after_signing_out(
    browser: Browser, others: Open, passkeys: dict[str, Passkey]
) -> None:
    browser.sign_in(passkeys["jp-hara"])
    thief = others()
    thief.client.cookies.update(dict(browser.client.cookies))
    assert in_desk(thief)

    browser.send(browser.load("/desk"), "/desk/sign-out")

    assert not in_desk(thief)
    assert not in_desk(browser)


def test_a_cookie_that_somebody_else_set_before_opens_nothing_afterwards(
    browser: Browser, others: Open, passkeys: dict[str, Passkey]
) -> None:
    browser.sign_in(passkeys["jp-mori"])
    word = browser.client.cookies[SESSION]
    victim = others()
    victim.client.cookies.set(SESSION, word, domain="record.example")

    victim.sign_in(passkeys["jp-hara"])

    assert victim.client.cookies.get(SESSION, domain="record.example") != word
    assert "Hara" in victim.load("/desk").answer.text
    assert not in_desk(browser)


def test_a_person_ends_another_session_of_their_own_and_nobody_elses(
    browser: Browser, others: Open, access: Access, passkeys: dict[str, Passkey]
) -> None:
    browser.sign_in(passkeys["jp-hara"])
    second, mori = others(), others()
    second.sign_in(passkeys["jp-hara"])
    mori.sign_in(passkeys["jp-mori"])
    open_ones = access.sessions.all(access.clock())
    own = name_of(browser.client.cookies[SESSION])
    (hers,) = [s.name for s in open_ones if s.credential == passkeys["jp-mori"].id]
    (his,) = [s.name for s in open_ones if s.name not in (hers, own)]
    page = browser.load("/desk/passkeys")

    assert browser.send(page, "/desk/sign-out", session=his).status_code == 303
    assert not in_desk(second)
    assert browser.send(page, "/desk/sign-out", session=hers).status_code == 403
    assert in_desk(mori)


def test_who_is_refused_too_often_has_to_wait(
    stage: Stage, browser: Browser, passkeys: dict[str, Passkey]
) -> None:
    for _ in range(10):
        assert browser.sign_in(Passkey("a stranger's")).status_code == 403

    assert browser.sign_in(passkeys["jp-hara"]).status_code == 429
    later(stage, timedelta(minutes=16))
    assert browser.sign_in(passkeys["jp-hara"]).status_code == 303


def test_it_is_on_record_who_came_from_where_and_who_was_refused(
    stage: Stage, browser: Browser, access: Access, passkeys: dict[str, Passkey]
) -> None:
    browser.sign_in(Passkey("a stranger's"))
    browser.sign_in(passkeys["jp-hara"])
    came, refused = access.record.newest(2)

    assert (came.what, came.outcome, came.address) == ("sign in", "done", "testclient")
    assert came.who == passkeys["jp-hara"].record.keyid
    assert (refused.outcome, refused.who) == ("refused", None)

    later(stage, timedelta(days=181))
    browser.sign_in(passkeys["jp-mori"])
    assert [entry.who for entry in access.record.newest(9)] == [passkeys["jp-mori"].record.keyid]


@pytest.mark.parametrize("where", ["//evil.example", "https://evil.example", "/desk/../x//y", "/"])
def test_one_goes_on_to_pages_of_the_desk_alone(
    browser: Browser, passkeys: dict[str, Passkey], where: str
) -> None:
    page = browser.load("/desk/sign-in")
    answer = passkeys["jp-hara"].get(page.options("/desk/sign-in"))

    sent = browser.send(page, "/desk/sign-in", answer=answer, next=where)

    assert sent.headers["location"] == "/desk"


def test_the_front_page_leads_officers_to_an_open_desk_alone(
    desk: Any, browser: Browser, stage: Stage
) -> None:
    copy = anyio.run(InProcess(desk._app).get, "/ja/")
    closed = application(stage.engine.settings, Limits(), stage.clock)
    with TestClient(closed) as public:
        page = public.get("/ja/")

    assert 'href="/ja/desk/sign-in"' in browser.load("/ja/").answer.text
    assert page.status_code == copy.status == 200
    assert "/desk/" not in page.text
    assert b"/desk/" not in copy.body
