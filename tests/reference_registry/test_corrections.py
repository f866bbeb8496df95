"""A later decision corrects an amount: by a further block or a cancellation, reported anew."""

from __future__ import annotations

from tests.reference_registry.desk import Desk
from tests.reference_registry.standin import (
    StandIn,
    corrects,
    credits,
    government,
    private,
)

SHARES = (government("JP", 500), private("JP", "Kita", 300), government("MN", 200))


def test_more_is_a_further_block_and_the_report_replaces_the_first(
    desk: Desk, engine: StandIn
) -> None:
    first = engine.decide(credits(800, 200))
    desk.run()
    engine.decide(corrects(first, first, (900, 200)))

    desk.run()

    assert desk.balances == {"government_holding": 900}
    assert desk.issued == [800, 100]
    before, after = engine.reports()
    assert (after.amount, after.supersedes) == (900, before.report)
    assert (after.decision, after.item) == (first.digest, 1)
    assert after.serials is not None
    assert after.serials.last.endswith("-1-0000000000000900")


def test_less_is_a_cancellation_of_the_newest_numbers(desk: Desk, engine: StandIn) -> None:
    first = engine.decide(credits(800, 200))
    desk.run()
    engine.decide(corrects(first, first, (700, 200)))

    desk.run()

    assert desk.balances == {"government_holding": 700, "cancellation": 100}
    report = engine.reports()[-1]
    assert (report.amount, report.supersedes) == (700, "JP-MN/2026/001#1")
    assert report.serials is not None
    assert report.serials.last.endswith("-1-0000000000000700")


def test_nothing_at_all_is_reported_as_zero_without_serials(desk: Desk, engine: StandIn) -> None:
    first = engine.decide(credits(800, 200))
    desk.run()
    engine.decide(corrects(first, first, (0, 200)))

    desk.run()

    assert desk.balances == {"government_holding": 0, "cancellation": 800}
    report = engine.reports()[-1]
    assert (report.amount, report.serials) == (0, None)


def test_an_amount_that_was_zero_is_issued_by_the_correction_and_replaces_no_report(
    desk: Desk, engine: StandIn
) -> None:
    first = engine.decide(credits(0, 200))
    engine.decide(corrects(first, first, (50, 200)))

    desk.run()

    assert desk.balances == {"government_holding": 50}
    [report] = engine.reports()
    assert (report.amount, report.supersedes) == (50, None)


def test_a_side_whose_amount_stays_reports_nothing_more(desk: Desk, engine: StandIn) -> None:
    first = engine.decide(credits(800, 200))
    engine.decide(corrects(first, first, (800, 300)))

    desk.run()

    assert desk.issued == [800]
    assert len(engine.reports()) == 1


def test_a_corrected_period_changes_no_amount(desk: Desk, engine: StandIn) -> None:
    first = engine.decide(credits(800, 200))
    second = engine.decide(corrects(first, first, None))
    engine.decide(corrects(first, second, (900, 200)))

    desk.run()

    assert desk.issued == [800, 100]
    assert [report.supersedes for report in engine.reports()] == [None, "JP-MN/2026/001#1"]


def test_corrections_follow_each_other_with_each_report_replacing_the_last(
    desk: Desk, engine: StandIn
) -> None:
    first = engine.decide(credits(800, 200))
    second = engine.decide(corrects(first, first, (900, 200)))
    third = engine.decide(corrects(first, second, (650, 200)))
    engine.decide(corrects(first, third, (600, 200)))

    desk.run()

    assert desk.balances == {"government_holding": 600, "cancellation": 300}
    reports = engine.reports()
    assert [report.amount for report in reports] == [800, 900, 650, 600]
    assert [report.supersedes for report in reports[1:]] == [r.report for r in reports[:-1]]


def test_numbers_that_were_cancelled_are_not_used_again(desk: Desk, engine: StandIn) -> None:
    first = engine.decide(credits(10, 0))
    second = engine.decide(corrects(first, first, (8, 0)))
    engine.decide(corrects(first, second, (9, 0)))

    desk.run()

    movements = [m for entry in desk.transactions for m in entry["movements"]]
    new = [int(m["first"][-16:]) for m in movements if m["from"] is None]
    assert new == [1, 11]


def test_what_stands_with_gaps_between_is_reported_block_by_block(
    desk: Desk, engine: StandIn
) -> None:
    first = engine.decide(credits(10, 0))
    second = engine.decide(corrects(first, first, (8, 0)))
    engine.decide(corrects(first, second, (9, 0)))

    desk.run()

    reports = engine.reports()
    assert [(report.amount, report.supersedes) for report in reports] == [
        (10, None),
        (8, "JP-MN/2026/001#1"),
        (1, None),
    ]
    assert _numbers(engine) == [*range(1, 9), 11]


