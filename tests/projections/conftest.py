"""What the tests of followers share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from governance import assembly
from governance.settings import Settings
from tests.projections.desk import Desk, closed, opened


@pytest.fixture
def desk(place: Settings) -> Iterator[Desk]:
    assembly.make_tables(place)
    with assembly.open_record(place) as record, closing(opened(place, record)) as tables:
        record.append("JP-MN", 0, [closed(n) for n in range(1, 41)])
        yield Desk(place, record, tables)
