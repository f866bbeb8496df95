"""Reports as they add up: state, views, registers and snapshots say the same, also of the past."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from aggregates.committee.evolve import evolve
from aggregates.committee.snapshot import LATE
from governance import assembly
from governance.service.reports import report_request
from governance.service.snapshots import Snapshots, _orders
from policies.ground import Ground
from policies.refusals import Refusal
from policies.reports import Decided, Differs, Report, Reports, differences, outstanding
from policies.serials import Block
from projections.log_reading import LogFilter
from projections.reconciliation import (
    Line,
    Standing,
    cases_about,
    newest_differences,
    reconciliation,
    totals,
)
from projections.register_fold import RegisterFold
from projections.registers import ORDER, REGISTERS, ground_of
from tests.aggregates.docket import Docket
from tests.aggregates.registries import Registries, what
from tests.aggregates.room import CODE, Room
from tests.aggregates.test_history_adoption import (
    ISSUED,
    OF_2017,
    REGISTERED,
    adopt,
    correction,
    decide,
)

ISSUED_LATER = ISSUED | {"extra": "issued_JP=7158 on 2017-11-02"}


@pytest.fixture
def registries(docket: Docket) -> Registries:
    return Registries(docket).seat()


def lines(registries: Registries, **wanted: Any) -> list[Line]:
    stage = registries.docket.room.stage
    with assembly.library(stage.engine.settings) as read:
        return reconciliation(read.tables, LogFilter(**wanted), stage.clock.now)


def line(registries: Registries, number: str, side: str, **wanted: Any) -> dict[str, Any]:
    found = [entry.to_json() for entry in lines(registries, **wanted)]
    (one,) = [entry for entry in found if (entry["decision"], entry["side"]) == (number, side)]
    return one


def ground_read(registries: Registries) -> Ground:
    """Return the credits as the register's rows say them."""
    with assembly.library(registries.docket.room.stage.engine.settings) as read:
        rows = list(read.tables.select(REGISTERS["credits"], "", (), ORDER))
    return ground_of(rows, imported=False)


def require_alike(registries: Registries) -> None:
    """Hold the views against the state, and a snapshot of the state against its events."""
    room = registries.docket.room
    state, read = room.state, ground_read(registries)
    assert read.credits == state.ground.credits
    assert read.corrected == state.ground.corrected
    record = room.stage.engine.record
    snapshots = Snapshots(record, room.stage.engine.desk.snapshots.table)  # type: ignore[union-attr]
    snapshots.keep(state)
    found = Snapshots(record, snapshots.table).load(CODE)
    assert found is not None
    assert not any(getattr(found.past, name).is_here for name in LATE)
    folded = record.fold(CODE, evolve)
    assert found == folded
    assert _orders(found) == _orders(folded)


# At random


def attempt(registries: Registries, numbers: list[str], chance: random.Random) -> None:
    """Report something, well or badly."""
    side = chance.choice(("JP", "MN"))
    known = [e.envelope.value["report"] for e in registries.recorded if e.side == side]
    begins = chance.randrange(3000)
    amount = chance.choice((0, 1, 100, 200, 400, 600))
    serials = {"first": f"S{begins}", "last": f"S{begins + amount - 1}"}
    more: dict[str, Any] = {
        "report": f"R{chance.randrange(40)}",
        "amount": amount,
        "item": chance.choice((1, 1, 1, 2)),
        "serials": chance.choice((serials, serials, None)) if amount else None,
        "supersedes": chance.choice([None, None, *known[-3:]]),
    }
    try:
        registries.report(chance.choice(numbers), side, **more)
    except Refusal:
        return


@pytest.mark.parametrize("seed", range(5))
def test_whatever_is_reported_all_say_the_same(registries: Registries, seed: int) -> None:
    chance = random.Random(seed)
    numbers = [registries.decide(), registries.decide(registries.issuance(), registries.issuance())]
    fix = {"kind": "correction", "title": "Boilers", "decision": numbers[1], "item": 2}
    figures = {"quantity": 999, "amounts": {"JP": 600, "MN": 399}, "reason": "Counted twice."}
    for turn in range(40):
        attempt(registries, numbers, chance)
        if turn == 20:
            numbers.append(registries.decide(fix | figures))
            registries.docket.later(1)

    assert len(registries.recorded) > 10
    require_alike(registries)
    require_totals(registries)
    require_one_open_case(registries)


def require_totals(registries: Registries) -> None:
    """Hold the sums against the credits register, and against the reports that stand."""
    stage, reports = registries.docket.room.stage, registries.docket.room.state.reports
    found = lines(registries)
    with assembly.library(stage.engine.settings) as read:
        credits = RegisterFold.of(read.tables, "credits", LogFilter(committee=CODE)).entries
    registered: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for entry in credits:
        sums = registered[entry["project"], entry["side"]]
        sums[0] += entry["decided"] or 0
        sums[1] += entry["reported"] or 0
    summed: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for entry in totals(found):
        sums = summed[entry["project"], entry["side"]]
        sums[0] += entry["decided"]
        sums[1] += entry["reported"]
    assert summed == registered
    for one in found:
        origin = one.credits.origin
        assert (one.reported or 0) == reports.total(one.side, origin.decision, origin.item)


