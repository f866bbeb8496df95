"""A committee whose rulebook asks each signer for a signature by ML-DSA-65 as well."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from governance.keys.files import PrivateKey
from governance.service.awaited import awaited
from governance.service.whole_record import check_record
from policies.proof import dsse
from policies.refusals import TooLargeError
from tests.aggregates.room import EVERYONE, Room
from tests.policies.test_post_quantum import asking

HARA, BOLD = ("jp-hara", "jp-hara-pq"), ("mn-bold", "mn-bold-pq")
SIDES = {"jp-hara": "JP", "mn-bold": "MN", "jp-mori": "JP", "mn-dorj": "MN"}


def rules(room: Room) -> dict[str, Any]:
    """Return a proposal's members that put the rulebook in force that asks."""
    text = asking()
    change = {
        "version": text.version,
        "digest": text.digest,
        "previous": room.state.in_force.digest,
        "keeps": [],
    }
    item = {"kind": "rules_adoption", "title": "Rules", "documents": [], "rulebook": change}
    return {"items": [item], "annexes": [{"title": "Rulebook", "text": text.text}]}


@pytest.fixture
def asked(room: Room) -> Room:
    """The room on 22 June 2026, under the rulebook that asks; the co-chairs have both keys."""
    change = room.on("2026-06-08").distribute(**rules(room))
    room.sign(change, "jp-hara", "mn-bold")
    room.on("2026-06-19").sweep()
    assert room.state.rulebook.post_quantum
    give_keys(room, "jp-hara", "mn-bold")
    return room.on("2026-06-22")


def give_keys(room: Room, *people: str) -> None:
    for person in people:
        room.stage.signers[f"{person}-pq"] = PrivateKey.new("ml-dsa-65")
        room.appoint(SIDES[person], room.key(person, f"{person}-pq"))


def test_a_text_is_adopted_on_the_day_that_the_last_second_signature_came(asked: Room) -> None:
    proposal = asked.distribute()
    asked.sign(proposal, *HARA, "mn-bold")
    asked.on("2026-07-06").sweep()
    assert asked.adopted_on(proposal) is None

    asked.sign(proposal, "mn-bold-pq")

    assert (asked.adopted_on(proposal), asked.path(proposal)) == (date(2026, 7, 6), "window")
    audit = asked.audit(proposal)
    assert audit.ok, audit.to_json()
    assert "signed by ML-DSA-65 as well" in audit.checks[4].detail
    assert check_record(asked.stage.engine.record, lambda _events: None)["ok"]


def test_every_door_says_whose_second_signature_is_missing(asked: Room) -> None:
    proposal = asked.distribute()
    asked.sign(proposal, *HARA)

    said = asked.sign(proposal, "mn-bold").says

    missing = "Bold Ganbaatar, co-chair (MN): signature by ML-DSA-65 as well"
    assert f"awaiting {missing}" in said
    assert missing in [str(entry) for entry in asked.standing(proposal).awaited]
    tasks = [task.what for _who, task in awaited(asked.state, [], asked.stage.clock.now)]
    assert any("has yet to give the signature by ML-DSA-65 as well" in what for what in tasks)


def test_the_second_signature_alone_is_no_consent_either(asked: Room) -> None:
    proposal = asked.distribute()
    asked.sign(proposal, *HARA, "mn-bold-pq")
    asked.on("2026-07-06").sweep()

    assert asked.adopted_on(proposal) is None
    assert "signature by P-256 or Ed25519" in asked.standing(proposal).says


def test_a_retired_key_leaves_its_signer_half_way_until_another_one_signs(asked: Room) -> None:
    proposal = asked.distribute()
    asked.sign(proposal, *HARA, *BOLD)
    assert "the end of the window" in asked.standing(proposal).says
    asked.appoint("MN", asked.retires("mn-bold-pq"))

    asked.on("2026-07-06").sweep()
    assert asked.adopted_on(proposal) is None
    give_keys(asked, "mn-bold")
    asked.sign(proposal, "mn-bold-pq")

    assert asked.adopted_on(proposal) == date(2026, 7, 6)
    assert asked.audit(proposal).ok


def test_who_signed_in_part_is_left_out_and_the_side_speaks_by_another(asked: Room) -> None:
    """An alternate's half stands in nobody's way, and counts as no affirmation."""
    proposal = asked.distribute()
    others = [person for person in EVERYONE if person not in ("jp-hara", "mn-bold", "jp-mori")]
    asked.affirm(proposal, *others)
    asked.sign(proposal, *HARA, *BOLD, "jp-mori")
    assert asked.adopted_on(proposal) is None

    asked.affirm(proposal, "jp-mori")

    assert asked.path(proposal) == "all_affirmed"
    adopted = asked.adoption(proposal)
    assert adopted is not None
    assert {signer.person for signer in adopted.signers} == {"jp-hara", "mn-bold"}
    assert asked.audit(proposal).ok


def test_a_text_that_is_kept_under_the_old_rulebook_needs_no_second_signature(room: Room) -> None:
    kept = room.on("2026-06-08").distribute()
    members = rules(room)
    members["items"][0]["rulebook"]["keeps"] = [room.text(kept).decision.number]
    change = room.distribute(**members)
    room.sign(change, "jp-hara", "mn-bold")
    room.on("2026-06-19").sweep()
    assert room.state.rulebook.post_quantum

    room.on("2026-06-22").sign(kept, "jp-hara", "mn-bold")

    assert room.adopted_on(kept) == date(2026, 6, 22)
    assert room.audit(kept).ok


def test_a_signature_for_which_the_log_has_no_room_is_refused(
    asked: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal = asked.distribute()
    asked.sign(proposal, *HARA)
    known = len(asked.text(proposal).envelope.to_bytes()) + 5_000
    monkeypatch.setattr("aggregates.committee.decide_voices.MAX_ENVELOPE", known + 4_000)

    with pytest.raises(TooLargeError, match="one co-chair or alternate of each side is enough"):
        asked.sign(proposal, *BOLD)

    assert dsse.MAX_ENVELOPE == 65_535
    monkeypatch.undo()
    assert asked.sign(proposal, *BOLD).events
