"""What a government does with credits under Article 6.2, in terms of the agreed electronic format.

It authorizes; its registry transfers, or acquires. Members follow the columns of that format
(tables 2, 3 and 5); what nobody states is null.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

import msgspec

from policies.article6 import APPROACH
from policies.items.kind import MAX_QUANTITY, Digest, Period, Text
from policies.itmo import IDENTIFIER, Range
from policies.parties import ALPHA3
from policies.serials import Block

Party = Annotated[str, msgspec.Meta(pattern=ALPHA3)]
AuthorizationId = Annotated[
    str, msgspec.Meta(pattern=r"\A[A-Za-z0-9](?:[A-Za-z0-9 -]{0,98}[A-Za-z0-9])?\Z")
]
Approach = Annotated[str, msgspec.Meta(pattern=APPROACH)]
Identifier = Annotated[str, msgspec.Meta(pattern=IDENTIFIER)]
Positive = Annotated[int, msgspec.Meta(ge=1, le=MAX_QUANTITY)]
Year = Annotated[int, msgspec.Meta(ge=2021, le=9999)]
"""A vintage: mitigation from 2021 on (2/CMA.3, annex, paragraph 1)."""
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]

Purpose = Literal["NDC", "OIMP", "IMP", "OP"]
"""Towards a nationally determined contribution, or other international mitigation purposes."""
Purposes = Literal["NDC", "OIMP", "IMP", "OP", "NDC and OIMP", "NDC and IMP", "NDC and OP"]
FirstTransferDefinition = Literal["Authorization", "Issuance", "Use or cancellation"]
"""What the first transfer for other purposes is, as the Party specifies (2/CMA.3, annex, 2(b))."""


class Stated(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A piece of a government's report."""


class Act(Stated, frozen=True, kw_only=True, tag_field="act"):
    """Something that a government did, and the day on which it did."""

    on: date


class AuthorizedEntity(Stated, frozen=True, kw_only=True):
    """An entity that may use the outcomes, as table 5 has it."""

    name: Text
    country: Text | None
    identification: Text | None
    conditions: Text | None
    revocation: Text | None


class Timeframe(Stated, frozen=True, kw_only=True):
    """When the mitigation occurs, and when it may be used; both days count."""

    occurred: Period | None
    used: Period | None


class Authorization(Act, frozen=True, kw_only=True, tag="authorization"):
    """A Party authorizes outcomes: so many, or all that the named decisions decided.

    `decisions` are digests; none named: whatever the committee decides, up to the quantity.
    """

    authorization: AuthorizationId
    version: Positive
    cooperative_approach: Approach | None
    decisions: tuple[Digest, ...]
    quantity: Positive | None
    purposes: Purposes
    oimp: Text | None
    first_transfer: FirstTransferDefinition | None
    parties: tuple[Party, ...]
    entities: tuple[AuthorizedEntity, ...]
    sectors: Text | None
    activity_types: Text | None
    gwp: Text | None
    timeframe: Timeframe | None
    terms: Text | None
    documentation: Text | None

    def covers(self, purpose: Purpose) -> bool:
        """Whether it allows a purpose; OIMP is both international mitigation and other purposes."""
        named = self.purposes.split(" and ")
        return purpose in named or (purpose in ("IMP", "OP") and "OIMP" in named)


class Itmos(Stated, frozen=True, kw_only=True):
    """The first and the last identifier."""

    first: Identifier
    last: Identifier

    @property
    def range(self) -> Range:
        """Both ends, read."""
        return Range.parse(self.first, self.last)


class Units(Stated, frozen=True, kw_only=True):
    """The credits beneath, as their registry writes them; null: its identifier is not known."""

    registry: Name | None
    first: Name
    last: Name

    @property
    def block(self) -> Block:
        """Both ends as a block, counted and compared as far as that can be done."""
        return Block(self.first, self.last)


class Moved(Act, frozen=True, kw_only=True):
    """Outcomes of one item of a decision, and of one vintage, that changed hands."""

    authorization: AuthorizationId
    itmos: Itmos
    units: Units | None
    vintage: Year
    quantity: Positive
    mitigation_type: Text | None


class FirstTransfer(Moved, frozen=True, kw_only=True, tag="first-transfer"):
    """The host's first transfer; `acquiring` is null where no Party acquires (other purposes)."""

    acquiring: Party | None
    purpose: Purpose


class Acquisition(Moved, frozen=True, kw_only=True, tag="acquisition"):
    """The other Party has them in its registry."""

    transferring: Party


AnyAct = Authorization | FirstTransfer | Acquisition


def faults(act: AnyAct, host: str) -> Iterator[str]:
    """Yield in what an act contradicts itself; `host` is the first transferring Party's code."""
    if isinstance(act, Authorization):
        yield from _faults_of_authorization(act)
        return
    if isinstance(act, FirstTransfer) and act.acquiring == host:
        yield f"{host} transfers to itself"
    if isinstance(act, FirstTransfer) and act.purpose == "NDC" and act.acquiring is None:
        yield "outcomes towards a nationally determined contribution are acquired by some Party"
    if isinstance(act, Acquisition) and act.transferring != host:
        yield f"{act.transferring} transfers, and the outcomes are those of {host}"
    found = act.itmos.range
    yield from found.faults(act.quantity)
    if found.first.vintage != act.vintage:
        yield f"the vintage is {act.vintage}, and {found.first} is of {found.first.vintage}"
    if found.first.party != host:
        yield f"{found.first} names {found.first.party} as the first to transfer, not {host}"
    if act.units is not None:
        count = act.units.block.size
        if count is not None and count != act.quantity:
            units = f"{act.units.first} to {act.units.last}"
            yield f"{units} are {count:,} units, not {act.quantity:,}"


def _faults_of_authorization(act: Authorization) -> Iterator[str]:
    if act.quantity is None and not act.decisions:
        yield "it states no quantity and names no decision: what is authorized cannot be told"
    others = act.purposes != "NDC"
    if others and act.first_transfer is None:
        yield f"for {act.purposes} it is to say what the first transfer is"
    if not others and (act.first_transfer is not None or act.oimp is not None):
        yield "for NDC alone there are no other purposes, and the first transfer is defined"
    for what in (act.parties, act.decisions):
        if len(set(what)) != len(what):
            yield "it names a Party, or a decision, twice"
    frames = () if act.timeframe is None else (act.timeframe.occurred, act.timeframe.used)
    for period in frames:
        if period is not None and period.ends < period.begins:
            yield f"{period.begins} to {period.ends} runs backwards"
