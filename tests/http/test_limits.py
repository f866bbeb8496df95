"""Counting clients in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from governance.http.limits import Limits, Streams, Writes, client_of
from governance.http.problems import Problem


@dataclass
class Told:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def request(host: str) -> Request:
    return Request({"type": "http", "headers": [], "client": (host, 1)})


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
        ("x" * 500, "x" * 64),
    ],
)
def test_who_has_a_network_is_one_client(host: str, counted: str) -> None:
    assert client_of(request(host)) == counted


def test_writes_come_back_with_time() -> None:
    clock = Told()
    writes = Writes(Limits(writes_per_minute=2), clock)
    writes.take("a")
    writes.take("a")
    with pytest.raises(Problem) as refused:
        writes.take("a")
    assert refused.value.headers["Retry-After"] == "30"
    writes.take("b")
    clock.now += 29.9
    with pytest.raises(Problem):
        writes.take("a")
    clock.now += 0.2
    writes.take("a")


@given(st.lists(st.integers(0, 50), max_size=300))
def test_no_number_of_clients_takes_more_memory_than_is_allowed(clients: list[int]) -> None:
    writes = Writes(Limits(addresses=7, writes_per_minute=1_000_000), Told())
    for name in clients:
        writes.take(str(name))
    assert len(writes._buckets) <= 7


def test_streams_are_limited_in_all_and_by_client() -> None:
    streams = Streams(Limits(streams=3, streams_per_address=2))
    with streams.one_more("a"), streams.one_more("a"):
        with pytest.raises(Problem) as one:
            streams.require_room("a")
        streams.require_room("b")
        with streams.one_more("b"), pytest.raises(Problem) as all_of_them:
            streams.require_room("c")
    assert (one.value.status, all_of_them.value.status) == (429, 503)
    assert streams.count == 0
    assert streams._by_client == {}
