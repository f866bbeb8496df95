"""A real Chromium without a window, one for a file of tests, and a service that it looks at."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from governance.settings import Settings
from tests.browser.person import Person
from tests.http.served import Served, served

PATIENCE = 15_000
"""Milliseconds until a page that does not come is a failure."""
Serve = Callable[[Settings], Served]
Meet = Callable[[Served], Person]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Return the browser: Debian's, which ``./check`` installs; Playwright's own is never used.

    It ends with its file: while it is there, a loop runs in this thread, and nothing that begins
    one of its own can be tested.
    """
    found = (
        os.environ.get("JCGOV_CHROMIUM")
        or shutil.which("chromium-headless-shell")
        or shutil.which("chromium")
    )
    assert found, "no browser: apt-get install chromium-headless-shell, or set JCGOV_CHROMIUM"
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=found, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Return what serves a home as an operator does, with an open desk on this machine alone."""
    with ExitStack() as stack:

        def serving(settings: Settings) -> Served:
            port = _free_port()
            return stack.enter_context(
                served(
                    settings,
                    tmp_path / f"served-{port}",
                    *("--port", str(port), "--no-push"),
                    environment={"JCGOV_ORIGIN": f"http://localhost:{port}"},
                )
            )

        yield serving


@pytest.fixture
def meet(chromium: Browser) -> Iterator[Meet]:
    """Return what gives a person with a browser profile and an authenticator of their own."""
    with ExitStack() as stack:

        def meeting(service: Served) -> Person:
            context = chromium.new_context(
                base_url=f"http://localhost:{service.port}", accept_downloads=True
            )
            stack.callback(context.close)
            context.set_default_timeout(PATIENCE)
            return Person.at(context)

        yield meeting


def _free_port() -> int:
    """Return a port that nobody listens on: an origin is known before the service starts."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
