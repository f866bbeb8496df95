"""Checking the record: a report says what its registry signed, of what the committee decided."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from aggregates.committee.events import DecisionAdopted, ReportRecorded
from aggregates.event import Event
from governance.service import reported
from governance.service.whole_record import Segments, check_record
from policies.proof.reading import read
from policies.proof.statements import Acknowledgement
from tests.aggregates.docket import Docket
from tests.aggregates.registries import Registries
from tests.aggregates.room import CODE, MEASURE
from tests.places import record_in_memory

Change = Callable[[ReportRecorded], Event]


@pytest.fixture
def told(docket: Docket) -> Registries:
    """Two decisions, a correction of the second one, and a report on each of the three."""
    registries = Registries(docket).seat()
    first = registries.decide(MEASURE, registries.issuance())
    second = registries.decide()
    corrected = registries.decide(correction(second))
    registries.report(first, item=2)
    registries.report(second, "JP")
    registries.report(corrected, amount=300)
    return registries


def correction(number: str) -> dict[str, Any]:
    return {
        "kind": "correction",
        "title": "Boilers, corrected",
        "decision": number,
        "item": 1,
        "quantity": 900,
        "amounts": {"JP": 600, "MN": 300},
        "reason": "The meter was read again.",
    }


def events_of(told: Registries) -> list[Event]:
    return [entry.event for entry in told.docket.room.stage.engine.record.stream(CODE)]


def report_number(events: list[Event], number: int) -> int:
    """Return the place of the report of that number, counted from 1."""
    places = [n for n, event in enumerate(events) if isinstance(event, ReportRecorded)]
    return places[number - 1]


def checked(events: list[Event], cut: int | None = None) -> dict[str, Any]:
    """Check events under a chain that fits them, in one go or cut in two at a place."""
    with closing(record_in_memory()) as record:
        record.append(CODE, 0, events)
        if cut is None:
            return check_record(record, lambda _count: None)
        turning = Segments(record).turning(0, len(events))
        parts = [
            Segments(record).check(after, until, turning)
            for after, until in ((0, cut), (cut, len(events)))
        ]
        fault = next((part.fault for part in parts if part.fault is not None), None)
        return {"ok": fault is None, "detail": fault}


def forged(told: Registries, number: int, change: Change, cut: int | None = None) -> str:
    events = events_of(told)
    place = report_number(events, number)
    event = events[place]
    assert isinstance(event, ReportRecorded)
    events[place] = change(event)
    found = checked(events, None if cut is None else min(place + cut, len(events) - 1))
    assert not found["ok"]
    return str(found["detail"])


def resigned(told: Registries, *keys: str) -> Change:
    """Return the change of a report's signatures to those of other keys."""
    stage = told.docket.room.stage
    return lambda e: replace(e, envelope=stage.sign(e.envelope.unsigned(), *keys))


def with_side(event: ReportRecorded, **said: Any) -> Event:
    stated = replace(read(event.envelope, Acknowledgement), **said).envelope()
    return replace(event, envelope=stated.signed_by(*event.envelope.signatures))


def test_reports_that_say_what_was_signed_are_good_however_the_record_is_cut(
    told: Registries,
) -> None:
    events = events_of(told)

    assert checked(events)["ok"]
    for cut in range(1, len(events)):
        found = checked(events, cut)
        assert found["ok"], (cut, found["detail"])


FORGERIES: list[tuple[int, Change, str]] = [
    (1, lambda e: replace(e, side="JP"), "the side of the report"),
    (1, lambda e: replace(e, person="jp-registry"), "the author"),
    (1, lambda e: replace(e, person="mn-bold"), "the author"),
    (1, lambda e: replace(e, item=1), "counts for .* item 1, its envelope is about .* item 2"),
    (1, lambda e: replace(e, decision="JP-MN/2026/005"), "counts for JP-MN/2026/005 item 2"),
    (1, lambda e: replace(e, decision="JP-MN/2026/099"), "counts for JP-MN/2026/099 item 2"),
    (1, lambda e: replace(e, decision="f" * 64), "counts for f{64} item 2"),
    (3, lambda e: replace(e, decision="JP-MN/2026/006"), "counts for JP-MN/2026/006 item 1"),
    (1, lambda e: replace(e, on=e.on + timedelta(days=1)), "a report recorded on 2026-06-09"),
    (1, lambda e: replace(e, envelope=e.envelope.unsigned()), "0 have signed"),
    (1, lambda e: with_side(e, amount=399), "does not fit"),
]


@pytest.mark.parametrize(
    ("number", "change", "match"), FORGERIES, ids=[f"forgery-{n}" for n in range(len(FORGERIES))]
)
@pytest.mark.parametrize("cut", [None, 0, 1, -3])
def test_a_report_that_was_forged_beside_its_envelope_is_found(
    told: Registries, number: int, change: Change, match: str, cut: int | None
) -> None:
    detail = forged(told, number, change, cut)

    assert re.search(match, detail), detail


@pytest.mark.parametrize("cut", [None, 0])
@pytest.mark.parametrize(
    ("keys", "person", "match"),
    [
        (("mn-bold",), "mn-bold", "was never a registry"),
        (("jp-registry",), "jp-registry", "the side of the report"),
        (("mn-registry", "mn-bold"), "mn-registry", "2 have signed, not one"),
        (("mn-jp-authority-1",), "mn-registry", "the author"),
    ],
)
def test_a_report_that_others_have_signed_is_found(
    told: Registries, keys: tuple[str, ...], person: str, match: str, cut: int | None
) -> None:
    sign = resigned(told, *keys)

    def change(event: ReportRecorded) -> Event:
        signed = sign(event)
        assert isinstance(signed, ReportRecorded)
        return replace(signed, person=person)

    detail = forged(told, 1, change, cut)

    assert re.search(match, detail), detail


def test_an_old_decision_is_looked_for_in_the_record(
    told: Registries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reported, "MOST_KEPT", 1)

    assert checked(events_of(told))["ok"]
    for number, change, match in FORGERIES[3:6]:
        detail = forged(told, number, change)
        assert re.search(match, detail), detail


def test_a_key_that_was_retired_after_the_report_counts_at_its_place(told: Registries) -> None:
    room = told.docket.room
    room.appoint("MN", room.retires("mn-registry"), room.ends("mn-registry", "registry"))

    assert checked(events_of(told))["ok"]
    assert len(room.events(DecisionAdopted)) == 6
