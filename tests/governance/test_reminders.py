"""What awaits each person, as the secretariat sends it out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from aggregates.case import decide_audit, decide_papers
from governance import assembly
from governance.demo.stage import Stage, ToldClock, Voice
from governance.service.cases import Cases
from governance.service.founding import next_appointment
from governance.service.public_inputs import Input, hear, held, release
from governance.service.reminders import Addressee, addressees, remind, the_one
from governance.settings import Settings
from policies.refusals import NotFoundError
from tests.aggregates.conftest import opened, room
from tests.aggregates.docket import METHODOLOGY, PROJECT, Docket, documents
from tests.aggregates.room import EVERYONE, MEASURE, Room
from tests.aggregates.succession_story import answered

__all__ = ["opened", "room"]
PAPERS = ("proposed_methodology_form", "proposed_methodology_spreadsheet")
ASKED = ("registration_request_form", "pdd", "validation_report", "modalities_of_communication")
CHAIRS = ["jp-hara", "mn-bold"]
SECRETARIES = ["jp-sato", "mn-naran"]


@pytest.fixture
def served(room: Room) -> Room:
    """The room, with a secretary of each side, a registry, and this year's meeting convened."""
    room.appoint("JP", *room.seat("jp-sato", "Sato Yuki", ("secretary",)))
    room.appoint("MN", *room.seat("mn-naran", "Naran Tuya", ("secretary",)))
    room.appoint("MN", *room.seat("mn-reg", "The Registry", ("registry",)))
    room.convene("2026-11-20")
    return room


@pytest.fixture
def docket(served: Room) -> Docket:
    return Docket(served)


def cases_of(room: Room) -> Cases:
    return room.stage.engine.cases


def told(room: Room) -> dict[str, list[str]]:
    """Return what awaits each person, by the words of the e-mail, for those whom anything does."""
    return {
        entry.person: [f"{task.what} | {task.due}" for task in entry.ordered()]
        for entry in addressees(cases_of(room))
        if entry.tasks
    }


def each(people: list[str], *what: str) -> dict[str, list[str]]:
    """Return the same for each of some people."""
    return {person: list(what) for person in people}


def entry_of(room: Room, person: str) -> Addressee:
    (entry,) = the_one(addressees(cases_of(room)), person)
    return entry


def files(
    room: Room, person: str, before: bytes | None = None, committee: str | None = None
) -> tuple[str, bytes]:
    """Return a person's e-mail, as text, and calendar."""
    entries = the_one(addressees(cases_of(room), committee), person)
    (made,) = remind(entries, room.stage.clock(), lambda _stem: before)
    message = message_from_bytes(made.mail, policy=SMTP)
    assert isinstance(message, EmailMessage)
    return f"{message['Subject']}\n{message.get_content()}".replace("\r\n", "\n"), made.calendar


def statuses(calendar: bytes) -> dict[str, str]:
    """Return the status of each entry, by its summary."""
    found: Any = Calendar.from_ical(calendar).walk("VEVENT")
    return {str(event["summary"]): str(event["status"]) for event in found}


# Whom it awaits


def test_whose_key_has_not_answered_the_roll_call_is_reminded(served: Room) -> None:
    answered(served.on("2026-02-02"), 2026, "jp-hara", "mn-reg")

    found = told(served)

    everyone = {*EVERYONE, *SECRETARIES}
    assert set(found) == everyone - {"jp-hara"}, "a registry is awaited nowhere"
    keyid = served.stage.key("mn-bold").record.keyid[:16]
    assert found["mn-bold"] == [f"answer the roll-call of 2026 with key {keyid} | None"]
    assert told(served.on("2027-01-04")).get("mn-bold") != found["mn-bold"]


def test_nothing_awaits_anybody_at_first(served: Room) -> None:
    assert told(served) == {}


def test_a_submission_awaits_both_secretaries_until_its_limit(docket: Docket) -> None:
    docket.submit(METHODOLOGY, documents(*PAPERS))

    what = "check whether the papers are complete: MN_PM001, Heat pumps in schools | 2026-01-12"
    assert told(docket.room) == each(SECRETARIES, what)


