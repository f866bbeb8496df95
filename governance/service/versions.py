"""The versions of a proposal's text: what each one said, and what was said on it.

Read from the committee's stream, from the first draft on, which is looked for by halves: proposals
are counted in the order in which they were first drafted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from aggregates.committee.events import (
    DecisionAdopted,
    DecisionSigned,
    ProposalClosed,
    ProposalDistributed,
    ProposalDrafted,
    ProposalFrozen,
    ReceiptGiven,
)
from aggregates.store.record import Record
from policies.preflight import Examined
from policies.proof.reading import read_recorded
from policies.proof.statements import Decision

KINDS = (
    ProposalDrafted,
    ProposalFrozen,
    ProposalDistributed,
    DecisionSigned,
    ReceiptGiven,
    ProposalClosed,
    DecisionAdopted,
)


_RECENT = 200
"""Events at the end of a stream among which an open proposal's first draft mostly is."""


@dataclass
class Version:
    """One version: a draft, or a fixed text. Texts by language, annexes by title, items as signed.

    Of a draft the items are as the secretariat wrote them: what the committee gives is not there.
    """

    version: int
    drafted: datetime
    content: dict[str, Any]
    frozen: ProposalFrozen | None = None
    distributed: datetime | None = None
    heard: list[ReceiptGiven] = field(default_factory=list)
    signed: list[DecisionSigned] = field(default_factory=list)

    @property
    def decision(self) -> Decision | None:
        """What is signed; null of a draft."""
        return None if self.frozen is None else read_recorded(self.frozen.decision, Decision)

    @property
    def preflight(self) -> tuple[Examined, ...]:
        """What every check said when the text was fixed."""
        return () if self.frozen is None else self.frozen.preflight

    @property
    def texts(self) -> dict[str, str]:
        """The text by language; English, which there always is, comes first."""
        texts: Mapping[str, str] = self.content["text"]
        return dict(sorted(texts.items(), key=lambda text: (text[0] != "en", text[0])))

    @property
    def items(self) -> list[dict[str, Any]]:
        """The items with all their members."""
        decision = self.decision
        if decision is None:
            return [dict(item) for item in self.content["items"]]
        found: list[dict[str, Any]] = msgspec.to_builtins(decision.items)
        return found

    @property
    def annexes(self) -> dict[str, str]:
        """The texts of the annexes by title; of titles that are there twice each has its count."""
        found: dict[str, str] = {}
        for annex in self.content.get("annexes") or ():
            title, count = str(annex["title"]), 2
            while title in found:
                title, count = f"{annex['title']} ({count})", count + 1
            found[title] = str(annex["text"])
        return found


@dataclass
class Past:
    """All versions of a proposal, the oldest first, and how it ended, if it has."""

    proposal: int
    versions: list[Version]
    ended: ProposalClosed | DecisionAdopted | None = None

    @property
    def last(self) -> Version:
        """The newest version."""
        return self.versions[-1]

    @property
    def previous(self) -> Version | None:
        """What the newest one is compared with: the last fixed text before it, else the draft."""
        earlier = self.versions[:-1]
        fixed = [version for version in earlier if version.frozen is not None]
        return next(reversed(fixed or earlier), None)


def past_of(record: Record, code: str, proposal: int, version: int) -> Past | None:
    """Return a proposal's versions as of a version of its committee's stream; null: never drafted.

    Of a long stream no more is read than what the proposal lived through.
    """
    events: list[Any] = []
    for entry in record.each_of(code, KINDS, after=_first(record, code, proposal, version)):
        if entry.originator_version > version:
            break
        if getattr(entry.event, "proposal", None) == proposal:
            events.append(entry.event)
            if isinstance(entry.event, ProposalClosed | DecisionAdopted):
                break
    return _past(proposal, events) if events else None


def _first(record: Record, code: str, proposal: int, version: int) -> int:
    """Return a version of the stream before which a proposal was not drafted, close before it.

    What is open is recent: the end of the stream is looked at first.
    """
    before, after = 0, version
    middle = max(before, version - _RECENT)
    while after - before > 1:
        drafted = _next_drafted(record, code, middle)
        if drafted is None or drafted[1] > proposal:
            after = max(middle, before + 1)
        elif drafted[1] == proposal:
            return middle
        else:
            before = drafted[0]
        middle = (before + after) // 2
    return before


def _next_drafted(record: Record, code: str, after: int) -> tuple[int, int] | None:
    """Return where the next proposal was first drafted, and which."""
    for entry in record.each_of(code, (ProposalDrafted,), after=after):
        if isinstance(entry.event, ProposalDrafted) and entry.event.version == 1:
            return entry.originator_version, entry.event.proposal
    return None


def _past(proposal: int, events: list[Any]) -> Past:
    versions = list(_versions(events))
    ended = [event for event in events if isinstance(event, ProposalClosed | DecisionAdopted)]
    return Past(proposal, versions, next(iter(ended), None))


def _versions(events: list[Any]) -> Iterator[Version]:
    known: Version | None = None
    for event in events:
        if isinstance(event, ProposalDrafted):
            if known is not None:
                yield known
            known = Version(event.version, event.at, event.content)
        elif known is not None:
            _take(known, event)
    if known is not None:
        yield known


def _take(version: Version, event: Any) -> None:
    match event:
        case ProposalFrozen():
            version.frozen = event
        case ProposalDistributed():
            version.distributed = event.at
        case ReceiptGiven():
            version.heard.append(event)
        case DecisionSigned():
            version.signed.append(event)
