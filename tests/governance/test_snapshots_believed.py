"""Whatever is odd about a snapshot, it is as if it were not there; replay names it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib.resources.abc import Traversable
from pathlib import Path
from shutil import copytree

import msgspec
import pytest

from aggregates.committee import snapshot
from aggregates.committee.snapshot import CORE, LATE, edition, encode
from aggregates.committee.state import CommitteeState
from governance import assembly
from governance.service import snapshots as service
from tests.benchmarks.histories import fill
from tests.governance.long_record import AT, LENGTH, OTHER, There
from tests.governance.terminal import ROOT, Terminal
from tests.places import Places

# What is not believed


DAMAGES: dict[str, str] = {
    "a core cut off": "UPDATE snapshots SET state = substr(state, 1, 99) WHERE part = 'core'",
    "no bytes at all": "UPDATE snapshots SET state = substr(state, 1, 0)",
    "no seal": "UPDATE snapshots SET seal = substr(seal, 1, 0)",
    "another edition": "UPDATE snapshots SET edition = 'another'",
    "another version": "UPDATE snapshots SET version = version - 1",
    "a version beyond the stream": "UPDATE snapshots SET version = 1000000",
    "a version before the stream": "UPDATE snapshots SET version = -1",
    "version none": "UPDATE snapshots SET version = 0",
    "the core gone": "DELETE FROM snapshots WHERE part = 'core'",
    "the late parts gone": "DELETE FROM snapshots WHERE part <> 'core'",
    "a late part cut off": "UPDATE snapshots SET state = substr(state, 1, 9) WHERE part = 'ground'",
    "late parts of another version": (
        "UPDATE snapshots SET version = version + 1 WHERE part = 'decided'"
    ),
    "no table": "DROP TABLE snapshots",
    "a table of others": "ALTER TABLE snapshots RENAME COLUMN seal TO cork",
}


@pytest.mark.parametrize("statement", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_snapshot_is_as_if_it_were_not_there(there: There, statement: str) -> None:
    there.kept()

    there.change(statement)

    assert there.load() == there.fold()


@pytest.mark.parametrize("places", ["sqlite"], indirect=True, scope="session")
@pytest.mark.parametrize("column", ["version", "edition", "seal", "state"])
@pytest.mark.parametrize("value", ["'x'", "x'00'", "1.5", "NULL", "9223372036854775807"])
def test_a_column_of_another_type_is_as_if_it_were_not_there(
    there: There, column: str, value: str
) -> None:
    there.kept()
    there.change("CREATE TABLE loose AS SELECT * FROM snapshots")
    there.change("DROP TABLE snapshots")
    there.change("ALTER TABLE loose RENAME TO snapshots")

    there.change(f"UPDATE snapshots SET {column} = {value}")  # noqa: S608

    assert there.load() == there.fold()


@pytest.mark.parametrize("part", [CORE, *LATE])
@pytest.mark.parametrize(
    "state", [b"", b"\xc1", b"\x81\x01\x01", b"\x91" * 100_000, b"\xdf\xff\xff\xff\xff"]
)
def test_bytes_that_are_no_state_are_not_read_even_under_a_right_seal(
    there: There, part: str, state: bytes
) -> None:
    there.kept()
    there.seal(part, state)

    assert there.load() == there.fold()


def test_a_core_of_another_committee_or_version_is_not_read_even_under_a_right_seal(
    there: There,
) -> None:
    before = there.kept()

    other = replace(before, version=AT - 1)
    there.seal(CORE, encode(other)[CORE])
    assert there.snapshots().load(there.code) is None

    other = replace(before, committee=replace(before.committee, partner="ZZ"))
    there.seal(CORE, encode(other)[CORE])
    assert there.snapshots().load(there.code) is None

    assert there.load() == there.fold()


def test_the_snapshot_of_another_record_is_not_read(
    there: There, places: Places, tmp_path: Path
) -> None:
    """Of the same committee and version, but of other events: only the link tells."""
    there.kept()
    parts = {name: part for name, part in there.parts().items() if part is not None}
    elsewhere = places.make(tmp_path / "elsewhere")
    with assembly.engine(elsewhere) as made:
        fill(made.record, OTHER)
        other = There(elsewhere, made.record)
        assert other.code == there.code
        other.snapshots().table.keep(other.code, parts)

        assert other.standing() == AT
        assert other.snapshots().load(other.code) is None
        assert other.load() == other.fold()
    places.drop(elsewhere)


def test_a_late_part_that_goes_while_nobody_has_asked_for_it_is_what_the_events_say(
    there: There,
) -> None:
    there.kept()
    state = there.load()

    there.kept(AT + 100)

    assert not state.past.ground.is_here
    assert state == there.fold()


# Editions


def copied(tmp_path: Path) -> list[Traversable]:
    folders = [tmp_path / name for name in ("aggregates", "policies")]
    for folder in folders:
        copytree(ROOT / folder.name, folder)
    return [*folders]


def test_the_edition_is_that_of_the_sources(tmp_path: Path) -> None:
    folders = copied(tmp_path)

    assert snapshot.edition_of(folders) == edition()
    assert edition() is not None


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("aggregates/committee/state.py", "    last_proposal: int = 0\n", "    more: int = 0\n"),
        (
            "policies/subjects.py",
            "    until: date | None\n",
            "    until: date | None\n    x: int\n",
        ),
        ("policies/ground.py", "ground.numbers.add(fact.subject)", "pass"),
    ],
)
def test_a_field_or_a_meaning_that_changes_makes_another_edition(
    tmp_path: Path, file: str, before: str, after: str
) -> None:
    folders = copied(tmp_path)
    source = (tmp_path / file).read_text("utf-8")
    assert before in source

    (tmp_path / file).write_text(source.replace(before, after, 1), "utf-8")

    assert snapshot.edition_of(folders) not in (edition(), None)


def test_a_field_that_is_added_to_the_state_goes_into_its_core() -> None:
    """No second list of the fields has to be kept in step."""
    core = {field.name for field in msgspec.structs.fields(snapshot._Core)}
    assert core | {"past"} == set(CommitteeState.__dataclass_fields__)


def test_without_sources_there_is_no_edition_and_no_snapshot(
    there: There,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "empty").mkdir()
    assert snapshot.edition_of([tmp_path / "empty"]) is None
    there.kept()

    monkeypatch.setattr(service, "edition", lambda: None)

    assert there.snapshots().load(there.code) is None
    assert there.load() == there.fold()
    assert there.standing() == AT


# Replay


def forge_a_number(state: CommitteeState) -> None:
    state.last_proposal += 1


def forge_a_decision(state: CommitteeState) -> None:
    state.decided["0" * 64] = "JP-MN/2030/001"


def forge_the_ground(state: CommitteeState) -> None:
    state.ground.numbers.add("MN999")


def forge_an_order(state: CommitteeState) -> None:
    documents = dict(reversed(state.ground.documents.items()))
    assert len(documents) > 1
    state.ground.documents = documents


@pytest.mark.parametrize(
    "forge", [forge_a_number, forge_a_decision, forge_the_ground, forge_an_order]
)
def test_replay_names_a_snapshot_that_is_not_what_the_events_say_and_replaces_it(
    there: There, forge: Callable[[CommitteeState], None]
) -> None:
    state = there.fold(AT)
    forge(state)
    there.snapshots().keep(state)
    cli = Terminal.at(there.settings)

    found = cli.run("replay", "--json", code=1)

    assert (
        f"state of {there.code} was not what the events say; the rebuilt one stands now"
        in found.err
    )
    assert set(found.json) == {"events", "seconds", "views", "verified"}
    assert there.standing() == LENGTH
    assert "state of" not in cli.run("replay").err


@pytest.mark.parametrize("statement", [DAMAGES["no seal"], DAMAGES["a late part cut off"]])
def test_replay_names_a_damaged_snapshot(there: There, statement: str) -> None:
    there.kept()
    there.change(statement)
    cli = Terminal.at(there.settings)

    assert f"state of {there.code} was not" in cli.run("replay", code=1).err
    assert "state of" not in cli.run("replay").err


def test_replay_says_nothing_of_a_good_one_nor_of_another_edition_s(there: There) -> None:
    cli = Terminal.at(there.settings)
    there.kept()
    assert "state of" not in cli.run("replay").err

    there.change("UPDATE snapshots SET edition = 'another'")
    assert "state of" not in cli.run("replay").err
