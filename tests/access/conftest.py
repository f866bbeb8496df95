"""What tests of access share: a desk that is open, and two people whose passkeys are appointed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, cast

import pytest
from starlette.testclient import TestClient

from governance.access.access import Access
from governance.access.credentials import Credential
from governance.demo.stage import Stage
from governance.http.app import application
from governance.http.limits import Limits
from governance.keys.files import PrivateKey
from policies.proof.keys import KeyRecord
from tests.access.browser import Browser, Passkey, _word
from tests.governance.test_cli_postgresql import role  # noqa: F401 - a fixture of here as well
from tests.http.committee import founded
from tests.policies.authenticator import ORIGIN
from tests.policies.keyring import p256_private

Open = Callable[[], Browser]


@pytest.fixture
def passkeys(stage: Stage) -> dict[str, Passkey]:
    """Found the committee; everybody's key is a passkey's."""
    made = {name: Passkey(name) for name in ("jp-hara", "jp-mori", "mn-bold", "mn-dorj")}
    for name, passkey in made.items():
        stage.signers[name] = cast(PrivateKey, passkey)
    founded(stage)
    return made


@pytest.fixture
def desk(stage: Stage, passkeys: dict[str, Passkey]) -> Iterator[Any]:
    """Return the running application of an open desk, which knows everybody's passkey."""
    settings = replace(stage.engine.settings, origin=ORIGIN)
    outside = application(settings, Limits(writes_per_minute=600), stage.clock)
    with TestClient(outside, base_url=ORIGIN, raise_server_exceptions=False):
        access: Access = outside._app.state.access  # type: ignore[attr-defined]
        for passkey in passkeys.values():
            know(access, passkey)
        yield outside


@pytest.fixture
def access(desk: Any) -> Access:
    """Return the desk's entrance."""
    found: Access = desk._app.state.access
    return found


@pytest.fixture
def browser(desk: Any) -> Browser:
    """Return a browser that nobody has used."""
    return another(desk)


@pytest.fixture
def others(desk: Any) -> Open:
    """Return what gives further browsers."""
    return lambda: another(desk)


def another(desk: Any) -> Browser:
    """Return a browser of its own over the same desk, which is running already."""
    return Browser(TestClient(desk, base_url=ORIGIN, raise_server_exceptions=False))


def know(access: Access, passkey: Passkey, vouched_by: str | None = None) -> None:
    """Keep a passkey as registering does."""
    import cbor2

    point = p256_private(passkey.name).public_key().public_numbers()
    cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)}
    record: KeyRecord = passkey.record
    now = int(access.clock().timestamp())
    made = Credential(
        *(passkey.id, record.keyid, record.public, _word(cbor2.dumps(cose))),
        vouched_by=vouched_by,
        label=passkey.name,
        sign_count=0,
        made_at=now,
    )
    access.credentials.add(made, ())
