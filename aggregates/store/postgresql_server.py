"""What a PostgreSQL server is asked, and what it says, in words of ours."""

from __future__ import annotations

from typing import Any

import psycopg
from eventsourcing.persistence import InternalError, OperationalError, ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from policies.refusals import (
    NotFoundError,
    SomeoneActedFirstError,
    StorageError,
    UnreachableError,
    WrongHomeError,
)


def parts_of(url: str) -> dict[str, Any]:
    """Return the parts of a URL; what may be a piece of a password is quoted in no message."""
    message = "JCGOV_DATABASE_URL is no address of a PostgreSQL database"
    try:
        given = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        given = {}
    ports = str(given.get("port", "")).split(",")
    cut = "@" in f"{given.get('host', '')}{given.get('dbname', '')}"
    if not given or cut or not all(port.isdigit() for port in ports if port):
        message += (
            "; write postgresql://role:password@host:port/database, in the password %25 for %,"
            " %2F for /, %3A for :, %3F for ?, %40 for @"
        )
        raise WrongHomeError(message)
    return dict(given)


def require_utf8(cursor: psycopg.Cursor[tuple[Any, ...]]) -> None:
    """Refuse a database that cannot hold every text, or of which it is not told how it does."""
    (found,) = cursor.execute("SELECT getdatabaseencoding()").fetchone() or ("",)
    encoding = found.decode("ascii") if isinstance(found, bytes) else str(found)
    if encoding != "UTF8":
        message = (
            f"the database is of encoding {encoding}, and texts are kept in UTF8: make another"
            " (createdb -E UTF8 -T template0 NAME)"
        )
        raise WrongHomeError(message)


def require_role(cursor: psycopg.Cursor[tuple[Any, ...]], role: str) -> None:
    """Refuse a role that the server does not have."""
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,))
    if cursor.fetchone() is None:
        message = f"the server has no role {role!r}; make it first: CREATE ROLE ... LOGIN"
        raise NotFoundError(message)


def told(error: OperationalError | InternalError | ProgrammingError) -> Exception:
    """Return what an error of the server means, where it is no fault of the program's."""
    cause = error.__cause__
    match cause:
        case psycopg.errors.LockNotAvailable() | psycopg.errors.DeadlockDetected():
            return SomeoneActedFirstError("another writer holds the record; try again")
        case psycopg.errors.InsufficientPrivilege():
            message = (
                f"the database does not let this role do that ({_line(error)}); the owner of the"
                " tables may, and can let a role append and read: jcgov init --application ROLE"
            )
            return WrongHomeError(message)
        case psycopg.errors.DiskFull():
            message = (
                f"PostgreSQL has no room left on its disk ({_line(error)}); nothing was recorded by"
                " halves. Make room there, and repeat the command"
            )
            return StorageError(message)
        case psycopg.errors.ReadOnlySqlTransaction():
            message = (
                f"this PostgreSQL server takes no writes ({_line(error)}): it is a standby, or set"
                " so. Name the primary in JCGOV_DATABASE_URL, or all hosts with"
                " target_session_attrs=read-write"
            )
            return UnreachableError(message)
    if not isinstance(error, OperationalError):
        return error
    message = (
        f"PostgreSQL went away ({_line(error)}). Whether the last command was recorded is not"
        " known: look before you repeat it"
    )
    return UnreachableError(message)


def _line(error: BaseException) -> str:
    """Return what went wrong on one line, without the hints and statements below it."""
    cause = error.__cause__ or error
    said = cause.diag.message_primary if isinstance(cause, psycopg.Error) else None
    return " ".join((said or str(cause)).split())
