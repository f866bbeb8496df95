"""The status page tells how the service stands, and nothing that is the operator's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from starlette.testclient import TestClient

from governance.delivery.subscription import Condition
from governance.demo.stage import Stage
from governance.pages.language import LANGUAGES
from governance.pages.status import ANSWERS, SOON, STATES, waiting_at
from governance.service.log_standing import LogStanding
from governance.service.witnessing import Outcome
from governance.settings import Settings
from tests.pages.read import text_of
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


def test_its_first_sentence_says_what_waits_and_each_log_says_how_old_it_is(
    reader: TestClient,
) -> None:
    logs = reader.get("/healthz").json()["logs"]
    waiting = sum(log["waiting"] for log in logs.values())
    said = text_of(reader.get("/status", headers=PEOPLE).text)

    assert all((log["waiting_since"] is None) == (log["waiting"] == 0) for log in logs.values())
    assert ("Everything is current." in said) == (waiting == 0)
    for log in logs.values():
        assert log["published_at"][:10] in said
        for answer in log["witnesses"]:
            assert f"{answer['witness']}: {ANSWERS[answer['outcome']]}" in said


def test_what_waits_as_long_as_publishing_takes_is_current() -> None:
    now = datetime(2026, 6, 1, 2, tzinfo=UTC)

    def standing(since: datetime | None) -> LogStanding:
        return LogStanding("JP-MN", 0 if since is None else 3, 9, now, (), since)

    assert waiting_at([standing(None), standing(now - SOON)], now) == 0
    assert waiting_at([standing(None), standing(now - SOON - timedelta(seconds=1))], now) == 3


def test_every_answer_of_a_witness_has_words() -> None:
    assert ANSWERS.keys() == {outcome.value for outcome in Outcome}


def test_what_waits_for_longer_is_in_the_first_sentence(stage: Stage, door: TestClient) -> None:
    stage.found("MN")
    waiting = door.get("/healthz").json()["logs"]["JP-MN"]["waiting"]
    soon = text_of(door.get("/status", headers=PEOPLE).text)
    stage.clock.now += SOON + timedelta(seconds=1)
    later = text_of(door.get("/status", headers=PEOPLE).text)

    assert waiting == 1
    assert "wait for a checkpoint" not in soon
    assert "Status 1 entry of the logs waits for a checkpoint. Position" in later
    assert "Everything is current." not in later
    assert "none was asked yet" in later
