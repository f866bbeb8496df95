"""``jcgov subscription`` and ``jcgov deliver``, as an operator and a registry use them."""

from __future__ import annotations

import base64
import json
import re
import signal
import stat
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from psycopg import sql
from standardwebhooks import Webhook

from governance import assembly
from governance.delivery import opening
from governance.settings import Settings
from projections.notifications import ROWS_OF_AN_EVENT
from tests.delivery.receiver import OK, Answering, Received, Receiver, status
from tests.governance.terminal import Terminal
from tests.governance.test_cli_postgresql import as_role
from tests.places import Places

SECRET = re.compile(r"whsec_[A-Za-z0-9+/]{43}=")


@pytest.fixture
def cli(told: Settings) -> Terminal:
    """Return a terminal whose home holds the demonstration's feed, and may push to loopback."""
    terminal = Terminal.at(told)
    terminal.environment["JCGOV_PUSH_ALLOW"] = "127.0.0.1"
    return terminal


def add(cli: Terminal, url: str, *options: str) -> dict[str, str]:
    made: dict[str, str] = cli.json("subscription", "add", "--side", "JP", "--url", url, *options)
    return made


def show(cli: Terminal, made: dict[str, str]) -> dict[str, Any]:
    shown: dict[str, Any] = cli.json("subscription", "show", made["id"])
    return shown


def test_the_whole_way_from_subscribing_to_being_up_to_date(cli: Terminal) -> None:
    with Receiver() as receiver:
        said = cli.run("subscription", "add", "--side", "JP", "--url", receiver.url).out
        listed = cli.json("subscription", "list")
        delivered = cli.run("deliver").out
        (entry,) = cli.json("subscription", "list")

    (secret,) = SECRET.findall(said)
    (public,) = re.findall(r"whpk_(\S+)", said)
    assert listed[0]["behind"] == len(receiver.received) == 8
    assert (entry["behind"], entry["state"], entry["next_try"]) == (0, "active", None)
    assert delivered.count("delivered") == 8
    for received in receiver.received:
        assert received.headers["content-type"] == "application/cloudevents+json"
        event = Webhook(secret).verify(received.body, received.headers)
        assert event["id"] == received.id
        signature = received.headers["webhook-signature"].rpartition("v1a,")[2]
        stamp = received.headers["webhook-timestamp"]
        Ed25519PublicKey.from_public_bytes(base64.b64decode(public)).verify(
            base64.b64decode(signature), f"{received.id}.{stamp}.".encode() + received.body
        )
    assert cli.run("deliver").out == "Nothing is due.\n"


def test_other_peoples_library_reads_what_is_pushed(cli: Terminal) -> None:
    with Receiver() as receiver:
        add(cli, receiver.url)
        cli.run("deliver")

    sequences = []
    for received in receiver.received:
        event = from_http_event(HTTPMessage(headers=received.headers, body=received.body))
        assert event.get_id() == received.id
        assert event.get_source() == "urn:jcm:committee:JP-MN"
        sequences.append(str(event.get_extension("sequence")))
    assert sequences == sorted(sequences)
    assert len(set(sequences)) == 8


def test_the_secret_is_shown_once_and_nowhere_else(cli: Terminal) -> None:
    with Receiver() as receiver:
        made = add(cli, receiver.url)
        assert SECRET.fullmatch(made["secret"])
        for words in (("subscription", "list"), ("subscription", "show", made["id"]), ("doctor",)):
            for form in ((), ("--json",)):
                out = cli.run(*words, *form)
                assert "whsec_" not in out.out + out.err
        assert "whsec_" not in cli.run("deliver").out
    cli.run("backup", "all.jsonl")
    assert b"whsec_" not in (cli.folder / "all.jsonl").read_bytes()


def test_what_rests_is_for_its_owner_alone(cli: Terminal) -> None:
    with Receiver() as receiver:
        add(cli, receiver.url)
    assert cli.home is not None
    kept = [cli.home / "keys" / "delivery.key", *cli.home.glob("deliveries.sqlite3*")]

    assert len(kept) >= (1 if "JCGOV_DATABASE_URL" in cli.environment else 2)
    for file in kept:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


