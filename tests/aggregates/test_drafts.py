"""From what a secretariat writes to what is signed: completed, or refused by name and place."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from aggregates.committee import decide_text
from policies.lifecycles.proposal import Stage
from policies.proof.canonical import digest
from policies.refusals import (
    HiddenTextError,
    ItemError,
    NotFoundError,
    PreconditionError,
    Refusal,
    TooLargeError,
    UnreadableError,
)
from tests.aggregates.room import CODE, MEASURE, METHODOLOGY, Room

ISSUANCE: dict[str, Any] = {
    "kind": "issuance",
    "title": "A school in Darkhan",
    "project": "MN001",
    "monitoring_period": {"from": "2019-01-01", "to": "2019-12-31"},
    "quantity": 100,
    "amounts": {"JP": 80, "MN": 20},
}


def item(room: Room, proposal: int) -> Any:
    return room.text(proposal).decision.items[0]


# What is filled in


def test_absent_members_that_may_be_null_are_null_in_what_is_signed(room: Room) -> None:
    proposal = room.propose(ISSUANCE).proposal

    signed = room.text(proposal).envelope.value["items"][0]
    assert signed["verification"] is None
    assert signed["allocation"] is None


def test_a_member_that_may_not_be_null_is_missed_by_name_and_place(room: Room) -> None:
    without = {name: member for name, member in ISSUANCE.items() if name != "quantity"}

    with pytest.raises(
        UnreadableError, match=r'item 2 \(issuance\) is missing "quantity": 1; say it in the item$'
    ):
        room.propose(MEASURE, without)


def test_a_first_measure_names_no_previous_decision(room: Room) -> None:
    assert item(room, room.propose().proposal).previous is None


def test_what_changes_something_names_the_decision_that_last_set_it(room: Room) -> None:
    first = room.on("2026-01-12").distribute()
    room.sign(first, "jp-hara", "mn-bold")
    room.on("2026-01-23").sweep()

    second = room.propose(MEASURE | {"result": "extended", "until": "2027-06-30"}).proposal

    assert item(room, second).previous == room.text(first).envelope.digest


def test_a_previous_decision_that_the_draft_names_itself_stays_and_is_judged(room: Room) -> None:
    proposed = room.propose(MEASURE | {"previous": "0" * 64})

    assert item(room, proposed.proposal).previous == "0" * 64
    assert any("someone decided between" in finding for finding in proposed.findings)


def test_the_text_names_the_rulebook_and_roster_of_its_moment(room: Room) -> None:
    decision = room.text(room.propose().proposal).decision

    assert decision.rulebook.version == "MN-2013"
    assert decision.rulebook.digest == room.state.in_force.digest
    assert decision.roster == room.state.roster.digest
    assert decision.checkpoint is None


def test_a_finding_that_would_bar_the_adoption_is_advice_when_the_text_is_fixed(
    room: Room,
) -> None:
    proposed = room.propose(ISSUANCE)

    assert "refuse: item 1: MN001 is not registered here (project-registered)" in proposed.findings
    assert room.proposal(proposed.proposal).stage is Stage.FROZEN


# What is refused by name and place


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"kind": "isuance"}, r"item 1: 'isuance' is no kind of item; there are .*issuance"),
        ({"title": "No kind"}, "item 1: has no kind"),
        (ISSUANCE | {"colour": "red"}, r"item 1 \(issuance\) .*unknown field `colour`"),
        (ISSUANCE | {"quantity": "100"}, r"item 1 \(issuance\) .*`int`, got `str`.*quantity"),
        (ISSUANCE | {"quantity": -1}, r"item 1 \(issuance\) .*>= 0.*quantity"),
        (ISSUANCE | {"quantity": None}, r"item 1 \(issuance\) .*quantity"),
        (
            ISSUANCE | {"monitoring_period": {"from": "2019-01-01"}},
            r"item 1 \(issuance\) .*missing.*`to`.*monitoring_period",
        ),
        (
            ISSUANCE | {"monitoring_period": {"from": "2019-02-30", "to": "2019-12-31"}},
            r"item 1 \(issuance\) .*monitoring_period\.from",
        ),
        (MEASURE | {"result": "taken"}, r"item 1 \(interim_special_measure\) .*'taken'.*result"),
        (MEASURE | {"title": ""}, r"item 1 \(interim_special_measure\) .*title"),
    ],
)
def test_an_item_that_is_not_well_formed_is_refused(
    room: Room, wrong: dict[str, Any], says: str
) -> None:
    with pytest.raises(UnreadableError, match=says):
        room.propose(wrong)


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ({"text": {}}, "English"),
        ({"text": {"mn": "Хамтарсан хороо шийдвэрлэв."}}, "English"),
        ({"text": "The Committee decides."}, "well formed: .*text"),
        ({"text": {"en": 7}}, "well formed: .*text"),
        ({"items": []}, "items"),
        ({"items": ["issuance"]}, "an item must be an object"),
        ({"items": None}, "no items"),
        ({"procedure": {"kind": "vote"}}, "well formed: .*'vote'.*procedure.kind"),
        ({"procedure": {"kind": "electronic", "window": 3}}, "unknown field `window`"),
        ({"quorum": 3}, "unknown field `quorum`"),
        ({"expires": "soon"}, "well formed: .*expires"),
        ({"committee": 7}, "names no committee"),
    ],
)
def test_a_draft_that_is_not_well_formed_is_refused(
    room: Room, members: dict[str, Any], says: str
) -> None:
    with pytest.raises(UnreadableError, match=says):
        room.propose(**members)


def test_a_draft_for_a_committee_that_is_not_founded_is_refused(room: Room) -> None:
    with pytest.raises(NotFoundError, match="JP-ID is not founded here"):
        room.propose(committee="ID")


def test_an_unsound_item_is_not_frozen(room: Room) -> None:
    with pytest.raises(PreconditionError, match=r"80 \+ 20 = 100, but the quantity is 101"):
        room.propose(ISSUANCE | {"quantity": 101})


def test_half_a_credit_has_no_form(room: Room) -> None:
    with pytest.raises(UnreadableError, match="amounts"):
        room.propose(ISSUANCE | {"amounts": {"JP": 79.5, "MN": 20.5}})


@pytest.mark.parametrize(
    "hidden", ["\u200b", "\u202e", "\u00ad", "\ufeff", "\x07", "\u2066", "\u3164", "e\u0301"]
)
@pytest.mark.parametrize("where", ["text", "item", "annex"])
def test_characters_that_a_reader_would_not_see_are_refused(
    room: Room, hidden: str, where: str
) -> None:
    said = f"Decided{hidden}."
    members: dict[str, Any] = {"text": {"en": said}} if where == "text" else {}
    if where == "annex":
        members = {"annexes": [{"title": "Minutes", "text": said}]}
    measure = MEASURE | {"title": said} if where == "item" else MEASURE

    with pytest.raises(HiddenTextError, match=r"which a reader would not see|NFC"):
        room.propose(measure, **members)


def test_texts_of_both_countries_are_kept_as_they_are(room: Room) -> None:
    text = {"en": "Decided.", "ja": "決定する。", "mn": "Шийдвэрлэв."}

    proposal = room.propose(text=text).proposal

    assert room.text(proposal).decision.text == text


# Sizes, annexes, expiry


def test_a_text_that_leaves_room_for_signatures_is_frozen(room: Room) -> None:
    proposal = room.propose(text={"en": "a" * 35_000}).proposal

    assert len(room.text(proposal).envelope.to_bytes()) < 49_152


def test_a_larger_text_is_refused_and_sent_into_annexes(room: Room) -> None:
    with pytest.raises(TooLargeError, match="49151 are allowed: put longer texts into annexes"):
        room.propose(text={"en": "a" * 40_000})


@pytest.mark.parametrize(
    ("members", "match"),
    [
        ({"text": {"en": "Decided.", "in English": "Decided."}}, r"decision is not .*`key`"),
        ({"text": {"en": ""}}, r"decision is not .*text"),
        ({"annexes": [{"title": "", "text": "a"}]}, r"decision is not .*annexes"),
        ({"annexes": [{"title": "t" * 301, "text": "a"}]}, r"decision is not .*annexes"),
    ],
)
def test_a_text_that_no_signer_could_read_back_is_not_frozen(
    room: Room, members: dict[str, Any], match: str
) -> None:
    with pytest.raises(UnreadableError, match=match):
        room.propose(**members)

    assert room.propose().number == "JP-MN/2026/001"


def test_a_reason_longer_than_the_record_says_is_refused(room: Room) -> None:
    proposal = room.propose().proposal

    with pytest.raises(TooLargeError, match="4000 are allowed"):
        room.stage.engine.proposals.withdraw(CODE, proposal, "r" * 4_001)
    room.stage.engine.proposals.withdraw(CODE, proposal, "r" * 4_000)

    assert room.closed(proposal) is not None


def test_a_conflict_of_many_items_is_recorded_in_an_envelope_of_its_size(
    room: Room,
) -> None:
    twice = [MEASURE | {"title": f"Measure {n}", "result": "extended"} for n in range(100)]
    proposal = room.on("2026-01-12").distribute(*twice)
    room.sign(proposal, "jp-hara", "mn-bold")

    room.on("2026-02-02").sweep()

    closed = room.closed(proposal)
    assert closed is not None
    assert closed.envelope is not None
    assert closed.detail.endswith("…")
    assert closed.envelope.value["detail"] == closed.detail
    assert len(closed.envelope.to_bytes()) < 65_536


def test_an_annex_is_named_by_its_digest_and_may_be_long(room: Room) -> None:
    long = "b" * 200_000
    proposal = room.propose(annexes=[{"title": "Minutes", "text": long}]).proposal

    text = room.text(proposal)
    assert [(a.title, a.digest) for a in text.decision.annexes] == [
        ("Minutes", digest(long.encode()))
    ]
    assert text.annexes == {digest(long.encode()): long}


def test_annexes_that_no_bundle_could_carry_are_refused(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decide_text, "_LARGEST_ANNEXES", 100)
    two = [{"title": "A", "text": "é" * 25}, {"title": "B", "text": "b" * 51}]

    with pytest.raises(TooLargeError, match="annexes have 101 bytes; 100 are allowed"):
        room.propose(annexes=two)
    two[1]["text"] = "b" * 50
    assert room.propose(annexes=two).number == "JP-MN/2026/001"


def test_two_annexes_of_one_text_are_refused(room: Room) -> None:
    annexes = [{"title": title, "text": "The same."} for title in ("Minutes", "Map")]

    with pytest.raises(UnreadableError, match="two annexes have one text"):
        room.propose(annexes=annexes)


def test_two_annexes_of_one_title_are_two(room: Room) -> None:
    annexes = [{"title": "Map", "text": text} for text in ("North.", "South.")]

    assert len(room.text(room.propose(annexes=annexes).proposal).annexes) == 2


def test_a_text_that_names_no_expiry_expires_as_late_as_the_rulebook_allows(room: Room) -> None:
    proposal = room.on("2026-01-12").propose().proposal

    assert room.text(proposal).decision.expires == date(2027, 1, 12)


@pytest.mark.parametrize(
    ("expires", "good"),
    [
        ("2026-01-22", False),
        ("2026-01-23", True),
        ("2027-01-12", True),
        ("2027-01-13", False),
        ("2025-01-01", False),
    ],
)
def test_an_electronic_text_expires_after_its_window_and_within_a_year(
    room: Room, expires: str, good: bool
) -> None:
    room.on("2026-01-12")
    if good:
        assert room.propose(expires=expires).number
    else:
        with pytest.raises(ItemError, match="between 2026-01-23 and 2027-01-12"):
            room.propose(expires=expires)


@pytest.mark.parametrize(("expires", "good"), [("2026-02-09", False), ("2026-02-10", True)])
def test_a_text_for_a_meeting_expires_on_its_day_at_the_earliest(
    room: Room, expires: str, good: bool
) -> None:
    meeting = room.on("2026-01-12").convene("2026-02-10")
    if good:
        assert room.table(meeting, expires=expires)
    else:
        with pytest.raises(ItemError, match="between 2026-02-10 and"):
            room.table(meeting, expires=expires)


def test_a_refused_text_has_taken_no_number(room: Room) -> None:
    with pytest.raises(TooLargeError):
        room.propose(METHODOLOGY, text={"en": "a" * 40_000})

    assert room.propose(METHODOLOGY).number == "JP-MN/2026/001"


def test_a_new_version_that_is_refused_leaves_the_old_one_to_be_signed(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()

    with pytest.raises(Refusal):
        room.propose(ISSUANCE | {"quantity": 101}, revises=proposal)

    room.sign(proposal, "jp-hara", "mn-bold")
    room.on("2026-01-23").sweep()
    assert room.adopted_on(proposal) == date(2026, 1, 23)
