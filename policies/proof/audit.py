"""The check of one bundle, in named steps, with nothing but the file and what both sides published.

anchor      the founding is the one that both governments published
seal        every envelope is in the one strict form, and belongs to this committee and number
authority   founding, appointments and keys lead to the people who signed
consensus   both sides signed, by the procedure's own rule, and the adoption follows from it
rulebook    the decision was taken under the rulebook in force, whose text is here
items       each item keeps the rules that need no history
logged      the adoption is in the transparency log, which begins with the one that its text names
witnessed   both sides' witnesses have cosigned that log, and the day of adoption fits their times
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from policies.proof import adoption as rule
from policies.proof.bundle import Bundle
from policies.proof.canonical import digest, is_digest
from policies.proof.chain import Chain, rulebooks_named
from policies.proof.dsse import Envelope
from policies.proof.log_proof import Absent, LogProof
from policies.proof.reading import read, require_context
from policies.proof.rules import read_rulebook, require_kept, require_sound
from policies.proof.statements import Adoption, Decision, Founding
from policies.refusals import (
    AnchorError,
    ContextError,
    Refusal,
    RulebookError,
    SealError,
    UnreadableError,
)
from policies.rulebook import Rulebook
from policies.sides import Seat

Level = Literal["signed", "logged", "witnessed"]
Trust = Mapping[str, str]
"""A committee's code to its founding's digest."""

UNKNOWN = (
    ("distribution", "one file cannot show that the text, or the convening, reached the members"),
    ("objections", "one file cannot show that no objection was left out of the record"),
    ("meeting", "one file cannot show that the meeting took place as the text says"),
    ("engine", "one file cannot show that no engine statement (record key, witnesses) is left out"),
    ("later", "one file cannot show what was decided later, or corrected"),
    ("registries", "one file cannot show what the registries issued"),
)
IN_THE_LOG = {
    "objections": "; the whole log, {}, shows those that the record key has acknowledged",
    "engine": "; the whole log, {}, shows it",
    "later": "; the whole log, {}, shows it up to its last checkpoint",
}
"""What the log shows of these beyond the one file."""

MAX_DETAIL = 2_000
"""Characters of one step's answer: what it quotes of a hostile file stays short."""


@dataclass(frozen=True, slots=True)
class Check:
    """One named step, whether it held, and what was found, in words."""

    check: str
    ok: bool
    detail: str

    @classmethod
    def refused(cls, check: str, refusal: Refusal) -> Check:
        """Return a step that did not hold, and why."""
        text = str(refusal)
        cut = text if len(text) <= MAX_DETAIL else f"{text[:MAX_DETAIL]}…"
        return cls(check, ok=False, detail=cut)


@dataclass
class Audit:
    """The answer: the steps in order up to the first that fails."""

    checks: list[Check] = field(default_factory=list)
    unknown: list[tuple[str, str]] = field(default_factory=list)

    @property
    def failed(self) -> str | None:
        """The first step that did not hold."""
        return next((check.check for check in self.checks if not check.ok), None)

    @property
    def ok(self) -> bool:
        """Whether every step held; no step at all is never a pass."""
        return bool(self.checks) and self.failed is None

    def to_json(self) -> dict[str, Any]:
        """Return the answer in the shape of ``jcgov verify --json``."""
        return {
            "ok": self.ok,
            "checks": [{"check": c.check, "ok": c.ok, "detail": c.detail} for c in self.checks],
            "failed": self.failed,
            "unknown": [{"what": what, "why": why} for what, why in self.unknown],
        }


