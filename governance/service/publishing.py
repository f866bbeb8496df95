"""Publishing checkpoints: the log signs, witnesses cosign, it is recorded; no decision waits.

Whoever publishes first wins, by the expected version of the log's stream; the tree follows from the
events, so that it is the same wherever it is built. What is recorded is put into the folder last.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from aggregates.committee.events import EngineStatementRecorded
from aggregates.committee.evolve import evolve
from aggregates.transparency.decide import publish
from aggregates.transparency.events import CheckpointPublished, log_stream
from governance.service.desk import Desk
from governance.service.log_standing import ANSWERS, last_answers
from governance.service.logs import BroughtUp, Logs
from governance.service.timing import Times
from governance.service.witness_addresses import WitnessAddresses
from governance.service.witnessing import Asking, Evidence, Outcome, Question, WitnessAnswer
from policies.calendar import timestamp
from policies.proof.checkpoint import TreeHead
from policies.proof.note import Note, NoteSignature
from policies.proof.roster import Roster
from policies.refusals import LogProofError, Refusal, SomeoneActedFirstError
from projections.disk import write_new


@dataclass(frozen=True, slots=True)
class Outlook:
    """What came of looking whether a committee's log has anything new to publish."""

    committee: str
    size: int
    waiting: int
    """Entries beyond the last published checkpoint."""
    published: CheckpointPublished | None
    """What was published just now."""
    why: str | None
    """Why nothing was, while entries wait."""
    answers: tuple[WitnessAnswer, ...] = ()
    untimed: str | None = None
    """Why the last checkpoint has no time of the authority that the operator names."""

    def to_json(self) -> dict[str, Any]:
        """Return it as programs are shown it."""
        event = self.published
        return {
            "committee": self.committee,
            "size": self.size,
            "waiting": self.waiting,
            "published": None
            if event is None
            else {"size": event.size, "root": event.root, "at": timestamp(event.at)},
            "why": self.why,
            "witnesses": [answer_entry(answer) for answer in self.answers],
            "untimed": self.untimed,
        }


def answer_entry(answer: WitnessAnswer) -> dict[str, Any]:
    """Return a witness's answer as it is shown and kept."""
    return {
        "witness": answer.name,
        "side": answer.side,
        "outcome": answer.outcome.value,
        "detail": answer.detail,
        "at": timestamp(answer.at),
    }


@dataclass
class _Held:
    """Cosignatures of one tree that count, kept while others are awaited."""

    head: TreeHead | None = None
    note: Note | None = None
    lines: dict[str, NoteSignature] = field(default_factory=dict)


