"""A committee over which the desk is open, with secretaries and a registry's officer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import httpx2
from starlette.testclient import TestClient

from governance import assembly
from governance.access.access import Access
from governance.demo.stage import Stage, ToldClock, Voice
from governance.http.app import application
from governance.http.limits import Limits
from governance.keys.files import PrivateKey
from governance.service.requests import Request
from policies.proof.dsse import Envelope
from policies.sides import Role
from tests.access.browser import PEOPLE as HEADERS
from tests.access.browser import Browser, Page, Passkey
from tests.access.conftest import another, know
from tests.http.committee import founded
from tests.places import SQLitePlaces
from tests.policies.authenticator import ORIGIN

SITTING = ("jp-hara", "jp-mori", "mn-bold", "mn-dorj")
BESIDE = {
    "jp-abe": ("JP", "Abe Jun", Role.SECRETARY),
    "mn-tuya": ("MN", "Tuya Gerel", Role.SECRETARY),
    "mn-nomin": ("MN", "Nomin Erdene", Role.REGISTRY),
}
HERE = "/desk/committees/MN"
CODE = "JP-MN"


@dataclass(frozen=True)
class AtDesk:
    """The desk, the stage behind it, and whoever can sign in."""

    desk: Any
    stage: Stage
    passkeys: dict[str, Passkey]

    @property
    def access(self) -> Access:
        """The desk's entrance."""
        found: Access = self.desk._app.state.access
        return found

    @property
    def position(self) -> int:
        """The last position of the record."""
        return self.stage.engine.record.position

    def browser(self, person: str | None = None) -> Browser:
        """Return a browser of its own, in which a person is signed in."""
        browser = another(self.desk)
        if person is not None:
            assert browser.sign_in(self.passkeys[person]).status_code == 303
        return browser

    def passkey(self, name: str) -> Passkey:
        """Return a passkey that was made here, and that no roster names yet."""
        made = Passkey(name)
        know(self.access, made)
        return made

    def signed(self, envelope: Envelope, side: str, *numbers: int) -> Envelope:
        """Return an envelope signed by some keys of a side's authority."""
        return self.stage.sign(envelope, *(f"mn-{side.lower()}-authority-{n}" for n in numbers))


@contextmanager
def at_desk(folder: Path) -> Iterator[AtDesk]:
    """Found the committee on 5 January 2026, and open the desk."""
    settings = SQLitePlaces().make(folder)
    clock = ToldClock(datetime(2026, 1, 5, 2, tzinfo=UTC))
    passkeys = {name: Passkey(name) for name in (*SITTING, *BESIDE)}
    with assembly.engine(settings, clock) as made:
        stage = Stage(made, clock, Voice(), settings.keys / "people")
        stage.signers.update({name: cast("PrivateKey", key) for name, key in passkeys.items()})
        founded(stage)
        for person, (side, name, role) in BESIDE.items():
            stage.appoint("MN", side, stage.seat(person, name, role.value, "2020-01-01"))
        outside = application(
            replace(settings, origin=ORIGIN), Limits(writes_per_minute=600), clock
        )
        with TestClient(outside, base_url=ORIGIN, raise_server_exceptions=False):
            found = AtDesk(outside, stage, passkeys)
            for passkey in passkeys.values():
                know(found.access, passkey)
            yield found


def asked_for(browser: Browser, **fields: str) -> str:
    """Ask a side's authority for something, and return the path of the request's page."""
    answer = ask(browser, **fields)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def ask(browser: Browser, **fields: str) -> httpx2.Response:
    """Send the form by which a side's authority is asked for something."""
    path = f"{HERE}/people/ask"
    page = browser.load(f"{path}?what={fields['what']}")
    if path not in page.forms:
        page.forms[path] = {"form": page_word(browser)}
    return browser.send(page, path, None, **fields)


def page_word(browser: Browser) -> str:
    """Return what each form of the session brings back."""
    return browser.load("/desk/passkeys").forms["/desk/sign-out"]["form"]


def request_of(browser: Browser, path: str) -> Envelope:
    """Download a request's file as its page links to it."""
    answer = browser.load(f"{path}/request.json").answer
    assert answer.status_code == 200, answer.text
    assert "attachment" in answer.headers["content-disposition"]
    return Request.from_bytes(answer.content).envelope


def check(browser: Browser, *files: tuple[str, bytes] | Envelope) -> Page:
    """Upload files, and return the page that shows what they are."""
    given = [
        ("files", (f"{n}.sig", file.to_bytes()) if isinstance(file, Envelope) else file)
        for n, file in enumerate(files)
    ]
    answer = browser.client.post(
        "/desk/hand-in",
        data={"form": page_word(browser)},
        files=given or [("files", ("", b""))],
        headers=HEADERS,
    )
    return Page.of(answer)


def hand_in(browser: Browser, page: Page, **fields: str) -> httpx2.Response:
    """Hand in what a page has shown."""
    return browser.client.post(
        "/desk/hand-in/now",
        data=page.forms["/desk/hand-in/now"] | fields,
        files=[("nothing", ("", b""))],
        headers=HEADERS,
    )
