"""How the command line answers: exit codes, one document on stdout, sentences on stderr."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from policies.proof.dsse import Envelope
from tests.governance.setting import proposal
from tests.governance.terminal import LIMIT, Terminal


@pytest.mark.parametrize(
    "command",
    [
        (),
        ("minutes",),
        ("log", "--shape"),
        ("log", "extra"),
        ("log", "--json", "--csv"),
        ("log", "--as-of", "2026-02-30"),
        ("log", "--as-of", "soon"),
        ("log", "--known-at", "2026-02-01T10:00:00"),
        ("log", "--known-at", "noon"),
        ("log", "--committee", "mongolia"),
        ("log", "--committee", "JP"),
        ("log", "--committee", "JP-JP"),
        ("log", "--committee", "MN-JP"),
        ("register", "minutes", "--committee", "MN"),
        ("register", "credits"),
        ("committee",),
        ("committee", "close"),
        ("convene", "--committee", "MN", "--date", "2026-13-01", "--place", "Tokyo"),
        ("sign", "request.json", "-o", "a.sig"),
        ("submit",),
        ("verify",),
        ("verify", "x", "--require", "trust"),
        ("key", "new"),
        ("key", "new", "-o", "x.key", "--scheme", "rsa"),
        ("affirm", "1"),
        ("withdraw", "1"),
        ("withdraw", "1", "--reason", " "),
        ("convene", "--committee", "MN", "--date", "2030-01-01", "--place", ""),
        ("object", "1", "--reason", "no"),
        ("object", "1", "--reason", "", "-o", "x.json"),
        ("object", "1", "--reason", "no", "--person", "mn-dorj", "-o", "x.json"),
        ("object", "1", "--reason", "no", "--letter", "letter.txt"),
        ("object", "1", "--reason", "no", "--letter", "l.txt", "--person", "x", "-o", "x.json"),
        ("--home", "", "log"),
        ("log", "--home", ""),
        ("import", "decisions"),
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2_and_says_what_is_right(
    cli: Terminal, command: tuple[str, ...]
) -> None:
    answered = cli.run(*command, code=2)

    assert "usage: jcgov" in answered.err + answered.out
    assert list(cli.folder.iterdir()) == []


def test_an_unknown_country_is_no_committee(founded: Terminal) -> None:
    founded.write("proposal.json", proposal("ZZ"))
    sides = {s: {"keys": [f"MN-{k}.key.pub.json"], "threshold": 1} for s, k in _ZZ.items()}
    founded.write("plan.json", {"committee": "ZZ", "sides": sides})

    shown = founded.run("committee", "show", "--committee", "ZZ", code=1)
    proposed = founded.run("propose", "proposal.json", code=1)
    planned = founded.run("committee", "found", "plan.json", "-o", "f.json", code=1)
    ruled = founded.run("rulebook", "show", "ZZ", code=1)

    assert "JP-ZZ" in shown.err
    assert "JP-ZZ" in proposed.err
    assert "ZZ" in planned.err
    assert "ZZ" in ruled.err


_ZZ = {"JP": "JP", "ZZ": "MN"}


def test_help_is_there_for_the_whole_and_for_every_command(tmp_path: Path) -> None:
    from governance.cli.main import COMMANDS

    cli = Terminal(tmp_path)
    whole = cli.run("--help").out

    for name in COMMANDS:
        assert name in whole
        assert cli.run(name, "--help").out.startswith(f"usage: jcgov {name}")


def test_every_file_of_commands_imports_what_it_needs_by_itself(tmp_path: Path) -> None:
    from governance.cli.main import COMMANDS

    cli = Terminal(tmp_path)
    one_of_each = {module: name for name, module in COMMANDS.items()}
    for name in one_of_each.values():
        started = cli.start(name, "--help")  # nothing was imported before
        out, err = started.communicate(timeout=LIMIT)

        assert (started.returncode, err) == (0, ""), name
        assert out.startswith(f"usage: jcgov {name}")


def test_help_says_that_the_home_may_be_named_there(cli: Terminal) -> None:
    for command in (("demo",), ("log",), ("import", "decisions")):
        assert "--home DIR" in cli.run(*command, "--help").out


def test_the_version_is_one_line(cli: Terminal) -> None:
    assert cli.run("--version").out.startswith("jcgov 0.")


def test_messages_go_to_stderr_and_stdout_holds_one_document(told: Terminal) -> None:
    credits = told.run("register", "credits", "--committee", "PW", "--json")

    assert credits.json == []
    assert "not counted" in credits.err


def test_nothing_found_is_said_on_stderr_alone(told: Terminal) -> None:
    none = told.run("log", "--committee", "KZ")

    assert len(none.out.splitlines()) == 1
    assert "No decision" in none.err


BAD_JSON: dict[str, tuple[bytes, str]] = {
    "a member twice": (b'{"committee":"MN","committee":"MN"}', "committee"),
    "a float": (b'{"committee":1.5}', "1.5"),
    "an integer that is too large": (b'{"committee":9007199254740993}', "2^53"),
    "not a number": (b'{"committee":NaN}', "NaN"),
    "trailing garbage": (b'{"committee":"MN"} and so on', "column 20"),
    "two documents": (b"{}{}", "column 3"),
    "cut off": (b'{"committee":"M', "column"),
    "not UTF-8": (b'{"committee":"\xff"}', "UTF-8"),
    "a lone surrogate": (b'{"committee":"\\ud800"}', "surrogate"),
    "nothing": (b"", "proposal.json"),
    "no object": (b"[]", "object"),
    "too deep": (b"[" * 3000 + b"]" * 3000, "deep"),
}


@pytest.mark.parametrize("fault", BAD_JSON)
def test_json_outside_the_narrow_profile_is_refused_with_file_and_place(
    founded: Terminal, fault: str
) -> None:
    data, said = BAD_JSON[fault]
    founded.write("proposal.json", data)

    refused = founded.run("propose", "proposal.json", code=1)

    assert "proposal.json" in refused.err
    assert said in refused.err


FILES: dict[str, tuple[str, ...]] = {
    "proposal": ("propose", "{}"),
    "plan": ("committee", "found", "{}", "-o", "out.json"),
    "acts": ("roster", "request", "{}", "--committee", "MN", "--side", "JP", "-o", "out.json"),
    "request": ("sign", "{}", "--key", "MN-JP.key", "-o", "out.json", "--yes"),
    "signature": ("submit", "{}"),
    "decisions": ("import", "decisions", "{}"),
    "bundle": ("verify", "{}"),
    "public key": ("key", "show", "{}"),
    "rulebook": ("rulebook", "check", "{}"),
}


@pytest.mark.parametrize("content", [None, b"", b"\x00\xff", b"[1]", b'"x"', b"null", b"folder"])
@pytest.mark.parametrize("command", FILES.values(), ids=list(FILES))
def test_a_file_that_is_not_what_it_should_be_is_an_answer_not_a_fault(
    founded: Terminal, command: tuple[str, ...], content: bytes | None
) -> None:
    if content == b"folder":
        (founded.folder / "mn.toml").mkdir()
    elif content is not None:
        founded.write("mn.toml", content)

    refused = founded.run(*(part.format("mn.toml") for part in command), code=1)

    assert "fault" not in refused.err
    if command[0] != "verify":
        assert refused.err.startswith("jcgov: ")
    assert not (founded.folder / "out.json").exists()


@pytest.mark.parametrize(
    "acts",
    [
        [{}],
        [{"act": "crown"}],
        [{"act": "add-key", "person": "jp-hara"}],
        [{"act": "add-key", "person": "jp-hara", "key": "none.pub.json"}],
        [{"act": "add-key", "person": "jp-hara", "key": 7}],
        [{"act": "add-key", "person": "jp-hara", "key": "a\0b"}],
        [{"act": "end", "person": "Hara!", "role": "co-chair"}],
        [{"act": "end", "person": "jp-hara", "role": "chief"}],
        [{"act": "retire-key", "keyid": "abc"}],
        {"act": "end"},
        ["end"],
    ],
)
def test_acts_that_are_not_well_formed_are_refused(founded: Terminal, acts: Any) -> None:
    founded.write("acts.json", acts)

    refused = founded.run(
        *("roster", "request", "acts.json", "--committee", "MN"),
        *("--side", "JP", "-o", "out.json"),
        code=1,
    )

    assert refused.err.startswith("jcgov: ")
    assert not (founded.folder / "out.json").exists()


@pytest.mark.parametrize(
    "plan",
    [
        {},
        {"committee": "MN"},
        {"committee": "MN", "sides": []},
        {"committee": "MN", "sides": {"JP": 1}},
        {"committee": "MN", "sides": {"JP": {"keys": ["absent.json"], "threshold": 1}}},
        {"committee": "MN", "sides": {"JP": {"keys": [3], "threshold": 1}}},
        {"committee": "MN", "sides": "both"},
        {"committee": "MN", "sides": 5},
        {"committee": "MN", "sides": {"JP": {"keys": ["a\0b"], "threshold": 1}}},
        {"committee": "MN", "sides": {}, "origin": 4},
        {"committee": "MN", "sides": {}, "rulebook": "MN-1066"},
        {"committee": "Mongolia", "sides": {}},
        {"committee": "ZZ", "sides": {}},
    ],
)
def test_a_plan_that_is_not_well_formed_is_refused(cli: Terminal, plan: Any) -> None:
    cli.write("plan.json", plan)

    refused = cli.run("committee", "found", "plan.json", "-o", "out.json", code=1)

    assert refused.err.startswith("jcgov: ")
    assert "fault" not in refused.err
    assert not (cli.folder / "out.json").exists()
    assert not (cli.folder / "home").exists()


@pytest.mark.parametrize(
    ("file", "content", "command"),
    [
        ("p.json", proposal(text=7), ("propose", "p.json")),
        ("p.json", proposal(items=[{"kind": "issuance"}]), ("propose", "p.json")),
        ("p.json", proposal(text={"en": "a\u202eb"}), ("propose", "p.json")),
        ("p.json", {"committee": "MN"}, ("committee", "found", "p.json", "-o", "x")),
        (
            "a.json",
            [{"act": "end", "person": 4}],
            ("roster", "request", "a.json", "--committee", "MN", "--side", "JP", "-o", "x"),
        ),
    ],
)
def test_what_is_not_well_formed_is_named_with_its_file(
    founded: Terminal, file: str, content: Any, command: tuple[str, ...]
) -> None:
    founded.write(file, content)

    refused = founded.run(*command, code=1)

    assert refused.err.startswith(f"jcgov: {file}: ")
    assert refused.err.count(file) == 1


@pytest.mark.parametrize("command", ["submit", "sign"])
@pytest.mark.parametrize("kind", ["decision", "decree"])
def test_a_statement_that_is_not_well_formed_is_named_with_its_file(
    founded: Terminal, command: str, kind: str
) -> None:
    type_ = f"application/vnd.jcm.{kind}.v1+json"
    founded.write("s.json", Envelope.of(type_, {"committee": "JP-MN"}).to_bytes())
    more = ("--key", "MN-jp-hara.key", "-o", "x", "--yes") if command == "sign" else ()

    refused = founded.run(command, "s.json", *more, code=1)

    assert refused.err.startswith("jcgov: s.json: ")
    assert refused.err.count("s.json") == 1


def test_whoever_reads_the_first_line_alone_ends_nothing_in_a_fault(told: Terminal) -> None:
    for form in ("--json", "--csv"):
        started = told.start("log", form)
        assert started.stdout is not None
        assert started.stderr is not None
        assert started.stdout.readline()
        started.stdout.close()

        assert started.wait(LIMIT) == 0
        assert started.stderr.read() == ""
        started.stderr.close()


def test_an_interruption_is_said_in_a_sentence(founded: Terminal) -> None:
    started = founded.start("sign", "/dev/stdin", "--key", "x", "-o", "y", stdin=subprocess.PIPE)
    time.sleep(1.0)
    started.send_signal(signal.SIGINT)
    _out, err = started.communicate(timeout=LIMIT)

    assert started.returncode != 0
    assert "Traceback" not in err
    assert "interrupted" in err


@pytest.mark.parametrize(
    ("output", "code"),
    [("/dev/full", 3), ("proposal.json/x", 1), ("folder", 1), (".", 1), ("/proc/x/y", 1)],
)
def test_an_output_that_cannot_be_written_is_named_and_leaves_no_half_file(
    founded: Terminal, output: str, code: int
) -> None:
    founded.write("proposal.json", proposal())
    number = founded.json("propose", "proposal.json")["number"]
    (founded.folder / "folder").mkdir()
    before = sorted(founded.folder.rglob("*"))

    refused = founded.run("request", number, "-o", output, code=code)

    assert output in refused.err
    assert sorted(founded.folder.rglob("*")) == before


def test_a_full_disk_under_stdout_is_said_in_a_sentence(told: Terminal) -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:  # noqa: PTH123 - a device
        started = told.start("log", "--json", stdout=full)
        _out, err = started.communicate(timeout=LIMIT)

    assert started.returncode == 3
    assert "No space left" in err
    assert "Traceback" not in err
