"""A declaration of interest: recorded for its author, shown beside, deciding nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from aggregates.committee.decide_interests import Voice
from aggregates.committee.events import InterestDeclared, InterestWithdrawn
from aggregates.committee.snapshot import CORE, decode, encode
from governance.service.interests import (
    declare_in_case,
    declare_in_item,
    interest_lines,
    interests_of_case,
    withdraw_interest,
)
from governance.service.proposals import proposal_entries
from policies.refusals import (
    HiddenTextError,
    NotEntitledError,
    NotFoundError,
    StepDateError,
    StepNotAllowedError,
    UnreadableError,
)
from tests.aggregates.docket import METHODOLOGY, Docket, documents
from tests.aggregates.room import CODE, MEASURE, Room

LETTER = hashlib.sha256(b"I own shares of it.").hexdigest()
PAPERS = ("proposed_methodology_form", "proposed_methodology_spreadsheet")
TEXT = "My brother is a director of Nomad Energy."


@pytest.fixture
def served(room: Room) -> Room:
    """The room, with a secretary of each side and a registry."""
    room.appoint("JP", *room.seat("jp-sato", "Sato Yuki", ("secretary",)))
    room.appoint("MN", *room.seat("mn-naran", "Naran Tuya", ("secretary",)))
    room.appoint("MN", *room.seat("mn-reg", "The Registry", ("registry",)))
    return room.on("2026-01-12")


@pytest.fixture
def case(served: Room) -> str:
    return Docket(served).submit(METHODOLOGY, documents(*PAPERS))


def in_case(room: Room, case: str, voice: Voice, text: str = TEXT) -> InterestDeclared:
    declare_in_case(room.stage.engine.cases, voice, case, CODE, text)
    return room.events(InterestDeclared)[-1]


def in_item(room: Room, proposal: int, item: int = 1, by: str = "mn-sara") -> InterestDeclared:
    declare_in_item(room.stage.engine.desk, Voice(by), CODE, (proposal, item), TEXT)
    return room.events(InterestDeclared)[-1]


def take_back(room: Room, interest: int, voice: Voice, reason: str = "Sold.") -> InterestWithdrawn:
    withdraw_interest(room.stage.engine.desk, voice, CODE, interest, reason)
    return room.events(InterestWithdrawn)[-1]


def refused(
    room: Room, refusal: type[Exception], match: str, do: Callable[..., Any], *given: Any
) -> None:
    """Do what must be refused so, and record nothing."""
    before = room.stage.engine.record.position
    with pytest.raises(refusal, match=match):
        do(room, *given)
    assert room.stage.engine.record.position == before


# Declared


def test_a_member_declares_an_interest_in_a_case(served: Room, case: str) -> None:
    said = in_case(served, "MN_PM001", Voice("mn-sara"))

    assert served.events(InterestDeclared) == [said]
    assert (said.interest, said.case, said.title) == (1, case, "Heat pumps in schools")
    assert (said.person, said.by, said.letter) == ("mn-sara", "mn-sara", None)
    assert (said.proposal, said.version, said.item) == (None, None, None)
    assert said.on == date(2026, 1, 12)
    (entry,) = interests_of_case(served.state, case)
    assert (entry["interest"], entry["name"], entry["text"]) == ("I1", "Sara Oyun", TEXT)


def test_a_secretary_records_what_a_person_of_the_side_wrote(served: Room, case: str) -> None:
    voice = Voice("mn-naran", "mn-sara", date(2026, 1, 9), LETTER)

    said = in_case(served, case, voice)

    assert (said.person, said.by, said.letter) == ("mn-sara", "mn-naran", LETTER)
    assert said.on == date(2026, 1, 9)


def test_an_interest_in_a_case_that_has_ended_is_still_declared(served: Room, case: str) -> None:
    from aggregates.case import decide_papers

    Docket(served).step(case, lambda s, a: decide_papers.withdraw(s, a, "No longer needed."))

    assert in_case(served, case, Voice("jp-hara")).interest == 1


def test_an_interest_in_an_item_is_shown_beside_the_text(served: Room) -> None:
    proposal = served.distribute(MEASURE, MEASURE | {"title": "Meetings online"})

    in_item(served, proposal, 2)

    (entry,) = proposal_entries(served.state, served.stage.clock.now)
    (shown,) = entry["interests"]
    assert (shown["item"], shown["version"], shown["title"]) == (2, 1, "Meetings online")
    (line,) = interest_lines(served.state, served.proposal(proposal))
    assert line == (
        "not signed, declared beside it: I1: Sara Oyun (MN) has an interest in item 2 of version"
        f" 1, Meetings online, 2026-01-12: {TEXT}"
    )


def test_an_interest_in_a_case_is_shown_beside_the_text_that_decides_it(
    served: Room, case: str
) -> None:
    docket = Docket(served)
    in_case(served, case, Voice("mn-sara"))
    docket.complete(case)
    docket.publish(case)
    docket.on("2026-02-01")
    docket.propose({"case": case, "outcome": "approved"})

    (entry,) = proposal_entries(served.state, served.stage.clock.now)
    assert [shown["case"] for shown in entry["interests"]] == [case]


def test_an_interest_decides_nothing(served: Room) -> None:
    proposal = served.distribute()
    for person in ("jp-hara", "mn-bold"):
        in_item(served, proposal, by=person)

    served.sign(proposal, "jp-hara", "mn-bold")
    served.affirm(proposal, "jp-mori", "jp-ueda", "mn-dorj", "mn-sara")

    assert served.path(proposal) == "all_affirmed"
    assert served.audit(proposal).ok


def test_a_new_version_keeps_what_was_declared_about_the_old_one(served: Room) -> None:
    proposal = served.distribute(MEASURE, MEASURE | {"title": "Meetings online"})
    in_item(served, proposal, 2)

    served.propose(MEASURE, revises=proposal)

    (entry,) = proposal_entries(served.state, served.stage.clock.now)
    (shown,) = entry["interests"]
    assert (entry["version"], shown["version"], shown["title"]) == (2, 1, "Meetings online")


def test_what_is_declared_of_a_text_that_ended_stands_in_the_record_alone(served: Room) -> None:
    proposal = served.distribute()
    said = in_item(served, proposal)
    served.withdraw(proposal)

    assert served.state.interests == {}
    assert served.events(InterestDeclared) == [said]
    refused(served, NotFoundError, "no declaration I1", take_back, 1, Voice("mn-sara"))
    again = served.distribute()
    assert in_item(served, again).interest == 2


def test_a_snapshot_keeps_the_declarations(served: Room, case: str) -> None:
    in_case(served, case, Voice("mn-sara"))
    state = served.state

    kept = decode(encode(state)[CORE], lambda _name: None)

    assert kept.interests == state.interests
    assert kept.last_interest == 1


# Taken back


def test_a_declaration_is_taken_back_by_its_author(served: Room, case: str) -> None:
    in_case(served, case, Voice("mn-sara"))

    said = take_back(served.on("2026-01-20"), 1, Voice("mn-sara"))

    assert (said.interest, said.person, said.on) == (1, "mn-sara", date(2026, 1, 20))
    assert interests_of_case(served.state, case) == []
    assert len(served.events(InterestDeclared)) == 1


def test_a_number_is_never_given_again(served: Room, case: str) -> None:
    in_case(served, case, Voice("mn-sara"))
    take_back(served, 1, Voice("mn-sara"))

    assert in_case(served, case, Voice("mn-sara")).interest == 2


def test_what_is_taken_back_is_not_taken_back_twice(served: Room, case: str) -> None:
    in_case(served, case, Voice("mn-sara"))
    take_back(served, 1, Voice("mn-sara"))

    refused(served, NotFoundError, "standing are: none", take_back, 1, Voice("mn-sara"))


def test_nothing_is_taken_back_before_it_was_declared(served: Room, case: str) -> None:
    in_case(served, case, Voice("mn-sara"))

    voice = Voice("mn-sara", on=date(2026, 1, 11))
    refused(served, StepDateError, "lies before that", take_back, 1, voice)


def test_one_who_left_is_spoken_for_by_the_secretary_of_the_side(served: Room, case: str) -> None:
    in_case(served, case, Voice("mn-sara"))
    served.appoint("MN", served.ends("mn-sara", "member"))
    served.on("2026-01-20")

    refused(served, NotEntitledError, "neither", take_back, 1, Voice("mn-sara"))
    assert take_back(served, 1, Voice("mn-naran", letter=LETTER)).person == "mn-sara"


# Refused


@pytest.mark.parametrize(
    ("voice", "match"),
    [
        (Voice(None), "say who does this"),
        (Voice("eve"), "'eve' is nobody"),
        (Voice("mn-reg"), "neither secretary nor in the committee"),
        (Voice("mn-sara", "mn-dorj", letter=LETTER), "Sara Oyun \\(MN\\) is neither"),
        (Voice("jp-sato", "mn-sara", letter=LETTER), "Sato Yuki \\(JP\\) is neither"),
        (Voice("mn-naran", "mn-sara"), "--letter FILE"),
        (Voice("mn-naran", "mn-nobody", letter=LETTER), "'mn-nobody' is nobody"),
        (Voice("mn-naran", "mn-reg", letter=LETTER), "holds no role"),
    ],
    ids=[
        "nobody",
        "a stranger",
        "a registry",
        "a colleague",
        "the other side's secretary",
        "without the letter",
        "for a stranger",
        "for a registry",
    ],
)
def test_nobody_speaks_for_another(served: Room, case: str, voice: Voice, match: str) -> None:
    refused(served, NotEntitledError, match, in_case, case, voice)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", UnreadableError),
        ("\n ", UnreadableError),
        ("x" * 20_001, UnreadableError),
        ("a\u202eb", HiddenTextError),
    ],
)
def test_a_declaration_says_something_that_can_be_read(
    served: Room, case: str, text: str, refusal: type[Exception]
) -> None:
    refused(served, refusal, "text", in_case, case, Voice("mn-sara"), text)


def test_a_day_that_is_to_come_is_refused(served: Room, case: str) -> None:
    voice = Voice("mn-sara", on=date(2026, 1, 13))
    refused(served, StepDateError, "in the future", in_case, case, voice)


def test_a_letter_is_named_by_a_digest(served: Room, case: str) -> None:
    voice = Voice("mn-naran", "mn-sara", letter="letter.pdf")
    refused(served, UnreadableError, "no digest", in_case, case, voice)


def test_the_same_is_not_declared_twice(served: Room, case: str) -> None:
    in_case(served, case, Voice("mn-sara"))

    again = Voice("mn-naran", "mn-sara", letter=LETTER)
    refused(served, StepNotAllowedError, "already, as I1", in_case, case, again)
    assert in_case(served, case, Voice("mn-sara"), "Another one.").interest == 2
    assert in_case(served, case, Voice("mn-dorj")).interest == 3


def test_what_is_not_there_has_no_interests(served: Room, case: str) -> None:
    proposal = served.distribute()

    refused(served, NotFoundError, "C9", in_case, "C9", Voice("mn-sara"))
    for item in (0, 2, -1):
        refused(served, NotFoundError, "it has 1 to 1", in_item, proposal, item)
    refused(served, NotFoundError, "no open proposal 9", in_item, 9)
