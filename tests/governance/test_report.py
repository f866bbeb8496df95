"""The yearly report as a document: the same bytes each time, and every text only text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance import assembly
from governance.demo.stage import Stage, ToldClock, Voice
from governance.report.document import Document, Heading, Paragraph, Quotation, Section, Table
from governance.report.html import to_html
from governance.report.markdown import to_markdown
from governance.report.yearly import yearly_report
from governance.settings import Settings
from policies.sides import Committee
from tests.aggregates.room import MEASURE, Room
from tests.places import Places
from tests.projections import works

MONGOLIA = Committee("MN")
HOSTILE = '<script>alert(1)</script> | [x](javascript:alert(1)) *b* & "q" https://evil.example'


class Outline(HTMLParser):
    """What an HTML document holds: its tags with their attributes, and its texts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def tell(stage: Stage) -> None:
    """Decide, put rules in force, leave a text open, and import a hostile record."""
    room = Room.seated(stage)
    rules = {"kind": "rules_adoption", "title": "Second generation", "documents": []}
    works.decide(room, "2026-06-08", rules | {"rulebook": {"version": "MN-2026"}})
    works.decide(room, "2026-07-06", MEASURE, text={"en": "First line.\n<b>Second</b> line."})
    room.on("2026-09-07").appoint("MN", room.ends("mn-sara", "member"))
    room.on("2026-12-28").distribute(MEASURE | {"title": "Still open"}, expires="2027-03-31")
    hostile = {"subject_title": HOSTILE, "decision_type": "rules_revision"}
    room.imports(hostile | {"decision_date": "2026-03-03"})
    room.on("2027-02-01").convene("2027-03-03")


@pytest.fixture(scope="module")
def told(places: Places, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    settings = places.make(tmp_path_factory.mktemp("reported") / "home")
    clock = ToldClock(datetime(2026, 1, 5, 2, tzinfo=UTC))
    with assembly.engine(settings, clock) as made:
        tell(Stage(made, clock, Voice(), settings.keys / "people"))
    yield settings
    places.drop(settings)


def markdown(settings: Settings, year: int = 2026, known_at: datetime | None = None) -> str:
    return to_markdown(yearly_report(settings, MONGOLIA, year, known_at))


def section(text: str, heading: str) -> str:
    """Return what stands under a heading of a Markdown report."""
    return text.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]


# What it says


def test_it_tells_every_decision_of_the_year_with_its_text(told: Settings) -> None:
    signed = section(markdown(told), "Decisions signed by both sides")

    assert re.findall(r"^### (.*)$", signed, re.MULTILINE) == ["JP-MN/2026/001", "JP-MN/2026/002"]
    assert "by electronic means, open from 2026-07-06 to 2026-07-16" in signed
    assert "Hara Kenji (co-chair, JP); Bold Ganbaatar (co-chair, MN)" in signed
    assert "> First line.\\\n> \\<b\\>Second\\</b\\> line." in signed


def test_the_past_stands_apart_and_with_its_source(told: Settings) -> None:
    past = section(markdown(told), "Decisions of the past")

    assert "merely imported: without a signature" in past
    assert "JP-MN/H/2026-03-03/meeting" in past
    assert "jcm.go.jp" in past


def test_it_tells_who_held_a_role_and_when_it_ended(told: Settings) -> None:
    people = section(markdown(told), "People and their terms")

    assert "| MN | Sara Oyun | member | 2026-01-01 |  | 2026-09-07 |" in people
    assert "| JP | Hara Kenji | co-chair | 2026-01-01 |  |  |" in people
    assert "Sara Oyun" not in section(markdown(told, 2027), "People and their terms")


def test_it_tells_which_rulebook_was_in_force_from_when(told: Settings) -> None:
    founded = section(markdown(told), "Rulebook in force")
    after = section(markdown(told, 2027), "Rulebook in force")

    assert "|  | MN-2013 | by the founding " in founded
    assert "| 2026-06-08 | MN-2026 | by JP-MN/2026/001 |" in founded
    assert "| 2027-01-01 | MN-2026 | in force when the year began |" in after
    assert "MN-2013" not in after


def test_what_was_open_is_what_was_open_when_the_year_ended(told: Settings) -> None:
    assert "| JP-MN/2026/003 | open | interim special measure | Still open |" in section(
        markdown(told), "What is open"
    )
    assert "No text was open then" in section(
        markdown(told, 2026, datetime(2026, 12, 1, tzinfo=UTC)), "What is open"
    )


