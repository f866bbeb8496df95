"""What is said on a text once it is frozen, and what becomes of it.

How often a member affirms or objects, a text is given up, or a signature comes late, no source
says: these shares are this file's choice.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Literal

from aggregates.committee.events import (
    DecisionAdopted,
    DecisionSigned,
    ProposalClosed,
    ProposalDistributed,
    ReceiptGiven,
    Signer,
)
from policies.consensus import Path
from policies.lifecycles.proposal import Stage
from policies.proof.dsse import Envelope
from policies.proof.statements import (
    Adoption,
    Assertion,
    AtMeeting,
    Closed,
    Distribution,
    OfConvening,
    OfText,
    ProposalName,
    Receipt,
)
from tests.benchmarks.agenda import Recorded
from tests.benchmarks.interests import Interests
from tests.benchmarks.signers import envelope_of
from tests.benchmarks.texts import Text

if TYPE_CHECKING:
    from tests.benchmarks.proceedings import Proceedings

_GIVEN_UP, _OBJECTED, _ALL_AFFIRM, _SOME_AFFIRM = 0.02, 0.03, 0.10, 0.20
"""Of the texts that are distributed."""
_LATE, _BY_DEPUTY = 0.05, 0.15
"""Of the signatures."""
_REASON = "A visit to the site is needed first."
HALF_AN_HOUR = timedelta(minutes=30)

Voice = Callable[[Text, datetime], Recorded]


class Voices:
    """The hands of a committee's members, of its secretariat and of its record key."""

    def __init__(self, room: Proceedings) -> None:
        self.room = room
        self.convenings: dict[str, Envelope] = {}
        self.interests = Interests(self)

    def follow(self, text: Text, at: datetime) -> None:
        """Put what follows on a frozen text on the agenda."""
        room, procedure = self.room, text.procedure
        if not isinstance(procedure, AtMeeting):
            room.at(at + HALF_AN_HOUR, self._while(text, self._distribute))
            return
        text.sent = self.convenings[procedure.meeting]
        day = (procedure.date - room.pace.begins).days
        for person in self._signing():
            room.on(day + room.rng.random(), self._while(text, partial(self._sign, person)))

    def sent(self, what: OfText | OfConvening, at: datetime) -> Envelope:
        """Return the record's word that something went out to all members."""
        seats = self.room.seats
        return seats.record(
            Distribution(
                committee=seats.code,
                founding=seats.roster.founding,
                what=what,
                members=seats.members,
                at=at,
            )
        )

    # The way of a distributed text

    def _distribute(self, text: Text, at: datetime) -> Recorded:
        procedure = text.procedure
        assert not isinstance(procedure, AtMeeting)
        what = OfText(
            decision=text.envelope.digest,
            distributed=procedure.distributed,
            closes=procedure.closes,
        )
        text.sent = self.sent(what, at)
        self._plan(text, self.room.offset(at))
        self.interests.follow(text, at)
        return [
            ProposalDistributed(at=at, proposal=text.proposal, stage=Stage.OPEN, envelope=text.sent)
        ]

    def _plan(self, text: Text, today: float) -> None:
        """Draw how the members answer."""
        rng, chance = self.room.rng, self.room.rng.random()
        first, second = self._signing()
        others = [person for person in self.room.seats.members if person not in (first, second)]
        if chance < _GIVEN_UP:
            self.on(today + rng.uniform(0.2, 1), text, partial(self._sign, first))
            self.on(today + rng.uniform(1, 5), text, self._give_up)
            return
        chance -= _GIVEN_UP
        if chance < _OBJECTED and text.version == 1:
            self.on(today + rng.uniform(0.2, 1), text, partial(self._sign, first))
            self.on(today + rng.uniform(1, 3), text, partial(self._object, rng.choice(others)))
            return
        chance -= _OBJECTED
        affirming = others if chance < _ALL_AFFIRM else []
        if _ALL_AFFIRM <= chance < _ALL_AFFIRM + _SOME_AFFIRM:
            affirming = rng.sample(others, rng.randint(1, len(others) - 1))
        for person in affirming:
            self.on(today + rng.uniform(0.2, 7), text, partial(self._affirm, person))
        for person in (first, second):
            late = self._after_window(text) if rng.random() < _LATE else today
            self.on(late + rng.uniform(0.2, 8), text, partial(self._sign, person))
        self.room.at(text.closes_at, self._while(text, self._conclude), sweep=text.proposal)

    def _after_window(self, text: Text) -> float:
        days = self.room.day_of(text.closes_at) - self.room.pace.begins
        return float(days.days)

    # What people say

    def _sign(self, person: str, text: Text, at: datetime) -> Recorded:
        seats = self.room.seats
        signature = seats.signers[person].sign(text.envelope)
        text.signed[person] = (seats.of[person].side, signature)
        event = DecisionSigned(
            at=at, proposal=text.proposal, stage=Stage.OPEN, person=person, signature=signature
        )
        return [event, *self._conclude(text, at)]

    def _affirm(self, person: str, text: Text, at: datetime) -> Recorded:
        assertion, event = self._assert(person, "affirms", text, at)
        text.assertions[person] = assertion.digest
        return [event, *self._conclude(text, at)]

    def _object(self, person: str, text: Text, at: datetime) -> Recorded:
        """Object; some days later a new version answers."""
        assertion, event = self._assert(person, "objects", text, at)
        text.objected = True
        day = self.room.offset(at) + self.room.rng.uniform(1, 4)
        self.room.on(day, partial(self._revise, text, assertion.digest))
        return [event]

    def _revise(self, text: Text, objection: str, at: datetime) -> Recorded:
        text.revise(objection)
        return self.room.freeze(text, None, at)

    def _assert(
        self, person: str, says: Literal["affirms", "objects"], text: Text, at: datetime
    ) -> tuple[Envelope, ReceiptGiven]:
        """Return a member's signed assertion, and the receipt that is given for it."""
        seats, objects = self.room.seats, says == "objects"
        said = envelope_of(
            Assertion(
                committee=seats.code,
                founding=seats.roster.founding,
                decision=text.envelope.digest,
                says=says,
                reason=_REASON if objects else None,
                nonce=f"{self.room.rng.getrandbits(128):032x}",
            )
        )
        said = said.signed_by(seats.signers[person].sign(said))
        receipt = Receipt(
            committee=seats.code,
            founding=seats.roster.founding,
            decision=text.envelope.digest,
            assertion=said.digest,
            letter=None,
            objects=objects,
            at=at,
        )
        return said, ReceiptGiven(
            at=at,
            proposal=text.proposal,
            stage=Stage.OBJECTED if objects else Stage.OPEN,
            person=person,
            objects=objects,
            reason=_REASON if objects else None,
            assertion=said,
            letter=None,
            receipt=seats.record(receipt),
        )

    # How a text ends

    def _conclude(self, text: Text, at: datetime) -> Recorded:
        """Adopt the text if this completes it."""
        seats = self.room.seats
        path: Path
        if len(text.sides) < len(seats.sides):
            return []
        if isinstance(text.procedure, AtMeeting):
            path = "meeting"
        elif text.answered.issuperset(seats.members):
            path = "all_affirmed"
        elif at >= text.closes_at:
            path = "window"
        else:
            return []
        return self._adopt(text, path, at)

    def _adopt(self, text: Text, path: Path, at: datetime) -> Recorded:
        room, seats = self.room, self.room.seats
        adoption = Adoption(
            committee=seats.code,
            founding=seats.roster.founding,
            decision=text.envelope.digest,
            adopted_on=room.day_of(at),
            path=path,
            roster=seats.digest,
            rulebook=room.rulebook.digest,
            heads=seats.heads,
            assertions=tuple(sorted(text.assertions.values())),
        )
        event = DecisionAdopted(
            at=at,
            proposal=text.proposal,
            number=text.number,
            adopted_on=adoption.adopted_on,
            decision=text.envelope.signed_by(*(s for _side, s in text.signed.values())),
            adoption=seats.record(adoption),
            distribution=text.sent,
            annexes=text.annexes,
            signers=tuple(
                Signer(side=s.side, person=s.person, name=s.name, role=s.title)
                for s in seats.seats
                if s.person in text.signed
            ),
        )
        digest, day = text.envelope.digest, adoption.adopted_on
        room.subjects.take(text.items, text.number, digest, day)
        if text.new_rulebook is not None:
            room.rulebook = text.new_rulebook
            room.subjects.rulebook = text.new_rulebook.rulebook
        room.registries.follow(text, at)
        moved: Recorded = []
        for case, item in zip(text.cases, text.items, strict=False):
            moved.append(case.decide(text.number, event.adoption.digest, item, day, at))
            room.docket.decided(case)
        room.ended(text, at)
        return [event, *moved]

    def _give_up(self, text: Text, at: datetime) -> Recorded:
        seats, detail = self.room.seats, "Taken back by the secretariat."
        closed = Closed(
            committee=seats.code,
            founding=seats.roster.founding,
            number=text.number,
            proposal=ProposalName(id=text.proposal, version=text.version),
            reason="withdrawn",
            detail=detail,
            at=at,
        )
        for item in text.items:
            self.room.subjects.release(item)
        self.room.ended(text, at)
        untabled = [case.untable(f"withdrawn: {detail}", at) for case in text.cases]
        for case in text.cases:
            self.room.docket.given_up(case, at)
        return [
            ProposalClosed(
                at=at,
                proposal=text.proposal,
                number=text.number,
                reason="withdrawn",
                detail=detail,
                envelope=seats.record(closed),
            ),
            *untabled,
        ]

    # The agenda

    def on(self, day: float, text: Text, voice: Voice) -> None:
        """Put what somebody does about a text on a day's agenda, unless it has ended by then."""
        self.room.on(day, self._while(text, voice))

    def _while(self, text: Text, voice: Voice) -> Callable[[datetime], Recorded]:
        """Return a step that does nothing once the version has ended, or is objected to."""
        version = text.version

        def step(at: datetime) -> Recorded:
            if text.ended or text.objected or text.version != version:
                return []
            return voice(text, at)

        return step

    def _signing(self) -> tuple[str, str]:
        """Return who signs for each side, in the order in which they do."""
        room = self.room
        people = [
            room.seats.person(side, "deputy" if room.rng.random() < _BY_DEPUTY else "chair")
            for side in room.seats.sides
        ]
        room.rng.shuffle(people)
        return people[0], people[1]
