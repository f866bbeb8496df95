"""A side's own authority says who speaks for it, in one line without gap or fork."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest
from msgspec import structs

from policies.proof.authority import check_appointment
from policies.proof.dsse import Envelope, Signature
from policies.proof.statements import AnyAct
from policies.refusals import (
    AppointmentError,
    ContextError,
    NotEntitledError,
    Refusal,
    SealError,
    SignatureNotGenuineError,
)
from policies.sides import Role
from tests.policies.bench import MEETING_DAY, Bench, add_key, appoint, end, found, seated
from tests.policies.keyring import (
    PENS,
    RECORD,
    Pen,
    authority_pens,
    ed25519_pen,
    signed,
)

JP, MN = authority_pens("JP"), authority_pens("MN")
CHAIR = (appoint("sato", Role.MEMBER), appoint("sato", Role.CO_CHAIR))
WITH_KEY = (*CHAIR, add_key("sato", PENS["sato"]))


def refused(
    bench: Bench,
    error: type[Refusal],
    match: str,
    *acts: AnyAct,
    side: str = "JP",
    pens: Iterable[Pen] = (),
    **changes: Any,
) -> None:
    """Claim that an appointment by two keys of the side's authority, and pens, is refused."""
    statement = bench.appointment(side, *acts, **changes)
    envelope = signed(statement, *authority_pens(side)[:2], *pens)
    before = (bench.roster.digest, dict(bench.roster.people), dict(bench.roster.keys))

    with pytest.raises(error, match=match):
        check_appointment(bench.roster, envelope)

    assert before == (bench.roster.digest, bench.roster.people, bench.roster.keys)


# Who may appoint


def test_a_sides_authority_appoints_a_co_chair_with_a_key() -> None:
    bench = found()

    envelope = bench.appoint("JP", *WITH_KEY, pens=[PENS["sato"]])

    seat = bench.roster.seat_of(PENS["sato"].keyid, MEETING_DAY)
    assert (seat.person, seat.side, seat.title, seat.signs) == ("sato", "JP", "co-chair", True)
    assert bench.roster.heads == {"JP": envelope.digest, "MN": None}
    assert bench.roster.statements == [bench.founding, envelope.digest]


@pytest.mark.parametrize(
    "pens", [MN, (JP[0], *MN), (JP[0],), ()], ids=["other", "one and other", "one", "nobody"]
)
def test_the_other_sides_authority_counts_for_nothing(pens: tuple[Pen, ...]) -> None:
    bench = found()
    envelope = signed(bench.appointment("JP", *CHAIR), *pens)

    with pytest.raises((AppointmentError, SealError), match=r"authority of JP|no part in this"):
        check_appointment(bench.roster, envelope)


def test_the_other_side_can_neither_block_nor_add_its_signature() -> None:
    bench = found()
    bench.appoint("JP", *CHAIR)

    refused(bench, SealError, "no part in this", end("sato", Role.CO_CHAIR), pens=[MN[0]])
    bench.appoint("JP", end("sato", Role.CO_CHAIR))


def test_a_co_chair_or_the_record_key_has_no_part_in_an_appointment() -> None:
    bench = seated()

    for pen in (PENS["sato"], PENS["bat"], RECORD, ed25519_pen("stranger")):
        refused(bench, SealError, "no part in this", end("tanaka", Role.MEMBER), pens=[pen])


def test_a_spoiled_signature_is_refused_beside_enough_good_ones() -> None:
    bench = found()
    envelope = signed(bench.appointment("JP", *CHAIR), *JP[:2])

    with pytest.raises(SignatureNotGenuineError):
        check_appointment(bench.roster, envelope.signed_by(Signature(JP[2].keyid, b"x" * 64)))


def test_an_appointment_belongs_to_its_committee_and_founding() -> None:
    bench, rehearsal, other = found(), found(rehearsal=True), found("ID")
    statement = signed(rehearsal.appointment("JP", *CHAIR), *JP[:2])

    with pytest.raises(ContextError, match="rehearsal"):
        check_appointment(bench.roster, statement)
    with pytest.raises(ContextError, match="made for JP-ID"):
        check_appointment(bench.roster, signed(other.appointment("JP", *CHAIR), *JP[:2]))
    refused(bench, ContextError, "made for JP-ID", *CHAIR, committee="JP-ID")


def test_a_country_that_is_no_side_appoints_nobody() -> None:
    bench = found()
    statement = structs.replace(bench.appointment("JP", *CHAIR), side="ID")
    envelope = signed(statement, *JP[:2])

    with pytest.raises(AppointmentError, match="ID is no side of JP-MN"):
        check_appointment(bench.roster, envelope)


# One line of appointments


def test_a_gap_is_refused() -> None:
    bench = found()
    bench.appoint("JP", *CHAIR)

    refused(bench, AppointmentError, "is number 2", end("sato", Role.MEMBER), seq=3)
    refused(bench, AppointmentError, "is number 2", end("sato", Role.MEMBER), seq=1)


