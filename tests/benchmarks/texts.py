"""One proposal of a history: its text as it is frozen, and what has been said on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from aggregates.case.item import item_of
from policies.calendar import end_of, last_day
from policies.items import AnyItem
from policies.proof.canonical import digest
from policies.proof.dsse import Envelope, Signature
from policies.proof.statements import (
    Annex,
    AtMeeting,
    ByElectronicMeans,
    Decision,
    ProposalName,
    RulebookName,
)
from policies.rulebook import RulebookText
from tests.benchmarks.cases import HistoryCase
from tests.benchmarks.seats import Seats
from tests.benchmarks.signers import envelope_of


@dataclass
class Text:
    """A proposal; what is said on one version of its text is void on the next.

    `cases` are those that its items answer, all or none. `new_rulebook` is the one that it puts in
    force, if it does. `signed` holds each signer's side and signature, `assertions` the digest of
    each person's affirmation.
    """

    proposal: int
    number: str
    items: tuple[AnyItem, ...]
    cases: tuple[HistoryCase, ...] = ()
    new_rulebook: RulebookText | None = None
    version: int = 1
    answers: tuple[str, ...] = ()
    signed: dict[str, tuple[str, Signature]] = field(default_factory=dict)
    assertions: dict[str, str] = field(default_factory=dict)
    objected: bool = False
    ended: bool = False

    def __post_init__(self) -> None:
        self.procedure: AtMeeting | ByElectronicMeans
        self.envelope: Envelope
        self.sent: Envelope
        self.closes_at: datetime
        self._drafted = [_drafted(item) for item in self.items]
        if self.cases:
            answered = zip(self.cases, self.items, strict=True)
            self._drafted = [item_of(case.state, _short(case, item)) for case, item in answered]

    def freeze(self, seats: Seats, text: RulebookText, procedure: AtMeeting | date) -> None:
        """Fix the text under the rulebook in force: for a meeting, or to be distributed today."""
        rules = text.rulebook.decisions
        if isinstance(procedure, AtMeeting):
            begins = procedure.date
            self.procedure = procedure
        else:
            begins = procedure
            closes = last_day(
                begins,
                rules.electronic_window_days.value,
                both_ends_count=rules.electronic_window_both_ends_count.value,
            )
            self.procedure = ByElectronicMeans(distributed=begins, closes=closes)
            self.closes_at = end_of(closes, text.rulebook.zone)
        statement = Decision(
            committee=seats.code,
            founding=seats.roster.founding,
            number=self.number,
            proposal=ProposalName(id=self.proposal, version=self.version),
            procedure=self.procedure,
            rulebook=RulebookName(version=text.version, digest=text.digest),
            roster=seats.digest,
            checkpoint=None,
            items=self.items,
            annexes=tuple(
                Annex(title=title, digest=digest(said.encode())) for title, said in self._annexes
            ),
            text=self._says,
            answers=self.answers,
            expires=begins + timedelta(days=rules.text_expires_within_days.value),
        )
        self.envelope = envelope_of(statement)

    def revise(self, objection: str) -> None:
        """Begin the next version, which answers an objection."""
        self.version += 1
        self.answers = tuple(sorted({*self.answers, objection}))
        self.signed, self.assertions, self.objected = {}, {}, False

    @property
    def content(self) -> dict[str, Any]:
        """The draft as a secretariat writes it: what the committee itself gives is left out."""
        procedure = {"kind": "electronic"}
        if isinstance(self.procedure, AtMeeting):
            procedure = {"kind": "meeting", "meeting": self.procedure.meeting}
        answered = [
            {"item": place, "case": case.name} for place, case in enumerate(self.cases, start=1)
        ]
        return {
            "procedure": procedure,
            "items": self._drafted,
            "text": self._says,
            "annexes": [{"title": title, "text": said} for title, said in self._annexes],
            **({"cases": answered} if answered else {}),
        }

    @property
    def annexes(self) -> dict[str, str]:
        """The annexes by digest."""
        return {digest(said.encode()): said for _title, said in self._annexes}

    @property
    def sides(self) -> set[str]:
        """The sides that have signed."""
        return {side for side, _signature in self.signed.values()}

    @property
    def answered(self) -> set[str]:
        """The people who have signed or affirmed."""
        return {*self.assertions, *self.signed}

    @property
    def _annexes(self) -> list[tuple[str, str]]:
        new = self.new_rulebook
        return [] if new is None else [(f"Rulebook {new.version}", new.text)]

    @property
    def _says(self) -> dict[str, str]:
        subjects = "; ".join(item.title for item in self.items)
        answer = " The objection raised was discussed and is answered." if self.answers else ""
        return {
            "en": f"The Joint Committee decides, by consensus of both sides: {subjects}.{answer}"
        }


def _short(case: HistoryCase, item: AnyItem) -> dict[str, Any]:
    """Name a case as a secretariat does in a draft, with an outcome other than accepted."""
    result = getattr(item, "result", "approved")
    return {"case": case.name} | ({} if result == "approved" else {"outcome": result})


def _drafted(item: AnyItem) -> dict[str, Any]:
    """Leave out what is filled in when the text is frozen."""
    members: dict[str, Any] = msgspec.to_builtins(item)
    members.pop("previous", None)
    if item.mints is not None:
        del members["number"]
    return {name: member for name, member in members.items() if member is not None}
