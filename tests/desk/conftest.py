"""What tests of the desk's pages share: a docket, an open desk over it, and who sits there."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, cast

import httpx2
import pytest
from starlette.testclient import TestClient

from governance import assembly
from governance.access.access import Access
from governance.assembly import documents_of
from governance.demo.stage import Stage, ToldClock, Voice
from governance.http.app import application
from governance.http.limits import Limits
from governance.keys.files import PrivateKey
from governance.service.public_inputs import Input, hear
from policies.documents import Document
from tests.access.browser import PEOPLE as HEADERS
from tests.access.browser import Browser, Page, Passkey
from tests.access.conftest import another, know
from tests.aggregates.docket import METHODOLOGY, PAPERS, Docket, open_docket
from tests.aggregates.room import EVERYONE, Room
from tests.places import SQLitePlaces
from tests.policies.authenticator import ORIGIN

BESIDE = {
    "jp-kato": ("JP", "Kato Jun", ("secretary",), None),
    "mn-tuya": ("MN", "Tuya Bolor", ("secretary",), None),
    "mn-last": ("MN", "Last Day", ("secretary",), "2026-06-08"),
    "mn-registry": ("MN", "Registry of MN", ("registry",), None),
}
"""Who is at the desk beside the committee's members: secretaries, and a registry's officer."""
HERE = "/desk/committees/MN"
Sent = httpx2.Response
FileOf = tuple[str, bytes]


@dataclass
class Office:
    """A committee with a docket, the desk that is open over it, and everybody's passkey."""

    docket: Docket
    desk: Any
    passkeys: dict[str, Passkey]
    one_loop: TestClient
    """Answers two requests at once, as the service does; others' requests come one by one."""

    def at_desk(self, person: str) -> Clerk:
        """Return a person at a browser of their own, signed in just now."""
        browser = another(self.desk)
        assert browser.sign_in(self.passkeys[person]).status_code == 303
        return Clerk(browser)

    @property
    def access(self) -> Access:
        """The desk's entrance."""
        found: Access = self.desk._app.state.access
        return found


@dataclass
class Clerk:
    """Somebody at a browser who fills in forms, with files where they have some."""

    browser: Browser

    def load(self, path: str, status: int = 200) -> Page:
        """Load a page below the committee's."""
        page = self.browser.load(path if path.startswith("/") else f"{HERE}/{path}")
        assert page.answer.status_code == status, page.answer.text
        return page

    def send(self, page: Page, path: str, files: Any = None, **fields: Any) -> Sent:
        """Send a form of a page, with files by their fields.

        A field may be told otherwise, with ``__`` in its name for a dot.
        """
        action = f"{HERE}/{path}"
        told = {name.replace("__", "."): value for name, value in fields.items()}
        given = page.forms[action] | told
        return self.browser.client.post(
            action,
            data={name: value for name, value in given.items() if value is not None},
            files=files or {"nothing": ("", b"")},
            headers=HEADERS,
            follow_redirects=False,
        )


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Seat everybody with a passkey, open the docket, and open the desk."""
    settings = SQLitePlaces().make(tmp_path_factory.mktemp("office") / "home")
    settings = replace(settings, origin=ORIGIN)
    clock = ToldClock(datetime(2026, 1, 5, 2, tzinfo=UTC))
    passkeys = {name: Passkey(name) for name in (*EVERYONE, *BESIDE)}
    with assembly.engine(settings, clock) as made:
        stage = Stage(made, clock, Voice(), settings.keys / "people")
        stage.signers |= {name: cast("PrivateKey", key) for name, key in passkeys.items()}
        room = Room.seated(stage)
        for person, (side, name, roles, until) in BESIDE.items():
            room.appoint(side, *room.seat(person, name, roles, until=until))
        docket = open_docket(room)
        outside = application(settings, Limits(writes_per_minute=100_000), clock)
        with TestClient(outside, base_url=ORIGIN, raise_server_exceptions=False) as client:
            found = Office(docket, outside, passkeys, client)
            for passkey in passkeys.values():
                know(found.access, passkey)
            yield found


@pytest.fixture
def secretary(office: Office) -> Clerk:
    """The secretary of one side, signed in."""
    return office.at_desk("mn-tuya")


FULL = b"%PDF-1.7 with the costs"
SECRET = hashlib.sha256(FULL).hexdigest()
MASKED = b"%PDF-1.7 masked"


def place_of(case: str) -> str:
    return f"docket/{int(case.rpartition('/')[2])}"


@pytest.fixture(scope="module")
def published(office: Office) -> str:
    """A methodology that is open for inputs, with a confidential paper and inputs of every sort."""
    docket = office.docket
    store = documents_of(docket.room.stage.engine.settings)
    store.put(io.BytesIO(FULL), "confidential")
    store.put(io.BytesIO(MASKED), "public")
    masked = hashlib.sha256(MASKED).hexdigest()
    form = Document(
        kind=PAPERS[0].kind, title="The form", version="1.0", public=masked, confidential=SECRET
    )
    case = docket.submit(METHODOLOGY, [form, PAPERS[1]])
    docket.complete(case)
    docket.publish(case)
    hear(docket.cases, case, Input("Bat <b>", "I live beside it.\nIt is loud.", public=True))
    hear(docket.cases, case, Input("Tsetseg", "Only for you", public=False))
    return case
