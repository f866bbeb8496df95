"""Both sides' registries, in a room where credits are decided: what they report, well or badly."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from aggregates.case.state import CaseState
from aggregates.committee.events import ReportRecorded
from governance.service.reports import report_request
from governance.service.signing import Submitted
from policies.proof.dsse import Envelope
from tests.aggregates.docket import ALLOCATED, Docket
from tests.aggregates.room import CODE

KEYS = {"JP": "jp-registry", "MN": "mn-registry"}
AMOUNTS: dict[str, int] = ALLOCATED["amounts"]


@dataclass
class Registries:
    """What the two registries of JP-MN have to say of decisions."""

    docket: Docket
    issuances: int = 0
    differing: dict[str, ReportRecorded] = field(default_factory=dict)
    """The reports that have differed, by the case that each has opened."""

    def seat(self) -> Registries:
        """Appoint whichever registry has no seat yet."""
        room = self.docket.room
        for side, person in KEYS.items():
            if person not in room.state.roster.people:
                room.appoint(side, *room.seat(person, f"Registry of {side}", ("registry",)))
        return self

    def differ(self) -> str:
        """Report one credit less than was decided; return the case that this opens."""
        found = self.seat().report(self.decide(), amount=AMOUNTS["MN"] - 1)
        assert found.case is not None
        self.differing[found.case] = found
        return found.case

    def put_right(self, case: str) -> None:
        """Replace the report that opened a case by one that says what was decided."""
        found = self.differing[case]
        name = found.envelope.value["report"]
        self.report(found.decision, report=f"{name}-2", supersedes=name)

    def issuance(self, **more: Any) -> dict[str, Any]:
        """Return an item of a month of its own: 600 credits for Japan, 400 for Mongolia."""
        decided = len(self.docket.room.state.ground.credits_of_project("MN001"))
        self.issuances = max(self.issuances, decided) + 1
        month = f"{2023 + self.issuances // 12}-{1 + self.issuances % 12:02}"
        item = {
            "kind": "issuance",
            "title": "Boilers",
            "project": "MN001",
            "monitoring_period": {"from": f"{month}-01", "to": f"{month}-28"},
        }
        return item | ALLOCATED | more

    def decide(self, *items: dict[str, Any]) -> str:
        """Let the committee decide; return the decision's number."""
        proposal = self.docket.agree(*(items or (self.issuance(),)))
        return self.docket.room.text(proposal).decision.number

    def digest(self, number: str) -> str:
        """Return the digest by which a decision is named."""
        found = {name: digest for digest, name in self.docket.room.state.decided.items()}
        return found[number]

    def said(self, number: str, side: str = "MN", **more: Any) -> dict[str, Any]:
        """Return a report as a registry writes it: all that was decided, today."""
        amount = more.get("amount", AMOUNTS[side])
        name = more.get("report", f"{side}-{number[-3:]}")
        serials = {"first": f"{side}-{name}-0001", "last": f"{side}-{name}-{amount:04}"}
        report = {
            "committee": "MN",
            "side": side,
            "decision": number,
            "item": 1,
            "report": name,
            "amount": amount,
            "serials": serials if amount else None,
            "issued_on": self.docket.today.isoformat(),
        }
        return report | more

    def envelope(self, number: str, side: str = "MN", **more: Any) -> Envelope:
        """Return the report that is to be signed."""
        said = self.said(number, side, **more)
        return report_request(self.docket.room.stage.engine.desk, said).envelope

    def submit(self, envelope: Envelope, *keys: str) -> Submitted:
        stage = self.docket.room.stage
        return stage.submit(stage.sign(envelope, *keys))

    def report(self, number: str, side: str = "MN", **more: Any) -> ReportRecorded:
        """Report with the side's own key; return what was recorded."""
        (event, *_opened) = self.submit(self.envelope(number, side, **more), KEYS[side]).events
        assert isinstance(event, ReportRecorded)
        return event

    @property
    def recorded(self) -> list[ReportRecorded]:
        return self.docket.room.events(ReportRecorded)

    def cases(self) -> list[CaseState]:
        """Return the cases of differences, in their order."""
        found = self.docket.cases.all(CODE)
        return [case for case in found if case.kind_name == "issuance_difference"]

    def reported(self, number: str, item: int = 1) -> dict[str, int]:
        """Return what is reported of an item, by side."""
        return self.docket.room.state.ground.credits[number, item].reported


def what(event: ReportRecorded) -> list[str]:
    """Return in what a report differs."""
    return [found.what.value for found in event.differences]