def test_what_is_to_be_published_awaits_them_without_a_day(docket: Docket) -> None:
    case = docket.submit(METHODOLOGY, documents(*PAPERS))
    docket.complete(case)

    what = "publish for inputs: MN_PM001, Heat pumps in schools | None"
    assert told(docket.room) == each(SECRETARIES, what)


def test_what_is_open_for_inputs_awaits_nobody_here(docket: Docket) -> None:
    case = docket.submit(METHODOLOGY, documents(*PAPERS))
    docket.complete(case)
    docket.publish(case)

    assert told(docket.room) == {}


def test_an_assessment_awaits_a_text_of_the_secretaries_whether_or_not_a_sweep_ran(
    docket: Docket,
) -> None:
    case = docket.submit(METHODOLOGY, documents(*PAPERS))
    docket.complete(case)
    docket.publish(case)
    docket.on("2026-01-20")

    what = "put it into a text for the committee: MN_PM001, Heat pumps in schools | 2026-03-20"
    before = docket.room.stage.engine.record.position
    assert told(docket.room) == each(SECRETARIES, what)
    assert docket.room.stage.engine.record.position == before
    docket.cases.settle("JP-MN")
    assert told(docket.room) == each(SECRETARIES, what)
    assert [task.clock for task in entry_of(docket.room, "jp-sato").tasks] == ["tabling"]


def test_held_inputs_await_the_secretaries_until_they_are_released(docket: Docket) -> None:
    case = docket.submit(METHODOLOGY, documents(*PAPERS))
    docket.complete(case)
    docket.publish(case)
    hear(docket.cases, case, Input("Bat", "It is loud.", public=True))
    hear(docket.cases, case, Input("Oyun", "For you alone.", public=False))
    what = "release 1 input that waits: MN_PM001, Heat pumps in schools | None"
    assert told(docket.room) == each(SECRETARIES, what)

    hear(docket.cases, case, Input("Tsetseg", "It is warm.", public=True))
    assert "release 2 inputs that wait" in told(docket.room)["jp-sato"][0]
    for entry in held(docket.cases, case):
        if held(docket.cases, case)[entry].public:
            release(docket.cases, case, entry, docket.by)
    assert told(docket.room) == {}


def test_editorial_corrections_are_watched_by_the_secretaries(docket: Docket) -> None:
    case = docket.submit(PROJECT, documents("pdd", "modalities_of_communication"))
    docket.room.on("2026-01-06")
    docket.step(case, lambda s, a: decide_audit.raise_request(s, a, "CL", "Which meter?"))
    assert told(docket.room) == {}  # the third-party entity is nobody of the roster
    docket.step(case, lambda s, a: decide_audit.answer(s, a, "CL1", "This one."))
    docket.step(case, lambda s, a: decide_audit.resolve(s, a, "CL1"))
    entity = docket.submit(
        {
            "kind": "tpe_designation",
            "title": "Steppe Certification",
            "submitter": {"name": "Steppe Certification", "side": "MN"},
            "asks": {
                "accreditation": "ISO 14065",
                "validation": [{"scope": 1, "until": "2030-12-31"}],
                "verification": [{"scope": 1, "until": "2030-12-31"}],
            },
        },
        documents("tpe_application"),
    )
    docket.step(entity, lambda s, a: decide_papers.find_editorial(s, a, ["The name."]))

    (what,) = told(docket.room)["jp-sato"]
    assert what.startswith("see that the corrected papers come: Designation of an entity, Steppe")


def test_a_text_is_sent_out_signed_affirmed_and_then_awaits_nobody(served: Room) -> None:
    proposal = served.propose().proposal
    number = served.text(proposal).decision.number
    sent = f"send the text out to all members: {number} | 2026-01-05"
    assert told(served) == each(SECRETARIES, sent)

    served.stage.engine.proposals.distribute("JP-MN", proposal)
    signing = [f"sign {number} (it lapses after 2027-01-05) | 2026-01-15"]
    asserting = [f"affirm {number}, or object to it | 2026-01-15"]
    assert told(served) == {
        "jp-hara": signing,
        "jp-mori": signing,
        "jp-ueda": asserting,
        "mn-bold": signing,
        "mn-dorj": signing,
        "mn-sara": asserting,
    }

    served.sign(proposal, "jp-hara", "mn-bold")
    served.affirm(proposal, "jp-ueda")
    assert told(served) == each(["jp-mori", "mn-dorj", "mn-sara"], *asserting)
    served.on("2026-01-16")
    assert told(served) == {}


