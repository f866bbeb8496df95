"""What freezing a draft would meet is told before anything is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from aggregates.case import decide_audit, decide_papers
from aggregates.case.item import OUTCOMES, item_of, short_of
from governance.service.draft_check import Checked, check_draft
from governance.service.proposals import Proposed
from governance.service.tableable import Tableable, tableable
from policies.lifecycles.cases import Step
from policies.refusals import NotEntitledError, NotFoundError, Refusal
from tests.aggregates.docket import ALLOCATED, CHANGE, KEEPER, METHODOLOGY, PAPERS, REQUEST, Docket
from tests.aggregates.room import CODE, MEASURE

pytestmark = pytest.mark.one_engine


@contextmanager
def nothing_recorded(docket: Docket) -> Iterator[None]:
    record = docket.room.stage.engine.record
    before = record.position
    yield
    assert record.position == before


def check(docket: Docket, *items: dict[str, Any], revises: int | None = None, **m: Any) -> Checked:
    content = docket.room.draft(*items, **m)
    with nothing_recorded(docket):
        return check_draft(
            docket.room.stage.engine.proposals, content, revises=revises, by=docket.by
        )


def listed(docket: Docket, proposal: int | None = None) -> dict[str, Tableable]:
    with nothing_recorded(docket):
        found = tableable(docket.room.state, docket.cases.all_current(CODE), proposal)
    return {each.case: each for each in found}


def asked_to_issue(docket: Docket) -> str:
    """Return an issuance request that was made, and whose papers nobody has looked at."""
    papers = [
        docket.papers("issuance_request", step) for step in (Step.OPINE_POSITIVE, Step.REQUEST)
    ]
    case = docket.submit(REQUEST)
    docket.opine(case, quantity=1000, papers=papers[0])
    docket.step(case, lambda s, a: decide_audit.request(s, a, {}, papers[1]))
    return case


def withdrawn(docket: Docket) -> str:
    """Return a request that was taken back, which the committee is to note."""
    case, papers = asked_to_issue(docket), docket.papers("issuance_request", Step.WITHDRAW)
    docket.step(case, lambda s, a: decide_papers.withdraw(s, a, "They sell it.", papers))
    return case


# What a draft would meet


def test_a_sound_draft_passes_and_nothing_else_bars_it(docket: Docket) -> None:
    found = check(docket, MEASURE, {"case": docket.reviewed()})

    assert found.hindered is None
    assert not found.bars
    assert {each.item for each in found.examined} >= {1, 2}


def test_a_case_that_is_not_heard_bars_its_item_and_is_told_by_the_check(docket: Docket) -> None:
    case = docket.submit(METHODOLOGY, PAPERS)
    docket.complete(case)

    with pytest.raises(Refusal, match="table is not possible there"):
        check(docket, {"case": case})


def test_what_no_check_asks_bars_a_draft_in_words(docket: Docket) -> None:
    english = check(docket, text={"mn": "Хороо шийдвэрлэв."})
    assert english.hindered is not None
    assert "in English" in english.hindered
    assert english.bars
    assert english.examined

    late = check(docket, expires="2030-01-01")
    assert late.hindered is not None
    assert "must expire between" in late.hindered

    meeting = check(docket, procedure={"kind": "meeting", "meeting": "JP-MN/M/001"})
    assert meeting.hindered is not None
    assert "is not convened" in meeting.hindered


def test_a_case_that_lies_elsewhere_on_the_table_bars_a_draft(docket: Docket) -> None:
    case = docket.reviewed()
    first = docket.propose({"case": case})

    again = check(docket, {"case": case})
    assert again.hindered is not None
    assert f"on the committee's table in {first.number}" in again.hindered

    assert check(docket, {"case": case}, revises=first.proposal).hindered is None


def test_a_check_of_a_new_version_keeps_the_numbers_of_the_old_one(docket: Docket) -> None:
    case = docket.assessed()
    first = docket.propose({"case": case})

    found = check(docket, {"case": case}, revises=first.proposal)

    number = next(each for each in found.examined if each.check == "number")
    assert "MN_AM002" in number.evidence


def test_who_keeps_nothing_checks_nothing(docket: Docket) -> None:
    proposals, draft = docket.room.stage.engine.proposals, docket.room.draft()
    for stranger in ("mn-nobody", "JP"):
        with pytest.raises(NotEntitledError):
            check_draft(proposals, draft, by=stranger)
    assert not check_draft(proposals, draft, by=None).bars
    with pytest.raises(NotFoundError):
        check_draft(proposals, draft | {"committee": "VN"}, by=KEEPER)


# Which cases may be named


def test_a_ready_case_has_the_outcomes_that_its_lifecycle_and_kind_have(docket: Docket) -> None:
    assessed, reviewed = docket.assessed(), docket.reviewed()
    found = listed(docket)

    names = {case: [o.name for o in found[case].outcomes] for case in (assessed, reviewed)}
    assert names[assessed] == ["accepted", "approved with revisions", "rejected", "extended"]
    assert names[reviewed] == ["accepted", "rejected"]
    extended = found[assessed].outcome("extended")
    assert extended is not None
    assert extended.must == {"until"}
    assert found[assessed].outcome("withdrawn") is None


def test_what_is_unsaid_is_told_with_what_may_stay_so(docket: Docket) -> None:
    case = asked_to_issue(docket)
    docket.complete(case)

    accepted = listed(docket)[case].outcome("accepted")

    assert accepted is not None
    assert set(accepted.says) == {"quantity", "amounts", "allocation"}
    assert (
        accepted.must
        == {"quantity", "amounts"}
        == set(docket.state(case).kind.unsaid(docket.state(case).asks))
    )
    assert not check(docket, {"case": case} | ALLOCATED).bars


def test_a_case_that_may_not_be_tabled_says_why(docket: Docket) -> None:
    new, held = docket.submit(CHANGE), docket.reviewed()
    first = docket.propose({"case": held})
    found = listed(docket)

    assert "submitted" in str(found[new].why_not)
    assert found[held].why_not == f"it lies on the committee's table already, in {first.number}"
    assert listed(docket, first.proposal)[held].why_not is None


def test_a_case_that_has_ended_is_listed_only_for_its_withdrawal_to_be_noted(
    docket: Docket,
) -> None:
    case, ended = withdrawn(docket), docket.reviewed()
    docket.decide(ended)
    found = listed(docket)

    assert ended not in found
    assert [outcome.name for outcome in found[case].outcomes] == ["withdrawn"]

    docket.agree({"case": case, "outcome": "withdrawn", "reason": "They sell it."})
    assert case not in listed(docket)


# A whole item said shortly


def short_again(docket: Docket, proposed: Proposed, case: str) -> dict[str, Any]:
    content = docket.room.proposal(proposed.proposal).content
    return short_of(docket.state(case), content["items"][0])


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ("accepted", {"title": "Heat pumps, in schools"}),
        ("approved with revisions", {}),
        ("rejected", {"reason": "It doubles another."}),
        ("extended", {"until": "2026-09-01"}),
    ],
)
def test_a_whole_item_is_said_shortly_again_and_is_the_same(
    docket: Docket, outcome: str, said: dict[str, Any]
) -> None:
    case = docket.assessed()
    proposed = docket.propose({"case": case, "outcome": outcome} | said)

    short = short_again(docket, proposed, case)

    assert short == {"case": case, "outcome": outcome} | said
    whole = docket.room.proposal(proposed.proposal).content["items"][0]
    assert item_of(docket.state(case), short) == whole
    assert outcome in OUTCOMES
