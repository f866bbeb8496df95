"""Saying "not now": shown to the committee and its secretaries, and nothing to the record."""

from __future__ import annotations

import pytest

from tests.access.conftest import another
from tests.desk.readers import CODE, Readers, desk

__all__ = ["desk"]
NO_EFFECT = "It has no legal effect, is not in the record, and stops no window."


def place(number: int) -> str:
    return f"/desk/committees/MN/texts/{number}"


def say(desk: Readers, person: str, number: int, why: str = "On leave until Monday") -> int:
    path, text = place(number), desk.digest(number)
    return desk.send(person, path, f"{path}/not-now", text=text, why=why).status_code


def shown(desk: Readers, person: str, number: int) -> bool:
    return "not now, 2026-01-05" in desk.read(person, place(number))


def test_it_is_shown_with_name_side_reason_and_day_to_who_reads_the_text(desk: Readers) -> None:
    number = desk.propose()
    before = desk.stage.engine.record.position

    assert say(desk, "mn-dorj", number) == 303

    for reader in ("mn-dorj", "jp-hara", "jp-sato", "mn-naran"):
        page = desk.read(reader, place(number))
        assert "Dorj Sarnai MN member not now, 2026-01-05 : On leave until Monday" in page
        assert NO_EFFECT in page
    assert desk.stage.engine.record.position == before


def test_it_stops_nothing_and_who_says_so_is_still_awaited(desk: Readers) -> None:
    number = desk.propose()
    say(desk, "mn-dorj", number)
    assert "affirm JP-MN/2026/001" in desk.read("mn-dorj", "/desk")

    for person in ("jp-hara", "mn-bold"):
        desk.sign_by(person, number)
    desk.tell("2026-01-20 02:00")
    desk.stage.engine.desk.settle(CODE)

    assert "JP-MN/2026/001" in desk.stage.engine.desk.load(CODE).decided.values()


@pytest.mark.parametrize("answer", ["affirm", "object"])
def test_it_ends_when_the_person_answers(desk: Readers, answer: str) -> None:
    number = desk.propose()
    say(desk, "mn-dorj", number)

    desk.assert_by("mn-dorj", number, reason="Too early" if answer == "object" else None)

    assert not shown(desk, "jp-sato", number)
    assert say(desk, "mn-dorj", number) == 409


def test_it_ends_when_a_chair_signs_and_when_it_is_taken_back(desk: Readers) -> None:
    number = desk.propose()
    say(desk, "mn-bold", number)
    say(desk, "mn-dorj", number)
    path = place(number)

    desk.sign_by("mn-bold", number)
    back = f"{path}/not-now/taken-back"
    assert desk.send("mn-dorj", path, back).status_code == 303

    assert not shown(desk, "jp-sato", number)
    assert back not in desk.load("mn-dorj", path).forms


def test_a_new_version_asks_anew(desk: Readers) -> None:
    number = desk.propose()
    old = desk.digest(number)
    say(desk, "mn-dorj", number)

    desk.revise(number, text={"en": "The Joint Committee takes another measure."})

    assert not shown(desk, "jp-sato", number)
    path = place(number)
    late = desk.send("mn-dorj", path, f"{path}/not-now", text=old, why="No")
    assert late.status_code == 422
    assert "has another text by now, version 2" in late.text
    assert not shown(desk, "jp-sato", number)


@pytest.mark.parametrize(
    ("why", "trouble"),
    [
        ("  ", "say something"),
        ("later\u202e", "a reader would not see"),
        ("x" * 2001, "at most 2000"),
    ],
)
def test_a_reason_that_says_nothing_is_refused_and_not_lost(
    desk: Readers, why: str, trouble: str
) -> None:
    number = desk.propose()
    path = place(number)

    sent = desk.send("mn-dorj", path, f"{path}/not-now", text=desk.digest(number), why=why)

    assert sent.status_code == 422
    assert trouble in sent.text
    assert f'name="why" required rows="2" maxlength="2000">{why}</textarea>' in sent.text
    assert not shown(desk, "jp-sato", number)


def test_only_who_sits_says_so_and_only_for_themselves(desk: Readers) -> None:
    number = desk.propose()
    path = place(number)

    assert say(desk, "jp-sato", number) == 403
    form = {"text": desk.digest(number), "why": "No", "person": "mn-dorj"}
    page = desk.load("jp-reg", "/desk")
    word = page.forms["/desk/sign-out"]["form"]
    page.forms[f"{path}/not-now"] = form | {"form": word}
    assert desk.at("jp-reg").send(page, f"{path}/not-now").status_code == 403
    stranger = another(desk.app)
    assert stranger.client.post(f"{path}/not-now", data=form).status_code == 403

    # A field that names somebody else names nobody: it is the sender who says so.
    page = desk.load("jp-mori", path)
    page.forms[f"{path}/not-now"] |= form
    assert desk.at("jp-mori").send(page, f"{path}/not-now").status_code == 303
    page_text = desk.read("mn-dorj", path)
    assert "Mori Aiko JP member not now" in page_text
    assert "Dorj Sarnai MN member awaited" in page_text


def test_whose_term_is_over_says_so_no_longer(desk: Readers) -> None:
    number = desk.propose()
    say(desk, "mn-dorj", number)
    assert shown(desk, "jp-sato", number)

    desk.stage.appoint("MN", "MN", [{"act": "end", "person": "mn-dorj", "role": "member"}])

    assert not shown(desk, "jp-sato", number)
