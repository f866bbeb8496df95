"""The ten issuances of Mongolia on its own page of June 2026, from the record that it adopts.

Figures and days by hand from jcm-rules, section 11, not from the file that is imported.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from governance import assembly
from projections.log_reading import LogFilter
from projections.reconciliation import reconciliation
from tests.aggregates.docket import Docket
from tests.aggregates.registries import Registries, what
from tests.aggregates.room import Room
from tests.aggregates.test_history_adoption import adopt
from tests.governance.test_cli_import import REAL

TODAY = date(2026, 2, 10)
TEN = (
    ("2016-09-29", "MN001", (10, "2016-09-30"), (40, "2016-09-30")),
    ("2016-09-29", "MN002", (22, "2016-09-30"), (85, "2016-09-30")),
    ("2017-10-24", "MN004", (1_789, "2017-10-24"), (7_158, "2017-10-24")),
    ("2018-11-06", "MN003", (1_776, "2018-12-14"), (7_104, "2018-12-14")),
    ("2019-05-17", "MN005", (1, "2019-05-17"), (0, None)),
    ("2022-02-08", "MN003", (7_084, "2022-02-22"), (28_335, "2022-02-24")),
    ("2025-03-27", "MN004", (8_963, "2025-05-07"), (35_854, "2025-04-11")),
    ("2026-01-24", "MN006", (6_063, None), (24_249, "2026-01-30")),
    ("2026-01-24", "MN001", (29, None), (110, "2026-01-30")),
    ("2026-01-24", "MN002", (66, None), (256, "2026-01-30")),
)
"""Day of the decision, project, then for Mongolia and Japan: what was notified, issued when."""
SIDES = [
    (date.fromisoformat(decided), project, side, amount, issued)
    for decided, project, mongolia, japan in TEN
    for side, (amount, issued) in (("MN", mongolia), ("JP", japan))
]


@pytest.fixture
def adopted(room: Room) -> Room:
    """JP-MN, which has adopted the whole imported record of Mongolia on 10 February 2026."""
    room.on(TODAY.isoformat())
    room.stage.engine.history.import_decisions(REAL.read_bytes(), REAL.name, dry_run=False)
    adopt(room, "2026-02-09")
    return room


def reconciled(
    room: Room, as_of: date | None = None
) -> dict[tuple[date, str, str], dict[str, Any]]:
    """Return every line as of a day."""
    with assembly.library(room.stage.engine.settings) as read:
        wanted = LogFilter(committee="JP-MN", as_of=as_of)
        found = reconciliation(read.tables, wanted, room.stage.clock.now)
    return {
        (line.credits.origin.on, line.credits.project, line.side): line.to_json()
        for line in found
        if line.credits.origin.on is not None
    }


def test_each_amount_is_decided_and_reported_as_the_page_says(adopted: Room) -> None:
    found = reconciled(adopted)

    for decided, project, side, amount, issued in SIDES:
        line = found[decided, project, side]
        reported = amount if issued is not None or amount == 0 else None
        assert (line["decided"], line["reported"]) == (amount, reported), line
        assert line["difference"] == (None if reported is None else 0)


def test_of_the_ten_the_three_that_mongolia_has_not_issued_are_open(adopted: Room) -> None:
    found = reconciled(adopted)

    ten = {(decided, project, side) for decided, project, side, _amount, _issued in SIDES}
    waiting = {place: found[place]["days_open"] for place in ten}
    assert {place: days for place, days in waiting.items() if days is not None} == {
        (date(2026, 1, 24), project, "MN"): 17 for project in ("MN006", "MN001", "MN002")
    }


def test_each_was_open_from_its_decision_until_the_day_it_was_issued(adopted: Room) -> None:
    for decided, project, side, amount, issued in SIDES:
        place = decided, project, side
        assert place not in reconciled(adopted, decided - timedelta(days=1))
        on_the_day = reconciled(adopted, decided)[place]
        if amount == 0:
            assert on_the_day["difference"] == 0
        elif issued is None or issued > decided.isoformat():
            assert (on_the_day["reported"], on_the_day["days_open"]) == (None, 0)
        if issued is None:
            continue
        day = date.fromisoformat(issued)
        assert reconciled(adopted, day)[place]["reported"] == amount
        if day > decided:
            before = reconciled(adopted, day - timedelta(days=1))[place]
            assert (before["reported"], before["days_open"]) == (None, (day - decided).days - 1)


def test_the_shape_is_the_contracts(adopted: Room) -> None:
    line = reconciled(adopted)[date(2026, 1, 24), "MN006", "MN"]

    assert line == {
        "decision": line["decision"],
        "committee": "JP-MN",
        "project": "MN006",
        "side": "MN",
        "decided": 6_063,
        "reported": None,
        "difference": None,
        "days_open": 17,
    }
    assert line["decision"].startswith("JP-MN/H/2026-01-24/")


def test_what_is_merely_imported_is_reconciled_with_nobody(room: Room) -> None:
    room.on(TODAY.isoformat())
    room.stage.engine.history.import_decisions(REAL.read_bytes(), REAL.name, dry_run=False)

    assert reconciled(room) == {}


def test_mongolias_registry_closes_the_three_by_reports_of_its_own(adopted: Room) -> None:
    registries = Registries(Docket(adopted)).seat()
    found = reconciled(adopted)
    credits = adopted.state.ground.credits

    for project, amount in (("MN006", 6_063), ("MN001", 29), ("MN002", 66)):
        number = found[date(2026, 1, 24), project, "MN"]["decision"]
        item = next(i for (n, i), c in credits.items() if n == number and c.project == project)
        event = registries.report(number, item=item, amount=amount, report=f"{project}-1")
        assert what(event) == []

    after = reconciled(adopted)
    for project in ("MN006", "MN001", "MN002"):
        assert after[date(2026, 1, 24), project, "MN"]["difference"] == 0