def verify(data: bytes, trust: Trust | None, require: Level | None = None) -> Audit:
    """Check a bundle's bytes against the digests that both governments published.

    `require` sets how much must hold; by default `witnessed` where the founding names witnesses,
    else `signed`. What is absent is judged by that level; what is there and is wrong always fails.
    Never raises for what the file says.
    """
    audit = Audit()
    try:
        bundle = Bundle.from_bytes(data)
    except Refusal as refusal:
        audit.checks.append(Check.refused("seal", refusal))
        return audit
    state = _State(bundle)
    steps: list[tuple[str, Callable[[], str]]] = [
        ("anchor", lambda: state.anchor(trust)),
        ("seal", state.seal),
        ("authority", state.authority),
        ("consensus", state.consensus),
        ("rulebook", state.rulebook),
        ("items", state.items),
    ]
    for name, step in steps:
        try:
            audit.checks.append(Check(name, ok=True, detail=step()))
        except Refusal as refusal:
            audit.checks.append(Check.refused(name, refusal))
            return audit
    named = bool(state.log_proof.keys.witnesses)
    level = require or ("witnessed" if named else "signed")
    absent: list[tuple[str, str]] = []
    for name, public in (("logged", state.log_proof.logged), ("witnessed", state.witnessed)):
        try:
            found = public()
        except Refusal as refusal:
            audit.checks.append(Check.refused(name, refusal))
            return audit
        if not isinstance(found, Absent):
            audit.checks.append(Check(name, ok=True, detail=found))
        elif level in ("witnessed", name):
            audit.checks.append(Check(name, ok=False, detail=found.why + found.advice))
            return audit
        elif not absent:
            absent.append((name, found.why))
    audit.unknown.extend([*state.unknown(), *absent])
    return audit


