"""A PostgreSQL server seen as a place to make databases in, whoever runs it."""

from __future__ import annotations

import itertools
import os
import secrets
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

_SCHEMES = ("postgresql", "postgres")
_PROCESS = f"jcgov_test_{os.getpid()}_{secrets.token_hex(3)}"
_COUNTER = itertools.count(1)


class WrongAddressError(Exception):
    """The address of a given server is no URL, or nothing answers there; says what to do."""


class Databases:
    """The databases of the server at an address ``postgresql://user@host/database?options``.

    The address's own database is used for nothing but making and dropping others.
    """

    def __init__(self, address: str) -> None:
        self.address = address

    @classmethod
    def given(cls, address: str) -> Databases:
        """Take a running server. Raises WrongAddressError where it cannot be used."""
        if urlsplit(address).scheme not in _SCHEMES:
            message = (
                "JCGOV_TEST_DATABASE_URL is not of the form"
                " postgresql://user@host/database; unset it to use the wheel's server"
            )
            raise WrongAddressError(message)
        databases = cls(address)
        try:
            databases.drop_database(databases.create_database())
        except psycopg.Error as fault:
            message = (
                "the server that JCGOV_TEST_DATABASE_URL names cannot be used: it must answer, and"
                f" its user must be allowed to make databases ({fault})"
            )
            raise WrongAddressError(message) from fault
        return databases

    def url(self, database: str) -> str:
        """Return the URL of a database, for psycopg and for ``JCGOV_DATABASE_URL``."""
        parts = urlsplit(self.address)
        options = f"?{parts.query}" if parts.query else ""
        return f"{parts.scheme}://{parts.netloc}/{quote(database, safe='')}{options}"

    def create_database(self, rest: str = "encoding 'UTF8'") -> str:
        """Make an empty database that no other process or call gets, and return its URL."""
        name = f"{_PROCESS}_{next(_COUNTER)}"
        self._command(f"create database {{}} template template0 {rest}", name)
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Drop a database; whoever is still connected to it is cut off."""
        name = str(conninfo_to_dict(url)["dbname"])
        self._command("drop database if exists {} with (force)", name)

    def connect(self, database: str | None = None) -> psycopg.Connection[tuple[Any, ...]]:
        """Connect in autocommit mode, by default to the address's own database."""
        url = self.address if database is None else self.url(database)
        return psycopg.connect(url, autocommit=True, connect_timeout=10)

    def _command(self, command: str, *names: str) -> None:
        with self.connect() as connection:
            connection.execute(sql.SQL(command).format(*map(sql.Identifier, names)))
