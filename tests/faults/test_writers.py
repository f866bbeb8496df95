"""Four writers at once: a follower that tails misses no event, whatever becomes of its wake-ups."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import psycopg
import pytest

from aggregates.store.postgresql import CHANNEL
from aggregates.store.record import Record
from governance import assembly
from governance.demo.stage import ToldClock
from governance.settings import Settings
from policies.refusals import SomeoneActedFirstError
from projections.wake import POLL, Wake, WakeInProcess, WakeOnSQLite
from projections.wake_postgresql import WakeOnPostgreSQL
from tests.faults.commands import BEGINS, PARTNERS
from tests.faults.conftest import LONG
from tests.faults.following import probing, require_nothing_missed, tailing
from tests.faults.invariants import require_whole
from tests.faults.loop import Orders, Running, Told, Voice, telling
from tests.faults.scenarios import do_one
from tests.governance.setting import proposal

WRITERS = 4
COMMANDS = 60 if LONG else 20
SEATED = 4
"""Commands after which the first committee has its people."""


def draft(pipe: Connection, settings: Settings, count: int) -> None:
    """Draft proposals of one committee; where others were first, again and again, once more."""
    voice = Voice(pipe)
    with assembly.engine(settings, ToldClock(BEGINS)) as engine:
        telling(engine.record, voice)
        while count:
            try:
                engine.proposals.propose(proposal(), only_draft=True)
            except SomeoneActedFirstError as refusal:
                voice.say("trouble", str(refusal))
                continue
            count -= 1
            head = engine.record.head
            voice.say("done", "draft", head.position, head.link.hex())
    voice.say("end")


def on_one_committee(settings: Settings, cast: Path) -> list[Running]:
    """Let four processes write to one committee."""
    return [Running(draft, settings, COMMANDS) for _ in range(WRITERS)]


def on_four_committees(settings: Settings, cast: Path) -> list[Running]:
    """Let four processes write to a committee each, and when that is done to their next."""
    shares = [PARTNERS[1 + writer :: WRITERS] for writer in range(WRITERS)]
    return [
        Running.commands(Orders(settings, cast, share, COMMANDS, persists=True)) for share in shares
    ]


class HalfDeaf(WakeOnPostgreSQL):
    """Hears every other notification."""

    def __init__(self, url: str, channel: str) -> None:
        self._turn = False
        super().__init__(url, channel)

    def _heard(self, seconds: float) -> bool:
        heard = super()._heard(seconds)
        self._turn = not self._turn
        return heard and self._turn


def listening(settings: Settings, record: Record) -> Wake:
    """Return what the product wakes followers by."""
    if settings.database_url is None:
        return WakeOnSQLite(record, settings.database)
    return WakeOnPostgreSQL(settings.database_url, CHANNEL)


def hearing_half(settings: Settings, record: Record) -> Wake:
    """Return a wake that drops every other notification; on SQLite, that hears this process."""
    if settings.database_url is None:
        return WakeInProcess(record)
    return HalfDeaf(settings.database_url, CHANNEL)


def hearing_nothing(settings: Settings, record: Record) -> Wake:
    """Return a wake to whom every notification is lost; on SQLite, that hears this process."""
    if settings.database_url is None:
        return WakeInProcess(record)
    return WakeOnPostgreSQL(settings.database_url, "nobody_speaks_here")


def never_listening(settings: Settings, record: Record) -> Wake:
    """Return a wake that never gets a connection to listen by."""
    if settings.database_url is None:
        return WakeInProcess(record)
    return WakeOnPostgreSQL("postgresql://postgres@/none?host=/nonexistent", CHANNEL)


@contextmanager
def listeners_killed(settings: Settings) -> Iterator[Callable[[], int]]:
    """Kill every backend that listens, again and again; yield how many it were."""
    killed, stop = 0, threading.Event()
    kill = (
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE datname = current_database() AND query LIKE 'LISTEN %'"
    )

    def go_on() -> None:
        nonlocal killed
        with psycopg.connect(str(settings.database_url), autocommit=True) as connection:
            while not stop.wait(0.05):
                (count,) = connection.execute(kill).fetchone() or (0,)
                killed += count

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield lambda: killed
    finally:
        stop.set()
        thread.join(20)


@pytest.mark.parametrize("hearing", [listening, hearing_half, hearing_nothing, never_listening])
@pytest.mark.parametrize("writing", [on_one_committee, on_four_committees])
def test_a_follower_misses_no_event_of_four_writers(
    place: Settings,
    cast: Path,
    writing: Callable[[Settings, Path], list[Running]],
    hearing: Callable[[Settings, Record], Wake],
) -> None:
    told = _follow_four(place, cast, writing, hearing)

    require_whole(place, *told, scripted=False)


@pytest.mark.parametrize("places", ["postgresql"], indirect=True, scope="session")
def test_a_follower_misses_no_event_when_its_listening_backend_is_killed(
    place: Settings, cast: Path
) -> None:
    with listeners_killed(place) as killed:
        told = _follow_four(place, cast, on_four_committees, listening)
        assert killed() >= 1
    require_whole(place, *told)


def _follow_four(
    place: Settings,
    cast: Path,
    writing: Callable[[Settings, Path], list[Running]],
    hearing: Callable[[Settings, Record], Wake],
) -> list[Told]:
    """Let four write while one follows; what they told, once it is known that it missed nothing."""
    assembly.make_tables(place)
    for _ in range(SEATED):
        do_one(place, cast, [])
    troubles: list[Exception] = []
    with assembly.open_record(place) as record, probing(place, record) as tables:
        wake = hearing(place, record)
        with tailing(record, tables, wake, troubles.append):
            writers = writing(place, cast)
            told = [writer.wait() for writer in writers]
            require_nothing_missed(record, tables, POLL * 6)
        assert not troubles
        assert all(one.ended for one in told)
        assert record.position >= SEATED + WRITERS * COMMANDS
    return told
