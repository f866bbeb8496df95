"""What a form makes, it makes once: the same form sent again goes to what was made before.

Each form that makes something carries a word of its own, made when the form was shown.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from governance.kept.tables import Kept
from policies.refusals import Refusal, SomeoneActedFirstError, UnreadableError

LASTS = timedelta(days=2)
"""Longer than any session, and so than any page whose form could still be sent."""
PATIENCE = 10.0
"""Seconds that a form waits for the same form, which another process is taking just now."""
_LOOK = 0.05
_WORD = re.compile(r"[A-Za-z0-9_-]{22,64}", re.ASCII)


def new_word() -> str:
    """Return the word for one form, to be brought back in its field `once`."""
    return secrets.token_urlsafe(18)


def said_by(fields: Mapping[str, str], files: Sequence[tuple[str, str, int]] = ()) -> str:
    """Return a digest of what a form says, its own word apart; files by field, name and size."""
    told = sorted((name, value) for name, value in fields.items() if name != "once")
    return hashlib.sha256(msgspec.json.encode([told, files])).hexdigest()


class Once:
    """The forms that were taken lately, by person and word, with the address of what they made."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def made(
        self, who: str, word: str | None, make: Callable[[], str], now: datetime, said: str = ""
    ) -> str:
        """Return the address that `make` returns, now or when the same form was taken before.

        `who` is a person of a committee, such as ``JP-MN jp-hara``; `said` is a digest of what the
        form says. Two at once make one: the other waits. What `make` refuses frees the word: the
        corrected form may be sent with it. Raises `UnreadableError` for a word that no page of ours
        has given, and `SomeoneActedFirstError` where the form was taken with other content, which
        is never passed over in silence, and where the first sending was cut off, so that nobody
        here knows what it has made.
        """
        if _WORD.fullmatch(word or "") is None:
            message = "the form has no word of its own; open its page again"
            raise UnreadableError(message)
        key = (who, str(word))
        ends = time.monotonic() + PATIENCE
        while not self._taken(key, now, said):
            known = self._known(key)
            if known is None:  # what took it was refused meanwhile
                continue
            address, before = known
            if address:
                _require_same(address, before, said)
                return address
            if time.monotonic() > ends:
                message = (
                    "this form was sent before and nobody can tell what came of it; look whether it"
                    " is there before you send it anew"
                )
                raise SomeoneActedFirstError(message)
            time.sleep(_LOOK)
        return self._make(key, make)

    def _make(self, key: tuple[str, str], make: Callable[[], str]) -> str:
        """Make it under a word that is ours; any fault may have come after it was recorded."""
        try:
            address = make()
        except Refusal:
            with self._kept.writing() as asking:
                asking.run("DELETE FROM jcgov.access_forms WHERE who = ? AND word = ?", key)
            raise
        with self._kept.writing() as asking:
            asking.run(
                "UPDATE jcgov.access_forms SET address = ? WHERE who = ? AND word = ?",
                (address, *key),
            )
        return address

    def _taken(self, key: tuple[str, str], now: datetime, said: str) -> bool:
        """Take a word; false where it is taken already."""
        instant = int(now.timestamp())
        old = instant - int(LASTS.total_seconds())
        with self._kept.writing() as asking:
            asking.run("DELETE FROM jcgov.access_forms WHERE taken_at < ?", (old,))
            statement = (
                "INSERT INTO jcgov.access_forms VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
            )
            return asking.run(statement, (*key, said, "", instant)) == 1

    def _known(self, key: tuple[str, str]) -> tuple[str, str] | None:
        """Return the address of what was made, empty while it is made, and what the form said.

        Null where no word is.
        """
        with self._kept.reading() as asking:
            rows = asking.rows(
                "SELECT address, said FROM jcgov.access_forms WHERE who = ? AND word = ?", key
            )
        return (str(rows[0][0]), str(rows[0][1])) if rows else None


def _require_same(address: str, before: str, said: str) -> None:
    if before != said:
        message = (
            "this form was sent already, and said something else; what it made stands at"
            f" {address}. Look there first: sent again, this is recorded as well"
        )
        raise SomeoneActedFirstError(message)
