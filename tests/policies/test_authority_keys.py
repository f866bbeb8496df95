"""Keys come and go by their own side's authority; a key has one place, once."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from policies.proof.authority import check_appointment
from policies.proof.dsse import Signature
from policies.proof.keys import KeyRecord
from policies.proof.statements import (
    AnyAct,
    Authority,
    ChangeAuthority,
    CompromiseKey,
    RetireKey,
    Witness,
    Witnesses,
)
from policies.refusals import (
    AppointmentError,
    KeyRecordError,
    KeyTakenError,
    NotEntitledError,
    Refusal,
    SealError,
    SignatureNotGenuineError,
)
from policies.sides import Role
from tests.policies.bench import MEETING_DAY, Bench, add_key, appoint, found, seated
from tests.policies.keyring import (
    PENS,
    RECORD,
    Pen,
    authority_pens,
    ed25519_pen,
    mldsa_pen,
    p256_pen,
    signed,
)

JP, MN = authority_pens("JP"), authority_pens("MN")
NEW = (ed25519_pen("JP new 1"), p256_pen("JP new 2"), ed25519_pen("JP new 3"))
WITH_KEY = (appoint("sato", Role.MEMBER), add_key("sato", PENS["sato"]))


def refused(
    bench: Bench,
    error: type[Refusal],
    match: str,
    *acts: AnyAct,
    pens: Iterable[Pen] = (),
    by: Iterable[Pen] = JP[:2],
) -> None:
    """Claim that Japan's appointment by two keys of its authority, and pens, is refused."""
    envelope = signed(bench.appointment("JP", *acts), *by, *pens)
    with pytest.raises(error, match=match):
        check_appointment(bench.roster, envelope)


def retire(pen: Pen) -> RetireKey:
    return RetireKey(keyid=pen.keyid)


def compromise(pen: Pen, since: str | None = None) -> CompromiseKey:
    return CompromiseKey(keyid=pen.keyid, since=since)


def change(*pens: Pen, threshold: int = 2) -> ChangeAuthority:
    keys = tuple(pen.record for pen in pens)
    return ChangeAuthority(authority=Authority(keys=keys, threshold=threshold))


# Keys of people


def test_an_added_key_signs_the_appointment_itself() -> None:
    bench = found()
    statement = bench.appointment("JP", *WITH_KEY)
    foreign = Signature(PENS["sato"].keyid, PENS["sato"].write(b"something else"))

    said = "of sato must sign the appointment itself; hand in all its signatures together"
    refused(bench, AppointmentError, said, *WITH_KEY)
    with pytest.raises(AppointmentError, match="must sign the appointment itself"):
        check_appointment(bench.roster, signed(statement, *JP[:2]).signed_by(foreign))


@pytest.mark.parametrize("make", [ed25519_pen, p256_pen, mldsa_pen])
def test_a_key_of_any_scheme_can_be_added(make: Callable[[str], Pen]) -> None:
    bench, pen = found(), make("a new key")

    bench.appoint("JP", appoint("sato", Role.MEMBER), add_key("sato", pen), pens=[pen])

    assert bench.roster.seat_of(pen.keyid, MEETING_DAY).person == "sato"


@pytest.mark.parametrize(
    "pen", [JP[0], MN[0], RECORD, PENS["tanaka"], PENS["bat"], PENS["sato"]], ids=range(6)
)
def test_a_key_that_has_a_place_gets_no_other(pen: Pen) -> None:
    bench = seated()
    envelope = signed(bench.appointment("JP", add_key("suzuki", pen)), *JP[:2])
    both = envelope.signed_by(pen.sign(envelope))

    with pytest.raises(KeyTakenError, match="one key, one role"):
        check_appointment(bench.roster, both)


def test_a_retired_or_compromised_key_is_never_used_again() -> None:
    for act in (retire, compromise):
        bench = seated()
        bench.appoint("JP", act(PENS["sato"]))

        with pytest.raises(NotEntitledError, match="no longer in use"):
            bench.roster.seat_of(PENS["sato"].keyid, MEETING_DAY)
        again = add_key("sato", PENS["sato"])
        refused(bench, KeyTakenError, "has had", again, pens=[PENS["sato"]])


def test_a_key_is_not_added_twice_in_one_appointment() -> None:
    bench, pen = found(), PENS["sato"]
    twice = (*WITH_KEY, appoint("suzuki", Role.MEMBER), add_key("suzuki", pen))

    refused(bench, KeyTakenError, "one key, one role", *twice, pens=[pen])


def test_a_sideretires_andcompromises_its_own_keys_only() -> None:
    bench = seated()

    for act in (retire, compromise):
        refused(bench, AppointmentError, "is no key of JP", act(PENS["bat"]))
        refused(bench, AppointmentError, "is no key of JP", act(MN[0]))
        refused(bench, AppointmentError, "is no key of JP", act(RECORD))
        refused(bench, AppointmentError, "is no key of JP", act(ed25519_pen("unknown")))


def test_a_key_goes_to_a_person_of_the_own_side() -> None:
    bench, pen = seated(), ed25519_pen("new")

    refused(bench, AppointmentError, "nobody with the id bat", add_key("bat", pen), pens=[pen])
    refused(bench, AppointmentError, "nobody with the id x", add_key("x", pen), pens=[pen])


# Keys of the authority


