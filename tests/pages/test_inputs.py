"""Everybody may say what they think of a case, without JavaScript and without an account."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from governance.demo.stage import ToldClock
from governance.http.limits import Limits
from governance.pages.inputs import HONEYPOT
from governance.pages.language import LANGUAGES
from governance.service import public_inputs
from governance.settings import Settings
from policies.texts import LONGEST
from tests.governance.terminal import Terminal
from tests.http.conftest import Serve, client
from tests.pages.published import CONFIDENTIAL, publish, step
from tests.pages.weighing import PEOPLE, require_light
from tests.places import Places

SAID = {"author": "Ulaanbaatar Forum", "text": "Count the pumps.\nAnd the schools."}


class Site:
    """The site on a day, with a case that is open for inputs from 4 to 18 May 2026."""

    def __init__(self, settings: Settings, folder: Path, serve: Serve) -> None:
        self.settings, self.cli = settings, Terminal.at(settings, folder)
        self.place = publish(settings, folder)
        self.path = f"/committees/MN/inputs/{self.place}"
        self.case = f"JP-MN/C/{self.place}"
        self.clock = ToldClock(datetime(2026, 5, 5, 4, tzinfo=UTC))
        self.reader: TestClient = serve(settings, Limits(), self.clock)

    def get(self, path: str) -> Response:
        return self.reader.get(path, headers=PEOPLE)

    def send(self, said: dict[str, str], **headers: str) -> Response:
        return self.reader.post(self.path, data=said, headers={**PEOPLE, **headers})

    def entries(self) -> list[dict[str, object]]:
        history = step(self.cli, "history", self.case, "--json").json
        return [entry for entry in history if entry["step"] == "input-received"]


@pytest.fixture(scope="module")
def refusing(
    told_once: Settings, places: Places, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Return a site to which nothing is ever sent that it takes."""
    folder = tmp_path_factory.mktemp("refusing")
    settings = places.copy(told_once, folder / "home")
    with ExitStack() as stack:
        clients = lambda *args: stack.enter_context(client(*args))  # noqa: E731
        yield Site(settings, folder, clients)
    places.drop(settings)


@pytest.fixture
def site(told_copy: Settings, tmp_path: Path, serve: Serve) -> Site:
    return Site(told_copy, tmp_path, serve)


def test_what_is_open_is_listed_with_the_days_that_are_left(site: Site) -> None:
    for path in ("/inputs", "/committees/MN/inputs"):
        page = site.get(path)

        assert "Heat pumps in schools" in page.text
        assert "13 days left" in page.text
        assert f'href="{site.path}"' in page.text
        require_light(site.reader, page)
    assert "Nothing is open for inputs just now." in site.get("/committees/ID/inputs").text


def test_the_page_of_a_case_offers_its_public_documents_alone(site: Site) -> None:
    page = site.get(site.path)
    links = re.findall(r'href="(/committees/MN/documents/[0-9a-f]{64})"', page.text)

    assert len(links) == 2
    contents = [site.reader.get(link).content for link in links]
    assert f"{CONFIDENTIAL} 1.0".encode() in contents
    assert not any(b"with the costs" in content for content in contents)
    require_light(site.reader, page)


@pytest.mark.parametrize("language", LANGUAGES, ids=[found.code for found in LANGUAGES])
def test_an_input_is_recorded_and_its_receipt_says_what(site: Site, language: object) -> None:
    prefix = language.prefix  # type: ignore[attr-defined]
    receipt = site.reader.post(f"{prefix}{site.path}", data=SAID, headers=PEOPLE)

    (entry,) = site.entries()
    assert receipt.status_code == 201
    assert receipt.headers["cache-control"] == "no-store"
    for told in (site.case, "2026-05-05", "Ulaanbaatar Forum", "Count the pumps."):
        assert told in receipt.text
    assert f"<dd>{entry['version']}</dd>" in receipt.text
    assert entry["what"] == {**SAID, "public": True}
    assert entry["by"] is None


def test_it_is_shown_once_a_secretary_has_released_it(site: Site) -> None:
    site.send(SAID)
    assert "Count the pumps." not in site.get(site.path).text
    assert "Count the pumps." not in site.reader.get("/v1/committees/MN/inputs").text
    place = str(site.entries()[0]["version"])

    step(site.cli, "release", site.case, place, day="2026-05-06")

    page = site.get(site.path).text
    assert "Count the pumps.\nAnd the schools." in page
    assert "Ulaanbaatar Forum" in page
    again = step(site.cli, "release", site.case, place, day="2026-05-06", code=1)
    assert "no input at entry" in again.err


def test_nobody_but_who_keeps_the_docket_releases(site: Site) -> None:
    site.send(SAID)
    place = str(site.entries()[0]["version"])

    refused = site.cli.run("case", "release", site.case, place, code=1)

    assert "say who does this" in refused.err
    assert "Count the pumps." not in site.get(site.path).text


