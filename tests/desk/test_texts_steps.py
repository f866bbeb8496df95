"""What a keeper does with a text, and what is offered: each step as it would be decided now."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest

from aggregates.committee.events import ProposalClosed, ReceiptGiven
from governance.pages.desk.text_steps import Steps, steps_of
from policies.lifecycles.proposal import Stage
from tests.aggregates.room import CODE, MEASURE
from tests.desk.conftest import HERE, Office, Sent
from tests.desk.text_forms import nothing_recorded, proposal_of

TUYA = "mn-tuya"
LETTER = {"letter": ("letter.pdf", b"%PDF I object")}


def drafted(office: Office, **members: Any) -> int:
    proposals = office.docket.room.stage.engine.proposals
    content = office.docket.room.draft(MEASURE, **members)
    return proposals.propose(content, only_draft=True, by=TUYA).proposal


def sent_out(office: Office) -> int:
    """Return a text that went to all members today."""
    return office.docket.room.distribute(MEASURE)


def steps(office: Office, proposal: int) -> Steps:
    desk = office.docket.room.stage.engine.desk
    state = desk.load(CODE)
    return steps_of(state, desk.acting(state), state.proposals[proposal])


def take(office: Office, who: str, path: str, files: Any = None, **fields: str) -> Sent:
    """Send one of the small forms, with the word of a session that has just begun."""
    clerk = office.at_desk(who)
    word = clerk.load("/desk").forms["/desk/sign-out"]["form"]
    with_files = {"files": files} if files is not None else {}
    return clerk.browser.client.post(
        f"{HERE}/texts/{path}",
        data={"form": word} | fields,
        headers={"accept": "text/html", "origin": "https://record.example"},
        follow_redirects=False,
        **with_files,
    )


def test_a_draft_is_frozen_sent_out_and_listed_with_who_is_awaited(office: Office) -> None:
    proposal = drafted(office)
    page = office.at_desk(TUYA).load("texts").answer.text
    assert f"Draft P{proposal}" in page

    assert (
        take(office, "jp-ueda", f"{proposal}/freeze")
        .headers["location"]
        .endswith(f"/texts/{proposal}")
    )
    number = proposal_of(office, proposal).number
    assert "frozen, not sent yet" in office.at_desk(TUYA).load("texts").answer.text

    assert take(office, "jp-kato", f"{proposal}/distribute").status_code == 303
    assert proposal_of(office, proposal).stage is Stage.OPEN
    page = office.at_desk("mn-sara").load("texts").answer.text
    assert str(number) in page
    assert "open for objections until" in page
    assert "10 days left" in page or "9 days left" in page
    assert "signature of the side: Hara Kenji, co-chair or Mori Aiko, al" in page
    assert "the end of the window: Hara Kenji, Mori Aiko, Ueda Naoko<" in page
    office.docket.room.withdraw(proposal)


def test_a_text_is_given_up_for_a_reason_that_is_recorded(office: Office) -> None:
    proposal = sent_out(office)

    with nothing_recorded(office):
        sent = take(office, TUYA, f"{proposal}/withdraw", reason="  ")
    assert sent.status_code == 422
    assert "say why the text is given up" in sent.text

    sent = take(office, TUYA, f"{proposal}/withdraw", reason="A better one comes.")
    assert sent.headers["location"] == f"{HERE}/texts"
    closed = office.docket.room.closed(proposal)
    assert isinstance(closed, ProposalClosed)
    assert closed.detail == "A better one comes."


def test_a_letter_is_recorded_by_its_digest_for_ones_own_side_alone(office: Office) -> None:
    proposal = sent_out(office)
    said = {"person": "mn-dorj", "reason": "Visits are needed."}

    for other in ("jp-kato", "jp-hara", "mn-bold", "mn-registry"):
        with nothing_recorded(office):
            sent = take(office, other, f"{proposal}/letter", LETTER, **said)
        assert sent.status_code == 403
    with nothing_recorded(office):
        sent = take(office, TUYA, f"{proposal}/letter", {"letter": ("", b"")}, **said)
    assert sent.status_code == 422
    assert "choose the letter&#39;s file" in sent.text
    assert "Visits are needed." in sent.text
    assert '<option value="mn-dorj" selected>' in sent.text

    assert take(office, TUYA, f"{proposal}/letter", LETTER, **said).status_code == 303
    receipt = office.docket.room.events(ReceiptGiven)[-1]
    assert receipt.letter == sha256(LETTER["letter"][1]).hexdigest()
    assert (receipt.person, receipt.reason) == ("mn-dorj", "Visits are needed.")
    page = office.at_desk("jp-kato").load("texts").answer.text
    assert "objected to" in page
    assert "<strong>Dorj Sarnai</strong> (MN): Visits are needed." in page
    office.docket.room.withdraw(proposal)


def test_the_steps_that_are_offered_follow_the_text(office: Office) -> None:
    proposal = drafted(office)
    offered = steps(office, proposal)
    assert {name for name, step in offered.items() if step} == {"freeze", "revise", "withdraw"}

    office.docket.room.stage.engine.proposals.freeze(CODE, proposal, by=TUYA)
    offered = steps(office, proposal)
    assert offered["distribute"] == {"hindered": None}
    assert offered["freeze"] is None
    assert offered["letter"] is None

    office.docket.later(1)
    assert "make a new version" in steps(office, proposal)["distribute"]["hindered"]
    sent = take(office, TUYA, f"{proposal}/distribute")
    assert sent.status_code == 409
    assert "This cannot be recorded now:" in sent.text
    office.docket.room.withdraw(proposal)


def test_after_the_window_only_co_chairs_object_by_letter(office: Office) -> None:
    proposal = sent_out(office)
    everyone = {person["person"] for person in steps(office, proposal)["letter"]["people"]}
    assert {"jp-hara", "jp-ueda", "mn-bold", "mn-sara"} <= everyone
    assert "jp-kato" not in everyone

    office.docket.later(20)

    left = [person["person"] for person in steps(office, proposal)["letter"]["people"]]
    assert left == ["jp-hara", "mn-bold"]
    office.docket.room.withdraw(proposal)


def test_trying_the_steps_records_nothing_and_changes_nothing(office: Office) -> None:
    proposal = sent_out(office)
    before = office.docket.room.standing(proposal)

    with nothing_recorded(office):
        steps(office, proposal)

    assert office.docket.room.standing(proposal) == before
    office.docket.room.withdraw(proposal)


def test_a_text_for_a_meeting_is_not_sent_out(office: Office) -> None:
    meeting = office.docket.room.convene(f"{office.docket.today.year + 1}-01-20")
    proposal = office.docket.room.table(meeting, MEASURE)

    assert steps(office, proposal)["distribute"] is None
    sent = take(office, TUYA, f"{proposal}/distribute")
    assert sent.status_code == 409
    office.docket.room.withdraw(proposal)


@pytest.mark.parametrize("step", ["freeze", "distribute", "withdraw", "letter"])
def test_a_registry_takes_no_step_and_nothing_is_nowhere(office: Office, step: str) -> None:
    proposal = drafted(office)
    files = LETTER if step == "letter" else None
    said = {"reason": "Why not", "person": "mn-dorj"}

    with nothing_recorded(office):
        assert take(office, "mn-registry", f"{proposal}/{step}", files, **said).status_code == 403
        assert take(office, TUYA, f"{proposal + 9}/{step}", files, **said).status_code == 404
        assert take(office, TUYA, f"0/{step}", files, **said).status_code == 404
    office.docket.room.withdraw(proposal)
