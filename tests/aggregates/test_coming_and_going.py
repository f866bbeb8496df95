"""People who come and go while a text is open; what is decided stands."""

from __future__ import annotations

from datetime import date

import pytest

from policies.lifecycles.proposal import Stage
from policies.proof.reading import read_any
from policies.refusals import NotEntitledError
from tests.aggregates.room import EVERYONE, Room

CHAIRS = ("jp-hara", "mn-bold")
OTHERS = tuple(person for person in EVERYONE if person not in CHAIRS)


def replace_bold(room: Room) -> None:
    tuya = room.seat("mn-tuya", "Tuya Erdene", ("co-chair",))
    room.appoint("MN", room.ends("mn-bold", "co-chair"), *tuya)


# Co-chairs


def test_the_signature_of_a_co_chair_who_was_replaced_counts_no_longer(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, *CHAIRS)
    replace_bold(room.on("2026-01-14"))

    room.on("2026-02-02").sweep()

    assert room.adoption(proposal) is None
    assert "Tuya Erdene, co-chair" in room.standing(proposal).says


def test_the_new_co_chair_signs_in_place_of_the_old_one(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, *CHAIRS)
    replace_bold(room.on("2026-01-14"))

    room.on("2026-02-02").sign(proposal, "mn-tuya")

    adopted = room.adoption(proposal)
    assert adopted is not None
    assert [signer.person for signer in adopted.signers] == ["jp-hara", "mn-tuya"]
    assert len(adopted.decision.signatures) == 2
    assert room.audit(proposal).ok


def test_the_old_co_chair_can_no_longer_sign(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    replace_bold(room.on("2026-01-14"))

    with pytest.raises(NotEntitledError, match=r"Bold Ganbaatar .* holds no seat"):
        room.sign(proposal, "mn-bold")


def test_a_member_who_is_no_alternate_signs_nothing(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()

    with pytest.raises(NotEntitledError, match=r"Ueda Naoko .* is member"):
        room.sign(proposal, "jp-ueda")


def test_a_term_that_ends_by_calendar_before_the_window_does_takes_its_signature_along(
    room: Room,
) -> None:
    khan = room.seat("mn-khan", "Khan Bat", ("co-chair",), "2026-01-10", "2026-01-15")
    room.appoint("MN", room.ends("mn-bold", "co-chair"), *khan)
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, "jp-hara", "mn-khan")

    room.on("2026-02-02").sweep()

    assert room.adoption(proposal) is None
    assert [awaited.side for awaited in room.standing(proposal).awaited] == ["MN"]


def test_a_term_that_ends_on_the_day_of_the_adoption_still_counts(room: Room) -> None:
    khan = room.seat("mn-khan", "Khan Bat", ("co-chair",), "2026-01-10", "2026-01-23")
    room.appoint("MN", room.ends("mn-bold", "co-chair"), *khan)
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, "jp-hara", "mn-khan")

    room.on("2026-02-02").sweep()

    assert room.adopted_on(proposal) == date(2026, 1, 23)
    assert room.audit(proposal).ok


def test_a_co_chair_who_comes_back_counts_from_that_day_on(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, *CHAIRS)
    hara = {"act": "appoint", "person": "jp-hara", "name": "Hara Kenji", "role": "co-chair"}
    first = hara | {"from": "2026-01-01", "until": "2026-01-20"}
    again = hara | {"from": "2026-02-02", "until": None}
    room.on("2026-01-13").appoint("JP", room.ends("jp-hara", "co-chair"), first, again)
    room.on("2026-01-30").sweep()
    assert room.adoption(proposal) is None

    room.on("2026-03-02").sweep()

    assert room.adopted_on(proposal) == date(2026, 2, 2)
    assert room.audit(proposal).ok


def test_nothing_is_adopted_that_a_verifier_would_refuse(room: Room) -> None:
    """A term that is dated back makes somebody a member whom the text never reached."""
    room.appoint("JP", *room.seat("jp-abe", "Abe Jun", ("member",), "2026-06-01"))
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, *CHAIRS)
    abe = {"act": "appoint", "person": "jp-abe", "name": "Abe Jun", "role": "member"}
    room.appoint("JP", abe | {"from": "2026-01-01", "until": None})

    room.on("2026-02-02").sweep()

    assert room.adoption(proposal) is None
    assert room.proposal(proposal).stage is Stage.OPEN


