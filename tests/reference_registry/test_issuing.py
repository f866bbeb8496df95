"""What a registry issues of a verified decision, to whom, and what it reports."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from policies.items.kind import Period
from policies.rulebook import versions
from tests.reference_registry.desk import Desk
from tests.reference_registry.standin import StandIn, credits, government, private


def test_an_amount_without_shares_goes_to_the_side_s_government(
    desk: Desk, engine: StandIn
) -> None:
    engine.decide(credits(800, 200))

    done = desk.run()

    assert (done.taken, done.settled, done.reported, done.trouble) == (1, 1, 1, None)
    assert desk.balances == {"government_holding": 800}


def test_shares_go_to_their_holders_under_one_range_of_serial_numbers(
    desk: Desk, engine: StandIn
) -> None:
    shares = (
        government("JP", 500),
        private("JP", "Kita Engineering", 300),
        private("MN", "Nomad Energy LLC", 200),
    )
    engine.decide(credits(800, 200, *shares))

    desk.run()

    assert desk.balances == {"government_holding": 500, "Kita Engineering": 300}
    [report] = engine.reports()
    assert report.amount == 800
    assert report.serials is not None
    assert report.serials.first == "JP-JPMN-MN001-2024-1-0000000000000001"
    assert report.serials.last == "JP-JPMN-MN001-2024-1-0000000000000800"


def test_the_other_side_s_registry_issues_the_other_side_s_amount(
    engine: StandIn, desk: Desk
) -> None:
    engine.decide(credits(800, 200))
    (desk.folder / "mn").mkdir()
    other = Desk(engine, desk.folder / "mn", side="MN")

    desk.run()
    other.run()

    assert desk.balances == {"government_holding": 800}
    assert other.balances == {"government_holding": 200}
    assert [report.amount for report in engine.reports("MN")] == [200]


def test_nothing_is_issued_or_reported_for_a_side_whose_amount_is_zero(
    desk: Desk, engine: StandIn
) -> None:
    engine.decide(credits(0, 200))

    done = desk.run()

    assert done.settled == 1
    assert desk.transactions == []
    assert desk.reports == []
    assert engine.posted == []


def test_each_item_of_a_decision_is_issued_by_itself(desk: Desk, engine: StandIn) -> None:
    engine.decide(credits(10, 1), credits(20, 2, project="MN002"), credits(30, 3))

    desk.run()

    assert desk.issued == [10, 20, 30]
    assert [report.item for report in engine.reports()] == [1, 2, 3]


def test_no_two_issuances_of_a_project_share_a_serial_number(desk: Desk, engine: StandIn) -> None:
    engine.decide(credits(10, 1))
    engine.decide(credits(20, 2))

    desk.run()

    firsts = [report.serials.first for report in engine.reports() if report.serials]
    assert firsts == [
        "JP-JPMN-MN001-2024-1-0000000000000001",
        "JP-JPMN-MN001-2024-2-0000000000000001",
    ]


def test_a_period_across_years_has_no_vintage(tmp_path: Path) -> None:
    engine = StandIn.seated(rulebook=versions("MN")[0])  # of the first generation: it may be
    desk = Desk(engine, tmp_path)
    period = Period(begins=date(2023, 7, 1), ends=date(2024, 6, 30))
    engine.decide(credits(10, 1, monitoring_period=period))

    desk.run()

    [report] = engine.reports()
    assert report.serials is not None
    assert report.serials.first == "JP-JPMN-MN001-0000-1-0000000000000001"


def test_a_report_says_what_was_issued_and_on_which_day_of_the_committee(
    desk: Desk, engine: StandIn
) -> None:
    made = engine.decide(credits(800, 200))
    desk.later(hours=14)  # 17:00 in UTC is the next day in Ulaanbaatar

    desk.run()

    [report] = engine.reports()
    assert report.decision == made.digest
    assert report.item == 1
    assert report.report == "JP-MN/2026/001#1"
    assert report.issued_on == date(2026, 6, 21)
    assert report.founding == engine.bench.founding
    assert report.supersedes is None


def test_nothing_is_issued_on_a_day_before_the_decision_was_adopted(
    desk: Desk, engine: StandIn
) -> None:
    engine.decide(credits(800, 200))
    desk.later(days=-11)

    desk.run()

    assert desk.issued == []
    assert [(entry["status"], entry["failed"]) for entry in desk.waiting] == [("waiting", "clock")]
    assert desk.later(days=2).run().settled == 1


def test_what_is_no_credit_is_noted_and_nothing_follows(desk: Desk, engine: StandIn) -> None:
    made = engine.decide(credits(800, 200), told=False)
    event = made.events[0] | {"type": "org.jcm.project.registered.v1", "id": "another"}
    engine.events.append(event)

    desk.run()

    assert desk.issued == []
    assert desk.status["notifications"] == {"noted": 1}


def test_more_than_a_page_is_taken_in_order(
    desk: Desk, engine: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("governance.reference_registry.engine.PAGE", 3)
    engine.decide(*(credits(amount, 1) for amount in range(1, 9)))

    done = desk.run()

    assert done.taken == 8
    assert desk.issued == list(range(1, 9))
