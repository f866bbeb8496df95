"""What a browser is asked to sign when somebody signs in or makes a passkey: once, and soon.

Nothing is written before it is answered: what a page hands out carries its purpose, its end and a
seal, so that strangers who open pages fill no table. What was answered is kept until its end, so
that the same answer is taken once.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from governance.kept.tables import Asking
from policies.refusals import ForgedRequestError, SignInError

LASTS = timedelta(minutes=10)
_LONG = 200


class Purpose(StrEnum):
    """What is begun with a ceremony; one for another purpose is none."""

    SIGN_IN = "sign-in"
    REGISTER = "register"


class Ceremonies:
    """Makes and knows the ceremonies of one service, whichever of its processes began them."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def begin(self, purpose: Purpose, now: datetime) -> str:
        """Return a new ceremony, for a cookie of the browser."""
        ends = int((now + LASTS).timestamp())
        body = f"{purpose.value}.{ends}.{secrets.token_urlsafe(24)}"
        return f"{body}.{self._sealed(body)}"

    def require(self, ceremony: str | None, purpose: Purpose, now: datetime) -> str:
        """Return a ceremony of ours that is still open; raise `ForgedRequestError` for others."""
        body, _, seal = (ceremony or "")[:_LONG].rpartition(".")
        named, _, rest = body.partition(".")
        good = hmac.compare_digest(self._sealed(body).encode(), seal.encode())
        if not good or named != purpose.value or int(rest.partition(".")[0]) < now.timestamp():
            message = "the page is too old, or was opened elsewhere meanwhile; load it again"
            raise ForgedRequestError(message)
        return f"{body}.{seal}"

    def message(self, ceremony: str) -> bytes:
        """Return what is signed; its SHA-256 is the challenge, as it is of a statement's bytes.

        No statement begins so: what was signed to come in never passes for anything else.
        """
        return b"jcgov ceremony v1\n" + self._made("challenge", ceremony).encode("ascii")

    def spend(self, asking: Asking, ceremony: str, now: datetime) -> None:
        """Take a ceremony's answer, once; raise `SignInError` for the second."""
        asking.run("DELETE FROM jcgov.access_ceremonies WHERE ends_at < ?", (int(now.timestamp()),))
        ends = int((now + LASTS).timestamp()) + 1
        name = sha256(ceremony.encode("utf-8")).hexdigest()
        if not asking.run(
            "INSERT INTO jcgov.access_ceremonies VALUES (?, ?) ON CONFLICT DO NOTHING", (name, ends)
        ):
            message = "this was answered once already; load the page again"
            raise SignInError(message)

    def _sealed(self, body: str) -> str:
        return self._made("seal", body)

    def _made(self, use: str, text: str) -> str:
        return hmac.digest(self._secret, f"{use}\n{text}".encode(), "sha256").hex()


def form_secret(held: str) -> str:
    """Return what a form must bring back, made of what only our cookie holds (CSRF)."""
    return hmac.digest(held.encode("utf-8"), b"jcgov form v1", "sha256").hex()


def require_form(held: str, brought: str | None) -> None:
    """Refuse a form that another page than ours has made (`ForgedRequestError`)."""
    if not hmac.compare_digest(form_secret(held).encode(), (brought or "")[:_LONG].encode()):
        message = "the form does not come from a page of this session; load the page again"
        raise ForgedRequestError(message)
