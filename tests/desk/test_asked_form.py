"""A form is made of declared types, and gives back what was put into it."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import msgspec
import pytest

from governance.pages.desk.asked_form import AskedForm
from governance.pages.desk.asked_shapes import BLANK_ROWS, Control, Group
from governance.pages.names import FIELD_NAMES
from policies.cases import CASE_KINDS
from policies.items.allocation import Share
from policies.items.kind import Period, Quantity, ScopeUntil, Side, Text
from policies.refusals import UnreadableError

SIDES = ("JP", "MN")


class Deep(msgspec.Struct):
    """What no row of plain fields holds."""

    inner: ScopeUntil


VALUES: list[tuple[Any, Any]] = [
    (Text, "Two boilers"),
    (Text | None, "Two boilers"),
    (bool, True),
    (bool | None, False),
    (Quantity, 12500),
    (date, "2026-06-01"),
    (Literal["ISO 14065", "other"], "ISO 14065"),
    (Side, "MN"),
    (tuple[Text, ...] | None, ["CO2", "CH4"]),
    (tuple[int, ...], [1, 14]),
    (Period, {"from": "2022-01-01", "to": "2022-12-31"}),
    (tuple[ScopeUntil, ...], [{"scope": 1, "until": "2030-12-31"}, {"scope": 3, "until": None}]),
    (
        tuple[Share, ...] | None,
        [{"side": "JP", "holder": "government", "name": "Japan", "amount": 600}],
    ),
    (dict[Side, Quantity], {"JP": 600, "MN": 400}),
    (Deep | None, {"inner": {"scope": 1, "until": None}}),
    (dict[str, int], {"x": 1}),
]


@pytest.mark.parametrize(("type_", "value"), VALUES)
def test_a_value_of_each_type_comes_back_as_it_was(type_: Any, value: Any) -> None:
    form = AskedForm("asks", {"it": type_}, SIDES)

    assert form.read(form.written({"it": value})) == {"it": value}
    assert form.read({}) == {}


@pytest.mark.parametrize(
    ("type_", "sort"),
    [(Deep, "json"), (dict[str, int], "json"), (Quantity, "number"), (Side, "choice")],
)
def test_what_is_no_plain_field_is_written_as_json_with_an_example(type_: Any, sort: str) -> None:
    (shown,) = AskedForm("asks", {"it": type_}, SIDES).shown({})

    assert isinstance(shown, Control)
    assert shown.sort == sort
    assert (shown.example is not None) == (sort == "json")


@pytest.mark.parametrize(
    ("type_", "typed"),
    [
        (Quantity, "4,5"),
        (Quantity, "12,50"),
        (Quantity, "1250,500"),
        (Quantity, "0,500"),
        (Quantity, "12.5"),
        (Quantity, "-1"),
        (Quantity, "٣"),
        (Quantity, "9" * 17),
        (date, "1 June 2026"),
        (bool, "maybe"),
        (tuple[int, ...], "1, x"),
        (Deep, "{"),
        (Deep, "NaN"),
    ],
)
def test_what_is_no_value_of_the_field_is_refused_by_its_name(type_: Any, typed: str) -> None:
    with pytest.raises(UnreadableError, match=r"monitored|is no date"):
        AskedForm("asks", {"monitored": type_}, SIDES).read({"asks.monitored": typed})


def test_numbers_may_stand_in_groups_and_texts_in_any_form() -> None:
    form = AskedForm("asks", {"quantity": Quantity, "title": Text}, SIDES)
    fields = {"asks.quantity": " 12\u202f500 ", "asks.title": " Cafe\u0301 "}

    assert form.read(fields) == {"quantity": 12500, "title": "Caf\u00e9"}


@pytest.mark.parametrize("typed", ["44,810", "44 810", "44\u2009810", "44810"])
def test_a_number_may_stand_in_groups_of_three(typed: str) -> None:
    form = AskedForm("asks", {"quantity": Quantity}, SIDES)

    assert form.read({"asks.quantity": typed}) == {"quantity": 44810}


def test_rows_that_are_blank_are_no_elements_and_there_are_always_some_more() -> None:
    form = AskedForm("asks", {"it": tuple[ScopeUntil, ...]}, SIDES)
    fields = {"asks.it.0.scope": "", "asks.it.4.scope": "7", "asks.it.4.until": ""}

    (shown,) = form.shown(fields)

    assert isinstance(shown, Group)
    assert len(shown.rows) == 5 + BLANK_ROWS
    assert form.read(fields) == {"it": [{"scope": 7, "until": None}]}


def test_a_part_that_is_missing_is_left_out_for_the_kind_to_judge() -> None:
    form = AskedForm("asks", {"it": Period}, SIDES, ["it"])

    (shown,) = form.shown({})

    assert isinstance(shown, Group)
    assert all(control.required for control in shown.rows[0])
    assert form.read({"asks.it.from": "2022-01-01"}) == {"it": {"from": "2022-01-01"}}


@pytest.mark.parametrize("name", [kind.name for kind in CASE_KINDS.values()])
def test_each_kind_has_a_form_whose_every_field_has_a_name_for_people(name: str) -> None:
    kind = CASE_KINDS[name]
    shown = AskedForm("asks", kind.members(), SIDES, kind.needed).shown({})

    assert [s.label for s in shown] == list(kind.members())
    labels = {c.label for s in shown if isinstance(s, Group) for row in s.rows for c in row}
    assert (labels - set(SIDES)) | {s.label for s in shown} <= FIELD_NAMES.keys()