class Publisher:
    """Publishes checkpoints of a desk's committees; several may, here and elsewhere, at once."""

    def __init__(
        self,
        desk: Desk,
        logs: Logs,
        witnesses: WitnessAddresses,
        evidence: Path,
        times: Times,
    ) -> None:
        self.desk = desk
        self._times = times
        self.logs = logs
        self._witnesses = witnesses
        self._evidence = evidence
        self._asking: dict[str, Asking] = {}
        self._held: dict[str, _Held] = {}

    def __call__(self, committees: list[str] | None = None) -> Iterator[Outlook]:
        """Publish what is new of all committees, or of these codes, and yield what came of each.

        What one committee's log refuses keeps no other waiting.
        """
        for code in self.desk.committees() if committees is None else committees:
            try:
                yield self.publish(code)
            except Refusal as refusal:
                yield Outlook(code, 0, 0, None, f"{refusal.name}: {refusal}")

    def publish(self, code: str) -> Outlook:
        """Publish a checkpoint of a committee's log, if it has grown and all whom it takes sign.

        Raises `NotFoundError` for a committee that is not founded, `LogFilesError` for a folder
        that is another log, and `KeyFileError` for a key that cannot be read.
        """
        outlook = self._publish(code)
        untimed = self._times.take(code, outlook.published or self.logs.up(code).last)
        return replace(outlook, untimed=untimed)

    def _publish(self, code: str) -> Outlook:
        self.desk.load(code)
        up = self.logs.up(code)
        before = 0 if up.last is None else up.last.size
        waiting = up.reached.size - before
        if waiting <= 0:
            return Outlook(code, up.reached.size, 0, None, None)
        roster = self.roster_at(code, up.reached.version)
        hand = self.desk.keys.log_hand(code, roster.log)
        if hand is None:
            why = "the log's keys are not here; put them below the home's keys, or at JCGOV_KEYS"
            return Outlook(code, up.reached.size, waiting, None, why)
        head = TreeHead(roster.log.origin, up.reached.size, up.files.head_at(up.reached.size))
        held = self._held_of(code, head)
        if held.note is None:
            held.note = hand(head, int(self.desk.clock().timestamp()))
        newest = next(self.desk.record.stream(code, after=up.reached.version - 1)).event.at
        question = Question(head, held.note, up.files.subtrees(head.size), newest)
        answers = self._ask(code, roster, up, question)
        note = held.note.with_signatures(*held.lines.values())
        try:
            event = self._record(code, roster, up, head, note)
        except (LogProofError, SomeoneActedFirstError) as error:
            return Outlook(code, head.size, waiting, None, str(error), answers)
        up.files.publish(event.note, roster.log_keys)
        return Outlook(code, head.size, 0, event, None, answers)

    def try_to(self, code: str) -> None:
        """Publish what can be; what cannot is no hindrance, and `publish` says what it is."""
        with contextlib.suppress(Refusal):
            self.publish(code)

    def roster_at(self, code: str, version: int) -> Roster:
        """Return who may sign at a version of a committee's stream."""
        state = self.desk.load(code)
        between = self.desk.record.stream(code, after=version)
        if any(isinstance(entry.event, EngineStatementRecorded) for entry in between):
            folded = self.desk.record.fold(code, evolve, until=version)
            if folded is not None:
                return folded.roster
        return state.roster

    def close(self) -> None:
        """Give back what is open."""
        self.logs.close()

    def give_up(self) -> None:
        """Ask no witness any more: what is on its way ends at once."""
        self._witnesses.give_up()

    def _record(
        self, code: str, roster: Roster, up: BroughtUp, head: TreeHead, note: Note
    ) -> CheckpointPublished:
        event = publish(
            up.last,
            head,
            note,
            roster.log_keys,
            committee=roster.committee,
            version=up.reached.version,
            now=self.desk.clock(),
        )
        self.desk.record.append(log_stream(code), up.number, [event])
        return event

    def _held_of(self, code: str, head: TreeHead) -> _Held:
        held = self._held.setdefault(code, _Held())
        if held.head != head:
            held = self._held[code] = _Held(head)
        return held

    def _ask(
        self, code: str, roster: Roster, up: BroughtUp, question: Question
    ) -> tuple[WitnessAnswer, ...]:
        """Ask the witnesses whose cosignature of this tree is not here yet."""
        held = self._held[code]
        named = roster.log_keys.witnesses
        asking = self._asking.setdefault(
            code, Asking(self.desk.clock, lambda e: self._keep(code, e))
        )
        wanted = {name: found for name, found in named.items() if name not in held.lines}
        ways = {name: self._witnesses.submit(code, name) for name in wanted}
        usual = 0 if up.last is None else up.last.size
        answers = asking(question, wanted, ways, usual)
        for answer in answers:
            if answer.outcome is Outcome.COSIGNED and answer.line is not None:
                held.lines[answer.name] = answer.line
        kept = {entry["witness"]: entry for entry in last_answers(up.files.text(ANSWERS))}
        kept |= {answer.name: answer_entry(answer) for answer in answers}
        up.files.keep(ANSWERS, json.dumps([kept[name] for name in named if name in kept], indent=1))
        return tuple(answers)

    def _keep(self, code: str, evidence: Evidence) -> None:
        """Keep what shows that a witness holds another history, once for each of its answers."""
        said = evidence.answer
        told = (
            f"at {timestamp(self.desk.clock())}\nwitness {evidence.name}\nstatus {said.status}\n"
            f"type {said.content_type!r}\n\n"
        ).encode()
        name = sha256(evidence.name.encode() + evidence.head.text.encode() + said.body).hexdigest()
        file = self._evidence / code / f"{evidence.head.size}-{said.status}-{name[:16]}.txt"
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            write_new(file, told + evidence.body + b"--- answered\n" + said.body, 0o644)
