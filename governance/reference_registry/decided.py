"""What a verified decision says to this registry; and whether the feed told the same.

The feed is never believed: facts come from the bundle that `policies.proof.audit` has verified
against this registry's own trust file, and what was told must equal them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from governance.reference_registry.refusals import AnswerError, NotIssuableError
from governance.reference_registry.told import OF_CREDITS, Credits, Told, read_credits
from policies.proof.audit import verify
from policies.proof.bundle import Bundle
from policies.proof.reading import read
from policies.proof.statements import Adoption, Decision, Founding

Level = Literal["signed", "logged", "witnessed"]
_COMES_BY_ITSELF = {"logged", "witnessed"}
"""Steps of the verifier that a bundle passes some time after its adoption."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What this registry was set up with."""

    side: str
    rehearsal: bool
    trust: Mapping[str, str]
    require: Level | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """What one holder receives; `holder` is null for the side's government."""

    holder: str | None
    amount: int


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a decision by digest, number, and place from 1."""

    decision: str
    number: str
    item: int

    def __str__(self) -> str:
        return f"{self.number}#{self.item}"


@dataclass(frozen=True, slots=True)
class Decided:
    """Credits of this registry's side, as one item of a verified decision states them.

    `amount` is null for a correction that leaves it as it was; `corrects` and `previous` (the
    digest of the decision that last set it) are null unless the item is a correction.
    """

    committee: str
    founding: str
    at: Item
    adopted_on: date
    zone: ZoneInfo
    amount: int | None
    shares: tuple[Share, ...] | None
    project: str | None
    vintage: int | None
    corrects: tuple[str, int] | None = None
    previous: str | None = None


def bundle_path(told: Told) -> str:
    """Return where the bundle is; `NotIssuableError` if the event's data cannot be read."""
    return _read(told).bundle


def judge(told: Told, data: bytes, rules: Rules) -> Decided:
    """Verify a bundle and return what it decides; `NotIssuableError` unless all holds."""
    said = _read(told)
    audit = verify(data, rules.trust, rules.require)
    if not audit.ok:
        failed = next((check for check in audit.checks if not check.ok), None)
        name, detail = ("seal", "nothing held") if failed is None else (failed.check, failed.detail)
        raise NotIssuableError(name, detail, waits=name in _COMES_BY_ITSELF)
    proved = _Proved.of(Bundle.from_bytes(data), said.item, rules)
    _require_same(told, said, proved.facts)
    return proved.decided


@dataclass(frozen=True, slots=True)
class _Proved:
    """One item of a bundle that the verifier has found good."""

    bundle: Bundle
    founding: Founding
    decision: Decision
    adoption: Adoption
    item: dict[str, Any]
    place: int
    side: str

    @classmethod
    def of(cls, bundle: Bundle, place: int, rules: Rules) -> _Proved:
        """Return the item at a place; `NotIssuableError` if it is none for this registry."""
        founding = read(bundle.chain[0], Founding)
        _require_same_world(founding, rules)
        if rules.side not in founding.sides:
            message = f"{rules.side} is no side of {founding.committee}"
            raise NotIssuableError("side", message)
        items: list[dict[str, Any]] = bundle.decision.value["items"]
        if place > len(items):
            message = f"the decision has {len(items)} items, the feed tells of item {place}"
            raise NotIssuableError("told", message)
        decision, adoption = read(bundle.decision, Decision), read(bundle.adoption, Adoption)
        return cls(bundle, founding, decision, adoption, items[place - 1], place, rules.side)

    @property
    def amount(self) -> int | None:
        """The side's own amount; null where the item states none."""
        amounts: dict[str, int] | None = self.item.get("amounts")
        return None if amounts is None else amounts[self.side]

    @property
    def facts(self) -> dict[str, Any]:
        """What the event must have told, member by member."""
        item = self.item
        kind, period = item["kind"], item.get("monitoring_period")
        facts: dict[str, Any] = {
            "kind": kind,
            "committee": self.decision.committee,
            "founding": self.bundle.chain[0].digest,
            "side": self.side,
            "decision": self.bundle.decision.digest,
            "number": self.decision.number,
            "title": item["title"],
            "adopted_on": self.adoption.adopted_on.isoformat(),
            "amount": self.amount,
        }
        if kind == "issuance":
            facts["subject"] = item["project"]
            facts["monitoring_period"] = [period["from"], period["to"]] if period else None
        elif kind == "correction":
            facts["subject"] = item["number"] or f"{item['decision']} item {item['item']}"
            facts["replaces"] = {"number": item["decision"], "item": item["item"]}
        return facts

    @property
    def decided(self) -> Decided:
        """The item's credits for the side; `NotIssuableError` where it decides none."""
        item, amount = self.item, self.amount
        corrects = item["kind"] == "correction"
        if corrects and item["number"] is not None:
            message = "the item corrects a title, no credits"
            raise NotIssuableError("told", message)
        return Decided(
            committee=self.founding.committee,
            founding=self.bundle.chain[0].digest,
            at=Item(self.bundle.decision.digest, self.bundle.number, self.place),
            adopted_on=self.adoption.adopted_on,
            zone=_zone(self.bundle.rulebook_text),
            amount=amount,
            shares=_shares(item["allocation"], self.side, amount),
            project=item.get("project"),
            vintage=_vintage(item["monitoring_period"]),
            corrects=(item["decision"], item["item"]) if corrects else None,
            previous=item["previous"] if corrects else None,
        )