def test_filters_by_committee_type_and_position(cli: Terminal) -> None:
    kind = "org.jcm.issuance.decided.v1"
    with Receiver() as issuances, Receiver() as rest, Receiver() as none:
        add(cli, issuances.url, "--type", kind, "--type", kind, "--committee", "MN")
        cli.run("deliver")
        positions = [json.loads(r.body)["sequence"] for r in issuances.received]
        add(cli, rest.url, "--after", str(int(positions[-2])))
        add(cli, none.url, "--committee", "ID")
        cli.run("deliver")

    assert {json.loads(received.body)["type"] for received in issuances.received} == {kind}
    assert rest.ids() == [issuances.ids()[-1]]
    assert none.received == []


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--side", "JP", "--url", "http://registry.example/"), "JCGOV_PUSH_ALLOW|https"),
        (("--side", "JP", "--url", "https://10.0.0.1/"), "private network"),
        (("--side", "JP", "--url", "https://169.254.169.254/"), "local link"),
        (("--side", "JP", "--url", "https://user:word@a.example/"), "name or a password"),
        (("--side", "JP", "--url", "ftp://a.example/"), "https"),
        (("--side", "XX", "--url", "https://127.0.0.1/"), "no side of a committee that is"),
        (("--side", "JAPAN", "--url", "https://127.0.0.1/"), "names no side"),
        (("--side", "ID", "--url", "https://127.0.0.1/", "--committee", "MN"), "no side of"),
        (("--side", "JP", "--url", "https://127.0.0.1/", "--type", "org.jcm.x"), "no type of"),
        (("--side", "JP", "--url", "https://127.0.0.1/", "--after", "99999999"), "has reached"),
    ],
)
def test_what_could_never_be_sent_is_refused_and_nothing_is_made(
    cli: Terminal, options: tuple[str, ...], reason: str
) -> None:
    refused = cli.run("subscription", "add", *options, code=1)

    assert re.search(reason, refused.err), refused.err
    assert "word" not in refused.err.replace("password", "")
    assert refused.out == ""
    assert cli.json("subscription", "list") == []


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "99999999999999999999"])
def test_a_position_is_a_whole_number(cli: Terminal, after: str) -> None:
    words = ("subscription", "add", "--side", "JP", "--url", "https://127.0.0.1/")
    assert "position" in cli.run(*words, f"--after={after}", code=2).err


def test_failures_are_shown_with_their_reasons_and_tried_again(cli: Terminal) -> None:
    answers = [OK, status(500, b"no room"), OK]

    def behave(_received: Received) -> Answering:
        return answers.pop(0) if answers else OK

    with Receiver(behave) as receiver:
        made = add(cli, receiver.url)
        said = cli.run("deliver", code=1).out
        assert "failed: answered 500: no room" in said
        shown = show(cli, made)
        assert (shown["failures"], shown["behind"]) == (1, 7)
        assert [(a["status"], a["error"]) for a in shown["attempts"]] == [
            (500, "answered 500: no room"),
            (204, None),
        ]
        tried = datetime.fromisoformat(shown["next_try"])
        began = datetime.fromisoformat(shown["attempts"][0]["at"])
        assert timedelta(seconds=4) <= tried - began <= timedelta(seconds=9)
        later = (datetime.now(UTC) + timedelta(seconds=30)).isoformat()
        cli.run("deliver", at=later)

    assert receiver.ids()[1] == receiver.ids()[2]
    assert show(cli, made)["behind"] == 0
    table = cli.run("subscription", "show", made["id"], "--limit", "1").out
    assert table.count("JP-MN/") == 1


