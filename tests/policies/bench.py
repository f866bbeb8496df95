"""Builders for tests: a founded committee of Japan and a partner, and what it decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from msgspec import structs

from policies.items.issuance import Issuance
from policies.items.kind import Period
from policies.proof.authority import check_appointment, check_founding
from policies.proof.bundle import Bundle
from policies.proof.chain import rulebooks_named
from policies.proof.dsse import Envelope
from policies.proof.roster import Roster, take_appointment, take_founding
from policies.proof.statements import (
    AddKey,
    Adoption,
    AnyAct,
    Appoint,
    Appointment,
    AtMeeting,
    Authority,
    ByElectronicMeans,
    Decision,
    Distribution,
    End,
    Founding,
    LogName,
    OfConvening,
    OfText,
    ProposalName,
    RulebookName,
    Witnesses,
)
from policies.rulebook import RulebookText, shipped, versions
from policies.sides import Role
from tests.policies.keyring import (
    ALTERNATE,
    CHAIR,
    LOG,
    MEMBER,
    PENS,
    RECORD,
    Pen,
    authority_pens,
    signed,
)

TERM_BEGINS = date(2026, 1, 1)
MEETING_DAY = date(2026, 6, 10)
DISTRIBUTED, CLOSES = date(2026, 6, 1), date(2026, 6, 11)
MEETING = AtMeeting(meeting="9th", date=MEETING_DAY)
NO_WITNESSES = Witnesses(keys=(), quorum=())
ELECTRONIC = ByElectronicMeans(distributed=DISTRIBUTED, closes=CLOSES)


def appoint(
    person: str, role: Role, begins: date = TERM_BEGINS, ends: date | None = None
) -> Appoint:
    return Appoint(person=person, name=person.title(), role=role, begins=begins, ends=ends)


def end(person: str, role: Role) -> End:
    return End(person=person, role=role)


def add_key(person: str, pen: Pen) -> AddKey:
    return AddKey(person=person, key=pen.record)


def founding(
    country: str = "MN",
    *,
    rehearsal: bool = False,
    rulebook: RulebookText | None = None,
    witnesses: Witnesses = NO_WITNESSES,
    log: LogName | None = None,
) -> Founding:
    """Return a founding with two of three keys a side, not yet signed."""
    book = rulebook or shipped(country)
    return Founding(
        committee=f"JP-{country}",
        sides={
            side: Authority(keys=tuple(pen.record for pen in authority_pens(side)), threshold=2)
            for side in ("JP", country)
        },
        record=RECORD.record,
        log=log or LogName(origin=f"log.example/JP-{country}", key=LOG.record),
        witnesses=witnesses,
        rulebook=RulebookName(version=book.version, digest=book.digest),
        rehearsal=rehearsal,
    )


def issuance(country: str = "MN", **changes: Any) -> Issuance:
    item = Issuance(
        title="Heat-only boilers in Ulaanbaatar",
        project=f"{country}001",
        monitoring_period=Period(begins=date(2024, 1, 1), ends=date(2024, 12, 31)),
        quantity=1000,
        amounts={"JP": 800, country: 200},
        verification=None,
        allocation=None,
    )
    return structs.replace(item, **changes)


@dataclass
class Bench:
    """A founded committee with the pens of everyone, and its log so far."""

    country: str
    rulebook: RulebookText
    chain: list[Envelope]
    roster: Roster
    earlier: list[RulebookText] = field(default_factory=list)

    @property
    def committee(self) -> str:
        return f"JP-{self.country}"

    @property
    def founding(self) -> str:
        return self.chain[0].digest

    @property
    def trust(self) -> dict[str, str]:
        return {self.committee: self.founding}

    @property
    def authority(self) -> dict[str, tuple[Pen, Pen, Pen]]:
        return {side: authority_pens(side) for side in ("JP", self.country)}

    def appointment(self, side: str, *acts: AnyAct, **changes: Any) -> Appointment:
        """Return the side's next appointment, not yet signed."""
        statement = Appointment(
            committee=self.committee,
            founding=self.founding,
            side=side,
            seq=self.roster.seqs[side] + 1,
            prev=self.roster.heads[side],
            acts=acts,
        )
        return structs.replace(statement, **changes)

    def take(self, envelope: Envelope) -> Envelope:
        """Check an appointment, apply it, and add it to the log."""
        appointment = check_appointment(self.roster, envelope)
        take_appointment(self.roster, appointment, envelope.digest)
        self.chain.append(envelope)
        return envelope

    def appoint(self, side: str, *acts: AnyAct, pens: Iterable[Pen] = ()) -> Envelope:
        """Have two keys of the authority, and the pens that are added, sign; take it."""
        statement = self.appointment(side, *acts)
        return self.take(signed(statement, *self.authority[side][:2], *pens))

    def seat(self, side: str, person: str, *roles: Role) -> Envelope:
        """Appoint a person to roles and add the key."""
        acts = [appoint(person, role) for role in roles]
        pen = PENS[person]
        return self.appoint(side, *acts, add_key(person, pen), pens=[pen])

    def decision(self, **changes: Any) -> Decision:
        """Return a decision at the meeting about one issuance, not yet signed."""
        statement = Decision(
            committee=self.committee,
            founding=self.founding,
            number=f"{self.committee}/2026/001",
            proposal=ProposalName(id=1, version=1),
            procedure=MEETING,
            rulebook=RulebookName(version=self.rulebook.version, digest=self.rulebook.digest),
            roster=self.roster.digest,
            checkpoint=None,
            items=(issuance(self.country),),
            annexes=(),
            text={"en": "The Joint Committee decides on the credits."},
            answers=(),
            expires=date(2027, 5, 31),
        )
        return structs.replace(statement, **changes)

    def adoption(self, decision: Envelope, **changes: Any) -> Adoption:
        """Return the adoption of a decision on the day of the meeting, not yet signed."""
        statement = Adoption(
            committee=self.committee,
            founding=self.founding,
            decision=decision.digest,
            adopted_on=MEETING_DAY,
            path="meeting",
            roster=self.roster.digest,
            rulebook=self.rulebook.digest,
            heads=dict(self.roster.heads),
            assertions=(),
        )
        return structs.replace(statement, **changes)

    def distribution(self, decision: Envelope, what: Any = None) -> Distribution:
        """Return the distribution of a decision's text, or of its meeting's convening."""
        procedure = decision.value["procedure"]
        sent = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
        if what is None and procedure["kind"] == "meeting":
            day = date.fromisoformat(procedure["date"])
            what = OfConvening(meeting=procedure["meeting"], date=day)
            sent = min(sent, datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=9))
        return Distribution(
            committee=self.committee,
            founding=self.founding,
            what=what or _of_text(decision, procedure),
            members=tuple(sorted(self.roster.members)),
            at=sent,
        )

    def bundle(
        self,
        statement: Decision | None = None,
        *,
        by: Iterable[str] = ("sato", "bat"),
        recorder: Iterable[Pen] = (RECORD,),
        **adopted: Any,
    ) -> Bundle:
        """Return a decision signed by some people, with its adoption and everything else."""
        decision = signed(statement or self.decision(), *(PENS[person] for person in by))
        named = decision.value["rulebook"]
        return Bundle(
            number=decision.value["number"],
            decision=decision,
            adoption=signed(self.adoption(decision, **adopted), *recorder),
            distribution=signed(self.distribution(decision), RECORD),
            chain=tuple(self.chain),
            rulebook_version=named["version"],
            rulebook_digest=self.rulebook.digest,
            rulebook_text=self.rulebook.text,
            annexes=self.earlier_texts(named["digest"]),
        )

    def earlier_texts(self, named: str) -> dict[str, str]:
        """Return the rulebooks of the chain's decisions, beside the one that is named anyway."""
        known = {text.digest: text.text for text in (*versions(self.country), *self.earlier)}
        return {digest: known[digest] for digest in rulebooks_named(self.chain) - {named}}


