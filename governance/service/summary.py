"""What you sign is what you read: a summary made from the bytes themselves, every field of it.

Anything that a reader would not see as it is (hidden characters, text that is not NFC) refuses
the signature.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from governance.service.requests import Request
from governance.service.spoken import group_lines
from policies import history
from policies.government import Acquisition, AnyAct, Authorization, FirstTransfer
from policies.items.issuance import Issuance
from policies.items.kind import Item
from policies.items.past import HistoryAdoption
from policies.proof.dsse import Envelope
from policies.proof.reading import read, read_any, require_context
from policies.proof.statements import (
    Acknowledgement,
    Adoption,
    Appointment,
    Assertion,
    Decision,
    Engine,
    Founding,
    GovernmentReport,
    RollCall,
    Statement,
)
from policies.refusals import SealError
from policies.texts import require_readable, written_out

ABOUT_A_DECISION = (Assertion, Adoption, Acknowledgement, GovernmentReport)
"""The statements that speak of a decision by its digest."""


def summarise(request: Request) -> list[str]:
    """Return the lines that a signer reads before signing.

    Every line of a text is marked, so that none passes for a field. Raises `HiddenTextError`,
    `SealError` if an annex that the text names is not here, or `ContextError` if what lies beside
    the statement is no decision of its committee.
    """
    statement = read_any(request.envelope)
    decision = _decision(statement, request)
    require_readable(request.envelope.value, "the text")
    require_readable(_authored(decision, request), "annexes")
    lines = [headline(statement), *_digest(request.envelope), ""]
    if isinstance(statement, ABOUT_A_DECISION) and statement.decision is not None:
        lines += _spoken_of(statement.decision, decision, request)
    elif decision is not None:
        lines += _text(decision, request)
    return [*lines, "Every field that is signed:", *_fields(request.envelope)]


def _digest(envelope: Envelope) -> Iterator[str]:
    yield f"Digest {envelope.digest}"
    yield from (f"       {line}" for line in group_lines(envelope.digest))


def _decision(statement: Statement, request: Request) -> Decision | None:
    """Return the decision that is signed, or that lies beside a statement about it."""
    if isinstance(statement, Decision):
        return statement
    if request.decision is None or not isinstance(statement, ABOUT_A_DECISION):
        return None
    decision = read(request.decision, Decision)
    require_context(decision, statement.committee, statement.founding)
    require_readable(request.decision.value, "the decision")
    return decision


def _spoken_of(digest: str, decision: Decision | None, request: Request) -> list[str]:
    if decision is None or request.decision is None:
        return [
            f"The text that it speaks of is not in this file, only its digest: {digest}",
            "Sign only if you have read the text with exactly that digest.",
            "",
        ]
    return [
        f"It speaks of this text, which is not signed itself: {headline(decision)}",
        *_digest(request.decision),
        "",
        *_text(decision, request),
        "Every field of that text:",
        *_fields(request.decision),
        "",
    ]


def _text(decision: Decision, request: Request) -> list[str]:
    _require_annexes(decision, request)
    lines = [*_items(decision, request), ""]
    for language, text in decision.text.items():
        lines += [f"Text ({language}):", *(f"  | {line}" for line in text.split("\n")), ""]
    return lines


def _fields(envelope: Envelope) -> list[str]:
    lines = []
    for place, value in leaves(envelope.value):
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
        case RollCall(side=side, person=person, year=year, keyid=keyid):
            whose = person or f"the authority of {side}"
            return f"Roll-call of {year} in {code}: key {keyid[:16]}… of {whose} answers"
        case Engine(seq=seq):
            return f"Engine statement {seq} of {code}: its record key, log and witnesses from here"
        case Decision(number=number):
            kinds = ", ".join(item.kind for item in statement.items)
            return f"Decision {number}: {kinds}"
        case Assertion(says=says):
            return f"An assertion in {code}: its signer {says}"
        case Acknowledgement(side=side, report=report, amount=amount):
            return f"Report {report} of the registry of {side} in {code}: {amount:,} credits issued"
        case GovernmentReport(side=side, report=report, says=says):
            return f"Report {report} of {side} under Article 6.2 in {code}: {_act(says)}"
        case Adoption(adopted_on=day):
            return f"The record that a decision of {code} is adopted on {day}"
        case _:
            return f"A statement ({type(statement).__name__.lower()}) in {code}"


def _act(says: AnyAct) -> str:
    match says:
        case Authorization(quantity=quantity):
            many = "what its decisions decided" if quantity is None else f"{quantity:,} tCO2e"
            to = ", ".join(says.parties) or "no named Party"
            return f"authorization {says.authorization} of {many} for {says.purposes}, to {to}"
        case FirstTransfer(quantity=quantity, acquiring=party, purpose=purpose):
            to = party or "no Party"
            return f"first transfer of {quantity:,} ITMOs to {to} on {says.on}, for {purpose}"
        case Acquisition(quantity=quantity, transferring=party):
            return f"acquisition of {quantity:,} ITMOs from {party} on {says.on}"


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


def _authored(decision: Decision | None, request: Request) -> dict[str, str]:
    """Return the annexes without the imported past, which is kept as it was published."""
    items = () if decision is None else decision.items
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
    records = [(i.title, i.record) for i in decision.items if isinstance(i, HistoryAdoption)]
    for title, name in [*((annex.title, annex.digest) for annex in decision.annexes), *records]:
        if name not in request.annexes:
            message = (
                f"the annex {title!r} ({name[:16]}…) is not in this file; ask for"
                " the whole request, so that you can read what you sign"
            )
            raise SealError(message)
