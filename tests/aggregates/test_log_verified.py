"""What the engine logs is what the verifier accepts: a story told by the engine, and exported."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from governance.exchange.exported_log import export_logs
from governance.service.whole_log import check_logs
from policies.proof.audit import Audit
from tests.aggregates.room import CODE, EVERYONE, MEASURE, METHODOLOGY, Room
from tests.aggregates.watched import Watched

CHAIRS = ("jp-hara", "mn-bold")


@pytest.fixture
def watched(room: Room) -> Iterator[Watched]:
    with Watched.opened(room.stage) as found:
        found.name_witnesses()
        found.publish()
        yield found


def verified(watched: Watched, folder: Path) -> Audit:
    """Publish, export, and verify as a stranger would."""
    watched.publish()
    list(export_logs(watched.room.stage.engine.record, [CODE], folder))
    return check_logs(folder, watched.room.trust)


def holds(result: Audit) -> None:
    assert result.ok, json.dumps(result.to_json(), indent=1)
    assert [check.check for check in result.checks][-1] == "witnessed"


def test_meetings_electronic_decisions_voices_and_what_was_given_up_verify(
    watched: Watched, tmp_path: Path
) -> None:
    room = watched.room.on("2026-01-12")
    meeting = room.convene("2026-02-10")
    at_meeting = room.table(meeting, MEASURE)
    by_mail = room.distribute(METHODOLOGY)
    room.affirm(by_mail, *(person for person in EVERYONE if person not in CHAIRS))
    room.sign(by_mail, *CHAIRS)
    assert room.path(by_mail) == "all_affirmed"
    holds(verified(watched, tmp_path))

    room.withdraw(room.distribute(MEASURE))
    room.on("2026-02-10").sign(at_meeting, *CHAIRS)
    assert room.path(at_meeting) == "meeting"
    holds(verified(watched, tmp_path))


def test_an_objection_and_the_new_version_that_answers_it_verify(
    watched: Watched, tmp_path: Path
) -> None:
    room = watched.room.on("2026-01-12")
    first = room.distribute(MEASURE)
    room.object(first, "mn-sara")
    room.on("2026-01-13").propose(MEASURE, revises=first)
    room.stage.engine.proposals.distribute(CODE, first)
    room.letter(first, "mn-sara")
    room.affirm(first, "mn-sara")
    room.sign(first, *CHAIRS)
    room.on("2026-03-01").sweep()
    assert room.path(first) == "window"

    holds(verified(watched, tmp_path))


def test_changes_of_people_keys_and_the_engine_verify(watched: Watched, tmp_path: Path) -> None:
    room = watched.room.on("2026-01-12")
    room.appoint("JP", room.key("jp-hara", "jp-hara-second"))
    first = room.distribute(MEASURE)
    room.sign(first, *CHAIRS)
    watched.publish()
    watched.state_engine(new_keys=("record", "log"))
    room.on("2026-03-01").sweep()
    second = room.distribute(METHODOLOGY)
    room.sign(second, *CHAIRS)
    room.on("2026-04-20").sweep()
    assert (room.path(first), room.path(second)) == ("window", "window")

    holds(verified(watched, tmp_path))
