"""A signature counts for one statement of one committee and one founding, and for nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from policies.proof.audit import verify
from policies.proof.dsse import Envelope
from policies.proof.reading import BY_TYPE, read, read_any, require_context
from policies.proof.statements import STATEMENTS, Adoption, Assertion, Belonging, Decision, Founding
from policies.refusals import ContextError, SealError
from tests.policies.bench import MEETING_DAY, Bench, founding, seated
from tests.policies.claims import fails
from tests.policies.keyring import PENS, RECORD, signed


def moved(signatures_of: Envelope, to: Envelope) -> Envelope:
    return Envelope(to.payload_type, to.payload, signatures_of.signatures)


def test_signatures_of_a_rehearsal_do_not_count_in_earnest() -> None:
    rehearsal, bench = seated(rehearsal=True), seated()
    tried, real = rehearsal.bundle(), bench.bundle()

    fails(bench, tried, "anchor", "is")
    carried = replace(tried, chain=real.chain)
    fails(bench, carried, "seal", "rehearsal")
    resigned = replace(real, decision=moved(tried.decision, real.decision))
    fails(bench, resigned, "authority", "does not fit")
    recorded = replace(real, adoption=moved(tried.adoption, real.adoption))
    fails(bench, recorded, "consensus", "does not fit")
    distributed = replace(real, distribution=tried.distribution)
    fails(bench, distributed, "consensus", "rehearsal")
    appointed = replace(real, chain=(real.chain[0], *tried.chain[1:]))
    fails(bench, appointed, "authority", "rehearsal")


def test_signatures_for_another_committee_do_not_count() -> None:
    other, bench = seated("ID"), seated()
    foreign, real = other.bundle(), bench.bundle()

    fails(bench, replace(real, decision=foreign.decision), "seal", "made for JP-ID")
    fails(bench, replace(real, adoption=foreign.adoption), "seal", "made for JP-ID")
    mixed = (real.chain[0], *foreign.chain[1:])
    fails(bench, replace(real, chain=mixed), "authority", "made for JP-ID")
    carried = replace(foreign, decision=moved(foreign.decision, real.decision))
    assert not verify(carried.to_bytes(), other.trust).ok


def test_signatures_under_one_version_of_a_text_do_not_count_under_the_next() -> None:
    bench = seated()
    first = bench.bundle()
    revised = bench.decision(text={"en": "The Joint Committee decides otherwise."})
    second = bench.bundle(revised)

    carried = replace(second, decision=moved(first.decision, second.decision))

    fails(bench, carried, "authority", "does not fit")


def test_a_signature_under_one_type_does_not_count_under_another() -> None:
    bench = seated()
    decision = signed(bench.decision(), PENS["sato"], PENS["bat"])
    for kind in STATEMENTS:
        if kind is Decision:
            continue
        envelope = Envelope(kind.payload_type, decision.payload, decision.signatures)

        assert envelope.digest != decision.digest
        with pytest.raises(SealError, match="does not fit"):
            bench.roster.signers(envelope, MEETING_DAY)
        with pytest.raises(ContextError, match="expected"):
            read(envelope, Decision)


def test_every_statement_has_a_type_of_its_own() -> None:
    assert len(BY_TYPE) == len(STATEMENTS)
    for kind in STATEMENTS:
        assert kind.payload_type.startswith("application/vnd.jcm.")
        assert kind is Founding or issubclass(kind, Belonging)
    with pytest.raises(ContextError, match="no kind of statement"):
        read_any(Envelope.of("application/vnd.jcm.ballot.v1+json", {}))


def test_a_statement_names_its_committee_and_founding() -> None:
    bench = seated()
    decision = bench.decision()

    require_context(decision, "JP-MN", bench.founding)
    with pytest.raises(ContextError, match="made for JP-MN, not for JP-ID"):
        require_context(decision, "JP-ID", bench.founding)
    with pytest.raises(ContextError, match="a rehearsal, or another record"):
        require_context(decision, "JP-MN", founding(rehearsal=True).envelope().digest)


def test_two_assertions_of_one_member_are_two_statements() -> None:
    bench = seated()
    says = Assertion(
        committee=bench.committee,
        founding=bench.founding,
        decision="0" * 64,
        says="objects",
        reason="The baseline",
        nonce="0" * 32,
    )

    again = structs.replace(says, nonce="0" * 31 + "1")

    assert says.envelope().digest != again.envelope().digest


def test_an_adoption_is_not_carried_from_one_day_to_another() -> None:
    bench: Bench = seated()
    real = bench.bundle()
    adoption = read(real.adoption, Adoption)
    later = structs.replace(adoption, adopted_on=MEETING_DAY.replace(day=20)).envelope()

    fails(bench, replace(real, adoption=moved(real.adoption, later)), "consensus", "does not fit")
    assert verify(replace(real, adoption=signed(later, RECORD)).to_bytes(), bench.trust).ok
