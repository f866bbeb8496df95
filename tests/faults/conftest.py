"""What the tests of faults share: a durable server of their own, and everyone's keys."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.commands import make_cast
from tests.places import Places, PostgreSQLPlaces, SQLitePlaces
from tests.postgresql.server import Server

LONG = bool(os.environ.get("JCGOV_LONG"))
DURABLE = {"fsync": "off"}
"""Durable against the death of every process; the machine itself goes on."""


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Return a durable server that tests may kill and start again, also where one was given."""
    with Server.start(durable=True, settings=DURABLE) as started:
        yield started


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def places(request: pytest.FixtureRequest) -> Iterator[Places]:
    """Return places on each engine in turn; on PostgreSQL on the server that may be killed."""
    if request.param == "sqlite":
        yield SQLitePlaces()
        return
    yield PostgreSQLPlaces(request.getfixturevalue("server"))


@pytest.fixture(scope="session")
def cast(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of everyone's keys; nobody writes to it."""
    folder = tmp_path_factory.mktemp("cast") / "keys"
    make_cast(folder)
    return folder
