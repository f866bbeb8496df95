"""Signatures made without this program, by openssl, over the bytes that a request asks for."""

from __future__ import annotations

import hashlib
import subprocess
from base64 import b64encode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from policies.proof.dsse import Envelope
from policies.proof.keys import P256_ORDER, low_s
from tests.governance import setting
from tests.governance.terminal import Terminal

pytestmark = pytest.mark.parametrize("places", ["sqlite"], indirect=True)  # files, on any engine


def openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, timeout=30, check=True)


@pytest.fixture
def abroad(founded: Terminal) -> Terminal:
    """Return a terminal with a frozen text, its bytes to sign, and two keys of openssl."""
    curve = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
    for name, options in (("a", curve), ("b", ["-algorithm", "ED25519"])):
        openssl(founded.folder, "genpkey", *options, "-out", f"{name}.pem")
        openssl(founded.folder, "pkey", "-in", f"{name}.pem", "-pubout", "-out", f"{name}.pub.pem")
    founded.write("proposal.json", setting.proposal())
    founded.run("propose", "proposal.json")
    founded.run("distribute", "1")
    founded.run("request", "1", "-o", "request.json")
    founded.run("pae", "request.json", "-o", "request.pae", "--summary", "request.txt")
    return founded


def wrapped(cli: Terminal, key: str, raw: str) -> str:
    public = ("--public", f"{key}.pub.pem", "--raw", raw)
    return cli.run("signature", "request.json", *public, "-o", f"{key}.sig").err


def test_the_bytes_are_those_of_the_digest_and_the_summary_is_what_sign_shows(
    abroad: Terminal,
) -> None:
    data = (abroad.folder / "request.pae").read_bytes()
    text = (abroad.folder / "request.txt").read_text("utf-8")
    shown = setting.sign(abroad, "request.json", "MN-jp-hara.key", "hara.sig").out
    [found] = abroad.json("digest", "request.json")

    assert hashlib.sha256(data).hexdigest() == found["digest"]
    assert text.startswith("\n".join(shown.splitlines()[1:]))
    assert "items[1].title = Meetings may be held online" in text
    assert f"{len(data):,} bytes, SHA-256 {found['digest']}" in text


def test_what_a_summary_cannot_show_is_not_handed_out_to_be_signed(founded: Terminal) -> None:
    hidden = Envelope.of(
        "application/vnd.jcm.assertion.v1+json",
        {
            "committee": "JP-MN",
            "founding": "0" * 64,
            "decision": "0" * 64,
            "says": "objects",
            "reason": "no\u202e",
            "nonce": "0" * 32,
        },
    )
    founded.write("hidden.json", hidden.to_bytes())

    founded.run("pae", "hidden.json", "-o", "hidden.pae", code=1)

    assert not (founded.folder / "hidden.pae").exists()


def test_annexes_are_written_as_files_that_their_names_are_the_digests_of(
    founded: Terminal,
) -> None:
    founded.run("pae", "founding.json", "-o", "founding.pae", "--annexes", "annexes")

    [annex] = (founded.folder / "annexes").iterdir()
    assert hashlib.sha256(annex.read_bytes()).hexdigest() == annex.name


def test_signatures_of_openssl_with_both_kinds_of_keys_are_wrapped_with_either_s(
    abroad: Terminal,
) -> None:
    folder = abroad.folder
    openssl(folder, "dgst", "-sha256", "-sign", "a.pem", "-out", "a.raw", "request.pae")
    edwards = ["-inkey", "b.pem", "-in", "request.pae", "-out", "b.raw"]
    openssl(folder, "pkeyutl", "-sign", "-rawin", *edwards)
    r, s = decode_dss_signature((folder / "a.raw").read_bytes())
    abroad.write("high.raw", encode_dss_signature(r, max(s, P256_ORDER - s)))
    abroad.write("low.b64", b64encode(encode_dss_signature(r, min(s, P256_ORDER - s))) + b"\n")
    abroad.write("b.b64", b64encode((folder / "b.raw").read_bytes()) + b"\n")

    found = []
    for key, raw in (("a", "high.raw"), ("a", "low.b64"), ("b", "b.raw"), ("b", "b.b64")):
        said = wrapped(abroad, key, raw)
        assert "genuine" in said
        assert "which nobody of JP-MN has: it will be refused" in said
        found.append((folder / f"{key}.sig").read_bytes())

    assert found[0] == found[1]
    assert found[2] == found[3]
    assert Envelope.from_bytes(found[0]).signatures[0].sig == low_s((folder / "a.raw").read_bytes())
    abroad.run("submit", "a.sig", code=1)


def test_it_is_said_whose_key_it_is_and_the_signature_counts(abroad: Terminal) -> None:
    """The person's own key, read by openssl from the form that it is kept in."""
    subprocess.run(
        ["ssh-keygen", "-p", "-q", "-N", "", "-m", "PKCS8", "-f", "MN-jp-hara.key"],
        cwd=abroad.folder,
        capture_output=True,
        timeout=30,
        check=True,
    )
    key = "MN-jp-hara.key"
    openssl(abroad.folder, "dgst", "-sha256", "-sign", key, "-out", "raw", "request.pae")
    record = ("--public", "MN-jp-hara.key.pub.json", "--raw", "raw")

    said = abroad.run("signature", "request.json", *record, "-o", "hara.sig")
    handed_in = abroad.run("submit", "hara.sig")
    elsewhere = abroad.run(
        "signature", "request.json", *record, "-o", "hara.sig", home=abroad.folder / "none"
    )

    assert "of Hara Kenji (jp-hara, JP)" in said.err
    assert "recorded" in handed_in.out
    assert "this home has no record" in elsewhere.err
    assert not (abroad.folder / "none").exists()


def test_another_key_a_private_key_and_no_key_are_refused_by_name(abroad: Terminal) -> None:
    openssl(abroad.folder, "dgst", "-sha256", "-sign", "a.pem", "-out", "raw", "request.pae")
    abroad.write("rsa.pem", b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")
    refused = {}
    for public in ("b.pub.pem", "a.pem", "rsa.pem", "request.json"):
        given = ("signature", "request.json", "--public", public, "--raw", "raw", "-o", "x.sig")
        refused[public] = abroad.run(*given, code=1).err

    abroad.run("pae", "founding.json", "-o", "request.pae")
    openssl(abroad.folder, "dgst", "-sha256", "-sign", "a.pem", "-out", "raw", "request.pae")
    own = ("--public", "a.pub.pem", "--raw", "raw", "-o", "x.sig")
    foreign = abroad.run("signature", "founding.json", *own, code=1)

    assert "is of neither authority that this founding names" in foreign.err
    assert not (abroad.folder / "x.sig").exists()
    assert "does not fit these bytes" in refused["b.pub.pem"]
    assert "PRIVATE key" in refused["a.pem"]
    assert "no PEM public key" in refused["rsa.pem"]
    assert "keyid, scheme and public" in refused["request.json"]
