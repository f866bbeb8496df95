"""An error at the desk leaves who is signed in at the desk, and tells nobody else of them."""

from __future__ import annotations

import pytest

from tests.access.browser import Browser, Passkey

pytestmark = pytest.mark.one_engine
"""Show errors on one engine: who is signed in was found before."""


def test_who_is_signed_in_keeps_the_desk_and_is_not_told_to_sign_in(
    browser: Browser, passkeys: dict[str, Passkey]
) -> None:
    missing = "/desk/committees/MN/texts/99"
    stranger = browser.load(missing).answer
    browser.sign_in(passkeys["jp-mori"])
    absent = browser.load(missing).answer
    barred = browser.send(browser.load("/desk"), "/desk/sign-out", form="another's")

    assert stranger.status_code == 401
    assert "Signed in:" not in stranger.text
    assert (absent.status_code, barred.status_code) == (404, 403)
    for answer in (absent, barred):
        assert "Signed in: <strong>Mori Aiko</strong>" in answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert "Sign in as somebody who may" not in answer.text
    assert 'href="/committees/MN"' in absent.text


def test_where_nothing_is_at_the_desk_there_is_a_way_back_to_it(browser: Browser) -> None:
    assert 'href="/desk"' in browser.load("/desk/nothing").answer.text
    assert 'href="/desk"' not in browser.load("/nothing").answer.text
