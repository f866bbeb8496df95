"""Passkeys as browsers need them: an identifier beside a public key; whose it is, rosters say."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import astuple

from governance.kept.tables import Asking, Kept
from policies.proof.keys import KeyRecord
from policies.refusals import SignInError

SCHEME = "webauthn-es256"
MOST = 10_000
"""Passkeys that are kept at most; anybody may make one, and most of them nobody appoints."""
UNCLAIMED = timedelta(days=30)
"""How long a passkey is kept that no roster names."""


class Credential(msgspec.Struct, frozen=True):
    """A passkey. One that is `vouched_by` another key signs in as that key's person, and no more.

    The other key is in a roster; a statement that this one signed is good nowhere, since only a
    key's own place in a roster makes its signatures count.
    """

    id: str
    keyid: str
    public: str
    cose: str
    vouched_by: str | None
    label: str
    sign_count: int
    made_at: int
    used_at: int | None = None

    @property
    def record(self) -> KeyRecord:
        """The public key as statements name it."""
        return KeyRecord(self.keyid, SCHEME, self.public)

    @property
    def speaks_by(self) -> str:
        """The key whose place in the rosters says who this is."""
        return self.vouched_by or self.keyid


_NAMES = ", ".join(Credential.__struct_fields__)
_MARKS = ", ".join("?" for _ in Credential.__struct_fields__)


class Credentials:
    """The passkeys that are known here."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def add(self, credential: Credential, in_rosters: Collection[str]) -> None:
        """Keep a new passkey, and forget those that no roster has named for long.

        A browser does not prove that it holds a new passkey's private key: one whose public key
        stands in a roster was made elsewhere. Raises `SignInError` for that one, for one that is
        known, or where there are too many.
        """
        if credential.keyid in in_rosters:
            message = "a roster names this key already: a passkey made here has one of its own"
            raise SignInError(message)
        with self._kept.writing() as asking:
            _forget_unclaimed(asking, credential.made_at, in_rosters)
            ((count,),) = asking.rows("SELECT count(*) FROM jcgov.access_credentials")
            if count >= MOST:
                message = "too many passkeys wait to be appointed here; try again another day"
                raise SignInError(message)
            taken = asking.rows(
                "SELECT 1 FROM jcgov.access_credentials WHERE keyid = ?", (credential.keyid,)
            )
            added = not taken and asking.run(
                f"INSERT INTO jcgov.access_credentials ({_NAMES}) VALUES ({_MARKS})"  # noqa: S608
                " ON CONFLICT DO NOTHING",
                astuple(credential),
            )
        if not added:
            message = "this passkey is known here already; sign in with it"
            raise SignInError(message)

    def get(self, name: str) -> Credential | None:
        """Return the passkey of an identifier, or null."""
        return next(iter(self._found("WHERE id = ?", (name,))), None)

    def of_key(self, keyid: str) -> Credential | None:
        """Return the passkey of a key, or null."""
        return next(iter(self._found("WHERE keyid = ? ORDER BY made_at", (keyid,))), None)

    def of_person(self, keyids: Iterable[str]) -> list[Credential]:
        """Return the passkeys of keys, and those that they vouch for."""
        found = {}
        for keyid in keyids:
            for credential in self._found("WHERE keyid = ? OR vouched_by = ?", (keyid, keyid)):
                found[credential.id] = credential
        return sorted(found.values(), key=lambda credential: (credential.made_at, credential.id))

    def all(self) -> list[Credential]:
        """Return every passkey, the oldest first."""
        return self._found("ORDER BY made_at, id", ())

    def forget(self, name: str) -> None:
        """Forget a passkey, and end what it began."""
        with self._kept.writing() as asking:
            asking.run("DELETE FROM jcgov.access_credentials WHERE id = ?", (name,))
            asking.run("DELETE FROM jcgov.access_sessions WHERE credential = ?", (name,))

    def _found(self, rest: str, values: tuple[str, ...]) -> list[Credential]:
        with self._kept.reading() as asking:
            rows = asking.rows(
                f"SELECT {_NAMES} FROM jcgov.access_credentials {rest}",  # noqa: S608
                values,
            )
        return [Credential(*row) for row in rows]


def use(asking: Asking, credential: Credential, count: int, now: datetime) -> None:
    """Keep that a passkey was used; its counter never goes back (WebAuthn level 2, 6.1.1).

    Raises `SignInError` where another use was first with a counter as high.
    """
    changed = asking.run(
        "UPDATE jcgov.access_credentials SET sign_count = ?, used_at = ? WHERE id = ?"
        " AND (sign_count < ? OR (sign_count = 0 AND ? = 0))",
        (count, int(now.timestamp()), credential.id, count, count),
    )
    if not changed:
        message = "this passkey was used meanwhile, or was forgotten; try again"
        raise SignInError(message)


def _forget_unclaimed(asking: Asking, now: int, in_rosters: Collection[str]) -> None:
    old = now - int(UNCLAIMED.total_seconds())
    rows = asking.rows(
        "SELECT id, keyid FROM jcgov.access_credentials"
        " WHERE vouched_by IS NULL AND used_at IS NULL AND made_at < ?",
        (old,),
    )
    for name, keyid in rows:
        if keyid not in in_rosters:
            asking.run("DELETE FROM jcgov.access_credentials WHERE id = ?", (name,))
