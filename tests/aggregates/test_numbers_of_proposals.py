"""Numbers of decisions and of what they create: given in order, never used twice."""

from __future__ import annotations

import pytest

from policies.refusals import ItemError, PreconditionError
from tests.aggregates.room import MEASURE, METHODOLOGY, Room

PROJECT = {
    "kind": "project_registration",
    "title": "A school in Darkhan",
    "methodologies": [{"number": "MN_AM001", "version": "1.0"}],
    "scopes": [1],
    "participants": [],
}
TITLED = [METHODOLOGY | {"title": title} for title in ("Heat pumps", "Boilers", "Windows")]


def minted(room: Room, proposal: int) -> list[str | None]:
    return [item.subject for item in room.text(proposal).decision.items]


def number(room: Room, proposal: int) -> str:
    return room.text(proposal).decision.number


# Decisions


def test_decisions_are_numbered_in_the_order_in_which_their_texts_were_fixed(room: Room) -> None:
    proposals = room.on("2026-01-12").stage.engine.proposals
    first = proposals.propose(room.draft(), only_draft=True).proposal

    assert room.propose().number == "JP-MN/2026/001"
    assert proposals.freeze("JP-MN", first).number == "JP-MN/2026/002"


def test_a_draft_has_no_number_yet(room: Room) -> None:
    drafted = room.stage.engine.proposals.propose(room.draft(), only_draft=True)

    assert drafted.number is None
    assert room.proposal(drafted.proposal).name == "proposal 1"


def test_the_number_of_a_withdrawn_decision_is_not_given_again(room: Room) -> None:
    room.withdraw(room.on("2026-01-12").propose().proposal)

    assert room.propose().number == "JP-MN/2026/002"


def test_the_number_of_a_lapsed_decision_is_not_given_again(room: Room) -> None:
    room.on("2026-01-12").propose(MEASURE, expires="2026-02-10")
    room.on("2026-02-11").sweep()

    assert room.propose().number == "JP-MN/2026/002"


def test_each_year_counts_from_one_in_the_committees_own_days(room: Room) -> None:
    room.on("2026-12-30").propose()

    assert room.at("2026-12-31 15:59").propose().number == "JP-MN/2026/002"
    assert room.at("2026-12-31 16:00").propose().number == "JP-MN/2027/001"


def test_a_new_version_of_the_year_after_keeps_its_old_number(room: Room) -> None:
    first = room.on("2026-12-30").propose()

    assert room.on("2027-01-04").propose(revises=first.proposal).number == first.number


# What decisions create


def test_items_are_numbered_in_the_order_of_the_text(room: Room) -> None:
    proposal = room.propose(*TITLED[:2]).proposal

    assert minted(room, proposal) == ["MN_AM001", "MN_AM002"]


def test_two_open_proposals_are_given_different_numbers(room: Room) -> None:
    first, second = (room.propose(item).proposal for item in TITLED[:2])

    assert (minted(room, first), minted(room, second)) == (["MN_AM001"], ["MN_AM002"])


def test_families_of_numbers_are_counted_apart(room: Room) -> None:
    proposal = room.propose(TITLED[0], PROJECT, TITLED[1]).proposal

    assert minted(room, proposal) == ["MN_AM001", "MN001", "MN_AM002"]


def test_a_number_that_was_withdrawn_with_its_proposal_is_not_given_again(room: Room) -> None:
    room.withdraw(room.propose(TITLED[0]).proposal)

    assert minted(room, room.propose(TITLED[1]).proposal) == ["MN_AM002"]


def test_a_number_that_a_new_version_gave_up_is_not_given_to_another(room: Room) -> None:
    first = room.propose(*TITLED[:2]).proposal
    room.propose(TITLED[0], revises=first)

    assert minted(room, room.propose(TITLED[2]).proposal) == ["MN_AM003"]


def test_the_same_proposal_takes_up_again_a_number_that_it_gave_up(room: Room) -> None:
    first = room.propose(*TITLED[:2]).proposal
    room.propose(TITLED[0], revises=first)
    room.propose(*TITLED, revises=first)

    assert minted(room, first) == ["MN_AM001", "MN_AM002", "MN_AM003"]


def test_numbers_of_the_past_are_respected_before_the_committee_adopts_it(room: Room) -> None:
    room.imports(
        {
            "decision_date": "2015-01-28",
            "decision_type": "methodology_approval",
            "subject_id": "MN_AM007",
            "subject_title": "Boilers",
        }
    )

    assert minted(room, room.propose(METHODOLOGY).proposal) == ["MN_AM008"]


def test_the_past_of_another_committee_counts_nothing_here(room: Room) -> None:
    room.imports(
        {
            "partner_iso2": "ID",
            "decision_date": "2015-01-28",
            "decision_type": "methodology_approval",
            "subject_id": "ID_AM007",
            "subject_title": "Boilers",
        }
    )

    assert minted(room, room.propose(METHODOLOGY).proposal) == ["MN_AM001"]


# Numbers that a draft names itself


def test_a_free_number_may_be_named(room: Room) -> None:
    proposal = room.propose(METHODOLOGY | {"number": "MN_AM005"}, TITLED[1]).proposal

    assert minted(room, proposal) == ["MN_AM005", "MN_AM006"]


def test_a_number_that_an_open_proposal_was_given_is_refused(room: Room) -> None:
    room.propose(METHODOLOGY)

    with pytest.raises(ItemError, match="item 1: MN_AM001 was given to another proposal"):
        room.propose(METHODOLOGY | {"number": "MN_AM001"})


def test_a_number_that_a_withdrawn_proposal_was_given_is_refused(room: Room) -> None:
    room.withdraw(room.propose(METHODOLOGY).proposal)

    with pytest.raises(ItemError, match="item 2: MN_AM001 was given to another proposal"):
        room.propose(MEASURE, METHODOLOGY | {"number": "MN_AM001"})


def test_its_own_number_may_be_named_in_a_new_version(room: Room) -> None:
    first = room.propose(METHODOLOGY).proposal

    room.propose(METHODOLOGY | {"number": "MN_AM001"}, revises=first)

    assert minted(room, first) == ["MN_AM001"]


def test_one_number_does_not_stand_for_two_items(room: Room) -> None:
    twice = [item | {"number": "MN_AM001"} for item in TITLED[:2]]

    findings = room.propose(*twice).findings

    assert any("item 2: MN_AM001 has been used" in finding for finding in findings)


def test_a_number_of_another_family_or_country_is_refused(room: Room) -> None:
    with pytest.raises(PreconditionError, match="ID_AM001 is not an approved methodology"):
        room.propose(METHODOLOGY | {"number": "ID_AM001"})
