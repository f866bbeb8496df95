"""The item by which a committee makes its imported record ground for new decisions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import ClassVar

from policies import history
from policies.facts import AnyFact
from policies.findings import Finding, refuse
from policies.items.kind import Digest, Item, Occasion, Quantity
from policies.refusals import Refusal


class HistoryAdoption(Item, frozen=True, kw_only=True, tag="history_adoption"):
    """The committee adopts the record up to a day; the record is an annex, named by digest."""

    outcome: ClassVar = "adopted"

    up_to: date
    record: Digest
    decisions: Quantity
    items: Quantity
    credits: Quantity

    def stands(self, occasion: Occasion) -> Iterator[Finding]:
        """Check that the annexed record is the one that the item counts, of this committee."""
        text = occasion.annexes.get(self.record)
        if text is None:
            yield refuse("record", "the record is not among the annexes")
            return
        try:
            record = history.parse_record(text)
        except Refusal as refusal:
            yield refuse("record", str(refusal))
            return
        yield from self._check_record(record, occasion)

    def facts(self) -> Iterator[AnyFact]:
        """Yield nothing: the rows of the record are facts of their own decisions."""
        yield from ()

    def _check_record(self, record: history.Record, occasion: Occasion) -> Iterator[Finding]:
        if record.committee != occasion.committee.code:
            yield refuse("record", f"the record is that of {record.committee}")
        if record.up_to != self.up_to:
            yield refuse("record", f"the record reaches {record.up_to}, the item {self.up_to}")
        late = [d.number for d in record.decisions if d.on is None or d.on > self.up_to]
        if late:
            yield refuse("record", f"{', '.join(late)} is undated or after {self.up_to}")
        counted = {"decisions": self.decisions, "items": self.items, "credits": self.credits}
        if record.totals != counted:
            yield refuse("record", f"the record counts {record.totals}, the item {counted}")
        if self.up_to > occasion.day:
            yield refuse("record", f"{self.up_to} lies in the future")
