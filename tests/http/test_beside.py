"""What runs beside the server in its process: the follower, the sweep, and the push."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from governance.demo.stage import Stage
from governance.http import request_log
from governance.http.app import Trouble
from governance.settings import Settings
from policies.refusals import UnreachableError
from tests.delivery.receiver import Receiver
from tests.governance.terminal import Terminal
from tests.http.committee import CO_CHAIRS, MEMBERS, awaited
from tests.http.served import served


def test_what_falls_due_is_announced_by_the_server_alone(
    told_copy: Settings, tmp_path: Path
) -> None:
    cli = Terminal.at(told_copy, tmp_path)
    before = len(cli.json("announcements"))
    with served(told_copy, tmp_path / "serve"):
        _wait_for(lambda: len(cli.json("announcements")) > before)
    swept = len(cli.json("announcements"))
    with served(told_copy, tmp_path / "again"):
        time.sleep(1)
    assert len(cli.json("announcements")) == swept


def test_with_no_sweep_nothing_is_recorded_by_serving(told_copy: Settings, tmp_path: Path) -> None:
    cli = Terminal.at(told_copy, tmp_path)
    before = cli.json("doctor")["events"]
    quiet = ("--sweep", "0", "--publish", "0")
    with served(told_copy, tmp_path / "serve", *quiet) as service:
        for path in ("/v1/committees/MN/docket", "/v1/committees/MN/inputs", "/v1/reconciliation"):
            assert service.client.get(path).status_code == 200
        assert service.client.get("/healthz").json()["events"] == before


@pytest.mark.parametrize("options", [(), ("--no-push",)])
def test_the_server_pushes_what_its_feed_says(
    told_copy: Settings, tmp_path: Path, options: tuple[str, ...]
) -> None:
    with Receiver() as receiver:
        allowed = {"JCGOV_PUSH_ALLOW": "127.0.0.1/32"}
        cli = Terminal.at(told_copy, tmp_path)
        cli.run(
            *("subscription", "add", "--side", "JP", "--url", receiver.url), environment=allowed
        )
        with served(told_copy, tmp_path / "serve", *options, environment=allowed) as service:
            feed = service.client.get("/v1/feed?side=JP").json()
            figures = service.client.get("/metrics").text
            assert 'jcgov_subscriptions{state="active"} 1.0' in figures
            assert 'jcgov_subscriptions{state="exhausted"} 0.0' in figures
            if options:
                cli.run("subscription", "pause", cli.json("subscription", "list")[0]["id"])
                paused = service.client.get("/metrics").text
                assert 'jcgov_subscriptions{state="paused"} 1.0' in paused
                time.sleep(3)
                assert receiver.received == []
                return
            _wait_for(lambda: len(receiver.received) >= len(feed))
            assert service.end(within=10) == 0
        pushed = [json.loads(request.body) for request in receiver.received]
        assert pushed == feed


def test_readers_and_writers_at_once_are_all_answered(stage: Stage, tmp_path: Path) -> None:
    text = awaited(stage)
    voices = [("assertions", text.assertion(person)) for person in MEMBERS]
    signatures = [("signatures", text.signature(person)) for person in CO_CHAIRS]
    paths = (
        "/v1/committees",
        "/v1/committees/MN/decisions",
        "/v1/committees/MN/registers/projects",
        "/v1/feed?side=JP",
        "/healthz",
    )
    with served(stage.engine.settings, tmp_path / "serve") as service:

        def read(path: str) -> int:
            return int(service.client.get(path).status_code)

        def write(given: tuple[str, Any]) -> int:
            path, envelope = given
            headers = {"Content-Type": "application/json"}
            body = envelope.to_bytes()
            answer = service.client.post(f"/v1/{path}", content=body, headers=headers)
            return int(answer.status_code)

        with ThreadPoolExecutor(16) as pool:
            readers = [pool.submit(read, path) for path in paths * 30]
            writers = [pool.submit(write, given) for given in [*voices, signatures[0]] * 4]
            assert {reader.result() for reader in readers} == {200}
            written = sorted(writer.result() for writer in writers)
        assert written == [200] * 9 + [201] * 3
        assert write(signatures[1]) == 201
        log = service.client.get("/v1/committees/MN/decisions").json()
        assert [entry["number"] for entry in log] == [text.number]


def test_the_same_trouble_is_said_once_a_minute(capfd: pytest.CaptureFixture[str]) -> None:
    request_log.configure()
    now = [0.0]
    trouble = Trouble(lambda: now[0])
    away = UnreachableError("postgresql://someone:secret@db is away")
    for now[0] in (0.0, 1.0, 59.0, 61.0):
        trouble(away)
    trouble(UnreachableError("another"))

    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert [line["why"] for line in lines] == [
        *("postgresql://someone:…@db is away",) * 2,
        "another",
    ]


def test_what_libraries_warn_of_is_a_line_of_json_too(capfd: pytest.CaptureFixture[str]) -> None:
    request_log.configure()
    logger = logging.getLogger("a library that nobody set up")
    logger.propagate = False
    logger.warning("the pool has %s", "no thread")

    (line,) = capfd.readouterr().err.splitlines()
    assert json.loads(line)["event"] == "the pool has no thread"
    assert json.loads(line)["level"] == "warning"


def _wait_for(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 25
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)
