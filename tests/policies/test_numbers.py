"""Numbers of methodologies, projects and entities: one pattern a family, never used twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.numbers import Family, decision_number, projects_in, version_key


@pytest.mark.parametrize(
    ("family", "number"),
    [
        (Family.METHODOLOGY, "MN_AM005"),
        (Family.PROPOSED_METHODOLOGY, "MN_PM012"),
        (Family.PROJECT, "MN008"),
        (Family.IDEA_NOTE, "MN_PIN001"),
        (Family.ENTITY, "TPE-MN-015"),
    ],
)
def test_a_number_is_of_its_own_family_and_committee_only(family: Family, number: str) -> None:
    assert [other for other in Family if other.fits(number, "MN")] == [family]
    assert not family.fits(number, "ID")


@pytest.mark.parametrize(
    "number",
    ["", "MN", "MN08", "MN0080", "mn008", " MN008", "MN008 ", "MN008\n", "MN٠٠٨", "XMN008"],
)
def test_a_number_in_another_spelling_does_not_fit(number: str) -> None:
    assert not Family.PROJECT.fits(number, "MN")


def test_the_next_number_follows_the_highest_whatever_is_missing_between() -> None:
    assert Family.PROJECT.next_after([], "MN") == "MN001"
    assert Family.PROJECT.next_after(["MN001", "MN007", "MN003"], "MN") == "MN008"
    assert Family.ENTITY.next_after(["TPE-MN-009"], "MN") == "TPE-MN-010"


def test_numbers_of_other_families_and_countries_do_not_count() -> None:
    taken = ["MN_AM009", "MN_PM050", "ID_AM030", "TPE-MN-020", "x"]

    assert Family.METHODOLOGY.next_after(taken, "MN") == "MN_AM010"
    assert Family.PROJECT.next_after(taken, "MN") == "MN001"


@given(st.sets(st.integers(1, 998)), st.sampled_from(Family))
def test_the_next_number_is_new_and_fits(taken: set[int], family: Family) -> None:
    numbers = {f"{family.prefix('MN')}{count:03}" for count in taken}

    following = family.next_after(numbers, "MN")

    assert following not in numbers
    assert family.fits(following, "MN")


def test_a_decisions_number_names_committee_year_and_count() -> None:
    assert decision_number("JP-MN", 2026, 7) == "JP-MN/2026/007"
    assert decision_number("JP-MN", 2026, 1000) == "JP-MN/2026/1000"


def test_versions_are_ordered_as_numbers_not_as_texts() -> None:
    versions = ["10.0", "1.0", "02.0", "1.10", "1.2", "Ver01.1"]

    ordered = ["1.0", "Ver01.1", "1.2", "1.10", "02.0", "10.0"]
    assert sorted(versions, key=version_key) == ordered
    assert version_key("01.0") == version_key("1.0") == version_key("1") < version_key("1.0.1")
    assert version_key("draft") == (0,)


@pytest.mark.parametrize(
    ("subject", "projects"),
    [
        ("MN004", ("MN004",)),
        ("PW002+PW003", ("PW002", "PW003")),
        ("PW002 and PW002", ("PW002",)),
        ("TPE-MN-014", ()),
        ("MN_AM003", ()),
        ("two solar projects", ()),
    ],
)
def test_a_subject_names_the_projects_in_it(subject: str, projects: tuple[str, ...]) -> None:
    assert projects_in(subject) == projects
