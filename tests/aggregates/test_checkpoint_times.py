"""Each checkpoint is dated by an authority as well, where there is one; nothing waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from governance.service.timing import Times
from governance.timestamp import stamp, verify
from policies.refusals import UnreachableError
from tests.aggregates.room import CODE, Room
from tests.aggregates.watched import Watched
from tests.governance.authority import Authority


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.at(tmp_path_factory.mktemp("tsa"))


@pytest.fixture
def watched(room: Room) -> Iterator[Watched]:
    with Watched.opened(room.stage) as found:
        yield found


def test_it_is_kept_with_the_checkpoint_and_read_by_openssl(
    watched: Watched, authority: Authority, tmp_path: Path
) -> None:
    transport = authority.transport()
    times = Times(tmp_path, lambda data: stamp(data, "https://tsa.example/", transport))
    watched.publish()
    (event,) = watched.checkpoints

    assert times.take(CODE, event) is None

    kept, note = tmp_path / CODE / f"{event.size}.tsr", event.note.encode()
    assert verify(kept.read_bytes(), note, authority.roots).year > 2000
    named = ("-in", str(kept), "-data", str(kept.with_suffix(".checkpoint")))
    assert "OK" in authority.openssl("ts", "-verify", *named, "-CAfile", "root.pem")
    before = kept.read_bytes()
    assert times.take(CODE, event) is None
    assert kept.read_bytes() == before


def test_an_authority_that_is_away_delays_no_checkpoint_and_is_asked_again(
    watched: Watched, authority: Authority, tmp_path: Path
) -> None:
    def away(_data: bytes) -> bytes:
        message = "nobody answers"
        raise UnreachableError(message)

    publisher = watched.room.stage.engine.publisher
    publisher._times = Times(tmp_path, away)

    outlook = watched.publish()

    assert outlook.published is not None
    assert outlook.untimed == f"no time for the checkpoint of {outlook.size}: nobody answers"
    assert not (tmp_path / CODE).exists()
    publisher._times = Times(
        tmp_path, lambda data: stamp(data, "https://tsa.example/", authority.transport())
    )
    assert watched.publish().untimed is None
    assert (tmp_path / CODE / f"{outlook.size}.tsr").exists()
