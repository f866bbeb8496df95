"""A stranger's server is read in bounds: its answers are taken for what they are, or refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest

from governance.exchange import feed_server
from governance.exchange.feed_check import check_feed
from governance.exchange.feed_server import ServerFeed
from governance.exchange.feed_sources import Asked, HomeFeed, events
from policies.refusals import (
    NotFoundError,
    Refusal,
    TooLargeError,
    UnreachableError,
    UnreadableError,
)
from projections.feed import BATCH_MEDIA_TYPE

ADDRESS = "https://engine.example/jcm"
JAPAN = Asked("JP")
BATCH = {"content-type": BATCH_MEDIA_TYPE}
BUNDLE = {"content-type": "application/vnd.jcm.bundle.v1+json"}

Handler = Callable[[httpx2.Request], httpx2.Response]


def served(home: HomeFeed) -> Handler:
    """Answer as the contract says, from a home."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        assert request.url.host == "engine.example"
        path, query = request.url.path, request.url.params
        if path == "/jcm/v1/feed":
            asked = Asked(query["side"], query.get("committee"), tuple(query.get_list("type")))
            found = home.page(asked, int(query["after"]), min(int(query["limit"]), 3))
            return httpx2.Response(200, headers=BATCH, json=found)
        number = path.removeprefix("/jcm/v1/decisions/").removesuffix("/bundle")
        return httpx2.Response(200, headers=BUNDLE, content=home.bundle("JP-MN", number))

    return answer


def answered(handler: Handler, act: Callable[[ServerFeed], Any]) -> Any:
    with ServerFeed.at(ADDRESS, httpx2.MockTransport(handler)) as server:
        return act(server)


def page(server: ServerFeed) -> list[Any]:
    return server.page(JAPAN, 0, 100)


def test_a_servers_feed_is_checked_as_a_homes_is(home: HomeFeed, trust: dict[str, str]) -> None:
    audit = answered(served(home), lambda server: check_feed(server, JAPAN, trust))

    assert audit.ok, audit.failed
    assert audit.good == 11


def test_what_is_asked_for_reaches_the_server(home: HomeFeed) -> None:
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(200, headers=BATCH, content=b"[]")

    wanted = Asked("MN", "JP-MN", ("a", "b"))
    assert answered(answer, lambda server: list(events(server, wanted, 7, 250))) == []

    [request] = asked
    query = [("side", "MN"), ("after", "7"), ("limit", "100"), ("type", "a"), ("type", "b")]
    assert request.url.params.multi_items() == [*query, ("committee", "JP-MN")]
    assert request.headers["accept"] == BATCH_MEDIA_TYPE
    assert request.headers["accept-encoding"] == "identity"


def pieces(count: int) -> Iterator[bytes]:
    yield from (b" " * 1024 for _ in range(count))


REFUSED: dict[str, tuple[Callable[[], httpx2.Response], type[Exception], str]] = {
    "a redirect": (
        lambda: httpx2.Response(302, headers={"location": "http://127.0.0.1/v1/feed"}),
        UnreadableError,
        "answered with a redirect",
    ),
    "not found": (
        lambda: httpx2.Response(404, json={"title": "Not Found", "detail": "ID is no side."}),
        NotFoundError,
        "answered 404: ID is no side.",
    ),
    "a bad request": (lambda: httpx2.Response(422, text="<p>no"), UnreadableError, "answered 422$"),
    "too often": (lambda: httpx2.Response(429), UnreachableError, "answered 429"),
    "a fault": (
        lambda: httpx2.Response(503, json={"title": "Away\u202e"}),
        UnreachableError,
        r"answered 503: Away\\u\{202e\}",
    ),
    "another type": (
        lambda: httpx2.Response(200, headers={"content-type": "text/html"}, text="[]"),
        UnreadableError,
        "answered with text/html, not",
    ),
    "no type": (lambda: httpx2.Response(200, content=b"[]"), UnreadableError, "with no type"),
    "no JSON": (
        lambda: httpx2.Response(200, headers=BATCH, text="[}"),
        UnreadableError,
        "not JSON",
    ),
    "a member twice": (
        lambda: httpx2.Response(200, headers=BATCH, text='[{"id":"a","id":"b"}]'),
        UnreadableError,
        "twice",
    ),
    "no batch": (
        lambda: httpx2.Response(200, headers=BATCH, text="{}"),
        UnreadableError,
        "no batch of events",
    ),
    "packed": (
        lambda: httpx2.Response(
            200, headers={**BATCH, "content-encoding": "gzip"}, stream=httpx2.ByteStream(b"[]")
        ),
        UnreadableError,
        "encoding that was not asked for",
    ),
    "too much": (
        lambda: httpx2.Response(200, headers=BATCH, content=pieces(65)),
        TooLargeError,
        "more than 0 MiB",
    ),
}


@pytest.mark.parametrize(("answer", "refusal", "said"), REFUSED.values(), ids=REFUSED)
def test_an_answer_that_is_not_what_was_asked_for_is_refused(
    monkeypatch: pytest.MonkeyPatch,
    answer: Callable[[], httpx2.Response],
    refusal: type[Exception],
    said: str,
) -> None:
    monkeypatch.setattr(feed_server, "MAX_PAGE", 64 * 1024)

    with pytest.raises(refusal, match=said):
        answered(lambda _request: answer(), page)


def test_a_server_that_takes_too_long_in_all_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_server, "PATIENCE", -1)

    with pytest.raises(UnreachableError, match="had not said all"):
        answered(lambda _request: httpx2.Response(200, headers=BATCH, content=pieces(2)), page)


@pytest.mark.parametrize(
    "error",
    [httpx2.ConnectError("refused"), httpx2.ReadTimeout(""), httpx2.RemoteProtocolError("x")],
)
def test_a_server_that_is_away_is_a_fault_and_no_refusal(error: Exception) -> None:
    def away(_request: httpx2.Request) -> httpx2.Response:
        raise error

    with pytest.raises(UnreachableError, match="cannot be read"):
        answered(away, page)


def test_a_bundle_is_asked_for_at_the_contracts_path_whatever_the_event_says(
    home: HomeFeed, trust: dict[str, str]
) -> None:
    asked: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url.path)
        told = served(home)(request)
        if request.url.path.endswith("/feed"):
            found = json.loads(told.content)
            for event in found:
                event["data"]["bundle"] = "//elsewhere.example/x"
            return httpx2.Response(200, headers=BATCH, json=found)
        return told

    audit = answered(answer, lambda server: check_feed(server, JAPAN, trust))

    assert asked == ["/jcm/v1/feed", "/jcm/v1/decisions/JP-MN/2026/002/bundle"]
    assert audit.failed is not None
    assert audit.failed.check == "decision"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "engine.example",
        "ftp://engine.example",
        "file:///etc/passwd",
        "https://",
        "https://user:secret@engine.example",
        "https://engine.example/?side=JP",
        "https://engine.example/#x",
        "https://engine.example:0",
        "https://engine.example:port",
        "https://engine.example/\u202e",
        "https://[::1",
    ],
)
def test_what_is_no_engines_address_is_refused_and_not_repeated(address: str) -> None:
    with (
        pytest.raises(Refusal, match=r"an engine's address is as https://") as refused,
        ServerFeed.at(address),
    ):
        pass

    assert "secret" not in str(refused.value)
