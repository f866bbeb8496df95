"""The views of a whole story: the log, the registers, the notifications, as of days and times."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from governance import assembly
from governance.cli.log import read_log
from governance.cli.register import read_register
from governance.demo.story import tell_at
from governance.settings import Settings
from projections.all import VIEWS
from projections.follower import catch_up, rows_of
from projections.log_reading import LogFilter
from projections.notifications import COLUMNS, NOTIFICATIONS
from projections.replay import rebuild
from projections.sqlite_tables import SQLiteTables
from tests.places import Places


@pytest.fixture(scope="session")
def story(places: Places, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return the place that the demonstration left; it is only copied."""
    settings = places.make(tmp_path_factory.mktemp("story") / "home")
    assert tell_at(settings) == 0
    return settings


@pytest.fixture
def settings(story: Settings, places: Places, tmp_path: Path) -> Iterator[Settings]:
    copied = places.copy(story, tmp_path / "home")
    yield copied
    places.drop(copied)


def register(settings: Settings, name: str, **wanted: Any) -> list[dict[str, Any]]:
    chosen = LogFilter(committee="JP-MN", **wanted)
    return read_register(settings, name, chosen).entries


def test_signed_and_historical_decisions_of_one_day_stand_apart(settings: Settings) -> None:
    log = read_log(settings, LogFilter(committee="JP-MN"))

    of_the_day = [entry for entry in log if entry["adopted_on"] == "2025-03-27"]

    assert [entry["status"] for entry in of_the_day] == ["signed", "historical"]
    signed, historical = of_the_day
    assert {s["side"] for s in signed["signers"]} == {"JP", "MN"}
    assert historical["signers"] == []
    assert historical["rulebook"] is None
    assert signed["items"][0]["amounts"] == historical["items"][0]["amounts"]
    assert historical["items"][0]["source"]


def test_the_log_is_in_the_order_of_days_committees_and_numbers(settings: Settings) -> None:
    log = read_log(settings, LogFilter())

    keys = [(e["adopted_on"] or "", e["committee"], e["number"]) for e in log]

    assert keys == sorted(keys)


@pytest.mark.parametrize(("day", "there"), [("2025-03-26", False), ("2025-03-27", True)])
def test_the_log_as_of_a_day_includes_that_day(settings: Settings, day: str, there: bool) -> None:
    log = read_log(settings, LogFilter(as_of=date.fromisoformat(day)))

    assert any(entry["number"] == "JP-MN/2025/002" for entry in log) is there


@pytest.mark.parametrize(("second", "there"), [(59, False), (0, True)])
def test_the_log_as_known_at_an_instant_includes_that_second(
    settings: Settings, second: int, there: bool
) -> None:
    minute = (1, 59) if second else (2, 0)
    instant = datetime(2025, 3, 27, *minute, second, tzinfo=UTC)

    log = read_log(settings, LogFilter(known_at=instant))

    assert any(entry["number"] == "JP-MN/2025/002" for entry in log) is there


def test_a_type_keeps_whole_decisions_that_hold_such_an_item(settings: Settings) -> None:
    log = read_log(settings, LogFilter(kind="history_adoption"))

    assert [entry["number"] for entry in log] == ["JP-MN/2025/001"]


def test_credits_count_signed_and_adopted_and_say_what_they_leave_out(settings: Settings) -> None:
    found = read_register(settings, "credits", LogFilter(committee="JP-MN"))
    entries, left_out = found.entries, found.left_out

    assert {entry["basis"] for entry in entries} == {"signed", "adopted"}
    assert left_out == 8  # the rows of 27 March 2025 and 24 January 2026, two sides each
    decided = {
        (e["side"], e["basis"]): e["decided"]
        for e in entries
        if e["project"] == "MN004" and e["period"] == ["2017-08-01", "2020-12-31"]
    }
    assert decided == {("JP", "signed"): 35_854, ("MN", "signed"): 8_963}


def test_credits_of_another_committee_are_empty_until_it_adopts_its_past(
    settings: Settings,
) -> None:
    found = read_register(settings, "credits", LogFilter(committee="JP-PW"))

    assert found.entries == []
    assert found.left_out > 0


