"""The file that a record lies in: whether it is ours, and how it is opened to be read only."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing, suppress
from pathlib import Path

from aggregates.store.sqlite_asking import faults_told
from policies.refusals import StorageError, WrongHomeError

APPLICATION_ID = 0x4A434756  # "JCGV"
FORMAT = 1


def make(file: Path, application: int = APPLICATION_ID, *, private: bool = False) -> None:
    """Make an empty file of ours, whole at once: of programs that begin together, one makes it.

    A private one is for its owner alone, and so is what SQLite keeps beside it.

    SQLite lets nobody wait while a file is first put into its write-ahead mode. Where the file
    system knows no hard links, the first opening makes the file.
    """
    if file.exists():
        return
    try:
        with (
            faults_told(file),
            tempfile.TemporaryDirectory(dir=file.parent, prefix=f".{file.name}-") as folder,
        ):
            new = Path(folder) / "new"
            with closing(sqlite3.connect(new)) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute(f"PRAGMA application_id = {application}")
                connection.execute(f"PRAGMA user_version = {FORMAT}")
            if private:
                new.chmod(0o600)
            with suppress(OSError):
                file.hardlink_to(new)
            if private and not file.exists():
                os.close(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600))
    except OSError as error:
        message = f"{file} cannot be made: {error.strerror}"
        raise StorageError(message) from None


def read_only_uri(file: Path) -> str:
    """Return the URI that opens a file without writing beside it.

    Where its folder cannot be written, SQLite could not make its shared-memory file; with nothing
    left in the write-ahead log the file alone is whole. Raises `WrongHomeError` if the last writer
    was interrupted there.
    """
    uri = f"{file.resolve().as_uri()}?mode=ro"
    if os.access(file.parent, os.W_OK):
        return uri
    log = file.with_name(f"{file.name}-wal")
    if log.exists() and log.stat().st_size:
        message = (
            f"{file} was left in the middle of a write, and {file.parent} cannot be written here;"
            " open it once where it can be"
        )
        raise WrongHomeError(message)
    return f"{uri}&immutable=1"


def require_ours(file: Path, wanted: int = APPLICATION_ID) -> None:
    """Raise `WrongHomeError` if a file is there that is no record of this format."""
    if not file.exists() or file.stat().st_size == 0:
        return
    try:
        with (
            faults_told(file),
            closing(sqlite3.connect(read_only_uri(file), uri=True)) as connection,
        ):
            (application,) = connection.execute("PRAGMA application_id").fetchone()
            (version,) = connection.execute("PRAGMA user_version").fetchone()
    except sqlite3.DatabaseError as error:
        message = f"{file} cannot be read as a record: {error}"
        raise WrongHomeError(message) from None
    if application != wanted:
        message = f"{file} is a database of another program; name another home"
        raise WrongHomeError(message)
    if version != FORMAT:
        message = f"{file} is of format {version}; this program reads format {FORMAT}"
        raise WrongHomeError(message)
