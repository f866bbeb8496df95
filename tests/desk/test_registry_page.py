"""A registry's officer sees its own side, whoever keeps the docket both; pushes stay a side's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from html import unescape

import pytest

from governance.pages.desk import registry as pages
from governance.pages.feed_terms import EVENT_NAMES, STANDINGS
from governance.service.registries import require_pushes, sees_pushes, sides_seen
from policies.refusals import NotEntitledError
from projections.feed import Feed
from projections.feed_types import EVENT_TYPES
from projections.reconciliation import Standing
from tests.access.browser import Browser
from tests.access.conftest import another
from tests.desk.registries_told import Told, told

PATH = "/desk/committees/MN/registry"
MN_ADDRESS, JP_ADDRESS = "registry.mn.example", "registry.jp.example"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    with told(tmp_path_factory.mktemp("registries") / "home") as made:
        yield made


def text_of(browser: Browser, path: str = PATH) -> str:
    answer = browser.load(path).answer
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


@pytest.mark.parametrize(
    ("person", "sides", "address"),
    [
        ("mn-nomin", {"MN"}, {MN_ADDRESS}),
        ("jp-okada", {"JP"}, {JP_ADDRESS}),
        ("mn-tuya", {"JP", "MN"}, {MN_ADDRESS}),
        ("jp-hara", {"JP", "MN"}, {JP_ADDRESS}),
        ("mn-sara", {"JP", "MN"}, set()),
    ],
)
def test_who_sees_which_sides_and_whose_pushes(
    here: Told, person: str, sides: set[str], address: set[str]
) -> None:
    text = text_of(here.browser(person))

    shown = {side for side in ("JP", "MN") if f"What the registry of {side} is told" in text}
    assert shown == sides
    assert {name for name in (MN_ADDRESS, JP_ADDRESS) if name in text} == address


def test_failures_are_shown_with_their_reason_and_the_next_try(here: Told) -> None:
    text = text_of(here.browser("mn-tuya"))

    assert "trying again" in text
    assert "1 attempt; next try" in text
    assert "answered 500: no room" in text
    assert "Last success" in text
    assert "whsec" not in text


def test_a_paused_one_says_why(here: Told) -> None:
    text = text_of(here.browser("jp-abe"))

    assert "paused by command" in text
    assert "none yet" in text


def test_amounts_agree_or_are_missing_or_differ_by_side(here: Told) -> None:
    text = text_of(here.browser("mn-tuya"))
    every = text_of(here.browser("mn-tuya"), f"{PATH}/amounts")

    assert "1 agrees · 1 not reported yet · 1 reported too little" in text
    assert "1 agrees · 2 not reported yet" in text
    assert here.waiting in text
    assert here.agreed not in text.partition('id="differences"')[0]
    assert here.agreed in every
    assert "decided 400, reported 399" in every


def test_what_differed_names_its_case_and_links_to_it_for_who_keeps_the_docket(here: Told) -> None:
    kept, own = text_of(here.browser("mn-tuya")), text_of(here.browser("mn-nomin"))
    other = text_of(here.browser("jp-okada"))

    assert "/desk/committees/MN/docket/" in kept.partition('id="differences"')[2]
    assert "399" in own
    assert "/desk/committees/MN/docket/" not in own
    assert "None did." in other
    assert "399" not in other


@pytest.mark.parametrize(("side", "status"), [("MN", 200), ("JP", 403), ("ID", 403), ("mn", 403)])
def test_the_feed_of_another_side_is_not_a_registrys_to_look_at(
    here: Told, side: str, status: int
) -> None:
    answer = here.browser("mn-nomin").load(f"{PATH}/feed/{side}").answer

    assert answer.status_code == status


def test_a_long_feed_is_paged_back(here: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "SIZE", 2)
    browser, path, found = here.browser("mn-tuya"), f"{PATH}/feed/MN", list[str]()
    for _ in range(20):
        text = text_of(browser, path)
        rows = [part.partition("position ")[2].partition("<")[0] for part in text.split("<li>")]
        found += [row for row in rows if row]
        older = text.partition('rel="next" href="')[2].partition('"')[0]
        if not older:
            break
        path = older

    positions = [int(row) for row in found]
    assert positions == sorted(set(positions), reverse=True)
    assert len(positions) == len(Feed(here.desk._app.state.opened.tables).entries("MN"))


def test_a_page_beyond_the_last_and_a_question_nobody_asks_are_refused(here: Told) -> None:
    browser = here.browser("mn-tuya")

    assert browser.load(f"{PATH}/amounts?page=9").answer.status_code == 404
    assert browser.load(f"{PATH}/differences?page=2").answer.status_code == 404
    assert browser.load(f"{PATH}?side=JP").answer.status_code == 422
    assert browser.load(f"{PATH}/feed/MN?before=x").answer.status_code == 422


def test_a_stranger_is_asked_to_sign_in(here: Told) -> None:
    assert another(here.desk).load(PATH).answer.status_code == 401


def test_the_services_refuse_the_other_side_a_stranger_and_an_ended_term(here: Told) -> None:
    state = here.stage.engine.desk.load("JP-MN")
    today, before = date(2026, 6, 8), date(2025, 12, 31)

    assert sides_seen(state, "mn-nomin", today) == ("MN",)
    assert sides_seen(state, "mn-sara", today) == ("JP", "MN")
    require_pushes(state, "mn-nomin", "MN", today)
    for person, side in (("mn-nomin", "JP"), ("mn-tuya", "JP"), ("mn-sara", "MN")):
        assert not sees_pushes(state, person, side, today)
    for person, day in (("nobody", today), ("mn-nomin", before), ("mn-tuya", before)):
        with pytest.raises(NotEntitledError):
            sides_seen(state, person, day)
        with pytest.raises(NotEntitledError):
            require_pushes(state, person, "MN", day)


def test_every_type_of_event_and_every_standing_has_words() -> None:
    assert EVENT_NAMES.keys() == EVENT_TYPES.keys()
    assert set(STANDINGS) == set(Standing)
