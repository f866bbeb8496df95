"""What a bundle carries of the log: proofs from its tiles, for the first checkpoint there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from aggregates.transparency.events import CheckpointPublished
from aggregates.transparency.published import Published
from governance.service.logs import Logs
from policies.proof.checkpoint import LogKeys, read_checkpoint
from policies.proof.inclusion import Before, Inclusion
from policies.proof.merkle import consistency_path, inclusion_path
from policies.proof.statements import Checkpoint, LogName, Witnesses
from policies.refusals import LogFilesError, LogProofError, TamperedError

_NO_WITNESSES = Witnesses(keys=(), quorum=())


class Proof(NamedTuple):
    """A bundle's `proof` and `before`; both null while no checkpoint covers the adoption."""

    proof: str | None = None
    before: dict[str, Any] | None = None


UNPROVED = Proof()


@dataclass(frozen=True, slots=True)
class LogProofs:
    """Proofs of one committee's log, for the first published checkpoint that covers an event.

    That one never changes, and so neither do the proofs.
    """

    logs: Logs
    committee: str

    def of_adoption(self, version: int, named: Checkpoint | None, log: LogName) -> Proof:
        """Return the proof of the adoption that is the event at a version of the stream.

        `named` is the checkpoint that its text names, `log` whose keys the bundle's chain leads to.
        A checkpoint that only later keys have signed proves nothing under these: as if there were
        none. Raises `LogFilesError` where the tiles are not those of the published root, and
        `TamperedError` for a text that names a checkpoint which was never published.
        """
        published = Published(self.logs.record, self.committee)
        covering = published.first_at_version(version)
        if covering is None or not _is_signed_by(covering, log):
            return UNPROVED
        with self.logs.lock:
            files = self.logs.holding(self.committee, covering.size)
            if files.head_at(covering.size).hex() != covering.root:
                message = f"{files.folder} is not the log whose checkpoints were published"
                raise LogFilesError(message)
            subtrees = files.subtrees(covering.size)
            # The decision stands first, its adoption beside it.
            index = self.logs.index_at(self.committee, version) + 1
            path = inclusion_path(index, covering.size, subtrees)
            proof = str(Inclusion(index, tuple(path), covering.note))
            if named is None:
                return Proof(proof)
            earlier = _published_as(published, named)
            between = consistency_path(earlier.size, covering.size, subtrees)
            return Proof(proof, Before(earlier.note, tuple(between)).to_json())


def _is_signed_by(published: CheckpointPublished, log: LogName) -> bool:
    try:
        read_checkpoint(published.note, LogKeys.of(log, _NO_WITNESSES))
    except LogProofError:
        return False
    return True


def _published_as(published: Published, named: Checkpoint) -> CheckpointPublished:
    found = published.of_size(named.size)
    if found is None or found.root != named.root:
        message = (
            f"a text names a checkpoint of {named.size} entries that {published.committee} never"
            " published"
        )
        raise TamperedError(message)
    return found
