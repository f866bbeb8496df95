"""``jcgov mirror`` as a side runs it: once, again and again, cosigning, and served."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from governance.keys.notes import NoteSigner
from governance.mirror.mirrors import alone
from governance.service.witness_addresses import AddressFile
from governance.service.witnessing import Asking, Evidence, Outcome, Question, WitnessAnswer
from policies.proof.checkpoint import read_checkpoint
from policies.proof.note import Note, NoteKey
from tests.governance.terminal import LIMIT, Terminal
from tests.mirror.served import Host
from tests.policies.keyring import ed25519_private
from tests.policies.logbook import LOG_PEN, W_JP, Log

NAME = W_JP.key.name


@pytest.fixture
def cli(host: Host, tmp_path: Path) -> Terminal:
    """Return a terminal with a trust file, and the key of Japan's witness, which it mirrors for."""
    terminal = Terminal(tmp_path)
    terminal.write("trust.json", {"JP-MN": {"founding": host.story.bench.founding}})
    NoteSigner(ed25519_private("w jp")).save(tmp_path / "w.key")
    return terminal


def run(cli: Terminal, host: Host, *options: str, code: int = 0) -> Any:
    return cli.json("mirror", host.address, "copy", "--trust", "trust.json", *options, code=code)


@contextmanager
def serving(cli: Terminal, url: str, folder: str, *options: str) -> Iterator[str]:
    process: subprocess.Popen[str] = cli.start(
        *("mirror", url, folder, "--trust", "trust.json", "--serve", "0", *options)
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line.startswith("serving http://"), process.stderr and process.stderr.read()
        yield line.split()[1].rstrip(";")
    finally:
        process.send_signal(signal.SIGTERM)
        _out, err = process.communicate(timeout=LIMIT)
        assert "Traceback" not in err, err


def ask(folder: Path, url: str, log: Log, key: NoteKey = W_JP.key) -> WitnessAnswer:
    """Ask for a cosignature as the engine's publisher does: the log's own signature is there."""
    file = folder / "witnesses.json"
    file.write_text(json.dumps({"JP-MN": {key.name: url}}))
    head = log.head()
    kept: list[Evidence] = []
    asking = Asking(lambda: datetime.now(UTC), kept.append)
    question = Question(head, Note.parse(log.note(pens=(LOG_PEN,))), log.subtree)
    ways = {key.name: AddressFile(file).submit("JP-MN", key.name)}
    (answer,) = asking(question, {key.name: (key, "JP")}, ways, 0)
    return answer


def test_a_pass_says_what_is_good_and_ends_with_one_where_something_is_refused(
    cli: Terminal, host: Host
) -> None:
    size = len(host.story.envelopes)
    assert run(cli, host) == [
        {
            "committee": "JP-MN",
            "ok": True,
            "size": size,
            "new": size,
            "cosigned_by": None,
            "refused": None,
            "detail": None,
        }
    ]
    assert cli.json("verify", "copy/JP-MN", "--trust", "trust.json")["ok"] is True
    host.show(host.story.log.entries[:5])

    (found,) = run(cli, host, code=1)

    assert (found["ok"], found["refused"]) == (False, "log-shortened")
    assert "evidence: copy/evidence/JP-MN/" in found["detail"]
    said = cli.run("mirror", host.address, "copy", "--trust", "trust.json", code=1)
    assert "JP-MN: REFUSED, log-shortened" in said.err


def test_what_cannot_be_is_said(cli: Terminal, host: Host) -> None:
    for options, said, code in (
        (["--committee", "ID"], "names no founding of JP-ID", 1),
        (["--key", "w.key"], "both --key and --name", 2),
        (["--once", "--every", "3"], "not allowed with", 2),
        (["--json", "--every", "3"], "leave out --every", 2),
    ):
        given = ["mirror", host.address, "copy", "--trust", "trust.json", *options]
        assert said in cli.run(*given, code=code).err
    cli.write("wrong.json", {"../../JP-MN": {"founding": "a" * 64}})
    given = ["copy", "--trust", "wrong.json"]
    assert "no committee" in cli.run("mirror", host.address, *given, code=1).err
    for no_address in ("ftp://x", "folder"):
        refused = cli.run("mirror", no_address, "copy", "--trust", "trust.json", code=1)
        assert "no https URL" in refused.err
        assert "jcgov verify DIR" in refused.err
    assert not (cli.folder / "copy").exists()
    nowhere = cli.run("mirror", "http://127.0.0.1:1", "copy", "--trust", "trust.json", code=1)
    assert "log-source" in nowhere.err
    with alone(cli.folder / "copy"):
        assert (
            "another mirror"
            in cli.run(*("mirror", host.address, "copy", "--trust", "trust.json"), code=1).err
        )


def test_a_mirror_with_a_key_cosigns_its_copy(cli: Terminal, host: Host) -> None:
    name = "mirror.example/third"
    options = ("--key", "w.key", "--name", name)

    (found,) = run(cli, host, *options)
    assert found["cosigned_by"] == name
    assert run(cli, host, *options)[0]["new"] == 0

    note = (cli.folder / "copy/JP-MN/checkpoint").read_text()
    key = NoteKey.of_witness(name, W_JP.pen.record)
    keys = host.story.bench.roster.log_keys
    assert set(read_checkpoint(note, keys).cosigned) == set(keys.witnesses) - {"w.third.example"}
    assert sum(key.made(line) for line in Note.parse(note).signatures) == 1


def test_a_witness_that_mirrors_cosigns_what_it_has_checked_and_serves_its_copy(
    cli: Terminal, host: Host
) -> None:
    """The checkpoint is published only once it is cosigned: the entries are pulled before."""
    options = ("--key", "w.key", "--name", NAME, "--every", "0.3")
    first = host.story.log
    with serving(cli, host.address, "copy", *options) as url:
        assert ask(cli.folder, url, first).outcome is Outcome.COSIGNED
        good = len(host.story.envelopes)
        host.story.add(host.story.closed(50), host.story.closed(50))  # a number given up twice
        bad = unpublished(host)
        refused = ask(cli.folder, url, bad)
        assert refused.outcome is Outcome.REFUSED
        assert f"entry {good + 1}" in refused.detail
        del host.story.envelopes[-1]
        assert ask(cli.folder, url, unpublished(host)).outcome is Outcome.COSIGNED
        forged = ask(cli.folder, url, forged_log(host))
        assert forged.outcome is Outcome.OTHER_HISTORY, forged
        size = len(host.show().entries)
        wait_for(cli.folder / "copy/JP-MN/checkpoint", f"\n{size}\n")

        (found,) = cli.json("mirror", url, "second", "--trust", "trust.json")  # of the mirror
        assert (found["ok"], found["size"]) == (True, size)
        assert list((cli.folder / "copy/evidence/JP-MN").iterdir())


def unpublished(host: Host) -> Log:
    """Let the tiles of the story's log be there, and the checkpoint of what was before it."""
    before = host.read("checkpoint")
    log = host.show()
    (host.folder / "JP-MN/checkpoint").write_bytes(before)
    return log


def forged_log(host: Host) -> Log:
    """Return a log whose last entry is another; its tiles are there instead."""
    entries = host.story.log.entries
    before = host.read("checkpoint")
    log = host.show([*entries[:-2], host.story.closed(60).to_bytes(), entries[-1]])
    (host.folder / "JP-MN/checkpoint").write_bytes(before)
    return log


def wait_for(file: Path, text: str) -> None:
    end = time.monotonic() + LIMIT
    while not (file.exists() and text in file.read_text()):
        assert time.monotonic() < end, f"{text!r} never came to be in {file}"
        time.sleep(0.05)
