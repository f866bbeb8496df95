"""Which PostgreSQL a test run uses: the one it was given, else one of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.postgresql.databases import Databases
from tests.postgresql.server import Server


@contextmanager
def chosen(given: str | None) -> Iterator[Databases]:
    """Use the server at the address that was given, or start one for as long as it is needed."""
    if given:
        yield Databases.given(given)
        return
    with Server.start() as server:
        yield server
