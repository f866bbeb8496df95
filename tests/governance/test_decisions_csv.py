"""A file of decisions is read row by row: bad rows are refused by line, good ones are taken."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from aggregates.history.decide import Incoming
from governance.exchange.decisions_csv import COLUMNS, MAX_FILE, read_decisions
from policies.refusals import UnreadableError

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
GOOD = {
    "partner_iso2": "MN",
    "decision_date": "2017-10-24",
    "procedure": "meeting",
    "decision_type": "issuance",
    "subject_id": "MN004",
    "subject_title": "10MW Solar Power Project in Darkhan City",
    "outcome": "notified",
    "quantity_tco2e": "8947",
    "split": "side:JP=7158; side:MN=1789; GoJ=6263",
    "monitoring_period": "2017-01-01/2017-07-31",
    "extra": "meeting=5th JC Ulaanbaatar",
    "source": "http://vom.mn/ja/p/37935",
    "confidence": "high",
}


def sheet(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([(GOOD | row)[name] for name in columns] for row in rows)
    return text.getvalue().encode("utf-8", "surrogateescape")


def one(**cells: str) -> Incoming:
    """Read a file of one row that must be taken."""
    reading = read_decisions(sheet(cells), NOW)
    assert reading.refusals == []
    ((taken,),) = reading.rows.values()
    return taken


def refused(**cells: str) -> str:
    """Read a file of one row that must be refused, and return why."""
    reading = read_decisions(sheet(cells), NOW)
    assert reading.rows == {}
    ((line, reason),) = reading.refusals
    assert line == 2
    return reason


def real() -> bytes:
    return resources.files("governance.demo").joinpath("data/decisions.csv").read_bytes()


def test_every_row_of_the_real_data_is_taken() -> None:
    reading = read_decisions(real(), NOW)

    assert reading.refusals == []
    assert sum(map(len, reading.rows.values())) == 192
    assert len(reading.rows) == 18


def test_a_row_is_read_as_published() -> None:
    taken = one()

    assert (taken.line, taken.on, taken.procedure) == (2, date(2017, 10, 24), "meeting")
    assert taken.row.quantity == 8947
    assert taken.row.amounts == {"JP": 7158, "MN": 1789}
    assert taken.row.split == GOOD["split"]
    assert taken.row.monitoring_period == (date(2017, 1, 1), date(2017, 7, 31))
    assert (taken.row.source, taken.row.confidence) == (GOOD["source"], "high")


def test_an_undated_row_is_taken() -> None:
    assert one(decision_date="").on is None


def test_a_withdrawn_request_is_taken() -> None:
    assert one(decision_type="registration_request_withdrawal", subject_id="MN007").row.subject


def test_a_joint_subject_is_free_text() -> None:
    taken = one(subject_id="MN002+MN005 (second id inferred)")

    assert taken.row.subject_id == "MN002+MN005 (second id inferred)"
    assert taken.row.subject == "MN002+MN005"


@pytest.mark.parametrize(
    ("split", "amounts"),
    [
        ("side:JP=94 (derived; see the page); side:MN=24", {"JP": 94, "MN": 24}),
        ("side:JP=94 derived by subtraction; side:MN=24, as printed", {"JP": 94, "MN": 24}),
        ("side:JP=94 (derived; side:MN=24", {"JP": 94, "MN": 24}),
        ("side:MN=24", {"JP": None, "MN": 24}),
        ("side:JP=0; side:MN=1", {"JP": 0, "MN": 1}),
        ("side:JP=1; side:MN=1", {"JP": 1, "MN": 1}),  # adds up to nothing: taken as published
        ("SIDE: JP = 7", {"JP": 7, "MN": None}),
        ("GoJ=6263", None),
        ("JP=35854; MN=8963", None),
        ("(side:JP=35854 in the press release)", None),
        ("", None),
    ],
)
def test_a_split_holds_the_sides_it_names_and_keeps_its_words(
    split: str, amounts: dict[str, int | None] | None
) -> None:
    taken = one(split=split)

    assert taken.row.amounts == amounts
    assert taken.row.split == split


@pytest.mark.parametrize(
    ("split", "reason"),
    [
        ("side:JP=7158; side:KH=1789", "KH is no side of this committee"),
        ("side:jp=7158", "jp is no side of this committee"),
        ("side:JP=7158.5", "'7158.5' is not a whole number"),
        ("side:JP=-1", "'-1' is not a whole number"),
        ("side:JP=35,854", "'35,854' has separators; write 35854"),
        ("side:JP=35 854", "write 35854"),
        ("side:JP=35, 854", "is not a whole number"),
        ("side:JP=80%", "is not a whole number"),
        ("side:JP=", "nothing is not a whole number"),
        ("side:JP=unknown", "is not a whole number"),
        ("side:JP=" + "9" * 17, "is too large"),
        ("side:JP=1; side:JP=2", "side:JP stands twice"),
        ("side:JP=1, side:MN=2", "separate the sides by semicolons"),
        ("GoJ=1 side:JP=2", "separate the sides by semicolons"),
        ("side:Japan=2", "is no amount as side:JP=7158"),
    ],
)
def test_a_split_that_cannot_be_read_refuses_the_row(split: str, reason: str) -> None:
    assert reason in refused(split=split)


@pytest.mark.parametrize(
    ("cell", "quantity", "remarks"),
    [
        ("", None, ""),
        ("0", 0, ""),
        ("12 (estimated)", 12, "quantity_tco2e=12 (estimated)"),
        ("(not found)", None, "quantity_tco2e=(not found)"),
        (" 44817 ", 44817, ""),
        ("9007199254740991", 2**53 - 1, ""),
    ],
)
def test_a_quantity_is_whole_and_its_remark_is_kept(
    cell: str, quantity: int | None, remarks: str
) -> None:
    taken = one(quantity_tco2e=cell)

    assert (taken.row.quantity, taken.row.remarks) == (quantity, remarks)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("44,817", "quantity_tco2e: '44,817' has separators; write 44817"),
        ("1.5", "'1.5' is not a whole number"),
        ("+5", "'+5' is not a whole number"),
        ("-5", "'-5' is not a whole number"),
        ("1e3", "is not a whole number"),
        ("１２", "is not a whole number"),
        ("unknown", "is not a whole number"),
        ("12 (estimated", "is not a whole number"),
        ("9007199254740992", "is too large"),
        ("9" * 6000, "is too large"),
    ],
)
def test_a_quantity_of_another_form_refuses_the_row(cell: str, reason: str) -> None:
    assert reason in refused(quantity_tco2e=cell)


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("partner_iso2", "FR", "'FR' is the wrong country"),
        ("partner_iso2", "JP", "'JP' is the wrong country"),
        ("partner_iso2", "mn", "write MN"),
        ("partner_iso2", "", "nothing is the wrong country"),
        ("decision_date", "2017-02-30", "there is no day 2017-02-30"),
        ("decision_date", "24/10/2017", "is no date as 2017-10-24"),
        ("decision_date", "20171024", "is no date as 2017-10-24"),
        ("decision_date", "2017-W43-2", "is no date as 2017-10-24"),
        ("decision_date", "２０１７-10-24", "is no date as 2017-10-24"),
        ("decision_date", "2017-10-24T00:00:00", "is no date as 2017-10-24"),
        ("decision_date", "2026-11-25", "lies in the future (today is 2026-11-24)"),
        ("procedure", "vote", "'vote' is none of meeting, electronic, unknown"),
        ("procedure", "", "nothing is none of meeting, electronic, unknown"),
        ("decision_type", "verdict", "'verdict' is no kind of decision"),
        ("decision_type", "", "nothing is no kind of decision"),
        ("subject_title", " ", "subject_title is empty"),
        ("monitoring_period", "2017-01-01", "is no period as 2017-01-01/2017-07-31"),
        ("monitoring_period", "2017-01-01/2017-06-31", "there is no day 2017-06-31"),
        ("monitoring_period", "2017-07-31/2017-01-01", "before it begins"),
        ("source", "", "source is empty"),
        ("confidence", "certain", "'certain' is none of high, medium, low"),
        ("extra", "a\0b", "extra: character 2 is a control character (U+0000)"),
        ("outcome", "\x1b[31m", "outcome: character 1 is a control character (U+001B)"),
        ("extra", "x" * 20_001, "characters, at most 20,000"),
        ("extra", "x" * 200_000, "field larger than field limit"),
    ],
)
def test_a_row_is_refused_with_the_reason(column: str, cell: str, reason: str) -> None:
    assert reason in refused(**{column: cell})


def test_a_decision_of_today_is_taken() -> None:
    assert one(decision_date="2026-11-24").on == TODAY


@pytest.mark.parametrize(
    ("country", "taken"),
    [("MN", True), ("KZ", False), ("MX", False)],
    ids=["UTC+8", "UTC+5", "UTC-6"],
)
def test_today_is_that_of_the_committee(country: str, taken: bool) -> None:
    evening = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)

    reading = read_decisions(sheet({"partner_iso2": country, "split": ""}), evening)
    assert reading.refusals == []
    tomorrow = {"partner_iso2": country, "split": "", "decision_date": "2026-11-24"}
    assert (read_decisions(sheet(tomorrow), evening).refusals == []) is taken


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("decision_date", "2017-10-24 (day inferred)"),
        ("procedure", "meeting (5th JC)"),
        ("confidence", "high (cross-checked)"),
    ],
)
def test_words_in_parentheses_are_remarks_in_every_cell_of_one_word(column: str, cell: str) -> None:
    plain, remarked = one(), one(**{column: cell})

    assert (remarked.on, remarked.procedure) == (plain.on, plain.procedure)
    assert remarked.row == structs.replace(plain.row, remarks=f"{column}={cell}")


def test_a_date_that_is_a_remark_altogether_is_no_date() -> None:
    assert one(decision_date="(not found)").on is None


def test_a_period_of_one_day_and_a_remark_is_taken() -> None:
    taken = one(monitoring_period="2017-01-01/2017-01-01 (one day)")

    assert taken.row.monitoring_period == (date(2017, 1, 1), date(2017, 1, 1))
    assert taken.row.remarks == "monitoring_period=2017-01-01/2017-01-01 (one day)"


def test_a_period_may_have_room_about_its_slash() -> None:
    assert one(monitoring_period="2017-01-01 / 2017-07-31").row == one().row


def test_a_sitting_needs_no_title() -> None:
    assert one(decision_type="jc_meeting", subject_title="").row.subject_title == ""


def test_hidden_characters_are_kept_as_published() -> None:
    broken = "Universidad T\u00c3\u00a9cnica Federico Santa Mar\u00c3\u00ada e\u0301 \x9b \u202e"

    assert one(extra=broken).row.extra == broken


def test_bytes_that_are_not_utf_8_refuse_their_row_alone() -> None:
    reading = read_decisions(sheet({"outcome": "n\udce9"}, {}), NOW)

    assert reading.refusals == [(2, "outcome: character 2 is not UTF-8")]
    assert [entry.line for entry in reading.rows["JP-MN"]] == [3]


@pytest.mark.parametrize("cells", [12, 14])
def test_a_row_with_too_few_or_too_many_cells_is_refused(cells: int) -> None:
    data = sheet() + b",".join([b"x"] * cells) + b"\r\n" + sheet({}).split(b"\r\n")[1]

    reading = read_decisions(data, NOW)

    ((line, reason),) = reading.refusals
    assert (line, reason.split(";")[0]) == (2, f"has {cells} cells, not 13")
    assert [entry.line for entry in reading.rows["JP-MN"]] == [3]


def test_lines_are_those_of_the_file_where_cells_have_several() -> None:
    data = sheet({"extra": "a\r\nb\nc"}, {"confidence": "x"}, {})

    reading = read_decisions(data, NOW)

    assert [entry.line for entry in reading.rows["JP-MN"]] == [2, 6]
    assert [line for line, _ in reading.refusals] == [5]
    assert reading.rows["JP-MN"][0].row.extra == "a\nb\nc"


def test_blank_lines_are_no_rows() -> None:
    header, row, _ = sheet({}).split(b"\r\n")

    reading = read_decisions(b"\n".join([b"", header, b"", row, b" ", b""]), NOW)

    assert [entry.line for entry in reading.rows["JP-MN"]] == [4]
    assert reading.refusals == []


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_a_byte_order_mark_make_no_difference(end: str, mark: str) -> None:
    data = (mark + real().decode("utf-8").replace("\r\n", end)).encode("utf-8")

    assert read_decisions(data, NOW) == read_decisions(real(), NOW)


def test_columns_may_stand_in_another_order() -> None:
    turned = tuple(reversed(COLUMNS))

    assert read_decisions(sheet({}, columns=turned), NOW) == read_decisions(sheet({}), NOW)


def test_an_open_quotation_mark_costs_its_own_row_only() -> None:
    lines = sheet({}, {}, {"extra": "a, b"}, {}).split(b"\r\n")
    lines[2] = lines[2].replace(b",10MW", b',"10MW')

    reading = read_decisions(b"\r\n".join(lines), NOW)

    assert [entry.line for entry in reading.rows["JP-MN"]] == [2, 4, 5]
    assert [line for line, _ in reading.refusals] == [3]
    assert "never closed" in reading.refusals[0][1]


def test_a_file_cut_off_inside_a_quotation_loses_the_last_row() -> None:
    whole = sheet({}, {"source": "a, b"})

    reading = read_decisions(whole[: whole.rindex(b" b")], NOW)

    assert [entry.line for entry in reading.rows["JP-MN"]] == [2]
    assert reading.refusals == [(3, "a quotation mark is opened and never closed")]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf\n\n", "the file is empty"),
        (b"\xff\xfea\0", "UTF-16"),
        (b"PK\x03\x04", "missing: partner_iso2"),
        (sheet(columns=COLUMNS[1:]), "missing: partner_iso2"),
        (sheet().replace(b"source", b"sources"), "missing: source; unknown: 'sources'"),
        (sheet().replace(b"\r\n", b",\r\n"), "unknown: ''"),
        (sheet().replace(b"extra", b"source"), "missing: extra; twice: source"),
        (sheet().replace(b",", b";"), "separate the columns by commas"),
        (b'"partner_iso2,', "cannot be read"),
        (bytes(MAX_FILE + 1), "at most 67,108,864"),
    ],
    ids=range(11),
)
def test_a_file_that_is_no_such_table_is_refused_whole(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError, match=r".") as caught:
        read_decisions(data, NOW)

    assert reason in str(caught.value)


def test_a_file_of_the_first_row_alone_holds_nothing() -> None:
    reading = read_decisions(sheet(), NOW)

    assert (reading.rows, reading.refusals) == ({}, [])


@given(st.binary(max_size=300), st.integers(0, 2000))
def test_no_bytes_are_a_fault(noise: bytes, at: int) -> None:
    rows = sheet({"extra": 'a "quoted", word\nb'}, {}, {})

    reading = read_decisions(sheet() + rows[at:] + noise, NOW)

    assert all(line >= 2 for line, _ in reading.refusals)
