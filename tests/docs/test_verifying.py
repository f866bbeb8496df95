"""The page for auditors shows what the program says: its examples are run, and compared."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from policies.proof.bundle import Bundle
from tests.docs.commands import ROOT
from tests.governance.terminal import Terminal
from tests.governance.test_cli_verify_log import FILES, STORY, TRUST
from tests.policies.exported import write
from tests.policies.test_audit_log import told

PAGE = ROOT / "docs" / "verifying.md"
WITNESSED = told()
BUNDLE = "decision.jcbundle.json"


def examples() -> list[str]:
    """Return the fenced blocks of the page, in their order."""
    return re.findall(r"^```\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def said_of(cli: Terminal, bundle: Bundle, code: int) -> str:
    cli.write(BUNDLE, bundle.to_bytes())
    cli.write("trust.json", {"JP-MN": {"founding": WITNESSED.bench.founding}})
    return cli.run("verify", BUNDLE, "--trust", "trust.json", code=code).out


@pytest.fixture
def cli(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path)


def test_the_example_of_a_decision_is_what_is_said(cli: Terminal) -> None:
    assert said_of(cli, WITNESSED.bundle, 0) == examples()[0]


def test_the_example_of_a_failure_is_what_is_said(cli: Terminal) -> None:
    alone = WITNESSED.bench.bundle(WITNESSED.bench.decision(), by=["sato", "suzuki"])

    assert said_of(cli, alone, 1) == examples()[1]


def test_the_example_of_a_log_is_what_is_said(cli: Terminal) -> None:
    write(cli.folder / "log" / "JP-MN", FILES)
    cli.write("trust.json", TRUST)

    out = cli.run("verify", "log", "--trust", "trust.json").out

    assert out == examples()[2]
    assert STORY.bench.committee in out
