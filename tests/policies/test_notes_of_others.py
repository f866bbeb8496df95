"""Our checkpoints, proofs and keys against another author's (tlog-scales), both ways.

Its `VkeySet.verify` leaves out what is not genuine, so what it returns is counted.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

import pytest
from tlog_scales.signing import (
    MLDSA44CosignatureSigner,
    PlainEd25519Signer,
    Vkey,
    VkeySet,
)
from tlog_scales.tlog import Checkpoint as TheirCheckpoint
from tlog_scales.tlog import ConsistencyProof, InclusionProof

from policies.proof.checkpoint import LogKeys, TreeHead, read_checkpoint
from policies.proof.merkle import consistency_path, inclusion_path, leaf_hash, root_of
from policies.proof.note import NoteKey
from policies.refusals import LogProofError
from tests.policies.keyring import checkpoint_note, ed25519_pen, ed25519_private
from tests.policies.test_checkpoints import ALL, HEAD, JP, LOG, LOG_PQ, MN, ORIGIN, keys_of
from tests.policies.test_inclusion import ENTRIES, subtrees

SEED = bytes(range(32))


def written(vkey: Vkey) -> str:
    line: str = vkey.serialize()  # type: ignore[no-untyped-call]
    return line


def theirs(*keys: NoteKey) -> VkeySet:
    return VkeySet(*(Vkey.from_string(key.vkey) for key in keys))


def test_each_of_our_signatures_of_every_type_is_genuine_to_them() -> None:
    found = TheirCheckpoint.from_text(checkpoint_note(HEAD, *ALL))

    kinds = sorted(pen.key.kind for pen in ALL)
    good = theirs(*(pen.key for pen in ALL)).verify(found.signatures, found)
    assert (found.origin, found.size, found.root_hash) == (HEAD.origin, HEAD.size, HEAD.root)
    assert sorted(vkey.sig_type for vkey, _line in good) == kinds == [1, 4, 4, 6, 6]


def test_what_is_not_genuine_to_us_is_not_genuine_to_them(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.CRITICAL)
    other = TreeHead(HEAD.origin, HEAD.size + 1, HEAD.root)
    text = checkpoint_note(HEAD, *ALL).replace(HEAD.text, other.text)
    found = TheirCheckpoint.from_text(text)

    assert theirs(*(pen.key for pen in ALL)).verify(found.signatures, found) == set()
    with pytest.raises(LogProofError):
        read_checkpoint(text, keys_of())


def test_checkpoints_that_they_have_signed_pass_ours() -> None:
    log = PlainEd25519Signer(ORIGIN, ed25519_private("their log"))
    also = MLDSA44CosignatureSigner(ORIGIN, SEED)
    witness = MLDSA44CosignatureSigner("w.example", bytes(32))
    made = TheirCheckpoint.make_signed(ORIGIN, 7, HEAD.root, [log, also, witness])
    key = NoteKey.parse(written(witness.vkey))
    keys = LogKeys(
        (NoteKey.parse(written(log.vkey)), NoteKey.parse(written(also.vkey))),
        {"w.example": (key, "JP")},
        (("w.example",),),
    )

    found = read_checkpoint(made.serialize(), keys)

    assert found.head == HEAD
    now = datetime.now(found.cosigned["w.example"].tzinfo)
    assert timedelta(0) <= now - found.cosigned["w.example"] < timedelta(minutes=5)
    changed = made.serialize().replace("\n7\n", "\n8\n")
    with pytest.raises(LogProofError, match="not genuine"):
        read_checkpoint(changed, keys)


def test_keys_have_one_line_and_one_id_for_both() -> None:
    for pen in (LOG, LOG_PQ, JP, MN):
        assert written(Vkey.from_string(pen.key.vkey)) == pen.key.vkey
        again = Vkey(pen.key.name, None, pen.key.kind, pen.key.public)
        assert again.key_id == int.from_bytes(pen.key.keyid, "big")
    signer = PlainEd25519Signer(ORIGIN, ed25519_private("log"))
    assert written(signer.vkey) == NoteKey.of_log(ORIGIN, ed25519_pen("log").record).vkey


def test_our_paths_lead_them_to_our_roots() -> None:
    tree = subtrees(ENTRIES)
    for size in range(1, len(ENTRIES) + 1):
        root = root_of(size, tree)
        for index in range(size):
            path = inclusion_path(index, size, tree)
            InclusionProof(index, size, path).check(leaf_hash(ENTRIES[index]), root)
        for old in range(1, size):
            earlier = consistency_path(old, size, tree)
            ConsistencyProof(old, size, earlier).check(root_of(old, tree), root)
