"""Known answers: what was stored once is read for ever, and written as it was."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from aggregates.announcements.events import DeadlineAnnounced
from aggregates.committee import events
from aggregates.event import Event
from aggregates.history.events import HistoryRecorded
from aggregates.store.topics import EVENTS, UPCASTS, decode, encode
from aggregates.transparency.events import CheckpointPublished
from policies.proof.checkpoint import TreeHead
from policies.proof.dsse import Envelope
from policies.proof.note import Note
from policies.proof.reading import read, read_any
from policies.proof.statements import Acknowledgement, Founding
from policies.rulebook import parse_rulebook

FILES = sorted((Path(__file__).parents[1] / "vectors").glob("events*.jsonl"))
LINES = [json.loads(line) for file in FILES for line in file.read_text("utf-8").splitlines()]
NAMED = [f"{number}-{line['topic'].split('.')[1]}" for number, line in enumerate(LINES, start=1)]
WINDOW = date(2026, 2, 12)
ENVELOPES = ("envelope", "decision", "adoption", "distribution", "assertion", "receipt")


def event_of(line: dict[str, Any]) -> Event:
    return decode(line["topic"], json.dumps(line["state"]).encode())


def first(kind: type[Event]) -> Any:
    return next(event_of(line) for line in LINES if line["topic"] == kind.topic)


@pytest.mark.parametrize("line", LINES, ids=NAMED)
def test_a_stored_event_is_read_and_written_with_equal_values(line: dict[str, Any]) -> None:
    event = event_of(line)

    if line["topic"] not in UPCASTS:
        assert event.topic == line["topic"]
        assert json.loads(encode(event)) == line["state"]
    assert decode(event.topic, encode(event)) == event


@pytest.mark.parametrize("line", LINES, ids=NAMED)
def test_the_statements_in_a_stored_event_are_read(line: dict[str, Any]) -> None:
    event = event_of(line)

    for name in ENVELOPES:
        envelope = getattr(event, name, None)
        if isinstance(envelope, Envelope):
            assert read_any(envelope).payload_type == envelope.payload_type


def test_every_topic_that_is_written_has_a_line() -> None:
    written = {event.topic for event in EVENTS}

    assert written <= {line["topic"] for line in LINES}


def test_every_line_is_of_a_topic_that_is_still_read() -> None:
    known = {event.topic for event in EVENTS} | set(UPCASTS)

    assert {line["topic"] for line in LINES} <= known


def test_topics_are_one_for_each_event_and_name_their_version() -> None:
    topics = Counter(event.topic for event in EVENTS)

    assert set(topics.values()) == {1}
    assert all(topic.startswith("jcm.") and topic.rpartition(".v")[2].isdigit() for topic in topics)


# Some values, so that a changed reading is seen as well as a failing one


def test_the_founding_and_its_rulebook_are_those_that_were_stored() -> None:
    founded = first(events.CommitteeFounded)

    founding = read(founded.envelope, Founding)
    text = parse_rulebook(founded.rulebook)
    assert (founding.rulebook.version, founding.rulebook.digest) == (text.version, text.digest)


def test_an_adoption_is_the_one_that_was_stored() -> None:
    adopted = first(events.DecisionAdopted)

    assert adopted.number.startswith("JP-MN/202")
    assert adopted.adoption.value["decision"] == adopted.decision.digest
    assert adopted.adoption.value["adopted_on"] == adopted.adopted_on.isoformat()
    assert {signer.side for signer in adopted.signers} == {"JP", "MN"}


def test_a_row_of_the_past_is_the_one_that_was_stored() -> None:
    rows = [
        row
        for line in LINES
        if line["topic"] == HistoryRecorded.topic
        for past in line_of(line).decisions
        for row in past.rows
    ]

    row = next(row for row in rows if row.quantity == 8947)
    assert row.amounts == {"JP": 7158, "MN": 1789}
    assert row.monitoring_period == (date(2017, 1, 1), date(2017, 7, 31))
    assert row.remarks == "quantity_tco2e=8947 (as published)"


def line_of(line: dict[str, Any]) -> HistoryRecorded:
    event = event_of(line)
    assert isinstance(event, HistoryRecorded)
    return event


def test_an_announcement_is_the_one_that_was_stored() -> None:
    announced = first(DeadlineAnnounced)

    assert (announced.committee, announced.turn, announced.due) == ("JP-MN", "open", WINDOW)
    assert announced.since == datetime(2026, 2, 1, 16, tzinfo=UTC)


def test_a_checkpoint_is_the_one_that_was_stored() -> None:
    published = first(CheckpointPublished)

    assert (published.committee, published.version, published.size) == ("JP-MN", 3, 3)
    head = TreeHead.parse(Note.parse(published.note).text)
    assert (head.size, head.root.hex()) == (published.size, published.root)


def test_instants_are_read_in_utc() -> None:
    convened = first(events.MeetingConvened)

    assert convened.at == datetime(2025, 3, 10, 1, tzinfo=UTC)
    assert convened.date == date(2025, 3, 26)


def frozen(topic: str) -> list[events.ProposalFrozen]:
    found = (event_of(line) for line in LINES if line["topic"] == topic)
    return [event for event in found if isinstance(event, events.ProposalFrozen)]


def test_a_text_fixed_before_preflights_were_kept_has_an_empty_one() -> None:
    old = frozen("jcm.proposal-frozen.v1")

    assert len(old) == 2
    for event in old:
        assert event.topic == "jcm.proposal-frozen.v2"
        assert event.preflight == ()
    assert old[0].findings[0].endswith("the item does not say (verification)")


def test_a_preflight_is_the_one_that_was_stored() -> None:
    found = [entry for event in frozen(events.ProposalFrozen.topic) for entry in event.preflight]
    assert {entry.verdict.value for entry in found} == {"pass", "fail", "cannot tell"}
    free = next(entry for entry in found if entry.check == "number")
    assert (free.item, free.bars, free.rule) == (
        1,
        False,
        "A number has its committee's pattern and is never used twice (Numbers as observed on"
        " jcm.go.jp)",
    )


def test_a_report_is_the_one_that_was_stored() -> None:
    found = [event_of(line) for line in LINES if line["topic"] == events.ReportRecorded.topic]
    reports = [event for event in found if isinstance(event, events.ReportRecorded)]
    said = [read(event.envelope, Acknowledgement) for event in reports]

    assert len(reports) == len(found) == 4
    assert [report.amount for report in said if report.serials is None] == [0]
    assert [report.report for report in said if report.supersedes is not None] != []
    for event, report in zip(reports, said, strict=True):
        assert (event.side, event.item) == (report.side, report.item)
        assert [d.what.value for d in event.differences] == (["under"] if event.differences else [])
    assert {bool(event.differences) for event in reports} == {True, False}
