"""What a case's next step needs, folded from its stream."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

import msgspec

from aggregates.case.events import Submitter
from policies.cases import CASE_KINDS, CaseKind
from policies.documents import Document
from policies.lifecycles.cases import AWAITS, Stage
from policies.proof.statements import RulebookName


class Request(msgspec.Struct, frozen=True):
    """A request of the third-party entity, and how far it is."""

    request: str
    what: str
    text: str
    answered: bool = False
    resolved: bool = False

    @property
    def bars(self) -> bool:
        """Whether no positive opinion may be given yet: forward actions wait for verification."""
        return self.what != "FAR" and not self.resolved


class Opinion(msgspec.Struct, frozen=True):
    """The third-party entity's opinion, as items name it."""

    opinion: Literal["positive", "negative"]
    entity: str
    report: str
    on: date
    quantity: int | None


class Entry(msgspec.Struct, frozen=True):
    """A step of the case at its place in the stream: what it was, on which day, to which stage."""

    topic: str
    on: date
    stage: Stage


class Tabled(msgspec.Struct, frozen=True):
    """Where on the committee's table the case lies."""

    proposal: int
    version: int
    item: int
    number: str | None


class Window(msgspec.Struct, frozen=True):
    """The days of the public's inputs; both count."""

    opens: date
    closes: date
    closed: bool = False


class CaseState(msgspec.Struct):
    """One case. `entered` is the day on which it came to its stage; `entries` has every step."""

    case: str
    committee: str
    kind_name: str
    title: str
    number: str | None
    submitter: Submitter
    asks: dict[str, Any]
    documents: tuple[Document, ...]
    rulebook: RulebookName
    after: int
    supersedes: str | None
    stage: Stage
    opened: date
    entered: date
    last_on: date
    last_at: datetime
    version: int = 0
    planned: str | None = None
    complete_on: date | None = None
    window: Window | None = None
    inputs: int = 0
    issues: tuple[str, ...] = ()
    requests: dict[str, Request] = msgspec.field(default_factory=dict)
    opinion: Opinion | None = None
    tabled: Tabled | None = None
    extended_until: date | None = None
    adoptions: tuple[str, ...] = ()
    entries: dict[int, Entry] = msgspec.field(default_factory=dict)

    @property
    def kind(self) -> CaseKind:
        """The kind's declaration."""
        return CASE_KINDS[self.kind_name]

    @property
    def is_open(self) -> bool:
        """Whether a step leads on from here."""
        return self.stage not in self.kind.lifecycle.ends

    @property
    def awaits(self) -> str | None:
        """Who has to act; null where the case has ended."""
        if not self.is_open:
            return None
        return "committee" if self.tabled is not None else AWAITS[self.stage]

    @property
    def name(self) -> str:
        """What people call it."""
        return f"{self.case} ({self.number or self.title})"

    @property
    def open_requests(self) -> tuple[Request, ...]:
        """The requests of the entity that bar a positive opinion."""
        return tuple(request for request in self.requests.values() if request.bars)
