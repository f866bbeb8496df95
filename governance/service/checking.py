"""Checking events one after the other: each envelope by the rules of its place in the record."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field

from aggregates.announcements.events import DeadlineAnnounced, announcements_stream
from aggregates.case.events import CaseEvent, CaseSubmitted
from aggregates.committee import events
from aggregates.event import Event, Recorded
from aggregates.history.events import HistoryRecorded, history_stream
from aggregates.transparency.decide import require_as_signed
from aggregates.transparency.events import CheckpointPublished, log_stream
from governance.service.matching import Texts, require, require_author, require_first_rulebook
from governance.service.reported import Decisions
from policies.calendar import day_of
from policies.proof import adoption as rule
from policies.proof.authority import require_recorded
from policies.proof.chain import Adopted, Chain
from policies.proof.checkpoint import LogKeys
from policies.proof.dsse import Envelope
from policies.proof.post_quantum import require_post_quantum
from policies.proof.reading import read, read_recorded
from policies.proof.roll_call import check_answer, check_call
from policies.proof.roster import Roster
from policies.proof.statements import (
    Acknowledgement,
    Call,
    Decision,
    Distribution,
    LogName,
    Witnesses,
)
from policies.refusals import ContextError, Refusal, TamperedError
from policies.rulebook import Rulebook, parse_rulebook

TURNING: tuple[type[Event], ...] = (
    events.CommitteeFounded,
    events.AppointmentRecorded,
    events.EngineStatementRecorded,
    events.DecisionAdopted,
    events.RollCalled,
)
"""The events after which other people, keys, rules or answers may count."""

FindText = Callable[[str, int], Envelope | None]
FindAdoption = Callable[[str, str, int], events.DecisionAdopted | None]
"""Looks for the adoption of a stream's decision, by its digest, before a position."""


def _nowhere(_stream: str, _digest: str, _before: int) -> None:
    return None


@dataclass
class _Place:
    """One committee at one place in the log: who may sign, and the texts that are open."""

    chain: Chain
    texts: Texts = field(default_factory=Texts)
    decisions: Decisions = field(default_factory=Decisions)
    calls: dict[int, str] = field(default_factory=dict)
    _rulebooks: dict[str, Rulebook | str] = field(default_factory=dict)
    _log_names: list[tuple[int, LogName, Witnesses]] = field(default_factory=list)

    def name_log(self, version: int) -> None:
        """Keep which keys the log has, and which witnesses, from a version of the stream on."""
        roster = self.chain.roster
        self._log_names.append((version, roster.log, roster.witnesses))

    def log_keys(self, version: int) -> LogKeys:
        """Return the keys that the entries up to a version lead to."""
        place = bisect_right(self._log_names, version, key=lambda named: named[0])
        _version, log, witnesses = self._log_names[place - 1]
        return LogKeys.of(log, witnesses)

    def rulebook(self, digest: str) -> Rulebook:
        """Return a rulebook that was ever in force."""
        known = self._rulebooks[digest]
        if isinstance(known, str):
            known = self._rulebooks[digest] = parse_rulebook(known).rulebook
        return known

    def require_by_rulebook(self, envelope: Envelope, adopted: Adopted, sent: Distribution) -> None:
        """Hold a text's signatures, days and recipients against the rulebook that it names."""
        decision, roster = adopted.decision, self.chain.roster
        rulebook = self.rulebook(decision.rulebook.digest)
        require_post_quantum(roster, envelope, rulebook)
        rule.require_timely(decision, sent, rulebook)
        awaited = self.chain.members[decision.roster]
        rule.require_all_told(roster, awaited, sent, rulebook)

    def learn(self, annexes: dict[str, str]) -> None:
        """Keep the text of a rulebook that an adoption has put in force; it is read when asked."""
        text = annexes.get(self.chain.in_force.digest)
        if text is not None:
            self._rulebooks[self.chain.in_force.digest] = text

    def check_learned(self, annexes: dict[str, str]) -> None:
        """Keep such a text and read it at once: it is refused where it came."""
        self.learn(annexes)
        self.rulebook(self.chain.in_force.digest)


