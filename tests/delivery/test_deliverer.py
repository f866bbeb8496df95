"""Workers as processes, before receivers that mean no good; killed at random, or told to end."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import pairwise
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from aggregates.committee.events import DecisionAdopted
from governance import assembly
from governance.clock import utc_now
from governance.delivery import opening
from governance.delivery.deliverer import Bounds, Deliverer
from governance.delivery.signing import new_secret
from governance.delivery.subscription import Condition, Place, milliseconds, resumed, set_to
from governance.delivery.tables import Change, DeliveryTables
from governance.settings import Settings
from policies.refusals import UnreachableError
from projections.feed import Feed
from projections.notifications import ROWS_OF_AN_EVENT
from tests.benchmarks.histories import History, fill
from tests.delivery.receiver import (
    OK,
    Answering,
    Received,
    Receiver,
    dripping,
    flooding,
    raw,
    reset,
    silence,
    status,
)
from tests.delivery.subscribed import subscription
from tests.forked import FORKS
from tests.places import Places

SHORT = Bounds(attempt=0.4, lease=timedelta(seconds=2))
LIMIT = 60.0
KILLS = 5


@pytest.fixture(scope="module")
def filled_once(places: Places, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return a place with some hundred events for each side; it is only copied."""
    settings = places.make(tmp_path_factory.mktemp("filled") / "home")
    with assembly.engine(settings) as made:
        fill(made.record, History(committees=2, events=700, seed=1))
    return settings


@pytest.fixture
def filled(filled_once: Settings, places: Places, tmp_path: Path) -> Iterator[Settings]:
    settings = places.copy(filled_once, tmp_path / "home")
    yield replace(settings, push_allowed="127.0.0.1")
    places.drop(settings)


@pytest.fixture
def tables(filled: Settings) -> Iterator[DeliveryTables]:
    with opening.delivery_tables(filled) as opened:
        yield opened


def subscribe(tables: DeliveryTables, name: str, receiver: Receiver) -> str:
    """Subscribe a receiver to all of Japan's feed, and return its secret."""
    made, secret = milliseconds(utc_now()), new_secret()
    tables.add(subscription(name, url=receiver.url, next_try=made, made_at=made), secret)
    return secret


def feed_ids(settings: Settings) -> list[str]:
    with assembly.library(settings) as read:
        return [entry.id for entry in Feed(read.tables).entries("JP", 0, 1000)]


def once_each(ids: list[str]) -> list[str]:
    """Return what a receiver that takes each id once has taken, in its order."""
    return list(dict.fromkeys(ids))


def work(settings: Settings) -> None:
    """Deliver until killed."""
    Deliverer(settings, trouble=print, every=0.05, bounds=SHORT).run()


class Workers:
    """Worker processes, of which one is killed and replaced at a time."""

    def __init__(self, settings: Settings, count: int) -> None:
        self._settings = settings
        self._running = [self._start() for _ in range(count)]

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._running:
            process.kill()
            process.join(LIMIT)

    def kill_one(self, chance: random.Random) -> None:
        """Kill one with SIGKILL and begin another."""
        place = chance.randrange(len(self._running))
        self._running[place].kill()
        self._running[place].join(LIMIT)
        self._running[place] = self._start()

    def _start(self) -> ForkServerProcess:
        process = FORKS.Process(target=work, args=(self._settings,))
        process.start()
        return process


BAD: tuple[Answering, ...] = (
    status(500),
    status(302, b"", "Location: http://127.0.0.1:1/"),
    status(429, b"", "Retry-After: 1"),
    raw(b"\x00\xffgarbage"),
    reset,
    silence(2.0),
    dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n"),
    flooding(b"HTTP/1.1 500 No\r\n\r\n"),
)


def until(condition: Callable[[], bool], limit: float = LIMIT) -> None:
    """Wait until a condition holds."""
    end = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < end, "it does not come to hold"
        time.sleep(0.05)


