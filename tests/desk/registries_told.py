"""A committee whose registries have been told, pushed to, and have reported, well and badly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from msgspec import structs
from starlette.testclient import TestClient

from governance import assembly
from governance.delivery.opening import delivery_tables
from governance.delivery.subscription import Attempt, Condition, milliseconds
from governance.demo.stage import Stage, ToldClock, Voice
from governance.http.app import application
from governance.http.limits import Limits
from governance.keys.files import PrivateKey
from tests.access.browser import Browser, Passkey
from tests.access.conftest import another, know
from tests.aggregates.docket import Docket, open_docket
from tests.aggregates.registries import Registries
from tests.aggregates.room import Room
from tests.delivery.subscribed import subscription
from tests.places import SQLitePlaces
from tests.policies.authenticator import ORIGIN

OPENED = datetime(2026, 1, 5, 2, tzinfo=UTC)
OFFICERS = {
    "jp-okada": ("JP", "Okada Rei", "registry"),
    "mn-nomin": ("MN", "Nomin Erdene", "registry"),
    "jp-abe": ("JP", "Abe Jun", "secretary"),
    "mn-tuya": ("MN", "Tuya Gerel", "secretary"),
}
SITTING = ("jp-hara", "jp-mori", "mn-bold", "mn-sara")


@dataclass(frozen=True)
class Told:
    """The desk over that committee, and whoever can sign in."""

    desk: Any
    stage: Stage
    passkeys: dict[str, Passkey]
    registries: Registries
    agreed: str
    short: str
    waiting: str

    def browser(self, person: str) -> Browser:
        """Return a browser in which a person is signed in."""
        browser = another(self.desk)
        assert browser.sign_in(self.passkeys[person]).status_code == 303
        return browser


@contextmanager
def told(folder: Path) -> Iterator[Told]:
    """Tell it: one amount agrees, one was reported short, one waits for both sides."""
    settings = SQLitePlaces().make(folder)
    clock = ToldClock(OPENED)
    with assembly.engine(settings, clock) as made:
        stage = Stage(made, clock, Voice(), settings.keys / "people")
        passkeys = {name: Passkey(name) for name in (*SITTING, *OFFICERS)}
        stage.signers.update({name: cast("PrivateKey", key) for name, key in passkeys.items()})
        room = Room.seated(stage)
        open_docket(room)
        for person, (side, name, role) in OFFICERS.items():
            room.appoint(side, *room.seat(person, name, (role,)))
        registries = Registries(Docket(room)).seat()
        agreed, short, waiting = (registries.decide() for _ in range(3))
        for side in ("JP", "MN"):
            registries.report(agreed, side)
        registries.report(short, "MN", amount=399)
        _push(settings, clock())
        outside = application(
            replace(settings, origin=ORIGIN), Limits(writes_per_minute=600), clock
        )
        with TestClient(outside, base_url=ORIGIN, raise_server_exceptions=False):
            access = outside._app.state.access  # type: ignore[attr-defined]
            for passkey in passkeys.values():
                know(access, passkey)
            yield Told(outside, stage, passkeys, registries, agreed, short, waiting)


def _push(settings: Any, now: datetime) -> None:
    """Subscribe one registry that fails, one that was paused, and one of the other side."""
    at = milliseconds(now)
    failed = Attempt(
        at=at,
        event="JP-MN/2026/001#1/MN/x",
        sequence=10_000,
        attempt=2,
        status=500,
        error="answered 500: no room",
        milliseconds=7,
        next_try=at + 300_000,
    )
    with delivery_tables(settings) as tables:
        tables.add(
            subscription("sub_mn", side="MN", url="https://registry.mn.example/in", made_at=at),
            "whsec_1",
        )
        tables.record(
            "sub_mn",
            structs.replace(failed, attempt=1, status=204, error=None, next_try=None),
            lambda old: old,
        )
        tables.record(
            "sub_mn", failed, lambda old: structs.replace(old, failures=1, next_try=at + 300_000)
        )
        tables.add(
            subscription(
                "sub_jp",
                url="https://registry.jp.example/in",
                condition=Condition.PAUSED,
                reason="paused by command",
                made_at=at,
            ),
            "whsec_2",
        )
