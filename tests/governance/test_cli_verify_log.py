"""``jcgov verify`` on an exported log: a folder of all committees, or one committee's."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from governance.exchange.log_folder import LogFolder
from governance.service import log_segments
from governance.service.whole_log import check_log
from policies.proof.checkpoint import TreeHead
from policies.proof.merkle import Frontier, leaf_hash
from tests.governance.terminal import Terminal
from tests.policies.bench import seated
from tests.policies.exported import log_files, write
from tests.policies.keyring import checkpoint_note
from tests.policies.logbook import EVERYBODY, LOG_PEN, Log, witnesses
from tests.policies.long_log import OLD, TEXTS, LongLog
from tests.policies.long_log import told as tell_long
from tests.policies.small_log import BOOK, SmallLog

STEPS = ["anchor", "seal", "entries", "logged", "witnessed"]
STORY = SmallLog.told()
KEYS = STORY.bench.roster.log_keys
FILES = log_files(STORY.log, STORY.log.note(), KEYS, {BOOK.digest: BOOK.text})
TRUST = {"JP-MN": {"founding": STORY.bench.founding}}
LONG = os.environ.get("JCGOV_LONG") == "1"


@pytest.fixture
def cli(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path)


@pytest.fixture
def exported(cli: Terminal) -> Path:
    cli.write("trust.json", TRUST)
    return write(cli.folder / "log" / "JP-MN", FILES).parent


def verify(cli: Terminal, path: Path, *options: str, code: int = 0) -> dict[str, Any]:
    shape: dict[str, Any] = cli.json("verify", path, "--trust", "trust.json", *options, code=code)
    assert set(shape) == {"ok", "checks", "failed", "unknown"}
    assert shape["ok"] == (code == 0) == (shape["failed"] is None)
    return shape


def test_a_folder_of_all_committees_is_verified_step_by_step(cli: Terminal, exported: Path) -> None:
    found = verify(cli, exported)

    assert [check["check"] for check in found["checks"]] == STEPS
    assert all(check["detail"].startswith("JP-MN: ") for check in found["checks"])
    named = {entry["what"] for entry in found["unknown"]}
    assert named == {"objections", "distribution", "meeting", "ground", "registries", "later"}


def test_one_committees_folder_is_verified_whatever_its_name(cli: Terminal, exported: Path) -> None:
    shutil.move(exported / "JP-MN", cli.folder / "copied")

    found = verify(cli, cli.folder / "copied")

    assert "19 entries, 1 tiles that fit them, and 1 texts" in found["checks"][1]["detail"]
    assert "cosigned by w.jp.example (JP), w.mn.example (MN)" in found["checks"][-1]["detail"]


def test_a_folder_of_another_committees_name_fails(cli: Terminal, exported: Path) -> None:
    shutil.move(exported / "JP-MN", exported / "JP-ID")

    found = verify(cli, exported, code=1)

    assert found["failed"] == "anchor"
    assert "holds the log of JP-MN" in found["checks"][0]["detail"]
    assert found["unknown"] == []


def test_a_committee_that_is_trusted_and_not_there_is_said(cli: Terminal, exported: Path) -> None:
    cli.write("trust.json", TRUST | {"JP-ID": {"founding": "0" * 64}})

    found = verify(cli, exported)

    assert {"what": "absent", "why": "JP-ID is in the trust file, its log is not here"} in found[
        "unknown"
    ]


def test_without_trust_it_prints_the_founding_to_compare(cli: Terminal, exported: Path) -> None:
    found = cli.json("verify", exported, code=1)

    assert found["failed"] == "anchor"
    assert STORY.bench.founding in found["checks"][0]["detail"]


def test_how_much_must_hold_is_asked_for(cli: Terminal, exported: Path) -> None:
    (exported / "JP-MN" / "checkpoint").write_text(STORY.log.note(pens=(LOG_PEN,)))

    assert verify(cli, exported, code=1)["failed"] == "witnessed"
    assert verify(cli, exported, "--require", "witnessed", code=1)["failed"] == "witnessed"
    for level in ("logged", "signed"):
        found = verify(cli, exported, "--require", level)
        assert found["checks"][-1]["check"] == "logged"
        assert "no quorum" in found["unknown"][0]["why"]


def test_a_folder_without_a_log_is_refused(cli: Terminal) -> None:
    cli.write("trust.json", TRUST)
    (cli.folder / "empty").mkdir()

    assert "holds no log" in cli.run("verify", "empty", "--trust", "trust.json", code=1).err


def test_what_is_no_plain_file_is_not_waited_for(cli: Terminal, exported: Path) -> None:
    checkpoint = exported / "JP-MN" / "checkpoint"
    checkpoint.unlink()
    for make in (os.mkfifo, os.mkdir, lambda path: path.symlink_to(path)):
        make(checkpoint)
        assert verify(cli, exported, code=1)["failed"] == "anchor"
        if checkpoint.is_dir():
            checkpoint.rmdir()
        else:
            checkpoint.unlink()


def test_files_of_the_writers_own_are_left_alone(cli: Terminal, exported: Path) -> None:
    folder = exported / "JP-MN"
    write(folder, {".position": b"{}", ".new/x": b"half", "tile/0/.half": b"x", "text/.x": b"x"})

    verify(cli, exported)


def test_partial_tiles_of_earlier_sizes_are_held_against_the_tree(
    cli: Terminal, exported: Path
) -> None:
    folder, tile = exported / "JP-MN", FILES["tile/0/000.p/19"]
    write(folder, {"tile/0/000.p/9": tile[: 9 * 32]})
    verify(cli, exported)

    write(folder, {"tile/0/000.p/9": tile[32 : 10 * 32]})
    found = verify(cli, exported, code=1)
    assert found["failed"] == "seal"
    assert "tile/0/000.p/9 does not fit the entries" in found["checks"][-1]["detail"]


def test_a_log_that_has_grown_past_its_checkpoint_is_good_up_to_there(
    cli: Terminal, exported: Path
) -> None:
    """So it is after a crash between the tiles and the checkpoint: what is full covers it."""
    bench = seated(rulebook=OLD, witnesses=witnesses())
    story = LongLog(bench)
    while len(story.log.entries) < 256:
        story.decide()
    grown = Log(story.log.entries[:256])
    ends = [at + 1 for at, e in enumerate(grown.entries[:250]) if b".adoption." in e]
    note = grown.note(ends[-1])
    cli.write("trust.json", {"JP-MN": {"founding": bench.founding}})
    shutil.rmtree(exported)
    files = log_files(grown, note, bench.roster.log_keys, TEXTS)
    assert "tile/entries/000" in files

    write(exported / "JP-MN", files)

    assert f"{ends[-1]} entries" in verify(cli, exported)["checks"][1]["detail"]


def long_folder(folder: Path, decisions: int, keys: int, rules: int) -> tuple[Path, dict[str, str]]:
    """Write a long log; returns its folder and the trust."""
    bench = seated(rulebook=OLD, witnesses=witnesses())
    log = tell_long(bench, decisions, keys, rules).log
    tree = Frontier.empty()
    for entry in log.entries:
        tree.append(leaf_hash(entry))
    note = checkpoint_note(TreeHead(log.origin, tree.size, tree.root), *EVERYBODY)
    return write(folder, log_files(log, note, bench.roster.log_keys, TEXTS)), bench.trust


def test_segments_on_all_cores_find_what_one_process_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten thousand decisions, fifty changes of keys and twenty of rules, where it may take long."""
    counts = (10_000, 50, 20) if LONG else (150, 8, 4)
    monkeypatch.setattr(log_segments, "SEGMENT", 1024 if LONG else 90)
    folder, trust = long_folder(tmp_path / "JP-MN", *counts)
    seen: list[int] = []

    result = check_log(LogFolder(folder), trust, cores=2, progress=seen.append)

    assert result.ok, result.checks[-1]
    assert len(seen) > 1
    assert sum(seen) >= counts[0] * 2