def test_workers_killed_at_random_deliver_everything_at_least_once_and_in_order(
    filled: Settings, tables: DeliveryTables
) -> None:
    chance = random.Random(5)
    wanted = feed_ids(filled)
    assert len(wanted) > 90

    kills = 0
    due = threading.Event()

    def hostile(received: Received) -> Answering:
        """Take so many and let a worker be killed while it hears of it; none more before that."""
        taken, allowed = wanted.index(received.id) + 1, len(wanted) * (kills + 1) // (KILLS + 1)
        if taken >= allowed and kills < KILLS:
            due.set()
        if taken > allowed:
            return status(503)
        return chance.choice(BAD) if chance.random() < 0.05 else OK

    with Receiver(hostile) as bad, Receiver() as good, Receiver(lambda _: silence()) as dead:
        secret = subscribe(tables, "bad", bad)
        subscribe(tables, "good", good)
        subscribe(tables, "dead", dead)

        def resume() -> None:
            """A person who will not wait: on a busy machine the good one fails as well."""
            for name in ("bad", "good"):
                if tables.get(name).failures:
                    tables.change(name, partial(resumed, now=milliseconds(utc_now())))

        with Workers(filled, 2) as workers:
            end = time.monotonic() + 3 * LIMIT
            while min(tables.get(name).position for name in ("bad", "good")) < _last(filled):
                assert time.monotonic() < end, [tables.get(n) for n in ("bad", "good")]
                if due.wait(0.05):
                    time.sleep(chance.uniform(0, 0.03))
                    workers.kill_one(chance)
                    kills += 1
                    due.clear()
                resume()

        assert kills == KILLS
        for receiver in (bad, good):
            assert once_each(receiver.ids()) == wanted
            assert _never_back_by_more_than_one(receiver.ids(), wanted)
        assert len(bad.received) > len(wanted)
        assert set(dead.ids()) == {wanted[0]}
        assert tables.get("dead").position == 0
        bodies = {received.id: received.body for received in bad.received}
        for received in bad.received:
            assert received.body == bodies[received.id]
            assert json.loads(received.body)["id"] == received.id
        newest = bad.received[-1]
        assert Webhook(secret).verify(newest.body, newest.headers)["specversion"] == "1.0"


def _last(settings: Settings) -> int:
    with assembly.library(settings) as read:
        return Feed(read.tables).last("JP")


def _never_back_by_more_than_one(ids: list[str], wanted: list[str]) -> bool:
    """Whether each is the one before, again, or the next: nothing is sent out of its turn."""
    places = [wanted.index(found) for found in ids]
    return all(after - before in (0, 1) for before, after in pairwise(places))


def unexpected(error: Exception) -> None:
    """Fail where no trouble should be."""
    pytest.fail(str(error))


def slowly(_received: Received) -> Answering:
    """Acknowledge after a moment."""
    time.sleep(0.01)
    return OK


def test_two_workers_never_send_to_one_subscription_at_once(
    filled: Settings, tables: DeliveryTables
) -> None:
    with Receiver(slowly) as receiver:
        subscribe(tables, "a", receiver)
        with Workers(filled, 2):
            until(lambda: tables.get("a").position == _last(filled))

        assert receiver.ids() == feed_ids(filled)
        assert receiver.most_at_once == 1


def test_a_slow_receiver_holds_up_no_other(filled: Settings, tables: DeliveryTables) -> None:
    with Receiver(lambda _: silence()) as dead, Receiver() as good:
        for number in range(6):
            subscribe(tables, f"dead{number}", dead)
        subscribe(tables, "good", good)
        deliverer = Deliverer(filled, trouble=print, every=0.05, bounds=Bounds(attempt=8))
        deliverer.start()
        until(lambda: len(good.received) == len(feed_ids(filled)), 8)
        deliverer.stop(0)

    assert good.ids() == feed_ids(filled)


