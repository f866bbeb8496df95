"""The figures of a yearly report, as tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from governance.report.document import Paragraph, Part, Table
from governance.report.year import Year
from policies.subjects import BASES
from projections.yearly import COUNTED

BASIS = {
    "signed": "signed by both sides",
    "adopted": "adopted from the past",
    "imported": "merely imported",
}
"""On what a record rests, in the words of a report."""


def figures_of(told: Year) -> Iterator[Part]:
    """Yield the tables of a year's figures."""
    figures = told.figures
    rows = [["decisions", *(_count(figures[b]["decisions"]) for b in BASES)]]
    rows += [
        [said, *(_count(figures[b]["by_procedure"][name]) for b in BASES)]
        for name, said in _PROCEDURES.items()
    ]
    rows += [["items decided", *(_count(figures[b]["items"]) for b in BASES)]]
    rows += [
        [name.replace("_", " "), *(_count(figures[b][name]) for b in BASES)] for name in COUNTED
    ]
    columns = ("figure", *(BASIS[b] for b in BASES))
    yield Table("Figures of the year", columns, rows, frozenset({1, 2, 3}))
    yield from _kinds(figures)
    yield from _credits(told)
    yield from _days(figures["days_to_adoption"])


_PROCEDURES = {
    "meeting": "decisions at meetings",
    "electronic": "decisions by electronic means",
    "unknown": "decisions, procedure not known",
}


def _kinds(figures: dict[str, Any]) -> Iterator[Part]:
    kinds = sorted({kind for b in BASES for kind in figures[b]["by_kind"]})
    rows = [[words(k), *(_count(figures[b]["by_kind"].get(k, 0)) for b in BASES)] for k in kinds]
    if rows:
        columns = ("kind of item", *(BASIS[b] for b in BASES))
        yield Table("Items by kind", columns, rows, frozenset({1, 2, 3}))


def _credits(told: Year) -> Iterator[Part]:
    rows = []
    for basis in BASES:
        credits = told.figures[basis]["credits"]
        if told.figures[basis]["issuances"]:
            rows += [
                [
                    BASIS[basis],
                    side,
                    _count(credits["decided"][side]),
                    _count(credits["reported"][side]),
                    _count(credits["unreported"][side]),
                    _count(credits["amount_unknown"]),
                ]
                for side in told.committee.sides
            ]
    if not rows:
        yield Paragraph("No credits were decided.")
        return
    columns = ("record", "side", "decided", "reported of these", "not reported", "no amount")
    yield Table("Credits decided, by side, in tCO2e", columns, rows, frozenset({2, 3, 4, 5}))
    yield Paragraph(
        "Amounts are those in force, as corrected since; \u201cnot reported\u201d and \u201cno"
        " amount\u201d count issuances whose report, or whose amount, the record does not have."
    )


def _days(days: dict[str, Any]) -> Iterator[Part]:
    rows = [
        [said, *(_count(found[name]) for name in ("decisions", "least", "middle", "most"))]
        for name, said in (("electronic", "window's opening"), ("meeting", "meeting"))
        if (found := days[name]) is not None
    ]
    if rows:
        columns = ("counted from the", "decisions", "least", "middle", "most")
        yield Table("Days until the adoption", columns, rows, frozenset({1, 2, 3, 4}))


def words(kind: str) -> str:
    """Return a kind's name as people read it."""
    spelt = {"tpe": "TPE", "pin": "PIN"}
    return " ".join(spelt.get(word, word) for word in kind.split("_"))


def _count(value: int) -> str:
    return f"{value:,}"
