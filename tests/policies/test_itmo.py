"""ITMO identifiers and their ranges, and the codes of the Parties in them."""

from __future__ import annotations

import re
from datetime import date

import pytest

from policies.article6 import vintages
from policies.itmo import IDENTIFIER, Itmo, Range
from policies.parties import ALPHA3, alpha3
from policies.refusals import NotFoundError, UnreadableError
from policies.rulebook import countries
from policies.serials import Blocks

FIRST = "CA0001-MNG01-MNG-1-2024"


def test_an_identifier_is_read_in_its_five_parts_and_written_as_it_was() -> None:
    found = Itmo.parse("CA0012-MNG01-MNG-1234567-2024")

    assert found == ("CA0012", "MNG01", "MNG", 1234567, 2024)
    assert str(found) == "CA0012-MNG01-MNG-1234567-2024"
    assert re.search(IDENTIFIER, str(found)) is not None


@pytest.mark.parametrize(
    "text",
    [
        "CA0001-MNG01-MNG-0-2024",
        "CA0001-MNG01-MNG-01-2024",
        "CA0001-MNG01-MNG-1,000-2024",
        "CA001-MNG01-MNG-1-2024",
        "CA0001-MNG1-MNG-1-2024",
        "CA0001-MN01-MNG-1-2024",
        "CA0001-MNG01-MN-1-2024",
        "CA0001-MNG01-MNG-1-24",
        "CA0001-MNG01-MNG-1-2024\n",
        " CA0001-MNG01-MNG-1-2024",
        "CA0001-MNG01-MNG-1-2024-1",
        "CA0001-MNG01-MNG-1",
        "CA000\u0661-MNG01-MNG-1-2024",
        f"CA0001-MNG01-MNG-{'1' * 17}-2024",
        f"CA0001-MNG01-MNG-{'9' * 5000}-2024",
        "",
    ],
)
def test_what_is_no_identifier_is_refused_by_its_text(text: str) -> None:
    with pytest.raises(UnreadableError, match="is no ITMO identifier"):
        Itmo.parse(text)


def test_the_longest_serial_number_is_read() -> None:
    assert Itmo.parse(f"CA0001-MNG01-MNG-{'9' * 16}-2024").serial == 10**16 - 1


@pytest.mark.parametrize(
    ("last", "quantity", "fault"),
    [
        ("CA0001-MNG01-MNG-1-2024", 1, None),
        ("CA0001-MNG01-MNG-600-2024", 600, None),
        ("CA0001-MNG01-MNG-600-2024", 599, "are 600 ITMOs, not 599"),
        ("CA0001-MNG01-MNG-600-2024", 601, "are 600 ITMOs, not 601"),
        ("CA0002-MNG01-MNG-600-2024", 600, "differ in more than their serial numbers"),
        ("CA0001-MNG02-MNG-600-2024", 600, "differ in more than their serial numbers"),
        ("CA0001-MNG01-THA-600-2024", 600, "differ in more than their serial numbers"),
        ("CA0001-MNG01-MNG-600-2025", 600, "differ in more than their serial numbers"),
    ],
)
def test_the_ends_of_a_range_agree_in_all_but_the_serial_and_are_so_many(
    last: str, quantity: int, fault: str | None
) -> None:
    found = list(Range.parse(FIRST, last).faults(quantity))

    assert len(found) == (fault is not None)
    assert fault is None or found[0].endswith(fault)


def test_a_range_does_not_run_backwards() -> None:
    backwards = Range.parse("CA0001-MNG01-MNG-5-2024", "CA0001-MNG01-MNG-4-2024")

    [fault] = backwards.faults(0)
    assert fault == "CA0001-MNG01-MNG-4-2024 lies before CA0001-MNG01-MNG-5-2024"


@pytest.mark.parametrize(
    ("first", "last", "shares"),
    [
        ("CA0001-MNG01-MNG-100-2024", "CA0001-MNG01-MNG-200-2024", True),
        ("CA0001-MNG01-MNG-101-2024", "CA0001-MNG01-MNG-200-2024", False),
        ("CA0001-MNG01-MNG-1-2025", "CA0001-MNG01-MNG-100-2025", False),
        ("CA0001-MNG02-MNG-1-2024", "CA0001-MNG02-MNG-100-2024", False),
    ],
)
def test_ranges_overlap_within_one_vintage_and_registry(
    first: str, last: str, shares: bool
) -> None:
    blocks = Blocks()
    blocks.add(Range.parse(FIRST, "CA0001-MNG01-MNG-100-2024").block, "earlier")

    assert list(blocks.sharing(Range.parse(first, last).block)) == ["earlier"] * shares


def test_every_side_of_a_committee_has_a_code_of_three_letters_of_its_own() -> None:
    codes = [alpha3(side) for side in ("JP", *countries())]

    assert len(set(codes)) == len(codes) == 33
    assert all(re.search(ALPHA3, code) for code in codes)
    assert [alpha3(side) for side in ("JP", "MN", "TH", "CL")] == ["JPN", "MNG", "THA", "CHL"]


def test_the_code_of_another_country_is_not_guessed() -> None:
    with pytest.raises(NotFoundError, match="no code of three letters of XX"):
        alpha3("XX")


@pytest.mark.parametrize(
    ("cut", "years"),
    [
        (date(2020, 12, 31), [2021, 2022]),
        (date(2021, 12, 31), [2022]),
        (date(2022, 6, 30), []),
        (date.max, []),
    ],
)
def test_vintages_are_the_years_of_a_period_after_the_cut(cut: date, years: list[int]) -> None:
    assert list(vintages(date(2020, 7, 1), date(2022, 6, 30), cut)) == years
