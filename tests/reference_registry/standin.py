"""An engine that stands in for the real one: its public contract, over real, signed decisions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import httpx2
import msgspec

from policies.items.allocation import Share
from policies.items.corrections import Correction
from policies.items.issuance import Issuance
from policies.items.kind import Item
from policies.proof.acknowledging import check_acknowledgement
from policies.proof.bundle import Bundle
from policies.proof.dsse import Envelope
from policies.proof.reading import read
from policies.proof.statements import Acknowledgement
from policies.refusals import Refusal
from policies.rulebook import RulebookText
from policies.sides import Role
from tests.policies import bench as benches
from tests.policies.bench import Bench, add_key, appoint, issuance
from tests.policies.keyring import Pen, ed25519_pen

URL = "http://engine.example"
REPORTED_ON = date(2026, 7, 1)
Fault = Callable[[httpx2.Request], httpx2.Response | None]


def registry_pen(side: str) -> Pen:
    return ed25519_pen(f"{side} registry")


@dataclass
class Decision:
    """A decision with its bundle, and its digest."""

    number: str
    digest: str
    bundle: bytes
    events: list[dict[str, Any]]


@dataclass
class StandIn:
    """JP-MN with a registry on each side; `before` may answer in its place, or fail."""

    bench: Bench
    decisions: dict[str, Decision] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)
    """Numbers of decisions whose bundle is not there yet."""
    posted: list[bytes] = field(default_factory=list)
    accepted: dict[tuple[str, str], Envelope] = field(default_factory=dict)
    kept: Path | None = None
    """A file that outlives the process, with the reports that were accepted."""
    before: Fault | None = None
    after: Fault | None = None
    """Asked when all is done: what it answers, or raises, is what the registry sees."""

    @classmethod
    def seated(cls, *, rehearsal: bool = False, rulebook: RulebookText | None = None) -> StandIn:
        bench = benches.seated(rehearsal=rehearsal, rulebook=rulebook)
        for side in ("JP", "MN"):
            pen, person = registry_pen(side), f"{side.lower()}-registry"
            role = appoint(person, Role.REGISTRY)
            bench.appoint(side, role, add_key(person, pen), pens=[pen])
        return cls(bench)

    @property
    def trust(self) -> dict[str, dict[str, str]]:
        return {code: {"founding": digest} for code, digest in self.bench.trust.items()}

    # What the committee decides

    def decide(self, *items: Item, told: bool = True) -> Decision:
        """Adopt a decision; its events stand in the feed of both sides, unless nobody tells."""
        number = f"JP-MN/2026/{len(self.decisions) + 1:03d}"
        statement = self.bench.decision(number=number, items=items)
        bundle = self.bench.bundle(statement)
        made = Decision(number, bundle.decision.digest, bundle.to_bytes(), [])
        self.decisions[number] = made
        for place, item in enumerate(items, start=1):
            for side in ("JP", "MN"):
                told_as = self._event(made, bundle, item, place, side)
                made.events.append(told_as)
        if told:
            self.events += made.events
        return made

    def _event(
        self, made: Decision, bundle: Bundle, item: Item, place: int, side: str
    ) -> dict[str, Any]:
        data: dict[str, Any] = {
            "committee": "JP-MN",
            "founding": self.bench.founding,
            "side": side,
            "decision": made.digest,
            "number": made.number,
            "item": place,
            "kind": item.kind,
            "subject": item.subject,
            "title": item.title,
            "adopted_on": benches.MEETING_DAY.isoformat(),
            "rulebook": self.bench.rulebook.version,
            "envelope": bundle.decision.to_json(),
            "adoption": bundle.adoption.to_json(),
            "bundle": f"/v1/decisions/{made.number}/bundle",
        }
        if isinstance(item, Issuance):
            period = item.monitoring_period
            data["amount"] = item.amounts[side]
            data["monitoring_period"] = [period.begins.isoformat(), period.ends.isoformat()]
        if isinstance(item, Correction):
            data["amount"] = None if item.amounts is None else item.amounts[side]
            data["replaces"] = {"number": item.decision, "item": item.item}
        sequence = (len(self.decisions) * 10_000) + len(made.events)
        return {
            "specversion": "1.0",
            "id": f"{made.number}#{place}/{side}/{item.notifies}",
            "source": "urn:jcm:committee:JP-MN",
            "type": item.notifies,
            "time": "2026-06-10T05:00:00Z",
            "subject": item.subject,
            "datacontenttype": "application/json",
            "sequence": f"{sequence:019d}",
            "data": data,
        }

    def recall(self, kept: Path) -> None:
        """Begin with what another process of this engine has accepted, and nothing else."""
        self.posted.clear()
        self.accepted.clear()
        for body in kept.read_bytes().splitlines() if kept.exists() else ():
            self._acknowledge(body)

    # What it answers

    def transport(self) -> httpx2.MockTransport:
        return httpx2.MockTransport(self._handle)

    def _handle(self, request: httpx2.Request) -> httpx2.Response:
        if self.before is not None and (instead := self.before(request)) is not None:
            return instead
        answer = self._answer(request)
        if self.after is not None and (instead := self.after(request)) is not None:
            return instead
        return answer

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        path = request.url.path
        if (request.method, path) == ("POST", "/v1/acknowledgements"):
            return self._acknowledge(request.read())
        if path == "/v1/feed":
            return self._feed(dict(request.url.params))
        number = path.removeprefix("/v1/decisions/").removesuffix("/bundle")
        if number not in self.decisions or number in self.missing:
            return problem(404, "not-found", f"no decision {number}")
        return httpx2.Response(200, content=self.decisions[number].bundle)

    def _feed(self, asked: dict[str, str]) -> httpx2.Response:
        after, limit = int(asked["after"]), int(asked["limit"])
        mine = [
            event
            for event in self.events
            if event["data"].get("side") == asked["side"] and int(event["sequence"]) > after
        ]
        page = sorted(mine, key=lambda event: int(event["sequence"]))[:limit]
        return httpx2.Response(
            200,
            content=msgspec.json.encode(page),
            headers={"Content-Type": "application/cloudevents-batch+json"},
        )

    def _acknowledge(self, body: bytes) -> httpx2.Response:
        self.posted.append(body)
        try:
            envelope = Envelope.from_bytes(body)
            check_acknowledgement(self.bench.roster, envelope, REPORTED_ON)
            said = read(envelope, Acknowledgement)
        except Refusal as refusal:
            return problem(422, refusal.name, str(refusal))
        key = (said.side, said.report)
        known = self.accepted.get(key)
        if known is not None and known.digest == envelope.digest:
            return httpx2.Response(200)
        if known is not None:
            return problem(409, "report", f"report {said.report} was recorded with other content")
        if said.supersedes is not None and (said.side, said.supersedes) not in self.accepted:
            return problem(404, "not-found", f"{said.supersedes} was never reported")
        self.accepted[key] = envelope
        if self.kept is not None:
            with self.kept.open("ab") as file:
                file.write(body + b"\n")
        return httpx2.Response(201)

    # What is reported to it

    def reports(self, side: str = "JP") -> list[Acknowledgement]:
        """Return what a side has reported, in order."""
        said = [
            msgspec.json.decode(e.payload, type=Acknowledgement) for e in self.accepted.values()
        ]
        return [report for report in said if report.side == side]


def problem(status: int, title: str, detail: str) -> httpx2.Response:
    return httpx2.Response(status, json={"title": title, "detail": detail, "status": status})


def credits(jp: int, mn: int, *shares: Share, project: str = "MN001", **more: Any) -> Issuance:
    """Return an item that decides credits; with shares, of both sides."""
    return issuance(
        project=project,
        quantity=jp + mn,
        amounts={"JP": jp, "MN": mn},
        allocation=shares or None,
        **more,
    )


def corrects(
    first: Decision, last: Decision, amounts: tuple[int, int] | None, *shares: Share, item: int = 1
) -> Correction:
    """Return an item that says anew what an item of a decision decided; `last` set it last."""
    return Correction(
        title="Heat-only boilers in Ulaanbaatar",
        decision=first.number,
        item=item,
        number=None,
        new_title=None,
        quantity=None if amounts is None else sum(amounts),
        amounts=None if amounts is None else dict(zip(("JP", "MN"), amounts, strict=True)),
        allocation=shares or None,
        monitoring_period=None if amounts is not None else issuance().monitoring_period,
        reason="A meter was read twice.",
        previous=last.digest,
    )


def government(side: str, amount: int) -> Share:
    return Share(side=side, holder="government", name=f"Government of {side}", amount=amount)


def private(side: str, name: str, amount: int) -> Share:
    return Share(side=side, holder="private", name=name, amount=amount)
