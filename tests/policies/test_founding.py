"""A committee is founded by both sides' authorities, each by its own threshold."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from msgspec import structs

from policies.proof.authority import check_founding
from policies.proof.dsse import Envelope, Signature
from policies.proof.keys import KeyRecord
from policies.proof.reading import read
from policies.proof.roster import take_founding
from policies.proof.statements import Authority, Founding, LogName, Witness, Witnesses
from policies.refusals import (
    ContextError,
    FoundingError,
    KeyRecordError,
    KeyTakenError,
    Refusal,
    SealError,
    SignatureNotGenuineError,
    UnreadableError,
)
from tests.policies.bench import founding
from tests.policies.keyring import (
    LOG,
    RECORD,
    Pen,
    authority_pens,
    ed25519_pen,
    mldsa_pen,
    p256_pen,
    signed,
)

JP, MN = authority_pens("JP"), authority_pens("MN")
ENOUGH = (*JP[:2], *MN[:2])


def authority(pens: Iterable[Pen], threshold: int = 2) -> Authority:
    return Authority(keys=tuple(pen.record for pen in pens), threshold=threshold)


def refused(error: type[Refusal], match: str, pens: Iterable[Pen] = ENOUGH, **changes: Any) -> None:
    """Claim that a founding with changes, signed by these pens, is refused for that reason."""
    envelope = signed(structs.replace(founding(), **changes), *pens)
    with pytest.raises(error, match=match):
        check_founding(envelope)


def test_both_sides_found_a_committee_by_their_own_thresholds() -> None:
    envelope = signed(founding(), *ENOUGH)

    roster = take_founding(check_founding(envelope), envelope.digest)

    assert roster.committee.code == "JP-MN"
    assert roster.heads == {"JP": None, "MN": None}
    assert roster.members == frozenset()
    assert roster.statements == [envelope.digest]


@pytest.mark.parametrize(
    "pens",
    [(*JP, *MN), (*JP[1:], *MN[1:]), (JP[0], JP[2], MN[2], MN[0])],
    ids=["all six", "the last two", "any two"],
)
def test_any_two_of_the_three_keys_of_each_side_are_enough(pens: tuple[Pen, ...]) -> None:
    check_founding(signed(founding(), *pens))


@pytest.mark.parametrize(
    ("pens", "silent"),
    [
        ((), "JP"),
        ((*JP, MN[0]), "MN"),
        ((JP[0], *MN), "JP"),
        (JP, "MN"),
        (MN, "JP"),
        ((JP[0], MN[0]), "JP"),
    ],
)
def test_signatures_of_one_side_never_count_for_the_other(
    pens: tuple[Pen, ...], silent: str
) -> None:
    refused(FoundingError, f"authority of {silent} .*other side's do not count", pens)


def test_four_signatures_of_one_side_and_one_of_the_other_are_not_enough() -> None:
    four = [*JP, ed25519_pen("JP authority 4")]
    sides = {"JP": authority(four), "MN": authority(MN)}

    refused(FoundingError, "1 of the 2 .*authority of MN", [*four, MN[0]], sides=sides)


def test_a_foreign_signature_is_refused_even_beside_enough_good_ones() -> None:
    refused(SealError, "has no part in this", [*ENOUGH, ed25519_pen("stranger")])
    refused(SealError, "has no part in this", [*ENOUGH, RECORD])


def test_one_signature_that_is_not_genuine_is_refused_beside_enough_good_ones() -> None:
    good = signed(founding(), *ENOUGH)
    spoiled = good.signed_by(Signature(JP[2].keyid, JP[2].write(b"something else")))

    with pytest.raises(SignatureNotGenuineError):
        check_founding(spoiled)


def test_signatures_of_another_founding_do_not_count() -> None:
    rehearsal = signed(founding(rehearsal=True), *ENOUGH)
    earnest = founding().envelope()

    with pytest.raises(SignatureNotGenuineError):
        check_founding(Envelope(earnest.payload_type, earnest.payload, rehearsal.signatures))


def test_a_key_stands_on_one_side_only() -> None:
    sides = {"JP": authority(JP), "MN": authority([MN[0], MN[1], JP[0]])}

    refused(KeyTakenError, "stands twice", sides=sides)


def test_a_key_has_one_role_only() -> None:
    refused(KeyTakenError, "authority and record", record=JP[0].record)
    refused(KeyTakenError, "record and log", log=LogName(origin="a/b", key=RECORD.record))
    witness = Witness(name="w", side="JP", key=LOG.record)
    refused(KeyTakenError, "log and w", witnesses=Witnesses(keys=(witness,), quorum=(("w",),)))


def test_one_key_does_not_fill_a_threshold_by_standing_twice() -> None:
    sides = {"JP": authority([JP[0], JP[0]]), "MN": authority(MN)}
    refused(KeyTakenError, "twice", [JP[0], *MN], sides=sides)

    renamed = KeyRecord("0" * 64, JP[0].record.scheme, JP[0].record.public)
    sides = {"JP": Authority(keys=(JP[0].record, renamed), threshold=2), "MN": authority(MN)}
    refused(KeyRecordError, "keyid", [JP[0], *MN], sides=sides)


def test_a_threshold_can_be_met() -> None:
    sides = {"JP": authority(JP), "MN": authority(MN[:1])}
    refused(FoundingError, "needs 2 of 1 keys", sides=sides)

    sides = {"JP": authority(JP), "MN": authority([])}
    refused(FoundingError, "needs 2 of 0 keys", sides=sides)

    check_founding(signed(structs.replace(founding(), sides=_thresholds(3, 1)), *JP, MN[2]))
    refused(FoundingError, "2 of the 3", ENOUGH, sides=_thresholds(3, 1))


def test_a_threshold_is_at_least_one() -> None:
    envelope = signed(structs.replace(founding(), sides=_thresholds(2, 0)), *ENOUGH)

    with pytest.raises(UnreadableError, match=r">= 1.*threshold"):
        check_founding(envelope)


@pytest.mark.parametrize(
    ("committee", "sides"),
    [
        ("JP-MN", ("JP", "ID")),
        ("JP-ID", ("JP", "MN")),
        ("JP-MN", ("JP",)),
        ("JP-MN", ("JP", "MN", "ID")),
        ("JP-MN", ()),
    ],
)
def test_the_sides_are_those_of_the_committee(committee: str, sides: tuple[str, ...]) -> None:
    named = {side: authority(authority_pens(side)) for side in sides}

    refused(FoundingError, "has the sides", committee=committee, sides=named)


@pytest.mark.parametrize("committee", ["JP-JP", "MN", "JP-mn", "JP-MNG", "", "MN-JP"])
def test_a_name_that_is_no_committee_is_refused(committee: str) -> None:
    refused(UnreadableError, "committee", committee=committee)


def test_the_log_has_an_ed25519_key() -> None:
    refused(FoundingError, "Ed25519", log=LogName(origin="a/b", key=p256_pen("log").record))


def test_every_key_is_in_its_one_form() -> None:
    crlf = structs.replace(RECORD.record, public=RECORD.record.public.replace("\n", "\r\n"))

    refused(KeyRecordError, "a key of the record", record=crlf)


@pytest.mark.parametrize(
    ("names", "quorum", "match"),
    [
        (("a", "b"), (("c",),), "quorum must name"),
        (("a", "b"), ((),), "quorum must name"),
        (("a", "b"), (), "quorum must name"),
        ((), (("a",),), "quorum must name"),
        (("a", "a"), (("a",),), "two witnesses have one name"),
    ],
)
def test_a_quorum_names_sets_of_the_witnesses(
    names: tuple[str, ...], quorum: tuple[tuple[str, ...], ...], match: str
) -> None:
    refused(FoundingError, match, witnesses=_witnesses(names, quorum))


@pytest.mark.parametrize(
    ("quorum", "enough"),
    [
        (("jp",), False),
        (("jp", "jp2"), False),
        (("third", "fourth"), False),
        (("jp", "mn"), True),
        (("jp", "third"), True),
        (("mn", "fourth"), True),
    ],
)
def test_a_quorum_is_never_one_sides_alone(quorum: tuple[str, ...], *, enough: bool) -> None:
    sides = {"jp": "JP", "jp2": "JP", "mn": "MN", "third": None, "fourth": None}
    keys = tuple(
        Witness(name=name, side=side, key=ed25519_pen(f"witness {name}").record)
        for name, side in sides.items()
    )
    named = Witnesses(keys=keys, quorum=(quorum,))
    if not enough:
        refused(FoundingError, "one side's alone", witnesses=named)
        return

    founded = structs.replace(founding(), witnesses=named)

    assert check_founding(signed(founded, *ENOUGH)).witnesses == named


@pytest.mark.parametrize("scheme", ["p256", "ml-dsa-65"])
def test_a_witness_cosigns_with_a_key_of_notes(scheme: str) -> None:
    pen = p256_pen("w") if scheme == "p256" else mldsa_pen("w")
    keys = (
        Witness(name="w", side="JP", key=pen.record),
        Witness(name="v", side="MN", key=ed25519_pen("v").record),
    )

    refused(KeyRecordError, "witness cosigns", witnesses=Witnesses(keys=keys, quorum=(("w", "v"),)))


def test_witnesses_of_both_sides_and_a_third_can_be_named() -> None:
    witnesses = _witnesses(("a", "b", "c"), (("a", "b"), ("a", "c")))

    envelope = signed(structs.replace(founding(), witnesses=witnesses), *ENOUGH)

    assert check_founding(envelope).witnesses == witnesses


def test_another_statement_is_no_founding() -> None:
    envelope = founding().envelope()
    other = envelope.payload_type.replace("founding", "appointment")

    with pytest.raises(ContextError, match="expected"):
        check_founding(signed(Envelope(other, envelope.payload), *ENOUGH))


@pytest.mark.parametrize("member", Founding.__struct_fields__)
def test_every_member_is_needed_and_named_when_it_is_missing(member: str) -> None:
    value = founding().envelope().value
    del value[member]

    with pytest.raises(UnreadableError, match=rf"the founding .*`{member}`"):
        read(Envelope.of(Founding.payload_type, value), Founding)


def test_an_unknown_member_is_refused_by_name() -> None:
    value = founding().envelope().value | {"note": "x"}

    with pytest.raises(UnreadableError, match="`note`"):
        read(Envelope.of(Founding.payload_type, value), Founding)


def _thresholds(japan: int, mongolia: int) -> dict[str, Authority]:
    return {"JP": authority(JP, japan), "MN": authority(MN, mongolia)}


def _witnesses(names: tuple[str, ...], quorum: tuple[tuple[str, ...], ...]) -> Witnesses:
    keys = tuple(
        Witness(name=name, side=side, key=ed25519_pen(f"witness {number}").record)
        for number, (name, side) in enumerate(zip(names, ("JP", "MN", None), strict=False))
    )
    return Witnesses(keys=keys, quorum=quorum)