def test_old_and_new_authority_sign_the_change() -> None:
    bench = found()

    bench.take(signed(bench.appointment("JP", change(*NEW)), *JP[:2], *NEW))

    bench.take(signed(bench.appointment("JP", appoint("sato", Role.MEMBER)), *NEW[1:]))
    refused(bench, SealError, "no part in this", appoint("tanaka", Role.MEMBER))


@pytest.mark.parametrize(
    ("pens", "match"),
    [
        (JP, "0 of the 2 .*JP"),
        (NEW, "0 of the 2 .*JP"),
        ((JP[0], *NEW), "1 of the 2 .*JP"),
        ((*JP, NEW[0]), "1 of the 2 .*JP"),
        ((*JP, *NEW[:2]), "must sign the appointment itself"),
    ],
    ids=["old alone", "new alone", "one old", "one new", "one added key missing"],
)
def test_neither_old_nor_new_authority_changes_it_alone(pens: tuple[Pen, ...], match: str) -> None:
    refused(found(), AppointmentError, match, change(*NEW), by=pens)


def test_the_other_side_cannot_change_an_authority() -> None:
    bench = found()

    refused(bench, SealError, "no part in this", change(*NEW), by=(*MN, *NEW))
    refused(bench, KeyTakenError, "one key, one role", change(JP[0], MN[0]), by=(*JP, MN[0]))


def test_one_key_of_the_authority_is_replaced_and_never_comes_back() -> None:
    bench = found()
    bench.take(signed(bench.appointment("JP", change(JP[0], JP[1], NEW[0])), *JP[:2], NEW[0]))

    back = change(JP[0], JP[2], threshold=1)
    refused(bench, KeyTakenError, "has had", back, by=(*JP[:2],), pens=[JP[2]])


def test_an_authority_stays_sound() -> None:
    bench = found()

    refused(bench, AppointmentError, "needs 3 of 2", change(*NEW[:2], threshold=3), pens=NEW[:2])
    refused(bench, KeyTakenError, "twice", change(NEW[0], NEW[0]), pens=NEW[:1])
    refused(bench, AppointmentError, "once at most", change(*NEW), change(*NEW), pens=NEW)
    renamed = KeyRecord("0" * 64, "ed25519", "x")
    crooked = ChangeAuthority(authority=Authority(keys=(renamed,), threshold=1))
    refused(bench, KeyRecordError, "public", crooked)


def test_a_key_of_the_authority_is_retired_by_changing_the_authority() -> None:
    refused(found(), AppointmentError, "by changing the authority", retire(JP[2]))


def test_a_compromised_key_of_the_authority_no_longer_counts() -> None:
    bench = found()
    bench.appoint("JP", compromise(JP[0]))
    member = appoint("sato", Role.MEMBER)

    with pytest.raises((AppointmentError, SealError)):
        check_appointment(bench.roster, signed(bench.appointment("JP", member), *JP[:2]))
    bench.take(signed(bench.appointment("JP", member), *JP[1:]))


def test_a_compromised_key_signs_nothing_that_stays_unread() -> None:
    """A signature that no rule looks at could be changed without anyone noticing."""
    bench = found()
    bench.appoint("JP", compromise(JP[0]))
    envelope = signed(bench.appointment("JP", appoint("sato", Role.MEMBER)), *JP[1:])

    with pytest.raises(SealError):
        check_appointment(bench.roster, envelope.signed_by(Signature(JP[0].keyid, b"noise")))


def test_a_compromised_key_is_not_kept_in_a_new_authority() -> None:
    bench = found()
    bench.appoint("JP", compromise(JP[0]))
    envelope = signed(bench.appointment("JP", change(JP[0], JP[1], NEW[0])), JP[1], JP[2], NEW[0])

    with pytest.raises(Refusal, match="compromised"):
        check_appointment(bench.roster, envelope)


def test_a_side_that_compromises_its_keys_stays_able_to_act() -> None:
    bench = found()
    both = (compromise(JP[0]), compromise(JP[1]))

    refused(bench, AppointmentError, "would have 1 usable keys and needs 2", *both)
    bench.appoint("JP", *both, change(JP[2], NEW[0]), pens=(JP[2], NEW[0]))
    bench.take(
        signed(bench.appointment("JP", appoint("sato", Role.MEMBER)), JP[2], NEW[0]),
    )


def test_a_side_alone_does_not_touch_its_witness() -> None:
    pen = ed25519_pen("witness")
    keys = (
        Witness(name="w", side="JP", key=pen.record),
        Witness(name="v", side="MN", key=ed25519_pen("v").record),
    )
    witnesses = Witnesses(keys=keys, quorum=(("w", "v"),))
    bench = found(witnesses=witnesses)

    for act in (retire(pen), compromise(pen)):
        refused(bench, AppointmentError, "is no key of JP", act)


def test_a_compromise_says_since_when_uses_are_disputed() -> None:
    bench = seated()
    since = bench.roster.statements[2]

    bench.appoint("JP", compromise(PENS["sato"], since))

    place = bench.roster.keys[PENS["sato"].keyid]
    assert (place.active, place.compromised, place.disputed_since) == (False, True, since)


def test_a_signature_of_a_person_is_genuine_or_refused() -> None:
    bench = seated()
    envelope = bench.decision().envelope()
    spoiled = signed(envelope, PENS["bat"]).signed_by(Signature(PENS["sato"].keyid, b"x"))

    assert len(bench.roster.signers(signed(envelope, PENS["bat"]), MEETING_DAY)) == 1
    with pytest.raises(SignatureNotGenuineError):
        bench.roster.signers(spoiled, MEETING_DAY)
