"""Whatever is wrong is a problem document, by name, and tells nothing of the inside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from governance.http import committees
from governance.http.problems import OF_THE_SERVER, STATUSES
from governance.settings import Settings
from policies.refusals import (
    FaultError,
    Refusal,
    SomeoneActedFirstError,
    StorageError,
    TamperedError,
    UnreachableError,
    WrongHomeError,
)
from tests.http.conftest import Serve

GET = "GET, HEAD, OPTIONS"


def problem(answer: Any, status: int) -> dict[str, Any]:
    """Return the document of an answer, which must be one."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    found: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail"} <= set(found)
    assert found["status"] == status
    assert found["instance"] == f"urn:jcm:request:{answer.headers['x-request-id']}"
    assert "Traceback" not in answer.text
    return found


def refusals(base: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    for kind in base.__subclasses__():
        yield kind
        yield from refusals(kind)


def test_every_refusal_has_a_status_of_its_own() -> None:
    assert {kind for kind in refusals() if not kind.__name__.startswith("_")} == set(STATUSES)
    for kind, status in STATUSES.items():
        assert status.value >= 500 if kind in OF_THE_SERVER else 400 <= status.value < 500


@pytest.mark.parametrize(
    "path",
    [
        "/v1",
        "/v1/",
        "/v1/nowhere",
        "/v1/committees/",
        "/v1/committees/XX/decisions",
        "/v1/committees/JP/decisions",
        "/v1/committees/mn/decisions",
        "/v1/committees/JP-MN/",
        "/v1/committees/MN/registers/secrets",
        "/v1/committees/MN%00/decisions",
        "/v1/committees/%F0%9F%98%80/decisions",
        "/v1/decisions/",
        "/v1/decisions/JP-MN/2026/999",
        "/v1/decisions/JP-MN/2026/001/",
        "/v1/decisions/JP-MN//2026/001",
        "/v1/decisions/JP-MN/2026/001/bundle/bundle",
        "/v1/decisions/JP-MN/2026/999/bundle",
        "/v1/decisions/JP-MN/2026/001%00",
        "/v1/decisions/JP-MN%5C2026",
        "/v1/decisions/..%2F..%2Fetc%2Fpasswd",
        "/v1/decisions/JP-MN/2026/%FF%FE",
        "/v1/decisions/JP-MN/2026/%ED%A0%80",
        "/v1/decisions/JP-MN' OR '1'='1/bundle",
        "/v1/decisions/" + "JP-MN/" * 200,
        "/v1/feed?side=XX",
        "/v1/feed?side=ID&committee=MN",
        "/v1/feed?side=JP&committee=ZZ",
        "/v1/feed?side=JP&after=999999999999",
        "/v1/feed/stream?side=JP&after=999999999999",
        "/v1/reconciliation?committee=ZZ",
        "/v1/committees/MN/decisions?after=JP-MN/2026/999",
        "/v1/committees/MN/registers/projects?after=MN999",
        "/v1/schemas/org.jcm.no.such.v1",
        "/v1/schemas/org.jcm.issuance.decided.v1%00",
        "/docs",
        "/redoc",
        "/openapi.json",
        "/.git/config",
    ],
)
def test_what_is_not_there_is_404(reader: TestClient, path: str) -> None:
    problem(reader.get(path), 404)


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("committees/MN/decisions", {"limit": "0"}),
        ("committees/MN/decisions", {"limit": "1001"}),
        ("committees/MN/decisions", {"limit": "-1"}),
        ("committees/MN/decisions", {"limit": "1e3"}),
        ("committees/MN/decisions", {"limit": "9" * 400}),
        ("committees/MN/decisions", {"limit": ""}),
        ("committees/MN/decisions", {"as_of": "20250101"}),
        ("committees/MN/decisions", {"as_of": "1735689600"}),
        ("committees/MN/decisions", {"as_of": "2025-02-30"}),
        ("committees/MN/decisions", {"known_at": "2025-01-01T00:00:00"}),
        ("committees/MN/decisions", {"known_at": "0001-01-01T00:00:00+10:00"}),
        ("committees/MN/decisions", {"as-of": "2025-01-01"}),
        ("committees/MN/decisions", {"\x00": "1"}),
        ("committees/MN/registers/credits", {"type": "issuance"}),
        ("committees/MN/docket", {"overdue": "perhaps"}),
        ("committees", {"offset": "1"}),
        ("decisions/JP-MN/2026/001", {"limit": "1"}),
        ("feed", {}),
        ("feed", {"side": "japan"}),
        ("feed", {"side": "JP", "after": "-1"}),
        ("feed", {"side": "JP", "after": "9" * 19}),
        ("feed", {"side": "JP", "after": "NaN"}),
        ("feed", {"side": "JP", "limit": "1001"}),
        ("feed/stream", {"side": "JP", "limit": "5"}),
        ("openapi.json", {"a": "b"}),
    ],
)
def test_what_is_asked_in_another_form_is_422_and_says_where(
    reader: TestClient, path: str, asked: dict[str, str]
) -> None:
    found = problem(reader.get(f"/v1/{path}", params=asked), 422)
    assert all(error["pointer"].startswith("query/") for error in found["errors"])
    assert found["errors"]


def test_a_member_that_is_given_twice_is_refused(reader: TestClient) -> None:
    found = problem(reader.get("/v1/committees/MN/decisions?limit=1&limit=2"), 422)
    assert "twice" in found["detail"]


