"""What a decision's page says of its proof: its place in the log, and who saw it since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aggregates.transparency.events import CheckpointPublished
from aggregates.transparency.published import Published
from governance.http.kept import FOR_GOOD, Kept
from governance.http.opened import Opened
from policies.proof.checkpoint import read_checkpoint
from policies.refusals import LogProofError
from projections.transparency.log_keys import log_keys_at


@dataclass(frozen=True)
class Proved:
    """Where an adoption stands in its committee's log (from 0), and the first checkpoint over it.

    Of `cosigned` each genuine cosignature counts; none: the log alone has signed.
    """

    origin: str
    index: int
    size: int
    cosigned: dict[str, datetime]

    @property
    def since(self) -> datetime | None:
        """When the first of the witnesses saw it."""
        return min(self.cosigned.values(), default=None)


_PROVED = Kept(2000)


def proof_of(opened: Opened, committee: str, version: int, digest: str) -> Proved | None:
    """Return the place of a decision's adoption; None while no checkpoint covers it.

    The first checkpoint that covers it never changes, so what follows from it is kept.
    """
    covering = Published(opened.engine.record, committee).first_at_version(version)
    if covering is None:
        return None
    question = (digest, covering.size, covering.root)

    def make(_known: Proved | None) -> Proved:
        return _proved(opened, committee, version, covering)

    return _PROVED.of(lambda: FOR_GOOD, question, make)


def _proved(opened: Opened, committee: str, version: int, covering: CheckpointPublished) -> Proved:
    keys = log_keys_at(opened.engine.record, committee, covering.version)
    try:
        cosigned = dict(read_checkpoint(covering.note, keys).cosigned)
    except LogProofError:
        cosigned = {}
    # The decision stands first, its adoption beside it.
    index = opened.logs.index_at(committee, version) + 1
    return Proved(keys.origin, index, covering.size, cosigned)
