"""Decisions by electronic means: the window, everyone's affirmation, and how a text ends.

A text sent out on 12 January closes on 22 January; the window's path adopts on the day after.
"""

from __future__ import annotations

from datetime import date

import pytest

from policies.lifecycles.proposal import Stage
from policies.proof.statements import ByElectronicMeans
from policies.refusals import NotFoundError, StepNotAllowedError
from tests.aggregates.room import EVERYONE, MEASURE, Room

CHAIRS = ("jp-hara", "mn-bold")
OTHERS = tuple(person for person in EVERYONE if person not in CHAIRS)


def test_a_text_is_open_for_ten_full_days_after_the_day_of_its_distribution(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()

    procedure = room.text(proposal).decision.procedure
    assert procedure == ByElectronicMeans(distributed=date(2026, 1, 12), closes=date(2026, 1, 22))


# The window


def test_the_window_adopts_on_the_day_after_it_closes(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.on("2026-01-13").sign(proposal, *CHAIRS)

    room.on("2026-01-23").sweep()

    assert room.adopted_on(proposal) == date(2026, 1, 23)
    assert room.path(proposal) == "window"


def test_the_last_second_of_the_window_adopts_nothing_and_the_next_one_does(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.on("2026-01-13").sign(proposal, *CHAIRS)

    assert room.at("2026-01-22 15:59:59").sweep() == []
    assert len(room.at("2026-01-22 16:00").sweep()) == 1
    assert room.adopted_on(proposal) == date(2026, 1, 23)


def test_a_window_that_is_settled_weeks_later_adopts_on_the_same_day(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.on("2026-01-13").sign(proposal, *CHAIRS)

    room.on("2026-03-09").sweep()

    adopted = room.adoption(proposal)
    assert adopted is not None
    assert adopted.adopted_on == date(2026, 1, 23)
    assert adopted.at.date() == date(2026, 3, 9)
    assert room.audit(proposal).ok


def test_an_unrelated_command_settles_what_was_due_before_it_is_judged(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.on("2026-01-13").sign(proposal, *CHAIRS)

    room.on("2026-02-02").convene("2026-02-20")

    assert room.adopted_on(proposal) == date(2026, 1, 23)


def test_signatures_after_the_window_adopt_on_the_day_of_the_second_side(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.on("2026-01-27").sign(proposal, "jp-hara")
    assert room.adoption(proposal) is None

    room.on("2026-02-03").sign(proposal, "mn-bold")

    assert room.adopted_on(proposal) == date(2026, 2, 3)
    assert room.path(proposal) == "window"


def test_time_alone_completes_nothing_that_one_side_has_not_signed(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.on("2026-01-13").sign(proposal, "jp-hara", "jp-mori")

    room.on("2026-06-01").sweep()

    assert room.adoption(proposal) is None
    assert [awaited.side for awaited in room.standing(proposal).awaited] == ["MN"]


def test_affirmations_of_everyone_but_one_co_chair_are_no_consent_of_that_side(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, "jp-hara")
    room.affirm(proposal, *OTHERS, "mn-bold")

    room.on("2026-03-02").sweep()

    assert room.adoption(proposal) is None
    assert "Bold Ganbaatar" in room.standing(proposal).says


# Everyone has affirmed


def test_the_last_affirmation_adopts_on_its_day(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.on("2026-01-13").sign(proposal, *CHAIRS)
    room.affirm(proposal, *OTHERS[:-1])
    assert room.adoption(proposal) is None

    room.on("2026-01-15").affirm(proposal, OTHERS[-1])

    assert room.adopted_on(proposal) == date(2026, 1, 15)
    assert room.path(proposal) == "all_affirmed"
    assert room.audit(proposal).ok


def test_a_co_chair_who_signs_last_completes_the_affirmations(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.affirm(proposal, *OTHERS)
    room.on("2026-01-13").sign(proposal, "jp-hara")

    room.on("2026-01-16").sign(proposal, "mn-bold")

    assert room.adopted_on(proposal) == date(2026, 1, 16)
    assert room.path(proposal) == "all_affirmed"


def test_the_adoption_names_every_assertion(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.affirm(proposal, *OTHERS)

    room.sign(proposal, *CHAIRS)

    adopted = room.adoption(proposal)
    assert adopted is not None
    assert len(adopted.adoption.value["assertions"]) == len(OTHERS)
    assert {signer.person for signer in adopted.signers} == set(CHAIRS)


def test_the_same_affirmation_or_signature_twice_changes_nothing(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, "jp-hara")
    signed = room.stage.sign(room.text(proposal).envelope, "jp-hara")

    assert room.stage.submit(signed).events == ()


def test_a_signature_under_an_adopted_text_changes_nothing(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.affirm(proposal, *OTHERS)
    room.sign(proposal, *CHAIRS)

    late = room.sign(proposal, "jp-mori")

    assert late.events == ()
    assert "adopted already" in late.says


# Distribution


def test_signatures_from_before_the_distribution_count_but_adopt_nothing_yet(room: Room) -> None:
    proposal = room.on("2026-01-12").propose().proposal
    room.sign(proposal, *CHAIRS)
    assert room.adoption(proposal) is None

    room.stage.engine.proposals.distribute("JP-MN", proposal)
    room.on("2026-01-23").sweep()

    assert room.adopted_on(proposal) == date(2026, 1, 23)


def test_a_text_is_distributed_on_the_day_that_it_names_and_on_no_other(room: Room) -> None:
    proposal = room.on("2026-01-12").propose().proposal

    with pytest.raises(StepNotAllowedError, match="2026-01-12, today is 2026-01-13"):
        room.on("2026-01-13").stage.engine.proposals.distribute("JP-MN", proposal)

    assert room.proposal(proposal).stage is Stage.FROZEN


def test_the_day_of_distribution_is_that_of_the_committee_not_of_greenwich(room: Room) -> None:
    proposal = room.at("2026-01-12 15:30").propose().proposal

    with pytest.raises(StepNotAllowedError, match="today is 2026-01-13"):
        room.at("2026-01-12 16:00").stage.engine.proposals.distribute("JP-MN", proposal)


def test_a_text_is_not_distributed_twice(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()

    with pytest.raises(StepNotAllowedError, match="is open; distribute"):
        room.stage.engine.proposals.distribute("JP-MN", proposal)


def test_nobody_affirms_a_text_that_was_not_sent_out(room: Room) -> None:
    proposal = room.on("2026-01-12").propose().proposal

    with pytest.raises(StepNotAllowedError, match="affirm is not possible"):
        room.affirm(proposal, "jp-ueda")


# Withdrawal and lapse


def test_a_withdrawn_text_is_closed_and_can_no_longer_be_signed(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, "jp-hara")

    room.withdraw(proposal)

    closed = room.closed(proposal)
    assert closed is not None
    assert (closed.reason, closed.number) == ("withdrawn", "JP-MN/2026/001")
    with pytest.raises(NotFoundError, match="no open text"):
        room.sign(proposal, "mn-bold")


def test_an_adopted_text_cannot_be_withdrawn(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.affirm(proposal, *OTHERS)
    room.sign(proposal, *CHAIRS)

    with pytest.raises(NotFoundError, match="no open proposal"):
        room.withdraw(proposal)


def test_a_text_lapses_when_the_last_day_on_which_it_may_be_adopted_is_over(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute(MEASURE, expires="2026-02-10")
    room.sign(proposal, "jp-hara")

    assert room.at("2026-02-10 15:59:59").sweep() == []
    room.at("2026-02-10 16:00").sweep()

    closed = room.closed(proposal)
    assert closed is not None
    assert (closed.reason, closed.detail) == ("expired", "not adopted by 2026-02-10")


def test_a_signature_on_the_last_day_still_adopts(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute(MEASURE, expires="2026-02-10")
    room.sign(proposal, "jp-hara")

    room.at("2026-02-10 15:59:59").sign(proposal, "mn-bold")

    assert room.adopted_on(proposal) == date(2026, 2, 10)
    assert room.audit(proposal).ok


def test_a_signature_that_comes_after_the_lapse_finds_the_text_closed(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute(MEASURE, expires="2026-02-10")
    room.sign(proposal, "jp-hara")

    with pytest.raises(NotFoundError, match="no open text"):
        room.at("2026-02-10 16:00").sign(proposal, "mn-bold")

    closed = room.closed(proposal)
    assert closed is not None
    assert closed.reason == "expired"


def test_a_text_that_was_never_sent_out_lapses_too(room: Room) -> None:
    proposal = room.on("2026-01-12").propose(MEASURE, expires="2026-02-10").proposal

    room.on("2026-02-11").sweep()

    closed = room.closed(proposal)
    assert closed is not None
    assert closed.reason == "expired"


def test_a_draft_does_not_lapse(room: Room) -> None:
    proposals = room.on("2026-01-12").stage.engine.proposals
    drafted = proposals.propose(room.draft(MEASURE, expires="2026-02-10"), only_draft=True)

    assert room.on("2027-03-01").sweep() == []
    assert room.proposal(drafted.proposal).stage is Stage.DRAFTED
