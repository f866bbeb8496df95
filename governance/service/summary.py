"""What you sign is what you read: a summary made from the bytes themselves, every field of it.

Anything that a reader would not see as it is (hidden characters, text that is not NFC) refuses
the signature.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from governance.service.signing import Request
from policies import history
from policies.items.issuance import Issuance
from policies.items.kind import Item
from policies.items.past import HistoryAdoption
from policies.proof.statements import (
    Adoption,
    Appointment,
    Assertion,
    Decision,
    Founding,
    Statement,
    read_any,
)
from policies.refusals import SealError
from policies.texts import require_readable, written_out


def summarise(request: Request) -> list[str]:
    """Return the lines that a signer reads before signing.

    Every line of a text is marked, so that none passes for a field. Raises `HiddenTextError`, or
    `SealError` if an annex that the text names is not here.
    """
    statement = read_any(request.envelope)
    require_readable(request.envelope.value, "the text")
    require_readable(_authored(statement, request), "annexes")
    lines = [headline(statement), f"Digest {request.envelope.digest}", ""]
    if isinstance(statement, Decision):
        _require_annexes(statement, request)
        lines += [*_items(statement, request), ""]
        for language, text in statement.text.items():
            lines += [f"Text ({language}):", *(f"  | {line}" for line in text.split("\n")), ""]
    lines.append("Every field that is signed:")
    for place, value in leaves(request.envelope.value):
        first, *more = value.split("\n")
        lines += [f"  {place} = {first}", *(f"    | {line}" for line in more)]
    return lines


def headline(statement: Statement) -> str:
    """Say in one line what a signature under this statement means."""
    code = statement.committee
    match statement:
        case Founding(rehearsal=rehearsal):
            return f"{'A REHEARSAL of the founding' if rehearsal else 'The founding'} of {code}"
        case Appointment(side=side, seq=seq):
            return f"Appointment {seq} of {side} in {code}"
        case Decision(number=number):
            kinds = ", ".join(item.kind for item in statement.items)
            return f"Decision {number}: {kinds}"
        case Assertion(says=says):
            return f"An assertion in {code}: its signer {says}"
        case Adoption(adopted_on=day):
            return f"The record that a decision of {code} is adopted on {day}"
        case _:
            return f"A statement ({type(statement).__name__.lower()}) in {code}"


def leaves(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield every leaf of a JSON value with its place; an empty list or object is a leaf."""
    if isinstance(value, dict) and value:
        for name, member in value.items():
            yield from leaves(member, f"{place}.{name}" if place else name)
    elif isinstance(value, list) and value:
        for number, element in enumerate(value, start=1):
            yield from leaves(element, f"{place}[{number}]")
    else:
        yield place, "(nothing)" if value is None else str(value)


def annex_lines(request: Request) -> Iterator[str]:
    """Yield every annex whole, for a reader who asks; what nobody would see is written out."""
    for name, text in request.annexes.items():
        yield f"Annex {name}"
        yield from (f"  | {written_out(line)}" for line in text.split("\n"))


def _authored(statement: Statement, request: Request) -> dict[str, str]:
    """Return the annexes without the imported past, which is kept as it was published."""
    items = statement.items if isinstance(statement, Decision) else ()
    records = {item.record for item in items if isinstance(item, HistoryAdoption)}
    return {name: text for name, text in request.annexes.items() if name not in records}


def _items(decision: Decision, request: Request) -> Iterator[str]:
    for number, item in enumerate(decision.items, start=1):
        yield f"Item {number}: {item.kind}: {written_out(item.title)}"
        yield from (f"  {line}" for line in _detail(item, request))


def _detail(item: Item, request: Request) -> Iterator[str]:
    if isinstance(item, Issuance):
        period = item.monitoring_period
        yield f"{item.project}, {period.begins} to {period.ends}: {item.quantity:,} tCO2e"
        yield from (f"{side} may issue {amount:,}" for side, amount in item.amounts.items())
    elif isinstance(item, HistoryAdoption):
        record = history.parse_record(request.annexes[item.record])
        totals = record.totals
        yield (
            f"adopts {totals['decisions']} decisions with {totals['items']} items of"
            f" {record.committee} up to {record.up_to}; credits whose amount is known:"
            f" {totals['credits']:,} tCO2e"
        )
        yield "the whole record: give --annexes"
    elif item.subject is not None:
        yield written_out(f"{item.subject}: {item.conclusion}")


def _require_annexes(decision: Decision, request: Request) -> None:
    for annex in decision.annexes:
        if annex.digest not in request.annexes:
            message = (
                f"the annex {annex.title!r} ({annex.digest[:16]}…) is not in this file; ask for"
                " the whole request, so that you can read what you sign"
            )
            raise SealError(message)
