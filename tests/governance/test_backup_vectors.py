"""Known answers: a backup that was written once is read for ever, into either engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from aggregates.store.topics import EVENTS, UPCASTS
from governance.exchange.backup import read_head
from governance.settings import Settings
from tests.governance.terminal import Terminal

FOLDER = Path(__file__).parents[1] / "vectors"
BACKUPS = sorted(FOLDER.glob("backup*.jsonl"))


def digests(backup: Path) -> Any:
    return json.loads(backup.with_suffix(".digests.json").read_text("utf-8"))


def topics(backup: Path) -> set[str]:
    _header, *lines = backup.read_text("utf-8").splitlines()
    return {json.loads(line)["topic"] for line in lines}


def test_every_topic_that_was_ever_released_stands_in_a_backup() -> None:
    released = {event.topic for event in EVENTS} | set(UPCASTS)

    assert set().union(*map(topics, BACKUPS)) == released


@pytest.mark.parametrize("backup", BACKUPS, ids=lambda backup: backup.stem)
def test_an_old_backup_is_restored_to_the_same_digests(
    cli: Terminal, place: Settings, backup: Path
) -> None:
    known = digests(backup)

    cli.run("restore", backup)
    replayed = cli.json("replay", "--verify", "--against", backup)

    assert replayed["verified"]["head"] == known["head"]
    assert known["views"].items() <= replayed["views"].items()  # others came later
    cli.run("backup", "again.jsonl")
    assert (cli.folder / "again.jsonl").read_bytes() == backup.read_bytes()


@pytest.mark.parametrize("backup", BACKUPS, ids=lambda backup: backup.stem)
def test_the_digests_beside_a_backup_are_of_its_head(backup: Path) -> None:
    assert read_head(backup).to_json() == digests(backup)["head"]
