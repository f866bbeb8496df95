"""The service in its own process, on both engines: used, killed, started again, ended cleanly."""

from __future__ import annotations

import json
import signal
import socket
import threading
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest

from governance.demo.stage import Stage
from governance.settings import Settings
from tests.governance.terminal import Terminal
from tests.http.committee import adopt, awaited
from tests.http.served import Served, events, served
from tests.places import Places

STREAM = "/v1/feed?side=JP"
RULES = {
    "kind": "rules_adoption",
    "title": "Rules of procedure",
    "documents": [{"title": "Rules of procedure", "version": "1.0", "digest": "a" * 64}],
    "rulebook": None,
}


@pytest.fixture(scope="module")
def running(
    told_once: Settings, places: Places, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """Return a service over a copy of the demonstration's record, which nobody ends."""
    folder = tmp_path_factory.mktemp("running")
    settings = places.copy(told_once, folder / "home")
    with served(settings, folder) as service:
        yield service
    places.drop(settings)


def batch(client: httpx2.Client, **asked: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/v1/feed", params={"side": "JP"} | asked).json()
    return found


def test_it_is_used_by_any_client(running: Served) -> None:
    assert running.client.get("/healthz").json()["status"] == "ok"
    log = running.client.get("/v1/committees/MN/decisions").json()
    assert any(entry["status"] == "signed" for entry in log)
    missing = running.client.get("/v1/nowhere")
    assert missing.headers["content-type"] == "application/problem+json"


def test_the_stream_is_the_feed_and_goes_on_from_any_position(running: Served) -> None:
    known = batch(running.client)
    whole = list(islice(events(running.client, STREAM), len(known)))

    assert [json.loads(event["data"]) for event in whole] == known
    assert [event["id"] for event in whole] == [str(int(e["sequence"])) for e in known]
    assert [event["event"] for event in whole] == [e["type"] for e in known]
    for path, after in (
        (f"{STREAM}&after={whole[1]['id']}", None),
        (STREAM, whole[1]["id"]),
        (f"{STREAM}&after={whole[-1]['id']}", whole[1]["id"]),  # where it was cut off stands first
        (f"/v1/feed/stream?side=JP&after={whole[1]['id']}", None),
    ):
        found = list(islice(events(running.client, path, after=after), len(known) - 2))
        assert found == whole[2:]


def test_what_is_recorded_by_another_process_comes_down_the_stream(
    stage: Stage, tmp_path: Path
) -> None:
    text = awaited(stage, items=[RULES])
    with served(stage.engine.settings, tmp_path / "serve") as service:
        arrived: list[dict[str, str]] = []

        def listen() -> None:
            arrived.extend(islice(events(service.client, STREAM), 1))

        listener = threading.Thread(target=listen)
        listener.start()
        _wait_for(lambda: _streams(service) == 1)
        adopt(text)
        recorded = time.monotonic()
        listener.join(20)

        assert time.monotonic() - recorded < 5
        data = json.loads(arrived[0]["data"])["data"]
        assert data["number"] == text.number
        assert service.client.get(data["bundle"]).status_code == 200


def test_killed_and_started_again_the_stream_is_resumed_without_loss(
    told_copy: Settings, tmp_path: Path
) -> None:
    with served(told_copy, tmp_path / "first") as first:
        known = batch(first.client)
        taken = list(islice(events(first.client, STREAM), 3))
        stream = events(first.client, f"{STREAM}&after={taken[-1]['id']}")
        next(stream)  # on its way when the process is killed: asked for again
        first.process.send_signal(signal.SIGKILL)
        with pytest.raises(httpx2.TransportError):
            list(stream)
    with served(told_copy, tmp_path / "second") as second:
        rest = islice(events(second.client, STREAM, after=taken[-1]["id"]), len(known) - 3)
        assert [json.loads(event["data"]) for event in (*taken, *rest)] == known


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_it_ends_soon_with_streams_open(
    told_copy: Settings, tmp_path: Path, by: signal.Signals
) -> None:
    with served(told_copy, tmp_path) as service:
        open_streams = [events(service.client, STREAM) for _ in range(5)]
        for stream in open_streams:
            next(stream)
        began = time.monotonic()
        code = service.end(by, within=10)

        assert code == 0
        assert time.monotonic() - began < 5
        log = service.logged()
        assert not [line for line in log if "exception" in line or line["level"] == "error"], log


def test_streams_are_limited_and_room_comes_back(running: Served) -> None:
    held = [events(running.client, STREAM) for _ in range(20)]
    for stream in held:
        next(stream)
    refused = running.client.get("/v1/feed/stream?side=JP")
    assert refused.status_code == 429
    assert refused.headers["content-type"] == "application/problem+json"
    for stream in held:
        stream.close()  # type: ignore[attr-defined]
    _wait_for(lambda: _streams(running) == 0)
    assert next(events(running.client, STREAM))["event"]


def test_each_request_is_one_line_of_json_without_its_query(running: Served) -> None:
    answer = running.client.get(
        "/v1/committees/MN/decisions?as_of=2019-01-01&limit=1", headers={"X-Request-ID": "mine-1"}
    )
    running.client.post("/v1/signatures", content=b'{"secret":1}', headers={"Cookie": "secret=1"})
    assert answer.headers["x-request-id"] == "mine-1"

    def mine() -> list[dict[str, Any]]:
        return [line for line in running.logged() if line.get("request") == "mine-1"]

    _wait_for(lambda: bool(mine()))
    (line,) = mine()
    assert {k: v for k, v in line.items() if k not in ("ms", "timestamp")} == {
        "event": "answered",
        "level": "info",
        "request": "mine-1",
        "method": "GET",
        "route": "/v1/committees/{code}/decisions",
        "status": 200,
    }
    assert line["ms"] > 0
    text = running.log.read_text()
    assert "2019-01-01" not in text
    assert "secret" not in text


# Starting


def test_an_absent_home_is_made_and_answers_empty(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home", tmp_path / "home" / "keys")
    with served(settings, tmp_path / "serve") as service:
        assert service.client.get("/v1/committees").json() == []
        assert service.client.get("/v1/feed?side=JP").status_code == 404
        assert service.client.get("/healthz").json()["events"] == 0


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = Terminal(tmp_path, tmp_path / "home").run("serve", "--port", port, code=3)
    assert f"127.0.0.1:{port} cannot be listened on" in said.err


def test_several_workers_need_postgresql(tmp_path: Path) -> None:
    said = Terminal(tmp_path, tmp_path / "home").run("serve", "--workers", "2", code=2)
    assert "JCGOV_DATABASE_URL" in said.err


def test_a_database_without_tables_is_said_before_anything_listens(
    database_url: str, tmp_path: Path
) -> None:
    cli = Terminal(tmp_path, tmp_path / "home", {"JCGOV_DATABASE_URL": database_url})
    assert "jcgov init" in cli.run("serve", "--port", "0", code=1).err


def test_several_workers_serve_one_record_and_count_together(
    places: Places, told_copy: Settings, tmp_path: Path
) -> None:
    if told_copy.database_url is None:
        return  # one process on SQLite: the test above says so
    with psycopg.connect(told_copy.database_url) as connection:
        connection.execute("DROP TABLE jcgov.subscriptions")  # trouble for whoever pushes
    with served(told_copy, tmp_path, "--workers", "2") as service:
        _wait_for(lambda: _answers(service))
        known = batch(service.client)
        for _ in range(20):
            with httpx2.Client(base_url=service.address, timeout=20) as client:
                assert batch(client) == known
        counted = service.client.get("/metrics").text
        name = 'jcgov_http_requests_total{method="GET",route="/v1/feed",status="200"}'
        (line,) = (line for line in counted.splitlines() if line.startswith(name))
        assert float(line.split()[-1]) == 21.0
        _wait_for(lambda: _troubles(service) > 0)  # of the process that starts the workers
        stream = events(service.client, STREAM)
        next(stream)
        assert service.end(within=10) == 0


def _troubles(service: Served) -> float:
    text = service.client.get("/metrics").text
    lines = [line for line in text.splitlines() if line.startswith("jcgov_troubles_total{")]
    return sum(float(line.split()[-1]) for line in lines)


def _answers(service: Served) -> bool:
    try:
        return service.client.get("/healthz").status_code == 200
    except httpx2.TransportError:
        return False


def _streams(service: Served) -> float:
    text = service.client.get("/metrics").text
    (line,) = (line for line in text.splitlines() if line.startswith("jcgov_http_streams "))
    return float(line.split()[1])


def _wait_for(holds: Any) -> None:
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)
