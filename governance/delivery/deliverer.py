"""The worker: looks for what is due, and lets couriers carry it, several at a time.

It runs as a process of its own, or inside the server: as many as there are, in any number of
processes, since the leases keep two from sending to one subscription.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from governance.assembly import open_record, open_tables, wake_of
from governance.clock import Clock, utc_now
from governance.delivery.courier import LEASE, TURN, Courier
from governance.delivery.opening import delivery_tables
from governance.delivery.outbox import Outbox
from governance.delivery.posting import TIMEOUT, Posting
from governance.delivery.signing import DeliveryKey
from governance.delivery.subscription import Attempt, Subscription
from governance.delivery.targets import Allowance
from governance.settings import Settings
from policies.refusals import FaultError, Refusal
from projections.feed import VIEWS, Feed
from projections.follower import catch_up
from projections.wake import Wake

Told = Callable[[Subscription, Attempt], object]
Trouble = Callable[[Exception], object]

AT_ONCE = 12
"""Subscriptions that are sent to at once; one that is slow holds up no other."""
EVERY = 1.0
ENDING = 4.0


@dataclass(frozen=True)
class Bounds:
    """What bounds an attempt, and how long a worker that was killed keeps others out."""

    attempt: float = TIMEOUT
    lease: timedelta = LEASE


def _untold(_subscription: Subscription, _attempt: Attempt) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class _Running:
    """What is open while a deliverer works."""

    courier: Courier
    bring_up: Callable[[], object]
    wake: Wake
    pool: ThreadPoolExecutor
    trouble: Trouble
    visits: dict[str, Future[int]] = field(default_factory=dict)

    def round(self) -> None:
        """Let couriers visit what is due; say what went wrong in visits that have ended."""
        self.bring_up()
        for name, visit in list(self.visits.items()):
            if visit.done():
                del self.visits[name]
                if (error := visit.exception()) is not None:
                    self.trouble(_shown(error))
        for subscription in self.courier.due():
            if subscription.id not in self.visits:
                visit = self.pool.submit(self.courier.visit, subscription.id)
                visit.add_done_callback(self._again)
                self.visits[subscription.id] = visit

    def _again(self, visit: Future[int]) -> None:
        """Look at once for what a turn has left."""
        if visit.exception() is None and visit.result() >= TURN:
            self.wake.stir()


class Deliverer:
    """Delivers between `start` and `stop`, in a thread of its own, or once by `once`.

    What it stands on is opened when needed and anew after trouble, so that it outlives a database
    that is away; where nobody has subscribed it makes nothing. Raises `WrongHomeError` for an
    allowance that cannot be read.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        trouble: Trouble,
        told: Told = _untold,
        every: float = EVERY,
        clock: Clock = utc_now,
        bounds: Bounds | None = None,
    ) -> None:
        self._settings = settings
        self._trouble = trouble
        self._told = told
        self._every = every
        self._clock = clock
        self._bounds = bounds or Bounds()
        allowed = Allowance.parse(settings.push_allowed)
        self._posting = Posting(allowed, seconds=self._bounds.attempt)
        self._stop = threading.Event()
        self._wake: Wake | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to deliver in a thread."""
        self._thread = threading.Thread(target=self.run, name="delivering", daemon=True)
        self._thread.start()

    def stop(self, within: float = ENDING) -> None:
        """End: what is on its way may arrive within some seconds, then it is given up.

        What was given up is sent again by the next worker; nothing counts it as failed.
        """
        self._stop.set()
        if (wake := self._wake) is not None:
            wake.stir()
        if self._thread is not None:
            self._thread.join(within)
        self._posting.abort()
        if self._thread is not None:
            self._thread.join()

    def run(self) -> None:
        """Deliver until told to stop; trouble is said, and passes."""
        while not self._stop.is_set():
            try:
                if self._subscribed():
                    self._work()
            except Exception as error:  # noqa: BLE001 - an error of ours must not end all pushing
                self._trouble(_shown(error))
            self._stop.wait(self._every)

    def once(self) -> int:
        """Deliver what is due now, and return how many attempts it was; raises what goes wrong."""
        if not self._subscribed():
            return 0
        made = 0
        with self._opened() as running:
            running.bring_up()
            while due := running.courier.due():
                visits = running.pool.map(running.courier.visit, [found.id for found in due])
                sent = sum(visits)
                made += sent
                if not sent:  # others are sending
                    break
        return made

    def _work(self) -> None:
        with self._opened() as running:
            while not self._stop.is_set():
                running.round()
                running.wake.wait(self._every)

    def _subscribed(self) -> bool:
        """Whether anybody can have subscribed."""
        if self._settings.database_url is not None:
            return True
        return self._settings.recorded and self._settings.deliveries.exists()

    @contextmanager
    def _opened(self) -> Iterator[_Running]:
        settings = self._settings
        with (
            delivery_tables(settings) as deliveries,
            open_record(settings) as record,
            closing(open_tables(settings, record)) as tables,
            closing(wake_of(settings, record)) as wake,
            ThreadPoolExecutor(AT_ONCE, thread_name_prefix="courier") as pool,
        ):
            courier = Courier(
                deliveries,
                Outbox(Feed(tables), record),
                self._posting,
                lambda: DeliveryKey.at(settings.keys),
                self._clock,
                chance=random.random,
                lease=self._bounds.lease,
                told=self._told,
                stop=self._stop,
            )
            self._wake = wake
            bring_up = partial(catch_up, record, tables, VIEWS)
            try:
                yield _Running(courier, bring_up, wake, pool, self._trouble)
            finally:
                self._wake = None


def _shown(error: BaseException) -> Exception:
    """Return trouble as it is said: what is not foreseen with the name of its kind."""
    if isinstance(error, FaultError | Refusal):
        return error
    return RuntimeError(f"fault: {type(error).__name__}: {error}")
