"""Who is who; and asking one's own side's authority, which alone makes it count."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from governance.access.signing import ask_to_appoint
from governance.service.appointing import Wish, Wished, ask_authority
from governance.service.roll_call import call_roll
from governance.service.spoken import group_lines
from policies.proof.reading import read
from policies.proof.statements import Appoint, Appointment, End
from policies.refusals import NotEntitledError
from policies.sides import Role, Term
from projections.terms import Stands, Taken, appointees
from tests.access.browser import Browser, Passkey
from tests.desk.at_desk import (
    CODE,
    HERE,
    AtDesk,
    ask,
    asked_for,
    at_desk,
    page_word,
    request_of,
)

HOLIDAY = {
    "what": "alternate",
    "known": "mn-dorj",
    "begins": "2026-02-01",
    "ends": "2026-02-10",
}
LATER = Wish(Wished.SECRETARY, "mn-new", "New Person", date(2026, 2, 1))


@pytest.fixture
def here(tmp_path: Path) -> Iterator[AtDesk]:
    with at_desk(tmp_path / "home") as made:
        yield made


def text_of(browser: Browser, path: str = f"{HERE}/people") -> str:
    answer = browser.load(path).answer
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def signed_by(browser: Browser, passkey: Passkey, digest: str) -> None:
    """Let an added passkey sign its appointment, as nobody in particular."""
    path = f"/desk/sign/{digest}"
    page = browser.load(path)
    assert browser.send(page, path, answer=passkey.get(page.options(path))).status_code == 303


def acts_of(browser: Browser, path: str) -> list[dict[str, Any]]:
    acts: list[dict[str, Any]] = msgspec.to_builtins(
        read(request_of(browser, path), Appointment).acts
    )
    return acts


def recorded(here: AtDesk, browser: Browser, path: str) -> None:
    """Let two keys of the authority sign a request, and submit it with what was signed here."""
    envelope = request_of(browser, path)
    made = [each.read() for each in here.access.requests.signatures(envelope.digest)]
    own = [mark for each in made for mark in each.signatures]
    here.stage.submit(here.signed(envelope, "MN", 1, 2).signed_by(*own))


# Who is who


def test_everybody_sees_both_sides_and_only_some_are_offered_to_ask(here: AtDesk) -> None:
    pages = {name: text_of(here.browser(name)) for name in ("mn-dorj", "mn-nomin", "mn-tuya")}

    for text in pages.values():
        assert "Hara Kenji" in text
        assert "Bold Ganbaatar" in text
        assert "a passkey" in text
    offered = {name for name, text in pages.items() if "Name an alternate" in text}
    follow = {name for name, text in pages.items() if "What the authority of MN was" in text}
    assert (offered, follow) == ({"mn-tuya"}, {"mn-dorj", "mn-tuya"})


def test_terms_that_end_soon_or_begin_later_or_are_over_are_marked(here: AtDesk) -> None:
    appoint: dict[str, Any] = {"act": "appoint", "name": "Guest", "role": "secretary"}
    acts = [
        appoint | {"person": "mn-a", "from": "2025-01-01", "until": "2026-01-06"},
        appoint | {"person": "mn-b", "from": "2026-01-25", "until": None},
        appoint | {"person": "mn-c", "from": "2025-01-01", "until": "2025-12-31"},
    ]
    here.stage.appoint("MN", "MN", acts)

    text = text_of(here.browser("jp-hara"))

    assert "ends in 1 day" in text
    assert "begins in 20 days" in text
    assert "whose roles are over (1)" in text
    assert "none: signs nothing yet" in text


def test_a_term_is_held_on_both_its_ends_and_ends_soon_for_thirty_days() -> None:
    first, last = date(2026, 3, 1), date(2026, 6, 30)
    taken = Taken(Role.MEMBER, Term(first, last))

    stands = [taken.on(day) for day in (first - timedelta(1), first, last, last + timedelta(1))]

    assert stands == [Stands.TO_COME, Stands.HELD, Stands.HELD, Stands.ENDED]
    days = [taken.ends_in(last - timedelta(n)) for n in (31, 30, 0, -1)]
    assert days == [None, 30, 0, None]
    assert Taken(Role.MEMBER, Term(first, None)).ends_in(last) is None


def test_what_a_side_has_ended_is_over_though_its_days_are_not() -> None:
    plain = {"person": "a", "name": "A", "begins": date(2026, 1, 1), "ends": None}
    acts = [
        Appoint(role=Role.MEMBER, **plain),  # type: ignore[arg-type]
        Appoint(role=Role.ALTERNATE, **plain),  # type: ignore[arg-type]
        End(person="a", role=Role.ALTERNATE),
        Appoint(role=Role.ALTERNATE, **plain),  # type: ignore[arg-type]
    ]
    rows = [
        (CODE, "MN", "a", "2026-02-01T20:00:00Z", msgspec.json.encode(act).decode()) for act in acts
    ]

    (found,) = appointees(rows, ZoneInfo("Asia/Ulaanbaatar"))

    today = date(2026, 3, 1)
    assert [(t.role.value, t.on(today).value) for t in found.taken] == [
        ("member", "held"),
        ("alternate", "ended"),
        ("alternate", "held"),
    ]
    assert found.taken[1].struck_on == date(2026, 2, 2)


def test_the_roll_call_says_who_has_answered(here: AtDesk) -> None:
    browser = here.browser("mn-tuya")
    assert "have not been called this year" in text_of(browser)
    requests = call_roll(here.stage.engine.desk, CODE, 2026)
    own = here.passkeys["mn-bold"].record.keyid
    answer = next(r.envelope for r in requests.values() if r.envelope.value["keyid"] == own)
    here.stage.submit(here.stage.sign(answer, "mn-bold"))

    text = text_of(browser)

    assert f"1 of {len(requests)} have answered" in text
    assert text.count("not yet") == len(requests) - 1


# Asking


def test_an_alternate_for_a_holiday_acts_between_the_days_alone(here: AtDesk) -> None:
    browser = here.browser("mn-tuya")
    path = asked_for(browser, **HOLIDAY)
    page = text_of(browser, path)
    envelope = request_of(browser, path)
    assert "waits for the authority of MN" in page
    assert "2 keys of your authority sign" in page
    assert all(line in page for line in group_lines(envelope.digest))
    person = here.stage.engine.desk.load(CODE).roster.people["mn-dorj"]
    assert not person.signs(date(2026, 2, 5))

    recorded(here, browser, path)

    person = here.stage.engine.desk.load(CODE).roster.people["mn-dorj"]
    days = {day: person.signs(date(2026, month, day)) for month, day in ((1, 31), (2, 1), (2, 10))}
    assert days == {31: False, 1: True, 10: True}
    assert not person.signs(date(2026, 2, 11))
    assert "it is recorded" in text_of(browser, path)


def test_who_is_no_member_becomes_one_for_the_holiday(here: AtDesk) -> None:
    browser = here.browser("mn-bold")

    path = asked_for(browser, **HOLIDAY | {"known": "", "person": "mn-oyun", "name": "Oyun Bat"})

    acts = acts_of(browser, path)
    assert [(act["role"], act["from"], act["until"]) for act in acts] == [
        ("member", "2026-02-01", "2026-02-10"),
        ("alternate", "2026-02-01", "2026-02-10"),
    ]
    assert {(act["person"], act["name"]) for act in acts} == {("mn-oyun", "Oyun Bat")}


def test_a_passkey_is_named_by_its_groups_and_signs_before_the_authority(here: AtDesk) -> None:
    browser, made = here.browser("mn-tuya"), here.passkey("mn-oyun")
    groups = " ".join(group_lines(made.record.keyid)).upper()
    new = {"what": "registry", "known": "", "person": "mn-oyun", "name": "Oyun Bat"}
    path = asked_for(browser, **new, begins="2026-01-05", ends="", key=groups)
    digest = path.rpartition("/")[2]
    assert acts_of(browser, path)[1]["key"] == made.record.to_json()
    assert f'href="/desk/sign/{digest}"' in text_of(browser, path)

    own = here.browser()
    asked = own.load(f"/desk/sign/{digest}")
    assert (
        own.send(
            asked, f"/desk/sign/{digest}", answer=made.get(asked.options(f"/desk/sign/{digest}"))
        ).status_code
        == 303
    )
    assert "has signed here" in text_of(browser, path)
    recorded(here, browser, path)

    assert own.sign_in(made).status_code == 303
    assert own.load(f"{HERE}/registry").answer.status_code == 200


def test_a_member_a_secretary_and_the_end_of_a_role_are_asked_for_alike(here: AtDesk) -> None:
    browser = here.browser("mn-bold")
    for what in ("member", "secretary"):
        new = {"what": what, "known": "", "person": f"mn-{what}", "name": "Somebody"}
        path = asked_for(browser, **new, begins="2026-03-01", ends="")
        (act,) = acts_of(browser, path)
        assert (act["role"], act["from"], act["until"]) == (what, "2026-03-01", None)

    path = asked_for(browser, what="end", ends_role="mn-dorj member")
    recorded(here, browser, path)

    assert not here.stage.engine.desk.load(CODE).roster.people["mn-dorj"].terms
    assert "ended by its side on" in text_of(browser)


@pytest.mark.parametrize(
    ("typed", "status", "why"),
    [
        ({"ends": "2026-01-31"}, 422, "before 2026-02-01"),
        ({"ends": ""}, 422, "say until which day"),
        ({"begins": ""}, 422, "say from which day"),
        ({"begins": "1 February"}, 422, "1 February"),
        ({"begins": "2025-01-01", "ends": "2026-01-04"}, 422, "these days are over"),
        ({"known": "mn-bold"}, 422, "is co-chair on 2026-02-01"),
        ({"known": ""}, 422, "choose somebody from the list"),
        ({"person": "mn-new", "name": "New"}, 422, "one of the two"),
        ({"known": "", "person": "Mn New", "name": "New"}, 422, "is no id"),
        ({"known": "", "person": "mn-new", "name": " "}, 422, "say something"),
        ({"known": "", "person": "mn-new", "name": "N\u202eew"}, 422, "U+202E"),
        ({"known": "jp-mori"}, 422, "nobody sits on both sides"),
        ({"known": "mn-nomin"}, 422, "a registry does not sit"),
        ({"key": "12"}, 422, "has 2 digits"),
        ({"key": "0" * 64}, 404, "no passkey with these sixteen groups"),
    ],
)
def test_what_is_refused_keeps_what_was_typed(
    here: AtDesk, typed: dict[str, str], status: int, why: str
) -> None:
    given = HOLIDAY | typed
    answer = ask(here.browser("mn-tuya"), **given)

    text = unescape(answer.text)
    assert answer.status_code == status, text
    assert why in text.partition('role="alert"')[2].partition("</p>")[0]
    assert all(f'value="{given[name]}"' in text for name in ("begins", "ends") if given[name])
    assert not here.access.requests.appointments(CODE, 9)


def test_an_edge_of_a_membership_bounds_the_holiday(here: AtDesk) -> None:
    act = {"act": "appoint", "person": "mn-guest", "name": "Guest", "role": "member"}
    here.stage.appoint("MN", "MN", [act | {"from": "2026-02-01", "until": "2026-02-10"}])
    browser, wish = here.browser("mn-tuya"), HOLIDAY | {"known": "mn-guest"}

    assert ask(browser, **wish).status_code == 303
    refused = ask(browser, **wish | {"ends": "2026-02-11"})
    assert refused.status_code == 422
    assert "is no member on 2026-02-11" in refused.text


def test_the_same_wish_twice_is_one_request(here: AtDesk) -> None:
    browser = here.browser("mn-tuya")

    assert asked_for(browser, **HOLIDAY) == asked_for(browser, **HOLIDAY)
    assert len(here.access.requests.appointments(CODE, 9)) == 1


def test_what_another_appointment_has_overtaken_says_so_and_is_asked_anew(here: AtDesk) -> None:
    browser = here.browser("mn-tuya")
    path = asked_for(browser, **HOLIDAY)
    here.stage.appoint("MN", "MN", [{"act": "end", "person": "mn-nomin", "role": "registry"}])
    page = browser.load(path)
    assert "can be recorded no longer" in page.answer.text
    assert "overtaken by another appointment" in text_of(browser)

    anew = browser.send(page, f"{path}/again")

    assert anew.status_code == 303
    recorded(here, browser, str(anew.headers["location"]))
    assert here.stage.engine.desk.load(CODE).roster.people["mn-dorj"].signs(date(2026, 2, 5))


def test_the_other_sides_appointments_overtake_nothing(here: AtDesk) -> None:
    path = asked_for(here.browser("mn-tuya"), **HOLIDAY)
    here.stage.appoint("MN", "JP", [{"act": "end", "person": "jp-abe", "role": "secretary"}])

    recorded(here, here.browser("mn-tuya"), path)


# Who may


@pytest.mark.parametrize("person", ["mn-dorj", "mn-nomin"])
def test_neither_a_member_nor_a_registry_asks(here: AtDesk, person: str) -> None:
    browser = here.browser(person)

    assert browser.load(f"{HERE}/people/ask?what=member").answer.status_code == 403
    assert ask(browser, **HOLIDAY).status_code == 403
    assert not here.access.requests.appointments(CODE, 9)


@pytest.mark.parametrize(
    ("person", "status"), [("mn-dorj", 200), ("mn-nomin", 403), ("jp-hara", 403), ("jp-abe", 403)]
)
def test_what_is_asked_is_for_the_own_sides_keepers_alone(
    here: AtDesk, person: str, status: int
) -> None:
    path = asked_for(here.browser("mn-tuya"), **HOLIDAY)
    browser = here.browser(person)

    assert browser.load(path).answer.status_code == status
    assert browser.load(f"{path}/request.json").answer.status_code == status
    listed = path in browser.load(f"{HERE}/people").answer.text
    assert listed == (status == 200)


def test_one_sides_secretary_asks_its_own_authority_whoever_is_named(here: AtDesk) -> None:
    made = ask_authority(here.stage.engine.desk, CODE, "jp-abe", LATER)
    assert made.side == "JP"

    path = asked_for(here.browser("mn-tuya"), **HOLIDAY)
    other = here.browser("jp-abe")
    page = other.load(f"{HERE}/people")
    page.forms[f"{path}/again"] = {"form": page_word(other)}
    assert other.send(page, f"{path}/again").status_code == 403


def test_an_ended_term_asks_for_nothing(here: AtDesk) -> None:
    desk = here.stage.engine.desk
    assert ask_authority(desk, CODE, "mn-tuya", LATER).side == "MN"
    here.stage.appoint("MN", "MN", [{"act": "end", "person": "mn-tuya", "role": "secretary"}])

    for person in ("mn-tuya", "mn-dorj", "mn-nomin", "nobody"):
        with pytest.raises(NotEntitledError):
            ask_authority(desk, CODE, person, LATER)


def test_a_passkey_that_its_own_key_has_signed_waits_where_the_secretary_sees_it(
    here: AtDesk,
) -> None:
    browser, made = here.browser("mn-tuya"), here.passkey("mn-dorj's second")
    credential = here.access.credentials.of_key(made.record.keyid)
    assert credential is not None
    digest = ask_to_appoint(here.access, here.stage.engine.desk, CODE, "mn-dorj", credential)
    assert digest is not None
    assert "Passkeys that wait" not in text_of(browser)

    signed_by(here.browser(), made, digest)

    text = text_of(browser)
    assert "Passkeys that wait" in text
    assert f"{HERE}/people/requests/{digest}" in text
    assert "Passkeys that wait" not in text_of(here.browser("jp-abe"))


def test_what_is_no_wish_or_no_request_is_nowhere(here: AtDesk) -> None:
    browser = here.browser("mn-tuya")

    assert browser.load(f"{HERE}/people/ask").answer.status_code == 404
    assert browser.load(f"{HERE}/people/ask?what=authority").answer.status_code == 404
    assert browser.load(f"{HERE}/people/requests/{'0' * 64}").answer.status_code == 404
    assert browser.load(f"{HERE}/people/requests/x").answer.status_code == 404
