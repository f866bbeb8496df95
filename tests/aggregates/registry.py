"""Mongolia's registry beside the docket: it reports what it has issued, rightly or not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from aggregates.committee.events import ReportRecorded
from governance.service.reports import report_request
from tests.aggregates.docket import ALLOCATED, Docket

REGISTRY = ("mn-registry", "Registry of Mongolia", ("registry",))
DECIDED = ALLOCATED["amounts"]["MN"]


@dataclass
class Registry:
    """Reports of one side, each under a name of its own."""

    docket: Docket
    decided: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By case: the decision and the report in which it differs."""
    reports: int = 0

    def differ(self) -> str:
        """Report another amount than was decided; return the case that this opens."""
        room = self.docket.room
        if REGISTRY[0] not in room.state.roster.people:
            room.appoint("MN", *room.seat(*REGISTRY))
        number = self._decide_credits()
        case = self._report(number, DECIDED - 1)
        self.decided[case] = (number, f"MN-{self.reports}")
        return case

    def put_right(self, case: str) -> None:
        """Replace the report by one that says what was decided."""
        number, report = self.decided[case]
        self._report(number, DECIDED, supersedes=report)

    def _decide_credits(self) -> str:
        """Let the committee decide a month's credits of MN001; return the decision's number."""
        begins = date(2021 + self.reports // 12, 1 + self.reports % 12, 1)
        ends = begins + timedelta(days=27)
        period = {"from": begins.isoformat(), "to": ends.isoformat()}
        item = {"kind": "issuance", "title": "Boilers", "project": "MN001"}
        proposal = self.docket.agree(item | ALLOCATED | {"monitoring_period": period})
        return self.docket.room.text(proposal).decision.number

    def _report(self, number: str, amount: int, **more: Any) -> str:
        self.reports += 1
        stage = self.docket.room.stage
        block = f"MN-{self.reports:04}"
        said = {
            "committee": "MN",
            "side": "MN",
            "decision": number,
            "item": 1,
            "report": f"MN-{self.reports}",
            "amount": amount,
            "serials": {"first": f"{block}-0001", "last": f"{block}-{amount:04}"},
            "issued_on": self.docket.today.isoformat(),
        }
        request = report_request(stage.engine.desk, said | more)
        stage.submit(stage.sign(request.envelope, REGISTRY[0]))
        recorded = self.docket.room.events(ReportRecorded)[-1]
        assert recorded.case is not None
        return recorded.case
