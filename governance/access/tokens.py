"""Tokens of machines: random, shown once, kept as a hash; for one committee, one side, one use."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

import msgspec
from msgspec.structs import astuple

from governance.kept.tables import Kept
from policies.refusals import MachineTokenError, NotFoundError, NotSignedInError, UnreadableError
from policies.sides import Committee, require_side

PREFIX = "jcgov_"
"""How a token begins, so that who finds one in a file knows what it is."""
LONGEST = timedelta(days=400)
"""For so long a token is good at most; a new one is made beside it."""
_LONG = 200
_USED = 60


class May(StrEnum):
    """What a token may be good for."""

    DELIVERIES = "deliveries"
    """To read how the pushes to the side's registry went."""


class Token(msgspec.Struct, frozen=True):
    """A token without its secret; `name` is the hash of it."""

    id: str
    name: str
    committee: str
    side: str
    may: str
    label: str
    made_at: int
    ends_at: int
    revoked_at: int | None = None
    used_at: int | None = None

    def good(self, now: datetime) -> bool:
        """Whether it is neither over nor revoked."""
        return self.revoked_at is None and now.timestamp() < self.ends_at


_NAMES = ", ".join(Token.__struct_fields__)
_MARKS = ", ".join("?" for _ in Token.__struct_fields__)


class Tokens:
    """The tokens that were made here."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def new(
        self,
        committee: Committee,
        side: str,
        may: May,
        *,
        label: str,
        ends_at: datetime,
        now: datetime,
    ) -> tuple[Token, str]:
        """Make a token, and return it with its secret, which nobody is told again.

        Raises `NotFoundError` for a side that is none, `UnreadableError` for an end that is over or
        further away than a token may last.
        """
        require_side(side, [committee.code])
        if not now < ends_at <= now + LONGEST:
            message = f"a token ends after now, and within {LONGEST.days} days; this one would not"
            raise UnreadableError(message)
        secret = PREFIX + secrets.token_urlsafe(32)
        token = Token(
            id=secrets.token_hex(4),
            name=_name(secret),
            committee=committee.code,
            side=side,
            may=may.value,
            label=label,
            made_at=int(now.timestamp()),
            ends_at=int(ends_at.timestamp()),
        )
        with self._kept.writing() as asking:
            asking.run(
                f"INSERT INTO jcgov.access_tokens ({_NAMES}) VALUES ({_MARKS})",  # noqa: S608
                astuple(token),
            )
        return token, secret

    def all(self) -> list[Token]:
        """Return every token, the oldest first, those that are over or revoked too."""
        return self._found("ORDER BY made_at, id", ())

    def revoke(self, name: str, now: datetime) -> Token:
        """Make a token worthless from now on; again changes nothing. Raises `NotFoundError`."""
        with self._kept.writing() as asking:
            asking.run(
                "UPDATE jcgov.access_tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL",
                (int(now.timestamp()), name),
            )
        found = self._found("WHERE id = ?", (name,))
        if not found:
            message = f"there is no token {name!r}; see: jcgov token list"
            raise NotFoundError(message)
        return found[0]

    def require(
        self, secret: str | None, committee: str, side: str, may: May, now: datetime
    ) -> Token:
        """Return the token of a secret that is good for this.

        Raises `NotSignedInError` for one that is good for nothing, `MachineTokenError` for another.
        """
        found: list[Token] = []
        if secret and secret.startswith(PREFIX) and len(secret) < _LONG:
            found = self._found("WHERE name = ?", (_name(secret),))
        if not found or not found[0].good(now):
            message = "no token came with this, or it is unknown, over or revoked"
            raise NotSignedInError(message)
        token = found[0]
        if (token.committee, token.side, token.may) != (committee, side, may.value):
            message = f"the token is for {token.may} of {token.side} in {token.committee} alone"
            raise MachineTokenError(message)
        if token.used_at is None or now.timestamp() - token.used_at >= _USED:
            with self._kept.writing() as asking:
                asking.run(
                    "UPDATE jcgov.access_tokens SET used_at = ? WHERE id = ?",
                    (int(now.timestamp()), token.id),
                )
        return token

    def _found(self, rest: str, values: tuple[str, ...]) -> list[Token]:
        with self._kept.reading() as asking:
            rows = asking.rows(
                f"SELECT {_NAMES} FROM jcgov.access_tokens {rest}",  # noqa: S608
                values,
            )
        return [Token(*row) for row in rows]


def _name(secret: str) -> str:
    return sha256(secret.encode("utf-8")).hexdigest()
