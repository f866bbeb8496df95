"""``jcgov publish``: over real HTTP, with witnesses that behave and that do not."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from governance import assembly
from governance.keys.notes import NoteSigner
from governance.settings import Settings
from policies.proof.checkpoint import read_checkpoint
from policies.proof.merkle import Frontier
from projections.transparency.log_files import LogFiles
from projections.transparency.tiles import split_hashes
from tests.governance.setting import proposal, sign
from tests.governance.terminal import Terminal
from tests.http.served import served as running
from tests.http.served import wait_for
from tests.witnesses import Onlooker, Said, served, utc

NAMES = {"JP": "witness.jp.example", "MN": "witness.mn.example"}


class Log:
    """A home whose log has two witnesses that answer over HTTP."""

    def __init__(self, cli: Terminal, settings: Settings) -> None:
        self.cli, self.settings = cli, settings
        self.onlookers: dict[str, Onlooker] = {}
        self.stack = ExitStack()

    def name_witnesses(self) -> None:
        """Let both authorities name the witnesses, by the files that people exchange."""
        keys = []
        for side, name in NAMES.items():
            signer = NoteSigner.new("ml-dsa-44" if side == "JP" else "ed25519")
            signer.save(self.cli.folder / f"witness-{side}.key")
            self.onlookers[side] = Onlooker(name, side, self.log_keys, utc, signer)
            keys.append({"name": name, "side": side, "key": f"witness-{side}.key.pub.json"})
        witnesses = {"keys": keys, "quorum": [list(NAMES.values())]}
        self.cli.write("plan.json", {"witnesses": witnesses})
        self.cli.run("committee", "engine", "plan.json", "--committee", "MN", "-o", "engine.json")
        for side in ("JP", "MN"):
            sign(self.cli, "engine.json", f"MN-{side}.key", f"{side}.sig")
        self.cli.run("submit", "JP.sig", "MN.sig")

    def reach(self, **urls: str) -> None:
        """Say where the witnesses answer: where they are served, or else at these addresses."""
        for side, onlooker in self.onlookers.items():
            if side not in urls:
                urls[side] = self.stack.enter_context(served(onlooker))
        named = {NAMES[side]: url for side, url in urls.items()}
        self.cli.write("home/witnesses.json", {"JP-MN": named})

    def log_keys(self) -> Any:
        with assembly.reading_desk(self.settings) as desk:
            return desk.load("JP-MN").roster.log_keys

    def answers(self, outcome: Any) -> dict[str, str]:
        return {entry["witness"]: entry["outcome"] for entry in outcome["witnesses"]}


@pytest.fixture
def log(founded: Terminal, founded_once: Settings) -> Iterator[Log]:
    url = founded.environment.get("JCGOV_DATABASE_URL")
    home = founded.home or Path()
    made = Log(founded, Settings(home, home / "keys", url))
    with made.stack:
        made.name_witnesses()
        yield made


def test_a_checkpoint_is_published_over_http_and_shown_by_doctor(log: Log) -> None:
    log.reach()

    (outlook,) = log.cli.json("publish")

    assert log.answers(outlook) == dict.fromkeys(NAMES.values(), "cosigned")
    note = (log.settings.log / "JP-MN" / "checkpoint").read_text()
    assert set(read_checkpoint(note, log.log_keys()).cosigned) == set(NAMES.values())
    (committee,) = log.cli.json("doctor")["committees"]
    assert committee["log_key"] is True
    standing = committee["log"]
    assert (standing["waiting"], standing["evidence"]) == (0, 0)
    assert standing["size"] == outlook["published"]["size"]
    assert standing["age_seconds"] < 60
    assert log.cli.run("publish").out.startswith("JP-MN: 4 entries, nothing new")


@pytest.mark.parametrize("kind", ["nobody there", "silent", "redirecting", "faulty", "endless"])
def test_a_witness_that_gives_no_answer_delays_the_checkpoint_and_is_shown(
    log: Log, kind: str
) -> None:
    onlooker = log.onlookers["MN"]
    if kind == "nobody there":
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        log.reach(MN=f"http://127.0.0.1:{port}/w")
    elif kind == "silent":
        silent = log.stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        log.reach(MN=f"http://127.0.0.1:{silent.getsockname()[1]}/w")
    else:
        answers = {
            "redirecting": Said(307, "http://127.0.0.1:1/add-checkpoint"),
            "faulty": Said(500, "out of order"),
            "endless": Said(200, "x" * 200_000),
        }
        onlooker.instead = lambda _onlooker, _body: answers[kind]
        log.reach()
    began = time.monotonic()

    outcome = log.cli.run("publish", "--json", code=1)

    (outlook,) = outcome.json
    assert time.monotonic() - began < 30
    expected = "refused" if kind == "endless" else "away"
    assert log.answers(outlook) == {NAMES["JP"]: "cosigned", NAMES["MN"]: expected}
    assert outlook["published"] is None
    assert "no quorum" in outlook["why"]
    (committee,) = log.cli.json("doctor")["committees"]
    assert committee["log"]["waiting"] == outlook["waiting"] == 1
    assert log.answers(committee["log"])[NAMES["MN"]] == expected
    assert f"{NAMES['MN']}: {expected}" in " ".join(log.cli.run("doctor").out.split())


def test_without_addresses_it_says_whom_nobody_can_ask(log: Log) -> None:
    said = log.cli.run("publish", code=1).out

    assert "1 entries wait" in said
    assert "witness.jp.example (JP): no address" in said


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ("[]", "is not"),
        ('{"MN": {}}', "no committee's code"),
        ('{"JP-MN": {"witness.jp.example": "ftp://x"}}', "no https URL"),
        ('{"JP-MN": {"witness.jp.example": "https://x?y"}}', "has a query"),
    ],
)
def test_addresses_that_are_none_are_refused_by_name(log: Log, content: str, match: str) -> None:
    (log.settings.home / "witnesses.json").write_text(content)

    assert match in log.cli.run("publish", code=1).out


def test_the_server_publishes_soon_after_a_commit(log: Log, tmp_path: Path) -> None:
    log.reach()
    with running(log.settings, tmp_path / "serve") as service:

        def standing() -> dict[str, Any]:
            found: dict[str, Any] = service.client.get("/healthz").json()["logs"]["JP-MN"]
            return found

        wait_for(lambda: standing()["waiting"] == 0)
        first = standing()["size"]
        log.cli.write("proposal.json", proposal())
        log.cli.run("propose", "proposal.json")
        log.cli.run("distribute", "1")
        wait_for(lambda: standing()["size"] > first)
        metrics = service.client.get("/metrics").text
        assert 'jcgov_log_witnesses{answer="cosigned"} 2.0' in metrics
        assert "jcgov_log_entries_waiting 0.0" in metrics
        served_log = LogFiles.open(log.settings.log / "JP-MN")
        note = service.client.get("/log/MN/checkpoint").text
        assert note == served_log.checkpoint()
        size = standing()["size"]
        tile = service.client.get(f"/log/MN/tile/0/000.p/{size}")
        assert root_of_leaves(tile.content) == read_checkpoint(note, log.log_keys()).head.root
        keys = service.client.get("/log/MN/witnesses.vkey").text.splitlines()
        assert {key.partition("+")[0] for key in keys} == set(NAMES.values())
        assert service.end(within=15) == 0
    published = [entry for entry in service.logged() if entry["event"] == "checkpoint published"]
    assert published[-1]["waiting"] == 0


def root_of_leaves(tile: bytes) -> bytes:
    frontier = Frontier.empty()
    for leaf in split_hashes(tile):
        frontier.append(leaf)
    return frontier.root


def test_a_home_that_is_absent_has_nothing_to_publish(cli: Terminal) -> None:
    assert cli.run("publish").out == "There is nothing to publish.\n"
    assert cli.json("publish") == []
