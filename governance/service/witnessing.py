"""Asking witnesses to cosign a checkpoint (C2SP tlog-witness), all at once, and judging answers.

A witness may be away, lie about the time, answer nonsense, or hold another history; none of it
stops the others, and all of it is said by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from governance.clock import Clock
from governance.delivery.posting import shown
from governance.service.witness_addresses import Said, Submit, WitnessAwayError
from policies.calendar import timestamp
from policies.proof.checkpoint import TreeHead, require_signed
from policies.proof.inclusion import proof_lines
from policies.proof.merkle import Subtrees, consistency_path
from policies.proof.note import Note, NoteKey, NoteSignature
from policies.refusals import LogProofError

LATEST = timedelta(minutes=5)
"""By how much a cosignature's time may differ from our clock."""
OK, CONFLICT, UNPROCESSABLE = 200, 409, 422


class Outcome(StrEnum):
    """What came of asking a witness."""

    COSIGNED = "cosigned"
    NO_ADDRESS = "no address"
    AWAY = "away"
    REFUSED = "refused"
    AHEAD = "ahead"
    OTHER_HISTORY = "other history"
    WRONG_TIME = "wrong time"


@dataclass(frozen=True, slots=True)
class WitnessAnswer:
    """What a witness last answered, in words, and when."""

    name: str
    side: str | None
    outcome: Outcome
    detail: str
    at: datetime
    line: NoteSignature | None = None
    """The cosignature, where it counts."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A witness holds another history than the log that asked it."""

    name: str
    head: TreeHead
    body: bytes
    answer: Said


@dataclass(frozen=True, slots=True)
class Question:
    """A checkpoint that the log has signed, and what proves that it follows from older ones."""

    head: TreeHead
    note: Note
    subtrees: Subtrees
    since: datetime | None = None
    """When the newest entry was recorded: nobody saw it before."""

    def body(self, old: int) -> bytes:
        """Return what a witness is handed that holds the log of `old` entries."""
        path = consistency_path(old, self.head.size, self.subtrees)
        return f"old {old}\n{proof_lines(path)}\n{self.note}".encode()


class Asking:
    """Asks the witnesses of one log; remembers the size that each holds, between the questions."""

    def __init__(self, clock: Clock, keep: Callable[[Evidence], object]) -> None:
        self._clock = clock
        self._keep = keep
        self._held: dict[str, int] = {}

    def __call__(
        self,
        question: Question,
        witnesses: Mapping[str, tuple[NoteKey, str | None]],
        ways: Mapping[str, Submit | None],
        usual: int,
    ) -> list[WitnessAnswer]:
        """Return every witness's answer, in the order given.

        `usual` is the size that a witness is taken to hold which was not asked before.
        """
        if not witnesses:
            return []

        def ask(name: str) -> WitnessAnswer:
            key, side = witnesses[name]
            one = _One(key, side, self._clock, question)
            return self._ask(one, ways.get(name), self._held.get(name, usual))

        with ThreadPoolExecutor(len(witnesses), thread_name_prefix="witness") as pool:
            return list(pool.map(ask, witnesses))

    def _ask(self, one: _One, way: Submit | None, holds: int) -> WitnessAnswer:
        if way is None:
            return one.says(Outcome.NO_ADDRESS, "no address is named for it in witnesses.json")
        size = one.question.head.size
        old = min(holds, size)
        try:
            said = way(body := one.question.body(old))
            held = _size_in(said) if said.status == CONFLICT else None
            if held is not None and held != old and held <= size:
                said = way(body := one.question.body(held))
        except WitnessAwayError as error:
            return one.says(Outcome.AWAY, str(error))
        if said.status == OK:
            return self._judge(one, said)
        if said.status == UNPROCESSABLE:
            self._keep(Evidence(one.key.name, one.question.head, body, said))
            return one.says(Outcome.OTHER_HISTORY, f"holds another history: {_words(said)}")
        if said.status == CONFLICT:
            return self._conflict(one, body, said)
        return one.says(Outcome.REFUSED, f"answered {said.status}: {_words(said)}")

    def _conflict(self, one: _One, body: bytes, said: Said) -> WitnessAnswer:
        held, size = _size_in(said), one.question.head.size
        if held is None:
            return one.says(Outcome.REFUSED, f"answered 409 without its size: {_words(said)}")
        self._held[one.key.name] = held
        if held == size:
            self._keep(Evidence(one.key.name, one.question.head, body, said))
            return one.says(Outcome.OTHER_HISTORY, f"holds another log of {size} entries")
        if held > size:
            return one.says(Outcome.AHEAD, f"holds {held} entries, and this log has {size}")
        return one.says(Outcome.REFUSED, f"holds {held} entries, and took no proof from there")

    def _judge(self, one: _One, said: Said) -> WitnessAnswer:
        """Take the one cosignature that counts; lines of other keys are ignored."""
        head, note = one.question.head, one.question.note
        try:
            line = _line_of(one.key, said)
            signed = require_signed(note.with_signatures(line), head, one.key)
        except LogProofError as error:
            return one.says(Outcome.REFUSED, f"what it answers is no cosignature: {error}")
        self._held[one.key.name] = head.size
        now = self._clock()
        if signed is None or abs(signed - now) > LATEST:
            when = "no time" if signed is None else timestamp(signed)
            why = f"cosigned at {when}, and here it is {timestamp(now)}"
            return one.says(Outcome.WRONG_TIME, why)
        since = one.question.since
        if since is not None and signed < since.replace(microsecond=0):
            # An adoption would lie after the interval that its own bundle shows, for ever.
            why = f"cosigned at {timestamp(signed)} what was recorded at {timestamp(since)}"
            return one.says(Outcome.WRONG_TIME, why)
        return one.says(Outcome.COSIGNED, f"cosigned {head.size} entries", line)


@dataclass(frozen=True, slots=True)
class _One:
    """One witness, and what it is asked."""

    key: NoteKey
    side: str | None
    clock: Clock
    question: Question

    def says(
        self, outcome: Outcome, detail: str, line: NoteSignature | None = None
    ) -> WitnessAnswer:
        """Return an answer in words, of now."""
        return WitnessAnswer(self.key.name, self.side, outcome, detail, self.clock(), line)


def _line_of(key: NoteKey, said: Said) -> NoteSignature:
    """Return the line of a key in an answer of signature lines; raises `LogProofError`."""
    try:
        lines = said.body.decode("utf-8").removesuffix("\n").split("\n")
    except UnicodeDecodeError:
        message = "it is not text"
        raise LogProofError(message) from None
    made = [found for found in map(NoteSignature.parse, lines) if key.made(found)]
    if len(made) != 1:
        message = f"{len(made)} lines of the key of {key.name}"
        raise LogProofError(message)
    return made[0]


def _size_in(said: Said) -> int | None:
    """Return the size that a 409 bears (type text/x.tlog.size); null if it bears none."""
    text = said.body.decode("latin-1").removesuffix("\n")
    if not (text.isascii() and text.isdigit()) or len(text) > 16 or text != str(int(text)):
        return None
    return int(text)


def _words(said: Said) -> str:
    return shown(said.body) or "nothing more"