def test_a_side_with_zero_is_complete_without_a_report(settings: Settings) -> None:
    zero = [e for e in register(settings, "credits") if e["project"] == "MN005"]

    assert {(e["side"], e["decided"], e["reported"]) for e in zero} == {
        ("JP", 0, 0),
        ("MN", 1, 1),
    }


def test_a_methodologys_version_ends_on_the_day_of_the_next(settings: Settings) -> None:
    versions = {
        e["version"]: e for e in register(settings, "methodologies") if e["number"] == "MN_AM003"
    }

    assert versions["2.0"]["until"] == versions["3.0"]["approved_on"] == "2024-08-04"
    assert versions["3.0"]["until"] is None
    assert {e["basis"] for e in versions.values()} == {"adopted"}


@pytest.mark.parametrize(("day", "there"), [("2017-05-25", False), ("2017-05-26", True)])
def test_a_project_is_in_the_register_from_its_day_on(
    settings: Settings, day: str, there: bool
) -> None:
    projects = register(settings, "projects", as_of=date.fromisoformat(day))

    assert ("MN004" in {project["number"] for project in projects}) is there


def test_what_was_adopted_later_was_not_known_as_adopted_before(settings: Settings) -> None:
    before = datetime(2025, 3, 25, tzinfo=UTC)

    assert register(settings, "projects", known_at=before) == []
    assert {p["basis"] for p in register(settings, "projects")} == {"adopted", "signed"}


def test_every_issuance_is_told_to_both_sides_with_their_own_amount(settings: Settings) -> None:
    with assembly.library(settings) as read:
        rows = read.tables.select(NOTIFICATIONS, "number = ?", ("JP-MN/2025/002",))
        told = {row["side"]: row for row in (dict(zip(COLUMNS, r, strict=True)) for r in rows)}

    assert set(told) == {"JP", "MN"}
    assert '"amount":35854' in str(told["JP"]["data"])
    assert '"amount":8963' in str(told["MN"]["data"])
    assert told["JP"]["id"] != told["MN"]["id"]


# Followers and replay


@pytest.fixture
def read(settings: Settings) -> Iterator[assembly.Library]:
    with assembly.library(settings) as library:
        yield library


def test_a_follower_that_is_late_adds_nothing_twice(read: assembly.Library) -> None:
    assert read.record is not None
    before = {view.name: read.tables.standing(view) for view in VIEWS}
    page = read.record.onwards(0)

    added = read.tables.add(rows_of(VIEWS, page.entries), 0, page.reached)

    assert not added
    assert {view.name: read.tables.standing(view) for view in VIEWS} == before


def test_a_batch_is_all_or_nothing(read: assembly.Library) -> None:
    assert read.record is not None
    tables = SQLiteTables.scratch(VIEWS)
    entries, reached = read.record.onwards(0)

    with pytest.raises(Exception, match="UNIQUE"):
        tables.add(rows_of(VIEWS, [*entries, entries[0]]), 0, reached)

    assert all(tables.standing(view)[0::2] == (0, 0) for view in VIEWS)
    catch_up(read.record, tables, VIEWS)
    assert [tables.standing(view) for view in VIEWS] == [read.tables.standing(v) for v in VIEWS]


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_digests_do_not_depend_on_the_size_of_batches(read: assembly.Library, size: int) -> None:
    assert read.record is not None
    tables = SQLiteTables.scratch(VIEWS)

    after = 0
    while (page := read.record.onwards(after, size)).reached > after:
        assert tables.add(rows_of(VIEWS, page.entries), after, page.reached)
        after = page.reached

    assert [tables.standing(view) for view in VIEWS] == [read.tables.standing(v) for v in VIEWS]


def test_a_view_that_was_tampered_with_is_named_and_replaced(settings: Settings) -> None:
    with assembly.library(settings):  # brings the views up to the events
        pass
    forge = "UPDATE {}credits SET fact = replace(fact, '35854', '99999')"
    if settings.database_url is not None:
        with psycopg.connect(settings.database_url) as database:
            database.execute(forge.format("jcgov.").encode())
    else:
        with closing(sqlite3.connect(settings.database)) as file, file:
            file.execute(forge.format(""))

    with assembly.library(settings) as library:
        assert library.record is not None
        first = rebuild(library.record, library.tables)
        again = rebuild(library.record, library.tables)

    assert first.differing == ["credits"]
    assert again.differing == []
    assert first.views == again.views
