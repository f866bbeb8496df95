"""No byte of a bundle can change without a named failure, and no file makes the check fall over."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.proof.audit import Trust, verify
from policies.proof.statements import CompromiseKey
from policies.sides import Role
from tests.policies.bench import CLOSES, ELECTRONIC, Bench, appoint, seated
from tests.policies.keyring import authority_pens, mldsa_pen, signed
from tests.policies.test_audit_log import told

LONG = os.environ.get("JCGOV_LONG") == "1"
SAMPLE = 400
STEPS = {"anchor", "seal", "authority", "consensus", "rulebook", "items", "logged", "witnessed"}


def rich() -> Bench:
    """Return a committee in whose chain a key of an authority was compromised."""
    bench = seated()
    jp = authority_pens("JP")
    bench.appoint("JP", CompromiseKey(keyid=jp[0].keyid, since=None))
    bench.take(signed(bench.appointment("JP", appoint("kimura", Role.MEMBER)), *jp[1:]))
    return bench


BENCH = rich()
AT_MEETING = BENCH.bundle().to_bytes()
BY_WINDOW = BENCH.bundle(
    BENCH.decision(procedure=ELECTRONIC), path="window", adopted_on=CLOSES + timedelta(days=1)
).to_bytes()

WITNESSED = told()


def flips(data: bytes, seed: int) -> Iterator[tuple[int, int]]:
    """Yield places with what is changed there: one bit, or the letter's case."""
    chance = random.Random(seed)
    places = range(len(data)) if LONG else sorted(chance.sample(range(len(data)), SAMPLE))
    for place in places:
        yield place, 0x20 if chance.random() < 0.3 else 1 << chance.randrange(8)


@pytest.mark.parametrize(
    ("data", "trust", "seed"),
    [
        (AT_MEETING, BENCH.trust, 1),
        (BY_WINDOW, BENCH.trust, 2),
        (WITNESSED.bundle.to_bytes(), WITNESSED.bench.trust, 3),
    ],
    ids=["meeting", "window", "witnessed"],
)
def test_no_byte_of_a_bundle_changes_unnoticed(data: bytes, trust: Trust, seed: int) -> None:
    assert verify(data, trust).ok

    for place, change in flips(data, seed):
        other = data[:place] + bytes([data[place] ^ change]) + data[place + 1 :]
        result = verify(other, trust)
        assert not result.ok, f"byte {place} changed by {change:#x} went unnoticed"
        assert result.failed in STEPS


@settings(max_examples=2_000 if LONG else 200, deadline=None)
@given(st.data())
def test_pieces_cut_out_or_doubled_are_noticed(draw: st.DataObject) -> None:
    start = draw.draw(st.integers(0, len(AT_MEETING) - 1))
    stop = draw.draw(st.integers(start + 1, min(start + 400, len(AT_MEETING))))
    piece = AT_MEETING[start:stop]
    copies = draw.draw(st.sampled_from([0, 2, 3]))

    result = verify(AT_MEETING[:start] + piece * copies + AT_MEETING[stop:], BENCH.trust)

    assert not result.ok


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_arbitrary_bytes_are_never_ok_and_never_a_fault(data: bytes) -> None:
    for trust in (BENCH.trust, None):
        result = verify(data, trust)
        assert (result.ok, result.failed) == (False, "seal")


def test_a_signature_of_another_scheme_in_place_of_one_is_noticed() -> None:
    bundle = BENCH.bundle()
    stranger = mldsa_pen("stranger")
    text = bundle.to_bytes().decode()
    for signature in bundle.decision.signatures:
        other = text.replace(signature.keyid, stranger.keyid)

        assert not verify(other.encode(), BENCH.trust).ok
