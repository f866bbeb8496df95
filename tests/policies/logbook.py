"""Builders for tests: the log of a bench, with its checkpoints and proofs, as its host keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from policies.proof.bundle import Bundle
from policies.proof.checkpoint import TreeHead
from policies.proof.dsse import Envelope
from policies.proof.inclusion import Before, Inclusion
from policies.proof.merkle import (
    Frontier,
    consistency_path,
    inclusion_path,
    leaf_hash,
    root_of,
)
from policies.proof.statements import Checkpoint as NamedCheckpoint
from policies.proof.statements import Witness, Witnesses
from tests.policies.keyring import (
    LOG,
    NotePen,
    Pen,
    checkpoint_note,
    ed25519_pen,
    log_pen,
    mldsa44_pen,
    witness_pen,
)

ORIGIN = "log.example/JP-MN"
LOG_PEN = log_pen(ORIGIN, LOG)
LOG_PQ: Pen = mldsa44_pen("log")
LOG_PQ_PEN = log_pen(ORIGIN, LOG_PQ)
W_JP = witness_pen("w.jp.example", ed25519_pen("w jp"))
W_MN = witness_pen("w.mn.example", mldsa44_pen("w mn"))
W_THIRD = witness_pen("w.third.example", ed25519_pen("w third"))
EVERYBODY = (LOG_PEN, W_JP, W_MN)


def witnesses(
    *quorum: tuple[NotePen, ...], pens: Sequence[NotePen] = (W_JP, W_MN, W_THIRD)
) -> Witnesses:
    """Name the witnesses; both sides' are the quorum, or one side's with the third."""
    sides: dict[NotePen, str | None] = {W_JP: "JP", W_MN: "MN"}
    sets = quorum or ((W_JP, W_MN), (W_JP, W_THIRD), (W_MN, W_THIRD))
    return Witnesses(
        keys=tuple(
            Witness(name=pen.key.name, side=sides.get(pen), key=pen.pen.record) for pen in pens
        ),
        quorum=tuple(tuple(pen.key.name for pen in enough) for enough in sets),
    )


def seconds(*when: int) -> int:
    """Return an instant in UTC as POSIX seconds."""
    return int(datetime(*when, tzinfo=UTC).timestamp())  # type: ignore[misc,arg-type]


@dataclass
class Log:
    """The entries of a log."""

    entries: list[bytes] = field(default_factory=list)
    origin: str = ORIGIN

    @classmethod
    def of(cls, envelopes: Iterable[Envelope], origin: str = ORIGIN) -> Log:
        return cls([envelope.to_bytes() for envelope in envelopes], origin)

    def add(self, *envelopes: Envelope) -> int:
        """Add entries; returns the size."""
        self.entries += [envelope.to_bytes() for envelope in envelopes]
        return len(self.entries)

    def subtree(self, height: int, index: int) -> bytes:
        tree = Frontier.empty()
        for entry in self.entries[index << height : (index + 1) << height]:
            tree.append(leaf_hash(entry))
        return tree.root

    def head(self, size: int | None = None) -> TreeHead:
        size = len(self.entries) if size is None else size
        return TreeHead(self.origin, size, root_of(size, self.subtree))

    def named(self, size: int | None = None) -> NamedCheckpoint:
        """Return a checkpoint as a decision's text names it."""
        head = self.head(size)
        return NamedCheckpoint(size=head.size, root=head.root.hex())

    def note(
        self, size: int | None = None, pens: Iterable[NotePen] = EVERYBODY, at: int = 0
    ) -> str:
        return checkpoint_note(self.head(size), *pens, seconds=at or seconds(2026, 6, 10, 6))

    def proof(self, envelope: Envelope, **how: Any) -> str:
        """Return the proof that an envelope stands in the log as it is now."""
        index = self.entries.index(envelope.to_bytes())
        path = inclusion_path(index, len(self.entries), self.subtree)
        return str(Inclusion(index, tuple(path), self.note(**how)))

    def before(self, size: int, **how: Any) -> dict[str, Any]:
        path = consistency_path(size, len(self.entries), self.subtree)
        return Before(self.note(size, **how), tuple(path)).to_json()

    def prove(self, bundle: Bundle, **how: Any) -> Bundle:
        """Enter a decision with its adoption, and return its bundle with the proof."""
        self.add(bundle.decision, bundle.adoption)
        return replace(bundle, proof=self.proof(bundle.adoption, **how))
