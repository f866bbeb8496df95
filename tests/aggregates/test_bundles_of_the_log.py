"""A bundle gains the log's proof with the first checkpoint over it, and never changes then."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from policies.proof.audit import verify
from policies.proof.bundle import Bundle
from policies.proof.inclusion import Inclusion
from policies.refusals import LogFilesError
from tests.aggregates.room import CODE, Room
from tests.aggregates.watched import Watched


@pytest.fixture
def named(room: Room) -> Iterator[Watched]:
    with Watched.opened(room.stage) as watched:
        watched.name_witnesses()
        watched.publish()
        yield watched


def adopt(watched: Watched) -> int:
    """Let the committee adopt a measure by electronic means, at once; return the proposal."""
    room = watched.room
    proposal = room.distribute()
    room.sign(proposal, "jp-hara", "mn-bold")
    room.affirm(proposal, "jp-mori", "jp-ueda", "mn-dorj", "mn-sara")
    assert room.adoption(proposal) is not None
    return proposal


def checks(bundle: bytes, watched: Watched, **how: Any) -> dict[str, bool]:
    """Return what holds of a bundle, by step."""
    return {c.check: c.ok for c in verify(bundle, watched.room.trust, **how).checks}


def test_a_bundle_has_no_proof_before_a_checkpoint_covers_it(named: Watched) -> None:
    proposal = adopt(named)
    bundle = named.room.bundle(proposal)

    assert (Bundle.from_bytes(bundle).proof, Bundle.from_bytes(bundle).before) == (None, None)
    assert checks(bundle, named)["logged"] is False
    assert all(checks(bundle, named, require="signed").values())


def test_a_covered_bundle_is_witnessed_and_says_between_which_times_it_was_adopted(
    named: Watched,
) -> None:
    named.room.at("2026-01-05 03:00")
    proposal = adopt(named)
    named.room.at("2026-01-05 04:00")
    named.publish()

    audit = verify(named.room.bundle(proposal), named.room.trust)

    assert audit.ok, audit.checks
    (witnessed,) = (check.detail for check in audit.checks if check.check == "witnessed")
    assert "witnessed since 2026-01-05T04:00:00Z" in witnessed
    assert "adopted between 2026-01-05T02:00:00Z and then" in witnessed


def test_once_it_is_covered_a_bundle_never_changes(named: Watched) -> None:
    first = adopt(named)
    named.publish()
    bundle = named.room.bundle(first)

    for _ in range(3):
        second = adopt(named)
        named.publish()
    named.state_engine(new_keys=("log", "record"))
    named.publish()

    assert named.room.bundle(first) == bundle
    assert verify(bundle, named.room.trust).ok
    assert verify(named.room.bundle(second), named.room.trust).ok
    third = adopt(named)
    named.publish()
    audit = verify(named.room.bundle(third), named.room.trust)
    assert audit.ok, audit.checks


def test_the_proof_is_of_the_first_checkpoint_that_covers_it(named: Watched) -> None:
    named.lose("MN")
    first, second = adopt(named), adopt(named)
    named.publish()
    named.reach("MN")
    named.publish()
    third = adopt(named)
    named.publish()

    proofs = [
        Inclusion.parse(Bundle.from_bytes(named.room.bundle(p)).proof)
        for p in (first, second, third)
    ]

    before, covering, last = named.checkpoints[-3:]
    assert [proof.checkpoint for proof in proofs] == [covering.note, covering.note, last.note]
    assert before.size <= proofs[0].index < proofs[1].index < covering.size <= proofs[2].index


def test_what_only_later_log_keys_have_signed_is_no_proof_under_the_earlier(
    named: Watched,
) -> None:
    proposal = adopt(named)
    statement = named.statement(new_keys=("log", "log-ml-dsa-44"))
    for purpose in ("log", "log-ml-dsa-44"):
        (named.room.stage.engine.settings.keys / f"{CODE}.{purpose}.key").unlink()
    named.submit(statement)
    named.publish()

    bundle = named.room.bundle(proposal)

    assert Bundle.from_bytes(bundle).proof is None
    assert verify(bundle, named.room.trust, "signed").ok


def test_from_altered_tiles_no_proof_is_made(named: Watched) -> None:
    proposal = adopt(named)
    named.publish()
    folder = named.room.stage.engine.settings.log / CODE / "tile" / "0"
    for file in folder.rglob("*"):
        if file.is_file():
            data = bytearray(file.read_bytes())
            data[0] ^= 1
            file.write_bytes(data)
    named.room.stage.engine.publisher.logs.close()

    with pytest.raises(LogFilesError):
        named.room.bundle(proposal)
