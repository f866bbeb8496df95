"""The status page tells how the service stands, and nothing that is the operator's."""

from __future__ import annotations

from starlette.testclient import TestClient

from governance.delivery.subscription import Condition
from governance.pages.language import LANGUAGES
from governance.pages.status import STATES
from governance.settings import Settings
from tests.pages.weighing import PEOPLE, require_light


def test_it_names_every_view_and_every_founded_committee(reader: TestClient) -> None:
    views = reader.get("/healthz").json()["views"]
    founded = [c for c in reader.get("/v1/committees").json() if c["founded"]]

    for language in LANGUAGES:
        page = reader.get(f"{language.prefix}/status", headers=PEOPLE)
        assert page.status_code == 200
        for view in views:
            assert f"<code>{view}</code>" in page.text
        for entry in founded:
            assert f"/committees/{entry['committee'][3:]}" in page.text
        require_light(reader, page)


def test_it_tells_nothing_of_the_machine(reader: TestClient, told_once: Settings) -> None:
    text = reader.get("/status", headers=PEOPLE).text

    assert str(told_once.home) not in text
    assert "postgresql" not in text


def test_it_is_never_kept(reader: TestClient) -> None:
    assert "no-cache" in reader.get("/status", headers=PEOPLE).headers["cache-control"]


def test_every_state_of_a_subscription_has_words() -> None:
    assert STATES.keys() == {state.value for state in Condition}
