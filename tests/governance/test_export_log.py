"""A log exported as static files: the whole of it, more each time, readable by tools of others."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tlog_scales.signing import Vkey, VkeySet
from tlog_scales.tlog import Checkpoint as TheirCheckpoint

from governance.demo.stage import Stage
from policies.proof.checkpoint import read_checkpoint
from policies.proof.inclusion import Inclusion
from policies.proof.merkle import inclusion_path
from projections.transparency.log_files import LogFiles
from tests.aggregates.room import CODE
from tests.aggregates.watched import NAMES, Watched
from tests.governance.terminal import Outcome, Terminal
from tests.projections.transparency.plain import names

TOOL = Path(sys.executable).with_name("tlog-tiles")


@pytest.fixture
def watched(stage: Stage) -> Iterator[Watched]:
    stage.found("MN")
    with Watched.opened(stage) as found:
        found.name_witnesses()
        assert found.publish().published is not None
        yield found


def exported(watched: Watched, folder: Path, *options: str, code: int = 0) -> Outcome:
    cli = Terminal.at(watched.room.stage.engine.settings)
    return cli.run("export", "log", folder, *options, code=code)


def test_a_log_is_exported_whole_and_then_what_is_new(watched: Watched, tmp_path: Path) -> None:
    first = exported(watched, tmp_path / "out", "--json").json
    folder, size = tmp_path / "out" / CODE, len(watched.entries)
    assert first == [{"committee": CODE, "entries": size, "added": size, "checkpoint": size}]
    before = {name: (folder / name).read_bytes() for name in names(folder)}
    texts = {name for name in before if name.startswith("text/")}
    assert before.keys() == texts | {
        *("checkpoint", "log.vkey", "witnesses.vkey", "policy"),
        *(f"tile/0/000.p/{size}", f"tile/entries/000.p/{size}"),
    }
    assert texts

    again = exported(watched, tmp_path / "out")
    assert (again.code, again.out) == (0, "")
    assert again.err.strip() == f"{CODE}: {folder}, {size} entries"
    assert {name: (folder / name).read_bytes() for name in names(folder)} == before

    watched.state_engine(new_keys=("record",))
    waiting = exported(watched, tmp_path / "out", "--committee", "MN").err.strip()
    assert waiting.endswith(f"{size + 1} entries, 1 of them new; 1 await the next checkpoint")
    watched.publish()
    assert exported(watched, tmp_path / "out", "--json").json[0]["checkpoint"] == size + 1
    later = {name: (folder / name).read_bytes() for name in names(folder)}
    changed = {name for name in before if later.get(name) != before[name]}
    assert changed == {"checkpoint"}, "the partial tiles of a published checkpoint stay"


def test_another_author_s_tool_reads_the_log_its_proofs_and_its_signatures(
    watched: Watched, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    exported(watched, tmp_path)
    folder = tmp_path / CODE
    files, note = LogFiles.open(folder), (folder / "checkpoint").read_text()
    files.require_whole()
    assert list(files.entries()) == watched.entries
    ours = read_checkpoint(note, watched.room.state.roster.log_keys)
    assert ours.head.root == files.head_at(files.size)
    assert ours.cosigned.keys() == set(NAMES.values())
    for index in (0, files.size - 1):
        assert theirs("get-leaf", "-c", folder, index) == files.entry(index)
        path = tuple(inclusion_path(index, files.size, files.subtrees(files.size)))
        assert theirs("gen-proof", folder, index).decode() == str(Inclusion(index, path, note))

    found = TheirCheckpoint.from_text(note)
    lines = [(folder / f"{name}.vkey").read_text().splitlines() for name in ("log", "witnesses")]
    keys = VkeySet(*(Vkey.from_string(line) for line in lines[0] + lines[1]))
    assert len(keys.verify(found.signatures, found)) == len(found.signatures) == 4
    caplog.set_level(logging.CRITICAL)
    other = TheirCheckpoint.from_text(note.replace(f"\n{files.size}\n", f"\n{files.size + 1}\n"))
    assert keys.verify(other.signatures, other) == set()


def theirs(command: str, *arguments: object) -> bytes:
    return subprocess.run(
        [TOOL, command, *map(str, arguments)], check=True, capture_output=True
    ).stdout


def test_a_folder_that_is_another_log_is_refused_and_left_as_it_is(
    watched: Watched, tmp_path: Path
) -> None:
    other = LogFiles.open(tmp_path / CODE)
    other.append([b"an entry of somebody else"])
    before = {name: (tmp_path / CODE / name).read_bytes() for name in names(tmp_path / CODE)}

    refused = exported(watched, tmp_path, code=1)

    assert "its entry 0 is another than the record's" in refused.err
    texts = {name for name in names(tmp_path / CODE) if name.startswith("text/")}
    after = {name: (tmp_path / CODE / name).read_bytes() for name in names(tmp_path / CODE)}
    assert {name: data for name, data in after.items() if name not in texts} == before


def test_what_is_not_there_is_said(stage: Stage, tmp_path: Path) -> None:
    cli = Terminal.at(stage.engine.settings)
    stage.found("MN")
    (tmp_path / "file").write_text("")
    for folder, options in ((tmp_path / "file", []), (tmp_path / "out", ["--committee", "ID"])):
        told = cli.run("export", "log", folder, *options, code=1)
        assert told.out == ""
        assert len(told.err.splitlines()) == 1
    assert not (tmp_path / "out").exists()

    told = cli.run("export", "log", tmp_path / "out")
    assert told.err.strip().endswith(
        "1 entries, 1 of them new; no checkpoint is published yet: jcgov publish"
    )
    assert not (tmp_path / "out" / CODE / "checkpoint").exists()
