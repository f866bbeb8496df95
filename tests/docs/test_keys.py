"""``docs/keys.md``: its commands make two tokens, appoint their keys, and sign with them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from governance.settings import Settings
from tests.governance import setting
from tests.governance.terminal import ROOT, Terminal

PAGE = (ROOT / "docs" / "keys.md").read_text("utf-8")
HARA = "pkcs11:token=hara-1;id=%02"


def block(kind: str) -> str:
    found = re.findall(rf"^```{re.escape(kind)}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert len(found) == 1, kind
    return str(found[0])


@pytest.fixture
def cli(tmp_path: Path) -> Terminal:
    """Return a terminal with JP-MN founded, whose shell finds ``./jcgov`` as in a checkout."""
    terminal = Terminal.at(Settings.read(str(tmp_path / "home")))
    setting.found(terminal)
    (tmp_path / "MN-JP.key").rename(tmp_path / "jp-a1.key")
    shim = tmp_path / "jcgov"
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m governance "$@"\n')
    shim.chmod(0o755)
    return terminal


def shell(cli: Terminal, script: str) -> str:
    environment = os.environ | {"JCGOV_HOME": str(cli.home), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=cli.folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_two_tokens_are_made_appointed_and_sign_as_the_page_tells(cli: Terminal) -> None:
    cli.write("acts.json", json.loads(block("json acts.json")))
    shell(cli, block("sh tokens") + block("sh appoint"))
    tokens = re.findall(r"^export .*$", block("sh tokens"), re.MULTILINE)[0]
    number = setting.adopt_but_for(cli, "jp-hara")

    shell(
        cli,
        f"{tokens}\n./jcgov request {number} -o request.json\n"
        f"./jcgov sign request.json --key '{HARA}' --password-file pin --yes -o hara.sig\n"
        "./jcgov submit hara.sig\n",
    )

    keyid = json.loads((cli.folder / "hara-1.pub.json").read_text())["keyid"]
    assert keyid in (cli.folder / "hara.sig").read_text()
    (entry,) = cli.json("log", "--committee", "MN")
    assert {signer["name"] for signer in entry["signers"]} == {"Hara Kenji", "Bold Ganbaatar"}
    cli.run("export", "bundle", number, "-o", "one.jcbundle.json")
    founding = cli.json("committee", "list")[0]["founding"]
    cli.write("trust.json", {"JP-MN": {"founding": founding}})
    assert cli.json("verify", "one.jcbundle.json", "--trust", "trust.json")["ok"] is True


def test_a_post_quantum_key_is_made_as_the_page_tells(cli: Terminal) -> None:
    cli.write("password", b"correct horse battery\n")

    said = shell(cli, block("sh quantum"))

    assert said.count("ml-dsa-65") == 2
