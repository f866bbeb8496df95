"""Keys in files, as people use them at a terminal."""

from __future__ import annotations

import argparse
import io
import subprocess
from pathlib import Path

import pytest

from governance.cli.signing import _ask
from governance.keys.files import PrivateKey, Scheme, is_encrypted, read_public
from governance.keys.pkcs8 import encrypted_pkcs8
from policies.proof.dsse import Envelope
from policies.proof.keys import KeyRecord
from policies.refusals import KeyFileError, NotEntitledError
from tests.governance.setting import files, proposal
from tests.governance.terminal import Terminal
from tests.policies.keyring import p256_private

PASSWORD = b"correct horse battery\n"


def test_an_encrypted_key_signs_with_its_password_from_a_file(founded: Terminal) -> None:
    founded.write("password", PASSWORD)
    made = founded.run("key", "new", "-o", "new.key", "--password-file", "password")
    act = {"act": "add-key", "person": "jp-hara", "key": "new.key.pub.json"}
    founded.write("acts.json", [act])
    waits = founded.run(
        *("roster", "request", "acts.json", "--committee", "MN"),
        *("--side", "JP", "-o", "appoint.json"),
    )
    asked = ("sign", "appoint.json", "--key", "new.key", "--yes", "-o", "new.sig")

    unasked = founded.run(*asked, code=1)
    founded.write("wrong", b"wrong horse battery\n")
    wrong = founded.run(*asked, "--password-file", "wrong", code=1)
    founded.run(*asked, "--password-file", "password")
    founded.run("sign", "appoint.json", "--key", "MN-JP.key", "--yes", "-o", "jp.sig")
    founded.run("submit", "new.sig", "jp.sig")

    assert "1 signature of its authority and one of every key it adds" in waits.err
    assert "--password-file" in unasked.err
    assert "password is wrong" in wrong.err
    keyid = made.out.split()[0]
    roster = founded.json("roster", "show", "--committee", "MN")
    assert keyid in [key["keyid"] for person in roster for key in person["keys"]]


def test_a_key_says_its_id_and_that_a_clear_one_is_not_encrypted(cli: Terminal) -> None:
    made = cli.run("key", "new", "--unencrypted", "-o", "a.key", "--scheme", "p256")
    shown = cli.run("key", "show", "a.key.pub.json")

    assert made.out.split()[:2] == shown.out.split()
    assert shown.out.split()[1] == "ecdsa-sha2-nistp256"
    assert "NOT encrypted" in made.err


@pytest.mark.parametrize("scheme", ["ed25519", "p256", "ml-dsa-65"])
@pytest.mark.parametrize("password", [None, b"correct horse battery"])
def test_a_key_of_every_scheme_is_saved_opened_and_signs(
    scheme: Scheme, password: bytes | None, tmp_path: Path
) -> None:
    made = PrivateKey.new(scheme)
    public = made.save(tmp_path / "a.key", password)
    envelope = Envelope.of("application/x", {"a": 1})

    opened = PrivateKey.load(tmp_path / "a.key", password)

    assert opened.record == made.record == read_public(public)
    opened.record.verify_envelope(envelope.signed_by(opened.sign(envelope)))
    assert is_encrypted(tmp_path / "a.key") == (password is not None)
    if password is not None:
        with pytest.raises(KeyFileError, match="password is wrong"):
            PrivateKey.load(tmp_path / "a.key", b"wrong horse battery")


def test_an_encrypted_file_of_ours_is_opened_by_openssl_as_well(tmp_path: Path) -> None:
    """With a P-256 key, since OpenSSL before 3.5 knows no ML-DSA; the encryption is the same."""
    key = p256_private("whoever")
    (tmp_path / "a.pem").write_bytes(encrypted_pkcs8(key, PASSWORD.strip()))

    opened = subprocess.run(
        ["openssl", "pkey", "-in", "a.pem", "-pubout", "-passin", "stdin"],
        cwd=tmp_path,
        input=PASSWORD,
        capture_output=True,
        check=True,
    )

    assert opened.stdout.decode() == KeyRecord.of(key.public_key()).public


def test_a_key_is_never_written_in_the_clear_unless_asked(cli: Terminal) -> None:
    refused = cli.run("key", "new", "-o", "a.key", code=1)

    assert refused.err == (
        "jcgov: nobody is there to be asked for the password; give --password-file\n"
    )
    assert list(cli.folder.iterdir()) == []


@pytest.mark.parametrize("password", [b"", b"\n", b"short\n"])
def test_a_password_that_protects_nothing_is_refused(cli: Terminal, password: bytes) -> None:
    cli.write("password", password)

    cli.run("key", "new", "-o", "a.key", "--password-file", "password", code=1)

    assert not (cli.folder / "a.key").exists()