def test_a_term_that_is_renewed_without_a_break_moves_no_day(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, *CHAIRS)
    hara = {"act": "appoint", "person": "jp-hara", "name": "Hara Kenji", "role": "co-chair"}
    first = hara | {"from": "2026-01-01", "until": "2026-01-20"}
    again = hara | {"from": "2026-01-21", "until": None}
    room.on("2026-01-13").appoint("JP", room.ends("jp-hara", "co-chair"), first, again)

    room.on("2026-03-02").sweep()

    assert room.adopted_on(proposal) == date(2026, 1, 23)


@pytest.mark.parametrize(("begins", "until"), [("0001-01-01", None), ("2026-01-01", "9999-12-31")])
def test_a_term_to_the_ends_of_the_calendar_is_a_term(
    room: Room, begins: str, until: str | None
) -> None:
    room.appoint("JP", *room.seat("jp-abe", "Abe Jun", ("member",), begins, until))
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, *CHAIRS)

    room.on("2026-02-02").sweep()

    assert room.adopted_on(proposal) == date(2026, 1, 23)
    assert room.audit(proposal).ok


def test_a_successor_by_calendar_has_to_sign(room: Room) -> None:
    khan = room.seat("mn-khan", "Khan Bat", ("co-chair",), "2026-01-10", "2026-01-15")
    tuya = room.seat("mn-tuya", "Tuya Erdene", ("co-chair",), "2026-01-16")
    room.appoint("MN", room.ends("mn-bold", "co-chair"), *khan, *tuya)
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, "jp-hara", "mn-khan")

    with pytest.raises(NotEntitledError, match=r"Tuya Erdene .* holds no seat"):
        room.on("2026-01-15").sign(proposal, "mn-tuya")
    room.on("2026-01-16").sign(proposal, "mn-tuya")

    room.on("2026-02-02").sweep()
    assert room.adopted_on(proposal) == date(2026, 1, 23)


def test_what_is_adopted_stands_when_a_signer_leaves(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, *CHAIRS)
    room.on("2026-01-23").sweep()
    before = room.bundle(proposal)

    replace_bold(room.on("2026-01-30"))

    assert room.bundle(proposal) == before
    assert room.audit(proposal).ok


# Keys


def test_the_signature_of_a_retired_key_counts_no_longer(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, *CHAIRS)
    room.appoint("MN", room.retires("mn-bold"))

    room.on("2026-02-02").sweep()

    assert room.adoption(proposal) is None
    assert [awaited.side for awaited in room.standing(proposal).awaited] == ["MN"]


def test_a_person_signs_again_with_a_new_key(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, *CHAIRS)
    room.stage.key("bold-2")
    room.appoint("MN", room.retires("mn-bold"), room.key("mn-bold", "bold-2"))

    room.on("2026-01-20").sign(proposal, "bold-2")
    room.on("2026-02-02").sweep()

    adopted = room.adoption(proposal)
    assert adopted is not None
    retired = room.stage.key("mn-bold").record.keyid
    assert retired not in {signature.keyid for signature in adopted.decision.signatures}
    assert room.audit(proposal).ok


def test_the_affirmation_of_a_retired_key_counts_no_longer(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.affirm(proposal, *OTHERS)
    room.appoint("MN", room.retires("mn-sara"))

    room.on("2026-01-13").sign(proposal, *CHAIRS)

    assert room.adoption(proposal) is None
    assert [awaited.name for awaited in room.standing(proposal).awaited] == ["Sara Oyun"]


def test_what_is_adopted_stands_when_a_key_is_retired(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, *CHAIRS)
    room.on("2026-01-23").sweep()

    room.appoint("MN", room.retires("mn-bold"))

    assert room.audit(proposal).ok


def test_a_retired_key_signs_nothing_new(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.appoint("MN", room.retires("mn-bold"))

    with pytest.raises(NotEntitledError, match="no longer in use"):
        room.sign(proposal, "mn-bold")


def test_a_person_who_signs_with_two_keys_counts_once(room: Room) -> None:
    room.stage.key("hara-2")
    room.appoint("JP", room.key("jp-hara", "hara-2"))
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, "jp-hara", "hara-2")

    assert [seat.person for seat in room.standing(proposal).signers] == ["jp-hara"]
    room.on("2026-02-02").sweep()
    assert room.adoption(proposal) is None


def test_a_person_who_affirms_with_two_keys_answers_for_nobody_else(room: Room) -> None:
    room.stage.key("ueda-2")
    room.appoint("JP", room.key("jp-ueda", "ueda-2"))
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, *CHAIRS)

    room.affirm(proposal, "jp-ueda", "ueda-2", "jp-mori", "mn-dorj")

    assert room.adoption(proposal) is None
    assert [awaited.name for awaited in room.standing(proposal).awaited] == ["Sara Oyun"]


