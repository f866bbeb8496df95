"""Which texts an entry of a log names by digest: rulebooks and annexes."""

from __future__ import annotations

from policies.proof.reading import read_entry_recorded
from policies.proof.statements import Decision, Founding
from policies.refusals import Refusal

_KINDS = tuple(kind.payload_type.encode() for kind in (Decision, Founding))


def texts_named(entry: bytes) -> set[str]:
    """Return the digests; none for an entry that nobody can read, which its check refuses."""
    if not any(kind in entry for kind in _KINDS):
        return set()
    try:
        _envelope, said = read_entry_recorded(entry)
    except Refusal:
        return set()
    if isinstance(said, Decision):
        return {said.rulebook.digest, *(annex.digest for annex in said.annexes)}
    return {said.rulebook.digest} if isinstance(said, Founding) else set()