class _State:
    """What the steps hand on; each step may rely on the ones before it."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self.chain: Chain | None = None

    def anchor(self, trust: Trust | None) -> str:
        if not self.bundle.chain:
            message = "the chain is empty: there is no founding to compare"
            raise AnchorError(message)
        return require_published(self.bundle.chain[0], trust)

    def seal(self) -> str:
        """Read everything, and compare the context that the file claims with what is signed."""
        bundle = self.bundle
        self.decision = read(bundle.decision, Decision)
        self.adoption = read(bundle.adoption, Adoption)
        first = bundle.chain[0]
        committee = read(first, Founding).committee
        for statement in (self.decision, self.adoption):
            require_context(statement, committee, first.digest)
        if bundle.number != self.decision.number:
            message = f"the file says {bundle.number}, what is signed says {self.decision.number}"
            raise ContextError(message)
        if not self.decision.number.startswith(f"{committee}/"):
            message = f"{self.decision.number} is no number of {committee}"
            raise ContextError(message)
        if "en" not in self.decision.text:
            message = "the decision has no text in English, the working language"
            raise SealError(message)
        self._require_annexes()
        if bundle.decision.digest == bundle.adoption.digest:
            message = "the decision and its adoption are one envelope"
            raise SealError(message)
        signed, annexes = len(bundle.decision.signatures), len(self.decision.annexes)
        return (
            f"{len(bundle.chain) + 3} envelopes in the strict form; {self.decision.number},"
            f" {signed} signatures, {annexes} annexes"
        )

    def _require_annexes(self) -> None:
        """The decision's own, and beside them the rulebooks of the chain's decisions, no others."""
        bundle = self.bundle
        earlier = rulebooks_named(bundle.chain) - {bundle.rulebook_digest}
        own = {annex.digest for annex in self.decision.annexes}
        if set(bundle.annexes) != own | earlier:
            message = "the annexes are not exactly those that the decision names"
            also = ", and the texts of the rulebooks that the chain's decisions name"
            raise SealError(message + (also if earlier else ""))

    def authority(self) -> str:
        texts = {
            digest(text.encode("utf-8")): text
            for text in (*self.bundle.annexes.values(), self.bundle.rulebook_text)
        }
        self.chain = Chain.fold(self.bundle.chain, texts)
        roster = self.chain.roster
        if self.adoption.heads != roster.heads:
            message = "the chain does not end at the appointments that the adoption names"
            raise SealError(message)
        self.signed = rule.signers(roster, self.bundle.decision, self.adoption)
        names = "; ".join(
            f"{seat.name}, {seat.title} of {seat.side}, {self._under(seat)}" for seat in self.signed
        )
        return f"signed by {names}" if names else "nobody has signed"

    def _under(self, seat: Seat) -> str:
        """Say by which statements of the own side a signer holds the seat, and the key."""
        chain = self._folded
        for signature in self.bundle.decision.signatures:
            place = chain.roster.keys[signature.keyid]
            if place.person == seat.person:
                seated, keyed = (chain.appointed[n] for n in (seat.person, signature.keyid))
                also = "" if seated == keyed else f", key of {keyed}"
                return f"under {seated}{also}"
        return "under no appointment"

    def consensus(self) -> str:
        chain, bundle = self._folded, self.bundle
        recorder = chain.check_consensus(
            bundle.decision, self.decision, bundle.adoption, self.adoption, signed=self.signed
        )
        self.distribution = rule.require_distributed(
            chain.roster, bundle.distribution, self.decision, bundle.decision.digest
        )
        return (
            f"adopted on {self.adoption.adopted_on} by {self.adoption.path}; both sides signed;"
            f" recorded by {recorder}"
        )

    def rulebook(self) -> str:
        bundle = self.bundle
        named = self.decision.rulebook
        if (bundle.rulebook_version, bundle.rulebook_digest) != (named.version, named.digest):
            message = f"the file's rulebook is not {named.version}, which the decision names"
            raise RulebookError(message)
        self.rules: Rulebook = read_rulebook(bundle.rulebook_text, named)
        rule.require_in_force(self._folded.in_force, self.decision, self.adoption)
        require_kept(self._folded, bundle.decision, self.decision, self.distribution, self.rules)
        twice = "; each signed by ML-DSA-65 as well, as it asks" if self.rules.post_quantum else ""
        return f"taken under {named.version} of {self.rules.name}, in force at its adoption{twice}"

    def items(self) -> str:
        return require_sound(self.decision, self.rules)

    @cached_property
    def log_proof(self) -> LogProof:
        """What the file carries of the log, held against the chain."""
        return LogProof(self.bundle, self.decision, tuple(self._folded.log_terms))

    def witnessed(self) -> str | Absent:
        committee = self._folded.roster.committee
        return self.log_proof.witnessed(committee.sides, self.adoption.adopted_on, self.rules.zone)

    def unknown(self) -> list[tuple[str, str]]:
        entries = [entry for entry in UNKNOWN if self._concerns(entry[0])]
        if self.log_proof.head is not None:
            log = self.log_proof.head.origin
            entries = [(w, why + IN_THE_LOG.get(w, "").format(log)) for w, why in entries]
        if self.log_proof.undated is not None:
            entries.append(("time", self.log_proof.undated))
        if self.adoption.path == "all_affirmed":
            why = "the members' assertions are named by digest; one file does not hold them"
            entries.append(("assertions", why))
        return entries

    def _concerns(self, what: str) -> bool:
        return what != "meeting" or self.adoption.path == "meeting"

    @property
    def _folded(self) -> Chain:
        if self.chain is None:
            message = "the chain was not folded"
            raise SealError(message)
        return self.chain


def require_published(envelope: Envelope, trust: Trust | None) -> str:
    """Refuse (`AnchorError`) a founding that both governments have not published; says whose it is.

    Without trust the digest is printed, to be compared.
    """
    founding = read(envelope, Founding)
    if trust is None:
        message = (
            f"no trust file given: compare the founding of {founding.committee},"
            f" {envelope.digest}, with what both governments published"
        )
        raise AnchorError(message)
    published = trust.get(founding.committee)
    if published != envelope.digest:
        message = (
            f"the founding of {founding.committee} is {envelope.digest}; the trust file names"
            f" {published or 'none of this committee'}"
        )
        raise AnchorError(message)
    rehearsal = ", a rehearsal" if founding.rehearsal else ""
    return f"the founding of {founding.committee}{rehearsal} is the published one"


def parse_trust(value: Any) -> dict[str, str]:
    """Read a trust file's value; raise `UnreadableError` if it is not one."""
    if not isinstance(value, dict) or not all(
        isinstance(entry, dict)
        and set(entry) == {"founding"}
        and isinstance(entry["founding"], str)
        and is_digest(entry["founding"])
        for entry in value.values()
    ):
        message = 'a trust file says {"JP-MN": {"founding": "<digest>"}} for each committee'
        raise UnreadableError(message)
    return {code: entry["founding"] for code, entry in value.items()}
