"""Proofs of inclusion as C2SP writes them, and that a later log begins with an earlier one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from policies.proof.checkpoint import LogKeys, TreeHead
from policies.proof.inclusion import Before, Inclusion
from policies.proof.merkle import (
    Frontier,
    Subtrees,
    consistency_path,
    inclusion_path,
    leaf_hash,
    root_of,
)
from policies.refusals import LogProofError, Refusal
from tests.policies.keyring import checkpoint_note, ed25519_pen, log_pen

ORIGIN = "log.example/JP-MN"
LOG = log_pen(ORIGIN, ed25519_pen("log"))
KEYS = LogKeys((LOG.key,), {}, ())
ENTRIES = [f"entry {number}".encode() for number in range(11)]


def subtrees(entries: Sequence[bytes]) -> Subtrees:
    def subtree(height: int, index: int) -> bytes:
        tree = Frontier.empty()
        for entry in entries[index << height : (index + 1) << height]:
            tree.append(leaf_hash(entry))
        return tree.root

    return subtree


def note(size: int, entries: Sequence[bytes] = ENTRIES) -> str:
    return checkpoint_note(TreeHead(ORIGIN, size, root_of(size, subtrees(entries))), LOG)


def proof(index: int, size: int = 11) -> Inclusion:
    path = inclusion_path(index, size, subtrees(ENTRIES))
    return Inclusion(index, tuple(path), note(size))


def test_a_proof_shows_its_entry_at_its_place_and_no_other() -> None:
    for size in range(1, 12):
        for index in range(size):
            found = Inclusion.parse(str(proof(index, size)))
            assert found.require(ENTRIES[index], KEYS).head.size == size
            with pytest.raises(LogProofError, match="does not lead to the root"):
                found.require(b"another entry", KEYS)


def test_a_proof_is_written_as_the_standard_writes_it() -> None:
    text = str(proof(0, 1))

    assert text.startswith(f"c2sp.org/tlog-proof@v1\nindex 0\n\n{ORIGIN}\n1\n")
    assert str(Inclusion.parse(text)) == text


GOOD = str(proof(5))


@pytest.mark.parametrize(
    "text",
    [
        None,
        5,
        {"index": 5},
        "",
        "\n\n",
        "c2sp.org/tlog-proof@v1",
        "c2sp.org/tlog-proof@v1\n\n",
        GOOD.replace("@v1", "@v2"),
        GOOD.replace("index 5", "index None"),
        GOOD.replace("index 5", "index 05"),
        GOOD.replace("index 5", "index -5"),
        GOOD.replace("index 5", "index  5"),
        GOOD.replace("index 5", "index"),
        GOOD.replace("index 5", "extra AAAA\nindex 5"),
        GOOD.replace("index 5", f"index {2**53}"),
        GOOD.replace("index 5", "index " + "9" * 5_000),
        GOOD.replace("index 5", "index 5\nAAAA="),
        GOOD.replace("index 5", "index 5\n" + "A" * 43 + "=\n" * 70),
        GOOD.replace("\n", "\r\n"),
    ],
)
def test_what_is_no_proof_is_refused_and_is_no_fault(text: Any) -> None:
    with pytest.raises(LogProofError):
        Inclusion.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace("index 5", "index 4"),
        GOOD.replace("index 5", "index 11"),
        GOOD.replace("index 5", "index 5\n" + "A" * 43 + "="),
        GOOD.replace("index 5", "index 5\nAAAA"),
        GOOD.partition("\n\n")[0] + "\n\n",
        GOOD.partition("\n\n")[0] + "\n\n\n" + GOOD.partition("\n\n")[2],
        GOOD + "more\n",
    ],
)
def test_a_proof_that_leads_nowhere_is_refused(text: str) -> None:
    with pytest.raises(LogProofError):
        Inclusion.parse(text).require(ENTRIES[5], KEYS)


def test_no_byte_of_a_proof_changes_unnoticed() -> None:
    for place in range(len(GOOD)):
        other = GOOD[:place] + chr(ord(GOOD[place]) ^ 1) + GOOD[place + 1 :]
        with pytest.raises(LogProofError):
            Inclusion.parse(other).require(ENTRIES[5], KEYS)


# Before


def before(old: int, new: int = 11, entries: Sequence[bytes] = ENTRIES) -> Before:
    path = consistency_path(old, new, subtrees(entries))
    return Before(note(old, entries), tuple(path))


def test_a_later_log_begins_with_every_earlier_one() -> None:
    later = proof(5).require(ENTRIES[5], KEYS)

    for old in range(1, 12):
        again = Before.from_json(before(old).to_json())
        assert again.require(KEYS, later).head.size == old


def test_a_log_that_was_rewritten_or_shortened_does_not_begin_with_the_earlier_one() -> None:
    later = proof(5).require(ENTRIES[5], KEYS)
    forged = [b"forged", *ENTRIES[1:], b"entry 11"]

    for old in range(1, 12):
        with pytest.raises(LogProofError):
            before(old, entries=forged).require(KEYS, later)
    with pytest.raises(LogProofError, match="does not follow"):
        Before(note(12, forged), ()).require(KEYS, later)


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        {"note": "", "consistency": []} | {"more": 1},
        {"note": None, "consistency": []},
        {"note": "", "consistency": ""},
        {"note": "", "consistency": [1]},
        {"note": "", "consistency": ["AAA"]},
        {"note": "", "consistency": ["A" * 43 + "="] * 64},
    ],
)
def test_what_is_no_earlier_checkpoint_is_refused(value: Any) -> None:
    with pytest.raises(Refusal):
        Before.from_json(value)
