"""Backup and restore: whole or refused by the line, online, and never behind what was shown."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from eventsourcing.persistence import StoredEvent

from aggregates.committee.events import ProposalClosed
from aggregates.store.chain import GENESIS, Head, link
from aggregates.store.record import Record
from governance import assembly
from governance.exchange import backup as exchange
from governance.exchange.backup import Backup, read_head, write_backup
from governance.settings import Settings
from policies.refusals import (
    SomeoneActedFirstError,
    TamperedError,
    UnreadableError,
    WrongHomeError,
)
from tests.governance.setting import proposal
from tests.governance.terminal import Terminal
from tests.places import record_in_memory
from tests.tampering import Dialect


def closed(proposal: int, detail: str = 'Ганбаатар – 日本 \\ " \u2028') -> ProposalClosed:
    now = datetime(2026, 1, 12, 2, tzinfo=UTC)
    return ProposalClosed(
        at=now, proposal=proposal, number=None, reason="withdrawn", detail=detail, envelope=None
    )


def small() -> Record:
    """Return a record of four events in two streams."""
    record = record_in_memory()
    record.append("JP-MN", 0, [closed(1), closed(2)])
    record.append("JP-ID", 0, [closed(7)])
    record.append("JP-MN", 2, [closed(3)])
    return record


def written(record: Record) -> bytes:
    file = io.BytesIO()
    write_backup(record, file)
    return file.getvalue()


def read(data: bytes) -> Head:
    """Read a backup to its end, and return the head that it promised."""
    backup = Backup(io.BytesIO(data), "b.jsonl")
    for _ in backup.pages():
        pass
    return backup.head


@pytest.fixture(scope="module")
def good() -> bytes:
    with closing(small()) as record:
        return written(record)


def test_a_backup_is_a_header_and_a_line_for_each_event(good: bytes) -> None:
    header, *lines = (json.loads(line) for line in good.splitlines())

    assert header["mediaType"] == "application/vnd.jcm.backup.v1+jsonl"
    assert [line["position"] for line in lines] == [1, 2, 3, 4]
    assert {tuple(line) for line in lines} == {
        ("position", "stream", "version", "topic", "state", "link")
    }
    assert (header["position"], header["link"]) == (4, lines[-1]["link"])
    assert read(good) == Head(4, bytes.fromhex(header["link"]))


def test_a_backup_can_be_checked_without_this_program(good: bytes) -> None:
    before = GENESIS
    for line in good.splitlines()[1:]:
        raw = line.partition(b'"state":')[2].rpartition(b',"link":')[0]
        found = json.loads(line)
        before = link(before, found["stream"], found["version"], found["topic"], raw)

        assert found["link"] == before.hex()


def test_an_empty_record_has_a_backup_too() -> None:
    with closing(record_in_memory()) as record:
        data = written(record)

    assert data.count(b"\n") == 1
    assert read(data) == Head()


# Damage


def test_not_one_byte_can_be_another(good: bytes) -> None:
    for place in range(len(good)):
        for flipped in (good[place] ^ 1, good[place] ^ 0x20, 0x0A, 0xFF):
            if flipped != good[place]:
                damaged = good[:place] + bytes([flipped]) + good[place + 1 :]
                with pytest.raises(UnreadableError, match=r"b\.jsonl"):
                    read(damaged)


def test_no_part_of_a_backup_is_one(good: bytes) -> None:
    for length in range(len(good)):
        with pytest.raises(UnreadableError, match=r"b\.jsonl"):
            read(good[:length])


def _lines(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[bytes], bytes]:
    return lambda data: b"".join(change(data.splitlines(keepends=True)))


def _members(line: int, **changes: object) -> Callable[[bytes], bytes]:
    def change(lines: list[bytes]) -> list[bytes]:
        members = json.loads(lines[line]) | changes
        kept = {name: value for name, value in members.items() if value is not ...}
        text = json.dumps(kept, separators=(",", ":"), ensure_ascii=False)
        return [*lines[:line], text.encode("utf-8", "surrogatepass") + b"\n", *lines[line + 1 :]]

    return _lines(change)


DEEP = b'{"position":1,"stream":"JP-MN","version":1,"topic":"t","state":' + b"[" * 100_000
DAMAGE: list[tuple[str, Callable[[bytes], bytes], str]] = [
    ("empty", lambda _: b"", "first line"),
    ("binary", lambda _: bytes(range(256)) * 100, "first line"),
    ("a database", lambda _: b"SQLite format 3\0" + bytes(4096), "first line"),
    ("no JSON", lambda _: b"# Known answers\n", "first line"),
    ("deep header", lambda _: b"[" * 1_000_000, "first line"),
    ("header missing", _lines(lambda found: found[1:]), "first line"),
    ("header alone", _lines(lambda found: found[:1]), "ends at position 0, its first line says 4"),
    ("promises more", _members(0, position=5), "ends at position 4, its first line says 5"),
    ("promises less", _members(0, position=3), "ends at position 4, its first line says 3"),
    ("other head", _members(0, link="0" * 64), "line 1: its head is not the link"),
    ("other kind", _members(0, mediaType="application/json"), "first line"),
    ("header with more", _members(0, extra=1), "unknown field `extra`"),
    ("header without link", _members(0, link=...), "missing required field `link`"),
    ("header with a text", _members(0, position="4"), "Expected `int`, got `str`"),
    ("header below zero", _members(0, position=-1), ">= 0"),
    ("line dropped", _lines(lambda found: found[:2] + found[3:]), "line 3: position 2 is missing"),
    ("end dropped", _lines(lambda found: found[:-1]), "ends at position 3, its first line says 4"),
    ("line doubled", _lines(lambda found: found[:3] + found[2:]), "line 4: event 2 of JP-MN"),
    ("lines swapped", _lines(lambda f: [f[0], f[1], f[3], f[2], f[4]]), "line 3: position 2"),
    ("blank line", _lines(lambda f: [*f[:2], b"\n", *f[2:]]), "line 3"),
    ("blank end", lambda data: data + b"\n", "line 6"),
    ("more after it", lambda data: data + b"{}\n", "line 6: Object missing required"),
    ("no end of line", lambda data: data[:-1], "line 5: it does not end"),
    ("other line ends", lambda data: data.replace(b"\n", b"\r\n"), "line 1: other bytes"),
    ("one other end", _lines(lambda f: [*f[:3], f[3][:-1] + b"\r\n", f[4]]), "line 4: other bytes"),
    ("old line ends", lambda data: data.replace(b"\n", b"\r"), "first line"),
    ("a mark before", lambda data: b"\xef\xbb\xbf" + data, "first line"),
    ("UTF-16", lambda data: data.decode().encode("utf-16"), "first line"),
    ("spacing", lambda data: data.replace(b',"stream"', b', "stream"', 1), "line 2: other bytes"),
    ("escapes", lambda data: data.replace(b'"JP-ID"', b'"JP\\u002dID"'), "line 4: other bytes"),
    ("unknown member", _members(2, extra=1), "line 3: Object contains unknown field `extra`"),
    ("missing member", _members(2, topic=...), "line 3: Object missing required field `topic`"),
    ("missing state", _members(2, state=...), "line 3: Object missing required field `state`"),
    ("text for number", _members(2, position="2"), "line 3: Expected `int`, got `str`"),
    ("number for text", _members(2, stream=7), "line 3: Expected `str`, got `int`"),
    ("float", _members(2, version=2.5), "line 3: Expected `int`, got `float`"),
    ("huge number", _members(2, version=10**30), "line 3"),
    ("null", _members(2, stream=None), "line 3: Expected `str`, got `null`"),
    ("empty stream", _members(2, stream=""), "line 3: Expected `str` matching"),
    ("NUL in a stream", _members(2, stream="JP\0MN"), "line 3"),
    ("half a character", _members(2, stream="\ud800"), "line 3"),
    ("short link", _members(2, link="ab"), "line 3: Expected `str` matching"),
    ("upper-case link", lambda data: data.upper(), "first line"),
    ("null state", _members(2, state=None), "line 3: event 2 of JP-MN (position 2) is not as it"),
    ("other version", _members(2, version=3), "line 3: event 3 of JP-MN stands where 2 belongs"),
    ("member twice", _lines(lambda f: [*f[:2], b'{"position":1,' + f[2][1:], *f[3:]]), "line 3"),
    ("deep state", _lines(lambda f: [f[0], DEEP + b"\n", *f[2:]]), "line 2"),
    ("list", _lines(lambda f: [f[0], b"[]\n", *f[2:]]), "line 2: Expected `object`, got `array`"),
]


@pytest.mark.parametrize(
    ("damage", "says"), [case[1:] for case in DAMAGE], ids=[case[0] for case in DAMAGE]
)
def test_a_damaged_backup_is_refused_with_its_line(
    good: bytes, damage: Callable[[bytes], bytes], says: str
) -> None:
    with pytest.raises(UnreadableError) as refused:
        read(damage(good))

    assert str(refused.value).startswith("b.jsonl")
    assert says in str(refused.value)


def test_a_line_too_long_is_refused_before_all_of_it_is_read(
    good: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "LONGEST_LINE", 1000)
    header, rest = good.split(b"\n", 1)
    file = io.BytesIO(header + b"\n" + b" " * 10**6 + rest)

    with pytest.raises(UnreadableError, match="line 2: it does not end"):
        list(Backup(file, "b.jsonl").pages())

    assert file.tell() < 2000


def forged(*events: tuple[str, int, str, bytes]) -> bytes:
    """Return a backup whose links fit, whatever the events are."""
    before, lines = GENESIS, []
    for position, (stream, version, topic, state) in enumerate(events, start=1):
        before = link(before, stream, version, topic, state)
        names = json.dumps(stream, ensure_ascii=False), json.dumps(topic, ensure_ascii=False)
        lines.append(
            f'{{"position":{position},"stream":{names[0]},"version":{version},"topic":{names[1]},'
            f'"state":{state.decode()},"link":"{before.hex()}"}}\n'
        )
    kind = "application/vnd.jcm.backup.v1+jsonl"
    header = f'{{"mediaType":"{kind}","position":{len(events)},"link":"{before.hex()}"}}\n'
    return "".join([header, *lines]).encode()


def state(proposal: int = 1) -> bytes:
    with closing(small()) as record:
        return bytes(record.table.rows(proposal - 1, proposal)[0][4])


TOPIC = ProposalClosed.topic


@pytest.mark.parametrize(
    ("events", "says"),
    [
        ([("JP-MN", 1, TOPIC, state()), ("JP-MN", 1, TOPIC, state())], "line 3: event 1 of JP-MN"),
        ([("JP-MN", 2, TOPIC, state())], "line 2: event 2 of JP-MN stands where 1 belongs"),
        ([("JP-MN", 1, "jcm.of-the-future.v1", b"{}")], "line 2: the record holds 'jcm.of-the-fut"),
        ([("JP-MN", 1, TOPIC, b"{}")], "line 2: event 1 of JP-MN .* cannot be read"),
        ([("JP-MN", 1, TOPIC, b"null")], "line 2: event 1 of JP-MN .* cannot be read"),
    ],
)
def test_a_chain_that_fits_over_events_that_are_none_is_refused(
    events: list[tuple[str, int, str, bytes]], says: str
) -> None:
    assert read(forged(("JP-MN", 1, TOPIC, state()))).position == 1

    with pytest.raises(UnreadableError, match=says):
        read(forged(*events))


@pytest.mark.parametrize(
    "stored",
    [
        state() + b" ",
        b" " + state(),
        state()[:-1] + b"\n}",
        b"",
        b"{",
        b'{},"link":"x"',
        b"\xff",
        state().replace(b"withdrawn", b"\xff"),
        state().replace(b'"number":null', b'"number":' + b"[" * 100_000),
    ],
)
def test_what_could_not_be_read_back_is_not_written(stored: bytes) -> None:
    with closing(record_in_memory()) as record:
        record.table.insert_events([StoredEvent("JP-MN", 1, TOPIC, stored)])

        with pytest.raises(
            TamperedError, match=r"^event 1 of JP-MN .*(is none of ours|cannot be read)"
        ):
            written(record)


# On each engine


@pytest.fixture
def target(place: Settings) -> Iterator[Record]:
    """Return an empty record with its tables made."""
    assembly.make_tables(place)
    with assembly.open_record(place) as record:
        yield record


def fill(record: Record, data: bytes) -> None:
    record.table.fill(Backup(io.BytesIO(data), "b.jsonl").pages())


def test_what_is_restored_is_the_record_byte_for_byte(target: Record, good: bytes) -> None:
    fill(target, good)

    assert written(target) == good
    assert list(target.verify_chain()) == [4]
    target.append("JP-ID", 1, [closed(8)])
    assert list(target.verify_chain()) == [5]


def test_of_a_refused_restore_nothing_is_there(
    target: Record, good: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "BATCH", 1)
    for damaged in (good[:-2], good + b"{}\n", good[: good.rindex(b"{")]):
        with pytest.raises(UnreadableError):
            fill(target, damaged)

        assert target.head == Head()
        assert target.streams() == []
    fill(target, good)
    assert target.position == 4


def test_a_restore_over_events_is_refused(target: Record, good: bytes) -> None:
    target.append("JP-KE", 0, [closed(1)])

    with pytest.raises(WrongHomeError, match="holds events already"):
        fill(target, good)

    assert (target.position, target.streams()) == (1, ["JP-KE"])


def test_a_backup_is_taken_while_others_write(target: Record, place: Settings) -> None:
    done = threading.Event()
    refused: list[Exception] = []

    def write() -> None:
        with assembly.open_record(place) as record:
            version = 0
            while not done.is_set():
                try:
                    record.append("JP-MN", version, [closed(n) for n in range(3)])
                except SomeoneActedFirstError as error:
                    refused.append(error)
                else:
                    version += 3

    writer = threading.Thread(target=write)
    writer.start()
    try:
        taken: list[tuple[Head, int, bytes]] = []
        while len(taken) < 15 or taken[-1][0].position < 30:
            before = target.position
            data = written(target)
            taken.append((read(data), before, data))
    finally:
        done.set()
        writer.join()
    assert not refused
    for head, before, data in taken:
        assert head.position >= before
        assert head.position % 3 == 0, "a save was cut in two"
        assert data.count(b"\n") == head.position + 1


@pytest.fixture
def damaged(target: Record, place: Settings, good: bytes) -> Dialect:
    fill(target, good)
    return Dialect(place)


def test_a_tampered_record_is_not_backed_up(target: Record, damaged: Dialect) -> None:
    damaged.change(3, "topic = 'x'")

    with pytest.raises(TamperedError, match=r"\(position 3\) is not as it was recorded"):
        written(target)


def test_a_refused_backup_leaves_the_old_file_and_no_other(founded: Terminal) -> None:
    founded.run("backup", "b.jsonl")
    before = (founded.folder / "b.jsonl").read_bytes()
    Dialect(_settings(founded)).delete("{position} = 2")

    refused = founded.run("backup", "b.jsonl", code=1)

    assert "position 2 is missing" in refused.err
    assert (founded.folder / "b.jsonl").read_bytes() == before
    assert not list(founded.folder.glob(".*partial*"))


def _settings(cli: Terminal) -> Settings:
    assert cli.home is not None
    return Settings(cli.home, cli.home / "keys", cli.environment.get("JCGOV_DATABASE_URL"))


# Files


def test_a_backup_goes_to_a_device_or_a_link_as_it_is(founded: Terminal) -> None:
    (founded.folder / "link.jsonl").symlink_to("real.jsonl")

    shown = founded.run("backup", "/dev/stdout")
    founded.run("backup", "link.jsonl")

    assert Path("/dev/stdout").is_symlink()
    assert (founded.folder / "link.jsonl").is_symlink()
    assert (founded.folder / "real.jsonl").read_text("utf-8") == shown.out


@pytest.mark.parametrize(
    ("name", "code", "says"),
    [
        ("folder", 1, "jcgov: folder is a folder; name a file"),
        ("file/b.jsonl", 1, "jcgov: file/b.jsonl cannot be written: "),
        ("/dev/full", 3, "jcgov: fault: /dev/full cannot be written: No space left on device"),
    ],
)
def test_a_target_that_cannot_be_written_is_named(
    founded: Terminal, name: str, code: int, says: str
) -> None:
    (founded.folder / "folder").mkdir()
    founded.write("file", b"")

    refused = founded.run("backup", name, code=code)

    assert refused.err.startswith(says)


def test_a_folder_that_cannot_be_written_takes_no_backup(founded: Terminal) -> None:
    folder = founded.folder / "locked"
    folder.mkdir()
    folder.chmod(0o555)

    refused = founded.bound("backup", "locked/b.jsonl")

    assert refused.code == 1
    assert "locked/b.jsonl cannot be written: Permission denied" in refused.err
    assert list(folder.iterdir()) == []


def test_a_home_without_a_record_has_no_backup(cli: Terminal, place: Settings) -> None:
    if place.database_url is None:
        assert "nothing is recorded below" in cli.run("backup", "b.jsonl", code=1).err
        assert not (cli.folder / "home").exists()
    for command in (("restore", "none.jsonl"), ("restore", ".")):
        assert "cannot be read" in cli.run(*command, code=1).err


# Never behind what was shown


@pytest.fixture
def early_and_late(founded: Terminal) -> Terminal:
    """Return a terminal with two backups of one record: early.jsonl and late.jsonl."""
    founded.run("backup", "early.jsonl")
    founded.write("proposal.json", proposal())
    founded.run("propose", "proposal.json")
    founded.run("backup", "late.jsonl")
    return founded


@pytest.fixture
def fresh(early_and_late: Terminal, place: Settings) -> Terminal:
    """Return a terminal in the same folder, whose place is empty."""
    return Terminal.at(place, early_and_late.folder)


def test_a_restore_says_which_position_it_is_at(fresh: Terminal) -> None:
    head = read_head(fresh.folder / "early.jsonl")

    said = fresh.run("restore", "early.jsonl").err

    assert f"The record is at position {head.position}; its head is {head.link.hex()}" in said
    assert "no part of a backup" in said
    assert "nor are the documents" in said
    refused = fresh.run("restore", "late.jsonl", code=1)
    assert "holds events already" in refused.err
    assert fresh.json("doctor")["events"] == head.position


@pytest.mark.parametrize("shown", ["late.jsonl", "early.jsonl", "late.json", "early.json"])
def test_a_restore_that_reaches_what_was_shown_is_done(
    fresh: Terminal, early_and_late: Terminal, shown: str
) -> None:
    _answers(early_and_late)

    fresh.run("restore", "late.jsonl", "--against", shown)

    assert fresh.json("doctor")["events"] == read_head(fresh.folder / "late.jsonl").position


def _answers(cli: Terminal) -> None:
    """Write what `replay --verify --json` prints of the late record, and of the early one."""
    late = cli.json("replay", "--verify")
    cli.write("late.json", late)
    head = read_head(cli.folder / "early.jsonl")
    cli.write("early.json", late | {"verified": late["verified"] | {"head": head.to_json()}})


@pytest.mark.parametrize("shown", ["late.jsonl", "late.json"])
def test_a_restore_that_is_behind_is_refused_with_how_much_is_missing(
    fresh: Terminal, early_and_late: Terminal, shown: str
) -> None:
    _answers(early_and_late)
    early, late = (read_head(fresh.folder / f"{n}.jsonl").position for n in ("early", "late"))

    refused = fresh.run("restore", "early.jsonl", "--against", shown, code=1)

    assert f"ends at position {early}; {shown} shows position {late}" in refused.err
    assert f"the last {late - early} events are missing" in refused.err
    assert fresh.json("doctor")["events"] == 0


def test_a_restore_of_another_record_is_refused_and_undone(fresh: Terminal) -> None:
    late = read_head(fresh.folder / "late.jsonl")
    other = fresh.write("other.json", {"position": late.position - 1, "link": "ab" * 32})

    refused = fresh.run("restore", "late.jsonl", "--against", other, code=1)

    assert f"at position {late.position - 1} another event stands than" in refused.err
    assert fresh.json("doctor")["events"] == 0
    fresh.run("restore", "late.jsonl")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b"7",
        b"[" * 2_000_000,
        b'{"position":4}',
        b'{"position":"4","link":"' + b"0" * 64 + b'"}',
        b'{"position":4,"link":"zz"}',
        b'{"position":-1,"link":"' + b"0" * 64 + b'"}',
        b'{"verified":null}',
        b'{"verified":{"head":null}}',
        b"\xff\xfe",
    ],
    ids=range(12),
)
def test_a_file_that_shows_no_head_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "shown").write_bytes(content)

    with pytest.raises(UnreadableError, match="shows no head"):
        read_head(tmp_path / "shown")


def test_a_head_is_read_from_a_backup_and_from_answers(tmp_path: Path, good: bytes) -> None:
    head = read(good)
    answer = {"events": 4, "verified": {"ok": True, "head": head.to_json()}}
    for content in (good, json.dumps(answer).encode(), json.dumps(head.to_json()).encode()):
        (tmp_path / "shown").write_bytes(content)

        assert read_head(tmp_path / "shown") == head
    with pytest.raises(UnreadableError, match="cannot be read"):
        read_head(tmp_path / "absent")


@pytest.mark.parametrize("shown", ["late.jsonl", "late.json"])
def test_a_record_that_lost_its_end_is_found_against_what_was_shown(
    early_and_late: Terminal, shown: str
) -> None:
    cli = early_and_late
    _answers(cli)
    assert cli.json("replay", "--verify", "--against", shown)["verified"]["ok"]
    position = read_head(cli.folder / "early.jsonl").position
    Dialect(_settings(cli)).delete(f"{{position}} > {position}")

    # Only what stood in a view of the events that are gone is missed here.
    assert cli.json("replay", "--verify", code=1)["verified"]["ok"]
    found = cli.json("replay", "--against", shown, code=1)

    assert found["verified"]["ok"] is False
    assert f"the record ends at position {position}" in found["verified"]["detail"]
    assert found["views"] == {}


def test_a_stream_that_was_dropped_whole_is_found(founded: Terminal) -> None:
    cli = founded
    row = "partner_iso2,decision_date,procedure,decision_type,subject_id,subject_title,outcome,"
    row += "quantity_tco2e,split,monitoring_period,extra,source,confidence\n"
    row += "KE,2020-01-01,meeting,pin_no_objection,,Wind,decided,,,,,jcm.go.jp,high\n"
    cli.write("rows.csv", row.encode())
    cli.run("import", "decisions", "rows.csv")
    cli.run("backup", "whole.jsonl")
    Dialect(_settings(cli)).delete("originator_id LIKE '%KE%'")

    found = cli.json("replay", "--verify", "--against", "whole.jsonl", code=1)

    assert "the last 1 events are missing" in found["verified"]["detail"]


def test_a_record_that_is_gone_is_behind_what_was_shown(
    fresh: Terminal, place: Settings, tmp_path: Path
) -> None:
    refused = fresh.run("replay", "--verify", "--against", "late.jsonl", code=1)

    assert "the record ends at position 0" in refused.err


def test_a_tampered_record_rebuilds_no_view(told_copy: Terminal) -> None:
    log = told_copy.json("log")
    settings = _settings(told_copy)
    dialect = Dialect(settings)
    dialect.change(5, f"state = {dialect.blob(b'{')}")

    found = told_copy.json("replay", "--verify", code=1)
    said = told_copy.run("replay", "--verify", code=1).err

    assert (found["views"], found["verified"]["events"]) == ({}, 4)
    assert "(position 5) is not as it was recorded" in found["verified"]["detail"]
    assert "no view was rebuilt: the events are not good" in said
    if settings.database_url is None:
        assert told_copy.json("log") == log


def test_another_record_is_found_against_what_was_shown(
    early_and_late: Terminal,
) -> None:
    other = early_and_late.write("other.json", {"position": 2, "link": "ab" * 32})

    found = early_and_late.json("replay", "--verify", "--against", other, code=1)

    assert "at position 2 another event stands" in found["verified"]["detail"]
