"""Signed notes and verifier keys: what is read, what is refused, and what others have written."""

from __future__ import annotations

import base64

import pytest

from policies.proof.checkpoint import LogKeys, TreeHead, read_checkpoint
from policies.proof.note import MAX_SIGNATURES, Note, NoteKey, NoteSignature
from policies.refusals import LogProofError
from tests.policies.keyring import (
    checkpoint_note,
    ed25519_pen,
    log_pen,
    mldsa44_pen,
    mldsa_pen,
    witness_pen,
)

LINE = "\u2014 a.example AAAAAAE="
# The example of Go's package golang.org/x/mod/sumdb/note, which others test themselves with.
NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PROBLEM = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdng"
    "otpRZb6KE6RyyBwJnAM=\n"
)
SUM_DATABASE = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"


def refused(data: str, match: str) -> None:
    with pytest.raises(LogProofError, match=match):
        Note.parse(data)


# Notes


def test_a_note_that_go_has_signed_is_read_and_is_genuine() -> None:
    note, key = Note.parse(PROBLEM), NoteKey.parse(NEUMANN)

    (line,) = note.signatures
    assert key.made(line)
    key.require_made(line, note.text.encode())
    with pytest.raises(LogProofError, match="not genuine"):
        key.require_made(line, note.text.upper().encode())
    assert str(note) == PROBLEM


def test_a_note_is_written_as_it_was_read_and_its_text_may_have_empty_lines() -> None:
    data = f"one\n\ntwo\n\n\n{LINE}\n{LINE}\n"

    note = Note.parse(data)

    assert note.text == "one\n\ntwo\n\n"
    assert str(note) == data


@pytest.mark.parametrize(
    ("data", "match"),
    [
        ("", "is text, an empty line"),
        ("text\n", "is text, an empty line"),
        (f"\n\n{LINE}\n", "is text, an empty line"),
        (f"text\n{LINE}\n", "is text, an empty line"),
        (f"text\n\n{LINE}", "ended by a newline"),
        ("text\n\n\n", "is text, an empty line"),
        (f"text\r\n\n{LINE}\n", "control"),
        (f"text\n\n{LINE}\r\n", "control"),
        (f"te\x00xt\n\n{LINE}\n", "control"),
        (f"te\txt\n\n{LINE}\n", "control"),
        (f"te\ud800xt\n\n{LINE}\n", "half characters"),
        ("text\n\n- a.example AAAAAAE=\n", "no signature line"),
        ("text\n\n\u2014 AAAAAAE=\n", "no signature line"),
        ("text\n\n\u2014  AAAAAAE=\n", "no signature line"),
        (f"text\n\n{LINE} \n", "no signature line"),
        ("text\n\n\u2014 a+b AAAAAAE=\n", "no signature line"),
        ("text\n\n\u2014 a\u00a0b AAAAAAE=\n", "no signature line"),
        ("text\n\n\u2014 a.example AAAAAAF=\n", "canonical base64"),
        ("text\n\n\u2014 a.example AAAAAAE\n", "canonical base64"),
        ("text\n\n\u2014 a.example AAAA_AE=\n", "canonical base64"),
        ("text\n\n\u2014 a.example AAAA\u00e9AE=\n", "canonical base64"),
        ("text\n\n\u2014 a.example AAAAAA==\n", "holds no signature"),
        (f"text\n\nmore\n{LINE}\n", "no signature line"),
        ("text\n\n" + f"{LINE}\n" * (MAX_SIGNATURES + 1), "signature lines"),
        ("t" * 300_000 + f"\n\n{LINE}\n", "larger"),
    ],
)
def test_what_is_no_note_is_refused(data: str, match: str) -> None:
    refused(data, match)


def test_as_many_signatures_as_the_standard_asks_for_are_read() -> None:
    assert len(Note.parse("text\n\n" + f"{LINE}\n" * 16).signatures) == 16


def test_a_signature_is_added_once_and_the_one_that_is_there_stays() -> None:
    first, other = NoteSignature("a", b"0000", b"first"), NoteSignature("a", b"0000", b"other")
    more = NoteSignature("a", b"0001", b"more")

    note = Note("text\n", (first,)).with_signatures(other, more)

    assert note.signatures == (first, more)


# Verifier keys


@pytest.mark.parametrize("vkey", [NEUMANN, SUM_DATABASE])
def test_a_verifier_key_of_others_is_read_and_written_alike(vkey: str) -> None:
    assert NoteKey.parse(vkey).vkey == vkey


def test_our_keys_of_every_type_are_written_and_read_alike() -> None:
    for key in (
        log_pen("log.example", ed25519_pen("log")).key,
        log_pen("log.example", mldsa44_pen("log")).key,
        witness_pen("w.example", ed25519_pen("w")).key,
    ):
        assert NoteKey.parse(key.vkey) == key


def of(kind: int, public: bytes, name: str = "log.example") -> str:
    return NoteKey(name, kind, public).vkey


@pytest.mark.parametrize(
    ("vkey", "match"),
    [
        ("", "no verifier key"),
        ("log.example", "no verifier key"),
        (NEUMANN.replace("PeterNeumann", "Peter Neumann"), "no verifier key"),
        (NEUMANN.replace("PeterNeumann", "Peter\x00"), "no verifier key"),
        (NEUMANN.replace("c74f20a3", "C74F20A3"), "another id"),
        (NEUMANN.replace("c74f20a3", "c74f20a4"), "another id"),
        (NEUMANN.replace("Peter", "Paul"), "another id"),
        (NEUMANN + "=", "canonical base64"),
        ("a+00000000+", "no known type"),
        (of(2, b"\x01" * 32), "no known type"),
        (of(1, b"\x01" * 31), "holds no public key"),
        (of(6, b"\x01" * 1311), "holds no public key"),
        (of(1, b"\x01" + bytes(31)), "holds no public key"),
        (of(1, ed25519_pen("log").record.raw, "n" * 256), "more than 255 bytes"),
    ],
)
def test_what_is_no_verifier_key_is_refused(vkey: str, match: str) -> None:
    with pytest.raises(LogProofError, match=match):
        NoteKey.parse(vkey)


def test_only_keys_that_sign_checkpoints_have_a_place_in_notes() -> None:
    with pytest.raises(LogProofError, match="ml-dsa-65 signs no checkpoints"):
        witness_pen("w.example", mldsa_pen("w"))


def test_a_signature_of_another_length_is_refused_by_its_length() -> None:
    pen = log_pen("log.example", ed25519_pen("log"))
    head = TreeHead("log.example", 1, bytes(32))
    long = NoteSignature(pen.key.name, pen.key.keyid, bytes(65))

    with pytest.raises(LogProofError, match="has 65 bytes"):
        pen.key.require_made(long, head.text.encode())


def test_a_key_of_the_same_name_or_the_same_id_alone_is_another_key() -> None:
    log = log_pen("log.example", ed25519_pen("log"))
    head = TreeHead("log.example", 1, bytes(32))
    bad = base64.b64encode(b"none" + bytes(64)).decode()
    named = f"\u2014 log.example {bad}\n"
    alike = NoteSignature("other.example", log.key.keyid, bytes(64)).line

    found = read_checkpoint(checkpoint_note(head, log) + named + alike, LogKeys((log.key,), {}, ()))

    assert len(found.note.signatures) == 3
