"""A bundle: one file with which one decision proves itself offline.

Its bytes are canonical, so that no byte can change without a named failure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from policies.proof.canonical import canonical, digest, is_digest, parse_canonical
from policies.proof.dsse import Envelope
from policies.refusals import SealError, TooLargeError, UnreadableError

MEDIA_TYPE = "application/vnd.jcm.bundle.v1+json"
MAX_BUNDLE = 64 * 1024 * 1024
"""Bytes; a larger file is refused before it is read."""

_MEMBERS = {
    "mediaType",
    "number",
    "envelope",
    "adoption",
    "distribution",
    "chain",
    "rulebook",
    "annexes",
    "proof",
    "before",
}


@dataclass(frozen=True, slots=True)
class Bundle:
    """A decision with everything that proves it.

    `chain` is the founding, all appointments up to the adoption's heads, engine statements and
    decisions that set the rulebook, each followed by its adoption, in the order of the log.
    `annexes` are the decision's own, and the texts of the rulebooks that those decisions name.
    """

    number: str
    decision: Envelope
    adoption: Envelope
    distribution: Envelope
    chain: tuple[Envelope, ...]
    rulebook_version: str
    rulebook_digest: str
    rulebook_text: str
    annexes: Mapping[str, str]
    proof: Any = None
    before: Any = None

    def to_bytes(self) -> bytes:
        """Return the bundle's one form as bytes."""
        value = {
            "mediaType": MEDIA_TYPE,
            "number": self.number,
            "envelope": self.decision.to_json(),
            "adoption": self.adoption.to_json(),
            "distribution": self.distribution.to_json(),
            "chain": [envelope.to_json() for envelope in self.chain],
            "rulebook": {
                "version": self.rulebook_version,
                "digest": self.rulebook_digest,
                "text": self.rulebook_text,
            },
            "annexes": dict(self.annexes),
            "proof": self.proof,
            "before": self.before,
        }
        return canonical(value, "the bundle")

    @classmethod
    def from_bytes(cls, data: bytes) -> Bundle:
        """Read a bundle; raise `UnreadableError` or `SealError` naming the member that is wrong."""
        if len(data) > MAX_BUNDLE:
            message = f"the bundle has {len(data)} bytes; at most {MAX_BUNDLE} are allowed"
            raise TooLargeError(message)
        value = parse_canonical(data, "the bundle")
        if not isinstance(value, dict) or set(value) != _MEMBERS:
            found = set(value) if isinstance(value, dict) else set()
            parted = {"lacks": _MEMBERS - found, "has besides": found - _MEMBERS}
            said = [f"{how} {', '.join(sorted(names))}" for how, names in parted.items() if names]
            message = f"this is no bundle: it {' and '.join(said)}"
            raise UnreadableError(message)
        if value["mediaType"] != MEDIA_TYPE:
            message = f"mediaType is {value['mediaType']!r}, expected {MEDIA_TYPE!r}"
            raise UnreadableError(message)
        if not isinstance(value["number"], str) or not isinstance(value["chain"], list):
            message = "number must be text, and chain a list of envelopes"
            raise UnreadableError(message)
        version, named, text = _rulebook(value["rulebook"])
        return cls(
            number=value["number"],
            decision=Envelope.from_json(value["envelope"], "envelope"),
            adoption=Envelope.from_json(value["adoption"], "adoption"),
            distribution=Envelope.from_json(value["distribution"], "distribution"),
            chain=tuple(
                Envelope.from_json(entry, f"chain[{number}]")
                for number, entry in enumerate(value["chain"], start=1)
            ),
            rulebook_version=version,
            rulebook_digest=named,
            rulebook_text=text,
            annexes=_annexes(value["annexes"]),
            proof=value["proof"],
            before=value["before"],
        )


def _rulebook(value: Any) -> tuple[str, str, str]:
    names = ("version", "digest", "text")
    if (
        not isinstance(value, dict)
        or set(value) != set(names)
        or not all(isinstance(value[name], str) for name in names)
    ):
        message = "rulebook must have version, digest and text, and nothing else"
        raise UnreadableError(message)
    return value["version"], value["digest"], value["text"]


def _annexes(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        message = "annexes must be texts by digest"
        raise UnreadableError(message)
    for name, text in value.items():
        if not is_digest(name) or not isinstance(text, str):
            message = "annexes must be texts by digest"
            raise UnreadableError(message)
        if digest(text.encode("utf-8")) != name:
            message = f"annex {name[:16]}…: the text has another digest"
            raise SealError(message)
    return value
