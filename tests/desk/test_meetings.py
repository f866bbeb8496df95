"""Meetings at the desk: convened ones with their texts, convening one, what a year requires."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from tests.access.browser import PEOPLE as HEADERS
from tests.aggregates.room import MEASURE
from tests.desk.conftest import HERE, Clerk, Office, Sent
from tests.desk.filled import filled
from tests.desk.text_forms import nothing_recorded

TUYA = "mn-tuya"
MEETINGS = f"{HERE}/meetings"


@dataclass
class Convening:
    """The form by which somebody convenes a meeting."""

    clerk: Clerk
    fields: dict[str, str]

    @classmethod
    def at(cls, office: Office, person: str) -> Convening:
        clerk = office.at_desk(person)
        return cls(clerk, filled(clerk.load("meetings").answer.text, MEETINGS))

    def send(self, **said: str) -> Sent:
        return self.clerk.browser.client.post(
            MEETINGS, data=self.fields | said, headers=HEADERS, follow_redirects=False
        )


def day(office: Office, days: int) -> str:
    return (office.docket.today + timedelta(days=days)).isoformat()


def test_a_meeting_is_convened_once_and_the_years_requirement_is_met(office: Office) -> None:
    form = Convening.at(office, "jp-kato")
    page = form.clerk.load("meetings").answer.text
    assert "The rulebook wants at least 1 meeting in a year." in page
    assert "For 2026, none is convened yet." in page

    sent = form.send(date=day(office, 30), place="Улаанбаатар")
    assert sent.headers["location"] == MEETINGS
    with nothing_recorded(office):
        again = form.send(date=day(office, 30), place="Улаанбаатар")
        other = form.send(date=day(office, 31), place="Улаанбаатар")
    assert (again.status_code, other.status_code) == (303, 409)

    (meeting,) = office.docket.room.state.meetings.values()
    assert (meeting.date, meeting.place) == (date.fromisoformat(day(office, 30)), "Улаанбаатар")
    page = form.clerk.load("meetings").answer.text
    assert "For 2026, 1 is convened." in page
    assert "in 30 days" in page


def test_a_second_meeting_on_a_day_is_convened_only_by_who_says_so(office: Office) -> None:
    state = office.docket.room.state
    before = len(state.meetings)
    said = {"date": day(office, 60), "place": "Tokyo"}
    form = Convening.at(office, TUYA)
    assert "This is a second meeting" not in form.clerk.load("meetings").answer.text
    assert form.send(**said).status_code == 303

    form = Convening.at(office, TUYA)
    with nothing_recorded(office):
        refused = form.send(**said)

    assert refused.status_code == 409
    assert f"a meeting on {said['date']} is convened already: " in refused.text
    again = Convening(form.clerk, filled(refused.text, MEETINGS))
    assert again.fields["place"] == "Tokyo"
    assert again.send(second="yes").status_code == 303
    other = Convening.at(office, TUYA).send(date=day(office, 61), place="Tokyo")
    assert other.status_code == 303
    assert len(office.docket.room.state.meetings) == before + 3


@pytest.mark.parametrize(
    ("days", "place", "says"),
    [
        (0, "Tokyo", "is convened before its date"),
        (80, "  ", "does not say where the committee meets"),
        (80, "To\u200bkyo", "ZERO WIDTH SPACE"),
    ],
)
def test_a_refusal_keeps_what_was_typed(office: Office, days: int, place: str, says: str) -> None:
    form = Convening.at(office, TUYA)
    with nothing_recorded(office):
        sent = form.send(date=day(office, days), place=place)

    assert 400 <= sent.status_code < 500
    assert says in sent.text
    again = filled(sent.text, MEETINGS)
    assert (again["date"], again["place"]) == (day(office, days), place)
    again |= {"date": day(office, 1), "place": "Kobe", "second": "yes"}
    assert Convening(form.clerk, again).send().status_code == 303


@pytest.mark.parametrize("typed", ["", "soon", "2026-13-01"])
def test_a_day_that_is_none_is_refused(office: Office, typed: str) -> None:
    form = Convening.at(office, TUYA)
    with nothing_recorded(office):
        sent = form.send(date=typed, place="Kobe")

    assert sent.status_code == 422
    assert 'role="alert"' in sent.text


def test_a_meeting_shows_its_texts_and_then_what_was_decided(office: Office) -> None:
    room = office.docket.room
    meeting = room.convene(day(office, 5), "Darkhan")
    proposal = room.table(meeting, MEASURE)
    number = room.proposal(proposal).number
    page = office.at_desk("mn-sara").load("meetings").answer.text
    panel = page.partition("Darkhan")[2].partition("</article>")[0]
    assert str(number) in panel
    assert "signature of the side" in panel

    office.docket.later(5)
    room.sign(proposal, "jp-hara", "mn-bold")

    page = office.at_desk("mn-sara").load("meetings").answer.text
    panel = page.partition("Darkhan")[2].partition("</article>")[0]
    assert f'href="/decisions/{number}"' in panel
    assert "today" in panel
    office.docket.later(1)
    assert "held, as its decisions show" in office.at_desk(TUYA).load("meetings").answer.text


def test_a_meeting_whose_day_is_over_is_not_said_to_be_held(office: Office) -> None:
    office.docket.room.convene(day(office, 2), "Nowhere")
    office.docket.later(3)

    page = office.at_desk(TUYA).load("meetings").answer.text

    panel = page.partition("Nowhere")[2].partition("</article>")[0]
    assert "its day is over" in panel


def test_a_registry_reads_the_days_and_convenes_none(office: Office) -> None:
    clerk = office.at_desk("mn-registry")
    page = clerk.load("meetings").answer.text
    assert "Darkhan" in page
    assert "Convene it" not in page

    word = clerk.load("/desk").forms["/desk/sign-out"]["form"]
    form = Convening(clerk, Convening.at(office, TUYA).fields | {"form": word})
    with nothing_recorded(office):
        assert form.send(date=day(office, 10), place="Tokyo").status_code == 403
