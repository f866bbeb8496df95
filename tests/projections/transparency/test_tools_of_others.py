"""Logs of several sizes read by another author's tool (tlog-scales): entries and proofs alike."""

from __future__ import annotations

from pathlib import Path

import pytest
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.tiles import leaf_hash as their_leaf_hash

from policies.proof.merkle import consistency_path, inclusion_path
from projections.transparency.log_files import LogFiles
from tests.faults.conftest import LONG
from tests.projections.transparency.plain import entries, note_of

SIZES = (1, 255, 256, 257, *((70_003,) if LONG else ()))


@pytest.mark.parametrize("size", SIZES)
def test_their_reader_finds_our_entries_and_makes_our_proofs(tmp_path: Path, size: int) -> None:
    files = LogFiles.open(tmp_path)
    files.append(entries(size))
    files.publish(note_of(size))

    reader = TilesReader(LocalBackend(tmp_path))
    found = reader.get_checkpoint()
    assert (found.size, found.root_hash) == (size, files.head_at(size))
    subtrees = files.subtrees(size)
    for index in {0, 1, 42, 255, 256, 65_535, 65_536, size // 2, size - 1} & set(range(size)):
        assert reader.get_entry(index) == files.entry(index)
        proof = reader.get_inclusion_proof(index, size)
        assert proof.node_hashes == inclusion_path(index, size, subtrees)
        proof.check(their_leaf_hash(files.entry(index)), found.root_hash)
    for old in {1, 2, 255, 256, 257, 65_536, size - 1} & set(range(1, size)):
        theirs = reader.get_consistency_proof(old, size)
        assert theirs.node_hashes == consistency_path(old, size, subtrees)
