"""``jcgov witness`` as a side runs it: a process of its own, asked by the publisher's client."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from governance.service.witness_addresses import AddressFile
from governance.service.witnessing import Asking, Evidence, Outcome, Question, WitnessAnswer
from policies.proof.note import Note, NoteKey
from tests.governance.terminal import LIMIT, Terminal
from tests.policies.test_merkle import subtrees
from tests.witness.logs import LOG_KEY, Log

NAME = "witness.example/mn"
LOG = Log()


@pytest.fixture
def cli(tmp_path: Path) -> Terminal:
    terminal = Terminal(tmp_path)
    terminal.write("password", b"of the witness\n")
    terminal.write("log.vkey", f"{LOG_KEY.vkey}\n".encode())
    return terminal


def make_key(cli: Terminal, *options: str) -> NoteKey:
    made = cli.run(
        *("witness", "key", "-o", "witness.key", "--name", NAME),
        *("--password-file", "password", *options),
    )
    key = NoteKey.parse(made.out.strip())
    assert (cli.folder / "witness.key.vkey").read_text() == made.out
    return key


@contextmanager
def serving(cli: Terminal, key: str = "witness.key", name: str = NAME) -> Iterator[str]:
    process = cli.start(
        *("witness", "serve", "--key", key, "--password-file", "password"),
        *("--name", name, "--log", "log.vkey", "--data", "seen", "--port", "0"),
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line.startswith("serving http://"), process.stderr and process.stderr.read()
        yield line.split()[1].rstrip(";")
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=LIMIT)


def ask(cli: Terminal, url: str, key: NoteKey, log: Log, grown: tuple[int, int]) -> WitnessAnswer:
    """Ask as the engine's publisher does."""
    old, size = grown
    cli.write("witnesses.json", {"JP-MN": {NAME: url}})
    way = AddressFile(cli.folder / "witnesses.json").submit("JP-MN", NAME)
    kept: list[Evidence] = []
    asking = Asking(lambda: datetime.now(UTC), kept.append)
    question = Question(log.head(size), Note.parse(log.note(size)), subtrees(log.entries(size)))
    (answer,) = asking(question, {NAME: (key, "MN")}, {NAME: way}, old)
    assert bool(kept) == (answer.outcome is Outcome.OTHER_HISTORY)
    return answer


@pytest.mark.parametrize("scheme", ["ed25519", "ml-dsa-44"])
def test_the_publisher_gets_its_cosignature_and_a_rewritten_log_none(
    cli: Terminal, scheme: str
) -> None:
    key = make_key(cli, "--scheme", scheme)
    with serving(cli) as url:
        assert ask(cli, url, key, LOG, (0, 100)).outcome is Outcome.COSIGNED
        assert ask(cli, url, key, Log("x"), (100, 200)).outcome is Outcome.OTHER_HISTORY
    with serving(cli) as url:  # it remembers, and the publisher need not know how much it saw
        assert ask(cli, url, key, LOG, (0, 300)).outcome is Outcome.COSIGNED

    (kept,) = (cli.folder / "seen" / "evidence").glob("*.json")
    assert json.loads(kept.read_text())["cosigned_before"] == LOG.note(100)


def test_what_is_missing_or_wrong_is_said_before_it_listens(cli: Terminal) -> None:
    make_key(cli)
    cli.write("two.vkey", f"{LOG_KEY.vkey}\n{LOG_KEY.vkey.replace('JP-MN', 'JP-ID')}\n".encode())
    cli.write("none.vkey", b"# nothing\n")
    cli.write("wrong", b"another\n")
    given = ["witness", "serve", "--key", "witness.key", "--data", "seen"]
    named = ["--name", NAME, "--password-file", "password"]
    for options, said in (
        ([*named, "--log", "two.vkey"], "two.vkey holds no verifier keys"),
        ([*named, "--log", "none.vkey"], "none.vkey is empty"),
        ([*named, "--log", "log.vkey", "log.vkey"], "was named before"),
        ([*named, "--log", "absent.vkey"], "absent.vkey"),
        (["--name", "two words", *named[2:], "--log", "log.vkey"], "no verifier key"),
        (["--name", NAME, "--password-file", "wrong", "--log", "log.vkey"], "cannot be opened"),
    ):
        assert said in cli.run(*given, *options, code=1).err
    assert not (cli.folder / "seen").exists()
    assert "exists" in cli.run(*("witness", "key", "-o", "witness.key", "--name", NAME),
                               "--unencrypted", code=1).err  # fmt: skip
