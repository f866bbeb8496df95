"""What was tampered with is named by its step, even where it was signed again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from policies.items.allocation import Share
from policies.proof.audit import verify
from policies.proof.bundle import MAX_BUNDLE, Bundle
from policies.proof.canonical import canonical, digest
from policies.proof.dsse import Envelope, Signature
from policies.proof.statements import Annex
from policies.rulebook import shipped
from policies.sides import Role
from tests.policies.bench import (
    appoint,
    end,
    founding,
    issuance,
    seated,
)
from tests.policies.claims import fails
from tests.policies.keyring import PENS, RECORD, authority_pens, ed25519_pen, signed

DAY = timedelta(days=1)
# anchor and seal


def test_another_founding_fails_at_the_anchor() -> None:
    bench, other = seated(), seated(rulebook=shipped("MN", "MN-2013"))

    fails(bench, other.bundle(), "anchor", other.founding)
    fails(bench, replace(bench.bundle(), chain=()), "anchor", "empty")
    fails(bench, replace(bench.bundle(), chain=tuple(bench.chain[1:])), "anchor", "expected")


def test_a_wrong_number_on_the_file_fails_at_the_seal() -> None:
    bench = seated()

    fails(bench, replace(bench.bundle(), number="JP-MN/2026/002"), "seal", "JP-MN/2026/002")
    foreign = bench.bundle(bench.decision(number="JP-ID/2026/001"))
    fails(bench, foreign, "seal", "no number of JP-MN")


def test_a_statement_of_another_kind_fails_at_the_seal() -> None:
    bench = seated()
    bundle = bench.bundle()

    fails(bench, replace(bundle, decision=bundle.adoption), "seal", "expected")
    fails(bench, replace(bundle, adoption=bundle.decision), "seal", "expected")
    fails(bench, replace(bundle, distribution=bundle.adoption), "consensus", "expected")


def test_an_annex_that_is_missing_changed_or_added_fails_at_the_seal() -> None:
    bench, text = seated(), "Annex"
    name = digest(text.encode())
    bundle = bench.bundle(bench.decision(annexes=(Annex(title="Annex", digest=name),)))

    fails(bench, bundle, "seal", "annexes")
    fails(bench, replace(bundle, annexes={name: "annex"}), "seal", "another digest")
    more = {name: text, digest(b"more"): "more"}
    fails(bench, replace(bundle, annexes=more), "seal", "annexes")
    fails(bench, replace(bench.bundle(), annexes={name: text}), "seal", "annexes")


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"number":' + b"9" * 100_000 + b"}"],
)
def test_what_is_no_bundle_fails_at_the_seal(data: bytes) -> None:
    result = verify(data, {"JP-MN": "0" * 64})

    assert (result.ok, result.failed) == (False, "seal")


def test_a_file_too_large_to_be_a_bundle_fails_at_the_seal_unread() -> None:
    result = verify(b"[" * (MAX_BUNDLE + 1), {})

    assert (result.ok, result.failed) == (False, "seal")
    assert "at most" in result.checks[0].detail


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("mediaType", "application/json"),
        ("number", 1),
        ("chain", {}),
        ("chain", [1]),
        ("envelope", None),
        ("adoption", []),
        ("distribution", {}),
        ("rulebook", {}),
        ("rulebook", {"version": 1, "digest": "", "text": ""}),
        ("annexes", []),
        ("annexes", {"name": "text"}),
        ("annexes", {"0" * 64: 1}),
        ("more", 1),
    ],
)
def test_a_member_of_the_wrong_form_fails_at_the_seal(member: str, value: Any) -> None:
    bench = seated()
    changed = Bundle.from_bytes(bench.bundle().to_bytes())
    whole = _json(changed) | {member: value}

    assert verify(canonical(whole), bench.trust).failed == "seal"
    del whole[member]
    if member != "more":
        assert verify(canonical(whole), bench.trust).failed == "seal"


# authority


def test_one_sides_founding_fails_even_if_it_is_the_published_one() -> None:
    bench = seated()
    for pens in (authority_pens("JP"), authority_pens("MN"), ()):
        bench.chain[0] = signed(founding(), *pens)
        fails(bench, bench.bundle(), "authority", "other side's do not count")


def test_a_chain_that_lacks_an_appointment_fails() -> None:
    bench = seated()
    bundle = bench.bundle()

    fails(bench, replace(bundle, chain=bundle.chain[:-1]), "authority", "does not end at")
    fails(bench, replace(bundle, chain=bundle.chain[:2] + bundle.chain[3:]), "authority", "number")
    fails(bench, replace(bundle, chain=bundle.chain[:1]), "authority", "does not end at")


def test_a_chain_out_of_order_or_with_a_repetition_fails() -> None:
    bench = seated()
    bundle = bench.bundle()
    founded, one, two, *rest = bundle.chain

    fails(bench, replace(bundle, chain=(founded, two, one, *rest)), "authority", "number 1")
    fails(bench, replace(bundle, chain=(founded, one, one, two, *rest)), "authority", "number 2")
    fails(bench, replace(bundle, chain=(*bundle.chain, founded)), "authority", "does not belong")
    fails(bench, replace(bundle, chain=(*bundle.chain, one)), "authority", "number")


def test_the_sides_lines_interwoven_otherwise_are_another_roster() -> None:
    bench = seated()
    bundle = bench.bundle()
    chain = (bundle.chain[0], *bundle.chain[4:], *bundle.chain[1:4])

    fails(bench, replace(bundle, chain=chain), "consensus", "roster")


def test_an_appointment_added_behind_the_heads_fails() -> None:
    bench = seated()
    bundle = bench.bundle()
    bench.appoint("JP", end("tanaka", Role.MEMBER))

    fails(bench, replace(bundle, chain=tuple(bench.chain)), "authority", "does not end at")


def test_a_signature_that_does_not_count_fails() -> None:
    bench = seated()
    decision = bench.decision().envelope()
    spoiled = signed(decision, PENS["sato"]).signed_by(Signature(PENS["bat"].keyid, b"x"))
    cases = [
        (signed(decision, PENS["sato"], PENS["bat"], ed25519_pen("stranger")), "no key of"),
        (signed(decision, PENS["sato"], PENS["bat"], RECORD), "no key of a person"),
        (signed(decision, *authority_pens("JP"), PENS["bat"]), "no key of a person"),
        (signed(decision, PENS["tanaka"], PENS["bat"]), "no consent"),
        (signed(decision, PENS["sato"], PENS["bat"], PENS["oyun"]), "no consent"),
        (spoiled, "does not fit"),
    ]

    for envelope, match in cases:
        fails(bench, replace(bench.bundle(), decision=envelope), "authority", match)


def test_a_co_chair_who_left_before_the_adoption_no_longer_signs() -> None:
    bench = seated()
    bench.appoint("JP", end("sato", Role.CO_CHAIR), appoint("suzuki", Role.CO_CHAIR))

    fails(bench, bench.bundle(), "authority", "Sato (JP) is member")


@pytest.mark.parametrize("on", [date(2025, 12, 31), date(2027, 1, 1)])
def test_a_term_that_does_not_cover_the_day_does_not_count(on: date) -> None:
    bench = seated()
    bench.appoint(
        "JP",
        end("sato", Role.CO_CHAIR),
        end("sato", Role.MEMBER),
        appoint("sato", Role.CO_CHAIR, date(2026, 1, 1), date(2026, 12, 31)),
    )

    fails(bench, bench.bundle(adopted_on=on), "authority", "holds no seat")
    last = bench.bundle(adopted_on=date(2026, 12, 31))
    assert verify(last.to_bytes(), bench.trust).ok


# items


def test_indonesias_floor_fails_at_the_items() -> None:
    bench = seated("ID")
    shares = [("JP", "government", 900), ("ID", "government", 99), ("ID", "private", 1)]
    allocation = tuple(Share(side=s, holder=h, name=h, amount=a) for s, h, a in shares)  # type: ignore[arg-type]
    item = issuance("ID", amounts={"JP": 900, "ID": 100}, allocation=allocation)

    fails(bench, bench.bundle(bench.decision(items=(item,))), "items", "at least 10 %")
    unsaid = bench.decision(items=(issuance("ID"),))
    fails(bench, bench.bundle(unsaid), "items", "cannot tell")


def test_one_bad_item_among_good_ones_is_named_by_its_place() -> None:
    bench = seated()
    bad = issuance(quantity=1001)

    fails(bench, bench.bundle(bench.decision(items=(issuance(), bad))), "items", "item 2: ")


def test_an_item_that_cannot_be_read_fails_at_the_seal() -> None:
    bench = seated()
    value = bench.decision().envelope().value
    value["items"][0]["quantity"] = "1000"
    unreadable = Envelope.of(bench.decision().payload_type, value)

    fails(bench, replace(bench.bundle(), decision=unreadable), "seal", "quantity")


def _json(bundle: Bundle) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(bundle.to_bytes())
    return value