def test_an_objection_awaits_an_answer_of_the_co_chairs_and_secretaries(served: Room) -> None:
    proposal = served.distribute()
    served.object(proposal, "mn-sara")
    served.on("2026-01-20")

    answers = [what for what in told(served)["jp-hara"] if what.startswith("answer the objection")]
    assert len(answers) == 1
    assert "Sara Oyun (MN): a new version, or a meeting | None" in answers[0]
    assert "mn-sara" not in told(served)
    assert told(served)["jp-sato"] == told(served)["mn-naran"] == answers


def test_a_text_at_a_meeting_is_signed_on_its_day(served: Room) -> None:
    meeting = next(iter(served.state.meetings))
    served.table(meeting, MEASURE)

    (what,) = told(served)["jp-hara"]
    assert what.startswith("sign JP-MN/2026/001 at the meeting")
    assert what.endswith("| 2026-11-20")
    assert "jp-ueda" not in told(served)


def test_a_case_on_the_table_awaits_the_co_chairs(docket: Docket) -> None:
    case = docket.submit(METHODOLOGY, documents(*PAPERS))
    docket.complete(case)
    docket.publish(case)
    docket.on("2026-01-25")
    docket.propose({"case": case, "outcome": "approved"})

    found = told(docket.room)["jp-hara"]
    assert found == ["decide JP-MN/2026/001: MN_PM001, Heat pumps in schools | 2026-03-20"]
    assert not any("PM001" in what for what in told(docket.room)["jp-sato"])


def test_the_yearly_meeting_awaits_the_co_chairs_until_it_is_convened(room: Room) -> None:
    what = "convene a meeting: JP-MN meets at least once in 2026 | 2026-12-31"
    assert told(room) == each(CHAIRS, what)
    room.appoint("JP", *room.seat("jp-sato", "Sato Yuki", ("secretary",)))
    assert told(room) == each(["jp-hara", "jp-sato", "mn-bold"], what)

    room.convene("2026-12-31")
    assert told(room) == {}


def test_without_a_secretary_the_co_chairs_are_told(room: Room) -> None:
    room.convene("2026-11-20")
    Docket(room).submit(METHODOLOGY, documents(*PAPERS))

    assert list(told(room)) == CHAIRS


def test_where_a_side_has_no_co_chair_its_alternate_is_told(room: Room) -> None:
    room.appoint("MN", room.ends("mn-bold", "co-chair"))
    room.on("2026-01-06")

    assert list(told(room)) == ["jp-hara", "mn-dorj"]


def test_a_term_that_ends_soon_is_told_to_its_holder(served: Room) -> None:
    act = {"act": "appoint", "person": "mn-oyun", "name": "Oyun Bat", "role": "member"}
    served.appoint("MN", act | {"from": "2026-01-01", "until": "2026-03-31"})
    assert told(served.on("2026-01-29")) == {}

    (what,) = told(served.on("2026-01-30"))["mn-oyun"]
    assert what.endswith("Oyun Bat (MN), member: the term ends | 2026-03-31")
    assert told(served.on("2026-04-01")) == {}


def test_a_term_that_has_yet_to_begin_asks_for_no_other(served: Room) -> None:
    act = {"act": "appoint", "person": "mn-oyun", "name": "Oyun Bat", "role": "member"}
    served.appoint("MN", act | {"from": "2026-02-01", "until": "2026-02-20"})
    assert told(served.on("2026-01-31")) == {}

    assert list(told(served.on("2026-02-01"))) == ["mn-oyun"]


@pytest.mark.parametrize(("until", "asks"), [("2026-03-01", False), ("2026-04-30", True)])
def test_an_alternate_for_a_holiday_is_not_to_be_appointed_anew(
    served: Room, until: str, asks: bool
) -> None:
    act = {"act": "appoint", "person": "mn-sara", "name": "Sara Oyun", "role": "alternate"}
    served.appoint("MN", act | {"from": "2026-01-06", "until": until})

    assert ("mn-sara" in told(served.on("2026-03-01"))) is asks