def test_a_position_of_a_stream_that_is_no_number_is_refused(reader: TestClient) -> None:
    for held in ("-1", "x", "9" * 30, ""):
        answer = reader.get("/v1/feed/stream?side=JP", headers={"Last-Event-ID": held})
        problem(answer, 422)
    known = reader.get("/v1/feed/stream?side=JP", headers={"Last-Event-ID": "999999999999"})
    problem(known, 404)


def test_a_query_that_is_too_long_is_414(reader: TestClient) -> None:
    problem(reader.get("/v1/committees?after=" + "x" * 5000), 414)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/v1/committees", GET),
        ("/v1/decisions/JP-MN/2026/001", GET),
        ("/v1/decisions/JP-MN/2026/001/bundle", GET),
        ("/v1/feed", GET),
        ("/healthz", GET),
        ("/v1/openapi.json", GET),
        ("/v1/signatures", "OPTIONS, POST"),
        ("/v1/acknowledgements", "OPTIONS, POST"),
    ],
)
def test_another_method_is_405_with_every_method_that_is_taken(
    reader: TestClient, path: str, allowed: str
) -> None:
    for method in ("PUT", "DELETE", "PATCH", "TRACE", "BREW"):
        answer = reader.request(method, path)
        problem(answer, 405)
        assert answer.headers["allow"] == allowed
    options = reader.options(path)
    assert (options.status_code, options.headers["allow"]) == (204, allowed)
    assert ("access-control-allow-methods" in options.headers) == ("GET" in allowed)
    problem(reader.options("/v1/nowhere"), 404)


def test_a_number_of_a_request_is_given_back_if_it_is_one(reader: TestClient) -> None:
    given = reader.get("/healthz", headers={"X-Request-ID": "abc-1.2_3"})
    assert given.headers["x-request-id"] == "abc-1.2_3"
    for other in ("", "a b", "x" * 65, 'a"}', "a/b"):
        answer = reader.get("/healthz", headers={"X-Request-ID": other})
        assert answer.headers["x-request-id"] not in ("", other)


def test_readers_in_browsers_of_other_sites_may_read(reader: TestClient) -> None:
    answer = reader.get("/v1/committees", headers={"Origin": "https://example.org"})
    assert answer.headers["access-control-allow-origin"] == "*"
    posted = reader.post("/v1/signatures", headers={"Origin": "https://example.org"})
    assert "access-control-allow-origin" not in posted.headers


# What fails inside


@pytest.mark.parametrize(
    ("error", "status", "retry"),
    [
        (UnreachableError("host db.internal is away"), 503, True),
        (StorageError("/srv/secret is full"), 503, True),
        (SomeoneActedFirstError("another holds /srv/secret"), 503, True),
        (WrongHomeError("/srv/secret is of another version"), 503, True),
        (TamperedError("event 17 of /srv/secret"), 500, False),
        (RuntimeError("at line 3 of /srv/secret"), 500, False),
    ],
)
def test_what_fails_inside_stays_inside(  # noqa: PLR0917
    told_copy: Settings,
    serve: Serve,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    error: Exception,
    status: int,
    retry: bool,
) -> None:
    client = serve(told_copy)

    def fail(*_given: object) -> Any:
        raise error

    monkeypatch.setattr(committees, "_entries", fail)
    answer = client.get("/v1/committees")

    found = problem(answer, status)
    assert "secret" not in answer.text
    assert "internal" not in answer.text.replace("Internal Server Error", "")
    assert ("retry-after" in answer.headers) == retry
    logged = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    mine = [line for line in logged if line.get("request") == answer.headers["x-request-id"]]
    assert mine[-1]["status"] == status
    if not isinstance(error, SomeoneActedFirstError):
        assert str(error) in json.dumps(mine)  # the operator learns it
    assert found["title"]


def test_a_database_that_goes_away_is_503_and_answers_when_it_is_back(
    told_copy: Settings, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = serve(told_copy)
    assert client.get("/healthz").status_code == 200
    if told_copy.database_url is None:
        aside = told_copy.database.with_suffix(".aside")
        from aggregates.store import sqlite

        def away(_cursor: object) -> Any:
            raise StorageError(str(aside))

        with monkeypatch.context() as broken:
            broken.setattr(sqlite, "_head", away)
            _require_away(client)
    else:
        with _refusing(told_copy.database_url):
            _require_away(client)
    assert client.get("/healthz").status_code == 200
    assert client.get("/v1/committees").status_code == 200


def _require_away(client: TestClient) -> None:
    for path in ("/healthz", "/v1/committees", "/v1/feed?side=JP"):
        answer = client.get(path)
        problem(answer, 503)
        assert int(answer.headers["retry-after"]) > 0
    assert "jcgov_database_reachable 0.0" in client.get("/metrics").text


class _refusing:  # noqa: N801 - used as a function
    """The server takes no connection to a database, and ends those that there are."""

    def __init__(self, url: str) -> None:
        self.name = str(psycopg.conninfo.conninfo_to_dict(url)["dbname"])
        self.server = psycopg.conninfo.make_conninfo(url, dbname="postgres")

    def __enter__(self) -> None:
        self._say(f'ALTER DATABASE "{self.name}" ALLOW_CONNECTIONS false')
        terminate = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        self._say(terminate, self.name)

    def __exit__(self, *_error: object) -> None:
        self._say(f'ALTER DATABASE "{self.name}" ALLOW_CONNECTIONS true')

    def _say(self, statement: str, *values: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(statement.encode(), values or None)


def test_faults_are_none_of_the_refusals() -> None:
    assert not issubclass(FaultError, Refusal)
