"""What the service asks of the published checkpoints: which one a text names, where a log ended."""

from __future__ import annotations

from aggregates.committee.state import CommitteeState
from aggregates.store.record import Record
from aggregates.transparency.entries import entries_of
from aggregates.transparency.events import CheckpointPublished
from aggregates.transparency.published import Published
from policies.proof.checkpoint import TreeHead
from policies.proof.merkle import EMPTY_ROOT
from policies.proof.note import Note
from policies.proof.statements import Checkpoint, OldLog


def last_cosigned(record: Record, state: CommitteeState) -> Checkpoint | None:
    """Return the last published checkpoint, which the text that is fixed now shall name.

    None before the first, where the committee's log has no witnesses, and where the last was
    published before it had any: nobody else had seen it.
    """
    roster = state.roster
    if not roster.witnesses.keys:
        return None
    last = Published(record, state.committee.code).last()
    if last is None or not _is_cosigned(last):
        return None
    return Checkpoint(size=last.size, root=last.root)


def log_ended(record: Record, committee: str) -> OldLog:
    """Return the last published checkpoint of a log; of the empty one before the first."""
    last = Published(record, committee).last()
    if last is None:
        return OldLog(size=0, root=EMPTY_ROOT.hex())
    return OldLog(size=last.size, root=last.root)


def uncovered(record: Record, committee: str, version: int) -> int:
    """Return how many entries up to a version of a committee's stream no checkpoint covers."""
    last = Published(record, committee).last()
    after = 0 if last is None else last.version
    return sum(
        len(entries_of(entry.event))
        for entry in record.stream(committee, after=after)
        if entry.originator_version <= version
    )


def _is_cosigned(published: CheckpointPublished) -> bool:
    """Whether anybody but the log has signed a note; a quorum has, where it took any."""
    note = Note.parse(published.note)
    origin = TreeHead.parse(note.text).origin
    return any(signature.name != origin for signature in note.signatures)
