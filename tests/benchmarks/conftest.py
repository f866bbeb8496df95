"""The record that holds the small history."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from aggregates.store.record import Record
from tests.benchmarks.histories import fill
from tests.benchmarks.small import SMALL


@pytest.fixture(scope="session")
def record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    """A record that holds the small history; it is only read."""
    record = Record.open(tmp_path_factory.mktemp("history") / "jcgov.sqlite")
    fill(record, SMALL)
    yield record
    record.close()
