"""A side's secretary keeps the docket and has no say: no seat, not awaited, signs nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from policies.proof.authority import check_appointment
from policies.refusals import AppointmentError, NotEntitledError, SealError
from policies.sides import Role, Seat
from tests.policies.bench import MEETING_DAY, Bench, add_key, appoint, end, found, seated
from tests.policies.keyring import authority_pens, ed25519_pen, signed

PEN = ed25519_pen("secretary")
FIRST, LAST = date(2026, 3, 1), date(2026, 8, 31)
SECRETARY = appoint("naran", Role.SECRETARY, FIRST, LAST)


def serving(*, key: bool = True) -> Bench:
    """Return a seated committee whose Mongolian side has a secretary, with a key or without."""
    bench = seated()
    if key:
        bench.appoint("MN", SECRETARY, add_key("naran", PEN), pens=[PEN])
    else:
        bench.appoint("MN", SECRETARY)
    return bench


# Appointing


def test_a_sides_authority_appoints_its_secretary_who_needs_no_key() -> None:
    bench = serving(key=False)

    naran = bench.roster.people["naran"]
    assert (naran.side, set(naran.roles(MEETING_DAY))) == ("MN", {Role.SECRETARY})
    assert not [place for place in bench.roster.keys.values() if place.person == "naran"]


def test_the_role_is_held_on_both_ends_of_its_term_and_not_beside_them() -> None:
    naran = serving().roster.people["naran"]

    one = timedelta(days=1)
    held = [bool(naran.roles(day)) for day in (FIRST - one, FIRST, LAST, LAST + one)]
    assert held == [False, True, True, False]


def test_the_other_side_does_not_appoint_it() -> None:
    bench = seated()
    envelope = signed(bench.appointment("MN", SECRETARY), *authority_pens("JP")[:2])

    with pytest.raises((AppointmentError, SealError), match=r"authority of MN|no part in this"):
        check_appointment(bench.roster, envelope)


def test_the_role_ends_as_any_other_does() -> None:
    bench = serving()

    bench.appoint("MN", end("naran", Role.SECRETARY))

    assert bench.roster.people["naran"].roles(MEETING_DAY) == frozenset()
    with pytest.raises(AppointmentError, match="is no secretary"):
        bench.appoint("MN", end("bat", Role.SECRETARY))


def test_a_side_may_have_two_secretaries_at_once() -> None:
    bench = serving()

    bench.appoint("MN", appoint("tuya", Role.SECRETARY))

    serve = [p.person for p in bench.roster.people.values() if Role.SECRETARY in p.roles(FIRST)]
    assert serve == ["naran", "tuya"]


# No seat, and no say


def test_a_secretary_takes_no_seat_and_is_not_awaited() -> None:
    before, roster = seated().roster, serving().roster

    assert roster.seats(MEETING_DAY) == before.seats(MEETING_DAY)
    assert roster.members == before.members
    assert not Role.SECRETARY.sits
    assert not Role.SECRETARY.signs


def test_the_key_of_one_who_is_only_secretary_signs_nothing() -> None:
    bench = serving()
    envelope = signed(bench.decision().envelope(), PEN)

    for day in (FIRST, MEETING_DAY, LAST + timedelta(days=1)):
        with pytest.raises(NotEntitledError, match=r"Naran \(MN\) holds no seat in the committee"):
            bench.roster.seat_of(PEN.keyid, day)
    with pytest.raises(NotEntitledError, match="holds no seat"):
        bench.roster.signers(envelope, MEETING_DAY)
    assert bench.roster.registry(PEN.keyid, MEETING_DAY) is None


def test_the_same_key_signs_from_the_day_on_which_its_holder_is_a_member_and_only_as_one() -> None:
    bench = serving()
    bench.appoint("MN", appoint("naran", Role.MEMBER, MEETING_DAY))

    seat = bench.roster.seat_of(PEN.keyid, MEETING_DAY)
    assert (set(seat.roles), seat.title, seat.signs) == ({Role.MEMBER}, "member", False)
    with pytest.raises(NotEntitledError, match="holds no seat"):
        bench.roster.seat_of(PEN.keyid, MEETING_DAY - timedelta(days=1))


def test_a_secretary_is_no_alternate_without_being_a_member() -> None:
    bench = serving()

    with pytest.raises(AppointmentError, match="Naran is no member"):
        bench.appoint("MN", appoint("naran", Role.ALTERNATE))
    bench.appoint("MN", appoint("naran", Role.MEMBER), appoint("naran", Role.ALTERNATE))

    assert bench.roster.seat_of(PEN.keyid, MEETING_DAY).title == "alternate"


# One person, several roles


@pytest.mark.parametrize(("person", "title"), [("sato", "co-chair"), ("tanaka", "member")])
def test_whoever_sits_may_be_secretary_too_and_stays_what_they_were(
    person: str, title: str
) -> None:
    bench = seated()
    before = bench.roster.seats(MEETING_DAY)

    bench.appoint("JP", appoint(person, Role.SECRETARY))

    assert Role.SECRETARY in bench.roster.people[person].roles(MEETING_DAY)
    assert bench.roster.seats(MEETING_DAY) == before
    assert {s.title for s in bench.roster.seats(MEETING_DAY) if s.person == person} == {title}


def test_who_is_a_member_no_more_may_stay_secretary() -> None:
    bench = seated()
    bench.appoint("JP", appoint("tanaka", Role.SECRETARY))

    bench.appoint("JP", end("tanaka", Role.MEMBER))

    assert bench.roster.people["tanaka"].roles(MEETING_DAY) == {Role.SECRETARY}
    assert "tanaka" not in {seat.person for seat in bench.roster.seats(MEETING_DAY)}


def test_a_registry_is_no_secretary_nor_a_secretary_a_registry() -> None:
    bench = serving()
    bench.appoint("MN", appoint("registry", Role.REGISTRY))

    for person, role in (("registry", Role.SECRETARY), ("naran", Role.REGISTRY)):
        with pytest.raises(AppointmentError, match="a registry does not sit"):
            bench.appoint("MN", appoint(person, role))


def test_nobody_is_secretary_of_both_sides() -> None:
    bench = serving()

    with pytest.raises(AppointmentError, match="nobody sits on both sides"):
        bench.appoint("JP", appoint("naran", Role.SECRETARY))


def test_the_highest_role_names_a_person_and_a_secretarys_comes_after_all_that_sit() -> None:
    def title(*roles: Role) -> str:
        return Seat("naran", "Naran", "MN", frozenset(roles)).title

    assert title(Role.SECRETARY) == "secretary"
    assert title(Role.SECRETARY, Role.MEMBER) == "member"
    assert title(Role.SECRETARY, Role.CO_CHAIR) == "co-chair"


def test_a_committee_of_secretaries_alone_has_nobody_in_it() -> None:
    bench = found()
    bench.appoint("MN", SECRETARY)

    assert bench.roster.seats(MEETING_DAY) == ()
    assert bench.roster.members == frozenset()