def test_one_of_two_keys_may_go_and_the_person_still_counts(room: Room) -> None:
    room.stage.key("hara-2")
    room.appoint("JP", room.key("jp-hara", "hara-2"))
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, "jp-hara", "hara-2", "mn-bold")

    room.appoint("JP", room.retires("jp-hara"))
    room.on("2026-02-02").sweep()

    adopted = room.adoption(proposal)
    assert adopted is not None
    assert len(adopted.decision.signatures) == 2
    assert room.audit(proposal).ok


# Members


def test_a_member_who_left_is_not_awaited(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, *CHAIRS)
    room.affirm(proposal, "jp-mori", "jp-ueda", "mn-dorj")
    assert room.adoption(proposal) is None

    room.on("2026-01-14").appoint("MN", room.ends("mn-sara", "member"))

    assert room.path(proposal) == "all_affirmed"
    assert room.audit(proposal).ok


def test_the_day_on_which_the_last_awaited_member_left_is_that_of_the_adoption(
    room: Room,
) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, *CHAIRS)
    room.affirm(proposal, "jp-mori", "jp-ueda", "mn-dorj")

    room.on("2026-01-14").appoint("MN", room.ends("mn-sara", "member"))

    assert room.adopted_on(proposal) == date(2026, 1, 14)


def test_a_term_that_ends_by_calendar_leaves_nobody_awaited_from_the_next_day_on(
    room: Room,
) -> None:
    room.appoint("MN", *room.seat("mn-zaya", "Zaya Bat", ("member",), "2026-01-01", "2026-01-15"))
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, *CHAIRS)
    room.affirm(proposal, *OTHERS)
    assert room.adoption(proposal) is None

    room.on("2026-02-02").sweep()

    assert room.path(proposal) == "all_affirmed"
    assert room.adopted_on(proposal) == date(2026, 1, 16)


def test_a_member_who_came_later_is_not_awaited(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, *CHAIRS)
    room.affirm(proposal, *OTHERS[:-1])
    room.appoint("MN", *room.seat("mn-zaya", "Zaya Bat", ("member",)))

    room.on("2026-01-14").affirm(proposal, OTHERS[-1])

    assert room.adopted_on(proposal) == date(2026, 1, 14)
    assert room.audit(proposal).ok


def test_a_member_who_came_later_may_object(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, *CHAIRS)
    room.appoint("MN", *room.seat("mn-zaya", "Zaya Bat", ("member",)))

    room.object(proposal, "mn-zaya")

    room.on("2026-02-02").sweep()
    assert room.adoption(proposal) is None


def test_a_registry_neither_affirms_nor_objects(room: Room) -> None:
    room.appoint("MN", *room.seat("mn-registry", "Registry of Mongolia", ("registry",)))
    proposal = room.on("2026-01-12").distribute()

    with pytest.raises(NotEntitledError, match=r"Registry of Mongolia .* holds no seat"):
        room.affirm(proposal, "mn-registry")
    with pytest.raises(NotEntitledError, match=r"Registry of Mongolia .* holds no seat"):
        room.object(proposal, "mn-registry")


def test_a_clock_that_is_set_back_orders_no_event_backwards(room: Room) -> None:
    proposal = room.on("2026-01-14").distribute()
    room.sign(proposal, "jp-hara")

    room.on("2026-01-12").sign(proposal, "mn-bold")

    instants = [entry.event.at for entry in room.stage.engine.record.stream("JP-MN")]
    assert instants == sorted(instants)
    room.on("2026-01-25").sweep()
    assert room.adopted_on(proposal) == date(2026, 1, 25)


def test_a_clock_that_is_set_back_opens_no_window_again(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, "jp-hara")
    room.on("2026-01-23").convene("2026-03-02")

    room.on("2026-01-20").sign(proposal, "mn-bold")

    assert room.adopted_on(proposal) == date(2026, 1, 23)
    adopted = room.adoption(proposal)
    assert adopted is not None
    assert read_any(adopted.adoption) is not None
