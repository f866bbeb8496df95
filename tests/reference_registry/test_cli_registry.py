"""``jcgov registry-demo`` at the command line: what it shows, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from governance.cli.main import main
from governance.keys.files import PrivateKey
from tests.governance.terminal import Terminal
from tests.reference_registry.desk import Desk
from tests.reference_registry.standin import StandIn, credits, government, private

AWAY = "http://127.0.0.1:9"


@pytest.fixture
def cli(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path)


@pytest.fixture
def books(tmp_path: Path, engine: StandIn) -> Path:
    """A folder with the books of a registry in which Kita holds 10 credits."""
    folder = tmp_path / "books"
    folder.mkdir()
    desk = Desk(engine, folder)
    engine.decide(credits(10, 1, private("JP", "Kita", 10), government("MN", 1)))
    desk.run()
    return folder


def _working(folder: Path, **changes: str) -> list[str]:
    """Return the arguments of a registry whose engine is away."""
    PrivateKey.new("p256").save(folder / "registry.key", None)
    (folder / "trust.json").write_text("{}")
    given = {
        "side": "JP",
        "engine": AWAY,
        "trust": str(folder / "trust.json"),
        "key": str(folder / "registry.key"),
        "data": str(folder / "data"),
    }
    return [text for name, value in (given | changes).items() for text in (f"--{name}", value)]


def test_holders_move_credits_and_see_them(cli: Terminal, books: Path) -> None:
    kita = "JP-200-0001"
    opened = cli.run("registry-demo", "open", "Minami", "--data", books).out.strip()
    moving = ("--data", str(books), "--from", kita, "--amount")
    cli.run("registry-demo", "transfer", *moving, "3", "--to", opened)
    cli.run("registry-demo", "cancel", *moving, "2")
    first = cli.run("registry-demo", "retire", *moving, "1", "--reference", "R-1").out
    again = cli.run("registry-demo", "retire", *moving, "1", "--reference", "R-1").out

    assert again == first.rstrip() + " (carried out before)\n"
    table = cli.run("registry-demo", "accounts", "--data", books).table
    assert {row["account"]: row["balance"] for row in table} == {
        "JP-200-0001": "4",
        "JP-200-0002": "3",
        "JP-300-0001": "2",
        "JP-400-0001": "1",
    }
    kinds = [row["kind"] for row in cli.run("registry-demo", "transactions", "--data", books).table]
    assert kinds == ["issuance", "transfer", "cancellation", "retirement"]
    assert "issued 10" in cli.run("registry-demo", "status", "--data", books).out


def test_what_the_accounts_do_not_allow_is_refused_in_a_sentence(
    cli: Terminal, books: Path
) -> None:
    order = ("retire", "--data", str(books), "--from", "JP-200-0001", "--amount", "11")

    assert "holds 10 of the 11" in cli.run("registry-demo", *order, code=1).err


def test_reading_where_there_is_no_registry_makes_none(cli: Terminal) -> None:
    absent = cli.folder / "absent"

    for what in ("accounts", "transactions", "status"):
        assert "no registry" in cli.run("registry-demo", what, "--data", absent, code=1).err
    assert not absent.exists()


def test_a_pass_whose_engine_is_away_says_so_and_keeps_it(cli: Terminal) -> None:
    working = _working(cli.folder)

    outcome = cli.run("registry-demo", "once", *working, "--json", code=1)

    assert "cannot be reached" in outcome.err
    assert outcome.json["taken"] == 0
    status = cli.json("registry-demo", "status", "--data", cli.folder / "data")
    assert status["engines"][0]["trouble"] == outcome.json["trouble"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"trust": "absent.json"}, "absent.json cannot be read"),
        ({"key": "absent.key"}, "absent.key cannot be read"),
        ({"key": "trust.json"}, "cannot be opened as a private key"),
        ({"engine": "ftp://engine.example"}, "no address of an engine"),
        ({"engine": "engine.example"}, "no address of an engine"),
    ],
)
def test_what_it_cannot_begin_with_is_named(
    cli: Terminal, change: dict[str, str], message: str
) -> None:
    outcome = cli.run("registry-demo", "once", *_working(cli.folder, **change), code=1)

    assert message in outcome.err
    assert not (cli.folder / "data").exists()


def test_an_encrypted_key_is_opened_by_its_password(cli: Terminal) -> None:
    working = _working(cli.folder)
    (cli.folder / "word").write_text("a long pass-phrase\n")
    PrivateKey.new("ed25519").save(cli.folder / "locked.key", b"a long pass-phrase")
    locked = [*working, "--key", "locked.key"]

    assert "give --password-file" in cli.run("registry-demo", "once", *locked, code=1).err
    opened = cli.run("registry-demo", "once", *locked, "--password-file", "word", code=1)
    assert "cannot be reached" in opened.err


@pytest.mark.parametrize(
    "wrong",
    [
        ["once"],
        ["once", "--side", "jp"],
        ["serve", "--side", "JP", "--port", "65536"],
        ["serve", "--side", "JP", "--every", "0"],
        ["retire", "--data", "x", "--from", "a", "--amount", "-1"],
        ["retire", "--data", "x", "--from", "a", "--amount", "1.5"],
        ["transfer", "--data", "x", "--from", "a", "--amount", "1"],
        [],
    ],
)
def test_wrong_usage_is_said_before_anything_is_done(
    wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["registry-demo", *wrong])

    assert ended.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_the_books_in_earnest_are_not_opened_for_a_rehearsal(cli: Terminal, books: Path) -> None:
    working = _working(cli.folder, data=str(books))

    outcome = cli.run("registry-demo", "once", *working, "--rehearsal", code=1)

    assert "the registry of JP, in earnest" in outcome.err
    assert json.loads(cli.run("registry-demo", "status", "--data", books, "--json").out)["side"]
