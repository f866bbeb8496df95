"""Methodologies: approved once, revised upwards, in scopes that the rulebook has."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from msgspec import structs

from policies.facts import MethodologyApproved, RequestClosed
from policies.items.methodologies import (
    AssessmentExtension,
    MethodologyApproval,
    MethodologyRejection,
    MethodologyRevision,
)
from tests.policies.occasions import METHODOLOGY, SET, TODAY, ground, on, soundly, standing

REJECTED = RequestClosed(subject="MN_PM002", status="not approved")


def approval(**changes: Any) -> MethodologyApproval:
    item = MethodologyApproval(
        title="Energy saving by pumps",
        number="MN_AM002",
        version="1.0",
        proposed="MN_PM002",
        scopes=(3,),
        result="approved",
    )
    return structs.replace(item, **changes)


def revision(**changes: Any) -> MethodologyRevision:
    item = MethodologyRevision(
        title="Energy saving by boilers",
        number="MN_AM001",
        version="1.1",
        scopes=(1,),
        result="approved with revisions",
        previous=SET,
    )
    return structs.replace(item, **changes)


def test_a_proposed_methodology_is_approved_under_a_new_number() -> None:
    assert soundly(approval()) == []
    assert on(standing(), approval()) == []
    assert on(standing(), approval(number="MN_AM001")) == ["refuse number"]
    assert approval(result="approved with revisions").conclusion == "approved with revisions"


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"number": "ID_AM002"}, "refuse number"),
        ({"number": "MN_PM002"}, "refuse number"),
        ({"proposed": "MN_AM002"}, "refuse number"),
        ({"proposed": None}, None),
        ({"scopes": (16,)}, "refuse scope"),
        ({"scopes": (1, 15)}, None),
    ],
)
def test_numbers_and_scopes_are_those_of_the_committee(
    changes: dict[str, Any], verdict: str | None
) -> None:
    assert soundly(approval(**changes)) == ([verdict] if verdict else [])


@pytest.mark.parametrize(
    ("country", "title", "scopes", "verdict"),
    [
        ("MN", "REDD-plus in the taiga", (14,), ["warn redd-plus"]),
        ("ID", "REDD-plus in Boalemo", (14,), []),
        ("MN", "Reducing deforestation", (14,), ["warn redd-plus"]),
        ("MN", "Afforestation", (14,), []),
        ("MN", "REDD-plus in the taiga", (3,), []),
    ],
)
def test_scope_14_holds_redd_plus_in_some_countries_only(
    country: str, title: str, scopes: tuple[int, ...], verdict: list[str]
) -> None:
    for kind in (approval, revision):
        item = kind(title=title, scopes=scopes, number=f"{country}_AM002")
        item = structs.replace(item, proposed=None) if kind is approval else item
        assert soundly(item, country=country) == verdict


def test_a_proposal_that_was_rejected_is_not_approved() -> None:
    assert on(standing(REJECTED), approval()) == ["refuse number"]
    assert on(standing(REJECTED), approval(proposed="MN_PM003")) == []
    assert on(standing(REJECTED), approval(proposed=None)) == []


@pytest.mark.parametrize(
    ("version", "verdict"),
    [
        ("1.1", []),
        ("01.10", []),
        ("2.0", []),
        ("1.0", ["refuse version-rises"]),
        ("01.0", ["refuse version-rises"]),
        ("0.9", ["refuse version-rises"]),
    ],
)
def test_a_revision_has_a_higher_version(version: str, verdict: list[str]) -> None:
    assert on(standing(), revision(version=version)) == verdict


def test_a_revision_follows_the_newest_version_and_names_who_set_it() -> None:
    newer = standing(structs.replace(METHODOLOGY, version="1.10"))

    assert on(newer, revision(version="1.9")) == ["refuse version-rises"]
    assert on(newer, revision(version="1.11")) == []
    assert on(newer, revision(version="1.11", previous="0" * 64)) == ["refuse previous"]
    assert on(ground(), revision()) == ["refuse methodology-exists"]
    assert soundly(revision()) == []
    assert soundly(revision(number="ID_AM001")) == ["refuse number"]


@pytest.mark.parametrize(
    ("version", "sound"),
    [("1.0", True), ("01.1", True), ("3", True), ("Ver1.0", False), ("1.", False), ("new", False)],
)
def test_a_version_is_a_number(version: str, sound: bool) -> None:
    for item in (approval(version=version), revision(version=version)):
        assert soundly(item) == ([] if sound else ["refuse version"])


def test_older_versions_stay_approved() -> None:
    [fact] = revision().facts()

    decided = standing(fact)

    assert set(decided.methodologies["MN_AM001"]) == {"1.0", "1.1"}
    latest = decided.latest_version("MN_AM001")
    assert latest is not None
    assert latest.version == "1.1"
    assert decided.latest_version("MN_AM009") is None


def test_a_proposal_is_rejected_once() -> None:
    item = MethodologyRejection(title="Pumps", number="MN_PM002", reason="Not additional")

    assert soundly(item) == []
    assert soundly(structs.replace(item, number="MN_AM002")) == ["refuse number"]
    assert on(standing(), item) == []
    assert list(item.facts()) == [REJECTED]
    assert on(standing(REJECTED), item) == ["refuse number"]


def test_an_assessment_of_an_open_proposal_is_extended_to_a_later_day() -> None:
    item = AssessmentExtension(title="Pumps", number="MN_PM002", until=date(2026, 6, 11))

    assert soundly(item) == []
    assert soundly(structs.replace(item, number="MN_AM002")) == ["refuse number"]
    assert on(standing(), item) == []
    assert on(standing(), item, day=date(2026, 6, 11)) == ["refuse extension-ahead"]
    assert on(standing(REJECTED), item) == ["refuse number"]
    assert on(standing(), structs.replace(item, until=TODAY)) == ["refuse extension-ahead"]


def test_what_follows_is_an_approved_version() -> None:
    fact = MethodologyApproved(
        number="MN_AM002", version="1.0", title="Energy saving by pumps", scopes=(3,)
    )

    ended = RequestClosed(subject="MN_PM002", status="approved")
    assert list(approval().facts()) == [fact, ended]
    assert on(standing(fact, ended), approval(number="MN_AM003")) == ["refuse number"]
    assert approval().notifies == revision().notifies == "org.jcm.methodology.changed.v1"
