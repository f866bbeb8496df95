"""A host with the small log, and a mirror of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mirror.served import Host, served
from tests.policies.small_log import SmallLog


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    """Serve the small log as it is."""
    with served(Host(tmp_path / "host", SmallLog.told())) as found:
        found.show()
        yield found