def test_registries_are_awaited_nowhere_and_get_no_files(served: Room) -> None:
    assert "mn-reg" not in {entry.person for entry in addressees(cases_of(served))}
    with pytest.raises(
        NotFoundError, match="'mn-reg' is nobody who is reminded; there are jp-hara"
    ):
        the_one(addressees(cases_of(served)), "mn-reg")


# What is written


def test_the_e_mail_has_what_is_overdue_first(docket: Docket) -> None:
    docket.submit(METHODOLOGY, documents(*PAPERS))
    docket.on("2026-01-14").submit(METHODOLOGY | {"title": "Boilers"}, documents(*PAPERS))
    case = docket.submit(METHODOLOGY | {"title": "Pipes"}, documents(*PAPERS))
    docket.complete(case)

    mail, _calendar = files(docket.room, "jp-sato")

    assert mail == (
        "3 things await you, 1 overdue\n"
        "Sato Yuki (JP), secretary\n"
        "Looked at: JP-MN\n"
        "\n"
        "Overdue\n"
        "- JP-MN, JP-MN/C/001: check whether the papers are complete: MN_PM001, Heat pumps in"
        " schools; until 2026-01-12 (2 days over, Asia/Ulaanbaatar)\n"
        "\n"
        "Until a day\n"
        "- JP-MN, JP-MN/C/002: check whether the papers are complete: MN_PM002, Boilers; until"
        " 2026-01-21 (7 days left, Asia/Ulaanbaatar)\n"
        "\n"
        "Without a day\n"
        "- JP-MN, JP-MN/C/003: publish for inputs: MN_PM003, Pipes\n"
        "\n"
        "A deadline decides nothing: what is overdue stays undecided.\n"
        "The days are in the calendar file jp-sato.JP.ics.\n"
    )


@pytest.mark.parametrize(
    ("day", "said"),
    [("2026-01-11", "1 day left"), ("2026-01-12", "today"), ("2026-01-13", "1 day over")],
)
def test_days_are_counted_in_the_committees_zone(docket: Docket, day: str, said: str) -> None:
    docket.submit(METHODOLOGY, documents(*PAPERS))
    docket.room.at(f"{day} 15:59")  # a minute before midnight in Ulaanbaatar

    assert f"({said}, Asia/Ulaanbaatar)" in files(docket.room, "jp-sato")[0]


def test_whoever_is_awaited_nowhere_is_told_so(served: Room) -> None:
    mail, calendar = files(served, "jp-ueda")

    assert mail.startswith("Nothing awaits you in JP-MN\n")
    assert statuses(calendar) == {}


def test_a_calendar_is_updated_and_what_is_done_is_cancelled(docket: Docket) -> None:
    case = docket.submit(METHODOLOGY, documents(*PAPERS))
    _mail, first = files(docket.room, "jp-sato")
    checking = "JP-MN: check whether the papers are complete: MN_PM001, Heat pumps in schools"
    assert statuses(first) == {checking: "CONFIRMED"}
    assert files(docket.on("2026-01-08").room, "jp-sato", first)[1] == first

    docket.complete(case)

    assert statuses(files(docket.room, "jp-sato", first)[1]) == {checking: "CANCELLED"}


def test_a_check_that_comes_again_is_another_entry(docket: Docket) -> None:
    entity = docket.submit(
        {
            "kind": "tpe_designation",
            "title": "Steppe",
            "submitter": {"name": "Steppe", "side": "MN"},
            "asks": {
                "accreditation": "ISO 14065",
                "validation": [{"scope": 1, "until": "2030-12-31"}],
                "verification": [{"scope": 1, "until": "2030-12-31"}],
            },
        },
        documents("tpe_application"),
    )
    first = entry_of(docket.room, "jp-sato").tasks
    docket.step(entity, lambda s, a: decide_papers.find_editorial(s, a, ["The name."]))
    docket.on("2026-01-09")
    docket.step(entity, lambda s, a: decide_papers.correct(s, a, documents("tpe_application")))

    again = entry_of(docket.room, "jp-sato").tasks
    assert [task.clock for task in first] == [task.clock for task in again]
    assert [task.opens for task in first] != [task.opens for task in again]