class Checker:
    """The fold of the check, over all committees; `find_text` looks before its first event."""

    def __init__(
        self,
        find_text: FindText = lambda _stream, _proposal: None,
        find_adoption: FindAdoption = _nowhere,
    ) -> None:
        self._places: dict[str, _Place] = {}
        self._find_text = find_text
        self._find_adoption = find_adoption

    def check(self, entry: Recorded) -> int:
        """Check an event's envelopes at its place; returns how many there were.

        Raises `TamperedError` naming the event.
        """
        try:
            return self._check(entry)
        except Refusal as refusal:
            message = (
                f"event {entry.originator_version} of {entry.originator_id} (position"
                f" {entry.position}) is not good: {refusal}; all before it are"
            )
            raise TamperedError(message) from None

    def take(self, entry: Recorded) -> None:
        """Apply an event that is checked elsewhere, if it is one of `TURNING`."""
        place, event = self._places.get(entry.originator_id), entry.event
        match event:
            case events.CommitteeFounded() if place is None:
                self._begin(entry.originator_id, Chain.again(event.envelope), event.rulebook)
            case events.AppointmentRecorded() if place is not None:
                place.chain.take_again(event.envelope)
            case events.EngineStatementRecorded() if place is not None:
                place.chain.take_again(event.envelope)
                place.name_log(entry.originator_version)
            case events.RollCalled(envelope=envelope) if place is not None:
                place.calls[read_recorded(envelope, Call).year] = envelope.digest
            case events.DecisionAdopted() if place is not None:
                place.chain.take_again(event.decision)
                place.decisions.take(event, read_recorded(event.decision, Decision))
                place.learn(event.annexes)

    def forget_texts(self) -> None:
        """Let go of the open texts: events in between are not followed here."""
        for place in self._places.values():
            place.texts.frozen.clear()

    def _begin(self, stream: str, chain: Chain, rulebook: str) -> _Place:
        def before(proposal: int) -> Envelope | None:
            return self._find_text(stream, proposal)

        self._places[stream] = place = _Place(chain, Texts(before=before))
        place.learn({chain.in_force.digest: rulebook})
        place.name_log(1)
        return place

    def _check(self, entry: Recorded) -> int:
        stream, event = entry.originator_id, entry.event
        if isinstance(event, HistoryRecorded):
            require(
                stream == history_stream(event.committee),
                f"the past of {event.committee} in {stream}",
            )
            return 0
        if isinstance(event, CaseEvent):
            self._check_case(stream, event)
            return 0
        if isinstance(event, DeadlineAnnounced):
            return self._check_announced(stream, event)
        if isinstance(event, CheckpointPublished):
            return self._check_published(stream, event)
        place = self._places.get(stream)
        if isinstance(event, events.CommitteeFounded):
            require(place is None, "a second founding")
            require_first_rulebook(event)
            chain = Chain.begin(event.envelope)
            require(chain.roster.committee.code == stream, "the founding of another committee")
            self._begin(stream, chain, event.rulebook).rulebook(chain.in_force.digest)
            return 1
        if place is None:
            message = "no founding stands before it"
            raise ContextError(message)
        chain = place.chain
        match event:
            case events.AppointmentRecorded():
                chain.take(event.envelope)
                return 1
            case events.EngineStatementRecorded():
                chain.take(event.envelope)
                place.name_log(entry.originator_version)
                return 1
            case events.RollCalled(envelope=envelope):
                called = check_call(chain.roster, envelope)
                require(called.year not in place.calls, f"a second roll-call of {called.year}")
                place.calls[called.year] = envelope.digest
                return 1
            case events.RollCallAnswered(envelope=envelope):
                said = check_answer(chain.roster, envelope)
                own = place.calls.get(said.year) == said.call
                require(own, f"an answer to another call than that of {said.year}")
                return 1
            case events.DecisionAdopted():
                adopted = chain.take_decision(event.decision, event.adoption)
                digest = event.decision.digest
                sent = rule.require_distributed(
                    chain.roster, event.distribution, adopted.decision, digest
                )
                place.texts.adopt(chain.roster, event, adopted)
                place.require_by_rulebook(event.decision, adopted, sent)
                place.decisions.take(event, adopted.decision)
                place.check_learned(event.annexes)
                return 3
            case events.ReportRecorded():
                self._check_report(place, entry, event)
        count = _check_recorded(chain.roster, event)
        place.texts.follow(chain.roster, event)
        return count

    def _check_report(self, place: _Place, entry: Recorded, event: events.ReportRecorded) -> None:
        """Hold a report against the decision that its registry has named, and its day."""
        rulebook = place.rulebook(place.chain.in_force.digest)
        require(event.on == day_of(event.at, rulebook.zone), f"a report recorded on {event.on}")
        stream, before = entry.originator_id, entry.position
        said = read(event.envelope, Acknowledgement)
        place.decisions.require_counted(
            event, said, lambda digest: self._find_adoption(stream, digest, before)
        )

    def _check_case(self, stream: str, event: CaseEvent) -> None:
        """A case stands in its own stream, beside a committee that is founded."""
        committee, slash, _case = stream.partition("/")
        require(slash != "", f"a step of a case in {stream}")
        require(committee in self._places, f"no founding before the case {stream}")
        if isinstance(event, CaseSubmitted):
            own = (event.case, event.committee) == (stream, committee)
            require(own, f"the case {event.case} of {event.committee} in {stream}")

    def _check_announced(self, stream: str, event: DeadlineAnnounced) -> int:
        """Hold an announcement, which nobody signs, against where it stands."""
        named = announcements_stream(event.committee)
        require(stream == named, f"an announcement of {event.committee} in {stream}")
        if event.committee not in self._places:
            message = f"no founding of {event.committee} stands before it"
            raise ContextError(message)
        require(event.since <= event.at, f"an announcement before its instant {event.since}")
        return 0

    def _check_published(self, stream: str, event: CheckpointPublished) -> int:
        """Hold a checkpoint against the keys at its place; its root is for `Trees` to check."""
        named = log_stream(event.committee)
        require(stream == named, f"a checkpoint of {event.committee} in {stream}")
        place = self._places.get(event.committee)
        if place is None or event.version < 1:
            message = f"no founding of {event.committee} stands before it"
            raise ContextError(message)
        require_as_signed(event, place.log_keys(event.version), place.chain.roster.committee)
        return 0


_HELD_AGAINST_THE_TEXT = (
    events.AdoptionSigned,
    events.ReportRecorded,
    events.GovernmentReportRecorded,
)


def _check_recorded(roster: Roster, event: Event) -> int:
    """Check what the record key has said, and assertions by the key that made them."""
    count = 0
    for envelope in _recorded(event):
        require_recorded(roster, envelope)
        count += 1
    if isinstance(event, events.ReceiptGiven) and event.assertion is not None:
        require_author(roster, event.assertion, event.person)
        count += 1
    if isinstance(event, _HELD_AGAINST_THE_TEXT):
        count += 1  # as all that a text's own people say, `Texts` holds it against the text
    return count


def _recorded(event: Event) -> list[Envelope]:
    match event:
        case (
            events.MeetingConvened(envelope=envelope)
            | events.ProposalDistributed(envelope=envelope)
        ):
            return [envelope]
        case events.ReceiptGiven(receipt=Envelope() as receipt):
            return [receipt]
        case events.ProposalClosed(envelope=Envelope() as envelope):
            return [envelope]
    return []
