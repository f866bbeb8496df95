"""What was published elsewhere extends a committee's record and never changes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from aggregates.event import Event
from aggregates.history import decide
from aggregates.history.decide import Incoming, decide_import
from aggregates.history.events import HistoryRecorded, history_stream
from aggregates.history.evolve import evolve
from aggregates.history.state import HistoryState
from aggregates.store.record import Record
from aggregates.store.topics import encode
from governance.exchange.decisions_csv import read_decisions
from governance.service.history import MAX_BYTES, HistoryService
from policies.history import HistoricalDecision, Row
from policies.refusals import SomeoneActedFirstError

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
DAY = date(2017, 10, 24)
MEETING = "JP-MN/H/2017-10-24/meeting"
REAL = resources.files("governance.demo").joinpath("data/decisions.csv").read_bytes()
ROWS = read_decisions(REAL, NOW).rows
MONGOLIA = ROWS["JP-MN"]


def row(**said: Any) -> Row:
    members: dict[str, Any] = {
        "decision_type": "issuance",
        "subject_id": "MN004",
        "subject_title": "10MW Solar Power Project in Darkhan City",
        "outcome": "notified",
        "quantity": 8947,
        "amounts": None,
        "split": "",
        "monitoring_period": None,
        "extra": "",
        "source": "https://www.jcm.go.jp",
        "confidence": "high",
    }
    return Row(**members | said)


def incoming(line: int, on: date | None = DAY, **said: Any) -> Incoming:
    procedure = said.pop("procedure", "meeting")
    return Incoming(line, on, procedure, row(**said))


def import_into(
    state: HistoryState, *rows: Incoming
) -> tuple[list[HistoryRecorded], list[tuple[int, str]]]:
    events, outcome = decide_import(state, rows, "past.csv", NOW)
    for event in events:
        evolve(state, event)
    return events, list(outcome.refusals)


def test_rows_of_one_date_and_procedure_are_one_decision() -> None:
    state = HistoryState("JP-MN")

    import_into(
        state,
        incoming(2),
        incoming(3, procedure="electronic"),
        incoming(4, subject_id="MN001"),
        incoming(5, on=date(2017, 10, 25)),
    )

    assert [(number, len(past.rows)) for number, past in state.decisions.items()] == [
        (MEETING, 2),
        ("JP-MN/H/2017-10-24/electronic", 1),
        ("JP-MN/H/2017-10-25/meeting", 1),
    ]


def test_an_event_says_where_the_rows_come_from_and_when() -> None:
    (event,), _ = import_into(HistoryState("JP-MN"), incoming(2))

    assert (event.committee, event.file, event.at) == ("JP-MN", "past.csv", NOW)
    assert event.decisions[0].rows[0].source == "https://www.jcm.go.jp"


def test_each_undated_row_is_a_decision_of_its_own_in_the_order_of_the_file() -> None:
    state = HistoryState("JP-MN")

    import_into(state, incoming(2, on=None, subject_id="MN002"), incoming(3, on=None))
    import_into(
        state,
        incoming(2, on=None, subject_id="MN009"),
        incoming(3, on=None),
        incoming(4, on=None, subject_id="MN002"),
    )

    assert {number: past.rows[0].subject_id for number, past in state.decisions.items()} == {
        "JP-MN/H/undated/1": "MN002",
        "JP-MN/H/undated/2": "MN004",
        "JP-MN/H/undated/3": "MN009",
    }
    assert state.undated == 3


def test_the_same_rows_again_change_nothing() -> None:
    state = HistoryState("JP-MN")
    rows = (incoming(2), incoming(3, on=None), incoming(4, decision_type="jc_meeting"))
    import_into(state, *rows)

    events, outcome = decide_import(state, rows, "other name.csv", NOW)

    assert (events, outcome.unchanged, outcome.refusals) == ([], 3, ())


def test_deciding_leaves_the_state_alone() -> None:
    state = HistoryState("JP-MN")

    decide_import(state, [incoming(2), incoming(3, on=None)], "past.csv", NOW)

    assert state == HistoryState("JP-MN")


def test_new_rows_extend_a_known_decision_and_items_keep_their_numbers() -> None:
    state = HistoryState("JP-MN")
    import_into(
        state,
        incoming(2, decision_type="jc_meeting"),
        incoming(3),
        incoming(4, outcome="b", subject_id="MN001"),
    )
    before = state.decisions[MEETING].items

    (event,), _ = import_into(state, incoming(2, subject_id="MN000"), incoming(3))

    (further,) = event.decisions
    assert further.items == [(3, row(subject_id="MN000"))]
    assert state.decisions[MEETING].items == [*before, (3, row(subject_id="MN000"))]
    assert state.decisions[MEETING].first_item == 1


def test_a_changed_row_is_a_conflict_that_says_what_differs() -> None:
    state = HistoryState("JP-MN")
    import_into(
        state, incoming(2, amounts={"JP": 7158, "MN": 1789}, split="side:JP=7158; side:MN=1789")
    )

    changed = incoming(
        7, quantity=8948, amounts={"JP": 7159, "MN": 1789}, split="side:JP=7159; side:MN=1789"
    )
    events, refusals = import_into(state, changed, incoming(8, subject_id="MN001"))

    assert [past.rows[0].subject_id for event in events for past in event.decisions] == ["MN001"]
    ((line, reason),) = refusals
    assert line == 7
    assert f"recorded as {MEETING}: quantity_tco2e: recorded 8947, here 8948; split: " in reason
    assert "recorded 'side:JP=7158; side:MN=1789', here 'side:JP=7159; side:MN=1789'" in reason


def test_a_conflict_shows_the_place_where_long_texts_part() -> None:
    state = HistoryState("JP-MN")
    import_into(state, incoming(2, extra="x" * 500 + "old"))

    _, ((_, reason),) = import_into(state, incoming(2, extra="x" * 500 + "new"))

    assert f"extra: recorded …'{'x' * 20}old', here …'{'x' * 20}new'" in reason


def test_values_that_come_or_go_are_a_conflict() -> None:
    state = HistoryState("JP-MN")
    import_into(state, incoming(2, monitoring_period=(DAY, DAY), extra="a=1"))

    _, ((_, reason),) = import_into(state, incoming(2, quantity=None))

    assert "quantity_tco2e: recorded 8947, here nothing" in reason
    assert "monitoring_period: recorded 2017-10-24/2017-10-24, here nothing" in reason
    assert "extra: recorded 'a=1', here nothing" in reason


def test_a_further_period_beside_the_recorded_one_is_an_additional_row() -> None:
    state = HistoryState("JP-MN")
    first, second = incoming(2), incoming(3, monitoring_period=(DAY, DAY))
    import_into(state, first)

    _, refusals = import_into(state, second)
    assert len(refusals) == 1

    _, refusals = import_into(state, replace(second, line=2), replace(first, line=3))
    assert refusals == []
    assert state.decisions[MEETING].items == [(1, first.row), (2, second.row)]


def test_two_periods_of_one_project_in_one_new_sitting_are_two_items() -> None:
    state = HistoryState("JP-MN")

    _, refusals = import_into(state, incoming(2), incoming(3, monitoring_period=(DAY, DAY)))

    assert refusals == []
    assert len(state.decisions[MEETING].items) == 2


@pytest.mark.parametrize("on", [DAY, None])
def test_the_identical_row_twice_in_a_file_is_taken_once(on: date | None) -> None:
    state = HistoryState("JP-MN")
    rows = (incoming(2, on=on), incoming(5, on=on), incoming(9, on=on))

    for _ in range(2):
        _, refusals = import_into(state, *rows)
        assert refusals == [(5, "repeats line 2"), (9, "repeats line 2")]

    assert len(state.decisions) == 1


def test_a_changed_undated_row_is_a_conflict_whatever_its_procedure() -> None:
    state = HistoryState("JP-MN")
    import_into(state, incoming(2, on=None))

    _, ((_, reason),) = import_into(state, incoming(2, on=None, procedure="unknown"))

    assert "JP-MN/H/undated/1: procedure: recorded meeting, here unknown" in reason


def test_a_conflict_names_the_nearest_recorded_row() -> None:
    state = HistoryState("JP-MN")
    import_into(state, incoming(2, outcome="issued", quantity=1), incoming(3, quantity=2))

    _, ((_, reason),) = import_into(state, incoming(2, quantity=3))

    assert "recorded 2, here 3" in reason


def test_large_decisions_are_divided_over_events_and_read_back_whole() -> None:
    state = HistoryState("JP-MN")
    rows = [incoming(n, subject_id=f"MN{n:03}", extra="x" * 10_000) for n in range(2, 32)]

    events, _ = import_into(state, *rows)

    assert max(len(encode(event)) for event in events) < 1.1 * decide.MAX_BYTES
    assert [past.first_item for event in events for past in event.decisions][:3] == [1, 7, 13]
    assert state.decisions[MEETING].items == [(n - 1, r.row) for n, r in enumerate(rows, start=2)]
    assert import_into(state, *rows) == ([], [])


def test_an_event_holds_at_most_fifty_decisions() -> None:
    days = [date.fromordinal(DAY.toordinal() + n) for n in range(120)]

    events, _ = import_into(
        HistoryState("JP-MN"), *(incoming(2 + n, on=d) for n, d in enumerate(days))
    )

    assert [len(event.decisions) for event in events] == [50, 50, 20]


def test_an_event_of_something_else_is_no_history() -> None:
    with pytest.raises(TypeError, match="no event of a historical record"):
        evolve(None, Event(at=NOW))


def contents(state: HistoryState) -> tuple[dict[str, set[bytes]], set[bytes]]:
    """What a record says, apart from the order in which it was told."""
    dated: dict[str, set[bytes]] = {}
    undated: set[bytes] = set()
    for number, past in state.decisions.items():
        rows = {encode_row(past, r) for r in past.rows}
        if past.on is None:
            undated |= rows
        else:
            dated[number] = rows
    return dated, undated


def encode_row(past: HistoricalDecision, found: Row) -> bytes:
    alone = structs.replace(past, number="", rows=(found,))
    return encode(HistoryRecorded(at=NOW, committee="", file="", decisions=(alone,)))


@st.composite
def divided(draw: st.DrawFn) -> list[list[Incoming]]:
    """The rows of Mongolia, some of their dates taken away, dealt out to files in any order."""
    undated = draw(st.sets(st.integers(0, len(MONGOLIA) - 1), max_size=6))
    rows = [replace(r, on=None) if n in undated else r for n, r in enumerate(MONGOLIA)]
    files: list[list[Incoming]] = [[] for _ in range(draw(st.integers(1, 5)))]
    for entry in draw(st.permutations(rows)):
        draw(st.sampled_from(files)).append(entry)
    return files


@given(divided())
def test_however_the_rows_are_divided_the_record_says_the_same(files: list[list[Incoming]]) -> None:
    whole, parts = HistoryState("JP-MN"), HistoryState("JP-MN")
    every = [entry for file in files for entry in file]
    _, refused_whole = import_into(whole, *every)

    refused_parts = [refusal for file in files for refusal in import_into(parts, *file)[1]]

    # Undated rows of one identity (credits of one project) are told apart only within one file.
    if not refused_parts:
        assert contents(parts) == contents(whole)
    assert refused_whole == []
    assert contents(parts)[0] == contents(whole)[0]
    numbered = {number: past.items for number, past in whole.decisions.items()}
    events, outcome = decide_import(whole, list(reversed(every)), "again.csv", NOW)
    assert (events, outcome.refusals, outcome.unchanged) == ([], (), len(every))
    assert {number: past.items for number, past in whole.decisions.items()} == numbered


@given(st.permutations(sorted(ROWS)))
def test_committees_do_not_touch_each_other(order: list[str]) -> None:
    states = {code: HistoryState(code) for code in order}
    for code in order:
        import_into(states[code], *ROWS[code])

    for code, state in states.items():
        alone = HistoryState(code)
        import_into(alone, *ROWS[code])
        assert state == alone
        assert all(number.startswith(f"{code}/H/") for number in state.decisions)


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    opened = Record.open(tmp_path / "record.sqlite")
    yield opened
    opened.close()


def test_the_real_file_is_imported_once(record: Record) -> None:
    service = HistoryService(record, lambda: NOW)

    tried = service.import_decisions(REAL, "decisions.csv", dry_run=True)
    assert (tried.taken, record.streams()) == (192, [])

    first = service.import_decisions(REAL, "decisions.csv", dry_run=False)
    position = record.position
    again = service.import_decisions(REAL, "decisions.csv", dry_run=False)

    assert (first.taken, first.unchanged, first.refusals) == (192, 0, [])
    assert (first.new_decisions, first.extended_decisions, first.sittings) == (92, 0, 17)
    assert (first.committees["JP-MN"].taken, len(first.committees)) == (40, 18)
    assert (again.taken, again.unchanged, record.position) == (0, 192, position)
    assert record.streams()[0] == history_stream("JP-BD") == "JP-BD/history"
    assert first.says == (
        "192 rows of decisions.csv taken (92 new decisions, 0 extended, 17 sittings),"
        " 0 known already, 0 refused."
    )


def test_bad_rows_are_reported_by_line_and_the_good_ones_are_in(record: Record) -> None:
    service = HistoryService(record, lambda: NOW)
    lines = REAL.splitlines(keepends=True)
    bad = [lines[0], b"XX" + lines[1][2:], *lines[1:4], lines[3], lines[4][:10] + b"\r\n"]
    changed = [lines[0], lines[2].replace(b",adopted,", b",revised,"), lines[4]]

    first = service.import_decisions(b"".join(bad), "bad\udcff.csv", dry_run=False)
    second = service.import_decisions(b"".join(changed), "changed.csv", dry_run=False)

    assert [line for line, _ in first.refusals] == [2, 6, 7]
    assert (first.taken, first.refused, first.file) == (3, 3, "bad?.csv")
    assert (second.taken, second.unchanged) == (1, 0)
    assert second.to_json()["refusals"][0]["line"] == 2
    assert "outcome: recorded 'adopted', here 'revised'" in second.refusals[0][1]
    assert second.committees["JP-MN"].refused == 1


def test_a_later_file_extends_and_a_sitting_with_its_first_item_is_new(record: Record) -> None:
    service = HistoryService(record, lambda: NOW)
    lines = REAL.splitlines(keepends=True)

    sitting = service.import_decisions(b"".join(lines[:2]), "a.csv", dry_run=False)
    item = service.import_decisions(b"".join([lines[0], lines[2]]), "b.csv", dry_run=False)
    other = lines[2].replace(b"Basic rules", b"Other rules")
    more = service.import_decisions(b"".join([lines[0], other]), "c.csv", dry_run=False)

    assert (sitting.sittings, sitting.new_decisions) == (1, 0)
    assert (item.new_decisions, item.extended_decisions) == (1, 0)
    assert (more.new_decisions, more.extended_decisions) == (0, 1)


def test_the_record_up_to_a_day_and_its_numbers_are_read_back(record: Record) -> None:
    service = HistoryService(record, lambda: NOW)
    service.import_decisions(REAL, "decisions.csv", dry_run=False)

    assert service.record_up_to("MN", date(2026, 12, 31)).totals["items"] == 39
    assert service.record_up_to("JP-MN", date(2012, 1, 1)).decisions == ()
    assert {"MN001", "MN006", "MN_AM004", "MN_PM006", "TPE-MN-014"} <= service.numbers("JP-MN")
    assert service.numbers("FR") == frozenset()


class Rival(Record):
    """A record in which another writer is first, some times."""

    times = 0

    def append(self, stream: str, version: int, events: Any) -> Any:
        if self.times:
            self.times -= 1
            other = Incoming(2, DAY, "meeting", row(subject_id=f"MN{100 + self.times}"))
            found, _ = decide_import(HistoryState("JP-MN"), [other], "theirs.csv", NOW)
            super().append(stream, version, found)
        return super().append(stream, version, events)


@pytest.mark.parametrize("times", [1, 2])
def test_a_writer_who_was_first_once_is_no_hindrance(times: int, tmp_path: Path) -> None:
    rival = Rival.open(tmp_path / "record.sqlite")
    assert isinstance(rival, Rival)
    rival.times = times
    service = HistoryService(rival, lambda: NOW)
    lines = REAL.splitlines(keepends=True)

    try:
        if times > 1:
            with pytest.raises(SomeoneActedFirstError):
                service.import_decisions(b"".join(lines[:4]), "ours.csv", dry_run=False)
        else:
            report = service.import_decisions(b"".join(lines[:4]), "ours.csv", dry_run=False)
            assert (report.taken, report.unchanged) == (3, 0)
            assert rival.version("JP-MN/history") == 2
    finally:
        rival.close()


def test_a_large_file_is_saved_in_several_pieces(record: Record) -> None:
    service = HistoryService(record, lambda: NOW)
    lines = REAL.splitlines(keepends=True)
    rows = [
        lines[2].replace(b"Basic rules", f"Rules {n} {'x' * 9000}".encode()) for n in range(100)
    ]
    data = b"".join([lines[0], *rows])

    report = service.import_decisions(data, "large.csv", dry_run=False)

    assert (report.taken, report.new_decisions, report.extended_decisions) == (100, 1, 0)
    sizes = [len(encode(entry.event)) for entry in record.stream("JP-MN/history")]
    assert sum(sizes) > 3 * MAX_BYTES
    assert service.import_decisions(data, "large.csv", dry_run=False).unchanged == 100
