"""An open desk of one committee: who reads what lies on the table, each with a passkey."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any, cast

import httpx2
import pytest
from starlette.testclient import TestClient

from governance import assembly
from governance.access.access import Access
from governance.demo.stage import Stage, ToldClock, Voice
from governance.http.app import application
from governance.http.limits import Limits
from governance.keys.files import PrivateKey
from governance.service.signing import assertion_request
from governance.settings import Settings
from tests.access.browser import Browser, Page, Passkey
from tests.access.conftest import another, know
from tests.governance.setting import MEASURE, proposal
from tests.policies.authenticator import ORIGIN

CODE = "JP-MN"
PEOPLE = {
    "jp-hara": ("JP", "Hara Kenji", "co-chair"),
    "jp-mori": ("JP", "Mori Aiko", "member"),
    "jp-sato": ("JP", "Sato Yuki", "secretary"),
    "jp-reg": ("JP", "Registry of Japan", "registry"),
    "mn-bold": ("MN", "Bold Ganbaatar", "co-chair"),
    "mn-dorj": ("MN", "Dorj Sarnai", "member"),
    "mn-naran": ("MN", "Naran Tuya", "secretary"),
}
TEXTS = {
    "en": "The Joint Committee takes an interim measure.\nIt lasts until the end of 2030.",
    "ja": "合同委員会は暫定措置を採択する。",
}


@dataclass
class Readers:
    """The desk, its stage, and the browsers of those who have signed in."""

    stage: Stage
    app: Any
    passkeys: dict[str, Passkey]
    browsers: dict[str, Browser] = field(default_factory=dict)

    @property
    def access(self) -> Access:
        """The desk's entrance."""
        found: Access = self.app._app.state.access
        return found

    def at(self, person: str) -> Browser:
        """Return the browser in which a person is signed in."""
        if person not in self.browsers:
            browser = another(self.app)
            assert browser.sign_in(self.passkeys[person]).status_code == 303
            self.browsers[person] = browser
        return self.browsers[person]

    def tell(self, instant: str) -> None:
        """Tell the clock; whoever comes back after so long signs in anew."""
        self.stage.clock.tell(instant)
        self.browsers.clear()

    def read(self, person: str, path: str) -> str:
        """Return what a person reads on a page, as text between tags that are taken away."""
        return words(self.load(person, path).answer)

    def load(self, person: str, path: str, status: int = 200) -> Page:
        """Load a page of the desk."""
        page = self.at(person).load(path)
        assert page.answer.status_code == status, page.answer.text[:3000]
        return page

    def send(self, person: str, path: str, action: str, **fields: Any) -> httpx2.Response:
        """Send a form of a page."""
        page = self.load(person, path)
        form = {"form": page.forms["/desk/sign-out"]["form"]} | page.forms.get(action, {})
        return self.at(person).send(Page(page.answer, {action: form}), action, **fields)

    def propose(self, **changes: Any) -> int:
        """Fix a text and send it to all members; return its proposal."""
        made = self.stage.engine.proposals.propose(proposal(**{"text": TEXTS} | changes))
        self.stage.engine.proposals.distribute(CODE, made.proposal)
        return made.proposal

    def revise(self, number: int, **changes: Any) -> None:
        """Fix a new version of a text, and send it to all members."""
        content = proposal(**{"text": TEXTS} | changes)
        self.stage.engine.proposals.propose(content, revises=number)
        self.stage.engine.proposals.distribute(CODE, number)

    def digest(self, number: int) -> str:
        """Return the digest of an open text."""
        text = self.stage.engine.desk.load(CODE).proposals[number].text
        assert text is not None
        return text.envelope.digest

    def assert_by(self, person: str, number: int, *, reason: str | None = None) -> None:
        """Hand in a member's voice that was signed elsewhere; with a reason it objects."""
        state = self.stage.engine.desk.load(CODE)
        found = state.proposals[number]
        objects = reason is not None
        made = assertion_request(state, found, objects=objects, reason=reason)
        self.stage.submit(self.stage.sign(made.envelope, person))

    def adopt(self, number: int) -> None:
        """Hand in everybody's answer, made elsewhere."""
        for person in ("jp-mori", "mn-dorj"):
            self.assert_by(person, number)
        for person in ("jp-hara", "mn-bold"):
            self.sign_by(person, number)

    def sign_here(self, person: str, place: str) -> str:
        """Sign in the browser what a page asks for; return the receipt's place."""
        page = self.load(person, place)
        answer = self.passkeys[person].get(page.options(place))
        sent = self.at(person).send(page, place, answer=answer)
        assert sent.status_code == 303, sent.text
        return str(sent.headers["location"])

    def sign_by(self, person: str, number: int) -> None:
        """Hand in a co-chair's signature that was made elsewhere."""
        text = self.stage.engine.desk.load(CODE).proposals[number].text
        assert text is not None
        self.stage.submit(self.stage.sign(text.envelope.unsigned(), person))


@contextmanager
def readers(home: Path) -> Iterator[Readers]:
    """Open a desk on SQLite, with everybody of PEOPLE appointed by their side."""
    clock = ToldClock(datetime(2026, 1, 5, 2, tzinfo=UTC))
    settings = Settings(home, home / "keys")
    with assembly.engine(settings, clock) as made:
        stage = Stage(made, clock, Voice(), home / "keys" / "people")
        passkeys = {name: Passkey(name) for name in PEOPLE}
        for name, passkey in passkeys.items():
            stage.signers[name] = cast(PrivateKey, passkey)
        stage.found("MN")
        for side in ("JP", "MN"):
            acts = [
                act
                for person, (of, name, role) in PEOPLE.items()
                if of == side
                for act in stage.seat(person, name, role, "2020-01-01")
            ]
            stage.appoint("MN", side, acts)
        limits = Limits(writes_per_minute=6000)
        app = application(replace(settings, origin=ORIGIN), limits, clock)
        with TestClient(app, base_url=ORIGIN, raise_server_exceptions=False):
            found = Readers(stage, app, passkeys)
            for passkey in passkeys.values():
                know(found.access, passkey)
            yield found


def words(answer: httpx2.Response) -> str:
    """Return the words of a page, with one blank between them."""
    text = re.sub(r"<(script|style).*?</\1>", "", answer.text, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Readers]:
    """Return an open desk with nothing on its table."""
    with readers(tmp_path / "home") as found:
        yield found


__all__ = ["CODE", "MEASURE", "Readers", "desk", "readers", "words"]
