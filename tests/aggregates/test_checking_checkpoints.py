"""The whole record's check of checkpoints: of this tree, signed by its keys, and growing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from aggregates.committee.events import AppointmentRecorded
from aggregates.transparency.events import CheckpointPublished, log_stream
from governance import assembly
from governance.demo.stage import Stage, ToldClock, Voice
from governance.keys.notes import NoteSigner
from governance.service import whole_record, workers
from governance.service.whole_record import check_record
from policies.proof.checkpoint import TreeHead
from policies.proof.note import Note, NoteKey
from tests.aggregates.room import CODE, Room
from tests.aggregates.test_checking_by_segments import Pool, Told, recorded
from tests.aggregates.watched import Watched, log_of
from tests.places import SQLitePlaces

STREAM = log_stream(CODE)
Change = Callable[[Told, "Log"], Told]


class Log:
    """A record with checkpoints, and the keys that signed them."""

    def __init__(self, told: Told, watched: Watched) -> None:
        self.told = told
        self.state = watched.room.state
        self.hand = watched.room.stage.engine.keys.log_hand(CODE, self.state.roster.log)
        self.cosign = {side: o.cosign for side, o in watched.onlookers.items()}

    def note(self, head: TreeHead, *sides: str) -> str:
        """Return a note that the log signs, cosigned by some."""
        assert self.hand is not None
        return str(self.hand(head, 1_767_582_000)) + "".join(self.cosign[s](head) for s in sides)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Log:
    """Three checkpoints, the last two under other keys than the first; one entry beyond them."""
    settings = SQLitePlaces().make(tmp_path_factory.mktemp("checkpoints") / "home")
    clock = ToldClock(datetime(2026, 1, 5, 2, tzinfo=UTC))
    with assembly.engine(settings, clock) as made:
        stage = Stage(made, clock, Voice(), settings.keys / "people")
        Room.seated(stage)
    with Watched.opened(stage) as watched:
        watched.name_witnesses()
        watched.publish()
        watched.state_engine(new_keys=("log",))
        watched.publish()
        watched.room.appoint("JP", watched.room.key("jp-hara", "jp-hara-second"))
        record = watched.room.stage.engine.record
        told = [(e.originator_id, e.event) for e in record.onwards().entries]
        return Log(told, watched)


def places_of(told: Told) -> list[int]:
    return [
        at for at, (_stream, event) in enumerate(told) if isinstance(event, CheckpointPublished)
    ]


def last(told: Told, **changes: Any) -> Told:
    """Change the last checkpoint."""
    at = places_of(told)[-1]
    event = told[at][1]
    assert isinstance(event, CheckpointPublished)
    return [*told[:at], (STREAM, replace(event, **changes)), *told[at + 1 :]]


def of_another_tree(told: Told, log: Log) -> Told:
    """A checkpoint, well signed by all, of a tree in which the last entry is another."""
    head = log_of(told[: places_of(told)[-1]], log.state.roster.log.origin)
    head = TreeHead(head.origin, head.size, bytes(32))
    return last(told, root=head.root.hex(), note=log.note(head, "JP", "MN"))


def shorter(told: Told, log: Log) -> Told:
    """A checkpoint of all events but one, which claims that it has them all."""
    head = log_of(told[: places_of(told)[-1]][:-1], log.state.roster.log.origin)
    return last(told, size=head.size, root=head.root.hex(), note=log.note(head, "JP", "MN"))


def by_one_side(told: Told, log: Log) -> Told:
    head = log_of(told[: places_of(told)[-1]], log.state.roster.log.origin)
    return last(told, note=log.note(head, "JP"))


def by_another_log(told: Told, log: Log) -> Told:
    head = log_of(told[: places_of(told)[-1]], log.state.roster.log.origin)
    keys = [(NoteSigner.new("ed25519"), "ed25519"), (NoteSigner.new("ml-dsa-44"), "ml-dsa-44")]
    lines = [
        signer.sign(NoteKey.of_log(head.origin, signer.record), head, 1_767_582_000)
        for signer, _scheme in keys
    ]
    note = str(Note(head.text, tuple(lines))) + log.cosign["JP"](head) + log.cosign["MN"](head)
    return last(told, note=note)


def not_there_yet(told: Told, _log: Log) -> Told:
    return last(told, version=99)


def no_further(told: Told, _log: Log) -> Told:
    """The last checkpoint once more."""
    at = places_of(told)[-1]
    return [*told[: at + 1], told[at], *told[at + 1 :]]


def in_another_stream(told: Told, _log: Log) -> Told:
    at = places_of(told)[-1]
    return [*told[:at], (log_stream("JP-ID"), told[at][1]), *told[at + 1 :]]


def an_entry_left_out(told: Told, _log: Log) -> Told:
    """Take out the last appointment before the first checkpoint."""
    first = places_of(told)[0]
    at = max(n for n in range(first) if isinstance(told[n][1], AppointmentRecorded))
    return [*told[:at], *told[at + 1 :]]


CASES: list[tuple[Change, str]] = [
    (of_another_tree, "the record's tree has 5 entries"),
    (shorter, "does not follow that of 4"),
    (by_one_side, "no quorum"),
    (by_another_log, "not signed by the log's key"),
    (not_there_yet, "not there yet"),
    (no_further, "does not follow that of 5"),
    (in_another_stream, "a checkpoint of JP-MN in JP-ID/log"),
]


@pytest.mark.parametrize("size", [None, 3], ids=["in one go", "segments of 3"])
@pytest.mark.parametrize(("change", "says"), CASES, ids=[change.__name__ for change, _ in CASES])
def test_a_checkpoint_that_is_not_the_trees_is_found_and_named(
    log: Log, change: Change, says: str, size: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = change(log.told, log)
    found = check(changed, size, monkeypatch)

    assert not found["ok"]
    assert says in found["detail"]
    assert f"(position {places_of(changed)[-1] + 1}) is not good" in found["detail"]
    assert found["events"] <= places_of(changed)[-1]


@pytest.mark.parametrize("size", [None, 1, 3])
def test_checkpoints_that_are_good_stand(
    log: Log, size: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = check(log.told, size, monkeypatch)

    assert found["ok"], found["detail"]
    assert found["events"] == len(log.told)


def test_an_entry_that_was_left_out_is_found(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    found = check(an_entry_left_out(log.told, log), None, monkeypatch)

    assert not found["ok"]


def check(told: Told, size: int | None, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Check a record of these events, in one go or by segments of a size."""
    record = recorded(told)
    if size is None:
        return check_record(record, lambda _count: None)
    monkeypatch.setattr(workers, "ProcessPoolExecutor", Pool)
    monkeypatch.setattr(whole_record, "SEGMENT", size)
    return check_record(record, lambda _count: None, lambda: record, cores=2)
