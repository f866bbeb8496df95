"""What is carried on with new rows is what would be made of all rows, after every event."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from typing import Any

import pytest

from aggregates.committee.events import DecisionAdopted
from aggregates.event import Event
from aggregates.history.events import HistoryRecorded
from aggregates.store.record import Record
from governance import assembly
from governance.settings import Settings
from projections.all import VIEWS
from projections.follower import catch_up
from projections.log_reading import LogFilter
from projections.register_fold import RegisterFold
from projections.registers import REGISTERS
from projections.tables import Tables

CODE = "JP-MN"
DAYS = (None, date(2017, 12, 31), date(2026, 3, 1))


@pytest.fixture
def record(feed_story: Settings) -> Iterator[Record]:
    """Return a record: a past imported and adopted, decisions of every kind, corrections."""
    with assembly.open_record(feed_story) as record:
        yield record


@pytest.fixture
def tables(place: Settings) -> Iterator[Tables]:
    """Return empty views that stand apart from that record, on the same engine."""
    assembly.make_tables(place)
    with (
        assembly.open_record(place) as own,
        closing(assembly.open_tables(place, own)) as made,
    ):
        yield made


def each_brought_up(record: Record, tables: Tables) -> Iterator[Event]:
    """Yield the events by which registers grow, once the views have them."""
    for entry in record.onwards(0, record.position).entries:
        if isinstance(entry.event, DecisionAdopted | HistoryRecorded):
            catch_up(record, tables, VIEWS, until=entry.position)
            yield entry.event


def folded(tables: Tables, name: str, day: date | None = None) -> RegisterFold:
    return RegisterFold.of(tables, name, LogFilter(CODE, as_of=day))


def test_a_register_carried_on_is_the_one_folded_anew(record: Record, tables: Tables) -> None:
    keys = [(name, day) for name in REGISTERS for day in DAYS]
    folds = {key: folded(tables, *key) for key in keys}
    for _event in each_brought_up(record, tables):
        for key in keys:
            folds[key] = folds[key].carried_on(tables)
            assert _said(folds[key]) == _said(folded(tables, *key))

    today, then = (folds["credits", day] for day in DAYS[:2])
    assert len(today.entries) > len(then.entries) > 0


def _said(fold: RegisterFold) -> tuple[Any, ...]:
    return (fold.entries, fold.left_out, fold.ground, fold.whole, fold.versions, fold.last)


def test_signed_decisions_are_taken_alone_and_the_past_is_not(
    record: Record, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    fold, anew = folded(tables, "credits"), RegisterFold.of
    made: list[RegisterFold] = []

    def of(*asked: Any) -> RegisterFold:
        made.append(anew(*asked))
        return made[-1]

    monkeypatch.setattr(RegisterFold, "of", of)
    taken: list[str] = []
    for event in each_brought_up(record, tables):
        known, many, fold = fold, len(made), fold.carried_on(tables)
        if fold is not known:
            taken.append(f"{type(event).__name__} {'anew' if len(made) > many else 'alone'}")

    # The past comes before what is signed: when it was imported, and when it was adopted.
    assert taken[:2] == ["HistoryRecorded anew", "DecisionAdopted anew"]
    assert len(taken) > 3
    assert set(taken[2:]) == {"DecisionAdopted alone"}


def test_a_register_that_gained_nothing_is_itself(record: Record, tables: Tables) -> None:
    catch_up(record, tables, VIEWS)
    fold = folded(tables, "entities")

    assert fold.entries
    assert fold.carried_on(tables) is fold
