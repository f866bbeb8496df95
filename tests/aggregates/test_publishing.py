"""Publishing checkpoints: who must cosign, what delays one, and that no decision waits for it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta

import pytest

from governance import assembly
from governance.demo.stage import Stage
from governance.exchange.backup import Backup, write_backup
from governance.service.whole_record import check_record
from governance.service.witnessing import Outcome
from policies.proof.checkpoint import read_checkpoint, require_quorum
from tests.aggregates.room import CODE, Room
from tests.aggregates.watched import Watched, tree_of
from tests.places import Places
from tests.witnesses import Misbehaviour, Onlooker, Said, head_in


@pytest.fixture
def watched(room: Room) -> Iterator[Watched]:
    with Watched.opened(room.stage) as found:
        yield found


@pytest.fixture
def named(watched: Watched) -> Watched:
    """The same, with both witnesses named."""
    watched.name_witnesses()
    return watched


def adopted(watched: Watched) -> None:
    """Let the committee adopt a measure by electronic means."""
    room = watched.room
    proposed = room.propose()
    room.stage.engine.proposals.distribute(CODE, proposed.proposal)
    for person in ("jp-hara", "mn-bold"):
        room.stage.submit(room.stage.sign(room.text(proposed.proposal).envelope, person))


# The quorum


def test_a_log_without_witnesses_is_published_under_its_own_keys_alone(watched: Watched) -> None:
    outlook = watched.publish()

    (event,) = watched.checkpoints
    assert outlook.published == event
    keys = watched.keys_at(event.version)
    found = read_checkpoint(event.note, keys)
    assert found.head == tree_of(keys.origin, watched.entries)
    assert not found.cosigned
    assert len(found.note.signatures) == 2


def test_the_keys_of_before_cover_all_that_stands_before_an_engine_statement(
    named: Watched,
) -> None:
    (event,) = named.checkpoints

    assert event.size == len(named.entries) - 1


def test_a_checkpoint_is_published_once_both_sides_have_cosigned_it(named: Watched) -> None:
    outlook = named.publish()

    event = named.checkpoints[-1]
    keys = named.keys_at(event.version)
    found = read_checkpoint(event.note, keys)
    assert (event.size, found.head) == (len(named.entries), tree_of(keys.origin, named.entries))
    assert require_quorum(keys, found.cosigned, ("JP", "MN"))
    assert [answer.outcome for answer in outlook.answers] == [Outcome.COSIGNED] * 2
    up = named.room.stage.engine.publisher.logs.up(CODE)
    assert up.files.checkpoint() == event.note


def test_nothing_new_is_not_published_again_and_nobody_is_asked(named: Watched) -> None:
    named.publish()
    before = len(named.onlookers["JP"].asked)

    outlook = named.publish()

    assert (outlook.published, outlook.waiting, outlook.why) == (None, 0, None)
    assert len(named.onlookers["JP"].asked) == before


# A witness that is away


def test_a_witness_that_is_away_delays_the_checkpoint_and_no_decision(named: Watched) -> None:
    named.publish()
    named.lose("MN")
    adopted(named)

    outlook = named.publish()

    assert outlook.published is None
    assert outlook.waiting > 0
    assert "no quorum; not there: witness.mn.example/log" in (outlook.why or "")
    assert {a.name: a.outcome for a in outlook.answers}["witness.mn.example/log"] == "no address"
    size = len(named.checkpoints)
    named.reach("MN")
    assert named.publish().published == named.checkpoints[size]


def test_who_has_cosigned_is_not_asked_again_while_another_is_awaited(named: Watched) -> None:
    named.lose("MN")
    named.publish()
    asked = len(named.onlookers["JP"].asked)

    named.publish()
    named.reach("MN")
    named.publish()

    assert len(named.onlookers["JP"].asked) == asked
    assert len(named.checkpoints) == 2


# Witnesses that do what they should not


def off(minutes: float) -> Misbehaviour:
    """Cosign at a time that is so many minutes off."""

    def cosigned(onlooker: Onlooker, body: bytes) -> Said:
        at = onlooker.clock() + timedelta(minutes=minutes)
        return Said(200, onlooker.cosign(head_in(body), at))

    return cosigned


@pytest.mark.parametrize(("minutes", "good"), [(5, True), (-5, True), (5.1, False), (-60, False)])
def test_a_cosignature_whose_time_is_more_than_five_minutes_off_is_dropped_and_named(
    named: Watched, minutes: float, good: bool
) -> None:
    named.onlookers["MN"].instead = off(minutes)
    named.room.stage.clock.now += timedelta(minutes=10)

    outlook = named.publish()

    assert (outlook.published is not None) == good
    outcomes = {answer.side: answer.outcome for answer in outlook.answers}
    assert outcomes == {"JP": "cosigned", "MN": "cosigned" if good else "wrong time"}


def test_nobody_cosigns_what_was_not_recorded_yet(named: Watched) -> None:
    """A clock that is slow around midnight would date an adoption on the day before it."""
    adopted(named)
    named.onlookers["MN"].instead = off(-0.1)
    assert named.publish().published is None

    named.onlookers["MN"].instead = None

    assert named.publish().published is not None


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (Said(200, ""), "refused"),
        (Said(200, "no line\n"), "refused"),
        (Said(200, "— witness.mn.example/log AAAAAAAA\n"), "refused"),
        (Said(403, "who are you?"), "refused"),
        (Said(404), "refused"),
        (Said(409, "many\n", "text/x.tlog.size"), "refused"),
        (Said(409, "99999\n", "text/x.tlog.size"), "ahead"),
        (Said(422, "that is not what I saw"), "other history"),
    ],
)
def test_an_answer_that_is_no_cosignature_does_not_count_and_is_said(
    named: Watched, said: Said, outcome: str
) -> None:
    named.onlookers["MN"].instead = lambda _onlooker, _body: said

    outlook = named.publish()

    assert outlook.published is None
    assert {answer.side: answer.outcome for answer in outlook.answers}["MN"] == outcome
    kept = list(named.room.stage.engine.settings.log_evidence.glob("JP-MN/*.txt"))
    assert len(kept) == (outcome == "other history")
    for file in kept:
        assert b"that is not what I saw" in file.read_bytes()
        assert head_in(file.read_bytes().partition(b"\n\n")[2].partition(b"--- ")[0]).size > 0


def test_a_cosignature_by_another_key_does_not_count(named: Watched) -> None:
    room, name = named.room, named.onlookers["MN"].name
    stranger = Onlooker(name, "MN", lambda: room.state.roster.log_keys, room.stage.clock)
    named.ways.ways[CODE, stranger.name] = stranger.add_checkpoint

    assert named.publish().published is None


def test_a_witness_that_holds_another_size_is_asked_again_from_there(named: Watched) -> None:
    named.publish()
    for onlooker in named.onlookers.values():
        onlooker.size, onlooker.root = 3, tree_of("", named.entries[:3]).root
    named.room.appoint("JP", named.room.key("jp-hara", "jp-hara-second"))

    assert named.publish().published is not None
    assert named.onlookers["JP"].asked[-1].startswith(b"old 3\n")
    assert named.onlookers["JP"].size == len(named.entries)


def test_a_rewritten_history_is_not_cosigned_and_the_evidence_is_kept(named: Watched) -> None:
    named.publish()
    for onlooker in named.onlookers.values():
        onlooker.root = bytes(32)
    named.room.appoint("JP", named.room.key("jp-hara", "jp-hara-second"))

    outlook = named.publish()

    assert [answer.outcome for answer in outlook.answers] == ["other history"] * 2
    evidence = named.room.stage.engine.settings.log_evidence / "JP-MN"
    assert len(list(evidence.iterdir())) == 2
    named.publish()
    assert len(list(evidence.iterdir())) == 2


# Killed in the middle, and several at once


def test_killed_before_it_was_recorded_it_is_published_by_the_next(
    named: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher = named.room.stage.engine.publisher
    with monkeypatch.context() as patched:
        patched.setattr(publisher, "_record", _killed)
        with pytest.raises(KeyboardInterrupt):
            publisher.publish(CODE)
    assert named.onlookers["JP"].size == len(named.entries)

    again = assembly.publisher_of(named.room.stage.engine.settings, publisher.desk, named.ways)
    assert again.publish(CODE).published is not None


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_killed_after_it_was_recorded_the_checkpoint_is_put_in_its_place(
    named: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = named.room.stage.engine
    files = engine.publisher.logs.up(CODE).files
    old = files.checkpoint()
    with monkeypatch.context() as patched:
        patched.setattr(type(files), "publish", _killed)
        with pytest.raises(KeyboardInterrupt):
            engine.publisher.publish(CODE)
    assert files.checkpoint() == old

    again = assembly.publisher_of(engine.settings, engine.desk, named.ways)
    assert again.publish(CODE).published is None
    assert files.checkpoint() == named.checkpoints[-1].note


def test_of_two_who_publish_at_once_one_does_and_the_other_goes_on(named: Watched) -> None:
    engine = named.room.stage.engine
    other = assembly.publisher_of(engine.settings, engine.desk, named.ways)
    first = named.onlookers["MN"]
    published = []

    def meanwhile(onlooker: Onlooker, body: bytes) -> Said | None:
        onlooker.instead = None
        published.append(other.publish(CODE).published)
        return None

    first.instead = meanwhile

    outlook = named.publish()

    assert published[0] is not None
    assert outlook.published is None
    assert len(named.checkpoints) == 2
    assert named.publish().why is None


def test_a_restored_backup_goes_on_with_the_same_log(
    named: Watched, places: Places, tmp_path_factory: pytest.TempPathFactory
) -> None:
    named.publish()
    engine = named.room.stage.engine
    settings = places.make(tmp_path_factory.mktemp("restored") / "home")
    backed_up = io.BytesIO()
    write_backup(engine.record, backed_up)
    backed_up.seek(0)
    with assembly.engine(settings) as empty:
        empty.record.table.fill(Backup(backed_up, "backup").pages())
    (settings.home / "keys").mkdir(exist_ok=True)
    for file in engine.settings.keys.glob("*.key"):
        (settings.home / "keys" / file.name).write_bytes(file.read_bytes())

    with assembly.engine(settings, named.room.stage.clock, named.ways) as other:
        assert other.publisher.publish(CODE).waiting == 0
        up = other.publisher.logs.up(CODE)
        assert up.files.checkpoint() == named.checkpoints[-1].note
        assert check_record(other.record, lambda _count: None)["ok"]
        old = named.room.stage
        stage = Stage(other, old.clock, old.voice, old.keys, old.signers)
        moved = Watched(Room(stage), named.onlookers, named.ways)
        moved.room.appoint("JP", moved.room.key("jp-hara", "jp-hara-second"))
        assert moved.publish().published is not None
    places.drop(settings)
