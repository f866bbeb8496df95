"""The windows of public inputs, to the day, through the service: Mongolia's, and strange zones'."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from aggregates.case import decide_inputs, decide_papers, events
from governance import assembly
from governance.demo.stage import Stage, ToldClock, Voice
from governance.service.cases import Cases, Decide, Hand, read_submission
from governance.settings import Settings
from policies.cases import CASE_KINDS
from policies.lifecycles.cases import Stage as At
from policies.lifecycles.cases import Step
from policies.refusals import StepDateError
from policies.sides import Committee
from tests.aggregates.docket import METHODOLOGY, documents

HISTORY = Path(__file__).parents[2] / "governance" / "demo" / "data" / "decisions.csv"


def windows() -> list[tuple[str, date, date]]:
    """Return the windows that the public lists of Mongolia print, by the number of the proposal."""
    found = []
    with HISTORY.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            extra = dict(
                part.strip().split("=", 1) for part in row["extra"].split(";") if "=" in part
            )
            if "public_input" in extra:
                opens, closes = map(date.fromisoformat, extra["public_input"].split("/"))
                found.append((extra["proposed_id"], opens, closes))
    return found


class Secretariat:
    """A committee of a partner, founded on a day, and its one secretary."""

    def __init__(self, stage: Stage, partner: str) -> None:
        self.stage = stage
        self.partner = partner
        self.code = Committee.parse(partner).code
        stage.found(partner)
        begins = stage.clock.now.date() - timedelta(days=1)
        acts = stage.seat("secretary", "Secretary", "secretary", begins.isoformat())
        stage.appoint(partner, "JP", acts)

    @property
    def cases(self) -> Cases:
        return self.stage.engine.cases

    def published(self) -> str:
        """Return a methodology proposal that is published today."""
        rulebook = self.stage.engine.desk.load(self.code).rulebook
        kind = CASE_KINDS["methodology_proposal"]
        papers = documents(*kind.required(Step.FIND_COMPLETE, rulebook))
        filed = METHODOLOGY | {"committee": self.partner, "submitter": {"name": "A proponent"}}
        case = self.cases.submit(read_submission(filed), papers, "secretary").case
        self.take(case, decide_papers.find_complete)
        self.take(case, decide_inputs.publish)
        return case

    def take(self, case: str, decide: Decide) -> None:
        self.cases.step(case, Hand("secretary"), decide)

    def comment(self, case: str) -> None:
        self.take(case, lambda s, a: decide_inputs.comment(s, a, "A reader", "Why?"))

    def closed(self, case: str) -> date | None:
        """Return the day on which the inputs were closed, if they are."""
        found = (entry.event for entry in self.stage.engine.record.stream(case))
        return next((e.on for e in found if isinstance(e, events.InputsClosed)), None)


@pytest.fixture
def told(place: Settings) -> Iterator[Stage]:
    """The engine on an empty place, with a clock that begins when the committees did."""
    clock = ToldClock(datetime(2013, 4, 12, 2, tzinfo=UTC))
    with assembly.engine(place, clock) as made:
        yield Stage(made, clock, Voice(), place.keys / "people")


def test_four_windows_of_mongolia_are_printed_with_both_days() -> None:
    assert windows() == [
        ("MN_PM001", date(2014, 2, 4), date(2014, 2, 18)),
        ("MN_PM002", date(2014, 11, 18), date(2014, 12, 2)),
        ("MN_PM005", date(2024, 5, 23), date(2024, 6, 6)),
        ("MN_PM006", date(2024, 7, 31), date(2024, 8, 14)),
    ]


def test_the_four_windows_of_mongolia_are_open_from_their_first_to_their_last_day(
    told: Stage,
) -> None:
    secretariat = Secretariat(told, "MN")
    for _number, opens, closes in windows():
        told.clock.tell(f"{opens} 01:00")
        case = secretariat.published()
        state = secretariat.cases.load(case)
        assert state.window is not None
        assert (state.window.opens, state.window.closes) == (opens, closes)

        # The last hour of the last day in Ulaanbaatar, which is UTC+8; then its end.
        told.clock.tell(f"{closes} 15:59")
        secretariat.comment(case)
        secretariat.cases.settle(secretariat.code)
        assert secretariat.closed(case) is None
        told.clock.tell(f"{closes} 16:00")
        with pytest.raises(StepDateError, match="is outside"):
            secretariat.comment(case)
        assert secretariat.closed(case) == closes
        state = secretariat.cases.load(case)
        assert (state.stage, state.entered, state.inputs) == (At.ASSESSMENT, closes, 1)


@pytest.mark.parametrize(
    ("partner", "published", "closes", "ends"),
    [
        # Santiago has no first hour of 6 September 2026: that day begins at one o'clock, UTC-3.
        ("CL", "2026-08-22 15:00", date(2026, 9, 5), "2026-09-06 04:00"),
        # The last day itself has 23 hours there.
        ("CL", "2026-08-23 15:00", date(2026, 9, 6), "2026-09-07 03:00"),
        # 4 April 2026 has 25 hours there: its last hour comes twice.
        ("CL", "2026-03-21 15:00", date(2026, 4, 4), "2026-04-05 04:00"),
        # Chisinau: the clocks go back on 25 October 2026, forward on 29 March 2026.
        ("MD", "2026-10-11 09:00", date(2026, 10, 25), "2026-10-25 22:00"),
        ("MD", "2026-03-15 09:00", date(2026, 3, 29), "2026-03-29 21:00"),
        # Over a leap day, on it, and where there is none.
        ("CL", "2028-02-15 15:00", date(2028, 2, 29), "2028-03-01 03:00"),
        ("CL", "2028-02-29 15:00", date(2028, 3, 14), "2028-03-15 03:00"),
        ("CL", "2027-02-15 15:00", date(2027, 3, 1), "2027-03-02 03:00"),
    ],
)
def test_a_window_ends_with_its_last_day_in_the_committees_zone(
    told: Stage, partner: str, published: str, closes: date, ends: str
) -> None:
    told.clock.tell(published)
    secretariat = Secretariat(told, partner)
    case = secretariat.published()
    window = secretariat.cases.load(case).window
    assert window is not None
    assert window.closes == closes

    told.clock.tell(ends)
    told.clock.now -= timedelta(seconds=1)
    secretariat.comment(case)
    assert secretariat.cases.settle(secretariat.code) == []
    told.clock.tell(ends)
    (closed,) = secretariat.cases.settle(secretariat.code)
    assert closed.on == closes
    assert secretariat.cases.settle(secretariat.code) == []


def test_who_looks_three_weeks_late_finds_the_same_day(told: Stage) -> None:
    told.clock.tell("2014-02-04 01:00")
    secretariat = Secretariat(told, "MN")
    case = secretariat.published()

    told.clock.tell("2014-03-11 01:00")
    secretariat.cases.settle(secretariat.code)

    assert secretariat.closed(case) == date(2014, 2, 18)
    assert secretariat.cases.load(case).entered == date(2014, 2, 18)
