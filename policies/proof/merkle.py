"""The tree of a transparency log: RFC 6962, section 2, with SHA-256.

What the proofs are made from is asked of the caller, one complete subtree at a time, so that a log
of any size is proved with a few reads. Hashes are 32 bytes everywhere; anything else is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from policies.refusals import LogProofError

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()
"""The root of a tree without leaves."""
MAX_SIZE = 2**53 - 1
"""Leaves of a log; a proof then has at most 63 hashes."""

Subtrees = Callable[[int, int], bytes]
"""Height and index of a complete subtree, to its root: leaves `[index << height, ...)`."""


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of one entry (RFC 6962, 2.1)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node over its two children (RFC 6962, 2.1)."""
    return sha256(b"\x01" + left + right).digest()


@dataclass
class Frontier:
    """The complete subtrees at a growing tree's right edge: all that appending needs.

    `peaks` are their roots, the largest (and leftmost) first, one for each bit of `size`.
    """

    size: int
    peaks: list[bytes]

    @classmethod
    def empty(cls) -> Frontier:
        """Return the frontier of a tree without leaves."""
        return cls(0, [])

    @classmethod
    def of(cls, size: int, subtrees: Subtrees) -> Frontier:
        """Return the frontier of a tree whose subtrees can be asked for."""
        return cls(size, [subtrees(height, index) for height, index in peaks_of(size)])

    def append(self, leaf: bytes) -> None:
        """Add a leaf by its hash: as many hashes as subtrees become complete."""
        self.peaks.append(leaf)
        done = self.size
        while done & 1:
            right = self.peaks.pop()
            self.peaks[-1] = node_hash(self.peaks[-1], right)
            done >>= 1
        self.size += 1

    @property
    def root(self) -> bytes:
        """The root of the whole tree."""
        return _joined(self.peaks)


def peaks_of(size: int) -> list[tuple[int, int]]:
    """Return height and index of the complete subtrees that make up a tree, leftmost first."""
    found, begin = [], 0
    for height in range(size.bit_length() - 1, -1, -1):
        if size >> height & 1:
            found.append((height, begin >> height))
            begin += 1 << height
    return found


def root_of(size: int, subtrees: Subtrees) -> bytes:
    """Return the root of a tree of that size."""
    return Frontier.of(size, subtrees).root


def inclusion_path(index: int, size: int, subtrees: Subtrees) -> list[bytes]:
    """Return the audit path of a leaf, from its sibling up (RFC 6962, 2.1.1)."""
    if not 0 <= index < size:
        message = f"entry {index} is not in a log of {size}"
        raise LogProofError(message)
    path, begin, end = [], 0, size
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            path.append(_range_root(middle, end, subtrees))
            end = middle
        else:
            path.append(_range_root(begin, middle, subtrees))
            begin = middle
    return path[::-1]


def consistency_path(old: int, new: int, subtrees: Subtrees) -> list[bytes]:
    """Return the proof that a tree's first `old` leaves are those of before (RFC 6962, 2.1.2).

    It is empty where nothing is to be proved: for an old size of zero, and for equal sizes.
    """
    if not 0 <= old <= new:
        message = f"a log of {new} does not follow one of {old}"
        raise LogProofError(message)
    if old in (0, new):
        return []
    path: list[bytes] = []
    begin, end, whole = 0, new, True
    while old != end:
        middle = begin + _split(end - begin)
        if old <= middle:
            path.append(_range_root(middle, end, subtrees))
            end = middle
        else:
            path.append(_range_root(begin, middle, subtrees))
            begin, whole = middle, False
    if not whole:
        path.append(_range_root(begin, end, subtrees))
    return path[::-1]


def root_by_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """Return the root that a leaf's audit path leads to.

    Raises `LogProofError` for a path that is no proof of that place: too long, too short, or with
    anything but hashes in it.
    """
    _require_hashes([leaf, *path])
    if not 0 <= index < size <= MAX_SIZE:
        message = f"entry {index} is not in a log of {size}"
        raise LogProofError(message)
    place, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            message = f"the inclusion proof has {len(path)} hashes, which is too many"
            raise LogProofError(message)
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    if last:
        message = f"the inclusion proof has {len(path)} hashes, which is too few"
        raise LogProofError(message)
    return found


def require_consistent(
    old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]
) -> None:
    """Refuse a tree that does not begin with all leaves of an older one (RFC 6962, 2.1.2).

    Raises `LogProofError`. An old size of zero has one root, that of the empty tree, and no proof.
    """
    _require_hashes([old_root, new_root, *path])
    if not 0 <= old <= new <= MAX_SIZE:
        message = f"a log of {new} does not follow one of {old}"
        raise LogProofError(message)
    if old in (0, new):
        _require_nothing_to_prove(old, old_root, new, new_root, path)
        return
    first, second = _roots_by_consistency(old, old_root, new, path)
    if first != old_root:
        message = f"the proof does not lead to the root of the first {old} entries"
        raise LogProofError(message)
    if second != new_root:
        message = f"the log of {new} entries does not begin with the {old} of before"
        raise LogProofError(message)


def _require_nothing_to_prove(
    old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]
) -> None:
    expected = EMPTY_ROOT if old == 0 else new_root
    if path:
        message = f"from {old} to {new} entries there is nothing to prove"
        raise LogProofError(message)
    if old_root != expected or (new == 0 and new_root != EMPTY_ROOT):
        message = f"two logs of {old} entries have different roots"
        raise LogProofError(message)


def _roots_by_consistency(
    old: int, old_root: bytes, new: int, path: Sequence[bytes]
) -> tuple[bytes, bytes]:
    """Return the old and the new root that a proof leads to, for 0 < old < new."""
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    rest = iter(path)
    first = second = old_root if place == 0 else _next(rest)
    while last:
        if place & 1 or place == last:
            sibling = _next(rest)
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, _next(rest))
        place, last = place >> 1, last >> 1
    if next(rest, None) is not None:
        message = "the consistency proof has too many hashes"
        raise LogProofError(message)
    return first, second


def _next(rest: Iterator[bytes]) -> bytes:
    found = next(rest, None)
    if found is None:
        message = "the consistency proof has too few hashes"
        raise LogProofError(message)
    return found


def _joined(peaks: Sequence[bytes]) -> bytes:
    if not peaks:
        return EMPTY_ROOT
    found = peaks[-1]
    for peak in reversed(peaks[:-1]):
        found = node_hash(peak, found)
    return found


def _range_root(begin: int, end: int, subtrees: Subtrees) -> bytes:
    """Return the root over leaves `[begin, end)`, where `begin` is aligned as the tree's splits."""
    peaks = []
    while begin < end:
        height = (end - begin).bit_length() - 1
        peaks.append(subtrees(height, begin >> height))
        begin += 1 << height
    return _joined(peaks)


def _split(size: int) -> int:
    """Return the largest power of two below a size."""
    return 1 << ((size - 1).bit_length() - 1)


def _require_hashes(hashes: Sequence[bytes]) -> None:
    if any(len(found) != HASH_SIZE for found in hashes):
        message = f"a proof holds hashes of {HASH_SIZE} bytes, and nothing else"
        raise LogProofError(message)
