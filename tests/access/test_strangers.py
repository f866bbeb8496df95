"""Whatever a stranger sends in an authenticator's place is refused by name, and never a fault."""

from __future__ import annotations

import json
import os
import random
from datetime import UTC, datetime
from typing import Any

import pytest

from governance.access import passkeys
from governance.access.credentials import Credential
from governance.access.site import Site
from policies.refusals import SignInError
from tests.access.browser import Passkey, _bytes, _word

SITE = Site.parse("https://record.example")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
MESSAGE = b"what is signed"
TRIES = 20_000 if os.environ.get("JCGOV_LONG") else 400
ODD: tuple[Any, ...] = (None, 7, [], {}, "", "=", "é", "\ud800", "A" * 5, "x" * 3000)


@pytest.fixture
def hara() -> Passkey:
    return Passkey("jp-hara")


def made(answer: str) -> Credential:
    return passkeys.registered(SITE, MESSAGE, answer, label="x", now=NOW, vouched_by=None)


def damaged(answer: str, dice: random.Random) -> str:
    """Return an answer with something else in one place."""
    value = json.loads(answer)
    where = value["response"] if dice.random() < 0.8 else value
    name = dice.choice([name for name in where if name != "response"])
    if where is value or dice.random() < 0.2:
        where[name] = dice.choice(ODD)
        return json.dumps(value)
    data = bytearray(_bytes(where[name]))
    for _ in range(dice.randint(1, 3)):
        place = dice.randrange(len(data))
        data[place : place + dice.randint(0, 3)] = dice.randbytes(dice.randint(0, 3))
    where[name] = _word(bytes(data) or b"x")
    return json.dumps(value)


def test_a_damaged_answer_is_refused_unless_it_says_the_same(hara: Passkey) -> None:
    known = made(hara.create(json.loads(passkeys.to_register(SITE, MESSAGE, "x"))))
    answer = hara.get(json.loads(passkeys.to_sign(SITE, MESSAGE)))
    signed = passkeys.answered(SITE, MESSAGE, answer, known).signature
    dice = random.Random(7)

    for _ in range(TRIES):
        try:
            found = passkeys.answered(SITE, MESSAGE, damaged(answer, dice), known)
        except SignInError:
            continue
        assert found.signature == signed


def test_a_damaged_passkey_is_refused_or_is_a_sound_key_of_its_own(hara: Passkey) -> None:
    answer = hara.create(json.loads(passkeys.to_register(SITE, MESSAGE, "x")))
    dice = random.Random(8)

    for _ in range(TRIES):
        try:
            found = made(damaged(answer, dice))
        except SignInError:
            continue
        found.record.require_sound()
