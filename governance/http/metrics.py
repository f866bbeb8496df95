"""``/metrics`` for Prometheus: requests by route, refusals by name, streams, views behind.

Labels are names that are declared in the program: no path, number or address ever is one. Several
processes write into one folder, so that whichever is asked answers for all.
"""

from __future__ import annotations

import os
from collections import Counter as Counted
from collections.abc import Iterator

from fastapi import APIRouter
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.requests import Request
from starlette.responses import Response

from governance.delivery.opening import deliveries_to_read, subscriptions_of
from governance.http.opened import Opened
from governance.http.questions import no_query
from governance.http.shared_figures import FOLDER
from governance.service.witnessing import Outcome
from policies.refusals import FaultError, Refusal

REQUESTS = Counter("jcgov_http_requests", "Answers.", ["method", "route", "status"])
SECONDS = Histogram(
    "jcgov_http_request_seconds",
    "Time until an answer was sent whole; streams are left out.",
    ["route"],
    buckets=(0.005, 0.02, 0.1, 0.5, 2, 10),
)
REFUSALS = Counter("jcgov_http_refusals", "Requests that were refused, by name.", ["refusal"])
STREAMS = Gauge("jcgov_http_streams", "Open streams.", multiprocess_mode="livesum")
TROUBLES = Counter("jcgov_troubles", "Views or sweeps that failed and were begun anew.", ["fault"])

router = APIRouter()


@router.get(
    "/metrics",
    response_class=Response,
    dependencies=[no_query()],
    tags=["operation"],
    summary="Figures for Prometheus",
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics(request: Request) -> Response:
    """Return the figures of all processes, and how far behind the views are."""
    registry = CollectorRegistry()
    registry.register(_Views(request.app.state.opened))
    text = generate_latest(registry)
    if os.environ.get(FOLDER):
        shared = CollectorRegistry()
        MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
        text += generate_latest(shared)
    else:
        text += generate_latest(REGISTRY)
    return Response(text, headers={"Cache-Control": "no-store"}, media_type=CONTENT_TYPE_LATEST)


class _Views:
    """Asked when the figures are: how far the record is, and each view behind it."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened

    def collect(self) -> Iterator[Metric]:
        """Yield the gauges; while the database is away, only that it is."""
        reachable = GaugeMetricFamily("jcgov_database_reachable", "1 while the record answers.")
        try:
            position, behind = self._opened.position, self._opened.behind()
        except (FaultError, Refusal):
            reachable.add_metric([], 0)
            yield reachable
            return
        reachable.add_metric([], 1)
        yield reachable
        yield GaugeMetricFamily("jcgov_record_events", "Events of the record.", position)
        views = GaugeMetricFamily("jcgov_view_behind_events", "Not yet read.", labels=["view"])
        for name, (_at, missing) in behind.items():
            views.add_metric([name], missing)
        yield views
        yield from self._subscriptions()
        yield from self._logs()

    def _subscriptions(self) -> Iterator[Metric]:
        """Yield how many subscriptions stand in each state; nothing where they cannot be read."""
        opened = self._opened
        try:
            with deliveries_to_read(opened.settings) as found:
                beside = (opened.engine.record, opened.tables)
                settings, clock = opened.settings, opened.clock
                states = subscriptions_of(settings, found, beside, clock).states()
        except (FaultError, Refusal):
            return
        gauge = GaugeMetricFamily("jcgov_subscriptions", "By state.", labels=["state"])
        for state, count in states.items():
            gauge.add_metric([state], count)
        yield gauge

    def _logs(self) -> Iterator[Metric]:
        """Yield the figures of all logs together; `/healthz` says them by committee."""
        now, standings = self._opened.clock(), self._opened.log_standings()
        waiting = [standing for standing in standings if standing.waiting]
        yield GaugeMetricFamily(
            "jcgov_log_entries_waiting",
            "Entries of logs under no checkpoint yet.",
            sum(standing.waiting for standing in waiting),
        )
        ages = (standing.age(now) for standing in waiting)
        yield GaugeMetricFamily(
            "jcgov_log_checkpoint_age_seconds",
            "Of the oldest last checkpoint of a log in which entries wait; 0 where none do.",
            max((age for age in ages if age is not None), default=0.0),
        )
        answers = GaugeMetricFamily(
            "jcgov_log_witnesses", "Witnesses by their last answer.", labels=["answer"]
        )
        said = Counted(entry["outcome"] for s in standings for entry in s.witnesses)
        for outcome in Outcome:
            answers.add_metric([outcome.value], said[outcome.value])
        yield answers
