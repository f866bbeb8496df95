"""Running the service: a socket, one process or several behind it, and the sweep beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

import uvicorn
from apscheduler.schedulers.background import BackgroundScheduler

from governance.access.site import Site
from governance.assembly import engine_there, make_tables, open_record, open_tables, sweep_of
from governance.clock import utc_now
from governance.delivery.deliverer import Deliverer
from governance.delivery.subscription import Attempt, Subscription
from governance.http import request_log
from governance.http.app import Trouble, application
from governance.http.limits import Limits
from governance.http.protocol import MAX_HEAD, PatientProtocol
from governance.listening import address_of, listener, run
from governance.publishing_worker import PublishingWorker
from governance.scheduler import Sweeper, schedule
from governance.service.publishing import Outlook
from governance.service.sweep import Swept
from governance.settings import Settings
from governance.struct_types import make_ready
from policies.texts import written_out

GRACE = 2
"""Seconds that answers have to end in when the service is told to stop."""
ENDING = 1.5
"""Seconds that what is being pushed has to arrive in."""
KEEP_ALIVE = 15
"""Seconds that a connection may be quiet between two requests."""


def serve(
    settings: Settings,
    place: tuple[str, int],
    *,
    workers: int,
    limits: Limits,
    proxies: list[str],
    sweep_minutes: int,
    pushing: bool,
    publish_seconds: float,
    listening: Callable[[str], None],
) -> None:
    """Serve until told to stop; `listening` is told the address, once something listens there.

    Makes an absent home on SQLite. Raises `WrongHomeError` where the database is not ready, and
    `UnreachableError` where it is away or the place cannot be listened on.
    """
    make_ready()
    _require_ready(settings)
    request_log.configure()
    with ExitStack() as stack:
        socket = stack.enter_context(listener(*place))
        config = uvicorn.Config(
            partial(application, settings, limits, warm=True),
            factory=True,
            http=PatientProtocol,
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(proxies),
            forwarded_allow_ips=proxies,
            timeout_keep_alive=KEEP_ALIVE,
            timeout_graceful_shutdown=GRACE,
            h11_max_incomplete_event_size=MAX_HEAD,
            workers=workers,
        )
        stack.enter_context(_sweeping(settings, sweep_minutes))
        if publish_seconds:
            stack.enter_context(_publishing(settings, publish_seconds))
        if pushing:
            stack.enter_context(_pushing(settings))
        listening(address_of(socket))
        run(config, socket)


def _require_ready(settings: Settings) -> None:
    """Make a home on SQLite; on PostgreSQL say what is missing before anybody connects."""
    if settings.origin is not None:
        Site.parse(settings.origin)
    if settings.database_url is None:
        make_tables(settings)
        return
    with open_record(settings) as record:
        open_tables(settings, record).close()


@contextmanager
def _sweeping(settings: Settings, minutes: int) -> Iterator[None]:
    """Sweep beside the server, in this process alone; zero minutes: others sweep."""
    if not minutes:
        yield
        return
    sweeper = Sweeper(lambda: _sweep(settings), _report, Trouble())
    scheduler = BackgroundScheduler()
    schedule(scheduler, sweeper, minutes, utc_now())
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown()  # a sweep that runs comes to its end
        sweeper.close()


@contextmanager
def _pushing(settings: Settings) -> Iterator[None]:
    """Push to subscriptions beside the server, in this process alone."""
    deliverer = Deliverer(settings, trouble=Trouble(), told=_told)
    deliverer.start()
    try:
        yield
    finally:
        deliverer.stop(ENDING)


@contextmanager
def _publishing(settings: Settings, seconds: float) -> Iterator[None]:
    """Publish checkpoints beside the server, in this process alone."""
    worker = PublishingWorker(settings, trouble=Trouble(), told=_looked, every=seconds)
    worker.start()
    try:
        yield
    finally:
        worker.stop(ENDING)


def _looked(outlook: Outlook) -> None:
    if outlook.published is None and outlook.why is None:
        return
    name = "checkpoint waits" if outlook.published is None else "checkpoint published"
    request_log.log().info(
        name,
        committee=outlook.committee,
        size=outlook.size,
        waiting=outlook.waiting,
        why=None if outlook.why is None else written_out(outlook.why),
        witnesses={answer.name: answer.outcome.value for answer in outlook.answers},
    )


def _told(subscription: Subscription, attempt: Attempt) -> None:
    name = "delivered" if attempt.error is None else "not delivered"
    request_log.log().info(name, subscription=subscription.id, why=attempt.error)


@contextmanager
def _sweep(settings: Settings) -> Iterator[Callable[[], Swept]]:
    with engine_there(settings) as made:
        yield sweep_of(made)


def _report(swept: Swept) -> None:
    settled = sum(len(events) for events in swept.settled.values())
    announced = sum(len(events) for events in swept.announced.values())
    refused = {code: refusal.name for code, refusal in swept.refused.items()}
    if settled or announced or refused:
        request_log.log().info("swept", settled=settled, announced=announced, refused=refused)
