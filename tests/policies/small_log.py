"""Builders for tests: a small log in which every kind of entry stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from policies.proof.dsse import Envelope
from policies.proof.log_audit import LogAudit
from policies.proof.statements import (
    Acknowledgement,
    Call,
    Closed,
    Decision,
    Letter,
    ProposalName,
    Receipt,
    RollCall,
    Serials,
)
from policies.refusals import LogEntryError
from policies.rulebook import shipped
from policies.sides import Role
from tests.policies.bench import CLOSES, ELECTRONIC, Bench, add_key, appoint, seated
from tests.policies.keyring import PENS, RECORD, ed25519_pen, signed
from tests.policies.logbook import Log, witnesses

REGISTRY = ed25519_pen("registry of JP")
WHEN = datetime(2026, 6, 12, 3, tzinfo=UTC)
BOOK = shipped("MN")
AFFIRMED, OBJECTED = "a" * 64, "b" * 64


def find_text(name: str) -> str | None:
    return BOOK.text if name == BOOK.digest else None


@dataclass
class SmallLog:
    """A committee's story so far, as envelopes; tests change it before they enter it."""

    bench: Bench
    envelopes: list[Envelope] = field(default_factory=list)

    @classmethod
    def begun(cls) -> SmallLog:
        """Found a committee with witnesses, people, and a registry of Japan's side."""
        bench = seated(witnesses=witnesses())
        seat = appoint("registry", Role.REGISTRY)
        bench.appoint("JP", seat, add_key("registry", REGISTRY), pens=[REGISTRY])
        return cls(bench, list(bench.chain))

    @classmethod
    def told(cls) -> SmallLog:
        """Tell the whole story: a meeting, an electronic decision, a number given up, a report."""
        story = cls.begun()
        decision = story.meet(1)
        story.decide_electronically(2)
        story.add(story.closed(3))
        story.add(story.acknowledgement(decision))
        call = story.call(2026)
        story.add(call, story.answer(call, "sato"))
        return story

    @property
    def log(self) -> Log:
        return Log.of(self.envelopes)

    def add(self, *envelopes: Envelope) -> None:
        self.envelopes += envelopes

    def decision(self, number: int, /, **changes: Any) -> Decision:
        named = {
            "number": f"JP-MN/2026/{number:03}",
            "proposal": ProposalName(id=number, version=1),
        }
        return self.bench.decision(**named | changes)

    def meet(self, number: int, /, **changes: Any) -> Envelope:
        """Convene a meeting, decide at it; returns the decision."""
        decision = signed(self.decision(number, **changes), PENS["sato"], PENS["bat"])
        self.add(signed(self.bench.distribution(decision), RECORD))
        self.add(decision, signed(self.bench.adoption(decision), RECORD))
        return decision

    def electronic(self, number: int, /, **changes: Any) -> Envelope:
        """Return an electronic decision's text with the signatures of both co-chairs."""
        said = self.decision(number, procedure=ELECTRONIC, **changes)
        return signed(said, PENS["sato"], PENS["bat"])

    def decide_electronically(self, number: int, *receipts: Receipt, **adopted: Any) -> Envelope:
        """Distribute a text, receive one affirmation and what is given, adopt by the window."""
        decision = self.electronic(number)
        self.add(signed(self.bench.distribution(decision), RECORD))
        self.add(self.receipt(decision, AFFIRMED[:-1] + str(number)))
        self.add(*(signed(receipt, RECORD) for receipt in receipts))
        how: dict[str, Any] = {
            "path": "window",
            "adopted_on": CLOSES + timedelta(days=1),
            "assertions": (AFFIRMED[:-1] + str(number),),
        }
        self.add(decision, signed(self.bench.adoption(decision, **how | adopted), RECORD))
        return decision

    def says(self, decision: Envelope, **changes: Any) -> Receipt:
        """Return a receipt of the record key, not yet signed."""
        named: dict[str, Any] = {
            "committee": self.bench.committee,
            "founding": self.bench.founding,
            "decision": decision.digest,
            "assertion": None,
            "letter": None,
            "objects": False,
            "at": WHEN,
        }
        return Receipt(**named | changes)

    def receipt(self, decision: Envelope, assertion: str, *, objects: bool = False) -> Envelope:
        return signed(self.says(decision, assertion=assertion, objects=objects), RECORD)

    def letter(self, decision: Envelope, person: str) -> Envelope:
        came = Letter(digest="c" * 64, person=person)
        return signed(self.says(decision, letter=came, objects=True), RECORD)

    def closed(self, number: int, proposal: int | None = None) -> Envelope:
        said = Closed(
            committee=self.bench.committee,
            founding=self.bench.founding,
            number=f"JP-MN/2026/{number:03}",
            proposal=ProposalName(id=proposal or number, version=1),
            reason="withdrawn",
            detail="taken back",
            at=WHEN,
        )
        return signed(said, RECORD)

    def call(self, year: int, nonce: str = "0") -> Envelope:
        said = Call(
            committee=self.bench.committee,
            founding=self.bench.founding,
            year=year,
            nonce=nonce * 32,
            at=WHEN,
        )
        return signed(said, RECORD)

    def answer(self, call: Envelope, name: str, **changes: Any) -> Envelope:
        """Return the answer of one person's key to a call, signed by it."""
        pen = PENS[name]
        named: dict[str, Any] = {
            "committee": self.bench.committee,
            "founding": self.bench.founding,
            "side": self.bench.roster.keys[pen.keyid].side,
            "person": self.bench.roster.keys[pen.keyid].person,
            "keyid": pen.keyid,
            "year": call.value["year"],
            "call": call.digest,
        }
        return signed(RollCall(**named | changes), pen)

    def report(self, decision: Envelope, **changes: Any) -> Acknowledgement:
        named: dict[str, Any] = {
            "committee": self.bench.committee,
            "founding": self.bench.founding,
            "side": "JP",
            "decision": decision.digest,
            "item": 1,
            "report": "JP-1",
            "amount": 800,
            "serials": Serials(first="1", last="800"),
            "issued_on": date(2026, 7, 1),
            "supersedes": None,
        }
        return Acknowledgement(**named | changes)

    def acknowledgement(self, decision: Envelope, **changes: Any) -> Envelope:
        return signed(self.report(decision, **changes), REGISTRY)

    def audit(self) -> LogAudit:
        """Check it all, and that it is whole; raises what the check raises."""
        audit = LogAudit(self.bench.founding, find_text)
        for envelope in self.envelopes:
            audit.take(envelope.to_bytes())
        audit.require_complete()
        assert audit.place.missing == set()
        return audit


def refused(story: SmallLog, match: str, index: int | None = None) -> None:
    """Claim that the last entry (or another) is the first that is not good, and why."""
    at = len(story.envelopes) - 1 if index is None else index
    with pytest.raises(LogEntryError, match=match) as caught:
        story.audit()
    assert str(caught.value).startswith(f"entry {at}: ")
    assert f"all {at} before it are good" in str(caught.value)
