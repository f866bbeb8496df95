"""``docs/recipes.md``: each block runs as it stands, and the program takes what comes of it."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import subprocess
import sys
import termios
import time
from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path

import pytest

from governance.keys.files import PrivateKey
from governance.settings import Settings
from policies.proof.dsse import Envelope, Signature
from policies.proof.keys import KeyRecord
from tests.governance import setting
from tests.governance.terminal import ROOT, Terminal

PAGE = (ROOT / "docs" / "recipes.md").read_text("utf-8")
BLOCKS = dict(re.findall(r"^```sh ([a-z0-9]+)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE))
TOOLS = "/usr/bin:/bin"
PASSPHRASE = b"correct horse battery\n"
PROMPT = re.compile(rb"pass ?(word|phrase)[^\n]*: ?$", re.IGNORECASE)
LIMIT = 60.0


@dataclass
class Shell:
    """A person at a terminal, in one folder, who knows one pass phrase."""

    folder: Path

    def run(self, block: str, *, path: str = TOOLS, code: int = 0) -> str:
        """Run a block of the page as it stands; what it asks at the terminal is answered."""
        master, terminal = pty.openpty()
        said = self.folder / ".said"
        with said.open("wb") as output:
            process = subprocess.Popen(
                ["sh", "-eu", "-c", BLOCKS[block]],
                cwd=self.folder,
                env={"PATH": path, "HOME": str(self.folder), "JCGOV_HOME": str(self.folder / "h")},
                stdin=terminal,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - no threads
            )
        os.close(terminal)
        try:
            _answer(process, master)
        finally:
            process.kill()
            process.wait()
            os.close(master)
        text = said.read_text("utf-8")
        said.unlink()
        assert process.returncode == code, (block, process.returncode, text)
        return text


def _answer(process: subprocess.Popen[bytes], master: int) -> None:
    """Type the pass phrase whenever it is asked for, until the process ends."""
    asked, ends = b"", time.monotonic() + LIMIT
    while process.poll() is None:
        assert time.monotonic() < ends, asked
        if not select.select([master], [], [], 0.02)[0]:
            continue
        try:
            asked += os.read(master, 4096)
        except OSError:  # the terminal's other end is gone
            break
        if PROMPT.search(asked):
            asked = b""
            os.write(master, PASSPHRASE)
    process.wait(LIMIT)


def test_a_co_chair_without_the_software_is_appointed_signs_and_checks_the_decision(
    tmp_path: Path,
) -> None:
    """The page from its beginning to its end, on one committee."""
    cli = Terminal.at(Settings.read(str(tmp_path / "engine" / "h")))
    cli.folder.mkdir()
    setting.found(cli)
    shell = Shell(tmp_path / "hara")
    shell.folder.mkdir()
    mail = shell.folder

    spoken = shell.run("key").split()
    record = KeyRecord.from_json(json.loads((mail / "hara.pub.json").read_text("utf-8")))
    assert "".join(spoken[-16:]) == record.keyid
    assert b"ENCRYPTED" in (mail / "hara.pem").read_bytes()
    assert (mail / "hara.pem").stat().st_mode & 0o077 == 0
    assert shell.folder.joinpath("hara.pub.pem").read_text("utf-8") == record.public

    # The authority appoints with the record as it came; the new key signs by the shell alone.
    cli.write("hara.pub.json", (mail / "hara.pub.json").read_bytes())
    cli.write("acts.json", [{"act": "add-key", "person": "jp-hara", "key": "hara.pub.json"}])
    asks = ("--committee", "MN", "--side", "JP", "-o", "request.json")
    cli.run("roster", "request", "acts.json", *asks)
    digest = _send(cli, shell)
    assert _grouped(shell.run("bytes")) == digest
    shell.run("file")
    cli.write("hara.sig.json", (mail / "hara.sig.json").read_bytes())
    setting.sign(cli, "request.json", "MN-JP.key", "authority.sig")
    cli.run("submit", "hara.sig.json", "authority.sig")

    number = _proposed(cli)
    digest = _send(cli, shell)
    assert _grouped(shell.run("bytes")) == digest
    _beside(cli, shell, digest)
    cli.run("pae", "request.json", "-o", "request.pae")
    assert (mail / "request.pae").read_bytes() == (cli.folder / "request.pae").read_bytes()
    read = shell.run("read")
    assert '"title":"Meetings may be held online"' in read
    assert "\\341\\203\\220" in read, "what is not ASCII is written out"
    assert "Verified OK" in shell.run("sign")
    assert "Verified Successfully" in shell.run("ed25519")
    said = shell.run("engine", path=f"{Path(sys.executable).parent}:{TOOLS}")
    assert f"genuine, of key {record.keyid}" in said
    assert b64decode((mail / "hara.sig.txt").read_bytes()) == (mail / "hara.sig").read_bytes()
    cli.write("hara.sig.json", (mail / "hara.sig.json").read_bytes())
    setting.sign(cli, "request.json", "MN-mn-bold.key", "bold.sig")
    assert f"{number} is adopted" in cli.run("submit", "hara.sig.json", "bold.sig").out

    cli.run("export", "bundle", number, "-o", str(mail / "decision.jcbundle.json"))
    [committee] = cli.json("committee", "list")
    trust = {"JP-MN": {"founding": committee["founding"]}}
    (mail / "trust.json").write_text(json.dumps(trust, indent=2), "utf-8")
    checked = shell.run("bundle")
    signed = checked.partition(f"decision.v1+json {digest}\n")[2].splitlines()
    assert sorted(signed[:2]) == ["    good: JP: jp-hara", "    good: MN: mn-bold"]
    assert checked.rstrip().endswith("}")
    assert "good: the record key" in checked

    _attacks(shell, PrivateKey.load(cli.folder / "MN-MN.key", None))
    shown = shell.run("ssh")
    assert 'Good "jc-decision-v1" signature for jp-hara' in shown
    (mail / "hara_ssh").unlink()
    BLOCKS["verify"] = BLOCKS["ssh"].splitlines()[-1].replace("-n jc-decision-v1", "-n other")
    assert "Good" not in shell.run("verify", code=255)


def _beside(cli: Terminal, shell: Shell, digest: str) -> None:
    """Read the text beside an affirmation, as the page says, and then the request again."""
    (shell.folder / "request.json").write_bytes((cli.folder / "assertion.json").read_bytes())
    assert _grouped(shell.run("bytes")) == str(cli.json("digest", "assertion.json")[0]["digest"])
    BLOCKS["beside"] = BLOCKS["bytes"].replace('"envelope":', '"decision":')
    assert _grouped(shell.run("beside")) == digest
    _send(cli, shell)
    shell.run("bytes")


def _attacks(shell: Shell, authority: PrivateKey) -> None:
    """Alter what the block reads, each in one way; it stops each time, and says why."""
    bundle, trust = shell.folder / "decision.jcbundle.json", shell.folder / "trust.json"
    good, published = bundle.read_bytes(), trust.read_bytes()
    value = json.loads(good)
    decision = Envelope.from_json(value["envelope"])
    one_side = Envelope(decision.payload_type, decision.payload, decision.signatures[:1])
    forged = Signature(decision.signatures[0].keyid, decision.signatures[1].sig)
    swapped = Envelope(decision.payload_type, decision.payload, (forged, *decision.signatures[1:]))
    changed = Envelope(
        decision.payload_type,
        decision.payload.replace(b"online", b"onlime"),
        decision.signatures,
    )
    hara = next(s for s in decision.signatures if s.keyid == _keyid(shell.folder))
    usurped = decision.unsigned().signed_by(hara, authority.sign(decision))
    for altered, why in (
        (value | {"envelope": usurped.to_json()}, "BAD MN has not signed"),
        (value | {"envelope": one_side.to_json()}, "has not signed"),
        (value | {"envelope": swapped.to_json()}, "BAD signature of"),
        (value | {"envelope": changed.to_json()}, "BAD signature of"),
        (_unauthorised(value), "authority"),
    ):
        bundle.write_text(json.dumps(altered, separators=(",", ":"), sort_keys=True), "utf-8")
        assert why in shell.run("bundle", code=1)
    bundle.write_bytes(good)
    trust.write_bytes(re.sub(rb"[0-9a-f]{64}", b"0" * 64, published))
    assert "not the published one" in shell.run("bundle", code=1)
    trust.write_bytes(published)


def _unauthorised(value: dict[str, object]) -> dict[str, object]:
    """Take the authority's signature from the first appointment; the others stay."""
    chain = [Envelope.from_json(entry) for entry in value["chain"]]  # type: ignore[attr-defined]
    first = chain[1]
    added = re.findall(rb'"keyid":"([0-9a-f]{64})"', first.payload)
    kept = tuple(s for s in first.signatures if s.keyid.encode() in added)
    assert 0 < len(kept) < len(first.signatures)
    chain[1] = Envelope(first.payload_type, first.payload, kept)
    return value | {"chain": [envelope.to_json() for envelope in chain]}


