"""Publishing a checkpoint: what the log has signed and enough witnesses have cosigned."""

from __future__ import annotations

from datetime import datetime

from aggregates.transparency.events import CheckpointPublished
from policies.proof.checkpoint import Checkpoint, LogKeys, TreeHead, read_checkpoint, require_quorum
from policies.proof.note import Note
from policies.refusals import LogProofError
from policies.sides import Committee


def publish(
    last: CheckpointPublished | None,
    head: TreeHead,
    note: Note,
    keys: LogKeys,
    *,
    committee: Committee,
    version: int,
    now: datetime,
) -> CheckpointPublished:
    """Publish a checkpoint after the last one.

    `head` is the tree over the committee's entries up to `version`, `keys` are those of the roster
    there. Raises `LogProofError` for a tree that has not grown, a note of another tree, one that
    the log has not signed with every key it has, or too few witnesses. A clock that was set back
    never orders checkpoints backwards.
    """
    event = CheckpointPublished(
        at=now if last is None else max(now, last.at),
        committee=committee.code,
        version=version,
        size=head.size,
        root=head.root.hex(),
        note=str(note),
    )
    require_follows(event, last)
    require_as_signed(event, keys, committee)
    return event


def require_follows(event: CheckpointPublished, last: CheckpointPublished | None) -> None:
    """Refuse a checkpoint of a tree that has not grown since the last one; `LogProofError`."""
    size, version = (0, 0) if last is None else (last.size, last.version)
    if event.size <= size or event.version <= version:
        message = (
            f"a checkpoint of {event.size} entries at version {event.version} does not follow that"
            f" of {size} at version {version}"
        )
        raise LogProofError(message)


def require_as_signed(
    event: CheckpointPublished, keys: LogKeys, committee: Committee
) -> Checkpoint:
    """Return the note of a checkpoint that says what its event says, signed by all it takes.

    By every key of the log and, where witnesses are named, by a quorum of them; raises
    `LogProofError`. That the root is the tree's is for whoever has the entries to say.
    """
    found = read_checkpoint(event.note, keys)
    if (found.head.size, found.head.root.hex()) != (event.size, event.root):
        message = f"the note of the checkpoint of {event.size} entries is of another tree"
        raise LogProofError(message)
    if keys.witnesses:
        require_quorum(keys, found.cosigned, committee.sides)
    return found