def test_two_people_have_entries_of_their_own(docket: Docket) -> None:
    docket.submit(METHODOLOGY, documents(*PAPERS))

    found = [files(docket.room, person)[1] for person in SECRETARIES]

    uids: list[str] = []
    for calendar in found:
        events: Any = Calendar.from_ical(calendar).walk("VEVENT")
        uids += [str(event["uid"]) for event in events]
    assert len(set(uids)) == 2
    assert all(uid.endswith("@jp-mn.jcm.invalid") for uid in uids)


def test_one_who_has_left_gets_an_emptied_calendar_and_then_nothing(docket: Docket) -> None:
    docket.submit(METHODOLOGY, documents(*PAPERS))
    _mail, first = files(docket.room, "jp-sato")
    docket.room.appoint("JP", docket.room.ends("jp-sato", "secretary"))
    docket.on("2026-01-08")

    entries = the_one(addressees(cases_of(docket.room)), "jp-sato")
    assert remind(entries, docket.room.stage.clock(), lambda _stem: None) == []
    mail, second = files(docket.room, "jp-sato", first)
    assert "Sato Yuki (JP), without a role today" in mail
    assert set(statuses(second).values()) == {"CANCELLED"}


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Stage]:
    """Two committees; the same co-chair of Japan sits in both."""
    home = tmp_path / "two"
    settings = Settings(home, home / "keys")
    clock = ToldClock(datetime(2026, 1, 5, 2, tzinfo=UTC))
    with assembly.engine(settings, clock) as made:
        stage = Stage(made, clock, Voice(), settings.keys / "people")
        Room.seated(stage)
        stage.found("ID")
        _appoint(stage, "JP", "jp-hara", "Hara Kenji")
        _appoint(stage, "ID", "id-budi", "Budi Santoso")
        yield stage


def _appoint(stage: Stage, side: str, person: str, name: str) -> None:
    """Make somebody co-chair of a side in JP-ID."""
    act = {"act": "appoint", "person": person, "name": name, "role": "co-chair"}
    acts = [act | {"from": "2026-01-01", "until": None}]
    statement = next_appointment(stage.engine.desk.load("JP-ID"), side, acts)
    names = [name for name in stage.signers if name.startswith(f"id-{side.lower()}-authority")]
    stage.submit(stage.sign(statement.envelope(), *names[:2]))


def test_a_person_of_several_committees_has_one_file_over_all(two: Stage) -> None:
    (entry,) = the_one(addressees(two.engine.cases), "jp-hara")

    assert entry.committees == ["JP-ID", "JP-MN"]
    assert [task.committee for task in entry.ordered()] == ["JP-ID", "JP-MN"]
    (made,) = remind([entry], two.clock(), lambda _stem: None)
    assert len(statuses(made.calendar)) == 2

    two.engine.proposals.convene("JP-ID", two.clock().date() + timedelta(days=30), "Jakarta")
    (alone,) = the_one(addressees(two.engine.cases, "JP-MN"), "jp-hara")
    (again,) = remind([alone], two.clock(), lambda _stem: made.calendar)
    assert set(statuses(again.calendar).values()) == {"CONFIRMED"}
    (whole,) = the_one(addressees(two.engine.cases), "jp-hara")
    (again,) = remind([whole], two.clock(), lambda _stem: made.calendar)
    assert sorted(statuses(again.calendar).values()) == ["CANCELLED", "CONFIRMED"]


def test_a_text_is_told_by_what_it_is_about_with_its_page_where_a_desk_is_open(
    served: Room,
) -> None:
    served.distribute()
    asked: list[tuple[str, ...]] = []
    for origin in (None, "https://record.example"):
        (entry,) = the_one(addressees(cases_of(served), None, origin), "jp-hara")
        asked += entry.more.values()

    title = str(MEASURE["title"])
    assert asked[0] == (title,)
    assert asked[1] == (title, "https://record.example/desk/committees/MN/texts/1")
