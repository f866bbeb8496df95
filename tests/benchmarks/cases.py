"""A case of a history's docket as the secretariat keeps it: its papers, the events of its steps."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from aggregates.case import events
from aggregates.case.events import CaseEvent
from aggregates.case.evolve import evolve
from aggregates.case.state import CaseState
from aggregates.event import Event
from policies.calendar import last_day
from policies.cases import CASE_KINDS, CaseKind
from policies.documents import Document
from policies.items import AnyItem
from policies.items.entities import Designation, ScopeExtension
from policies.items.issuance import Issuance, Verification
from policies.items.methodologies import MethodologyApproval, MethodologyRevision
from policies.items.projects import IdeaNote, Registration, Validation
from policies.lifecycles.cases import Stage, Step
from policies.proof.canonical import digest
from policies.proof.statements import RulebookName
from policies.rulebook import RulebookText
from policies.sides import JAPAN

if TYPE_CHECKING:
    from tests.benchmarks.proceedings import Proceedings

ASKED = (
    MethodologyApproval,
    MethodologyRevision,
    Designation,
    ScopeExtension,
    Registration,
    Issuance,
    IdeaNote,
)
"""The items of real decisions for which somebody asks by a case."""
_AT_THE_REQUEST = ("quantity", "amounts", "allocation")
"""What participants say once the amount is verified."""
REASON = "The participants think it over."


class Aside(NamedTuple):
    """An event of another stream than the committee's, recorded beside its events."""

    stream: str
    event: Event


