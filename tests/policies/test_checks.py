"""Every check that a finding can name stands in the table, with its rule and its source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from policies.checks import CHECKS, Check, figure_at
from policies.rulebook import Rulebook, shipped
from tests.policies.test_rulebooks import leaves

POLICIES = Path(__file__).parents[2] / "policies"
NAMED_AT = {
    "refuse": 0,
    "warn": 0,
    "passed": 0,
    "as_ruled": 1,
    "cannot_tell": 1,
    "check_report_day": 0,
}
"""The place at which a function that makes a finding is given the check's name."""
PASSES_ON = {"check_report_day"}
"""Functions that give on the name that they are given."""


def names_in(tree: ast.AST) -> Iterator[tuple[str | None, int]]:
    """Yield the check that each call names, or None where it is no literal, and its line."""
    passing = {
        line
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name in PASSES_ON
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        place = NAMED_AT.get(node.func.id)
        if place is None or node.lineno in passing:
            continue
        named = node.args[place] if len(node.args) > place else None
        value = named.value if isinstance(named, ast.Constant) else None
        yield (value if isinstance(value, str) else None), node.lineno


def called() -> dict[str, str]:
    """Return every check that the sources name, with a place that does."""
    found: dict[str, str] = {}
    for file in sorted(POLICIES.rglob("*.py")):
        if file.name == "findings.py":
            continue
        for name, line in names_in(ast.parse(file.read_text("utf-8"))):
            assert name is not None, f"{file.name}:{line} names a check by no literal"
            found[str(name)] = f"{file.name}:{line}"
    return found


def test_the_table_holds_every_check_that_the_sources_name_and_no_other() -> None:
    named = called()

    missing = {name: place for name, place in named.items() if name not in CHECKS}
    assert not missing, f"add to policies/checks.py: {missing}"
    assert not set(CHECKS) - set(named), "no source names these checks any more"


def test_a_name_without_an_entry_would_be_seen() -> None:
    source = (
        'def f():\n    yield refuse("nowhere", "x")\n    yield cannot_tell("warn", name, "x")\n'
    )

    assert list(names_in(ast.parse(source))) == [("nowhere", 2), (None, 3)]


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_a_check_has_a_rule_and_one_source(name: str) -> None:
    check = CHECKS[name]

    assert check.rule
    assert not check.rule.endswith(".")
    assert (check.figure is None) != (check.source is None)
    assert check.says.startswith(check.rule)


PLACES = {place for check in CHECKS.values() for place in (check.figure, check.weight) if place}


@pytest.mark.parametrize("place", sorted(PLACES))
def test_a_figure_that_a_check_names_is_one_of_the_rulebook(place: str) -> None:
    assert place in set(leaves(Rulebook))


def test_a_rules_figure_is_shown_with_value_source_and_status() -> None:
    start = CHECKS["operation-start"]
    figure = start.value_in(shipped("MN", "MN-2013").rulebook)

    assert figure is not None
    assert (str(figure.value), figure.status) == ("2013-01-01", "unconfirmed")
    assert "first generation" in figure.source
    assert start.value_in(shipped("MN", "MN-2026").rulebook) is None


def test_no_figure_stands_at_a_rule_in_words_or_at_a_part() -> None:
    book = shipped("MN").rulebook

    assert Check(rule="x", source="y").value_in(book) is None
    assert figure_at(book, "eligibility") is None
    with pytest.raises(AttributeError):
        figure_at(book, "eligibility.nonsense")
