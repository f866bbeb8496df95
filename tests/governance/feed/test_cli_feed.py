"""``jcgov feed`` as a registry's staff run it: a table, a batch, and the check of both."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from governance import assembly
from governance.exchange.bundles import export_bundle
from governance.settings import Settings
from projections.feed import BATCH_MEDIA_TYPE, Feed, batch
from tests.governance.terminal import Terminal

ISSUED = "org.jcm.issuance.decided.v1"


@pytest.fixture
def cli(feed_story: Settings, tmp_path: Path) -> Terminal:
    return Terminal.at(feed_story, tmp_path)


@pytest.fixture
def trust(cli: Terminal) -> Path:
    founding = cli.json("committee", "show", "--committee", "MN")["founding"]
    return cli.write("trust.json", {"JP-MN": {"founding": founding}})


def test_a_batch_is_what_the_feed_holds(cli: Terminal, feed_story: Settings) -> None:
    found = cli.json("feed", "--side", "JP", "--after", "0")

    with assembly.library(feed_story) as read:
        assert found == json.loads(batch(Feed(read.tables).entries("JP")))
    assert len(found) == 11


def test_the_table_says_in_short_what_is_told_and_how_to_go_on(cli: Terminal) -> None:
    first = cli.run("feed", "--side", "MN", "--limit", "5")
    lines = first.table

    assert [line["amount"] for line in lines] == ["", "", "", "", "20"]
    assert [line["type"] for line in lines][-1] == "issuance.decided.v1"
    last = lines[-1]["sequence"]
    assert f"--after {last}" in first.err
    second = cli.run("feed", "--side", "MN", "--after", last)
    assert len(second.table) == 6
    nothing = cli.run("feed", "--side", "MN", "--after", second.table[-1]["sequence"])
    assert nothing.table == []
    assert "Nothing is told to MN after" in nothing.err


def test_types_and_committees_are_chosen(cli: Terminal) -> None:
    both = ("--type", ISSUED, "--type", "org.jcm.issuance.corrected.v1")

    found = cli.json("feed", "--side", "JP", "--committee", "MN", *both)

    assert [event["type"].split(".")[3] for event in found] == ["decided"] * 2 + ["corrected"] * 2
    assert cli.json("feed", "--side", "JP", "--committee", "ID") == []


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("--side", "XX"), "XX is no side of a committee that is recorded here"),
        (("--side", "JP", "--after", "9" * 16), "the feed has not come to 9999999999999999"),
    ],
)
def test_what_would_be_waited_for_in_vain_is_refused(
    cli: Terminal, asked: tuple[str, ...], says: str
) -> None:
    for verifying in ((), ("--verify",)):
        refused = cli.run("feed", *asked, *verifying, code=1)
        assert says in refused.out + refused.err


def test_a_feed_of_an_absent_home_is_empty_and_makes_nothing(tmp_path: Path) -> None:
    there = Terminal(tmp_path, tmp_path / "absent")

    assert there.json("feed", "--side", "JP") == []
    assert there.json("feed", "--side", "JP", "--verify")["good"] == 0
    assert not (tmp_path / "absent").exists()


def test_a_genuine_feed_is_verified(cli: Terminal, trust: Path) -> None:
    said = cli.run("feed", "--side", "JP", "--verify", "--trust", trust)
    audit = cli.json("feed", "--side", "JP", "--verify", "--trust", trust, "--after", "440000")

    assert said.out.startswith("11 events verified, up to ")
    assert audit == {"ok": True, "good": 6, "last": audit["last"], "failed": None}


def test_a_feed_that_is_not_verified_ends_with_1_and_names_the_event(cli: Terminal) -> None:
    cli.write("other.json", {"JP-MN": {"founding": "0" * 64}})

    said = cli.run("feed", "--side", "JP", "--verify", "--trust", "other.json", code=1)
    audit = cli.run("feed", "--side", "JP", "--verify", "--json", code=1).json

    assert "FAILED  anchor" in said.out
    assert "0 events before it are good" in said.out
    assert (audit["ok"], audit["good"], audit["failed"]["check"]) == (False, 0, "anchor")
    assert audit["failed"]["id"].startswith("JP-MN/2026/002#1/JP/")


@pytest.mark.parametrize(
    "wrong",
    [
        (),
        ("--side", "jp"),
        ("--side", "Japan"),
        ("--side", "JP", "--after", "-1"),
        ("--side", "JP", "--after", "1.5"),
        ("--side", "JP", "--after", "9" * 17),
        ("--side", "JP", "--after", "٣"),
        ("--side", "JP", "--limit", "0"),
        ("--side", "JP", "--limit", "all"),
        ("--side", "JP", "--type", "issuance"),
        ("--side", "JP", "--require", "trusted"),
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2(cli: Terminal, wrong: tuple[str, ...]) -> None:
    outcome = cli.run("feed", *wrong, code=2)

    assert "usage:" in outcome.err
    assert outcome.out == ""


# Of a server


@contextmanager
def serving(settings: Settings, *, lie: bool = False) -> Iterator[str]:
    """Serve a home's feed and bundles on loopback, as the contract says; perhaps a false amount."""

    class Engine(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            with assembly.library(settings) as read:
                if parts.path == "/v1/feed":
                    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                    entries = Feed(read.tables).entries(
                        query["side"], int(query["after"]), int(query["limit"])
                    )
                    body, kind = batch(entries), BATCH_MEDIA_TYPE
                    if lie:
                        body = body.replace(b'"amount":75,', b'"amount":76,')
                else:
                    number = parts.path.removeprefix("/v1/decisions/").removesuffix("/bundle")
                    assert read.record is not None
                    body = export_bundle(read.record, "JP-MN", number).to_bytes()
                    kind = "application/vnd.jcm.bundle.v1+json"
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Engine)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_strangers_server_is_verified_without_a_home(
    cli: Terminal, feed_story: Settings, trust: Path, tmp_path: Path
) -> None:
    alone = Terminal(tmp_path, tmp_path / "absent")
    with serving(feed_story) as url:
        told = ("feed", "--side", "MN", "--from", url)

        assert len(alone.json(*told)) == 11
        said = alone.run(*told, "--verify", "--trust", trust)

    assert said.out.startswith("11 events verified")
    assert not (tmp_path / "absent").exists()


def test_a_servers_false_amount_is_found_behind_what_is_good(
    cli: Terminal, feed_story: Settings, trust: Path
) -> None:
    with serving(feed_story, lie=True) as url:
        told = ("feed", "--side", "JP", "--from", url, "--verify", "--trust", trust)
        audit = cli.run(*told, "--json", code=1).json

    assert (audit["ok"], audit["good"]) == (False, 7)
    assert audit["failed"] == {
        "sequence": audit["failed"]["sequence"],
        "id": "JP-MN/2026/006#1/JP/org.jcm.issuance.corrected.v1",
        "check": "decision",
        "detail": "amount is 76, the decision says 75",
    }


def test_a_server_that_is_not_there_is_a_fault(cli: Terminal) -> None:
    gone = cli.run("feed", "--side", "JP", "--from", "http://127.0.0.1:1", code=3)

    assert "http://127.0.0.1:1/v1/feed cannot be read" in gone.err
