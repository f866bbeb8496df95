"""Whatever the holders of all keys sign, the check answers; it never falls over."""

from __future__ import annotations

import copy
import itertools
import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from policies.items.allocation import Share
from policies.items.issuance import Verification
from policies.items.rules import Document, RulebookChange, RulesAdoption
from policies.proof.audit import verify
from policies.proof.bundle import Bundle
from policies.proof.canonical import canonical, digest
from policies.proof.dsse import Envelope
from policies.proof.statements import Checkpoint
from policies.rulebook import shipped
from tests.policies.bench import ELECTRONIC, MEETING_DAY, Bench, issuance, seated
from tests.policies.claims import ASSERTIONS
from tests.policies.keyring import PENS, RECORD, authority_pens, signed

LONG = os.environ.get("JCGOV_LONG") == "1"
HOSTILE: list[Any] = [
    None,
    True,
    -1,
    0,
    2**53 - 1,
    "",
    "x" * 5_000,
    "9999-12-31",
    "0001-01-01",
    "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00+14:00",
    "JP-JP",
    "\u202e\u0000",
    "../../../etc/passwd",
    "0" * 64,
    [],
    {},
    [[[[]]]],
    {"kind": "issuance"},
]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every member and element."""
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for name, member in members:
        yield (*path, name)
        if isinstance(member, dict | list):
            yield from places(member, (*path, name))


def changed(value: Any, *, one_of: int = 7) -> Iterator[Any]:
    """Yield the value with each place in turn taken by each hostile value, or taken out.

    In the short run, one of so many; the step shares no factor with the number of values.
    """
    every = itertools.product(places(value), (*HOSTILE, ...))
    for path, hostile in itertools.islice(every, 0, None, 1 if LONG else one_of):
        other = copy.deepcopy(value)
        inner = other
        for name in path[:-1]:
            inner = inner[name]
        if hostile is ...:
            del inner[path[-1]]
        else:
            inner[path[-1]] = hostile
        yield other


def answers(bundle: Bundle, trust: dict[str, str]) -> None:
    """Claim that the check answers with steps, whatever it finds."""
    result = verify(bundle.to_bytes(), trust)
    assert result.checks
    assert result.ok or result.failed


def with_decision(bench: Bench, value: Any) -> Bundle:
    """Return a bundle of a decision with this payload, signed and adopted as it should be."""
    whole = bench.bundle(bench.decision(procedure=ELECTRONIC))
    decision = signed(Envelope.of(whole.decision.payload_type, value), PENS["sato"], PENS["bat"])
    adoption = bench.adoption(
        decision, path="all_affirmed", adopted_on=MEETING_DAY, assertions=ASSERTIONS
    )
    number = value.get("number")
    return replace(
        whole,
        number=number if isinstance(number, str) else whole.number,
        decision=decision,
        adoption=signed(adoption, RECORD),
    )


def full_decision(bench: Bench) -> Any:
    """Return a payload with something in every member."""
    share = Share(side="JP", holder="government", name="Japan", amount=1000)
    report = Verification(entity="TPE-MN-001", report="V1", on=MEETING_DAY, quantity=5)
    change = RulebookChange(version="x", digest="0" * 64, previous="0" * 64, keeps=("x",))
    items = (
        issuance(allocation=(share,), verification=report),
        RulesAdoption(
            title="Rules",
            documents=(Document(title="PoR", version="2.0", digest=None),),
            rulebook=change,
        ),
    )
    statement = bench.decision(
        procedure=ELECTRONIC,
        items=items,
        answers=("0" * 64,),
        checkpoint=Checkpoint(size=1, root="0" * 64),
    )
    return statement.envelope().value


def test_any_decision_that_both_sides_sign_gets_an_answer() -> None:
    bench = seated()

    for value in changed(full_decision(bench)):
        answers(with_decision(bench, value), bench.trust)


@pytest.mark.parametrize("member", ["adoption", "distribution"])
def test_anything_that_the_record_key_signs_gets_an_answer(member: str) -> None:
    bench = seated()
    whole = bench.bundle()
    envelope = {"adoption": whole.adoption, "distribution": whole.distribution}[member]

    for value in changed(envelope.value):
        other = signed(Envelope.of(envelope.payload_type, value), RECORD)
        changes: dict[str, Any] = {member: other}
        answers(replace(whole, **changes), bench.trust)


def test_any_founding_that_both_sides_sign_gets_an_answer() -> None:
    bench = seated()
    whole = bench.bundle()
    pens = [pen for side in ("JP", "MN") for pen in authority_pens(side)]

    for value in changed(bench.chain[0].value):
        founded = signed(Envelope.of(bench.chain[0].payload_type, value), *pens)
        for committee in ("JP-MN", value.get("committee")):
            trust = {str(committee): founded.digest}
            answers(replace(whole, chain=(founded, *whole.chain[1:])), trust)


@pytest.mark.parametrize("place", [1, 2])
def test_any_appointment_that_a_side_signs_gets_an_answer(place: int) -> None:
    bench = seated()
    whole = bench.bundle()
    pens = (*authority_pens("JP")[:2], PENS["sato"], PENS["suzuki"])

    for value in changed(bench.chain[place].value):
        other = signed(Envelope.of(bench.chain[place].payload_type, value), *pens)
        chain = (*whole.chain[:place], other, *whole.chain[place + 1 :])
        answers(replace(whole, chain=chain), bench.trust)


def test_any_rulebook_that_both_sides_found_on_gets_an_answer() -> None:
    book = shipped("MN")

    for value in changed(msgspec.to_builtins(book.rulebook), one_of=29):
        text = canonical(value).decode()
        bench = seated(rulebook=replace(book, text=text))
        assert bench.rulebook.digest == digest(text.encode())
        bundle = bench.bundle(bench.decision(procedure=ELECTRONIC))
        adoption = bench.adoption(
            bundle.decision, path="all_affirmed", adopted_on=MEETING_DAY, assertions=ASSERTIONS
        )
        answers(replace(bundle, adoption=signed(adoption, RECORD)), bench.trust)
