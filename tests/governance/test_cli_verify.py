"""``jcgov verify``: what a stranger sees with a file and, or without, the published trust."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest

from policies.proof.canonical import canonical
from tests.governance.terminal import Terminal

STEPS = ["anchor", "seal", "authority", "consensus", "rulebook", "items", "logged", "witnessed"]


@pytest.fixture
def bundle(told_home: Path) -> bytes:
    return (told_home / "MN004.jcbundle.json").read_bytes()


def verify(cli: Terminal, bundle: bytes, *, code: int, trust: Any = None) -> dict[str, Any]:
    """Check a bundle that lies in a file of its own, and return what is said."""
    cli.write("it.jcbundle.json", bundle)
    options: list[str | Path] = [] if trust is None else ["--trust", cli.write("trust.json", trust)]
    shape: dict[str, Any] = cli.json("verify", "it.jcbundle.json", *options, code=code)
    assert set(shape) == {"ok", "checks", "failed", "unknown"}
    assert shape["ok"] == (code == 0) == (shape["failed"] is None)
    assert all(set(check) == {"check", "ok", "detail"} for check in shape["checks"])
    assert all(set(entry) == {"what", "why"} for entry in shape["unknown"])
    return shape


@pytest.fixture
def trust(told_home: Path) -> Any:
    return json.loads((told_home / "trust.json").read_bytes())


def test_a_genuine_bundle_passes_every_step_and_says_what_it_cannot_show(
    cli: Terminal, bundle: bytes, trust: Any
) -> None:
    found = verify(cli, bundle, code=0, trust=trust)

    assert [check["check"] for check in found["checks"]] == STEPS
    assert {entry["what"] for entry in found["unknown"]} >= {
        "distribution",
        "objections",
        "meeting",
        "later",
        "registries",
    }


def test_verify_needs_no_home_and_makes_none(cli: Terminal, bundle: bytes, trust: Any) -> None:
    verify(cli, bundle, code=0, trust=trust)

    assert not (cli.folder / "home").exists()


def test_without_trust_the_anchor_fails_and_the_digest_to_compare_is_printed(
    cli: Terminal, bundle: bytes, trust: Any
) -> None:
    found = verify(cli, bundle, code=1)
    said = cli.run("verify", "it.jcbundle.json", code=1)

    assert found["failed"] == "anchor"
    assert trust["JP-MN"]["founding"] in found["checks"][-1]["detail"]
    assert trust["JP-MN"]["founding"] in said.out
    assert "NOT verified" in said.out


@pytest.mark.parametrize(
    "wrong",
    [
        {"JP-MN": {"founding": "0" * 64}},
        {"JP-PW": {"founding": "0" * 64}},
        {},
    ],
)
def test_another_trust_fails_at_the_anchor(cli: Terminal, bundle: bytes, wrong: Any) -> None:
    found = verify(cli, bundle, code=1, trust=wrong)

    assert found["failed"] == "anchor"


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        {"JP-MN": "0" * 64},
        {"JP-MN": {"founding": "0" * 63}},
        {"JP-MN": {"founding": None}},
        b"",
        b"\xff",
    ],
)
def test_a_trust_file_that_is_none_is_refused_by_name(
    cli: Terminal, bundle: bytes, wrong: Any
) -> None:
    cli.write("it.jcbundle.json", bundle)
    cli.write("trust.json", wrong)

    refused = cli.run("verify", "it.jcbundle.json", "--trust", "trust.json", code=1)

    assert re.search("trust", refused.err)
    assert "fault" not in refused.err


def test_every_flipped_bit_is_found(cli: Terminal, bundle: bytes, trust: Any) -> None:
    for place in range(0, len(bundle), len(bundle) // 12):
        changed = bundle[:place] + bytes([bundle[place] ^ 1]) + bundle[place + 1 :]

        found = verify(cli, changed, code=1, trust=trust)

        assert found["failed"] in STEPS


@pytest.mark.parametrize("kept", [0, 1, 100, -100, -1])
def test_a_truncated_file_is_not_verified(
    cli: Terminal, bundle: bytes, trust: Any, kept: int
) -> None:
    verify(cli, bundle[:kept], code=1, trust=trust)


@pytest.mark.parametrize("content", [b"", b"{}", b"\x00" * 10, b"[" * 5000, b"null", b"\xff"])
def test_a_file_that_is_no_bundle_is_not_verified(
    cli: Terminal, content: bytes, trust: Any
) -> None:
    verify(cli, content, code=1, trust=trust)


HOSTILE = "x\x1b[2J\nit.jcbundle.json: verified\n"


def test_a_hostile_file_writes_no_line_of_its_own_to_the_terminal(
    cli: Terminal, bundle: bytes, trust: Any
) -> None:
    at_the_seal = json.loads(bundle) | {HOSTILE: 1}
    at_the_anchor = json.loads(bundle)
    founding = json.loads(base64.b64decode(at_the_anchor["chain"][0]["payload"]))
    payload = canonical(founding | {HOSTILE: 1})
    at_the_anchor["chain"][0]["payload"] = base64.b64encode(payload).decode()

    for value in (at_the_seal, at_the_anchor):
        cli.write("it.jcbundle.json", canonical(value))
        said = cli.run("verify", "it.jcbundle.json", code=1)

        assert "\x1b" not in said.out
        assert "it.jcbundle.json: verified" not in said.out.splitlines()
        assert "\\u{001b}" in said.out
    refused = cli.run("verify", f"absent{HOSTILE}", code=1)
    assert refused.err.count("\n") == 1


def test_what_is_quoted_of_a_hostile_file_is_short(cli: Terminal, bundle: bytes) -> None:
    value = json.loads(bundle) | {f"unknown{n:06}": n for n in range(100_000)}

    found = verify(cli, canonical(value), code=1)

    assert len(found["checks"][-1]["detail"]) < 2_100


@pytest.mark.parametrize("path", ["absent.json", "."])
def test_what_cannot_be_read_is_named(cli: Terminal, path: str, trust: Any) -> None:
    refused = cli.run("verify", path, code=1)

    assert refused.err.startswith("jcgov: ")
    assert path in refused.err


def test_a_file_without_its_proof_is_no_more_than_signed(
    cli: Terminal, bundle: bytes, trust: Any
) -> None:
    cli.write("it.jcbundle.json", canonical(json.loads(bundle) | {"proof": None, "before": None}))
    cli.write("trust.json", trust)
    asked = ("verify", "it.jcbundle.json", "--trust", "trust.json")

    cli.run(*asked, "--require", "signed")
    for level in ((), ("--require", "logged"), ("--require", "witnessed")):
        found = cli.run(*asked, *level, "--json", code=1).json
        assert found["failed"] == "logged"
        assert "younger than the log's next checkpoint" in found["checks"][-1]["detail"]
        assert "--require signed" in found["checks"][-1]["detail"]


def test_a_file_of_another_form_is_told_what_it_lacks_and_what_it_has_besides(
    tmp_path: Path,
) -> None:
    cli = Terminal(tmp_path)
    for content, said in (
        ("{}", "it lacks adoption, annexes"),
        ('{"x":1}', "and has besides x"),
        ("[]", "it lacks adoption"),
    ):
        (tmp_path / "it.json").write_text(content)
        refused = cli.run("verify", "it.json", code=1)
        assert said in refused.out + refused.err, refused
