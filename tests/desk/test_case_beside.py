"""What is said beside a case: inputs that are held, interests, clerical slips."""

from __future__ import annotations

import hashlib
import re

from tests.access.browser import Page
from tests.aggregates.docket import METHODOLOGY, PAPERS
from tests.desk.conftest import HERE, Clerk, Office, place_of
from tests.desk.test_submission import alert


def test_a_held_input_is_released_once_and_then_everybody_reads_it(
    office: Office, published: str, secretary: Clerk
) -> None:
    place = place_of(published)
    public = f"/committees/MN/inputs/{place.rpartition('/')[2]}"
    assert "It is loud." not in secretary.browser.load(public).answer.text
    page = secretary.load(place)

    sent = [secretary.send(page, f"{place}/release") for _ in range(2)]

    assert [answer.status_code for answer in sent] == [303, 303]
    assert "It is loud." in secretary.browser.load(public).answer.text
    text = secretary.load(place).answer.text
    assert text.count("everybody may read it") == 1
    assert f'action="{HERE}/{place}/release"' not in text
    assert "Only for you" not in secretary.browser.load(public).answer.text


def test_what_its_author_keeps_unpublished_is_never_released(
    office: Office, published: str, secretary: Clerk
) -> None:
    place = place_of(published)
    entry = next(
        n
        for n, e in enumerate(office.docket.events(published), 1)
        if getattr(e, "author", "") == "Tsetseg"
    )
    page = secretary.load(place)
    page.forms[f"{HERE}/{place}/release"] = page.forms[f"{HERE}/{place}/file"]

    sent = secretary.send(page, f"{place}/release", entry=str(entry))

    assert sent.status_code == 409
    assert "cannot be released" in alert(sent)


def test_an_input_that_came_in_time_is_recorded_afterwards_too(
    office: Office, published: str
) -> None:
    clock = office.docket.room.stage.clock
    before = clock.now
    case = office.docket.submit(METHODOLOGY, PAPERS)
    office.docket.complete(case)
    try:
        office.docket.hear_the_public(case)
        secretary, action = office.at_desk("mn-tuya"), f"{place_of(case)}/comment"
        told = {"said__author": "Oyun", "said__text": "By letter", "said__unpublished": "yes"}
        page = secretary.load(place_of(case))
        late = secretary.send(page, action, **told)
        in_time = secretary.send(page, action, **told, on="2026-06-20")
    finally:
        clock.now = before
    assert (late.status_code, in_time.status_code) == (422, 303)
    assert "is outside" in alert(late)


def test_interests_are_declared_by_oneself_or_by_the_sides_secretary_with_a_letter(
    office: Office, published: str, secretary: Clerk
) -> None:
    place = place_of(published)
    action = f"{place}/interest"
    page = secretary.load(place)
    people = re.findall(r'<option value="([a-z-]+)"', page.answer.text.partition("Whose")[2])
    assert {"mn-bold", "mn-dorj", "mn-tuya"} <= set(people)
    assert not {p for p in people if p.startswith("jp-")}

    own = secretary.send(page, action, text="I own shares of it.")
    without = secretary.send(secretary.load(place), action, person="mn-bold", text="His too.")
    letter = {"letter": ("letter.pdf", b"a letter of Bold")}
    with_it = secretary.send(Page.of(without), action, letter, person="mn-bold")
    theirs = secretary.send(secretary.load(place), action, letter, person="jp-hara", text="Hers.")

    statuses = [answer.status_code for answer in (own, without, with_it, theirs)]
    assert statuses == [303, 403, 303, 403]
    stand = office.docket.room.state.interests.values()
    assert [(i.person, i.text) for i in stand] == [
        ("mn-tuya", "I own shares of it."),
        ("mn-bold", "His too."),
    ]
    assert list(stand)[1].letter == hashlib.sha256(b"a letter of Bold").hexdigest()

    back = secretary.send(
        secretary.load(place), f"{place}/interest-back", interest="1", reason="Sold."
    )
    assert back.status_code == 303
    assert [i.person for i in office.docket.room.state.interests.values()] == ["mn-bold"]


def test_a_slip_is_corrected_by_the_side_whose_it_is(office: Office, secretary: Clerk) -> None:
    case = office.docket.submit(METHODOLOGY | {"title": "Heat pups"})  # by jp-mori
    place = place_of(case)
    japanese = office.at_desk("jp-kato")
    assert f'action="{HERE}/{place}/slip"' not in secretary.load(place).answer.text
    page = japanese.load(place)
    told = {"where": "1 title", "says": "Heat pumps", "reason": "A letter was missing."}

    action = f"{place}/slip"
    empty = japanese.send(page, action, **(told | {"says": "Heat pups"}))
    theirs = secretary.load(place)
    theirs.forms[f"{HERE}/{action}"] = theirs.forms[f"{HERE}/{place}/file"]
    foreign = secretary.send(theirs, action, **told)
    sent = japanese.send(Page.of(empty), action, **told)

    assert (empty.status_code, foreign.status_code, sent.status_code) == (422, 403, 303)
    assert "says that already" in alert(empty)
    assert office.docket.state(case).title == "Heat pumps"
    assert "It now reads:" in japanese.load(place).answer.text
