"""What is asked to be signed in a browser, and the signatures made there, to be shown again."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from governance.kept.tables import Kept
from governance.service.requests import Request
from policies.proof.canonical import is_digest
from policies.proof.dsse import Envelope
from policies.proof.statements import Appointment
from policies.refusals import NotFoundError, SignInError

LASTS = timedelta(days=60)
MOST = 20_000
_SIGNATURE = "digest, keyid, envelope, says, made_at"


class Signed(msgspec.Struct, frozen=True):
    """A signature that was made in a browser: the envelope with it alone, and what came of it."""

    digest: str
    keyid: str
    envelope: str
    says: str
    made_at: int

    def read(self) -> Envelope:
        """Return the envelope."""
        return Envelope.from_bytes(self.envelope.encode("utf-8"))


class Asked(msgspec.Struct, frozen=True):
    """A request that is kept, whose it is (a key's id), and when it was made."""

    digest: str
    request: Request
    made_by: str | None
    made_at: int


class Requests:
    """The requests that are open in browsers here."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def keep(self, request: Request, committee: str, made_by: str | None, now: datetime) -> str:
        """Keep a request, and return its statement's digest; the same again changes nothing."""
        digest, instant = request.envelope.digest, int(now.timestamp())
        with self._kept.writing() as asking:
            old = instant - int(LASTS.total_seconds())
            asking.run("DELETE FROM jcgov.access_requests WHERE made_at < ?", (old,))
            ((count,),) = asking.rows("SELECT count(*) FROM jcgov.access_requests")
            if count >= MOST:
                message = "too many requests wait to be signed here; use the command line"
                raise SignInError(message)
            asking.run(
                "INSERT INTO jcgov.access_requests VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (digest, committee, request.to_bytes().decode("utf-8"), made_by, instant),
            )
        return digest

    def get(self, digest: str) -> Request:
        """Return the request of a statement; raise `NotFoundError` if none is kept."""
        with self._kept.reading() as asking:
            rows = (
                asking.rows("SELECT request FROM jcgov.access_requests WHERE digest = ?", (digest,))
                if is_digest(digest)
                else []
            )
        if not rows:
            message = "no request with that digest is open here, or it was too long ago"
            raise NotFoundError(message)
        return Request.from_bytes(rows[0][0].encode("utf-8"))

    def appointments(self, committee: str, limit: int) -> list[Asked]:
        """Return the newest appointments that somebody who was signed in has asked for."""
        return self._appointments(committee, "made_by IS NOT NULL", limit)

    def signed_appointments(self, committee: str, limit: int) -> list[Asked]:
        """Return the newest appointments of a passkey that its own key has signed here.

        Anybody can make a passkey and claim to be somebody: only its side's authority knows.
        """
        signed = "digest IN (SELECT digest FROM jcgov.access_signatures) AND made_by IS NULL"
        return self._appointments(committee, signed, limit)

    def asked(self, digest: str) -> Asked:
        """Return a request with who made it; raise `NotFoundError` if none is kept."""
        request = self.get(digest)
        with self._kept.reading() as asking:
            rows = asking.rows(
                "SELECT made_by, made_at FROM jcgov.access_requests WHERE digest = ?", (digest,)
            )
        return Asked(digest, request, *next(iter(rows), (None, 0)))

    def _appointments(self, committee: str, which: str, limit: int) -> list[Asked]:
        of_kind = f'%"payloadType":"{Appointment.payload_type}"%'
        with self._kept.reading() as asking:
            rows = asking.rows(
                "SELECT digest, request, made_by, made_at FROM jcgov.access_requests"  # noqa: S608
                f" WHERE committee = ? AND request LIKE ? AND {which}"
                " ORDER BY made_at DESC, digest LIMIT ?",
                (committee, of_kind, limit),
            )
        found = (
            Asked(digest, Request.from_bytes(text.encode("utf-8")), *made)
            for digest, text, *made in rows
        )
        kind = Appointment.payload_type
        return [each for each in found if each.request.envelope.payload_type == kind]

    def signed(self, made: Signed) -> None:
        """Keep a signature that was made here; a later one of the same key stands in its place."""
        values = (made.digest, made.keyid, made.envelope, made.says, made.made_at)
        with self._kept.writing() as asking:
            asking.run(
                "DELETE FROM jcgov.access_signatures WHERE digest = ? AND keyid = ?", values[:2]
            )
            asking.run(
                f"INSERT INTO jcgov.access_signatures ({_SIGNATURE})"  # noqa: S608
                " VALUES (?, ?, ?, ?, ?)",
                values,
            )

    def signatures(self, digest: str) -> list[Signed]:
        """Return the signatures that were made here under a statement."""
        with self._kept.reading() as asking:
            rows = asking.rows(
                f"SELECT {_SIGNATURE} FROM jcgov.access_signatures"  # noqa: S608
                " WHERE digest = ? ORDER BY made_at, keyid",
                (digest,),
            )
        return [Signed(*row) for row in rows]