def found(
    country: str = "MN",
    *,
    rehearsal: bool = False,
    rulebook: RulebookText | None = None,
    witnesses: Witnesses = NO_WITNESSES,
    log: LogName | None = None,
) -> Bench:
    """Found a committee in which nobody sits yet."""
    statement = founding(
        country, rehearsal=rehearsal, rulebook=rulebook, witnesses=witnesses, log=log
    )
    pens = [pen for side in ("JP", country) for pen in authority_pens(side)[:2]]
    envelope = signed(statement, *pens)
    roster = take_founding(check_founding(envelope), envelope.digest)
    return Bench(country, rulebook or shipped(country), [envelope], roster)


def seated(
    country: str = "MN",
    *,
    rehearsal: bool = False,
    rulebook: RulebookText | None = None,
    witnesses: Witnesses = NO_WITNESSES,
    log: LogName | None = None,
) -> Bench:
    """Found a committee with a co-chair, an alternate and a member on each side."""
    bench = found(country, rehearsal=rehearsal, rulebook=rulebook, witnesses=witnesses, log=log)
    for key, side in (("JP", "JP"), ("partner", country)):
        bench.seat(side, CHAIR[key], Role.MEMBER, Role.CO_CHAIR)
        bench.seat(side, ALTERNATE[key], Role.MEMBER, Role.ALTERNATE)
        bench.seat(side, MEMBER[key], Role.MEMBER)
    return bench


def _of_text(decision: Envelope, procedure: dict[str, str]) -> OfText:
    return OfText(
        decision=decision.digest,
        distributed=date.fromisoformat(procedure["distributed"]),
        closes=date.fromisoformat(procedure["closes"]),
    )
