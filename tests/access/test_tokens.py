"""A machine's token is good for its committee, its side and its use, until it ends, and no more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from governance.access.access import Access
from governance.access.tokens import LONGEST, May
from governance.demo.stage import Stage
from policies.refusals import NotFoundError, UnreadableError
from policies.sides import Committee
from tests.access.browser import Browser

MN = Committee("MN")


@pytest.fixture
def secret(access: Access) -> str:
    return made(access)[1]


def made(access: Access, side: str = "MN", days: int = 30) -> tuple[Any, str]:
    now = access.clock()
    ends_at = now + timedelta(days=days)
    return access.tokens.new(MN, side, May.DELIVERIES, label="ours", ends_at=ends_at, now=now)


def ask(
    browser: Browser, secret: str | None, side: str = "MN", code: str = "MN"
) -> httpx2.Response:
    headers = {} if secret is None else {b"authorization": f"Bearer {secret}".encode("latin-1")}
    return browser.client.get(f"/v1/committees/{code}/deliveries/{side}", headers=headers)


def test_it_lets_its_machine_in(browser: Browser, secret: str) -> None:
    answer = ask(browser, secret)

    assert (answer.status_code, answer.json()) == (200, [])
    assert answer.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize("given", [None, "jcgov_x", "x" * 5000, "jcgov_ü"])
def test_no_other_word_does(browser: Browser, secret: str, given: str | None) -> None:
    answer = ask(browser, given)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_it_is_good_for_its_own_side_alone(browser: Browser, secret: str) -> None:
    assert ask(browser, secret, side="JP").status_code == 403


def test_it_is_good_for_its_own_committee_alone(
    stage: Stage, browser: Browser, secret: str
) -> None:
    stage.found("ID")

    assert ask(browser, secret, side="ID", code="ID").status_code == 403


def test_it_ends_on_its_day(stage: Stage, browser: Browser, secret: str) -> None:
    stage.clock.now += timedelta(days=30) - timedelta(seconds=1)
    assert ask(browser, secret).status_code == 200
    stage.clock.now += timedelta(seconds=1)

    assert ask(browser, secret).status_code == 401


def test_a_revoked_one_is_worthless_at_once(browser: Browser, access: Access, secret: str) -> None:
    (token,) = access.tokens.all()
    access.tokens.revoke(token.id, access.clock())

    assert ask(browser, secret).status_code == 401
    with pytest.raises(NotFoundError):
        access.tokens.revoke("unknown", access.clock())


def test_what_is_kept_of_it_lets_nobody_in(browser: Browser, access: Access, secret: str) -> None:
    (token,) = access.tokens.all()

    for kept in (token.name, token.id, f"jcgov_{token.name}"):
        assert secret not in str(token)
        assert ask(browser, kept).status_code == 401


@pytest.mark.parametrize("days", [0, -1, LONGEST.days + 1])
def test_it_has_an_end_that_is_not_far(access: Access, days: int) -> None:
    with pytest.raises(UnreadableError):
        made(access, days=days)


def test_it_is_of_a_side_of_the_committee(access: Access) -> None:
    with pytest.raises(NotFoundError):
        made(access, side="ID")


def test_who_tries_too_often_has_to_wait(browser: Browser, secret: str) -> None:
    for _ in range(10):
        ask(browser, "jcgov_guess")

    assert ask(browser, secret).status_code == 429