def test_a_fork_is_refused() -> None:
    bench = found()
    first = bench.appoint("JP", *CHAIR)
    bench.appoint("JP", appoint("tanaka", Role.MEMBER))

    refused(bench, AppointmentError, "follows", end("sato", Role.MEMBER), prev=first.digest)
    refused(bench, AppointmentError, "follows", end("sato", Role.MEMBER), prev=None)
    refused(bench, AppointmentError, "number 3", end("sato", Role.MEMBER), seq=2, prev=first.digest)


def test_each_side_has_a_line_of_its_own() -> None:
    bench = found()
    bench.appoint("JP", *CHAIR)

    bench.appoint("MN", appoint("bat", Role.MEMBER))

    assert bench.roster.seqs == {"JP": 1, "MN": 1}
    assert bench.roster.people["bat"].side == "MN"


def test_the_same_appointment_is_not_taken_twice() -> None:
    bench = found()
    envelope = bench.appoint("JP", *CHAIR)

    with pytest.raises(AppointmentError, match="is number 2"):
        check_appointment(bench.roster, envelope)


# People


def test_an_appointment_does_something() -> None:
    refused(found(), AppointmentError, "does nothing")


def test_an_alternate_is_named_from_among_the_members() -> None:
    bench = found()
    alternate = appoint("suzuki", Role.ALTERNATE)

    refused(bench, AppointmentError, "no member", alternate)
    refused(bench, AppointmentError, "no member", alternate, appoint("suzuki", Role.MEMBER))
    bench.appoint("JP", appoint("suzuki", Role.MEMBER), alternate)


def test_an_alternate_who_is_a_member_no_more_is_no_alternate() -> None:
    bench = seated()

    bench.appoint("JP", end("suzuki", Role.MEMBER))

    assert "suzuki" not in {seat.person for seat in bench.roster.seats(MEETING_DAY)}
    with pytest.raises(NotEntitledError, match="holds no seat"):
        bench.roster.seat_of(PENS["suzuki"].keyid, MEETING_DAY)


def test_two_co_chairs_of_a_side_never_overlap() -> None:
    bench = found()
    bench.appoint("JP", appoint("sato", Role.CO_CHAIR, date(2026, 1, 1), date(2026, 6, 30)))

    shared_day = appoint("suzuki", Role.CO_CHAIR, date(2026, 6, 30))
    refused(bench, AppointmentError, "would both be co-chair of JP", shared_day)
    both = (appoint("a", Role.CO_CHAIR, date(2026, 7, 1)), appoint("b", Role.CO_CHAIR))
    refused(bench, AppointmentError, "would both be co-chair of JP", *both)
    bench.appoint("JP", appoint("suzuki", Role.CO_CHAIR, date(2026, 7, 1)))
    bench.appoint("MN", appoint("bat", Role.CO_CHAIR))


def test_a_co_chair_is_replaced_in_one_statement() -> None:
    bench = seated()
    suzuki = appoint("suzuki", Role.CO_CHAIR)

    refused(bench, AppointmentError, "end the first one's role", suzuki)
    bench.appoint("JP", end("sato", Role.CO_CHAIR), suzuki)

    chairs = [s.person for s in bench.roster.seats(MEETING_DAY) if Role.CO_CHAIR in s.roles]
    assert chairs == ["suzuki", "bat"]


def test_nobody_sits_on_both_sides_and_an_id_is_one_person() -> None:
    bench = seated()
    renamed = appoint("sato", Role.MEMBER)

    refused(bench, AppointmentError, "both sides", appoint("bat", Role.MEMBER))
    refused(bench, AppointmentError, "both sides", appoint("sato", Role.MEMBER), side="MN")
    other = type(renamed)(person="sato", name="X", role=Role.MEMBER, begins=MEETING_DAY, ends=None)
    refused(bench, AppointmentError, "is Sato, not X", other)


def test_a_registry_does_not_sit_and_a_member_does_not_issue() -> None:
    bench = seated()
    bench.appoint("JP", appoint("registry", Role.REGISTRY))

    refused(bench, AppointmentError, "registry does not sit", appoint("registry", Role.MEMBER))
    refused(bench, AppointmentError, "registry does not sit", appoint("sato", Role.REGISTRY))
    assert "registry" not in bench.roster.members


def test_terms_hold_on_both_their_ends_and_run_forward() -> None:
    bench = found()
    first, last = date(2026, 3, 1), date(2026, 3, 31)
    bench.appoint("JP", appoint("sato", Role.MEMBER, first, last))

    refused(bench, AppointmentError, "before", appoint("tanaka", Role.MEMBER, last, first))
    sits = {day: bool(bench.roster.seats(day)) for day in _around(first, last)}
    assert list(sits.values()) == [False, True, True, False]


def test_a_role_that_is_not_held_does_not_end() -> None:
    bench = seated()

    refused(bench, AppointmentError, "is no co-chair", end("tanaka", Role.CO_CHAIR))
    refused(bench, AppointmentError, "nobody with the id bat", end("bat", Role.MEMBER))


def test_a_founding_is_no_appointment() -> None:
    bench = found()

    with pytest.raises(ContextError, match="expected"):
        check_appointment(bench.roster, Envelope("x", b"{}"))


def _around(first: date, last: date) -> list[date]:
    one = timedelta(days=1)
    return [first - one, first, last, last + one]