def _require_same_world(founding: Founding, rules: Rules) -> None:
    """Nothing of a rehearsal passes in earnest, nor the other way round."""
    if founding.rehearsal and not rules.rehearsal:
        message = (
            f"the founding of {founding.committee} is a rehearsal; this registry is in earnest"
        )
        raise NotIssuableError("rehearsal", message)
    if rules.rehearsal and not founding.rehearsal:
        message = f"the founding of {founding.committee} is in earnest; this registry rehearses"
        raise NotIssuableError("rehearsal", message)


def _read(told: Told) -> Credits:
    try:
        return read_credits(told)
    except AnswerError as error:
        raise NotIssuableError("told", str(error)) from None


def _require_same(told: Told, said: Credits, facts: Mapping[str, Any]) -> None:
    expected = OF_CREDITS[told.type]
    if facts["kind"] != expected:
        message = f"{told.type} tells of item {said.item}, which is of the kind {facts['kind']}"
        raise NotIssuableError("told", message)
    if told.source != f"urn:jcm:committee:{facts['committee']}":
        message = f"the source is {told.source}, the decision is of {facts['committee']}"
        raise NotIssuableError("told", message)
    for name, fact in facts.items():
        if getattr(said, name) != fact:
            message = f"the feed tells {name} {getattr(said, name)!r}, the decision says {fact!r}"
            raise NotIssuableError("told", message)


def _shares(
    allocation: list[dict[str, Any]] | None, side: str, amount: int | None
) -> tuple[Share, ...] | None:
    """Return the side's own shares, one a holder; `NotIssuableError` unless they add up."""
    if allocation is None or amount is None:
        return None
    received: dict[str | None, int] = {}
    for share in allocation:
        if share["side"] == side:
            holder = None if share["holder"] == "government" else share["name"]
            received[holder] = received.get(holder, 0) + share["amount"]
    if sum(received.values()) != amount:
        message = f"the shares add up to {sum(received.values()):,}, the amount is {amount:,}"
        raise NotIssuableError("allocation", message)
    return tuple(Share(holder, given) for holder, given in received.items())


def _vintage(period: dict[str, str] | None) -> int | None:
    """Return the calendar year of a period; null where it runs across years."""
    if period is None:
        return None
    begins, ends = date.fromisoformat(period["from"]), date.fromisoformat(period["to"])
    return begins.year if begins.year == ends.year else None


def _zone(rulebook: str) -> ZoneInfo:
    """Return the committee's time zone, in which `adopted_on` and `issued_on` are days."""
    name = json.loads(rulebook)["committee"]["time_zone"]["value"]
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        message = f"the committee's time zone, {name}, is not known on this machine"
        raise NotIssuableError("rulebook", message) from None
