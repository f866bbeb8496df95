"""``jcgov access``: who came to the desk, who is there, with which passkeys."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from governance.cli.arguments import command, json_option, stated, subcommands
from governance.cli.output import print_json, print_table
from governance.clock import utc_now
from policies.calendar import timestamp

if TYPE_CHECKING:
    from governance.kept.tables import Kept

_MOST = 100_000


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command with its subcommands."""
    parser = command(commands, common, "access", "Who came to the desk, and who is there.")
    below = subcommands(parser)
    record = command(
        below, common, "record", "Who signed in, from where; who was refused.", _record
    )
    record.add_argument("--limit", type=_count, default=100, metavar="N", help="newest; else 100")
    json_option(record)
    sessions = command(below, common, "sessions", "Every open session.", _sessions)
    json_option(sessions)
    passkeys = command(below, common, "passkeys", "Every passkey that is known here.", _passkeys)
    json_option(passkeys)
    end = command(below, common, "end", "End a session, or forget a passkey with its own.", _end)
    end.add_argument("name", type=stated, metavar="NAME", help="as sessions or passkeys shows it")


@contextmanager
def _kept(options: argparse.Namespace) -> Iterator[Kept | None]:
    """Open the tables, or nothing where no desk was ever open: looking makes no file."""
    from governance.access.opening import access_tables

    settings = options.settings
    there = settings.access.exists() if settings.database_url is None else True
    if not there:
        yield None
        return
    with access_tables(settings) as kept:
        yield kept


def _record(options: argparse.Namespace) -> int:
    from governance.access.entries import AccessRecord

    with _kept(options) as kept:
        record = None if kept is None else AccessRecord(kept, options.settings.access_days)
        found = [] if record is None else record.newest(options.limit)
    entries = [
        {
            "at": _instant(entry.at),
            "what": entry.what,
            "outcome": entry.outcome,
            "who": entry.who,
            "address": entry.address,
            "detail": entry.detail,
        }
        for entry in found
    ]
    return _shown(
        options, "Access record", entries, ("at", "what", "outcome", "who", "address", "detail")
    )


def _sessions(options: argparse.Namespace) -> int:
    from governance.access.credentials import Credentials
    from governance.access.sessions import Sessions

    with _kept(options) as kept:
        open_ones = [] if kept is None else Sessions(kept).all(utc_now())
        known_by = {} if kept is None else {each.id: each for each in Credentials(kept).all()}
        found = [(session, known_by.get(session.credential)) for session in open_ones]
    entries = [
        {
            "session": session.name,
            "passkey": None if known is None else known.label,
            "key": None if known is None else known.speaks_by,
            "began_at": _instant(session.began_at),
            "seen_at": _instant(session.seen_at),
            "address": session.address,
        }
        for session, known in found
    ]
    return _shown(
        options,
        "Sessions",
        entries,
        ("session", "passkey", "key", "began_at", "seen_at", "address"),
    )


def _passkeys(options: argparse.Namespace) -> int:
    from governance.access.credentials import Credentials

    with _kept(options) as kept:
        found = [] if kept is None else Credentials(kept).all()
    entries = [
        {
            "passkey": known.id,
            "label": known.label,
            "key": known.keyid,
            "vouched_by": known.vouched_by,
            "made_at": _instant(known.made_at),
            "used_at": _instant(known.used_at),
        }
        for known in found
    ]
    return _shown(
        options,
        "Passkeys",
        entries,
        ("passkey", "label", "key", "vouched_by", "made_at", "used_at"),
    )


def _end(options: argparse.Namespace) -> int:
    from governance.access.credentials import Credentials
    from governance.access.entries import DONE, AccessRecord, Entry
    from governance.access.sessions import Sessions
    from policies.refusals import NotFoundError

    with _kept(options) as kept:
        credentials = None if kept is None else Credentials(kept)
        ended = kept is not None and Sessions(kept).end(options.name)
        known = None if ended or credentials is None else credentials.get(options.name)
        if kept is None or not (ended or known):
            message = f"no session or passkey is called {options.name!r} here"
            raise NotFoundError(message)
        if known is not None and credentials is not None:
            credentials.forget(known.id)
        what = "end a session" if ended else "forget a passkey"
        who = None if known is None else known.keyid
        at = int(utc_now().timestamp())
        note = Entry(at, what, DONE, who, "command line")
        AccessRecord(kept, options.settings.access_days).note(note)
    print("the session is over" if ended else "the passkey is forgotten, and its sessions are over")
    return 0


def _shown(
    options: argparse.Namespace, title: str, entries: list[dict[str, Any]], columns: tuple[str, ...]
) -> int:
    if options.json:
        print_json(entries)
        return 0
    print_table(title, columns, [[entry[name] or "" for name in columns] for entry in entries])
    return 0


def _instant(at: int | None) -> str | None:
    return None if at is None else timestamp(datetime.fromtimestamp(at, UTC))


def _count(text: str) -> int:
    value = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
    if not 1 <= value <= _MOST:
        message = f"{text!r} is no number from 1 to {_MOST}"
        raise argparse.ArgumentTypeError(message)
    return value
