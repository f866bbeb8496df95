"""An independent reader of the raw record: JSON, days and cryptography, and none of our rules.

It follows the rows as they lie in the table and asserts of every adoption that both sides really
signed it, with keys and roles that counted at that place.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

ULAANBAATAR = timezone(timedelta(hours=8))


@dataclass(frozen=True)
class Sealed:
    """An envelope as stored: what it says, the bytes that were signed, the signatures."""

    says: dict[str, Any]
    signed: bytes
    signatures: dict[str, bytes]

    @classmethod
    def read(cls, stored: dict[str, Any]) -> Sealed:
        kind, payload = stored["payload_type"].encode(), base64.b64decode(stored["payload"])
        signed = b" ".join((b"DSSEv1", _length(kind), kind, _length(payload), payload))
        signatures = {s["keyid"]: base64.b64decode(s["sig"]) for s in stored["signatures"]}
        return cls(json.loads(payload), signed, signatures)

    def require_genuine(self, keyid: str, public: str) -> None:
        """Raise `InvalidSignature` unless that key really signed."""
        key = serialization.load_pem_public_key(public.encode())
        if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(self.signatures[keyid], self.signed)
        else:
            assert isinstance(key, ec.EllipticCurvePublicKey)
            key.verify(self.signatures[keyid], self.signed, ec.ECDSA(hashes.SHA256()))


@dataclass
class Witness:
    """What the rows so far say about people, keys, objections and numbers."""

    record: dict[str, str] = field(default_factory=dict)
    side: dict[str, str] = field(default_factory=dict)
    terms: list[tuple[str, str, date, date | None]] = field(default_factory=list)
    keys: dict[str, tuple[str, str]] = field(default_factory=dict)
    retired: set[str] = field(default_factory=set)
    objections: dict[int, set[tuple[str, str, bool]]] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    adopted: dict[str, int] = field(default_factory=dict)
    ended: set[int] = field(default_factory=set)
    last: str = ""

    def follow(self, topic: str, state: bytes) -> None:
        """Take a row, and assert what must hold of it."""
        event = json.loads(state)
        assert event["at"] >= self.last, "an event lies before the one before it"
        self.last = event["at"]
        proposal = event.get("proposal")
        assert proposal not in self.ended, "something happened to a proposal that had ended"
        match topic.split(".")[1]:
            case "committee-founded":
                record = Sealed.read(event["envelope"]).says["record"]
                self.record = {record["keyid"]: record["public"]}
            case "appointment-recorded":
                self._appointed(Sealed.read(event["envelope"]).says)
            case "proposal-drafted":
                self.objections[proposal] = set()
            case "proposal-frozen":
                assert self.numbers.setdefault(event["number"], proposal) == proposal
            case "decision-signed":
                self._fall(proposal, event["person"])
            case "receipt-given":
                self._received(event)
            case "proposal-closed":
                self.ended.add(proposal)
            case "decision-adopted":
                self._adopted(event)
                self.ended.add(proposal)

    def _appointed(self, says: dict[str, Any]) -> None:
        for act in says["acts"]:
            match act["act"]:
                case "appoint":
                    until = act["until"] and date.fromisoformat(act["until"])
                    begins = date.fromisoformat(act["from"])
                    self.side[act["person"]] = says["side"]
                    self.terms.append((act["person"], act["role"], begins, until))
                case "end":
                    gone = (act["person"], act["role"])
                    self.terms = [term for term in self.terms if term[:2] != gone]
                case "add-key":
                    self.keys[act["key"]["keyid"]] = (act["person"], act["key"]["public"])
                case "retire-key":
                    self.retired.add(act["keyid"])

    def _received(self, event: dict[str, Any]) -> None:
        if event["objects"]:
            by_letter = event["assertion"] is None
            name = event["letter"] if by_letter else _digest(event["assertion"])
            self.objections[event["proposal"]].add((name, event["person"], by_letter))
            self._require_receipt(event, name, by_letter=by_letter)
        else:
            self._fall(event["proposal"], event["person"])

    def _require_receipt(self, event: dict[str, Any], name: str, *, by_letter: bool) -> None:
        """Assert that a receipt, where the record key was there to give one, says the same."""
        if event["receipt"] is not None:
            says = Sealed.read(event["receipt"]).says
            named = says["letter"]["digest"] if by_letter else says["assertion"]
            assert (named, says["objects"]) == (name, True), "a receipt of something else"

    def _fall(self, proposal: int, person: str) -> None:
        """A letter's objection falls when its author signs the contrary; a signed one stays."""
        standing = self.objections[proposal]
        self.objections[proposal] = {o for o in standing if o[1:] != (person, True)}

    def _adopted(self, event: dict[str, Any]) -> None:
        day = date.fromisoformat(event["adopted_on"])
        decision, adoption = Sealed.read(event["decision"]), Sealed.read(event["adoption"])
        assert event["number"] not in self.adopted, "a number was used twice"
        self.adopted[event["number"]] = event["proposal"]
        assert self.numbers[event["number"]] == event["proposal"]
        assert decision.says["number"] == event["number"]
        assert adoption.says["adopted_on"] == event["adopted_on"]
        assert not self.objections[event["proposal"]], "an objection was open"
        recorded = datetime.fromisoformat(event["at"]).astimezone(ULAANBAATAR).date()
        assert day <= recorded, "adopted on a day that has not come"
        self._require_procedure(decision.says, adoption.says, day)
        assert self._sides(decision, day) == {"JP", "MN"}, "a side has not signed"
        if set(adoption.signatures) == set(self.record):
            for keyid, public in self.record.items():
                adoption.require_genuine(keyid, public)
        else:
            assert self._sides(adoption, day, "co-chair") == {"JP", "MN"}, "a side's chair has not"

    def _require_procedure(
        self, decision: dict[str, Any], adoption: dict[str, Any], day: date
    ) -> None:
        procedure = decision["procedure"]
        assert day <= date.fromisoformat(decision["expires"])
        match adoption["path"]:
            case "meeting":
                assert day >= date.fromisoformat(procedure["date"])
            case "window":
                assert day > date.fromisoformat(procedure["closes"])
            case _:
                assert day >= date.fromisoformat(procedure["distributed"])

    def _sides(self, envelope: Sealed, day: date, needed: str = "either") -> set[str]:
        """Return the sides of which a co-chair (or alternate) of that day really signed."""
        found = set()
        for keyid in envelope.signatures:
            person, public = self.keys[keyid]
            assert keyid not in self.retired, "a retired key was counted"
            envelope.require_genuine(keyid, public)
            roles = {
                role
                for holder, role, begins, until in self.terms
                if holder == person and begins <= day and (until is None or day <= until)
            }
            acts = needed == "either" and {"alternate", "member"} <= roles
            assert "co-chair" in roles or acts, "no chair signed"
            found.add(self.side[person])
        return found


def _digest(stored: dict[str, Any]) -> str:
    return hashlib.sha256(Sealed.read(stored).signed).hexdigest()


def _length(part: bytes) -> bytes:
    return str(len(part)).encode()
