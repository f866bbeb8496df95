"""In what a registry's report differs: from what was decided, and from other reports."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from policies.reports import Decided, Differs, Report, Reports, differences, outstanding
from policies.serials import Block

NUMBER = "JP-MN/2026/004"
DAY = date(2026, 6, 8)
DECIDED = Decided(100, DAY)


def report(
    name: str = "R1", amount: int = 100, block: tuple[str, str] | None = ("A1", "A100"), **more: Any
) -> Report:
    said: dict[str, Any] = {
        "side": "MN",
        "report": name,
        "digest": name,
        "decision": NUMBER,
        "item": 1,
        "amount": amount,
        "block": None if block is None else Block(*block),
        "on": DAY,
    }
    return Report(**(said | more))


def told(*reports: Report) -> Reports:
    found = Reports()
    for one in reports:
        found.take(one)
    return found


def differs(new: Report, *before: Report, decided: Decided = DECIDED) -> set[str]:
    return {found.what.value for found in differences(new, told(*before), decided)}


def standing(*reports: Report, decided: Decided = DECIDED) -> set[str]:
    known = told(*reports)
    return {found.what.value for found in outstanding(known, "MN", (NUMBER, 1), decided)}


def test_what_was_decided_differs_in_nothing() -> None:
    assert differs(report()) == set()
    assert standing(report()) == set()


@pytest.mark.parametrize(("amount", "what"), [(99, Differs.UNDER), (101, Differs.OVER)])
def test_one_credit_less_or_more_differs(amount: int, what: Differs) -> None:
    new = report(amount=amount, block=("A1", f"A{amount}"))

    assert differs(new) == {what}
    assert standing(new) == {what}


def test_parts_differ_until_they_add_up() -> None:
    first, second = report("R1", 60, ("A1", "A60")), report("R2", 40, ("A61", "A100"))

    assert differs(first) == {"under"}
    assert differs(second, first) == set()
    assert differs(report("R3", 1, ("A101", "A101")), first, second) == {"over"}
    assert standing(first, second) == set()


def test_a_report_that_replaces_another_counts_in_its_place() -> None:
    first = report("R1", 60, ("A1", "A60"))
    second = report("R2", supersedes="R1")
    known = told(first, second)

    assert differs(second, first) == set()
    assert list(known.of_item("MN", NUMBER, 1)) == [second]
    assert known.total("MN", NUMBER, 1) == 100
    assert not known.stands(first)
    assert standing(first, second) == set()


def test_the_other_sides_report_of_that_name_is_another() -> None:
    ours, theirs = report("R1"), report("R1", side="JP", block=("J1", "J100"))

    known = told(theirs, ours)

    assert known.find("JP", "R1") is theirs
    assert known.find("MN", "R1") is ours
    assert known.total("MN", NUMBER, 1) == 100


@pytest.mark.parametrize("supersedes", [None, "R0"])
def test_zero_in_place_of_a_report_takes_it_back_wherever_it_was(supersedes: str | None) -> None:
    nothing = report("R1", 0, None, supersedes=supersedes)
    first = report("R0", 5, ("A1", "A5"))
    unknown, beside = Decided(None, None, known=False), Decided(None, None)

    expected = supersedes is None
    assert differs(nothing, first, decided=unknown) == ({"unknown_decision"} if expected else set())
    assert differs(nothing, first, decided=beside) == ({"beside"} if expected else set())
    assert standing(report("R0", 5, ("A1", "A5")), decided=beside) == {"beside"}
    assert bool(standing(first, nothing, decided=beside)) is expected


def test_a_report_before_the_decision_differs_and_one_of_its_day_does_not() -> None:
    assert differs(report(on=date(2026, 6, 7))) == {"too_early"}
    assert differs(report(on=DAY)) == set()


@pytest.mark.parametrize(
    ("amount", "block", "what"),
    [
        (100, None, {"without_serials"}),
        (100, ("A1", "A99"), {"serial_count"}),
        (100, ("A100", "A1"), {"serial_count"}),
        (100, ("opaque", "ends"), set()),
        (100, ("same", "same"), {"serial_count"}),
    ],
)
def test_serial_numbers_are_as_many_as_credits_where_that_can_be_told(
    amount: int, block: tuple[str, str] | None, what: set[str]
) -> None:
    assert differs(report("R1", amount, block)) == what


def test_zero_credits_need_no_serial_numbers_and_have_none() -> None:
    none = Decided(0, DAY)

    assert differs(report("R1", 0, None), decided=none) == set()
    assert differs(report("R1", 0, ("A1", "A1")), decided=none) == {"serial_count"}


@pytest.mark.parametrize("side", ["JP", "MN"])
def test_serial_numbers_that_either_side_has_reported_before_differ(side: str) -> None:
    before = report("R0", side=side, decision="JP-MN/2026/001", block=("A100", "A199"))

    assert differs(report(), before) == {"serial_overlap"}
    assert differs(report(block=("A200", "A299")), before) == set()


def test_a_report_that_was_replaced_holds_no_serial_numbers_any_more() -> None:
    wrong = report("R0", decision="JP-MN/2026/001")
    mended = report("R1", decision="JP-MN/2026/001", block=("B1", "B100"), supersedes="R0")

    assert differs(report("R2"), wrong, mended) == set()
    assert differs(report("R2", block=("B9", "B108")), wrong, mended) == {"serial_overlap"}


def test_a_report_does_not_overlap_the_one_that_it_replaces() -> None:
    assert differs(report("R2", supersedes="R1"), report("R1")) == set()


def test_a_thousand_overlaps_are_said_in_a_few_lines() -> None:
    before = [report(f"R{n}", decision=f"JP-MN/2026/{n + 100}") for n in range(1000)]

    found = list(differences(report("new"), told(*before), DECIDED))

    assert len(found) == 6
    assert found[-1].detail.endswith("overlaps further reports")


def test_a_later_report_that_agrees_does_not_hide_what_is_odd_about_an_earlier() -> None:
    odd, rest = report("R1", 60, None), report("R2", 40, ("A61", "A100"))

    assert differs(rest, odd) == set()
    assert standing(odd, rest) == {"without_serials"}


def test_reports_that_come_of_a_snapshot_are_the_same() -> None:
    known = told(
        report("R1", 60, ("A1", "A60")),
        report("R2", supersedes="R1"),
        report("R3", 5, None, side="JP"),
        report("R4", 5, ("x", "y9"), decision="f" * 64),
    )
    known.cases["MN/x#1"] = "JP-MN/C/001"

    again = msgspec.msgpack.decode(msgspec.msgpack.encode(known), type=Reports)

    assert again == known
    assert again.cases == known.cases
    for one in known.known.values():
        assert again.stands(one) == known.stands(one)
        item = (one.side, one.decision, one.item)
        assert list(again.of_item(*item)) == list(known.of_item(*item))
        assert again.total(*item) == known.total(*item)
        assert list(again.overlapping(one)) == list(known.overlapping(one))
