"""Calendar files, held against RFC 5545 as it is written, and against what a calendar does."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from governance.exchange.calendar_file import KEPT, PRODUCT, Day, calendar_of
from policies.refusals import UnreadableError

NOW = datetime(2026, 1, 12, 2, tzinfo=UTC)
END = "@jp-mn.jcm.invalid"


def day(name: str, on: str = "2026-01-20", summary: str = "Decide", *, lasting: bool = True) -> Day:
    return Day(f"{name}{END}", date.fromisoformat(on), summary, "JP-MN/C/001", lasting)


def made(*days: Day, before: bytes | None = None, now: datetime = NOW, within: str = END) -> bytes:
    return calendar_of("What awaits Hara Kenji", days, before, now, within=[within])


def lines(data: bytes) -> list[str]:
    """Return the unfolded content lines, as RFC 5545, section 3.1, has them."""
    text = data.decode("utf-8")
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    return text.replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def seen(data: bytes) -> dict[str, tuple[str, str, int]]:
    """Return each entry's status, day and sequence, by its name."""
    found: Any = Calendar.from_ical(data).walk("VEVENT")
    return {
        str(event["uid"]).removesuffix(END): (
            str(event["status"]),
            event["dtstart"].dt.isoformat(),
            int(event["sequence"]),
        )
        for event in found
    }


# As RFC 5545 has it


def test_a_file_is_a_calendar_with_whole_days() -> None:
    assert lines(made(day("a"))) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "X-WR-CALNAME:What awaits Hara Kenji",
        "BEGIN:VEVENT",
        "SUMMARY:Decide",
        "DTSTART;VALUE=DATE:20260120",
        "DTEND;VALUE=DATE:20260121",
        "DTSTAMP:20260112T020000Z",
        f"UID:a{END}",
        "SEQUENCE:0",
        "CATEGORIES:DUE",
        "DESCRIPTION:JP-MN/C/001",
        "STATUS:CONFIRMED",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


def test_lines_have_at_most_75_octets_and_no_letter_is_cut() -> None:
    summary = "Улаанбаатар хотын дулааны насос; " * 20

    data = made(day("a", summary=summary))

    assert max(len(line) for line in data.split(b"\r\n")) <= 75
    for line in data.split(b"\r\n"):
        line.decode("utf-8")
    assert f"SUMMARY:{summary}".replace(";", "\\;") in lines(data)


def test_texts_are_escaped_and_stay_in_their_line() -> None:
    hostile = "a\\b;c,d\r\nEND:VEVENT\nBEGIN:VALARM:x"

    data = made(day("a", summary=hostile))

    assert "SUMMARY:a\\\\b\\;c\\,d\\nEND:VEVENT\\nBEGIN:VALARM:x" in lines(data)
    assert lines(data).count("END:VEVENT") == 1


@given(summary=st.text(max_size=300).filter(lambda text: "\r" not in text and "\0" not in text))
def test_every_text_comes_back(summary: str) -> None:
    printable = "".join(c for c in summary if c.isprintable() or c == "\n")

    (event,) = Calendar.from_ical(made(day("a", summary=printable))).walk("VEVENT")

    assert str(event["summary"]) == printable


def test_the_last_day_of_the_calendar_has_no_day_after_it() -> None:
    assert seen(made(day("a", "9999-12-31")))["a"] == ("CONFIRMED", "9999-12-31", 0)


def test_a_calendar_without_days_is_still_one() -> None:
    assert seen(made()) == {}
    assert lines(made())[0] == "BEGIN:VCALENDAR"


# What a calendar does with the next file


def test_the_same_days_give_the_same_bytes() -> None:
    first = made(day("a"), day("b", summary="Sign"))

    assert made(day("b", summary="Sign"), day("a"), before=first, now=NOW + KEPT) == first


def test_a_changed_day_updates_the_entry() -> None:
    first = made(day("a"), day("b"))
    later = NOW + timedelta(days=1)

    second = made(day("a", "2026-02-01"), day("b"), before=first, now=later)

    assert seen(second) == {
        "a": ("CONFIRMED", "2026-02-01", 1),
        "b": ("CONFIRMED", "2026-01-20", 0),
    }
    assert "DTSTAMP:20260113T020000Z" in lines(second)


def test_what_is_done_is_cancelled_once() -> None:
    first = made(day("a"))

    second = made(before=first, now=NOW + timedelta(days=1))
    third = made(before=second, now=NOW + timedelta(days=2))

    assert seen(second) == {"a": ("CANCELLED", "2026-01-20", 1)}
    assert third == second


def test_what_was_cancelled_is_let_go_after_a_while() -> None:
    cancelled = made(before=made(day("a")))

    assert made(before=cancelled, now=NOW + KEPT - timedelta(seconds=1)) == cancelled
    assert seen(made(before=cancelled, now=NOW + KEPT)) == {}


def test_what_is_due_again_is_confirmed_again() -> None:
    cancelled = made(before=made(day("a")))

    assert seen(made(day("a"), before=cancelled)) == {"a": ("CONFIRMED", "2026-01-20", 2)}


def test_what_was_done_too_late_is_cancelled_too() -> None:
    first = made(day("a", "2026-01-05"))

    assert seen(made(before=first)) == {"a": ("CANCELLED", "2026-01-05", 1)}


@pytest.mark.parametrize(
    ("on", "left"), [("2026-01-11", {}), ("2026-01-12", {"a": ("CANCELLED", "2026-01-12", 1)})]
)
def test_a_day_that_came_is_not_cancelled(on: str, left: object) -> None:
    first = made(day("a", on, lasting=False))

    assert seen(made(before=first)) == left


def test_what_was_not_looked_at_stays() -> None:
    first = made(day("a"))

    assert made(before=first, within="@jp-id.jcm.invalid") == first


# What was there before


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\xff",
        b"notes",
        b"BEGIN:VCALENDAR\r\nPRODID:-//Other//EN\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n",
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n",
        made(day("a")).replace(b"STATUS:CONFIRMED", b"STATUS:TENTATIVE"),
        made(day("a")).replace(b"SEQUENCE:0", b"SEQUENCE:x"),
        made(day("a")).replace(b"DTSTART;VALUE=DATE:20260120", b"DTSTART:20260120T000000Z"),
        made(day("a")).replace(b"DTSTART;VALUE=DATE:20260120", b"DTSTART;VALUE=DATE:20261320"),
        made(day("a")).replace(b"DTSTAMP:20260112T020000Z", b"DTSTAMP:20260112T020000"),
        made(day("a")).replace(b"CATEGORIES:DUE\r\n", b""),
        made(day("a")).replace(f"UID:a{END}\r\n".encode(), b""),
        made(day("a")).replace(b"END:VEVENT\r\n", b""),
    ],
)
def test_a_file_of_another_kind_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableError, match="it "):
        made(day("a"), before=data)