def test_a_folder_that_changes_while_it_is_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever checks a segment must have read, before it, what the others have checked."""
    monkeypatch.setattr(log_segments, "SEGMENT", 4)
    folder = LogFolder(write(tmp_path / "JP-MN", FILES))
    other = [*STORY.log.entries[:9], STORY.closed(9).to_bytes()]
    reading = iter([other])

    @dataclass
    class Held:
        """Entries that are there, and the texts of the folder."""

        held: list[bytes]

        def entries(self, _size: int, first: int = 0) -> Iterator[bytes]:
            return iter(self.held[first:])

        def find_text(self, name: str) -> str | None:
            return folder.find_text(name)

    class InTurn:
        """A pool that checks each segment in a fold of its own, which reads another folder."""

        def submit(self, _check: Any, after: int, until: int) -> Any:
            size = len(STORY.log.entries)
            log = Held(next(reading, STORY.log.entries))
            segments = log_segments.Segments(log, STORY.bench.founding, size, whole=True)
            done: Future[Any] = Future()
            done.set_result(segments.check(after, until))
            return done

    monkeypatch.setattr(log_segments, "worker_pool", lambda *_: nullcontext(InTurn()))
    monkeypatch.setattr(log_segments, "_SEGMENTS_OF_A_WORKER", 1)

    result = check_log(folder, STORY.bench.trust, cores=2)

    assert result.failed == "entries"
    assert "its segments do not join" in result.checks[-1].detail


def test_the_first_entry_that_is_not_good_is_named_from_all_segments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_segments, "SEGMENT", 90)
    bench = seated(rulebook=OLD, witnesses=witnesses())
    log = tell_long(bench, 150, 8, 4).log
    for bad in (100, 250):
        log.entries[bad] = log.entries[bad].replace(b'"sig":"', b'"sig":"AAAA', 1)
    note = log.note()
    folder = write(tmp_path / "JP-MN", log_files(log, note, bench.roster.log_keys, TEXTS))

    parallel = check_log(LogFolder(folder), bench.trust, cores=2)
    alone = check_log(LogFolder(folder), bench.trust, cores=1)

    assert parallel.checks == alone.checks
    assert parallel.failed == "entries"
    assert re.match("entry 10[01]: ", parallel.checks[-1].detail)
