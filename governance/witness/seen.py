"""What a witness remembers: of each log the last checkpoint that it cosigned, and the evidence.

A checkpoint is on disk before its cosignature leaves; comparing and replacing is one transaction.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from policies.proof.checkpoint import TreeHead
from policies.refusals import StorageError, WrongHomeError

APPLICATION = 0x4A435754  # "JCWT": tells this file from other programs' databases
FORMAT = 1
_BUSY_SECONDS = 30.0
_TABLE = """CREATE TABLE seen (
    origin TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    note TEXT NOT NULL,
    cosigned_at TEXT NOT NULL)"""


@dataclass(frozen=True, slots=True)
class Seen:
    """The last checkpoint of a log that was cosigned, as the log wrote it, and when (RFC 3339)."""

    head: TreeHead
    note: str
    at: str


class Memory:
    """A witness's memory in a folder that nobody else writes to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = folder / "witness.sqlite3"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with closing(self._connect()) as connection, connection:
                _make(connection, self._file)
        except (OSError, sqlite3.Error) as error:
            message = f"the witness cannot keep anything in {folder}: {error}"
            raise StorageError(message) from None

    @contextmanager
    def turn(self, origin: str) -> Iterator[Turn]:
        """Give one request its turn at a log; what it remembers is on disk when the turn ends.

        Raises `StorageError`.
        """
        try:
            with closing(self._connect()) as connection:
                connection.execute("BEGIN IMMEDIATE")
                with connection:
                    yield Turn(connection, origin)
        except sqlite3.Error as error:
            message = f"the witness cannot remember: {error}"
            raise StorageError(message) from None

    def all(self) -> list[Seen]:
        """Return what was seen last of every log, by origin."""
        with closing(self._connect()) as connection:
            rows = connection.execute("SELECT * FROM seen ORDER BY origin").fetchall()
        return [_seen(row) for row in rows]

    def keep_evidence(self, why: str, at: str, held: Seen | None, request: bytes) -> Path:
        """Keep what shows that a log is not what it was; the same request is kept once."""
        folder = self.folder / "evidence"
        file = folder / f"{sha256(request).hexdigest()[:32]}.json"
        text = {
            "why": why,
            "at": at,
            "cosigned_before": None if held is None else held.note,
            "cosigned_at": None if held is None else held.at,
            "request": request.decode("utf-8", "backslashreplace"),
        }
        try:
            folder.mkdir(exist_ok=True)
            with file.open("x", encoding="utf-8") as stream:
                json.dump(text, stream, ensure_ascii=False, indent=1)
        except FileExistsError:
            pass
        except OSError as error:
            message = f"the evidence cannot be kept in {folder}: {error}"
            raise StorageError(message) from None
        return file

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, timeout=_BUSY_SECONDS, isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        return connection


class Turn:
    """One request's turn at a log: what was seen last, and what is seen now."""

    def __init__(self, connection: sqlite3.Connection, origin: str) -> None:
        self._connection = connection
        self._origin = origin

    @property
    def last(self) -> Seen | None:
        """The last checkpoint that was cosigned."""
        row = self._connection.execute(
            "SELECT * FROM seen WHERE origin = ?", (self._origin,)
        ).fetchone()
        return None if row is None else _seen(row)

    def remember(self, seen: Seen) -> None:
        """Put a checkpoint in the place of the last one."""
        head = seen.head
        self._connection.execute(
            "INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?, ?)",
            (head.origin, head.size, head.root, seen.note, seen.at),
        )


def _seen(row: tuple[str, int, bytes, str, str]) -> Seen:
    origin, size, root, note, at = row
    return Seen(TreeHead(origin, size, root), note, at)


def _make(connection: sqlite3.Connection, file: Path) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (form,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if (application, form) == (APPLICATION, FORMAT):
        return
    if application or form or tables:
        message = f"{file} is not this witness's memory; name another folder"
        raise WrongHomeError(message)
    connection.execute(_TABLE)
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {FORMAT}")