def test_pausing_resuming_and_sending_again(cli: Terminal) -> None:
    with Receiver() as receiver:
        made = add(cli, receiver.url)
        cli.run("subscription", "pause", made["id"])
        assert cli.run("deliver").out == "Nothing is due.\n"
        assert show(cli, made)["state"] == "paused"
        states = cli.json("doctor")["subscriptions"]
        assert (states["paused"], states["active"]) == (1, 0)
        cli.run("subscription", "resume", made["id"])
        cli.run("deliver")
        first = receiver.ids()
        cli.run("subscription", "replay", made["id"], "--after", "0")
        cli.run("deliver")

        assert receiver.ids() == first + first
        ahead = str(show(cli, made)["position"] + 1)
        refused = cli.run("subscription", "replay", made["id"], "--after", ahead, code=1)
        assert "has reached" in refused.err


def test_after_an_older_record_is_restored_it_waits_and_is_told_what_is_recorded_since(
    cli: Terminal, told: Settings, places: Places, tmp_path: Path
) -> None:
    with Receiver() as receiver:
        made = add(cli, receiver.url)
        cli.run("deliver")
        older = places.make(tmp_path / "older" / "home")
        last = show(cli, made)["position"] // ROWS_OF_AN_EVENT
        (tmp_path / "record.jsonl").write_text(backup_before(told, cli, last), "utf-8")
        there = Terminal.at(older, tmp_path)
        there.environment["JCGOV_PUSH_ALLOW"] = "127.0.0.1"
        there.run("restore", tmp_path / "record.jsonl")
        taken_along(told, older)
        assert there.json("doctor")["subscriptions"]["ahead"] == 1
        assert there.run("deliver").out == "Nothing is due.\n"
        stands = there.json("subscription", "list")[0]
        assert (stands["state"], stands["position"]) == ("ahead", show(cli, made)["position"])

        refused = there.run("subscription", "resume", made["id"], code=1).err
        assert "jcgov subscription replay" in refused
        there.run("subscription", "replay", made["id"], "--after", "0")
        sent = len(receiver.received)
        there.run("deliver")

    again = receiver.ids()[sent:]
    assert again == receiver.ids()[: len(again)]
    assert 0 < len(again) < 8
    assert there.json("doctor")["subscriptions"]["active"] == 1
    places.drop(older)


def backup_before(settings: Settings, cli: Terminal, position: int) -> str:
    """Return the backup that was made before an event was recorded."""
    cli.run("backup", "whole.jsonl")
    first, *lines = (cli.folder / "whole.jsonl").read_text("utf-8").splitlines(keepends=True)
    with assembly.open_record(settings) as record:
        head = {"position": position - 1, "link": record.link_at(position - 1)}
    return "".join(
        [json.dumps(json.loads(first) | head, separators=(",", ":")) + "\n", *lines[: position - 1]]
    )


def taken_along(before: Settings, after: Settings) -> None:
    """Put the subscriptions of one place into another."""
    with opening.delivery_tables(before) as whence, opening.delivery_tables(after) as whither:
        for subscription in whence.all():
            [secret, *_] = whence.secrets(subscription.id, 0)
            whither.add(subscription, secret)


def test_one_that_is_gone_says_so_until_it_is_resumed(cli: Terminal) -> None:
    answers = [status(410)]
    with Receiver(lambda _: answers.pop() if answers else OK) as receiver:
        made = add(cli, receiver.url)
        cli.run("deliver", code=1)
        shown = show(cli, made)
        assert (shown["state"], shown["reason"]) == ("disabled", "answered 410")
        cli.run("subscription", "resume", made["id"])
        cli.run("deliver")

    assert len(set(receiver.ids())) == 8


def test_a_rotated_secret_signs_beside_the_new_one(cli: Terminal) -> None:
    with Receiver() as receiver:
        made = add(cli, receiver.url)
        new = cli.json("subscription", "rotate", made["id"])["secret"]
        assert show(cli, made)["secrets"] == 2
        cli.run("deliver")
        for received in receiver.received:
            Webhook(made["secret"]).verify(received.body, received.headers)
            Webhook(new).verify(received.body, received.headers)
        newest = cli.run("subscription", "rotate", made["id"], "--keep", "0").out
        assert SECRET.search(newest)
        assert "no longer signs" in cli.run("subscription", "rotate", made["id"], "--keep", "0").err
        assert show(cli, made)["secrets"] == 1
        assert len(receiver.received) == 8


