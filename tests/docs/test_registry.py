"""``docs/registry.md``: its commands run, and its vectors are what the programs compute."""

from __future__ import annotations

import hashlib
import hmac
import re
import subprocess
from base64 import b64decode, b64encode
from pathlib import Path

import pytest

from governance.cli.main import build_parser
from policies.proof.dsse import Envelope
from policies.proof.keys import KeyRecord
from policies.proof.reading import read
from policies.proof.statements import Acknowledgement
from tests.policies.keyring import ed25519_private

PAGE = (Path(__file__).parents[2] / "docs" / "registry.md").read_text("utf-8")


def _block(kind: str) -> str:
    found = re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert len(found) == 1
    return str(found[0])


def test_a_shell_and_openssl_make_the_acknowledgement_that_the_verifier_reads(
    tmp_path: Path,
) -> None:
    (tmp_path / "payload.json").write_text(_block("json payload").rstrip("\n"))

    made = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", _block("sh")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )

    assert made.stdout.strip() == _block("text vectors").strip()
    envelope = Envelope.from_bytes((tmp_path / "acknowledgement.json").read_bytes())
    key = KeyRecord.of(ed25519_private("docs/registry.md").public_key())
    assert key.verify_envelope(envelope).keyid == key.keyid
    assert made.stdout.startswith(envelope.digest)
    assert read(envelope, Acknowledgement).amount == 800


def test_the_vector_of_a_webhook_is_that_of_its_specification() -> None:
    lines = [line.split(maxsplit=1) for line in _block("text webhook").splitlines()]
    given = dict(lines)
    secret = b64decode(given["secret"].removeprefix("whsec_"))
    signed = f"{given['id']}.{given['timestamp']}.{given['body']}".encode()

    expected = hmac.new(secret, signed, hashlib.sha256).digest()

    assert given["signature"] == f"v1,{b64encode(expected).decode()}"


@pytest.mark.parametrize("verb", sorted(set(re.findall(r"jcgov registry-demo ([a-z|]+)", PAGE))))
def test_every_command_that_the_page_names_is_there(
    verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in verb.split("|"):
        arguments = ["registry-demo", name, "--help"]
        with pytest.raises(SystemExit) as ended:
            build_parser(arguments).parse_args(arguments)
        assert ended.value.code == 0
        assert f"registry-demo {name}" in capsys.readouterr().out


def test_every_option_that_the_page_names_is_one_of_its_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    section = PAGE.split("## The reference registry")[1]
    shown = ""
    for name in ("serve", "once", "transfer", "accounts"):
        arguments = ["registry-demo", name, "--help"]
        with pytest.raises(SystemExit):
            build_parser(arguments).parse_args(arguments)
        shown += capsys.readouterr().out

    named = set(re.findall(r"--[a-z-]+", section))
    assert len(named) > 10
    assert [option for option in named if option not in shown] == []