def require_one_open_case(registries: Registries) -> None:
    """Claim that each side and item has at most one open case, and one where it differs.

    What differs since a correction, and was not reported since, only the reconciliation shows.
    """
    open_ones = [case for case in registries.cases() if case.is_open]
    about = [(case.submitter.side, case.asks["decision"], case.asks["item"]) for case in open_ones]
    assert len(about) == len(set(about))
    corrected = registries.docket.room.state.ground.corrected.values()
    for one in lines(registries):
        origin = one.credits.origin
        if one.difference and (origin.decision, origin.item) not in corrected:
            assert (one.side, origin.decision, origin.item) in about


# Days


def test_days_are_counted_in_the_committees_zone(registries: Registries) -> None:
    number = registries.decide()
    room = registries.docket.room

    assert line(registries, number, "MN")["days_open"] == 0
    room.at("2026-06-08 15:59")
    assert line(registries, number, "MN")["days_open"] == 0
    room.at("2026-06-08 16:00")  # midnight in Ulaanbaatar
    assert line(registries, number, "MN")["days_open"] == 1


def test_after_a_correction_days_count_from_it_and_nobody_has_reported_otherwise(
    registries: Registries,
) -> None:
    number = registries.decide()
    for side in ("JP", "MN"):
        registries.report(number, side)
    registries.docket.on("2026-07-20")
    registries.decide(
        {
            "kind": "correction",
            "title": "Boilers",
            "decision": number,
            "item": 1,
            "quantity": 999,
            "amounts": {"JP": 600, "MN": 399},
            "reason": "One credit was counted twice.",
        }
    )
    registries.docket.on("2026-07-23")

    open_line = line(registries, number, "MN")
    assert (open_line["difference"], open_line["days_open"]) == (-1, 3)
    assert line(registries, number, "JP")["days_open"] is None  # its amount is as it was
    assert registries.cases() == []  # the registry is told, and has said nothing since
    before = line(registries, number, "MN", as_of=date(2026, 7, 19))
    assert (before["difference"], before["days_open"]) == (0, None)

    first = registries.said(number)["report"]
    registries.report(number, report="mended", amount=399, supersedes=first)
    assert line(registries, number, "MN")["days_open"] is None
    assert registries.cases() == []


def test_a_report_of_the_decisions_own_night_is_counted(registries: Registries) -> None:
    registries.docket.room.at("2026-06-10 20:00")  # the 11th in Ulaanbaatar, the 10th in UTC
    number = registries.decide()

    registries.report(number)

    assert line(registries, number, "MN")["reported"] == 400
    require_alike(registries)


def test_as_of_a_day_nothing_later_is_decided_or_reported(registries: Registries) -> None:
    number, docket = registries.decide(), registries.docket
    docket.on("2026-06-20")
    registries.report(number, issued_on="2026-06-19")
    docket.on("2026-06-30")

    def of(day: str, **more: Any) -> dict[str, Any]:
        return line(registries, number, "MN", as_of=date.fromisoformat(day), **more)

    assert lines(registries, as_of=date(2026, 6, 7)) == []
    assert of("2026-06-08") | {"days_open": 0} == of("2026-06-08")
    assert (of("2026-06-19")["reported"], of("2026-06-19")["days_open"]) == (None, 11)
    assert (of("2026-06-20")["reported"], of("2026-06-20")["days_open"]) == (400, None)
    assert line(registries, number, "MN")["difference"] == 0


def test_a_correction_after_the_reports_shows_a_difference(registries: Registries) -> None:
    number = registries.decide()
    registries.report(number)
    registries.report(number, "JP")
    item = {"kind": "correction", "title": "Boilers", "decision": number, "item": 1}
    figures = {"quantity": 900, "amounts": {"JP": 600, "MN": 300}, "reason": "Read again."}

    registries.decide(item | figures)

    found = line(registries, number, "MN")
    assert (found["decided"], found["reported"], found["difference"]) == (300, 400, -100)
    assert found["days_open"] == 0
    assert line(registries, number, "JP")["difference"] == 0
    require_alike(registries)


# The adopted past


@pytest.fixture
def of_the_past(room: Room) -> Registries:
    """JP-MN has adopted an issuance of 2017; what Japan issued of it was published, later."""
    room.imports(REGISTERED, ISSUED_LATER)
    adopt(room, "2018-12-31")
    return Registries(Docket(room)).seat()


def test_what_was_published_as_issued_counts_from_the_day_it_was_issued(
    of_the_past: Registries,
) -> None:
    assert line(of_the_past, OF_2017, "JP")["reported"] == 7158
    before = line(of_the_past, OF_2017, "JP", as_of=date(2017, 11, 1))
    assert (before["reported"], before["days_open"]) == (None, 8)
    assert line(of_the_past, OF_2017, "JP", as_of=date(2017, 11, 2))["difference"] == 0


