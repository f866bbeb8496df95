"""Engine statements and the log: old keys sign what came before, new keys all that comes after."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from governance.service.whole_record import check_record
from policies.proof.checkpoint import read_checkpoint
from policies.refusals import AppointmentError
from tests.aggregates.room import CODE, Room
from tests.aggregates.watched import Watched


@pytest.fixture
def named(room: Room) -> Iterator[Watched]:
    with Watched.opened(room.stage) as watched:
        watched.name_witnesses()
        watched.publish()
        yield watched


def a_new_key(watched: Watched) -> None:
    """Record an entry."""
    watched.room.appoint("JP", watched.room.key("jp-hara", "jp-hara-second"))


def test_new_log_keys_name_where_the_old_log_ended_and_the_tree_goes_on(named: Watched) -> None:
    old, before = named.room.state.roster.log, named.checkpoints[-1]

    named.state_engine(new_keys=("log", "log-ml-dsa-44"))
    named.publish()

    event = named.checkpoints[-1]
    assert named.room.state.roster.log.key != old.key
    assert event.size == before.size + 1 == len(named.entries)
    read_checkpoint(event.note, named.keys_at(event.version))
    read_checkpoint(before.note, named.keys_at(before.version))
    assert check_record(named.room.stage.engine.record, lambda _count: None)["ok"]


def test_a_statement_that_names_another_end_of_the_old_log_is_refused(named: Watched) -> None:
    statement = named.statement(new_keys=("log",))
    a_new_key(named)

    with pytest.raises(AppointmentError, match="write it anew"):
        named.submit(statement)
    named.submit(named.statement(new_keys=("log",)))


def test_old_log_keys_are_not_replaced_while_entries_wait_for_their_checkpoint(
    named: Watched,
) -> None:
    named.lose("MN")
    a_new_key(named)
    statement = named.statement(new_keys=("log",))

    with pytest.raises(AppointmentError, match="1 entries of the old log stand under no check"):
        named.submit(statement)


def test_lost_log_keys_are_replaced_though_entries_wait(named: Watched) -> None:
    a_new_key(named)
    statement = named.statement(new_keys=("log", "log-ml-dsa-44"))
    for purpose in ("log", "log-ml-dsa-44"):
        (named.room.stage.engine.settings.keys / f"JP-MN.{purpose}.key").unlink()

    assert named.publish().why is not None
    named.submit(statement)

    assert named.publish().published is not None
    assert check_record(named.room.stage.engine.record, lambda _count: None)["ok"]


def test_a_witness_that_is_lost_is_replaced_though_entries_wait(named: Watched) -> None:
    named.lose("MN")
    a_new_key(named)
    named.onlookers["MN"].signer = type(named.onlookers["MN"].signer).new("ml-dsa-44")
    named.onlookers["MN"].size = 0
    named.name_witnesses()
    assert named.publish().published is None

    named.reach("MN")

    assert named.publish().published is not None
    assert named.onlookers["MN"].asked[-1].startswith(b"old 0\n")


def test_an_old_log_gains_its_post_quantum_key_and_another_record_key_beside(
    named: Watched,
) -> None:
    named.state_engine(new_keys=("record", "log-ml-dsa-44"))
    named.publish()

    keys = sorted(file.name for file in named.room.stage.engine.settings.keys.glob("JP-MN*.key"))
    assert keys == [
        "JP-MN.log-ml-dsa-44.2.key",
        "JP-MN.log-ml-dsa-44.key",
        "JP-MN.log.key",
        "JP-MN.record.2.key",
        "JP-MN.record.key",
    ]
    assert named.room.propose().number == "JP-MN/2026/001"


def test_a_key_that_was_made_for_a_statement_nobody_signed_is_used_by_the_next(
    named: Watched,
) -> None:
    first = named.statement(new_keys=("log",))
    again = named.statement(new_keys=("log",))

    assert first == again
    assert first.log.key != named.room.state.roster.log.key
    assert first.committee == CODE
