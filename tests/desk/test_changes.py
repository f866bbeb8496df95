"""What changed since somebody last looked: nothing is taken for seen before they say so."""

from __future__ import annotations

import re
from datetime import date

import pytest

from aggregates.case.events import EVENTS as CASE_EVENTS
from governance.demo.stage import Stage
from governance.pages.case_terms import STEPS
from governance.pages.desk.overview import LATEST
from governance.service.changed import KINDS, MOST, changed, how_many
from tests.desk.readers import CODE, MEASURE, Readers, desk, words
from tests.governance.setting import proposal
from tests.http.committee import founded

__all__ = ["desk"]
OVERVIEW = "/desk/committees/MN"
SEEN = f"{OVERVIEW}/seen"


def news(desk: Readers, person: str) -> list[str]:
    """Return the lines of what is new."""
    page = desk.load(person, OVERVIEW).answer.text
    page = page[page.index('id="changed"') :].partition("<h2")[0]
    lists = "".join(re.findall(r'<ul class="plain">(.*?)</ul></li>', page, re.DOTALL))
    found = re.findall(r"<li>(.*?)</li>", lists, re.DOTALL)
    lines = (" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in found)
    return [line.removesuffix(" Read the text") for line in lines]


def say_seen(desk: Readers, person: str) -> None:
    assert desk.send(person, OVERVIEW, SEEN).status_code == 303


def test_looking_alone_takes_nothing_for_seen(desk: Readers) -> None:
    desk.propose()
    first = news(desk, "mn-dorj")
    assert first[0] == "JP-MN/2026/001 was sent to all members"

    assert news(desk, "mn-dorj") == first
    assert "nothing is marked as seen yet" in desk.read("mn-dorj", "/desk")


def test_what_was_said_to_be_seen_is_not_shown_again_and_what_came_since_is(desk: Readers) -> None:
    number = desk.propose()
    say_seen(desk, "mn-dorj")
    assert news(desk, "mn-dorj") == []
    assert "Nothing has changed." in desk.read("mn-dorj", OVERVIEW)

    desk.assert_by("jp-mori", number, reason="Not <b>yet</b>")

    (line,) = news(desk, "mn-dorj")
    assert line == "JP-MN/2026/001: Mori Aiko (JP) objects: Not &lt;b&gt;yet&lt;/b&gt;"
    assert "1 change since you last looked" in desk.read("mn-dorj", "/desk")
    assert len(news(desk, "mn-bold")) > 1  # another person has seen nothing


def test_what_comes_while_somebody_reads_stays_new(desk: Readers) -> None:
    number = desk.propose()
    page = desk.load("mn-dorj", OVERVIEW)
    desk.assert_by("jp-mori", number)

    assert desk.at("mn-dorj").send(page, SEEN).status_code == 303

    assert news(desk, "mn-dorj") == ["JP-MN/2026/001: Mori Aiko (JP) affirmed"]


@pytest.mark.parametrize("until", ["", "-1", "x", "9" * 30, "999999"])
def test_nobody_has_seen_what_never_was(desk: Readers, until: str) -> None:
    assert desk.send("mn-dorj", OVERVIEW, SEEN, until=until).status_code == 422
    assert desk.access.seen.position(desk.access.rosters.seats(keyid(desk))[0]) is None


def keyid(desk: Readers) -> str:
    found: str = desk.passkeys["mn-dorj"].record.keyid
    return found


def test_every_change_has_words_and_a_way_to_more(desk: Readers) -> None:
    number = desk.propose()
    desk.stage.engine.proposals.convene(CODE, date(2026, 2, 3), "Ulaanbaatar", "JC-1")
    desk.adopt(number)
    other = desk.propose(items=[MEASURE | {"title": "Another"}])
    desk.stage.engine.proposals.withdraw(CODE, other, "A mistake")

    lines = news(desk, "jp-sato")
    page = desk.load("jp-sato", OVERVIEW).answer.text

    for said in (
        "JP-MN/2026/002 ended undecided: given up",
        "JP-MN/2026/001 was adopted on 2026-01-05 (Interim special measure)",
        "JP-MN/2026/001: Bold Ganbaatar (MN) signed",
        "Meeting JC-1 convened: 2026-02-03, Ulaanbaatar",
        "The committee was founded",
    ):
        assert any(line.startswith(said) for line in lines), (said, lines)
    assert 'href="/decisions/JP-MN/2026/001"' in page
    assert f'href="{OVERVIEW}/meetings"' in page
    assert "Hara Kenji: co-chair from 2020-01-01; a key of Hara Kenji" in words(
        desk.load("jp-sato", OVERVIEW).answer
    )


def test_steps_of_every_kind_of_case_have_words() -> None:
    names = {event.topic.removeprefix("jcm.").rpartition(".")[0] for event in CASE_EVENTS}

    assert names <= STEPS.keys()
    assert set(CASE_EVENTS) <= set(KINDS)


def test_no_more_than_the_latest_are_shown_and_all_are_counted(desk: Readers) -> None:
    for _ in range(MOST + 1):
        desk.stage.engine.proposals.propose(proposal(), only_draft=True)

    page = desk.read("jp-sato", OVERVIEW)

    assert len(news(desk, "jp-sato")) == MOST
    assert f"{MOST + 4} changes. The latest {MOST} are shown." in page
    assert "Those that are not shown count as seen, too." in page
    assert f"{MOST - LATEST} earlier changes" in page
    whole = desk.load("jp-sato", OVERVIEW).answer.text
    shown, _, opened = whole[whole.index('id="changed"') :].partition("<details")
    assert (shown.count("a draft was written"), opened.count("a draft was written")) == (
        LATEST,
        MOST - LATEST,
    )
    assert shown.index("I have seen this") < shown.index('<ol class="timeline">')
    assert "I have seen this" in opened
    order = [whole.index(f'id="{part}"') for part in ("meetings", "deadlines", "changed")]
    assert order == sorted(order)


def test_changes_are_the_committees_own_and_newest_first_on_either_engine(stage: Stage) -> None:
    founded(stage)
    stage.found("TH")
    record, state = stage.engine.record, stage.engine.desk.load(CODE)
    before = record.position
    made = stage.engine.proposals.propose(proposal())
    stage.engine.proposals.propose(proposal("TH"), only_draft=True)

    found = changed(record, stage.engine.desk.load(CODE), before)

    assert [change.what for change in found.shown] == ["proposal-frozen", "proposal-drafted"]
    assert [change.number for change in found.shown] == [made.number, made.number]
    assert (found.count, found.until) == (2, record.position)
    assert how_many(record, CODE, before) == 2
    assert how_many(record, CODE, record.position) == 0
    assert changed(record, state, None).count == 5