def test_a_key_file_is_never_overwritten(cli: Terminal) -> None:
    cli.run("key", "new", "--unencrypted", "-o", "a.key")
    before = (cli.folder / "a.key").read_bytes()

    refused = cli.run("key", "new", "--unencrypted", "-o", "a.key", code=1)

    assert "never overwritten" in refused.err
    assert (cli.folder / "a.key").read_bytes() == before


@pytest.mark.parametrize("encrypted", [False, True])
def test_no_output_is_ever_written_over_a_private_key(founded: Terminal, encrypted: bool) -> None:
    founded.write("password", PASSWORD)
    protection = ("--password-file", "password") if encrypted else ("--unencrypted",)
    founded.run("key", "new", "-o", "a.key", *protection)
    founded.write("proposal.json", proposal())
    number = founded.json("propose", "proposal.json")["number"]
    founded.run("request", number, "-o", "request.json")
    before = (founded.folder / "a.key").read_bytes()

    asked = founded.run("request", number, "-o", "a.key", code=1)
    signed = founded.run(
        "sign",
        "request.json",
        "--key",
        "a.key",
        "-o",
        "a.key",
        "--yes",
        *protection[: 2 * encrypted],
        code=1,
    )

    assert "private key" in asked.err
    assert "a.key" in signed.err
    assert (founded.folder / "a.key").read_bytes() == before


def test_an_output_does_not_replace_the_file_that_was_read(founded: Terminal) -> None:
    founded.write("proposal.json", proposal())
    founded.run("request", founded.json("propose", "proposal.json")["number"], "-o", "request.json")
    founded.write("acts.json", [{"act": "end", "person": "jp-mori", "role": "member"}])
    roster = ("roster", "request", "acts.json", "--committee", "MN", "--side", "JP")
    before = files(founded.folder)

    signed = founded.run(
        *("sign", "request.json", "--key", "MN-jp-hara.key", "--yes"),
        *("-o", "../founded/request.json"),
        code=1,
    )
    named = founded.run(*roster, "-o", "acts.json", code=1)
    founded.run(*roster, "-o", "appoint.json")

    assert "name another file" in signed.err
    assert "acts.json is what was read" in named.err
    after = files(founded.folder)
    assert {name: after[name] for name in ("request.json", "acts.json")} == {
        name: before[name] for name in ("request.json", "acts.json")
    }


@pytest.mark.parametrize("file", ["/proc/a.key", "file/a.key", "/dev/full/a.key"])
def test_a_key_that_cannot_be_written_is_said_to_be_so(cli: Terminal, file: str) -> None:
    cli.write("file", b"")

    refused = cli.run("key", "new", "--unencrypted", "-o", file, code=1)

    assert file in refused.err
    assert "fault" not in refused.err


def test_nobody_signs_unasked_and_unseen(founded: Terminal) -> None:
    founded.write("proposal.json", proposal())
    number = founded.json("propose", "proposal.json")["number"]
    founded.run("request", number, "-o", "request.json")

    refused = founded.run(
        "sign", "request.json", "--key", "MN-jp-hara.key", "-o", "x.sig", code=1, stdin="yes\n"
    )

    assert "--yes" in refused.err
    assert number in refused.out
    assert not (founded.folder / "x.sig").exists()


def test_several_requests_are_signed_into_a_folder(founded: Terminal) -> None:
    founded.write("proposal.json", proposal())
    for name in ("a.json", "b.json"):
        number = founded.json("propose", "proposal.json")["number"]
        founded.run("request", number, "-o", name)
    asked = ("sign", "a.json", "b.json", "--key", "MN-jp-hara.key", "--yes", "-o")
    founded.write("file", b"")

    founded.run(*asked, "signed")
    onto_file = founded.run(*asked, "file", code=1)

    names = {file.name for file in (founded.folder / "signed").iterdir()}
    assert names == {"a.sig.json", "b.sig.json"}
    assert "folder" in onto_file.err
    assert (founded.folder / "file").read_bytes() == b""


def test_a_person_signs_where_there_is_no_database(founded: Terminal) -> None:
    founded.write("proposal.json", proposal())
    number = founded.json("propose", "proposal.json")["number"]
    founded.run("request", number, "-o", "request.json")
    nowhere = founded.folder / "nowhere"

    founded.run(
        *("sign", "request.json", "--key", "MN-jp-hara.key", "--yes", "-o", "x.sig"), home=nowhere
    )

    assert not nowhere.exists()
    assert "Hara" not in (founded.folder / "x.sig").read_text()


@pytest.mark.parametrize("answer", ["y\n", "\n", ""])
def test_only_a_yes_in_full_signs(answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = io.StringIO(answer)
    monkeypatch.setattr(typed, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", typed)

    with pytest.raises(NotEntitledError, match="nothing is signed: the answer was not yes"):
        _ask(argparse.Namespace(yes=False), 1)
