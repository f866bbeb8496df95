"""``docs/witness.md``: its commands make a witness and a mirror, which do what it says."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from governance.keys.files import read_public
from governance.service.witnessing import Outcome
from policies import refusals
from policies.proof.note import NoteKey
from tests.governance.terminal import LIMIT, ROOT
from tests.mirror.served import Host, served
from tests.mirror.test_cli_mirror import ask
from tests.policies.small_log import SmallLog

PAGE = (ROOT / "docs" / "witness.md").read_text("utf-8")
NAME = "witness.mn.example/jcm"


def block(kind: str) -> str:
    found = re.findall(rf"^```{re.escape(kind)}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert len(found) == 1, kind
    return str(found[0])


@pytest.fixture
def side(tmp_path: Path) -> Path:
    """Return a folder in which a side works, whose shell finds ``./jcgov`` as in a checkout."""
    shim = tmp_path / "jcgov"
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m governance "$@"\n')
    shim.chmod(0o755)
    (tmp_path / "password").write_text("correct horse battery\n")
    shell(tmp_path, block("sh key"))
    return tmp_path


def started(folder: Path, script: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def shell(folder: Path, script: str) -> str:
    process = started(folder, script)
    out, err = process.communicate(timeout=LIMIT)
    assert process.returncode == 0, out + err
    return out


@contextmanager
def serving(folder: Path, script: str) -> Iterator[str]:
    """Run a block whose last command serves, on a free port, and yield the address."""
    process = started(folder, re.sub(r"(--port|--serve) \d+", r"\1 0", script))
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if line.startswith("serving "):
                yield line.split()[1].rstrip(";")
                return
        pytest.fail(process.stderr.read() if process.stderr else "it ended")
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=LIMIT)


def test_a_witness_is_made_named_by_a_founding_and_cosigns(side: Path) -> None:
    shell(side, block("sh key").replace("witness.key", "witness-jp.key").replace(".mn.", ".jp."))
    shell(side, "for s in JP MN; do ./jcgov key new --unencrypted -o $s.key; done")
    plan = {
        "committee": "MN",
        "sides": {s: {"keys": [f"{s}.key.pub.json"], "threshold": 1} for s in ("JP", "MN")},
        "witnesses": json.loads(block("json witnesses")),
    }
    (side / "plan.json").write_text(json.dumps(plan))
    shell(side, "./jcgov committee found plan.json -o founding.json")

    with serving(side, block("sh serve")) as url:
        seen = json.loads(shell(side, f"curl -sf {url}/"))

    record = read_public(side / "witness.key.pub.json")
    vkey = NoteKey.of_witness(NAME, record).vkey
    assert seen == {"witness": NAME, "vkey": vkey, "logs": []}
    assert (side / "witness.key.vkey").read_text() == f"{vkey}\n"
    keys = [NoteKey.parse(line) for line in (side / "log.vkey").read_text().splitlines()]
    assert {key.name for key in keys} == {"jcm.invalid/JP-MN"}
    assert len(keys) == 2  # Ed25519 and post-quantum


def test_a_mirror_pulls_serves_and_cosigns(side: Path) -> None:
    story = SmallLog.told()
    trust = {"JP-MN": {"founding": story.bench.founding}}
    (side / "trust.json").write_text(json.dumps(trust))
    (side / "handed-in").mkdir()
    (side / "handed-in" / "one.json").write_bytes(story.envelopes[3].to_bytes())
    with served(Host(side / "host", story)) as host:
        log = host.show()

        def at_host(kind: str) -> str:
            return block(kind).replace("https://jcm.example", host.address)

        assert f"{len(log.entries)} new" in shell(side, at_host("sh once"))
        assert "verified" in shell(side, "./jcgov verify copy --trust trust.json")
        with serving(side, at_host("sh serve mirror")) as url:
            key = NoteKey.of_witness(NAME, read_public(side / "witness.key.pub.json"))
            assert ask(side, url, log, key).outcome is Outcome.COSIGNED
            assert shell(side, f"curl -sf {url}/JP-MN/log.vkey") == "".join(
                f"{pen.vkey}\n" for pen in story.bench.roster.log_keys.log
            )


def test_every_refusal_that_the_page_names_is_one() -> None:
    rows = [line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`([a-z-]+)`", row)}
    known = {
        found().name
        for found in vars(refusals).values()
        if isinstance(found, type) and issubclass(found, refusals.Refusal)
    }
    assert named <= known
    assert len(named) == 10
