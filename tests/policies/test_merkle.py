"""The tree of the log, against RFC 6962's own recursive definitions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.proof.merkle import (
    EMPTY_ROOT,
    Frontier,
    Subtrees,
    consistency_path,
    inclusion_path,
    leaf_hash,
    node_hash,
    require_consistent,
    root_by_inclusion,
    root_of,
)
from policies.refusals import LogProofError

SIZES = st.integers(1, 200)


def entries(size: int, name: str = "") -> list[bytes]:
    return [f"{name}{number}".encode() for number in range(size)]


def tree(found: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962, 2.1."""
    if not found:
        return EMPTY_ROOT
    if len(found) == 1:
        return leaf_hash(found[0])
    half = _half(len(found))
    return node_hash(tree(found[:half]), tree(found[half:]))


def path(index: int, found: Sequence[bytes]) -> list[bytes]:
    """PATH of RFC 6962, 2.1.1."""
    if len(found) == 1:
        return []
    half = _half(len(found))
    if index < half:
        return [*path(index, found[:half]), tree(found[half:])]
    return [*path(index - half, found[half:]), tree(found[:half])]


def subproof(old: int, found: Sequence[bytes], *, whole: bool = True) -> list[bytes]:
    """SUBPROOF of RFC 6962, 2.1.2."""
    if old == len(found):
        return [] if whole else [tree(found)]
    half = _half(len(found))
    if old <= half:
        return [*subproof(old, found[:half], whole=whole), tree(found[half:])]
    return [*subproof(old - half, found[half:], whole=False), tree(found[:half])]


def subtrees(found: Sequence[bytes]) -> Subtrees:
    return lambda height, index: tree(found[index << height : (index + 1) << height])


def _half(size: int) -> int:
    half = 1
    while half * 2 < size:
        half *= 2
    return half


@given(SIZES)
def test_appending_and_asking_lead_to_the_root_of_the_definition(size: int) -> None:
    found = entries(size)
    frontier = Frontier.empty()
    for entry in found:
        frontier.append(leaf_hash(entry))

    assert frontier.root == root_of(size, subtrees(found)) == tree(found)
    assert frontier.peaks == Frontier.of(size, subtrees(found)).peaks


def test_the_empty_tree_has_its_own_root() -> None:
    assert Frontier.empty().root == EMPTY_ROOT == tree([])


@given(SIZES.flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size - 1))))
def test_every_entry_is_proved_and_no_other_is(case: tuple[int, int]) -> None:
    size, index = case
    found = entries(size)
    made = inclusion_path(index, size, subtrees(found))

    assert made == path(index, found)
    assert root_by_inclusion(leaf_hash(found[index]), index, size, made) == tree(found)
    assert root_by_inclusion(leaf_hash(b"other"), index, size, made) != tree(found)
    for other in {index - 1, index + 1} & set(range(size)):
        assert _root(leaf_hash(found[index]), other, size, made) != tree(found)


@given(SIZES.flatmap(lambda size: st.tuples(st.integers(0, size), st.just(size))))
def test_a_grown_log_is_proved_and_a_rewritten_one_is_not(case: tuple[int, int]) -> None:
    old, new = case
    found, rewritten = entries(new), entries(new, "x")
    made = consistency_path(old, new, subtrees(found))

    assert made == (subproof(old, found) if 0 < old < new else [])
    require_consistent(old, tree(found[:old]), new, tree(found), made)
    if 0 < old < new:
        other = consistency_path(old, new, subtrees(rewritten))
        for proof in (made, other):
            with pytest.raises(LogProofError):
                require_consistent(old, tree(found[:old]), new, tree(rewritten), proof)


@given(st.tuples(SIZES, SIZES, st.data()))
def test_a_proof_with_a_hash_more_less_or_changed_is_none(
    case: tuple[int, int, st.DataObject],
) -> None:
    old, new = sorted(case[:2])
    found = entries(new)
    index = case[2].draw(st.integers(0, new - 1))
    for proof in _spoiled(inclusion_path(index, new, subtrees(found)), case[2]):
        assert _root(leaf_hash(found[index]), index, new, proof) != tree(found)
    if old == new:
        return
    for proof in _spoiled(consistency_path(old, new, subtrees(found)), case[2]):
        with pytest.raises(LogProofError):
            require_consistent(old, tree(found[:old]), new, tree(found), proof)


def test_hashes_have_32_bytes() -> None:
    for bad in (b"", b"\0" * 31, b"\0" * 33):
        with pytest.raises(LogProofError, match="32 bytes"):
            root_by_inclusion(bad, 0, 1, [])
        with pytest.raises(LogProofError, match="32 bytes"):
            require_consistent(1, tree([b"0"]), 2, tree(entries(2)), [bad])
        with pytest.raises(LogProofError, match="32 bytes"):
            require_consistent(0, bad, 2, tree(entries(2)), [])


def test_from_nothing_there_is_one_root_and_nothing_to_prove() -> None:
    root = tree(entries(2))

    require_consistent(0, EMPTY_ROOT, 2, root, [])
    with pytest.raises(LogProofError, match="different roots"):
        require_consistent(0, root, 2, root, [])
    with pytest.raises(LogProofError, match="nothing to prove"):
        require_consistent(0, EMPTY_ROOT, 2, root, [root])
    with pytest.raises(LogProofError, match="different roots"):
        require_consistent(2, EMPTY_ROOT, 2, root, [])


@pytest.mark.parametrize(("old", "new"), [(3, 2), (-1, 2)])
def test_a_log_never_shrinks(old: int, new: int) -> None:
    with pytest.raises(LogProofError, match="does not follow"):
        require_consistent(old, EMPTY_ROOT, new, EMPTY_ROOT, [])
    with pytest.raises(LogProofError, match="does not follow"):
        consistency_path(old, new, subtrees(entries(3)))


@pytest.mark.parametrize("index", [-1, 3, 2**60])
def test_what_is_not_in_the_log_has_no_path(index: int) -> None:
    with pytest.raises(LogProofError, match="not in a log"):
        inclusion_path(index, 3, subtrees(entries(3)))
    with pytest.raises(LogProofError, match="not in a log"):
        root_by_inclusion(leaf_hash(b"0"), index, 3, [])


def _root(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    try:
        return root_by_inclusion(leaf, index, size, proof)
    except LogProofError:
        return None


def _spoiled(proof: list[bytes], data: st.DataObject) -> list[list[bytes]]:
    extra = leaf_hash(b"extra")
    spoiled = [[*proof, extra], [extra, *proof]]
    if proof:
        place = data.draw(st.integers(0, len(proof) - 1))
        spoiled += [
            proof[:place] + proof[place + 1 :],
            [*proof[:place], extra, *proof[place + 1 :]],
        ]
    spoiled += [
        [*proof[:place], second, first, *proof[place + 2 :]]
        for place, (first, second) in enumerate(pairwise(proof))
    ]
    return spoiled
