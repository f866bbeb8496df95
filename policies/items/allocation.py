"""Who receives how much of what is decided: sides, and the holders of each side.

Each country's own rules on it stand in its rulebook.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, Protocol

import msgspec

from policies.findings import Finding, cannot_tell, passed, refuse
from policies.items.kind import Quantity, Side, Text
from policies.rulebook import Rulebook
from policies.sides import Committee


class Share(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one account holder of a side receives of that side's amount."""

    side: Side
    holder: Literal["government", "private"]
    name: Text
    amount: Quantity


def check_amounts(
    quantity: int, amounts: Mapping[str, int | None], committee: Committee
) -> Iterator[Finding]:
    """Yield a refusal unless there is one amount for each side and they add up."""
    if set(amounts) != set(committee.sides):
        named = ", ".join(sorted(amounts)) or "nobody"
        yield refuse(
            "amounts",
            f"amounts are for {named}, expected one each for {', '.join(committee.sides)}",
        )
        return
    total = sum(amount or 0 for amount in amounts.values())
    parts = " + ".join(f"{amounts[side]:,}" for side in committee.sides)
    if total != quantity:
        yield refuse("amounts", f"{parts} = {total:,}, but the quantity is {quantity:,}")
    else:
        yield passed("amounts", f"{' + '.join(committee.sides)}: {parts} = {quantity:,}")


class Allocated(Protocol):
    """What says how many credits each side, and each holder of a side, receives."""

    @property
    def quantity(self) -> int | None:
        """All of them."""

    @property
    def amounts(self) -> Mapping[str, int] | None:
        """Each side's."""

    @property
    def allocation(self) -> tuple[Share, ...] | None:
        """Each holder's, if it is said."""


def check_allocation(
    item: Allocated, committee: Committee, rulebook: Rulebook
) -> Iterator[Finding]:
    """Yield what the shares, and the country's own rules on them, refuse."""
    amounts, quantity = item.amounts or {}, item.quantity or 0
    yield from _check_shares(item.allocation, amounts, committee)
    yield from _check_government(item.allocation, amounts, quantity, committee, rulebook)
    yield from _check_private(item.allocation, amounts, committee, rulebook)


def _check_shares(
    allocation: tuple[Share, ...] | None, amounts: Mapping[str, int], committee: Committee
) -> Iterator[Finding]:
    """Each side's shares add up to its amount."""
    if allocation is None:
        return
    for share in allocation:
        if share.side not in committee.sides:
            yield refuse("side", f"{share.name}: {share.side} is no side of the committee")
    added = True
    for side, amount in amounts.items():
        given = sum(share.amount for share in allocation if share.side == side)
        if given != amount:
            added = False
            yield refuse(
                "allocation", f"the shares of {side} add up to {given:,}, not to {amount:,}"
            )
    if added:
        yield passed("allocation", "the shares of each side add up to its amount")


def _check_government(
    allocation: tuple[Share, ...] | None,
    amounts: Mapping[str, int],
    quantity: int,
    committee: Committee,
    rulebook: Rulebook,
) -> Iterator[Finding]:
    """Indonesia's floor; of nothing, nothing is due.

    Without an allocation the side's amount is the most that its government can receive.
    """
    floor = rulebook.allocation.partner_government_percent_at_least
    if floor is None or quantity == 0:
        return
    received = received_by(allocation, committee.partner, "government")
    side = amounts.get(committee.partner)
    if received is None and side is not None and side * 100 < floor.value * quantity:
        yield refuse(
            "partner-government",
            f"the Government of {rulebook.name} receives at most the {side:,} of its side, of"
            f" {quantity:,}; at least {floor.value} % must be its own",
        )
    elif received is None:
        yield cannot_tell(
            "refuse",
            "partner-government",
            f"cannot tell what the Government of {rulebook.name} receives: no allocation is given,"
            f" and it is to receive at least {floor.value} %",
        )
    elif received * 100 < floor.value * quantity:
        yield refuse(
            "partner-government",
            f"the Government of {rulebook.name} receives {received:,} of {quantity:,}; at least"
            f" {floor.value} % must be its own",
        )
    else:
        yield passed(
            "partner-government",
            f"the Government of {rulebook.name} receives {received:,} of {quantity:,}, at least"
            f" {floor.value} %",
        )


def _check_private(
    allocation: tuple[Share, ...] | None,
    amounts: Mapping[str, int],
    committee: Committee,
    rulebook: Rulebook,
) -> Iterator[Finding]:
    """Palau's private participants."""
    if rulebook.allocation.partner_private_participants_may_receive.value:
        return
    received = received_by(allocation, committee.partner, "private")
    if received is None and amounts.get(committee.partner) != 0:
        yield cannot_tell(
            "refuse",
            "partner-private",
            f"cannot tell whether private participants of {rulebook.name} receive credits: no"
            " allocation is given, and they are to receive none",
        )
    elif received:
        yield refuse(
            "partner-private",
            f"private participants of {rulebook.name} receive {received:,}; none may",
        )
    else:
        yield passed(
            "partner-private", f"private participants of {rulebook.name} receive no credits"
        )


def received_by(allocation: tuple[Share, ...] | None, side: str, holder: str) -> int | None:
    """Return what the holders of one kind receive of a side's amount; null: it is not said."""
    if allocation is None:
        return None
    return sum(s.amount for s in allocation if s.side == side and s.holder == holder)
