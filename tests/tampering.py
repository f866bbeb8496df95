"""Changing what is stored as someone would who can: past the triggers, on either engine."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import psycopg

from governance.settings import Settings


class Dialect:
    """How an engine names what tampering needs."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.sqlite = settings.database_url is None
        self.events = "events" if self.sqlite else "jcgov.events"
        self.position = "rowid" if self.sqlite else "notification_id"

    def blob(self, data: bytes) -> str:
        """Write bytes as SQL."""
        return f"x'{data.hex()}'" if self.sqlite else f"'\\x{data.hex()}'::bytea"

    def allowed(self, *statements: str) -> None:
        """Run statements as the tables' owner, with everything that guards them in place."""
        if self.sqlite:
            with closing(sqlite3.connect(self._settings.database)) as file, file:
                for statement in statements:
                    file.execute(statement)
            return
        with psycopg.connect(str(self._settings.database_url)) as database:
            for statement in statements:
                database.execute(statement.encode())

    def edit(self, *statements: str) -> None:
        """Run statements as the tables' owner, who first takes away what guards them."""
        if self.sqlite:
            with closing(sqlite3.connect(self._settings.database)) as file:
                names = file.execute(
                    "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'events'"
                ).fetchall()
            self.allowed(*(f"DROP TRIGGER {name}" for (name,) in names), *statements)
            return
        disable = "ALTER TABLE jcgov.events DISABLE TRIGGER ALL"
        enable = "ALTER TABLE jcgov.events ENABLE TRIGGER ALL"
        self.allowed(disable, *statements, enable)

    def change(self, position: int, change: str) -> None:
        """Alter the event at a position."""
        self.edit(f"UPDATE {self.events} SET {change} WHERE {self.position} = {position}")  # noqa: S608

    def delete(self, where: str) -> None:
        """Drop the events that fit; `{position}` is the column of positions."""
        self.edit(f"DELETE FROM {self.events} WHERE {where.format(position=self.position)}")  # noqa: S608

    def insert(self, like: int, values: str) -> None:
        """Put an event in, made from the one at a position."""
        select = f"SELECT {values} FROM {self.events} WHERE {self.position} = {like}"  # noqa: S608
        self.edit(f"INSERT INTO {self.events} {select}")
