"""What the sides' registries report of what they have issued: signed, mostly as it was decided.

How many of the decided amounts are reported, and how soon, is as in the real decisions; how often a
report differs at first no source says: that share is this file's choice.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from aggregates.case.events import CaseSubmitted, DifferenceReconciled, Submitter
from aggregates.committee.events import CaseOpened, ReportRecorded
from aggregates.committee.reporting import report_of
from policies.cases import CASE_KINDS
from policies.items.issuance import Issuance
from policies.lifecycles.cases import Stage
from policies.proof.statements import Acknowledgement, RulebookName, Serials
from policies.reports import Decided, Reports, differences
from tests.benchmarks.agenda import Recorded
from tests.benchmarks.cases import Aside
from tests.benchmarks.signers import envelope_of

if TYPE_CHECKING:
    from tests.benchmarks.proceedings import Proceedings
    from tests.benchmarks.texts import Text

_DIFFERS = 0.05
"""Of the reports: they say one credit less, until a later one replaces them."""
_KIND = CASE_KINDS["issuance_difference"]


class _Issued(NamedTuple):
    """What a side's registry has issued: the amount that an item of a decision gave the side."""

    text: Text
    place: int
    side: str
    amount: int


class Registries:
    """Both sides' registries of one committee."""

    def __init__(self, room: Proceedings) -> None:
        self.room = room
        self.reports = Reports()
        self._last: dict[str, int] = {}

    def follow(self, text: Text, at: datetime) -> None:
        """Put the reports of an adopted decision's credits on the agenda."""
        room, day = self.room, self.room.offset(at)
        for place, item in enumerate(text.items, start=1):
            for side, amount in item.amounts.items() if isinstance(item, Issuance) else ():
                if amount and room.rng.random() < room.mix.reported:
                    lag = room.rng.choice(room.mix.days_to_reports) + 0.5 + room.rng.random() / 2
                    room.on(day + lag, partial(self._report, _Issued(text, place, side, amount)))

    def _report(self, issued: _Issued, at: datetime) -> Recorded:
        """Report what a side has issued; what differs opens a case, and is put right later."""
        room = self.room
        differs = issued.amount > 1 and room.rng.random() < _DIFFERS
        report = self._recorded(issued, issued.amount - differs, None, at)
        if not report.differences:
            return [report]
        opened = CaseOpened(at=at, case=str(report.case), kind=_KIND.name, number=None)
        before = str(report.envelope.value["report"])
        day = room.offset(at) + room.rng.uniform(3, 20)
        room.on(day, partial(self._put_right, issued, before))
        return [report, opened, self._opened(report, at)]

    def _put_right(self, issued: _Issued, before: str, at: datetime) -> Recorded:
        """Replace a report that differed, which ends its case."""
        report = self._recorded(issued, issued.amount, before, at)
        reconciled = DifferenceReconciled(
            at=at,
            on=self.room.day_of(at),
            by=None,
            stage=Stage.RECONCILED,
            report=report.envelope.digest,
        )
        return [report, Aside(str(report.case), reconciled)]

    def _recorded(
        self, issued: _Issued, amount: int, supersedes: str | None, at: datetime
    ) -> ReportRecorded:
        room, side, number, place = self.room, issued.side, issued.text.number, issued.place
        said = self._said(issued, amount, supersedes, at)
        person = room.seats.person(side, "registry")
        envelope = envelope_of(said)
        envelope = envelope.signed_by(room.seats.signers[person].sign(envelope))
        found = report_of(said, envelope.digest, number, place)
        differing = tuple(differences(found, self.reports, Decided(issued.amount, said.issued_on)))
        case = self.reports.case_of(side, number, place)
        if differing and case is None:
            case = room.next_case()
        self.reports.take(found, case)
        return ReportRecorded(
            at=at,
            on=said.issued_on,
            side=side,
            person=person,
            decision=number,
            item=place,
            project=issued.text.items[place - 1].subject,
            differences=differing,
            case=case,
            envelope=envelope,
        )

    def _said(
        self, issued: _Issued, amount: int, supersedes: str | None, at: datetime
    ) -> Acknowledgement:
        seats, side = self.room.seats, issued.side
        first = self._last.get(side, 0) + 1
        last = self._last[side] = first + amount - 1
        begins = f"{seats.code}-{side}-"
        return Acknowledgement(
            committee=seats.code,
            founding=seats.roster.founding,
            side=side,
            decision=issued.text.envelope.digest,
            item=issued.place,
            report=f"{begins}{len(self.reports.known) + 1:05}",
            amount=amount,
            serials=Serials(first=f"{begins}{first:09}", last=f"{begins}{last:09}"),
            issued_on=self.room.day_of(at),
            supersedes=supersedes,
        )

    def _opened(self, report: ReportRecorded, at: datetime) -> Aside:
        room, case = self.room, str(report.case)
        registry = room.seats.roster.people[report.person].name
        event = CaseSubmitted(
            at=at,
            on=room.day_of(at),
            by=None,
            stage=Stage.REVIEW,
            case=case,
            committee=room.seats.code,
            kind=_KIND.name,
            title=f"{report.side} reports otherwise than {report.decision} item {report.item}",
            number=None,
            submitter=Submitter(name=registry, side=report.side),
            asks={"decision": report.decision, "item": report.item},
            documents=(),
            rulebook=RulebookName(version=room.rulebook.version, digest=room.rulebook.digest),
            after=room.version + 2,
            supersedes=None,
        )
        return Aside(case, event)
