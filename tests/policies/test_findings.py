"""A check says what it found, about which item; missing data is never a pass."""

from __future__ import annotations

import pytest

from policies.findings import (
    Finding,
    Judgement,
    Outcome,
    as_ruled,
    cannot_tell,
    passed,
    refusals,
    refuse,
    remarks,
    require_none_refused,
    warn,
)
from policies.preflight import check_annexes
from policies.proof.canonical import digest
from policies.refusals import PreconditionError, Refusal
from policies.rulebook import Figure, Verdict
from policies.sides import Committee, Role, Term
from tests.policies.bench import MEETING_DAY


def ruled(value: Verdict) -> Figure[Verdict]:
    return Figure(value=value, source="x", status="confirmed")


def test_a_refusal_bars_and_a_warning_does_not() -> None:
    found = [warn("a", "to note"), refuse("b", "bars"), refuse("c", "bars too").about(2)]

    assert [finding.check for finding in refusals(found)] == ["b", "c"]
    with pytest.raises(PreconditionError, match=r"^bars \(b\); item 2: bars too \(c\)$"):
        require_none_refused(found)
    require_none_refused([warn("a", "to note")])
    require_none_refused([])


def test_the_rulebook_says_whether_a_break_or_a_missing_fact_bars() -> None:
    assert as_ruled(ruled("refuse"), "a", "x").outcome is Outcome.REFUSE
    assert as_ruled(ruled("warn"), "a", "x").outcome is Outcome.WARN
    assert cannot_tell(ruled("refuse"), "a", "x").outcome is Outcome.REFUSE
    assert cannot_tell(ruled("warn"), "a", "x").outcome is Outcome.WARN


def test_what_cannot_be_told_is_no_pass_whether_it_bars_or_not() -> None:
    found = [cannot_tell("refuse", "a", "x"), cannot_tell("warn", "b", "x"), passed("c", "seen")]

    assert [f.verdict.value for f in found] == ["cannot tell", "cannot tell", "pass"]
    assert [f.bars for f in found] == [True, False, False]
    assert [f.check for f in remarks(found)] == ["a", "b"]
    assert [f.check for f in refusals(found)] == ["a"]


def test_a_pass_bars_nothing_and_says_what_shows_it() -> None:
    found = passed("number", "MN004 has never been used").about(2)

    assert found.outcome is None
    assert str(found) == "item 2: MN004 has never been used (number)"
    require_none_refused([found])


def test_a_break_is_a_failure_whether_it_bars_or_only_advises() -> None:
    found = [refuse("a", "x"), warn("b", "x"), as_ruled(ruled("warn"), "c", "x")]

    assert {f.verdict for f in found} == {Judgement.FAIL}
    assert [f.bars for f in found] == [True, False, False]


def test_a_finding_names_its_item_and_its_check() -> None:
    assert str(refuse("number", "MN1 is no number").about(3)) == "item 3: MN1 is no number (number)"
    assert str(warn("number", "x")) == "x (number)"
    assert refuse("a", "x").about(1) == Finding("a", Judgement.FAIL, "x", bars=True, item=1)


def test_an_annex_has_the_digest_that_names_it() -> None:
    good, bad = {digest(b"text"): "text"}, {digest(b"text"): "Text"}

    assert [finding.verdict for finding in check_annexes(good)] == [Judgement.PASS]
    assert [finding.outcome for finding in check_annexes(bad)] == [Outcome.REFUSE]


def test_a_refusal_has_a_name_for_other_programs() -> None:
    assert PreconditionError("x").name == "precondition"
    names = [kind.__name__ for kind in Refusal.__subclasses__()]
    assert all(name.endswith("Error") for name in names)


# The two sides


@pytest.mark.parametrize(("text", "code"), [("MN", "JP-MN"), ("JP-MN", "JP-MN"), ("ID", "JP-ID")])
def test_a_committee_is_named_by_its_partner(text: str, code: str) -> None:
    committee = Committee.parse(text)

    assert committee.code == code
    assert committee.sides == ("JP", code[-2:])


@pytest.mark.parametrize("text", ["", "JP", "JP-JP", "mn", "MNG", "MN-JP", " MN", "MN\n", "ＭＮ"])
def test_anything_else_names_no_committee(text: str) -> None:
    with pytest.raises(Refusal, match="names no committee"):
        Committee.parse(text)


def test_both_ends_of_a_term_count_and_an_open_one_lasts() -> None:
    one_day = Term(MEETING_DAY, MEETING_DAY)
    assert one_day.covers(MEETING_DAY)
    assert not one_day.covers(MEETING_DAY.replace(day=9))
    assert not one_day.covers(MEETING_DAY.replace(day=11))
    assert Term(MEETING_DAY, None).covers(MEETING_DAY.replace(year=2099))


def test_co_chairs_and_alternates_sign_and_secretary_and_registry_do_not_sit() -> None:
    assert [role for role in Role if role.signs] == [Role.CO_CHAIR, Role.ALTERNATE]
    assert [role for role in Role if not role.sits] == [Role.SECRETARY, Role.REGISTRY]
