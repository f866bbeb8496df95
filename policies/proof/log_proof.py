"""The public steps of a bundle's check: that the adoption is in the log, and since when for all.

What is absent is told from what is wrong: a bundle may be older than the checkpoint that covers it,
but nothing in it may be false.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from policies.calendar import end_of, start_of, timestamp
from policies.proof.bundle import Bundle
from policies.proof.checkpoint import (
    Checkpoint,
    LogKeys,
    LogTerm,
    TreeHead,
    read_checkpoint,
    require_quorum,
    terms_at,
)
from policies.proof.inclusion import Before, Inclusion
from policies.proof.statements import Decision
from policies.refusals import LogProofError

YOUNGER = (
    "; it may be younger than the log's next checkpoint: fetch the bundle again later, or ask with"
    " --require signed for what it proves already"
)


@dataclass(frozen=True, slots=True)
class Absent:
    """Something is not there, and why that matters; it is not wrong."""

    why: str
    advice: str = ""
    """What to do where it was required, said after why."""


T = TypeVar("T")


class LogProof:
    """What a bundle carries of the log, held against the keys that its chain leads to."""

    def __init__(self, bundle: Bundle, decision: Decision, terms: tuple[LogTerm, ...]) -> None:
        self._bundle, self._decision, self._terms = bundle, decision, terms
        self._proof: Inclusion | None = None
        self.head: TreeHead | None = None
        """The log in which the adoption was shown to stand."""
        self._before: Before | None = None
        self.undated: str | None = "nothing in the file dates it but what the signers say"
        """What the witnesses' times leave open; null where they say since when and until when."""

    @property
    def keys(self) -> LogKeys:
        """The keys of the log, and its witnesses, at the adoption."""
        return self._terms[-1].keys

    def logged(self) -> str | Absent:
        """Show that the adoption stands in the log; raises `LogProofError` for a proof that fails.

        The decision stands just before it, and before both everything of the chain and the
        distribution. The checkpoint that the text names is an earlier one of the same log.
        """
        bundle = self._bundle
        if bundle.proof is None:
            if bundle.before is not None:
                message = "there is an earlier checkpoint (before), and no proof that follows it"
                raise LogProofError(message)
            return Absent("the bundle has no proof that the adoption is in the log", YOUNGER)
        proof = Inclusion.parse(bundle.proof)
        found = proof.require(bundle.adoption.to_bytes(), self.keys.alone)
        least = max([len(bundle.chain) + 2, *(t.old.size for t in self._terms if t.old)])
        if proof.index < least:
            message = f"the adoption cannot be entry {proof.index}: {least} stand before it"
            raise LogProofError(message)
        self._proof, self.head = proof, found.head
        said = (
            f"the adoption is entry {proof.index} of {found.head.size} (counted from 0) of the log"
            f" {found.head.origin}, signed by the log's key"
        )
        return said + self._begins(proof.index, found)

    def witnessed(self, sides: Collection[str], adopted_on: date, zone: ZoneInfo) -> str | Absent:
        """Show since when enough witnesses know the adoption, and that its day fits.

        Raises `LogProofError` for a cosignature that is not genuine, and for a day of adoption of
        which no instant lies between the first cosignatures of both checkpoints.
        """
        if not self.keys.witnesses:
            return Absent("neither the founding nor an engine statement names a witness")
        if self._proof is None:
            return Absent("without a proof of the log there is nothing that is witnessed")
        found = read_checkpoint(self._proof.checkpoint, self.keys)
        since = self._seen_before(sides)
        try:
            who = require_quorum(self.keys, found.cosigned, sides)
        except LogProofError as refusal:
            return Absent(str(refusal))
        until = found.first_cosigned
        if isinstance(since, Absent) or until is None:
            return since if isinstance(since, Absent) else Absent("no witness has cosigned it")
        _require_day(adopted_on, zone, since, until)
        said = f"cosigned by {who}; witnessed since {timestamp(until)}"
        if since is None:
            self.undated = (
                f"the log shows that it was adopted by {timestamp(until)}, not since when: its"
                " text names no earlier checkpoint"
            )
            return f"{said}; adopted by then"
        self.undated = None
        return f"{said}; adopted between {timestamp(since)} and then"

    def _begins(self, index: int, later: Checkpoint) -> str:
        """Hold the earlier checkpoint against the one that the text names, and against the log."""
        named = self._decision.checkpoint
        if (named is None) != (self._bundle.before is None):
            message = "the earlier checkpoint (before) is not there as the decision's text names it"
            raise LogProofError(message)
        if named is None:
            return "; its text names no earlier checkpoint"
        before = Before.from_json(self._bundle.before)
        if named.size >= index:
            message = (
                f"the text names the log of {named.size} entries, which would hold the decision"
                f" itself (entry {index - 1})"
            )
            raise LogProofError(message)
        found = self._in_a_term(
            named.size, lambda term: before.require(term.keys.alone, later), lambda _: True
        )
        if (found.head.size, found.head.root.hex()) != (named.size, named.root):
            message = f"before is of {found.head.size} entries, not the checkpoint of the text"
            raise LogProofError(message)
        self._before = before
        return f"; the text names the log of {named.size} entries, with which this one begins"

    def _seen_before(self, sides: Collection[str]) -> datetime | Absent | None:
        """Return when the checkpoint that the text names was first cosigned; null if it names none.

        Raises `LogProofError` for a cosignature that is genuine in no term of its size.
        """
        before, named = self._before, self._decision.checkpoint
        if before is None or named is None:
            return None

        def read(term: LogTerm) -> datetime | Absent | None:
            found = read_checkpoint(before.note, term.keys)
            try:
                require_quorum(term.keys, found.cosigned, sides)
            except LogProofError as refusal:
                return Absent(f"the checkpoint that the text names: {refusal}")
            return found.first_cosigned

        return self._in_a_term(named.size, read, lambda seen: not isinstance(seen, Absent))

    def _in_a_term(self, size: int, read: Callable[[LogTerm], T], enough: Callable[[T], bool]) -> T:
        """Return what the latest term gives that is enough, or else what any gives.

        Only terms count of which a checkpoint of that size may be. Raises the first `LogProofError`
        where each refuses.
        """
        given: list[T] = []
        refused: list[LogProofError] = []
        for term in terms_at(self._terms, size):
            try:
                found = read(term)
            except LogProofError as refusal:
                refused.append(refusal)
                continue
            if enough(found):
                return found
            given.append(found)
        if not given:
            raise refused[0]
        return given[0]


def _require_day(day: date, zone: ZoneInfo, since: datetime | None, until: datetime) -> None:
    """Refuse a day of which no instant in the committee's zone lies between the two."""
    if since is not None and since > until:
        message = (
            f"the checkpoint that the text names was first cosigned at {timestamp(since)}, after"
            f" the one that holds the adoption, at {timestamp(until)}"
        )
        raise LogProofError(message)
    if start_of(day, zone) > until:
        message = (
            f"adopted on {day}, which begins in {zone.key} after its checkpoint was cosigned at"
            f" {timestamp(until)}"
        )
        raise LogProofError(message)
    if since is not None and end_of(day, zone) <= since:
        message = (
            f"adopted on {day}, which was over in {zone.key} when the checkpoint that the text"
            f" names was first cosigned, at {timestamp(since)}"
        )
        raise LogProofError(message)
