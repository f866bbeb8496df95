"""A changed text is a new version: it voids what was said on the old one and answers it."""

from __future__ import annotations

from datetime import date

import pytest

from policies.proof.statements import ByElectronicMeans
from policies.refusals import ContextError, NotFoundError, SomeoneActedFirstError
from tests.aggregates.room import EVERYONE, MEASURE, METHODOLOGY, Room

CHAIRS = ("jp-hara", "mn-bold")
OTHERS = tuple(person for person in EVERYONE if person not in CHAIRS)
SHORTER = MEASURE | {"until": "2026-06-30"}


def test_a_new_version_keeps_the_proposal_and_its_number(room: Room) -> None:
    first = room.on("2026-01-12").propose()

    second = room.propose(SHORTER, revises=first.proposal)

    assert (second.proposal, second.number, second.version) == (first.proposal, first.number, 2)
    assert second.digest != first.digest


def test_a_new_version_voids_signatures_and_affirmations(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, "jp-hara")
    room.affirm(proposal, *OTHERS)

    room.distribute(SHORTER, revises=proposal)
    room.sign(proposal, "mn-bold")
    room.on("2026-02-02").sweep()

    assert room.adoption(proposal) is None
    assert [awaited.side for awaited in room.standing(proposal).awaited] == ["JP"]


def test_a_new_version_restarts_the_window(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()

    room.on("2026-01-19").distribute(SHORTER, revises=proposal)
    room.sign(proposal, *CHAIRS)
    room.on("2026-02-02").sweep()

    assert room.text(proposal).decision.procedure == ByElectronicMeans(
        distributed=date(2026, 1, 19), closes=date(2026, 1, 29)
    )
    assert room.adopted_on(proposal) == date(2026, 1, 30)


def test_a_new_version_answers_the_objection_and_is_open_again(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    objection = room.object(proposal, "mn-sara")

    room.distribute(SHORTER, revises=proposal)
    room.sign(proposal, *CHAIRS)
    room.on("2026-02-02").sweep()

    assert room.text(proposal).decision.answers == (objection.digest,)
    assert room.adopted_on(proposal) == date(2026, 1, 23)
    assert room.audit(proposal).ok


def test_a_text_without_objections_answers_nothing(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()

    room.distribute(SHORTER, revises=proposal)

    assert room.text(proposal).decision.answers == ()


def test_a_third_version_answers_the_objections_of_both_versions_before(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    first = room.object(proposal, "mn-sara")
    room.distribute(SHORTER, revises=proposal)
    second = room.object(proposal, "jp-ueda")

    room.distribute(MEASURE, revises=proposal)

    assert room.text(proposal).decision.answers == tuple(sorted((first.digest, second.digest)))


def test_a_signature_under_an_old_version_is_refused_by_name(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    old = room.stage.sign(room.text(proposal).envelope, "jp-hara")
    room.distribute(SHORTER, revises=proposal)

    with pytest.raises(ContextError, match="at version 2; the signature is under version 1"):
        room.stage.submit(old)


def test_a_signature_under_an_old_version_is_refused_while_the_new_one_is_a_draft(
    room: Room,
) -> None:
    proposal = room.on("2026-01-12").distribute()
    old = room.stage.sign(room.text(proposal).envelope, "jp-hara")
    proposals = room.stage.engine.proposals
    proposals.propose(room.draft(SHORTER), revises=proposal, only_draft=True)

    with pytest.raises(ContextError, match="at version 2; the signature is under version 1"):
        room.stage.submit(old)


def test_an_assertion_on_an_old_version_is_refused(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    old = room.stage.sign(room.assertion(proposal, objects=True), "mn-sara")
    room.distribute(SHORTER, revises=proposal)

    with pytest.raises(NotFoundError, match="no open text"):
        room.stage.submit(old)


def test_a_new_version_lists_those_who_are_members_then(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.appoint("MN", *room.seat("mn-zaya", "Zaya Bat", ("member",)))

    room.distribute(SHORTER, revises=proposal)
    room.sign(proposal, *CHAIRS)
    room.affirm(proposal, *OTHERS)

    assert room.adoption(proposal) is None
    assert [awaited.name for awaited in room.standing(proposal).awaited] == ["Zaya Bat"]


def test_a_new_version_may_take_another_procedure(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    meeting = room.convene("2026-02-10")
    procedure = {"kind": "meeting", "meeting": meeting}

    room.propose(revises=proposal, procedure=procedure)
    room.on("2026-02-10").sign(proposal, *CHAIRS)

    assert room.path(proposal) == "meeting"
    assert room.audit(proposal).ok


def test_a_new_version_keeps_the_numbers_that_its_items_were_given(room: Room) -> None:
    proposal = room.on("2026-01-12").propose(METHODOLOGY).proposal

    room.propose(MEASURE, revises=proposal)
    room.propose(METHODOLOGY, METHODOLOGY | {"title": "Boilers"}, revises=proposal)

    numbers = [item.subject for item in room.text(proposal).decision.items]
    assert numbers == ["MN_AM001", "MN_AM002"]


def test_what_is_adopted_or_closed_gets_no_new_version(room: Room) -> None:
    proposal = room.on("2026-01-12").propose().proposal
    room.withdraw(proposal)

    with pytest.raises(NotFoundError, match="no open proposal"):
        room.propose(SHORTER, revises=proposal)


def test_who_goes_on_from_an_older_version_than_the_last_is_told(room: Room) -> None:
    first = room.on("2026-01-12").propose()
    proposals, before = room.stage.engine.proposals, room.state.version

    with pytest.raises(SomeoneActedFirstError, match=r"is at version 1 by now, .* from version 2"):
        proposals.propose(room.draft(SHORTER), revises=first.proposal, after=2)
    assert room.state.version == before

    second = proposals.propose(room.draft(SHORTER), revises=first.proposal, after=1)
    assert second.version == 2
    with pytest.raises(SomeoneActedFirstError, match="is at version 2 by now"):
        proposals.propose(room.draft(MEASURE), revises=first.proposal, after=1, only_draft=True)