def test_each_block_that_a_correction_leaves_has_a_report(desk: Desk, engine: StandIn) -> None:
    first = engine.decide(credits(800, 200, *SHARES))
    shares = (government("JP", 400), private("JP", "Kita", 300), government("MN", 200))
    second = engine.decide(corrects(first, first, (700, 200), *shares))
    desk.run()

    assert _numbers(engine) == [*range(1, 401), *range(501, 801)]
    assert [report.report for report in engine.reports()] == [
        "JP-MN/2026/001#1",
        "JP-MN/2026/002#1",
        "JP-MN/2026/002#1/2",
    ]
    engine.decide(corrects(first, second, (0, 200)))
    desk.run()
    assert _numbers(engine) == []
    assert desk.status["unaccepted_reports"] == []


def _numbers(engine: StandIn) -> list[int]:
    """Return the numbers that stand by the reports of Japan that stand."""
    reports = engine.reports()
    replaced = {report.supersedes for report in reports}
    found: list[int] = []
    for report in reports:
        if report.report not in replaced and report.serials is not None:
            first, last = (int(text[-16:]) for text in (report.serials.first, report.serials.last))
            assert last - first + 1 == report.amount
            found += range(first, last + 1)
    return sorted(found)


def test_corrected_shares_are_met_holder_by_holder(desk: Desk, engine: StandIn) -> None:
    first = engine.decide(credits(800, 200, *SHARES))
    shares = (government("JP", 450), private("JP", "Kita", 320), private("JP", "Minami", 30))
    engine.decide(corrects(first, first, (800, 200), *shares, government("MN", 200)))

    desk.run()

    assert desk.balances == {
        "government_holding": 450,
        "Kita": 320,
        "Minami": 30,
        "cancellation": 50,
    }


def test_without_shares_the_government_bears_the_difference_first(
    desk: Desk, engine: StandIn
) -> None:
    first = engine.decide(credits(800, 200, *SHARES))
    engine.decide(corrects(first, first, (250, 200)))

    desk.run()

    assert desk.balances == {"government_holding": 0, "Kita": 250, "cancellation": 550}


def test_what_its_first_holder_has_passed_on_is_not_taken_back(desk: Desk, engine: StandIn) -> None:
    first = engine.decide(credits(800, 200))
    desk.run()
    government_account = desk.account("Government of JP")
    desk.order(kind="retirement", source=government_account, amount=750)
    engine.decide(corrects(first, first, (700, 200)))

    desk.run()

    [entry] = desk.waiting
    assert (entry["status"], entry["failed"]) == ("refused", "balance")
    assert "a person has to decide" in entry["reason"]
    assert desk.balances == {"government_holding": 50, "retirement": 750}
    assert len(engine.reports()) == 1


def test_what_could_not_be_taken_back_is_once_the_credits_are_there_again(
    desk: Desk, engine: StandIn
) -> None:
    shares = (private("JP", "Kita", 800), government("MN", 200))
    first = engine.decide(credits(800, 200, *shares))
    engine.decide(credits(1, 0, private("JP", "Minami", 1), project="MN002"))
    desk.run()
    kita, minami = desk.account("Kita"), desk.account("Minami")
    desk.order(kind="transfer", source=kita, target=minami, amount=750)
    engine.decide(corrects(first, first, (700, 200)))
    desk.run()

    desk.order(kind="transfer", source=minami, target=kita, amount=750, project="MN001")
    desk.run()

    assert desk.balances == {"Kita": 700, "Minami": 1, "cancellation": 100}


def test_a_voluntary_cancellation_is_not_taken_for_a_correction(
    desk: Desk, engine: StandIn
) -> None:
    first = engine.decide(credits(800, 200))
    desk.run()
    account = desk.account("Government of JP")
    desk.order(kind="cancellation", source=account, amount=50)
    engine.decide(corrects(first, first, (700, 200)))

    desk.run()

    assert desk.balances == {"government_holding": 650, "cancellation": 150}
    assert engine.reports()[-1].amount == 700


def test_a_correction_waits_for_what_it_corrects(desk: Desk, engine: StandIn) -> None:
    first = engine.decide(credits(800, 200))
    engine.decide(corrects(first, first, (900, 200)))
    engine.missing.add(first.number)

    desk.run()

    assert desk.issued == []
    assert [(entry["status"], entry["failed"]) for entry in desk.waiting] == [
        ("waiting", "bundle"),
        ("waiting", "order"),
    ]
    engine.missing.clear()
    desk.run()
    assert desk.issued == [800, 100]


def test_a_correction_never_jumps_over_the_one_before_it(desk: Desk, engine: StandIn) -> None:
    first = engine.decide(credits(800, 200))
    second = engine.decide(corrects(first, first, (900, 200)))
    engine.decide(corrects(first, second, (850, 200)))
    engine.missing.add(second.number)

    desk.run()

    assert desk.balances == {"government_holding": 800}
    engine.missing.clear()
    desk.run()
    assert desk.balances == {"government_holding": 850, "cancellation": 50}


def test_a_correction_of_what_this_registry_never_issued_is_for_a_person(
    desk: Desk, engine: StandIn
) -> None:
    first = engine.decide(credits(800, 200), told=False)
    engine.decide(corrects(first, first, (900, 200)))

    desk.run()

    assert desk.issued == []
    [entry] = desk.waiting
    assert (entry["status"], entry["failed"]) == ("refused", "order")
    assert "did not issue" in entry["reason"]
