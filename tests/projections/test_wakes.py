"""Followers are woken by appends, by other processes, or by the clock."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from governance import assembly
from projections.follower import follow
from projections.wake import POLL, Wake, WakeInProcess, WakeOnSQLite
from tests.governance.terminal import Terminal
from tests.projections.desk import VIEWS, Desk, closed, items, opened, wanted


class Waiting:
    """Waits for a wake-up in a thread, and says how long that took."""

    def __init__(self, wake: Wake, seconds: float = 20.0) -> None:
        self._wake, self._seconds = wake, seconds
        self._took: float | None = None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        began = time.monotonic()
        self._wake.wait(self._seconds)
        self._took = time.monotonic() - began

    @property
    def waits(self) -> bool:
        self._thread.join(0.15)
        return self._thread.is_alive()

    @property
    def took(self) -> float:
        self._thread.join(30)
        assert self._took is not None
        return self._took


@contextmanager
def waking(desk: Desk) -> Iterator[Wake]:
    with closing(assembly.wake_of(desk.settings, desk.record)) as wake:
        wake.wait(0)
        yield wake


def test_an_append_in_this_process_wakes(desk: Desk) -> None:
    with waking(desk) as wake:
        waiting = Waiting(wake)
        assert waiting.waits
        desk.record.append("JP-MN", 40, [closed(41)])

        assert waiting.took < 5


def test_an_append_between_two_waits_is_not_lost(desk: Desk) -> None:
    with waking(desk) as wake:
        desk.record.append("JP-MN", 40, [closed(41)])

        assert Waiting(wake).took < 5


def test_an_append_of_another_process_wakes(desk: Desk, tmp_path: Path) -> None:
    cli = Terminal.at(desk.settings, tmp_path)
    with waking(desk) as wake:
        waiting = Waiting(wake)
        assert waiting.waits
        rows = (
            "partner_iso2,decision_date,procedure,decision_type,subject_id,subject_title,outcome,"
        )
        rows += "quantity_tco2e,split,monitoring_period,extra,source,confidence\n"
        rows += "KE,2020-01-01,meeting,pin_no_objection,,Wind,decided,,,,,jcm.go.jp,high\n"
        cli.write("rows.csv", rows.encode())
        cli.run("import", "decisions", "rows.csv")

        assert waiting.took < 15


def test_without_an_append_the_clock_wakes(desk: Desk) -> None:
    with waking(desk) as wake:
        assert 0.25 < Waiting(wake, 0.3).took < 5


def test_who_is_stirred_waits_no_longer(desk: Desk) -> None:
    with waking(desk) as wake:
        waiting = Waiting(wake)
        assert waiting.waits
        wake.stir()
        assert waiting.took < 2
        wake.stir()

        assert Waiting(wake).took < 2


def test_who_no_longer_listens_is_not_told(desk: Desk) -> None:
    wake = WakeInProcess(desk.record)
    wake.close()

    assert desk.record.appended == []


def test_the_way_to_be_woken_is_the_engines(desk: Desk) -> None:
    with waking(desk) as wake:
        assert isinstance(wake, WakeOnSQLite) is (desk.settings.database_url is None)


@pytest.mark.parametrize("places", ["postgresql"], indirect=True, scope="session")
def test_a_follower_whose_listening_was_cut_off_is_woken_by_the_clock_and_listens_again(
    desk: Desk, tmp_path: Path
) -> None:
    with (
        psycopg.connect(str(desk.settings.database_url), autocommit=True) as database,
        following(desk) as reached,
    ):
        for version in range(40, 46):
            _cut_off(database)
            desk.record.append("JP-MN", version, [closed(version + 1)])
            reached(version + 1)

    assert items(desk.tables) == wanted(46)


def _cut_off(database: psycopg.Connection[tuple[object, ...]]) -> None:
    """Cut whoever listens off, as soon as it listens."""
    cut = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE query LIKE 'LISTEN%' AND datname = current_database()"
    )
    end = time.monotonic() + 20
    while not database.execute(cut).rowcount:
        assert time.monotonic() < end
        time.sleep(0.02)


@contextmanager
def following(desk: Desk) -> Iterator[Callable[[int], None]]:
    """Follow in a thread, with a record of its own; yields a call that waits for a position."""
    stop, trouble = threading.Event(), list[Exception]()
    with assembly.open_record(desk.settings) as record:
        tables, wake = opened(desk.settings, record), assembly.wake_of(desk.settings, record)
        thread = threading.Thread(
            target=follow,
            args=(record, tables, VIEWS),
            kwargs={"wake": wake, "stop": stop, "trouble": trouble.append},
        )
        thread.start()

        def reached(position: int) -> None:
            end = time.monotonic() + 20
            while min(desk.tables.positions().values()) < position:
                assert thread.is_alive()
                assert time.monotonic() < end, trouble
                time.sleep(0.01)

        try:
            yield reached
        finally:
            stop.set()
            wake.stir()
            thread.join(20)
            wake.close()
            tables.close()
    assert not thread.is_alive()
    assert not trouble


def test_a_follower_keeps_up_with_another_connections_appends(desk: Desk) -> None:
    with following(desk) as reached:
        reached(40)
        began = time.monotonic()
        for version in range(40, 60):
            desk.record.append("JP-MN", version, [closed(version + 1)])
            reached(version + 1)
        took = time.monotonic() - began

    assert took < 20 * POLL, "woken by the clock alone"
    assert items(desk.tables) == wanted(60)
