"""A service makes beforehand what its first readers would wait for, and nobody waits for that."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from starlette.testclient import TestClient

from governance.demo.stage import ToldClock
from governance.http import warm_up
from governance.http.app import application
from governance.http.limits import Limits
from governance.http.opened import Opened
from governance.pages import figures
from governance.settings import Settings
from tests.http.conftest import NOW
from tests.pages.read import page


@contextmanager
def warm(settings: Settings) -> Iterator[TestClient]:
    app = application(settings, Limits(), ToldClock(NOW), warm=True)
    with TestClient(app, base_url="http://test") as reader:
        yield reader


def stepping(
    monkeypatch: pytest.MonkeyPatch, *more: Callable[[], object], ours: bool = False
) -> threading.Event:
    """Let the steps be these, after ours or alone; return what tells that all were taken."""
    taken, known = threading.Event(), warm_up.steps

    def steps(opened: Opened) -> Iterator[Callable[[], object]]:
        yield from known(opened) if ours else ()
        yield from more
        yield taken.set

    monkeypatch.setattr(warm_up, "steps", steps)
    return taken


def test_the_first_reader_finds_the_registers_folded(
    told_once: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = stepping(monkeypatch, ours=True)
    with warm(told_once) as reader:
        assert taken.wait(60)
        monkeypatch.setattr(figures, "_counted", _fail)

        assert "Mongolia" in page(reader, "/")


def test_who_asks_meanwhile_is_answered(
    told_once: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    taken = stepping(monkeypatch, lambda: go_on.wait(60))
    with warm(told_once) as reader:
        assert reader.get("/healthz").status_code == 200
        assert "Mongolia" in page(reader, "/")
        assert not taken.is_set()
        go_on.set()
        assert taken.wait(60)


def test_a_step_that_fails_stops_the_rest_and_not_the_service(
    told_once: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    taken, said = stepping(monkeypatch, _fail), ""
    with warm(told_once) as reader:
        ends = time.monotonic() + 60
        while "not warmed up" not in said and time.monotonic() < ends:
            said += capsys.readouterr().err
            time.sleep(0.01)

        assert "not warmed up" in said
        assert "Mongolia" in page(reader, "/")
        assert not taken.is_set()


def _fail(*_args: object) -> None:
    message = "folded again"
    raise RuntimeError(message)
