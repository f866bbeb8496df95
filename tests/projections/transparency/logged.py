"""A record that logs plain envelopes, for tests of the folder that follows it."""

from __future__ import annotations

from dataclasses import dataclass

from aggregates.committee.events import ProposalClosed
from aggregates.store.record import Record
from policies.proof.dsse import Envelope
from projections.transparency.log_files import LogFiles
from tests.projections.desk import NOW, closed

CODE = "JP-MN"


@dataclass(frozen=True)
class Checkpointed:
    """A published checkpoint, as its event says it."""

    version: int
    size: int
    root: str


def envelope(number: int, words: str = "") -> Envelope:
    return Envelope.of("application/vnd.jcm.test", {"number": number, "words": words})


def logging(number: int, words: str = "") -> ProposalClosed:
    """Return an event that logs one envelope."""
    return ProposalClosed(
        at=NOW,
        proposal=number,
        number=f"JP-MN/2026/{number}",
        reason="withdrawn",
        detail="",
        envelope=envelope(number, words),
    )


def record_more(record: Record, until: int, words: str = "") -> None:
    """Record events up to a version; of three, the third logs nothing."""
    first = record.version(CODE)
    record.append(
        CODE,
        first,
        [closed(n) if n % 3 == 0 else logging(n, words) for n in range(first + 1, until + 1)],
    )


def entries_until(version: int, words: str = "") -> list[bytes]:
    return [envelope(n, words).to_bytes() for n in range(1, version + 1) if n % 3]


def checkpointed(files: LogFiles, version: int) -> Checkpointed:
    size = len(entries_until(version))
    return Checkpointed(version, size, files.head_at(size).hex())
