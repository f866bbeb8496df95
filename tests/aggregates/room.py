"""A committee in session: every act goes through the service, on the day that the clock is told.

Days are those of Ulaanbaatar (UTC+8); `on` tells ten in the morning there.
"""

from __future__ import annotations

import csv
import io
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from aggregates.committee.events import DecisionAdopted, ProposalClosed
from aggregates.committee.state import CommitteeState, Frozen, Proposal
from aggregates.event import Event
from governance.demo.stage import Stage
from governance.exchange.bundles import export_bundle
from governance.exchange.decisions_csv import COLUMNS
from governance.keys.files import PrivateKey
from governance.service.founding import next_appointment
from governance.service.history import ImportReport
from governance.service.proposals import Proposed
from governance.service.signing import Submitted
from policies.consensus import ConsensusResult
from policies.proof.audit import Audit, verify
from policies.proof.canonical import digest
from policies.proof.dsse import Envelope
from policies.proof.statements import Assertion, Engine, Letter

CODE = "JP-MN"
PEOPLE: dict[str, tuple[tuple[str, str, tuple[str, ...]], ...]] = {
    "JP": (
        ("jp-hara", "Hara Kenji", ("co-chair",)),
        ("jp-mori", "Mori Aiko", ("member", "alternate")),
        ("jp-ueda", "Ueda Naoko", ("member",)),
    ),
    "MN": (
        ("mn-bold", "Bold Ganbaatar", ("co-chair",)),
        ("mn-dorj", "Dorj Sarnai", ("member", "alternate")),
        ("mn-sara", "Sara Oyun", ("member",)),
    ),
}
EVERYONE = tuple(person for people in PEOPLE.values() for person, _name, _roles in people)
MEASURE: dict[str, Any] = {
    "kind": "interim_special_measure",
    "title": "On-site visits by video",
    "until": "2026-12-31",
    "result": "adopted",
}
METHODOLOGY: dict[str, Any] = {
    "kind": "methodology_approval",
    "title": "Heat pumps in schools",
    "version": "1.0",
    "scopes": [1],
    "result": "approved",
}

PAST = {
    "partner_iso2": "MN",
    "procedure": "meeting",
    "outcome": "decided",
    "source": "jcm.go.jp",
    "confidence": "high",
}
"""What a row of the past says unless it says otherwise."""

E = TypeVar("E", bound=Event)


