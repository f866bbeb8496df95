"""Whoever holds which keys and says what: one side alone never decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from policies.consensus import Objection, Question, Voices, judge
from policies.proof.adoption import require_both_sides, signers
from policies.proof.dsse import Envelope
from policies.refusals import Refusal
from policies.sides import Committee, Role, Seat
from tests.policies.bench import MEETING_DAY, Bench, add_key, appoint, found
from tests.policies.keyring import Pen, ed25519_pen, signed

SIDES = ("JP", "MN")
START = datetime(2026, 6, 1, tzinfo=UTC)
ROLES = st.frozensets(st.sampled_from([Role.MEMBER, Role.CO_CHAIR, Role.ALTERNATE]), min_size=1)
INSTANTS = st.integers(0, 20).map(lambda days: START + timedelta(days=days))


@st.composite
def committees(draw: st.DrawFn) -> tuple[Seat, ...]:
    """Draw people of both sides with any roles; at most one co-chair a side."""
    seats = []
    for side in SIDES:
        chair = False
        for number in range(draw(st.integers(0, 4))):
            roles = draw(ROLES)
            roles = (roles - {Role.CO_CHAIR} if chair else roles) or frozenset({Role.MEMBER})
            chair = chair or Role.CO_CHAIR in roles
            person = f"{side}-{number}"
            seats.append(Seat(person, person, side, roles))
    return tuple(seats)


@dataclass(frozen=True)
class Case:
    question: Question
    voices: Voices
    now: datetime


@st.composite
def cases(draw: st.DrawFn) -> Case:
    seats = draw(committees())
    people = [seat.person for seat in seats] + ["stranger"]
    said = st.dictionaries(st.sampled_from(people), INSTANTS)
    objecting = draw(st.lists(st.sampled_from(people), max_size=1))
    procedure = draw(st.sampled_from(["meeting", "electronic"]))
    question = Question(
        committee=Committee("MN"),
        procedure="meeting" if procedure == "meeting" else "electronic",
        seats=seats,
        awaited=draw(st.frozensets(st.sampled_from(people))),
        opened=START,
        closes=None if procedure == "meeting" else START + timedelta(days=10),
        zone=ZoneInfo("Asia/Ulaanbaatar"),
    )
    sides = {seat.person: seat.side for seat in seats}
    objections = tuple(Objection(p, p, sides.get(p, "JP"), None) for p in objecting)
    return Case(question, Voices(draw(said), draw(said), objections), draw(INSTANTS))


@settings(max_examples=300)
@given(cases())
def test_what_is_reached_was_signed_by_both_sides_and_nobody_objects(case: Case) -> None:
    result = judge(case.question, case.voices, case.now)

    if not result.reached:
        assert result.says
        return
    assert not case.voices.objections
    for side in SIDES:
        assert any(
            seat.side == side and seat.signs and seat.person in case.voices.signed
            for seat in case.question.seats
        )
    assert result.since is not None
    assert result.since >= case.question.opened
    assert result.path == "meeting" or case.question.procedure == "electronic"


@settings(max_examples=300)
@given(cases(), st.sampled_from(SIDES))
def test_one_side_alone_reaches_nothing_whatever_it_says(case: Case, side: str) -> None:
    other = {seat.person for seat in case.question.seats if seat.side != side}
    signed = {p: at for p, at in case.voices.signed.items() if p not in other}
    alone = Voices(signed, case.voices.affirmed, ())

    result = judge(case.question, alone, START + timedelta(days=1000))

    assert not result
    assert {entry.side for entry in result.awaited} >= set(SIDES) - {side}


@settings(max_examples=300)
@given(cases())
def test_an_objection_or_a_signature_fewer_never_helps(case: Case) -> None:
    result = judge(case.question, case.voices, case.now)
    if result:
        return

    for person in case.voices.signed:
        fewer = {p: at for p, at in case.voices.signed.items() if p != person}
        said = Voices(fewer, case.voices.affirmed, case.voices.objections)
        assert not judge(case.question, said, case.now)


# The same, with keys and signatures

CAST = [(side, number) for side in SIDES for number in range(3)]


def staffed() -> tuple[Bench, dict[str, tuple[Pen, Pen]]]:
    """Return a committee with a co-chair, an alternate and a member a side, two keys each."""
    bench, pens = found(), {}
    roles = ((Role.MEMBER, Role.CO_CHAIR), (Role.MEMBER, Role.ALTERNATE), (Role.MEMBER,))
    for side, number in CAST:
        person = f"{side.lower()}{number}"
        own = (ed25519_pen(f"{person} a"), ed25519_pen(f"{person} b"))
        acts = [appoint(person, role) for role in roles[number]]
        bench.appoint(side, *acts, *(add_key(person, pen) for pen in own), pens=own)
        pens[person] = own
    return bench, pens


BENCH, PENS = staffed()
KEYS = [(person, pen) for person, own in PENS.items() for pen in own]
STATEMENT = BENCH.decision()


def agreed(envelope: Envelope) -> bool:
    adoption = BENCH.adoption(envelope)
    try:
        require_both_sides(BENCH.roster, signers(BENCH.roster, envelope, adoption), "it")
    except Refusal:
        return False
    return True


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(KEYS), unique_by=lambda entry: entry[1].keyid))
def test_signatures_agree_only_with_a_chair_or_alternate_of_each_side(
    chosen: list[tuple[str, Pen]],
) -> None:
    envelope = signed(STATEMENT, *(pen for _person, pen in chosen))
    people = {person for person, _pen in chosen}
    chairs = {"jp0", "jp1"}, {"mn0", "mn1"}
    members = {"jp2", "mn2"}

    expected = all(people & side for side in chairs) and not people & members

    assert agreed(envelope) == expected


def test_both_keys_of_one_person_are_one_person() -> None:
    envelope = signed(STATEMENT, *PENS["jp0"], PENS["mn0"][1])

    found = signers(BENCH.roster, envelope, BENCH.adoption(envelope, adopted_on=MEETING_DAY))

    assert sorted(seat.person for seat in found) == ["jp0", "mn0"]
