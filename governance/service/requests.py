"""Requests to sign: plain files that go by e-mail as well as by disk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from policies.proof.canonical import canonical, digest, parse_canonical
from policies.proof.dsse import Envelope
from policies.refusals import SealError, UnreadableError

REQUEST_TYPE = "application/vnd.jcm.request.v1+json"
_MEMBERS = {"mediaType", "envelope", "annexes"}


@dataclass(frozen=True, slots=True)
class Request:
    """What someone is asked to sign, and what lies beside it to be read.

    `decision` is the text that the statement speaks of by its digest, where it is not that text
    itself; `annexes` are what the text names. Neither is signed: each has the digest that is.
    """

    envelope: Envelope
    annexes: dict[str, str]
    decision: Envelope | None = None

    def to_bytes(self) -> bytes:
        """Return the request as a file's bytes."""
        members = {
            "mediaType": REQUEST_TYPE,
            "envelope": self.envelope.to_json(),
            "annexes": self.annexes,
        }
        if self.decision is not None:
            members["decision"] = self.decision.to_json()
        return canonical(members, "the request")

    @classmethod
    def from_bytes(cls, data: bytes, what: str = "the request") -> Request:
        """Read a request, or an envelope that others have signed already.

        `what` names the file in the refusals: `UnreadableError` or `SealError`.
        """
        value = parse_canonical(data.removesuffix(b"\n"), what)
        if isinstance(value, dict) and set(value) == {"payload", "payloadType", "signatures"}:
            return cls(Envelope.from_json(value, what), {})
        if not isinstance(value, dict) or set(value) - {"decision"} != _MEMBERS:
            message = f"{what} is neither a request nor a signature file"
            raise UnreadableError(message)
        if value["mediaType"] != REQUEST_TYPE:
            message = f"{what}: mediaType is {value['mediaType']!r}, expected {REQUEST_TYPE!r}"
            raise UnreadableError(message)
        envelope = Envelope.from_json(value["envelope"], f"{what}: envelope")
        decision = _decision(envelope, value["decision"], what) if "decision" in value else None
        return cls(envelope, _annexes(value["annexes"], what), decision)


def _annexes(annexes: Any, what: str) -> dict[str, str]:
    if not isinstance(annexes, dict) or not all(isinstance(t, str) for t in annexes.values()):
        message = f"{what}: the annexes must be texts by digest"
        raise UnreadableError(message)
    for name, text in annexes.items():
        if digest(text.encode("utf-8")) != name:
            message = f"{what}: annex {name[:16]}… has another digest"
            raise SealError(message)
    return annexes


def _decision(envelope: Envelope, value: Any, what: str) -> Envelope:
    """Return the text beside a statement, which must be the very one that the statement names."""
    decision = Envelope.from_json(value, f"{what}: decision")
    statement = envelope.value
    if not isinstance(statement, dict) or statement.get("decision") != decision.digest:
        message = (
            f"{what}: the decision beside the statement has the digest {decision.digest[:16]}…,"
            " which is not the one that is signed; ask for the whole request again"
        )
        raise SealError(message)
    return decision