def _keyid(folder: Path) -> str:
    return str(json.loads((folder / "hara.pub.json").read_text("utf-8"))["keyid"])


def _grouped(output: str) -> str:
    return "".join(output.split())


def _send(cli: Terminal, shell: Shell) -> str:
    """Mail the request; return the digest that stands on the sender's screen."""
    (shell.folder / "request.json").write_bytes((cli.folder / "request.json").read_bytes())
    return str(cli.json("digest", "request.json")[0]["digest"])


def _proposed(cli: Terminal) -> str:
    """Put out a text that quotes an envelope and is not all ASCII, affirmed by every member."""
    fake = b64encode(b"{}").decode()
    text = f'The \u10d0 "envelope":{{"payload":"{fake}","payloadType":"x","signatures":[]}}'
    cli.write("proposal.json", setting.proposal(text={"en": text}))
    number = str(cli.run("propose", "proposal.json", "--json").json["number"])
    cli.run("distribute", number)
    for person in ("jp-mori", "mn-dorj"):
        cli.run("affirm", number, "-o", "assertion.json")
        setting.sign(cli, "assertion.json", f"MN-{person}.key", f"{person}.sig")
        cli.run("submit", f"{person}.sig")
    cli.run("request", number, "-o", "request.json")
    return number


def test_every_block_of_the_page_is_run(request: pytest.FixtureRequest) -> None:
    source = Path(__file__).read_text("utf-8")

    fenced = re.findall(r"^```(\S.*)$", PAGE, re.MULTILINE)
    assert fenced == [f"sh {name}" for name in BLOCKS if name not in ("beside", "verify")]
    assert all(f'shell.run("{name}"' in source for name in BLOCKS)
