"""The agreed electronic format: exactly the rows that were written by hand, byte for byte."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from governance.assembly import library
from governance.exchange.article6_csv import to_csv
from governance.exchange.article6_xlsx import to_xlsx
from policies.refusals import NotFoundError
from policies.sides import Committee
from projections.article6 import Article6, article6
from projections.article6_template import FIVE_TABLES
from tests.aggregates.docket import Docket
from tests.aggregates.governments import Governments
from tests.aggregates.room import CODE
from tests.governance.terminal import Terminal
from tests.projections.article6.story import told

EXPECTED = Path(__file__).with_name("expected")
YEARS = ["MN-2026", "JP-2026", "MN-2027", "JP-2027"]
FILES = {"authorizations.csv", "actions.csv", "holdings.csv", "authorized-entities.csv"}


@pytest.fixture
def story(docket: Docket) -> Governments:
    return told(docket)


def tables_of(
    story: Governments, side: str, year: int, known_at: datetime | None = None
) -> Article6:
    with library(story.docket.room.stage.engine.settings) as read:
        return article6(read.tables, Committee("MN"), side, year, known_at=known_at)


def test_every_table_is_the_one_that_was_written_by_hand(story: Governments) -> None:
    for name in YEARS:
        side, year = name.split("-")
        files = to_csv(tables_of(story, side, int(year)))

        assert set(files) == FILES | {"provenance.csv"}
        for file in FILES:
            assert files[file].decode() == (EXPECTED / name / file).read_text("utf-8"), (name, file)


def test_the_workbook_holds_the_template_s_sheets_with_the_same_cells(story: Governments) -> None:
    found = tables_of(story, "MN", 2026)
    book = load_workbook(io.BytesIO(to_xlsx(found)))

    assert book.sheetnames == [
        "Table 2 Authorizations",
        "Table 3 Actions",
        "Table 4 Holdings",
        "Table 5 Auth. entities",
        "Provenance",
    ]
    for filled in found.filled:
        heading, labels, *rows = book[filled.table.sheet].iter_rows(values_only=True)
        assert (heading[0], labels) == (filled.table.heading, filled.table.labels)
        assert rows == filled.rows
    terms = book["Table 2 Authorizations"].cell(3, 16)
    assert (terms.value, terms.data_type) == ("=HYPERLINK(1), or not", "s")


def test_every_row_points_to_the_event_behind_it(story: Governments) -> None:
    stream = {e.originator_version: e for e in story.docket.room.stage.engine.record.stream(CODE)}
    for name in YEARS:
        side, year = name.split("-")
        found = tables_of(story, side, int(year))
        places = [(row[0], row[1]) for row in found.provenance]
        rows = [(f.table.name, n + 1) for f in found.filled for n in range(len(f.rows))]
        assert places == rows
        for row in found.provenance:
            event = stream[int(row[3] or 0)].event
            assert event in story.recorded
            assert getattr(event, "envelope").digest == row[6]  # noqa: B009 - of any event
            assert (row[4], row[7]) == (side, event.at.strftime("%Y-%m-%dT%H:%M:%SZ"))


def test_a_past_year_is_the_same_file_byte_for_byte_when_run_again(
    story: Governments, monkeypatch: pytest.MonkeyPatch
) -> None:
    sides = ("JP", "MN")
    before = [tables_of(story, side, 2026) for side in sides]
    made = [(to_csv(found), to_xlsx(found)) for found in before]
    story.docket.on("2028-03-01")
    story.authorize(authorization="MN-A2")
    story.authorize(report="A3", supersedes="A1", version=2, gwp="AR6")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setattr("time.time", lambda: 1_900_000_000.0)

    again = [tables_of(story, side, 2026) for side in sides]
    assert [(to_csv(found), to_xlsx(found)) for found in again] == made
    [second] = tables_of(story, "MN", 2028).filled[0].rows[1:]
    assert (second[3], second[6]) == (2, "AR6")


def test_a_workbook_states_no_instant_of_its_making(story: Governments) -> None:
    with zipfile.ZipFile(io.BytesIO(to_xlsx(tables_of(story, "JP", 2026)))) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        properties = archive.read("docProps/core.xml").decode()
    assert properties.count("2026-12-31T00:00:00Z") == 2


def test_what_was_known_at_an_instant_does_not_change_with_what_came_later(
    story: Governments,
) -> None:
    before = datetime(2026, 7, 1, 12, tzinfo=UTC)
    after = datetime(2026, 7, 2, 12, tzinfo=UTC)

    first, second = (tables_of(story, "MN", 2026, known_at) for known_at in (before, after))
    _, then = first.filled[1].rows
    _, now = second.filled[1].rows
    assert [then[8], now[8]] == ["CA0001-MNG01-MNG-500-2023", "CA0001-MNG01-MNG-600-2023"]
    assert tables_of(story, "MN", 2026, datetime(2026, 6, 1, tzinfo=UTC)).provenance == []


def test_what_was_transferred_and_is_not_yet_acquired_is_awaited(story: Governments) -> None:
    at_years_end = datetime(2026, 12, 31, tzinfo=UTC)
    early = tables_of(story, "JP", 2026, at_years_end)
    assert [report.report for report in early.awaited] == ["T3"]
    assert tables_of(story, "JP", 2026).awaited == ()
    assert tables_of(story, "JP", 2025, at_years_end).awaited == ()
    assert tables_of(story, "MN", 2026).awaited == ()


def test_a_side_of_another_committee_has_no_tables(story: Governments) -> None:
    with pytest.raises(NotFoundError, match="TH is no side of JP-MN"):
        tables_of(story, "TH", 2026)


def test_tables_3_and_4_have_the_columns_of_the_template() -> None:
    _, actions, holdings, _ = FIVE_TABLES.tables
    assert [len(table.columns) for table in FIVE_TABLES.tables] == [19, 27, 16, 8]
    assert actions.labels[3:19] == holdings.labels


# At the command line


def test_the_command_writes_the_same_files(story: Governments, tmp_path: Path) -> None:
    terminal = Terminal.at(story.docket.room.stage.engine.settings, tmp_path)
    asked = ("article6", "--committee", "MN", "--side", "JP", "--year", "2027")

    said = terminal.run(*asked, "--csv", "made")
    for file in FILES:
        assert (tmp_path / "made" / file).read_bytes() == (EXPECTED / "JP-2027" / file).read_bytes()
    assert "of use, cancellation or sale nothing is reported here" in said.err
    terminal.run(*asked, "--xlsx", "made.xlsx")
    terminal.run(*asked, "--xlsx", "again.xlsx", at="2031-01-01T00:00:00Z")
    made, again = tmp_path / "made.xlsx", tmp_path / "again.xlsx"
    assert made.read_bytes() == again.read_bytes() == to_xlsx(tables_of(story, "JP", 2027))
    told_as_json = terminal.json(*asked)
    assert (told_as_json["party"], told_as_json["template"]) == ("JPN", "five-tables")
    assert [row["table"] for row in told_as_json["provenance"]] == [
        "actions",
        "holdings",
        "holdings",
    ]
    [acquired] = told_as_json["tables"]["actions"]
    assert acquired["Action subtype"] is None
    assert acquired["Quantity (t CO2 eq)"] == 600


def test_a_report_is_written_signed_and_taken_at_the_command_line(
    story: Governments, tmp_path: Path
) -> None:
    stage = story.docket.room.stage
    settings = stage.engine.settings
    terminal = Terminal.at(settings, tmp_path)
    act: dict[str, Any] = {"act": "authorization", "on": "2027-01-15", "version": 1}
    act |= {"authorization": "MN-A9"}
    act |= {"quantity": 5, "purposes": "NDC", "parties": ["JPN"]}
    terminal.write("report.json", {"committee": "MN", "side": "MN", "report": "A9", "says": act})
    terminal.run("government-report", "report.json", "-o", "request.json")
    for number in (1, 3):
        key = settings.keys / "people" / f"mn-mn-authority-{number}.key"
        read = terminal.run(
            "sign", "request.json", "--key", key, "-o", f"{number}.sig.json", "--yes"
        )
        assert (
            "Report A9 of MN under Article 6.2 in JP-MN: authorization MN-A9 of 5 tCO2e for NDC,"
            " to JPN"
        ) in read.out
    at = "2027-01-15T03:00:00Z"
    refused = terminal.run("government-report", "1.sig.json", code=1, at=at)
    assert "1 of the 2 needed signatures of the authority of MN are here" in refused.err

    taken = terminal.run("government-report", "1.sig.json", "3.sig.json", at=at)
    assert taken.out == "report of MN recorded\n"
    again = terminal.run("government-report", "1.sig.json", "3.sig.json", at=at)
    assert again.out == "report A9 of MN was recorded before\n"
    assert terminal.run("replay", "--verify").code == 0


def test_a_transfer_is_signed_beside_the_decision_that_it_speaks_of(
    story: Governments, tmp_path: Path
) -> None:
    settings = story.docket.room.stage.engine.settings
    terminal = Terminal.at(settings, tmp_path)
    itmos = {"first": "CA0001-MNG01-MNG-601-2022", "last": "CA0001-MNG01-MNG-610-2022"}
    act: dict[str, Any] = {"act": "first-transfer", "on": "2027-01-15"}
    act |= {"authorization": "MN-A1"}
    act |= {"itmos": itmos, "vintage": 2022, "quantity": 10}
    act |= {"acquiring": "JPN", "purpose": "NDC"}
    said = {"committee": "MN", "side": "MN", "report": "T9", "decision": "JP-MN/2026/004"}
    terminal.write("report.json", {**said, "item": 1, "says": act})
    terminal.run("government-report", "report.json", "-o", "request.json")
    key = settings.keys / "people" / "mn-registry.key"
    read = terminal.run("sign", "request.json", "--key", key, "-o", "sig.json", "--yes")

    assert "first transfer of 10 ITMOs to JPN on 2027-01-15, for NDC" in read.out
    assert "It speaks of this text, which is not signed itself: Decision JP-MN/2026/004" in read.out
    taken = terminal.run("submit", "sig.json", at="2027-01-15T03:00:00Z")
    assert taken.out == (
        "report of MN on JP-MN/2026/004 item 1 recorded, and differs: 610 to JPN, for which 600"
        " are decided; MN-A1: 1,210 first transferred, 1,200 authorized\n"
    )


def test_what_cannot_be_a_report_is_refused_by_its_file(story: Governments, tmp_path: Path) -> None:
    terminal = Terminal.at(story.docket.room.stage.engine.settings, tmp_path)
    said = {"committee": "MN", "side": "MN", "report": "A9", "says": {"act": "gift"}}
    terminal.write("report.json", said)

    refused = terminal.run("government-report", "report.json", "-o", "request.json", code=1)
    assert "report.json: the report is not well formed: says.act is one of" in refused.err
    assert not (tmp_path / "request.json").exists()
    usage = terminal.run("government-report", "a", "b", "-o", "request.json", code=2)
    assert "give one FILE" in usage.err