def test_it_stops_in_time_and_what_was_on_its_way_is_no_failure(
    filled: Settings, tables: DeliveryTables
) -> None:
    with Receiver(lambda _: silence()) as receiver:
        subscribe(tables, "a", receiver)
        deliverer = Deliverer(filled, trouble=print, every=60)
        deliverer.start()
        until(lambda: bool(receiver.received))
        began = time.monotonic()
        deliverer.stop(0.3)

        assert time.monotonic() - began < 3
        stands = tables.get("a")
        assert (stands.failures, stands.attempts, stands.holder) == (0, 0, None)
    assert not [thread for thread in threading.enumerate() if thread.name == "delivering"]


def test_it_wakes_for_what_is_recorded_while_it_waits(
    filled: Settings, tables: DeliveryTables
) -> None:
    with Receiver() as receiver:
        subscribe(tables, "a", receiver)
        tables.change("a", at_the_end(filled))
        deliverer = Deliverer(filled, trouble=unexpected, every=LIMIT)
        deliverer.start()
        time.sleep(0.5)
        with assembly.open_record(filled) as record:
            stream = record.streams()[0]
            adopted = [
                e.event for e in record.stream(stream) if isinstance(e.event, DecisionAdopted)
            ]
            record.append(stream, record.version(stream), [adopted[-1]])
        until(lambda: bool(receiver.received), 10)
        deliverer.stop()


def at_the_end(settings: Settings) -> Change:
    """Return the change after which a subscription has everything."""
    last = _last(settings)
    with assembly.open_record(settings) as record:
        place = Place(last, record.link_at(last // ROWS_OF_AN_EVENT))
    return partial(set_to, place=place, now=0)


def test_trouble_is_said_and_passes(
    filled: Settings, tables: DeliveryTables, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    opened = opening.delivery_tables
    left = [UnreachableError("the database is away"), RuntimeError("a bug")]

    def failing(settings: Settings) -> AbstractContextManager[DeliveryTables]:
        if left:
            raise left.pop(0)
        return opened(settings)

    monkeypatch.setattr("governance.delivery.deliverer.delivery_tables", failing)
    with Receiver() as receiver:
        subscribe(tables, "a", receiver)
        deliverer = Deliverer(
            filled, trouble=lambda error: said.append(str(error)), every=0.05, bounds=SHORT
        )
        deliverer.start()
        until(lambda: tables.get("a").position == _last(filled))
        deliverer.stop()

    assert said == ["the database is away", "fault: RuntimeError: a bug"]


def test_what_one_subscription_breaks_stops_no_other(
    filled: Settings, tables: DeliveryTables
) -> None:
    said: list[str] = []
    with Receiver() as receiver:
        subscribe(tables, "broken", receiver)
        subscribe(tables, "whole", receiver)
        tables.rotate("broken", "whsec_", 0, 0)  # an empty secret signs nothing
        deliverer = Deliverer(
            filled, trouble=lambda error: said.append(str(error)), every=0.05, bounds=SHORT
        )
        deliverer.start()
        until(lambda: tables.get("whole").position == _last(filled) and bool(said))
        deliverer.stop()

    assert tables.get("broken").condition is Condition.ACTIVE
    assert tables.get("broken").position == 0
    assert "EmptyWebhookSecretError" in said[0]


def test_where_nobody_has_subscribed_it_makes_nothing(filled_once: Settings) -> None:
    before = {file.name for file in filled_once.home.iterdir()}
    deliverer = Deliverer(filled_once, trouble=unexpected, every=0.05)
    deliverer.start()
    time.sleep(0.3)
    deliverer.stop()

    assert Deliverer(filled_once, trouble=unexpected).once() == 0
    assert {file.name for file in filled_once.home.iterdir()} == before


def test_a_home_that_is_absent_is_waited_for(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home", tmp_path / "home" / "keys")
    deliverer = Deliverer(settings, trouble=unexpected, every=0.05)
    deliverer.start()
    time.sleep(0.2)
    deliverer.stop()

    assert not settings.home.exists()
