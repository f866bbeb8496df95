"""A rulebook that asks each signer for a signature by ML-DSA-65 as well, and bundles under it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.items.rules import RulebookChange, RulesAdoption
from policies.proof.audit import verify
from policies.proof.bundle import Bundle
from policies.proof.canonical import canonical
from policies.proof.dsse import Envelope
from policies.proof.statements import Decision
from policies.refusals import RulebookError
from policies.rulebook import RulebookText, parse_rulebook, shipped
from policies.sides import Role
from tests.policies.bench import Bench, add_key, appoint, found, seated
from tests.policies.claims import fails
from tests.policies.keyring import PENS, RECORD, Pen, mldsa_pen, signed

SIDE = {"sato": "JP", "suzuki": "JP", "tanaka": "JP", "bat": "MN", "dorj": "MN", "oyun": "MN"}
CHAIRS, BOTH = ("sato", "bat"), (False, True)


@cache
def asking(version: str = "MN-2026", *, value: object = True) -> RulebookText:
    """Return a shipped rulebook that asks for both signatures, under a name of its own."""
    content = msgspec.json.decode(shipped("MN", version).text)
    figure = {"value": value, "source": "decided here", "status": "confirmed"}
    content["decisions"]["post_quantum_signatures"] = figure
    content["version"] = f"{version}-PQ"
    return parse_rulebook(canonical(content).decode())


def pen(person: str, quantum: bool) -> Pen:
    return mldsa_pen(person) if quantum else PENS[person]


@cache
def bench_of(rulebook: RulebookText) -> Bench:
    """Return a seated committee, everyone with a key of each kind."""
    bench = seated(rulebook=rulebook)
    for person, side in SIDE.items():
        quantum = pen(person, quantum=True)
        bench.appoint(side, add_key(person, quantum), pens=[quantum])
    return bench


def bundle(bench: Bench, *by: Pen, statement: Decision | None = None) -> Bundle:
    """Return a bundle whose decision these pens have signed."""
    decision = signed(statement or bench.decision(), *by)
    whole = bench.bundle(statement, by=())
    return replace(whole, decision=decision, adoption=adopted(bench, decision))


def adopted(bench: Bench, decision: Envelope) -> Envelope:
    return signed(bench.adoption(decision), RECORD)


def pens(*people: str, kinds: tuple[bool, ...] = BOTH) -> list[Pen]:
    return [pen(person, kind) for person in people for kind in kinds]


def test_both_co_chairs_with_both_signatures_are_consent() -> None:
    bench = bench_of(asking())

    result = verify(bundle(bench, *pens(*CHAIRS)).to_bytes(), bench.trust)

    assert result.ok, result.to_json()
    assert "each signed by ML-DSA-65 as well, as it asks" in result.checks[4].detail


@pytest.mark.parametrize(
    ("signing", "missing"),
    [
        ([*pens("sato"), pen("bat", False)], "Bat (MN) has yet to give the signature by ML-DSA"),
        ([*pens("sato"), pen("bat", True)], "Bat (MN) has yet to give the signature by P-256"),
        (pens(*CHAIRS, kinds=(False,)), "has yet to give the signature by ML-DSA-65"),
        (pens(*CHAIRS, kinds=(True,)), "has yet to give the signature by P-256 or Ed25519"),
        # The alternate's signature is another person's: two halves are no whole.
        ([*pens("sato"), pen("bat", False), pen("dorj", True)], "(MN) has yet to give"),
        # Who has signed in part may not stand beside those who have signed.
        ([*pens(*CHAIRS), pen("suzuki", False)], "Suzuki (JP) has yet to give"),
    ],
)
def test_half_of_what_is_asked_for_is_no_consent(signing: list[Pen], missing: str) -> None:
    bench = bench_of(asking())

    fails(bench, bundle(bench, *signing), "rulebook", missing)


def test_no_number_of_signatures_of_one_side_makes_up_for_the_other() -> None:
    bench = bench_of(asking())

    fails(bench, bundle(bench, *pens("sato", "suzuki")), "consensus", "of MN has signed")


def test_a_strangers_post_quantum_signature_is_no_signers() -> None:
    bench = found(rulebook=asking())
    for person in CHAIRS:
        acts = [appoint(person, role) for role in (Role.MEMBER, Role.CO_CHAIR)]
        keys = pens(person)
        bench.appoint(SIDE[person], *acts, *(add_key(person, k) for k in keys), pens=keys)
    stranger = mldsa_pen("stranger")

    fails(bench, bundle(bench, *pens(*CHAIRS), stranger), "authority", "is no key of a person")


@pytest.mark.parametrize("rulebook", [shipped("MN"), asking(value=False)], ids=["absent", "no"])
def test_where_nothing_is_asked_one_signature_of_either_kind_is_enough(
    rulebook: RulebookText,
) -> None:
    bench = bench_of(rulebook)

    for kinds in ((False,), (True,), BOTH):
        result = verify(bundle(bench, *pens(*CHAIRS, kinds=kinds)).to_bytes(), bench.trust)
        assert result.ok, result.to_json()


KEYS = [(person, quantum) for person in ("sato", "suzuki", "bat", "dorj") for quantum in BOTH]


@settings(max_examples=60, deadline=None)
@given(st.sets(st.sampled_from(KEYS)))
def test_a_decision_holds_only_if_every_signer_signed_twice_and_both_sides_did(
    chosen: set[tuple[str, bool]],
) -> None:
    bench = bench_of(asking())
    people = {person for person, _quantum in chosen}
    complete = all((person, quantum) in chosen for person in people for quantum in BOTH)

    result = verify(bundle(bench, *(pen(*key) for key in chosen)).to_bytes(), bench.trust)

    assert result.ok == (complete and {SIDE[person] for person in people} == {"JP", "MN"})


# A chain that was taken under a rulebook that asks


def rules(old: RulebookText, new: RulebookText) -> RulesAdoption:
    change = RulebookChange(version=new.version, digest=new.digest, previous=old.digest, keeps=())
    return RulesAdoption(title="Rulebook", documents=(), rulebook=change)


def test_who_forges_one_scheme_alone_does_not_set_a_rulebook_that_asks_for_less() -> None:
    """Nor by leaving out the text of the rulebook that asked."""
    old, new = asking(), shipped("MN")
    bench = replace(bench_of(old), chain=list(bench_of(old).chain), earlier=[old])
    founded = tuple(bench.chain)
    change = bench.decision(items=(rules(old, new),))
    sets: dict[tuple[bool, ...], Envelope] = {
        kinds: signed(change, *pens(*CHAIRS, kinds=kinds)) for kinds in ((False,), BOTH)
    }
    adoptions = {kinds: adopted(bench, decision) for kinds, decision in sets.items()}
    bench.rulebook = new
    later = bundle(
        bench,
        *pens(*CHAIRS, kinds=(False,)),
        statement=bench.decision(number="JP-MN/2026/002"),
    )
    earlier = {old.digest: old.text}

    def whole(kinds: tuple[bool, ...]) -> Bundle:
        return replace(later, chain=(*founded, sets[kinds], adoptions[kinds]), annexes=earlier)

    good = verify(whole(BOTH).to_bytes(), bench.trust)
    assert good.ok, good.to_json()
    fails(bench, whole((False,)), "authority", "has yet to give the signature by ML-DSA-65")
    fails(bench, replace(whole((False,)), annexes={}), "seal", "texts of the rulebooks")


# The figure


@pytest.mark.parametrize("value", [1, "yes", None, [True]])
def test_what_is_asked_is_a_yes_or_a_no(value: object) -> None:
    with pytest.raises(RulebookError):
        asking.__wrapped__(value=value)


def test_the_shipped_rulebooks_do_not_ask() -> None:
    assert shipped("MN").rulebook.decisions.post_quantum_signatures is None
    assert not shipped("MN").rulebook.post_quantum
