"""Whoever a roster names comes in with a passkey; nobody else, and no answer twice."""

from __future__ import annotations

from tests.access.browser import Browser, Passkey


def test_a_person_of_the_roster_signs_in(browser: Browser, passkeys: dict[str, Passkey]) -> None:
    answer = browser.sign_in(passkeys["jp-hara"])

    assert (answer.status_code, answer.headers["location"]) == (303, "/desk"), answer.text
    assert "Hara Kenji" in browser.load("/desk").answer.text
