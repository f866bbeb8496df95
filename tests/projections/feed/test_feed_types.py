"""Each type of event: its schema takes every real event of it, and nothing that is none."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from aggregates.committee.events import DecisionAdopted
from aggregates.store.mapper import recorded
from governance import assembly
from policies.items import KINDS
from policies.proof.reading import read_recorded
from policies.proof.statements import Decision
from projections.adopted import ADOPTED
from projections.feed import Feed, batch
from projections.feed_schemas import schema
from projections.feed_types import EVENT_TYPES, CloudEvent, told
from projections.follower import rows_of
from projections.notifications import NOTIFICATIONS
from projections.sqlite_tables import SQLiteTables

VECTORS = Path(__file__).parents[2] / "vectors"
FED = (ADOPTED, NOTIFICATIONS)

Event = dict[str, Any]


def valid(event: Event, event_type: str | None = None) -> bool:
    found = schema(event_type or event["type"])
    dialect = jsonschema.Draft202012Validator
    return bool(dialect(found, format_checker=dialect.FORMAT_CHECKER).is_valid(event))


@pytest.fixture
def events(feed: Feed) -> dict[str, list[Event]]:
    """Every event of the story, by its type."""
    found: dict[str, list[Event]] = {name: [] for name in EVENT_TYPES}
    for side in ("JP", "MN"):
        for entry in feed.entries(side):
            found[entry.type].append(entry.cloudevent())
    return found


@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_a_schema_is_one_and_takes_every_event_of_its_type(
    events: dict[str, list[Event]], event_type: str
) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(event_type))

    assert len(events[event_type]) >= 2
    assert all(valid(event) for event in events[event_type])


@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_a_schema_takes_no_event_of_another_type(
    events: dict[str, list[Event]], event_type: str
) -> None:
    others = [event for name, found in events.items() if name != event_type for event in found]

    assert not any(valid(event, event_type) for event in others)


@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_every_member_must_be_there_and_of_its_kind(
    events: dict[str, list[Event]], event_type: str
) -> None:
    event = events[event_type][0]
    for part in ([], ["data"], ["data", "envelope"], ["data", "adoption"], ["data", "rulebook"]):
        for name in set(inside(event, part)) - {"subject"}:
            lacking = without(event, part, name)
            assert not valid(lacking, event_type), f"{part} without {name}"
        for name in inside(event, part):
            other = changed(event, part, name, 0.5)
            assert not valid(other, event_type), f"{part} with another {name}"
    assert not valid(without(event, ["data"], "subject"))


@pytest.mark.parametrize(
    ("part", "member", "value"),
    [
        ([], "specversion", "0.3"),
        ([], "id", ""),
        ([], "source", "urn:jcm:committee:MN"),
        ([], "sequence", "12"),
        ([], "sequence", 12),
        ([], "datacontenttype", "text/plain"),
        (["data"], "decision", "A" * 64),
        (["data"], "founding", "0" * 63),
        (["data"], "side", "Japan"),
        (["data"], "item", 0),
        (["data"], "adopted_on", "2026-02-30"),
        (["data"], "amount", -1),
        (["data"], "amount", None),
        (["data"], "amount", "80"),
        (["data"], "amount", 2**53),
        (["data"], "monitoring_period", ["2024-01-01"]),
        (["data"], "monitoring_period", ["2024-01-01", "soon"]),
        (["data"], "allocation", [{"holder": "company", "name": "X", "amount": 1}]),
        (["data", "envelope"], "payload", "not base64!"),
        (["data", "envelope"], "signatures", [{"keyid": "0" * 64}]),
    ],
    ids=repr,
)
def test_a_wrong_figure_or_name_is_refused(
    events: dict[str, list[Event]], part: list[str], member: str, value: Any
) -> None:
    event = events["org.jcm.issuance.decided.v1"][0]

    assert not valid(changed(event, part, member, value))


def test_members_that_a_reader_does_not_know_are_taken(events: dict[str, list[Event]]) -> None:
    """A version gets further members: who checks by an older schema must go on."""
    event = events["org.jcm.issuance.decided.v1"][0]

    for part in ([], ["data"], ["data", "envelope"], ["data", "allocation", 0]):
        assert valid(changed(event, part, "later", {"x": 1}))


@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_an_event_read_as_its_type_and_written_again_says_the_same(
    events: dict[str, list[Event]], event_type: str
) -> None:
    for event in events[event_type]:
        kind = CloudEvent[EVENT_TYPES[event_type]]  # type: ignore[valid-type]
        read = msgspec.json.decode(msgspec.json.encode(event), type=kind)
        assert msgspec.json.decode(msgspec.json.encode(read)) == event


# Kinds of item


def test_what_a_kind_of_item_is_told_as_is_a_type_of_event() -> None:
    named = {kind.notifies for kind in KINDS.values()} - {None}

    assert named == set(EVENT_TYPES)


def test_both_sides_of_every_told_item_are_told_from_the_decision_alone(
    read: assembly.Library, feed: Feed
) -> None:
    """Who has the decision can say what was told of it: so a feed can be checked."""
    assert read.record is not None
    adopted = [e.event for e in read.record.stream("JP-MN") if isinstance(e.event, DecisionAdopted)]
    found = {
        (said.number, said.item, said.side): msgspec.json.decode(msgspec.json.encode(said))
        for event in adopted
        for said in told(
            read_recorded(event.decision, Decision), event.decision.digest, event.adopted_on
        )
    }

    entries = [entry for side in ("JP", "MN") for entry in feed.entries(side)]
    assert len(entries) == len(found) == 22
    for entry in entries:
        data = entry.cloudevent()["data"]
        assert found[(entry.number, entry.item, entry.side)] == {
            name: value for name, value in data.items() if name not in ("envelope", "adoption")
        }


# Known answers


def test_what_was_told_once_is_told_for_ever() -> None:
    """Whoever changes an event that was told breaks the promise of the feed, and every reader."""
    lines = [json.loads(line) for line in (VECTORS / "feed.jsonl").read_text("utf-8").splitlines()]
    found = [
        recorded(ln["stream"], ln["version"], ln["topic"], ln["state"].encode(), ln["position"])
        for ln in lines
    ]
    with closing(SQLiteTables.scratch(FED)) as tables:
        assert tables.add(rows_of(FED, found), 0, found[-1].position)
        told_now = batch(Feed(tables).entries("JP"))

    assert told_now == (VECTORS / "feed.json").read_bytes()
    assert {event["type"] for event in json.loads(told_now)} == set(EVENT_TYPES)


def inside(event: Event, part: list[Any]) -> Any:
    held: Any = event
    for name in part:
        held = held[name]
    return held


def changed(event: Event, part: list[Any], member: str, value: Any) -> Event:
    """Return a copy of an event with another member in one part of it."""
    other: Event = json.loads(json.dumps(event))
    inside(other, part)[member] = value
    return other


def without(event: Event, part: list[Any], member: str) -> Event:
    """Return a copy of an event that lacks a member in one part of it."""
    other: Event = json.loads(json.dumps(event))
    del inside(other, part)[member]
    return other
