"""Subscriptions, secrets and attempts in their tables, on each engine."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from functools import partial
from pathlib import Path

import psycopg
import pytest
from msgspec.structs import replace

from governance import assembly
from governance.delivery import opening
from governance.delivery import tables as declared
from governance.delivery.sqlite_tables import SQLiteDeliveryTables
from governance.delivery.subscription import (
    Attempt,
    Condition,
    Place,
    acknowledged,
    let_go,
    paused,
    taken,
)
from governance.delivery.tables import DeliveryTables
from governance.settings import Settings
from policies.refusals import NotFoundError, WrongHomeError
from tests.delivery.subscribed import subscription

ATTEMPT = Attempt(
    at=5, event="e", sequence=10_000, attempt=1, status=500, error="answered 500", milliseconds=7
)


def test_what_is_added_is_found_as_it_was(tables: DeliveryTables) -> None:
    first = subscription(committee="JP-MN", types=("a", "b"), position=2**53, reason="ногоон")
    second = subscription("sub_b", made_at=1, condition=Condition.EXHAUSTED)
    tables.add(second, "whsec_b")
    tables.add(first, "whsec_a")

    assert tables.all() == [first, second]
    assert tables.get("sub_a") == first
    assert tables.secrets("sub_a", 0) == ["whsec_a"]


def test_one_that_is_not_there_is_refused_by_name(tables: DeliveryTables) -> None:
    asking = (
        lambda: tables.get("sub_x"),
        lambda: tables.change("sub_x", paused),
        lambda: tables.record("sub_x", ATTEMPT, paused),
        lambda: tables.rotate("sub_x", "whsec_x", 0, 0),
        lambda: tables.remove("sub_x"),
    )
    for ask in asking:
        with pytest.raises(NotFoundError, match="sub_x"):
            ask()
    assert tables.secrets("sub_x", 0) == []
    assert tables.attempts("sub_x", 9) == []


def test_due_is_what_is_active_waited_for_and_held_by_nobody(tables: DeliveryTables) -> None:
    tables.add(subscription("later", next_try=101), "s")
    tables.add(subscription("paused", condition=Condition.PAUSED), "s")
    tables.add(subscription("held", holder="t", held_until=101), "s")
    tables.add(subscription("abandoned", holder="t", held_until=100, next_try=2), "s")
    tables.add(subscription("now", next_try=1), "s")

    assert [found.id for found in tables.due(100)] == ["now", "abandoned"]
    assert all(found.due(100) for found in tables.due(100))


def test_an_attempt_is_kept_with_what_follows_from_it(tables: DeliveryTables) -> None:
    tables.add(subscription(holder="t", held_until=9), "s")
    change = partial(acknowledged, token="t", before=0, place=Place(10_000, "b"), now=6, until=99)

    stands = tables.record("sub_a", ATTEMPT, change)

    assert stands == tables.get("sub_a")
    assert (stands.position, stands.attempts, stands.held_until) == (10_000, 1, 99)
    assert tables.attempts("sub_a", 9) == [replace(ATTEMPT, number=1)]


def test_attempts_are_the_newest_first_and_the_oldest_go(
    tables: DeliveryTables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(declared, "KEPT_ATTEMPTS", 3)
    tables.add(subscription(), "s")
    for at in range(5):
        tables.record("sub_a", replace(ATTEMPT, at=at), lambda old: old)

    assert [(a.number, a.at) for a in tables.attempts("sub_a", 9)] == [(5, 4), (4, 3), (3, 2)]
    assert [a.number for a in tables.attempts("sub_a", 2)] == [5, 4]


def test_the_last_success_is_the_newest_that_was_acknowledged(tables: DeliveryTables) -> None:
    tables.add(subscription(), "s")
    for error in ("answered 500", None, None, "answered 503"):
        tables.record("sub_a", replace(ATTEMPT, error=error), lambda old: old)

    found = tables.last_success("sub_a")

    assert found is not None
    assert (found.number, found.error) == (3, None)
    assert tables.last_success("sub_x") is None


def test_a_rotated_secret_signs_beside_the_new_one_for_a_time(tables: DeliveryTables) -> None:
    tables.add(subscription(), "one")
    tables.rotate("sub_a", "two", now=10, ends_at=20)

    assert tables.secrets("sub_a", 19) == ["two", "one"]
    assert tables.secrets("sub_a", 20) == ["two"]


def test_a_second_rotation_lengthens_no_secrets_time(tables: DeliveryTables) -> None:
    tables.add(subscription(), "one")
    tables.rotate("sub_a", "two", now=10, ends_at=20)
    tables.rotate("sub_a", "three", now=11, ends_at=50)

    assert tables.secrets("sub_a", 19) == ["three", "two", "one"]
    assert tables.secrets("sub_a", 20) == ["three", "two"]
    tables.rotate("sub_a", "four", now=12, ends_at=12)
    assert tables.secrets("sub_a", 12) == ["four"]


def test_what_is_removed_is_forgotten_whole(tables: DeliveryTables) -> None:
    tables.add(subscription(), "s")
    tables.add(subscription("sub_b"), "b")
    tables.record("sub_a", ATTEMPT, lambda old: old)

    tables.remove("sub_a")

    assert [found.id for found in tables.all()] == ["sub_b"]
    assert (tables.secrets("sub_a", 0), tables.attempts("sub_a", 9)) == ([], [])
    assert tables.secrets("sub_b", 0) == ["b"]


def test_of_many_who_take_at_once_one_holds_it(place: Settings, tables: DeliveryTables) -> None:
    tables.add(subscription(), "s")
    barrier = threading.Barrier(8)
    took: list[str] = []

    def take(token: str) -> None:
        with opening.delivery_tables(place) as own:
            barrier.wait(10)
            for until in (50, 60, 70):
                stands = own.change("sub_a", partial(taken, token=token, now=0, until=until))
                if stands.held_by(token) and token not in took:
                    took.append(token)

    threads = [threading.Thread(target=take, args=(f"t{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert len(took) == 1
    assert tables.get("sub_a").holder == took[0]


def test_no_change_is_lost_among_many(place: Settings, tables: DeliveryTables) -> None:
    tables.add(subscription(), "s")

    def count() -> None:
        with opening.delivery_tables(place) as own:
            for _ in range(25):
                own.record("sub_a", ATTEMPT, lambda old: replace(old, failures=old.failures + 1))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    stands = tables.get("sub_a")
    assert (stands.failures, stands.attempts) == (100, 100)
    assert [a.number for a in tables.attempts("sub_a", 200)] == list(range(100, 0, -1))


def test_a_lease_is_only_let_go_by_its_holder(tables: DeliveryTables) -> None:
    tables.add(subscription(holder="t", held_until=50), "s")

    assert tables.change("sub_a", partial(let_go, token="other")).holder == "t"
    assert tables.change("sub_a", partial(let_go, token="t")).holder is None


def test_what_stands_is_there_after_opening_again(place: Settings, tables: DeliveryTables) -> None:
    tables.add(subscription(), "s")
    assembly.make_tables(place)

    with opening.delivery_tables(place) as again:
        assert again.all() == [subscription()]


# SQLite's file


def test_the_file_and_what_lies_beside_it_are_for_their_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "deliveries.sqlite3"
    with closing(SQLiteDeliveryTables.open(file)) as tables:
        tables.add(subscription(), "whsec_s")
        modes = {found.name: found.stat().st_mode & 0o777 for found in tmp_path.iterdir()}

    assert set(modes) >= {"deliveries.sqlite3", "deliveries.sqlite3-wal", "deliveries.sqlite3-shm"}
    assert set(modes.values()) == {0o600}


def test_a_file_system_without_hard_links_keeps_it_private_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_self: Path, _target: Path) -> None:
        raise PermissionError(1, "not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    file = tmp_path / "deliveries.sqlite3"
    with closing(SQLiteDeliveryTables.open(file)) as tables:
        tables.add(subscription(), "s")
        assert file.stat().st_mode & 0o777 == 0o600
    with closing(SQLiteDeliveryTables.open(file)) as again:
        assert again.all() == [subscription()]


def test_what_an_older_program_kept_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "deliveries.sqlite3"
    with closing(SQLiteDeliveryTables.open(file)) as tables:
        tables.add(subscription(position=20_000), "s")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("ALTER TABLE subscriptions DROP COLUMN link")
        connection.commit()

    with closing(SQLiteDeliveryTables.open(file)) as again:
        assert again.all() == [subscription(position=20_000, link=None)]
        assert again.secrets("sub_a", 0) == ["s"]


def test_a_record_is_not_taken_for_subscriptions(tmp_path: Path) -> None:
    settings = Settings(tmp_path, tmp_path / "keys")
    assembly.make_tables(settings)

    with pytest.raises(WrongHomeError, match="another program"):
        SQLiteDeliveryTables.open(settings.database)


# PostgreSQL's tables


def test_a_database_made_before_is_told_to_be_made_again(database_url: str, tmp_path: Path) -> None:
    settings = Settings(tmp_path, tmp_path / "keys", database_url)
    assembly.make_tables(settings)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("DROP TABLE jcgov.subscriptions")

    with pytest.raises(WrongHomeError, match="jcgov init"), opening.delivery_tables(settings):
        pass
    assembly.make_tables(settings)
    with opening.delivery_tables(settings) as tables:
        assert tables.all() == []


def test_what_an_older_program_kept_in_a_database_is_kept(
    database_url: str, tmp_path: Path
) -> None:
    settings = Settings(tmp_path, tmp_path / "keys", database_url)
    assembly.make_tables(settings)
    with opening.delivery_tables(settings) as tables:
        tables.add(subscription(position=20_000), "s")
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("ALTER TABLE jcgov.subscriptions DROP COLUMN link")
        connection.execute("COMMENT ON TABLE jcgov.subscriptions IS '1'")

    with pytest.raises(WrongHomeError, match="jcgov init"), opening.delivery_tables(settings):
        pass
    assembly.make_tables(settings)
    with opening.delivery_tables(settings) as again:
        assert again.all() == [subscription(position=20_000, link=None)]
        assert again.secrets("sub_a", 0) == ["s"]


def test_tables_of_another_declaration_are_refused_and_never_dropped(
    database_url: str, tmp_path: Path
) -> None:
    settings = Settings(tmp_path, tmp_path / "keys", database_url)
    assembly.make_tables(settings)
    with opening.delivery_tables(settings) as tables:
        tables.add(subscription(), "s")
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("COMMENT ON TABLE jcgov.subscriptions IS '3'")

        for attempt in (assembly.make_tables, lambda s: opening.delivery_tables(s).__enter__()):
            with pytest.raises(WrongHomeError, match="declaration 3"):
                attempt(settings)
        assert connection.execute("SELECT id FROM jcgov.subscriptions").fetchall() == [("sub_a",)]
