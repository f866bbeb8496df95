"""A decision is judged by the rulebook that it names, which is in force and in the file."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from msgspec import structs

from policies.items.rules import RulebookChange, RulesAdoption
from policies.proof.audit import verify
from policies.proof.canonical import digest
from policies.proof.statements import RulebookName
from policies.rulebook import shipped
from tests.policies.bench import (
    CLOSES,
    DISTRIBUTED,
    ELECTRONIC,
    seated,
)
from tests.policies.claims import ASSERTIONS, fails

DAY = timedelta(days=1)


def test_a_window_that_is_not_the_rulebooks_fails() -> None:
    bench = seated()
    for closes in (CLOSES - DAY, CLOSES + DAY):
        procedure = structs.replace(ELECTRONIC, closes=closes)
        bundle = bench.bundle(
            bench.decision(procedure=procedure), path="window", adopted_on=closes + DAY
        )
        fails(bench, bundle, "rulebook", f"closes on {CLOSES}")


def test_a_text_expires_after_its_window_and_within_the_rulebooks_year() -> None:
    bench = seated()
    last = DISTRIBUTED + timedelta(days=365)

    for expires, ok in ((CLOSES, False), (CLOSES + DAY, True), (last, True), (last + DAY, False)):
        decision = bench.decision(procedure=ELECTRONIC, expires=expires)
        bundle = bench.bundle(
            decision, path="all_affirmed", adopted_on=DISTRIBUTED, assertions=ASSERTIONS
        )
        if ok:
            assert verify(bundle.to_bytes(), bench.trust).ok
        else:
            fails(bench, bundle, "rulebook", "must expire after")


def test_another_rulebook_text_fails() -> None:
    bench = seated()
    whole, other = bench.bundle(), shipped("MN", "MN-2013")

    fails(bench, replace(whole, rulebook_text=other.text), "rulebook", "another digest")
    fails(bench, replace(whole, rulebook_text="{}"), "rulebook", "another digest")
    swapped = replace(
        whole,
        rulebook_version=other.version,
        rulebook_digest=other.digest,
        rulebook_text=other.text,
    )
    fails(bench, swapped, "rulebook", "which the decision names")
    fails(bench, replace(whole, rulebook_version="MN-2013"), "rulebook", "is not MN-2026")


def test_a_rulebook_that_is_not_in_force_fails() -> None:
    bench, other = seated(), shipped("MN", "MN-2013")
    fails(bench, bench.bundle(rulebook=other.digest), "rulebook", "the adoption names")

    bench.rulebook = other
    fails(bench, bench.bundle(), "rulebook", "is in force")


def test_a_rulebook_of_another_country_or_version_fails() -> None:
    foreign = shipped("ID")
    bench = seated("MN", rulebook=foreign)
    fails(bench, bench.bundle(), "items", "rulebook is that of ID")

    named = RulebookName(version="MN-1900", digest=shipped("MN").digest)
    bench = seated()
    bundle = bench.bundle(bench.decision(rulebook=named))
    fails(bench, bundle, "rulebook", "text is of version MN-2026")


def test_a_text_that_is_no_rulebook_fails() -> None:
    text = shipped("MN").text.replace('"name":"Mongolia"', '"name":"Mongolia","note":1')
    named = RulebookName(version="MN-2026", digest=digest(text.encode()))
    bench = seated()
    bundle = bench.bundle(bench.decision(rulebook=named))

    fails(
        bench,
        replace(bundle, rulebook_digest=named.digest, rulebook_text=text),
        "rulebook",
        "no rulebook",
    )


def test_a_new_rulebook_replaces_the_one_in_force() -> None:
    bench, other = seated(), shipped("MN", "MN-2013")
    for previous, held in ((bench.rulebook.digest, True), (other.digest, False)):
        change = RulebookChange(version="MN-2013", digest=other.digest, previous=previous, keeps=())
        rules = RulesAdoption(title="Rulebook", documents=(), rulebook=change)
        bundle = bench.bundle(bench.decision(items=(rules,)))

        if held:
            assert verify(bundle.to_bytes(), bench.trust).ok
        else:
            fails(bench, bundle, "rulebook", "which is not in force")


def test_a_decision_in_the_chain_stands_with_its_adoption_and_sets_a_rulebook() -> None:
    old, new = shipped("MN", "MN-2013"), shipped("MN")
    bench = seated(rulebook=old)
    change = RulebookChange(version="MN-2026", digest=new.digest, previous=old.digest, keeps=())
    rules = RulesAdoption(title="Rulebook", documents=(), rulebook=change)
    sets = bench.bundle(bench.decision(items=(rules,)))
    plain = bench.bundle(bench.decision(number="JP-MN/2026/005"))
    founded = tuple(bench.chain)
    bench.rulebook = new
    later = bench.bundle(bench.decision(number="JP-MN/2026/002"))

    earlier = {old.digest: old.text}
    complete = replace(later, chain=(*founded, sets.decision, sets.adoption), annexes=earlier)
    assert verify(complete.to_bytes(), bench.trust).ok
    chains = [
        ((*founded, sets.decision), "not followed by its adoption"),
        ((*founded, sets.decision, plain.adoption), "not of this decision"),
        ((*founded, sets.adoption, sets.decision), "does not belong"),
        ((*founded, plain.decision, plain.adoption), "sets no rulebook"),
        ((*founded, *(sets.decision, sets.adoption) * 2), "in force"),
    ]
    for chain, match in chains:
        fails(bench, replace(later, chain=chain, annexes=earlier), "authority", match)
    fails(bench, later, "rulebook", "is in force")
    fails(bench, replace(complete, annexes={}), "seal", "texts of the rulebooks that the chain's")
    fails(bench, replace(later, annexes=earlier), "seal", "not exactly those")