def test_a_year_that_was_not_over_is_said_to_be(told: Settings) -> None:
    assert "The year 2027 was not over then" in markdown(told, 2027)
    assert "was not over" not in markdown(told, 2026)
    earlier = markdown(told, 2026, datetime(2026, 7, 1, tzinfo=UTC))
    assert "The year 2026 was not over then" in earlier
    assert "JP-MN/2026/002" not in earlier


def test_a_year_before_the_founding_has_no_rules_and_no_people(told: Settings) -> None:
    before = markdown(told, 2025)

    assert "not founded in this record" in section(before, "Rulebook in force")
    assert "Nobody is recorded" in section(before, "People and their terms")


def test_an_empty_home_gives_an_empty_report_and_stays_absent(tmp_path: Path) -> None:
    text = markdown(Settings(tmp_path / "none", tmp_path / "keys"))

    assert "Nothing is recorded of this committee." in text
    assert list(tmp_path.iterdir()) == []


# The same record, the same bytes


@pytest.mark.parametrize("write", [to_markdown, to_html], ids=["markdown", "html"])
def test_the_same_record_gives_the_same_bytes(told: Settings, write: type) -> None:
    first = write(yearly_report(told, MONGOLIA, 2026))

    assert write(yearly_report(told, MONGOLIA, 2026)) == first
    assert "2027-02-01T02:00:00Z" in first  # the last event's instant, and no other clock


def test_what_is_recorded_later_does_not_change_what_was_known(
    told: Settings, places: Places, tmp_path: Path
) -> None:
    known_at = datetime(2027, 1, 15, tzinfo=UTC)
    first = markdown(told, 2026, known_at)
    copied = places.copy(told, tmp_path / "home")
    with assembly.engine(copied, ToldClock(datetime(2027, 3, 1, tzinfo=UTC))) as made:
        rows = b"MN,2026-04-04,meeting,rules_revision,,Later,adopted,,,,,jcm.go.jp,high\n"
        head = b"partner_iso2,decision_date,procedure,decision_type,subject_id,subject_title,"
        head += b"outcome,quantity_tco2e,split,monitoring_period,extra,source,confidence\n"
        made.history.import_decisions(head + rows, "late.csv", dry_run=False)

    assert markdown(copied, 2026, known_at) == first
    assert "Later" in markdown(copied)
    places.drop(copied)


# Every text is only text


def test_a_report_in_html_has_no_script_and_loads_nothing(told: Settings) -> None:
    text = to_html(yearly_report(told, MONGOLIA, 2026))
    outline = Outline(text)

    assert outline.open == []
    assert set(outline.tags) <= {
        *("html", "head", "meta", "title", "style", "body", "header", "nav", "main", "section"),
        *("h1", "h2", "h3", "p", "ol", "li", "a", "blockquote", "br"),
        *("div", "table", "caption", "thead", "tbody", "tr", "th", "td"),
    }
    assert {name for name, _value in outline.attributes if name.startswith("on")} == set()
    links = [value for name, value in outline.attributes if name in ("href", "src")]
    assert all(str(link).startswith("#section-") for link in links)
    assert HOSTILE in "".join(outline.texts)
    assert '<html lang="en">' in text
    assert outline.tags.count("table") == outline.tags.count("caption")
    assert "default-src 'none'" in text


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(TEXTS)
def test_whatever_a_text_holds_html_shows_it_and_nothing_else(text: str) -> None:
    table = Table(text, (text,), ((text,),))
    parts = (Heading(text), Paragraph(text), Quotation(text), table)
    plain = (Heading(""), Paragraph(""), Quotation(""), Table("", ("",), (("",),)))
    written, bare = (
        Outline(to_html(Document(t, (t,), (Section(t, p),))))
        for t, p in ((text, parts), ("", plain))
    )

    assert [tag for tag in written.tags if tag != "br"] == bare.tags
    assert written.open == []


@given(TEXTS)
def test_whatever_a_text_holds_a_markdown_table_keeps_its_cells(text: str) -> None:
    written = to_markdown(
        Document("", (), (Section("", (Table("", ("a", "b"), ((text, "x"),)),)),))
    )

    lines = written.splitlines()
    row = lines[lines.index("| --- | --- |") + 1]
    assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) == 3
    assert not re.search(r"(?<!\\)(?:\\\\)*<", row)


@pytest.mark.parametrize("text", ["# a", "1. a", "- a", "> a", "[a](b)", "![a](b)", "`a`", "| a"])
def test_a_paragraph_in_markdown_is_never_more_than_a_paragraph(text: str) -> None:
    (line,) = (
        line
        for line in to_markdown(Document("t", (), (Section("s", (Paragraph(text),)),))).splitlines()
        if line and not line.startswith("#")
    )

    assert "\\" in line
    assert line.replace("\\", "") == text