class HistoryCase:
    """A case from its submission on; each step returns its event, beside the committee's."""

    def __init__(self, room: Proceedings, name: str, item: AnyItem) -> None:
        self.room, self.name, self.item = room, name, item
        self.kind: CaseKind = CASE_KINDS[item.asked_by[0]]
        self.rulebook: RulebookText = room.rulebook
        self.state: CaseState

    # Papers

    def submit(self, number: str | None, after: int, at: datetime) -> Aside:
        """Hand everything in with which the case begins."""
        noted = isinstance(self.item, IdeaNote)
        step = Step.SUBMIT_IDEA_NOTE if noted else Step.SUBMIT
        lifecycle = self.kind.lifecycle
        event = events.CaseSubmitted(
            at=at,
            on=self.room.day_of(at),
            by=self._keeper,
            stage=lifecycle.after(step, lifecycle.first, self.name),
            case=self.name,
            committee=self.room.seats.code,
            kind=self.kind.name,
            title=self.item.title,
            number=number,
            submitter=events.Submitter(name="The participants", side=self.room.subjects.partner),
            asks={} if noted else self._asks(),
            documents=self._papers(step, Step.PUBLISH if self.kind.work else Step.FIND_COMPLETE),
            rulebook=RulebookName(version=self.rulebook.version, digest=self.rulebook.digest),
            after=after,
            supersedes=None,
        )
        self.state = evolve(None, event)
        return Aside(self.name, event)

    def submit_design(self, number: str, item: AnyItem, at: datetime) -> Aside:
        """Go on from a planned project to its design document."""
        self.item = msgspec.structs.replace(item, title=self.item.title)
        step = self._step(Step.SUBMIT_DESIGN, at)
        papers = self._papers(Step.PUBLISH)
        return self._took(
            events.DesignSubmitted(**step, number=number, asks=self._asks(), documents=papers)
        )

    def find_editorial(self, at: datetime) -> Aside:
        """Ask for editorial corrections."""
        issues = ("The page numbers are missing.",)
        return self._took(
            events.EditorialIssuesFound(**self._step(Step.FIND_EDITORIAL, at), issues=issues)
        )

    def correct(self, at: datetime) -> Aside:
        """Hand in the corrected papers."""
        papers = tuple(self._paper(d.kind, "1.1") for d in self.state.documents[:1])
        step = self._step(Step.CORRECT, at)
        return self._took(events.Corrected(**step, documents=papers))

    def find_complete(self, at: datetime) -> Aside:
        """Find the papers complete."""
        return self._took(events.FoundComplete(**self._step(Step.FIND_COMPLETE, at)))

    # The public

    def publish(self, at: datetime) -> Aside:
        """Publish the papers for the public's inputs."""
        clocks = self.rulebook.rulebook.clocks
        assert clocks is not None
        assert self.kind.window is not None
        opens = self.room.day_of(at)
        days = getattr(clocks, self.kind.window).value
        closes = last_day(opens, days, both_ends_count=clocks.windows_count_both_ends.value)
        step = self._step(Step.PUBLISH, at)
        return self._took(events.PublishedForInputs(**step, opens=opens, closes=closes))

    def comment(self, at: datetime) -> Aside:
        """Take an input of the public."""
        step = self._step(Step.COMMENT, at)
        said: dict[str, Any] = {"author": "A neighbour", "text": "How loud will it be at night?"}
        return self._took(events.InputReceived(**step, **said, public=self.room.rng.random() < 0.8))

    def close_inputs(self, at: datetime) -> Aside:
        """Let the window for inputs close: its last day is over."""
        assert self.state.window is not None
        step = self._step(Step.CLOSE_INPUTS, at) | {"on": self.state.window.closes, "by": None}
        return self._took(events.InputsClosed(**step))

    # The audit, and the request that follows it

    def raise_request(self, at: datetime) -> Aside:
        """Let the third-party entity raise a request."""
        step, text = self._step(Step.RAISE, at), "The capacity is said in two ways."
        return self._took(events.RequestRaised(**step, request="CL1", what="CL", text=text))

    def answer(self, at: datetime) -> Aside:
        """Answer the request."""
        step, text = self._step(Step.ANSWER, at), "It is 12.7 MW; the document is corrected."
        return self._took(events.RequestAnswered(**step, request="CL1", text=text, documents=()))

    def resolve(self, at: datetime) -> Aside:
        """Let the entity accept the answer."""
        return self._took(events.RequestResolved(**self._step(Step.RESOLVE, at), request="CL1"))

    def opine(self, at: datetime) -> Aside:
        """Let the entity give a positive opinion."""
        report = self._audit
        verified = isinstance(report, Verification)
        return self._took(
            events.OpinionGiven(
                **self._step(Step.OPINE_POSITIVE, at),
                opinion="positive",
                entity=report.entity,
                report=f"{self.state.number or self.name} {self.kind.work} report",
                quantity=report.quantity if isinstance(report, Verification) else None,
                documents=self._papers(Step.OPINE_POSITIVE) if verified else (),
            )
        )

    def request(self, at: datetime) -> Aside:
        """Ask the committee to decide."""
        asks = {}
        if isinstance(self.item, Issuance):
            members = _members(self.item)
            accounts = [
                {"side": side, "holder": f"Participant of {side}", "account": f"{side}-0001"}
                for side in self.item.amounts
            ]
            asks = {name: members[name] for name in _AT_THE_REQUEST} | {"accounts": accounts}
        step = self._step(Step.REQUEST, at)
        papers = self._papers(Step.REQUEST, Step.FIND_COMPLETE)
        return self._took(events.DecisionRequested(**step, asks=asks, documents=papers))

    def withdraw(self, at: datetime) -> Aside:
        """Take the case back."""
        step = self._step(Step.WITHDRAW, at)
        papers = self._papers(Step.WITHDRAW) if self.state.stage is Stage.READY else ()
        return self._took(events.CaseWithdrawn(**step, reason=REASON, documents=papers))

    # The committee's table

    def decided_item(self) -> AnyItem:
        """Return the item that the committee decides on: what was asked for, as it was audited."""
        opinion = self.state.opinion
        number = self.state.number if isinstance(self.item, Registration) else None
        if isinstance(self.item, MethodologyApproval):
            return msgspec.structs.replace(self.item, proposed=self.state.number)
        if isinstance(self.item, IdeaNote):
            return msgspec.structs.replace(self.item, number=self.state.planned)
        if opinion is None:
            return self.item
        audit = msgspec.structs.replace(self._audit, report=opinion.report, on=opinion.on)
        changes = {str(self.kind.work): audit} | ({} if number is None else {"number": number})
        changed: AnyItem = msgspec.structs.replace(self.item, **changes)
        return changed

    def table(self, proposal: int, version: int, item: int, number: str, at: datetime) -> Aside:
        """Lay the case on the committee's table."""
        step = self._step(Step.TABLE, at)
        where: dict[str, Any] = {
            "proposal": proposal,
            "version": version,
            "item": item,
            "number": number,
        }
        return self._took(events.CaseTabled(**step, **where))

    def untable(self, reason: str, at: datetime) -> Aside:
        """Take the case off the table, because its proposal ended."""
        tabled = self.state.tabled
        assert tabled is not None
        step = self._step(Step.UNTABLE, at) | {"on": self.state.last_on, "by": None}
        return self._took(events.CaseUntabled(**step, proposal=tabled.proposal, reason=reason))

    def decide(self, number: str, adoption: str, item: AnyItem, day: date, at: datetime) -> Aside:
        """Follow the committee's decision."""
        tabled = self.state.tabled
        assert tabled is not None
        return self._took(
            events.CaseDecided(
                **self._step(Step.ACCEPT, at) | {"on": day, "by": None},
                decision=number,
                adoption=adoption,
                item=tabled.item,
                kind=item.kind,
                outcome=item.conclusion,
                reason=None,
                until=None,
            )
        )

    # What every step says

    @property
    def _keeper(self) -> str:
        return self.room.seats.person(JAPAN, "deputy")

    @property
    def _audit(self) -> Validation | Verification:
        report = getattr(self.item, str(self.kind.work))
        assert isinstance(report, Validation | Verification)
        return report

    def _step(self, step: Step, at: datetime) -> dict[str, Any]:
        stage = self.kind.lifecycle.after(step, self.state.stage, self.name)
        return {"at": at, "on": self.room.day_of(at), "by": self._keeper, "stage": stage}

    def _took(self, event: CaseEvent) -> Aside:
        self.state = evolve(self.state, event)
        return Aside(self.name, event)

    def _asks(self) -> dict[str, Any]:
        """Return what the participants ask for, with the gases, and the entity that audits."""
        known = self.kind.members()
        members = _members(self.item)
        asks = {
            name: value
            for name, value in members.items()
            if name in known and name not in _AT_THE_REQUEST and value is not None
        }
        gases = self.rulebook.rulebook.eligibility.gases
        if gases is not None:
            asks["gases"] = [gases.value[0]]
        return asks if self.kind.work is None else asks | {"entity": self._audit.entity}

    def _papers(self, *steps: Step) -> tuple[Document, ...]:
        wanted = (self.kind.required(step, self.rulebook.rulebook) for step in steps)
        return self._each(name for names in wanted for name in names)

    def _each(self, kinds: Iterable[str]) -> tuple[Document, ...]:
        return tuple(self._paper(kind, "1.0") for kind in dict.fromkeys(kinds))

    def _paper(self, kind: str, version: str) -> Document:
        """Return a document; every third has a confidential version beside the public one."""
        said = f"{self.name} {kind} {version}"
        hidden = digest(f"{said} in full".encode()) if len(kind) % 3 == 0 else None
        return Document(
            kind=kind,
            title=kind.replace("_", " "),
            version=version,
            public=digest(said.encode()),
            confidential=hidden,
        )


def _members(item: AnyItem) -> dict[str, Any]:
    """Return an item's members as JSON has them."""
    members: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(item))
    return members