def test_the_key_of_pushing_is_replaced_without_a_registry_that_cannot_verify(
    cli: Terminal,
) -> None:
    with Receiver() as receiver:
        first = add(cli, receiver.url)["public_key"]
        second = cli.json("subscription", "key", "--rotate")
        assert second["before"] == first
        assert "still signs" in cli.run("subscription", "key", "--rotate", code=1).err
        cli.run("deliver")
        ended = cli.json("subscription", "key", "--end-before")

    assert ended == {"public_key": second["public_key"], "before": None}
    for received in receiver.received:
        signatures = received.headers["webhook-signature"].split(" ")
        assert [part.partition(",")[0] for part in signatures] == ["v1", "v1a", "v1a"]


def test_what_is_removed_is_forgotten(cli: Terminal) -> None:
    with Receiver() as receiver:
        made = add(cli, receiver.url)
        cli.run("subscription", "remove", made["id"])
        assert cli.run("deliver").out == "Nothing is due.\n"
    for words in ("show", "pause", "resume", "rotate", "remove"):
        refused = cli.run("subscription", words, made["id"], code=1)
        assert "there is no subscription" in refused.err
        assert "jcgov subscription list" in refused.err


def test_a_home_that_is_absent_stays_so(tmp_path: Path) -> None:
    cli = Terminal(tmp_path, tmp_path / "home")

    assert cli.json("subscription", "list") == []
    assert cli.run("deliver").out == "Nothing is due.\n"
    words = ("subscription", "add", "--side", "JP", "--url", "https://127.0.0.1/")
    assert "nothing is recorded" in cli.run(*words, code=1).err
    assert not (tmp_path / "home").exists()


def test_reading_makes_no_file_of_subscriptions(cli: Terminal) -> None:
    assert cli.home is not None
    before = sorted(cli.home.iterdir())
    cli.run("subscription", "list")
    cli.run("subscription", "show", "sub_x", code=1)

    assert sorted(cli.home.iterdir()) == before


def test_an_allowance_that_cannot_be_read_is_refused(cli: Terminal) -> None:
    given = {"JCGOV_PUSH_ALLOW": "10.0.0.0/99"}

    assert "JCGOV_PUSH_ALLOW" in cli.run("deliver", code=1, environment=given).err


def test_it_goes_on_until_it_is_told_to_end(cli: Terminal) -> None:
    with Receiver() as receiver:
        add(cli, receiver.url)
        running = cli.start("deliver", "--every", "0.2")
        end = time.monotonic() + 30
        while len(receiver.received) < 8:
            assert time.monotonic() < end
            time.sleep(0.05)
        made = add(cli, receiver.url)
        while len(receiver.received) < 16:
            assert time.monotonic() < end
            time.sleep(0.05)
        running.send_signal(signal.SIGTERM)
        out, err = running.communicate(timeout=10)

    assert running.returncode == 0, err
    assert out.count("delivered") == 16
    assert "interrupt to end" in err
    assert show(cli, made)["behind"] == 0


def test_the_applications_role_may_keep_subscriptions(
    database_url: str, tmp_path: Path, role: str
) -> None:
    owner = Terminal(tmp_path, tmp_path / "home", {"JCGOV_DATABASE_URL": database_url})
    owner.run("init", "--application", role)
    owner.run("demo", "--home", tmp_path / "home")
    environment = {
        "JCGOV_DATABASE_URL": as_role(database_url, role),
        "JCGOV_PUSH_ALLOW": "127.0.0.1",
    }
    cli = Terminal(tmp_path, tmp_path / "home", environment)
    with Receiver() as receiver:
        made = add(cli, receiver.url)
        cli.run("deliver")
        cli.run("subscription", "rotate", made["id"])
        cli.run("subscription", "remove", made["id"])

    assert len(receiver.received) == 8
    with psycopg.connect(database_url, autocommit=True) as connection:
        others = connection.execute(
            "SELECT count(*) FROM information_schema.table_privileges WHERE grantee = 'PUBLIC'"
            " AND table_schema = 'jcgov'"
        ).fetchone()
        connection.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(role)))
    assert others == (0,)
