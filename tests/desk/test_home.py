"""What awaits somebody over all committees, and each committee's line with what is new there."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import SMTP

import pytest

from governance.service.roll_call import call_roll
from tests.desk.readers import CODE, MEASURE, Readers, desk
from tests.policies.authenticator import ORIGIN

__all__ = ["desk"]
HOME = "/desk"
OVERVIEW = "/desk/committees/MN"


@pytest.mark.parametrize(
    ("person", "awaits"),
    [
        ("jp-hara", "sign JP-MN/2026/001"),
        ("mn-dorj", "affirm JP-MN/2026/001, or object to it"),
    ],
)
def test_each_is_shown_what_awaits_them_with_days_left_and_the_way(
    desk: Readers, person: str, awaits: str
) -> None:
    number = desk.propose()

    page = desk.load(person, HOME).answer.text

    assert awaits in page
    assert "10 days left" in page
    assert f'href="{OVERVIEW}/texts/{number}"' in page


def test_a_secretary_is_awaited_where_the_text_is_to_be_sent_and_not_to_decide(
    desk: Readers,
) -> None:
    made = desk.stage.engine.proposals.propose({**desk_text(), "committee": "MN"})
    assert f"send the text out to all members: {made.number}" in desk.read("mn-naran", HOME)

    desk.stage.engine.proposals.distribute(CODE, made.proposal)

    assert "send the text out" not in desk.read("mn-naran", HOME)
    assert "sign JP-MN" not in desk.read("mn-naran", HOME)


def desk_text() -> dict[str, object]:
    text = {"en": "The Joint Committee takes an interim measure."}
    return {"procedure": {"kind": "electronic"}, "items": [MEASURE], "text": text}


def test_what_is_overdue_stands_first_and_says_so(desk: Readers) -> None:
    desk.propose()
    desk.tell("2026-01-20 02:00")
    second = desk.propose(items=[MEASURE | {"title": "Another measure"}])
    assert second == 2

    page = desk.read("jp-hara", HOME)

    late, ahead = page.index("sign JP-MN/2026/001"), page.index("sign JP-MN/2026/002")
    assert late < ahead
    assert "5 days overdue" in page[:late]


def test_one_person_sees_all_their_committees_under_each_ones_name_and_role(desk: Readers) -> None:
    stage = desk.stage
    stage.found("TH")
    stage.signers["hara-k"] = stage.signers["jp-hara"]
    stage.appoint("TH", "JP", stage.seat("hara-k", "Kenji Hara", "secretary", "2020-01-01"))
    desk.propose()

    page = desk.read("jp-hara", HOME)

    assert "JP-MN rehearsal Hara Kenji jp-hara · side JP · co-chair Docket · 1 open text" in page
    assert "JP-TH rehearsal Kenji Hara hara-k · side JP · secretary Docket · 0 open texts" in page
    assert (
        "convene a meeting: JP-TH"
        not in page.partition("JP-TH rehearsal")[0].partition("What awaits you, by day")[0]
    )


def test_a_registry_is_led_to_its_own_page_and_reads_no_texts(desk: Readers) -> None:
    number = desk.propose()

    for path in (HOME, OVERVIEW):
        page = desk.load("jp-reg", path).answer.text
        assert f'href="{OVERVIEW}/registry"' in page
        assert "JP-MN/2026/001" not in page
    for path in (f"{OVERVIEW}/texts/{number}", f"{OVERVIEW}/reminders/JP/jp-hara.ics"):
        desk.load("jp-reg", path, 403)


def test_who_has_no_role_in_a_committee_sees_nothing_of_it(desk: Readers) -> None:
    desk.stage.found("TH")

    desk.load("jp-hara", "/desk/committees/TH", 403)
    desk.load("jp-hara", "/desk/committees/XX", 404)


@pytest.mark.parametrize("person", ["jp-hara", "jp-reg"])
def test_the_roll_call_is_answered_from_where_it_awaits_the_key(desk: Readers, person: str) -> None:
    action = f"{OVERVIEW}/roll-call"
    assert action not in desk.load(person, HOME).forms
    assert desk.send(person, HOME, action).status_code == 404

    call_roll(desk.stage.engine.desk, CODE, 2026)
    sent = desk.send(person, HOME, action)
    assert sent.status_code == 303
    receipt = desk.read(person, desk.sign_here(person, sent.headers["location"]))

    assert f"of {person} answered" in receipt
    assert action not in desk.load(person, HOME).forms
    assert desk.send(person, HOME, action).status_code == 409


def test_a_key_that_signs_in_alone_answers_no_roll_call(desk: Readers) -> None:
    from tests.access.browser import Passkey
    from tests.access.conftest import another, know

    call_roll(desk.stage.engine.desk, CODE, 2026)
    everyday = Passkey("every day")
    know(desk.access, everyday, desk.passkeys["jp-hara"].record.keyid)
    browser = another(desk.app)
    assert browser.sign_in(everyday).status_code == 303
    desk.browsers["jp-hara"] = browser

    assert "answer the roll-call of 2026" in desk.read("jp-hara", HOME)
    assert desk.send("jp-hara", HOME, f"{OVERVIEW}/roll-call").status_code == 404


def test_keepers_take_each_persons_reminder_as_files_and_send_nothing(desk: Readers) -> None:
    desk.propose()
    stem = f"{OVERVIEW}/reminders/MN/mn-dorj"
    assert f'href="{stem}.ics"' in desk.load("jp-sato", OVERVIEW).answer.text

    calendar, mail = (desk.load("jp-sato", f"{stem}.{kind}").answer for kind in ("ics", "eml"))

    assert calendar.text.startswith("BEGIN:VCALENDAR")
    assert "affirm JP-MN/2026/001" in calendar.text.replace("\r\n ", "")
    assert 'filename="mn-dorj.MN.eml"' in mail.headers["content-disposition"]
    assert "X-Unsent: 1" in mail.text
    body = message_from_bytes(mail.content, policy=SMTP).get_body()
    assert body is not None
    text = body.get_content()
    after = text.partition("- JP-MN, JP-MN/2026/001: affirm")[2].splitlines()
    assert after[1:3] == [f"  {MEASURE['title']}", f"  {ORIGIN}{OVERVIEW}/texts/1"]
    desk.load("jp-sato", f"{OVERVIEW}/reminders/JP/mn-dorj.ics", 404)
    desk.load("jp-sato", f"{OVERVIEW}/reminders/MN/mn-dorj.txt", 422)


@pytest.mark.parametrize("person", ["mn-naran", "jp-hara"])
def test_each_committee_has_ways_to_its_docket_and_texts(desk: Readers, person: str) -> None:
    links = desk.load(person, HOME).answer.text

    assert f'href="{OVERVIEW}/docket"' in links
    assert f'href="{OVERVIEW}/texts"' in links
    assert f'href="{OVERVIEW}/docket"' not in desk.load("jp-reg", HOME).answer.text
