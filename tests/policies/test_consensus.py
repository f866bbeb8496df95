"""Consensus of both sides: who has agreed, who is awaited, and since when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from policies.calendar import end_of, start_of
from policies.consensus import (
    ConsensusResult,
    Objection,
    Question,
    Voices,
    consenting,
    judge,
    require_consensus,
    silent_sides,
)
from policies.refusals import ConsensusMissingError
from policies.sides import Committee, Role, Seat

COMMITTEE = Committee("MN")
ZONE = ZoneInfo("Asia/Ulaanbaatar")
OPENED = start_of(date(2026, 6, 1), ZONE)
CLOSES = end_of(date(2026, 6, 11), ZONE)
NOON = datetime(2026, 6, 3, 4, 0, tzinfo=UTC)
HOUR, INSTANT = timedelta(hours=1), timedelta(microseconds=1)
AFTER = CLOSES + timedelta(days=30)

MEMBER, CHAIR, ALTERNATE = Role.MEMBER, Role.CO_CHAIR, Role.ALTERNATE


def seat(person: str, side: str, *roles: Role) -> Seat:
    return Seat(person, person.title(), side, frozenset(roles))


SATO = seat("sato", "JP", MEMBER, CHAIR)
SUZUKI = seat("suzuki", "JP", MEMBER, ALTERNATE)
TANAKA = seat("tanaka", "JP", MEMBER)
BAT = seat("bat", "MN", MEMBER, CHAIR)
DORJ = seat("dorj", "MN", MEMBER, ALTERNATE)
OYUN = seat("oyun", "MN", MEMBER)
SEATS = (SATO, SUZUKI, TANAKA, BAT, DORJ, OYUN)

ELECTRONIC = Question(
    committee=COMMITTEE,
    procedure="electronic",
    seats=SEATS,
    awaited=frozenset(s.person for s in SEATS),
    opened=OPENED,
    closes=CLOSES,
    zone=ZONE,
)
MEETING = replace(ELECTRONIC, procedure="meeting", closes=None)


def voices(
    *signed: str, affirmed: tuple[str, ...] = (), objecting: tuple[Seat, ...] = (), **at: datetime
) -> Voices:
    """Return what was said, at noon unless another instant is given for a person."""
    return Voices(
        signed={person: at.get(person, NOON) for person in signed},
        affirmed={person: at.get(person, NOON) for person in affirmed},
        objections=tuple(Objection(s.person, s.name, s.side, "the baseline") for s in objecting),
    )


def awaited(result: ConsensusResult) -> list[str]:
    return [str(entry) for entry in result.awaited]


# At a meeting


def test_at_a_meeting_both_co_chairs_agree() -> None:
    result = judge(MEETING, voices("sato", "bat"), NOON)

    assert result
    assert (result.path, result.since, result.adopted_on) == ("meeting", NOON, date(2026, 6, 3))
    assert result.awaited == ()
    assert result.says == "both sides agree since 2026-06-03"
    require_consensus(result, "JP-MN/2026/001")


def test_one_side_alone_is_no_consensus_and_the_other_is_named() -> None:
    result = judge(MEETING, voices("sato", "suzuki", "tanaka"), AFTER)

    assert not result
    assert awaited(result) == ["Bat, co-chair or Dorj, alternate (MN): signature of the side"]
    assert [s.person for s in result.signers] == ["sato", "suzuki"]
    with pytest.raises(ConsensusMissingError, match="Bat, co-chair or Dorj, alternate"):
        require_consensus(result, "JP-MN/2026/001")


def test_nobody_has_signed_and_both_sides_are_awaited() -> None:
    result = judge(MEETING, voices(), AFTER)

    assert [entry.side for entry in result.awaited] == ["JP", "MN"]


def test_a_side_without_a_chair_is_asked_to_appoint_one() -> None:
    question = replace(MEETING, seats=(SATO, SUZUKI, TANAKA, OYUN))

    result = judge(question, voices("sato", "oyun"), AFTER)

    assert "the side has yet to appoint" in result.says


def test_a_member_who_is_neither_co_chair_nor_alternate_does_not_speak_for_the_side() -> None:
    assert not judge(MEETING, voices("sato", "oyun"), AFTER)
    assert judge(MEETING, voices("sato", "dorj"), AFTER)


def test_who_has_signed_in_part_has_not_signed_and_is_named_with_what_is_missing() -> None:
    half = replace(voices("sato"), in_part={"bat": "signature by ML-DSA-65 as well"})

    result = judge(MEETING, half, AFTER)

    assert awaited(result) == ["Bat, co-chair (MN): signature by ML-DSA-65 as well"]
    assert [s.person for s in result.signers] == ["sato"]


def test_a_part_affirms_nothing_while_another_of_the_side_has_signed_whole() -> None:
    said = voices("sato", "bat", affirmed=("suzuki", "tanaka", "oyun"))
    half = replace(said, in_part={"dorj": "signature by ML-DSA-65 as well"})

    assert not judge(ELECTRONIC, half, NOON)
    assert judge(ELECTRONIC, half, CLOSES)


def test_a_meeting_decides_nothing_before_its_day() -> None:
    early = voices("sato", "bat", sato=OPENED - HOUR, bat=OPENED - HOUR)

    before = judge(MEETING, early, OPENED - INSTANT)
    on_the_day = judge(MEETING, early, OPENED)

    assert not before
    assert "the day of the meeting" in before.says
    assert (on_the_day.since, on_the_day.adopted_on) == (OPENED, date(2026, 6, 1))


def test_time_alone_completes_no_meeting() -> None:
    assert not judge(MEETING, voices("sato"), AFTER)


@pytest.mark.parametrize("objector", SEATS, ids=lambda s: s.person)
def test_any_open_objection_stops_it(objector: Seat) -> None:
    signed = [s.person for s in SEATS if s.signs and s is not objector]
    for question in (MEETING, ELECTRONIC):
        result = judge(question, voices(*signed, objecting=(objector,)), AFTER)

        assert not result
        assert f"{objector.name} ({objector.side}) objects: the baseline" in result.says


def test_an_objection_stays_though_its_author_has_left() -> None:
    question = replace(MEETING, seats=(SATO, BAT))

    assert not judge(question, voices("sato", "bat", objecting=(OYUN,)), AFTER)


# By electronic means


def test_the_window_passes_and_both_sides_have_signed() -> None:
    result = judge(ELECTRONIC, voices("sato", "bat"), CLOSES)

    assert (result.path, result.since) == ("window", CLOSES)
    assert result.adopted_on == date(2026, 6, 12)


def test_an_instant_before_the_window_ends_nothing_is_decided() -> None:
    result = judge(ELECTRONIC, voices("sato", "bat"), CLOSES - INSTANT)

    assert not result
    assert [entry.person for entry in result.awaited] == ["suzuki", "tanaka", "dorj", "oyun"]
    assert "the end of the window, or until then the affirmation of Suzuki" in result.says


def test_a_silent_co_chair_is_never_consent_however_long_ago_the_window_closed() -> None:
    result = judge(ELECTRONIC, voices("sato", affirmed=("tanaka", "oyun", "bat")), AFTER)

    assert not result
    assert [entry.side for entry in result.awaited] == ["MN"]


def test_a_late_signature_decides_on_the_day_it_comes() -> None:
    late = CLOSES + timedelta(days=5)

    result = judge(ELECTRONIC, voices("sato", "bat", bat=late), late)

    assert (result.path, result.since) == ("window", late)


def test_every_member_affirms_and_it_is_decided_before_the_window_ends() -> None:
    said = voices("sato", "bat", affirmed=("suzuki", "tanaka", "dorj", "oyun"), oyun=NOON + HOUR)

    result = judge(ELECTRONIC, said, NOON + HOUR)

    assert (result.path, result.since) == ("all_affirmed", NOON + HOUR)


def test_one_missing_affirmation_waits_for_the_window() -> None:
    said = voices("sato", "bat", affirmed=("suzuki", "tanaka", "dorj"))

    before, after = judge(ELECTRONIC, said, CLOSES - INSTANT), judge(ELECTRONIC, said, CLOSES)

    assert awaited(before) == ["Oyun (MN): affirmation, or the end of the window"]
    assert after.path == "window"


def test_whichever_comes_first_decides_whenever_it_is_asked() -> None:
    rest = ("suzuki", "tanaka", "dorj", "oyun")
    early = voices("sato", "bat", affirmed=rest)
    late = voices("sato", "bat", affirmed=rest, oyun=CLOSES + HOUR)

    assert judge(ELECTRONIC, early, AFTER).path == "all_affirmed"
    assert judge(ELECTRONIC, early, AFTER).since == NOON
    assert judge(ELECTRONIC, late, AFTER).path == "window"
    assert judge(ELECTRONIC, late, AFTER).since == CLOSES


def test_a_co_chair_signs_once_and_that_is_the_affirmation() -> None:
    said = voices("sato", "suzuki", "bat", "dorj", affirmed=("sato", "tanaka", "oyun"))

    assert judge(ELECTRONIC, said, NOON).path == "all_affirmed"


def test_all_affirmed_needs_a_signature_of_each_side_too() -> None:
    everyone = tuple(s.person for s in SEATS)

    result = judge(ELECTRONIC, voices("sato", affirmed=everyone), NOON)

    assert not result
    assert [entry.side for entry in result.awaited] == ["MN"]


def test_a_member_who_left_is_not_awaited() -> None:
    question = replace(ELECTRONIC, seats=tuple(s for s in SEATS if s is not OYUN))
    said = voices("sato", "bat", affirmed=("suzuki", "tanaka", "dorj"))

    assert judge(question, said, NOON).path == "all_affirmed"


def test_a_member_who_came_later_is_not_awaited_and_may_object() -> None:
    kimura = seat("kimura", "JP", MEMBER)
    question = replace(ELECTRONIC, seats=(*SEATS, kimura))
    said = voices("sato", "bat", affirmed=("suzuki", "tanaka", "dorj", "oyun"))

    assert judge(question, said, NOON).path == "all_affirmed"
    assert not judge(question, replace(said, objections=_objections(kimura)), AFTER)


def test_with_nobody_awaited_only_the_window_decides() -> None:
    question = replace(ELECTRONIC, awaited=frozenset())

    before = judge(question, voices("sato", "bat"), CLOSES - INSTANT)
    assert before.says == "awaiting the committee (both): the end of the window"
    assert judge(question, voices("sato", "bat"), CLOSES).path == "window"


def test_a_signer_who_no_longer_sits_does_not_count() -> None:
    question = replace(ELECTRONIC, seats=tuple(s for s in SEATS if s is not BAT))

    assert not judge(question, voices("sato", "bat"), AFTER)
    assert judge(question, voices("sato", "bat", "dorj"), AFTER)


# Whose signature is consent


def test_an_alternate_does_not_count_while_the_sides_co_chair_objects() -> None:
    both = ["suzuki", "bat"]

    assert [s.person for s in consenting(SEATS, both)] == both
    assert [s.person for s in consenting(SEATS, both, ["sato"])] == ["bat"]
    assert [s.person for s in consenting(SEATS, both, ["tanaka"])] == both
    assert [s.person for s in consenting(SEATS, both, ["bat"])] == ["suzuki"]


def test_who_objects_does_not_consent_by_an_earlier_signature() -> None:
    assert consenting(SEATS, ["sato"], ["sato"]) == ()
    assert [s.person for s in consenting(SEATS, ["sato", "suzuki"], ["suzuki"])] == ["sato"]


def test_no_number_of_one_sides_signatures_speaks_for_the_other() -> None:
    many = [seat(f"jp{number}", "JP", CHAIR) for number in range(50)]

    assert silent_sides(COMMITTEE, many) == ("MN",)
    assert silent_sides(COMMITTEE, [*many, DORJ]) == ()
    assert silent_sides(COMMITTEE, ()) == ("JP", "MN")


# The day


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 6, 9, 15, 59, 59, tzinfo=UTC), date(2026, 6, 9)),
        (datetime(2026, 6, 9, 16, 0, tzinfo=UTC), date(2026, 6, 10)),
        (datetime(2026, 6, 10, 15, 59, 59, tzinfo=UTC), date(2026, 6, 10)),
        (datetime(2026, 6, 10, 16, 0, tzinfo=UTC), date(2026, 6, 11)),
    ],
)
def test_the_day_of_adoption_is_counted_in_ulaanbaatar(instant: datetime, day: date) -> None:
    result = judge(MEETING, voices("sato", "bat", bat=instant), AFTER)

    assert result.adopted_on == day


def _objections(*by: Seat) -> Any:
    return voices(objecting=by).objections