def test_what_is_for_the_committee_alone_is_never_shown(site: Site) -> None:
    receipt = site.send({**SAID, "unpublished": "on"})
    place = str(site.entries()[0]["version"])

    refused = step(site.cli, "release", site.case, place, day="2026-05-06", code=1)

    assert "never" in receipt.text
    assert "stay unpublished" in refused.err
    assert "Count the pumps." not in site.get(site.path).text


def test_the_same_again_changes_nothing(site: Site) -> None:
    first, second = site.send(SAID), site.send(SAID)

    assert (first.status_code, second.status_code) == (201, 200)
    assert "recorded already" in second.text
    assert len(site.entries()) == 1


def test_the_window_takes_its_last_day_and_no_later_one(site: Site) -> None:
    site.clock.now = datetime(2026, 5, 18, 15, 59, tzinfo=UTC)  # 23:59 in Ulaanbaatar
    assert "Today is the last day" in site.get("/inputs").text
    assert site.send(SAID).status_code == 201

    site.clock.now = datetime(2026, 5, 18, 16, tzinfo=UTC)
    late = site.send({**SAID, "text": "Too late."})

    assert late.status_code in (409, 422)
    assert 'method="post"' not in site.get(site.path).text
    assert "The time for inputs is over." in site.get(site.path).text
    assert len(site.entries()) == 1


@pytest.mark.parametrize(
    "said",
    [
        {"author": "", "text": "Hello"},
        {"author": "A", "text": "   "},
        {"author": "A", "text": "Hid\u202eden"},
        {"author": "Two\nlines", "text": "Hello"},
        {"author": "A" * 201, "text": "Hello"},
        {"author": "A", "text": "x" * (LONGEST + 1)},
    ],
    ids=["nameless", "blank", "hidden", "two-lines", "long-name", "long-text"],
)
def test_what_is_refused_stands_in_the_form_again(refusing: Site, said: dict[str, str]) -> None:
    answer = refusing.send(said)

    assert answer.status_code == 422
    assert "Nothing was recorded." in answer.text
    assert said["text"].strip() in answer.text
    assert refusing.entries() == []


def test_what_people_write_is_taken_in_any_script_and_stays_text(site: Site) -> None:
    assert site.send({"author": "環境フォーラム", "text": "環" * LONGEST}).status_code == 201
    receipt = site.send({"author": "Cafe\u0301", "text": "Hello"})
    assert receipt.status_code == 201
    assert "Caf\u00e9" in receipt.text

    receipt = site.send({"author": "<b>A</b>", "text": "<script>alert(1)</script>"})

    assert "<script>alert" not in receipt.text
    assert "&lt;script&gt;" in receipt.text


@pytest.mark.parametrize(
    ("said", "headers", "status"),
    [
        ({**SAID, HONEYPOT: "http://spam"}, {}, 422),
        ({**SAID, "public": "yes"}, {}, 422),
        (SAID, {"sec-fetch-site": "cross-site"}, 403),
        (SAID, {"origin": "https://elsewhere.example"}, 403),
        (SAID, {"content-type": "text/plain"}, 415),
        ({**SAID, "text": "x" * 400_000}, {}, 413),
    ],
    ids=["honeypot", "unknown", "cross-site", "origin", "no-form", "too-large"],
)
def test_what_no_form_of_ours_sends_is_refused(
    refusing: Site, said: dict[str, str], headers: dict[str, str], status: int
) -> None:
    assert refusing.send(said, **headers).status_code == status
    assert refusing.entries() == []


def test_our_own_page_may_send(site: Site) -> None:
    headers = {"origin": "http://test", "sec-fetch-site": "same-origin"}

    assert site.send(SAID, **headers).status_code == 201


def test_who_writes_too_often_is_told_when_to_go_on(
    told_copy: Settings, tmp_path: Path, serve: Serve
) -> None:
    site = Site(told_copy, tmp_path, serve)
    site.reader = serve(told_copy, Limits(writes_per_minute=2), site.clock)
    statuses = [site.send({**SAID, "text": f"{n}"}).status_code for n in range(3)]

    assert statuses == [201, 201, 429]


def test_a_case_takes_so_many_a_day(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_inputs, "MOST_A_DAY", 2)
    statuses = [site.send({**SAID, "text": f"{n}"}).status_code for n in range(3)]
    site.clock.now = datetime(2026, 5, 6, 4, tzinfo=UTC)

    assert statuses == [201, 201, 409]
    assert site.send({**SAID, "text": "tomorrow"}).status_code == 201


@pytest.mark.parametrize("place", ["999", "0", "abc", "1/../2", "003"])
def test_no_other_case_takes_inputs(refusing: Site, place: str) -> None:
    path = f"/committees/MN/inputs/{place}"

    assert refusing.get(path).status_code == 404
    assert refusing.reader.post(path, data=SAID, headers=PEOPLE).status_code in (404, 405, 409)