@dataclass
class Room:
    """JP-MN, and what its people do."""

    stage: Stage
    texts: dict[int, Frozen] = field(default_factory=dict)

    @classmethod
    def seated(cls, stage: Stage) -> Room:
        """Found the committee and appoint everyone of `PEOPLE`."""
        room = cls(stage)
        stage.found("MN")
        for side, people in PEOPLE.items():
            room.appoint(side, *(act for person in people for act in room.seat(*person)))
        return room

    # The clock

    def on(self, day: str) -> Room:
        """Tell the clock ten in the morning of a day in Ulaanbaatar."""
        self.stage.clock.tell(f"{day} 02:00")
        return self

    def at(self, instant: str) -> Room:
        """Tell the clock an instant in UTC."""
        self.stage.clock.tell(instant)
        return self

    # What stands

    @property
    def state(self) -> CommitteeState:
        return self.stage.engine.desk.load(CODE)

    @property
    def trust(self) -> dict[str, str]:
        return {CODE: self.state.roster.founding}

    def proposal(self, proposal: int) -> Proposal:
        return self.state.proposals[proposal]

    def text(self, proposal: int) -> Frozen:
        """Return a text that is, or was last, frozen."""
        return self.texts[proposal]

    def standing(self, proposal: int) -> ConsensusResult:
        return self.stage.engine.proposals.standing(CODE, proposal)

    def events(self, kind: type[E]) -> list[E]:
        """Return what is recorded of a kind, in order."""
        stream = self.stage.engine.record.stream(CODE)
        return [entry.event for entry in stream if isinstance(entry.event, kind)]

    def adoption(self, proposal: int) -> DecisionAdopted | None:
        """Return the adoption of a proposal, or None."""
        return next((e for e in self.events(DecisionAdopted) if e.proposal == proposal), None)

    def adopted_on(self, proposal: int) -> date | None:
        adopted = self.adoption(proposal)
        return None if adopted is None else adopted.adopted_on

    def path(self, proposal: int) -> str | None:
        adopted = self.adoption(proposal)
        return None if adopted is None else str(adopted.adoption.value["path"])

    def closed(self, proposal: int) -> ProposalClosed | None:
        """Return how a proposal ended unadopted, or None."""
        return next((e for e in self.events(ProposalClosed) if e.proposal == proposal), None)

    def bundle(self, proposal: int) -> bytes:
        """Return the bundle of an adopted proposal."""
        number = self.texts[proposal].decision.number
        engine = self.stage.engine
        return export_bundle(engine.record, CODE, number, engine.publisher.logs).to_bytes()

    def audit(self, proposal: int) -> Audit:
        return verify(self.bundle(proposal), self.trust)

    # What the authorities do

    def seat(
        self,
        person: str,
        name: str,
        roles: tuple[str, ...],
        begins: str = "2026-01-01",
        until: str | None = None,
    ) -> list[dict[str, Any]]:
        """Return the acts that give a person roles and a key."""
        who = {"act": "appoint", "person": person, "name": name, "from": begins, "until": until}
        return [*(who | {"role": role} for role in roles), self.key(person, person)]

    def key(self, person: str, name: str) -> dict[str, Any]:
        """Return the act that gives a person the key of a name."""
        return {"act": "add-key", "person": person, "key": self.stage.key(name).record.to_json()}

    def ends(self, person: str, role: str) -> dict[str, Any]:
        return {"act": "end", "person": person, "role": role}

    def retires(self, name: str) -> dict[str, Any]:
        return {"act": "retire-key", "keyid": self.stage.key(name).record.keyid}

    def appoint(self, side: str, *acts: dict[str, Any]) -> Envelope:
        """Record a side's appointment, signed by its authority and every key that it adds."""
        statement = next_appointment(self.state, side, list(acts))
        keyids = [act["key"]["keyid"] for act in acts if act["act"] == "add-key"]
        names = {key.record.keyid: name for name, key in self.stage.signers.items()}
        authority = (f"mn-{side}-authority-1".lower(), f"mn-{side}-authority-3".lower())
        signers = (*authority, *(names[keyid] for keyid in keyids))
        envelope = self.stage.sign(statement.envelope(), *signers)
        self.stage.submit(envelope)
        return envelope

    def replace_record_key(
        self,
        key: PrivateKey,
        sides: Collection[str] = ("JP", "MN"),
        authorities: Mapping[str, Collection[str]] | None = None,
    ) -> None:
        """Record both authorities' word that another key is the record key.

        `authorities` are the keys with which a side signs, where they are not its first ones.
        """
        roster = self.state.roster
        statement = Engine(
            committee=CODE,
            founding=roster.founding,
            seq=roster.engine_seq + 1,
            prev=roster.engine_head,
            record=key.record,
            log=roster.log,
            old_log=None,
            witnesses=roster.witnesses,
        )
        first = {side: [f"mn-{side}-authority-{n}".lower() for n in (1, 2)] for side in sides}
        given = first | dict(authorities or {})
        names = [name for side in sides for name in given[side]]
        self.stage.submit(self.stage.sign(statement.envelope(), *names))

    # What the secretariat does

    def imports(self, *rows: dict[str, str]) -> ImportReport:
        """Import rows of the past; what a row does not say is empty."""
        text = io.StringIO()
        writer = csv.DictWriter(text, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows({**PAST, **row} for row in rows)
        data = text.getvalue().encode()
        return self.stage.engine.history.import_decisions(data, "past.csv", dry_run=False)

    def draft(self, *items: dict[str, Any], **members: Any) -> dict[str, Any]:
        """Return a proposal's file: electronic, with a text of one sentence."""
        content: dict[str, Any] = {
            "committee": "MN",
            "procedure": {"kind": "electronic"},
            "items": list(items or (MEASURE,)),
            "text": {"en": "The Joint Committee decides."},
        }
        return content | members

    def propose(
        self, *items: dict[str, Any], revises: int | None = None, **members: Any
    ) -> Proposed:
        """Freeze a text."""
        content = self.draft(*items, **members)
        proposed = self.stage.engine.proposals.propose(content, revises=revises)
        text = self.proposal(proposed.proposal).text
        assert text is not None
        self.texts[proposed.proposal] = text
        return proposed

    def table(self, meeting: str, *items: dict[str, Any], **members: Any) -> int:
        """Freeze a text for a meeting."""
        procedure = {"kind": "meeting", "meeting": meeting}
        return self.propose(*items, procedure=procedure, **members).proposal

    def distribute(self, *items: dict[str, Any], **members: Any) -> int:
        """Freeze a text and send it to all members today."""
        proposal = self.propose(*items, **members).proposal
        self.stage.engine.proposals.distribute(CODE, proposal)
        return proposal

    def convene(self, day: str, place: str = "Ulaanbaatar", meeting: str | None = None) -> str:
        return self.stage.engine.proposals.convene(CODE, date.fromisoformat(day), place, meeting)

    def withdraw(self, proposal: int) -> None:
        self.stage.engine.proposals.withdraw(CODE, proposal, "Taken back.")

    def letter(self, proposal: int, person: str, text: str = "I object.") -> list[Event]:
        """Record an objection that came by letter."""
        came = Letter(digest=digest(text.encode()), person=person)
        return self.stage.engine.proposals.letter(CODE, proposal, came, None)

    def sweep(self) -> list[Event]:
        """Settle with no command, as a scheduler would."""
        return self.stage.engine.desk.settle(CODE)

    # What the members do

    def sign(self, proposal: int, *keys: str) -> Submitted:
        """Sign the text as frozen last, all in one file."""
        return self.stage.submit(self.stage.sign(self.text(proposal).envelope, *keys))

    def assertion(self, proposal: int, *, objects: bool, reason: str | None = None) -> Envelope:
        """Return an assertion on the text as frozen last, for a member to sign."""
        return Assertion(
            committee=CODE,
            founding=self.state.roster.founding,
            decision=self.text(proposal).envelope.digest,
            says="objects" if objects else "affirms",
            reason=reason,
            nonce=secrets.token_hex(16),
        ).envelope()

    def affirm(self, proposal: int, *keys: str) -> None:
        for key in keys:
            self.stage.submit(self.stage.sign(self.assertion(proposal, objects=False), key))

    def object(self, proposal: int, key: str, reason: str = "A visit is needed.") -> Envelope:
        """Object by a signed assertion, which is returned."""
        said = self.assertion(proposal, objects=True, reason=reason)
        signed = self.stage.sign(said, key)
        self.stage.submit(signed)
        return signed