def test_an_issuance_of_the_adopted_past_is_reported_by_its_registry(
    of_the_past: Registries,
) -> None:
    assert line(of_the_past, OF_2017, "MN")["reported"] is None

    event = of_the_past.report(OF_2017, amount=1789, report="R1")

    assert (event.decision, event.item, what(event)) == (OF_2017, 1, [])
    assert line(of_the_past, OF_2017, "MN")["difference"] == 0
    desk = of_the_past.docket.room.stage.engine.desk
    said = of_the_past.said(OF_2017, amount=1789)
    assert report_request(desk, said).decision is None  # nobody has signed it
    require_alike(of_the_past)


def test_what_the_registry_signs_goes_before_what_was_published(of_the_past: Registries) -> None:
    of_the_past.report(OF_2017, "JP", amount=7158, report="J1")

    assert line(of_the_past, OF_2017, "JP")["reported"] == 7158
    require_alike(of_the_past)


def test_a_record_that_is_adopted_anew_undoes_no_report(of_the_past: Registries) -> None:
    room = of_the_past.docket.room
    of_the_past.report(OF_2017, amount=1789, report="R1")
    later = {"decision_date": "2019-01-01", "decision_type": "pin_no_objection"}
    room.imports(later | {"subject_title": "Wind"})
    adopt(room, "2019-12-31")

    assert of_the_past.reported(OF_2017) == {"JP": 7158, "MN": 1789}
    require_alike(of_the_past)
    again = of_the_past.report(OF_2017, amount=1789, report="R2", supersedes="R1")
    assert what(again) == []


def test_a_corrected_amount_of_the_past_is_what_reports_are_held_against(
    of_the_past: Registries,
) -> None:
    item = correction(quantity=8946, amounts={"JP": 7158, "MN": 1788})
    room = of_the_past.docket.room
    number = room.text(decide(room, item)).decision.number

    event = of_the_past.report(number, amount=1788, report="R1")

    assert (event.decision, what(event)) == (OF_2017, [])
    require_alike(of_the_past)


# Many


def test_ten_thousand_reports_of_one_item_are_taken_one_as_quickly_as_another() -> None:
    reports, decided = Reports(), Decided(10**6, date(2026, 6, 8))
    begun = time.perf_counter()
    marks = []
    for n in range(10_000):
        one = Report(
            side=("JP", "MN")[n % 2],
            report=f"R{n}",
            digest=f"{n:064}",
            decision="JP-MN/2026/001",
            item=1,
            amount=10,
            block=Block(f"S{n * 10}", f"S{n * 10 + 9}"),
            on=date(2026, 6, 8),
            supersedes=f"R{n - 2}" if n % 4 == 3 else None,
        )
        assert len(list(differences(one, reports, decided))) == 1
        reports.take(one)
        first = next(outstanding(reports, one.side, ("JP-MN/2026/001", 1), decided))
        assert first.what is Differs.UNDER
        if n % 1000 == 999:
            marks.append(time.perf_counter() - begun)

    slowest_thousand = max(after - before for before, after in pairwise([0.0, *marks]))
    assert slowest_thousand < 2  # some 30 ms; were each compared with each, several seconds
    assert len(reports.of_item("JP", "JP-MN/2026/001", 1)) == 5000
    assert len(reports.of_item("MN", "JP-MN/2026/001", 1)) == 2500


# How they stand, for people to read


def test_each_way_in_which_reported_and_decided_stand_to_each_other(
    registries: Registries,
) -> None:
    nothing = registries.decide(registries.issuance(amounts={"JP": 1000, "MN": 0}, allocation=None))
    short, over = registries.decide(), registries.decide()
    registries.report(short, amount=399)
    registries.report(over, amount=401)
    registries.report(over, "JP")

    stands = {(e.credits.origin.decision, e.side): e.standing for e in lines(registries)}

    assert stands[nothing, "MN"] is Standing.NOTHING_DUE
    assert stands[nothing, "JP"] is stands[short, "JP"] is Standing.MISSING
    assert stands[short, "MN"] is Standing.LESS
    assert stands[over, "MN"] is Standing.MORE
    assert stands[over, "JP"] is Standing.AGREES


def test_the_newest_differences_come_first_page_by_page_with_their_cases(
    registries: Registries,
) -> None:
    short, over = registries.decide(), registries.decide()
    first = registries.report(short, amount=399)
    second = registries.report(over, amount=401)
    registries.report(short, "JP", amount=1)

    with assembly.library(registries.docket.room.stage.engine.settings) as read:
        both, total = newest_differences(read.tables, CODE, ["JP", "MN"], 0, 2)
        own, of_own = newest_differences(read.tables, CODE, ["MN"], 1, 5)
        cases = cases_about(read.tables, CODE, [short, over])
        none = cases_about(read.tables, CODE, [])

    assert [(e["side"], e["decision"]) for e in both] == [("JP", short), ("MN", over)]
    assert [e["decision"] for e in own] == [short]
    assert (total, of_own) == (3, 2)
    assert cases["MN", short, 1] == first.case
    assert cases["MN", over, 1] == second.case
    assert none == {}
