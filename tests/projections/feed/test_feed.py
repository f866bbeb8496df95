"""The feed of a side: from a position on, in order, the same for ever and on every engine."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from cloudevents.core.formats.json import JSONFormat

from governance import assembly
from governance.exchange.backup import Backup, write_backup
from governance.settings import Settings
from policies.proof.canonical import MAX_INTEGER
from projections import feed as feed_module
from projections.adopted import ADOPTED
from projections.all import VIEWS
from projections.feed import MAX_LIMIT, MAX_SEQUENCE, MEDIA_TYPE, Feed, FeedEntry, batch
from projections.feed_types import EVENT_TYPES
from projections.follower import catch_up
from projections.notifications import NOTIFICATIONS, ROWS_OF_AN_EVENT
from projections.replay import rebuild
from projections.sqlite_tables import SQLiteTables
from tests.projections.feed.story import PROJECT

ISSUED = "org.jcm.issuance.decided.v1"
CORRECTED = "org.jcm.issuance.corrected.v1"
REGISTERED = "org.jcm.project.registered.v1"


def data(entry: FeedEntry) -> dict[str, Any]:
    found: dict[str, Any] = entry.cloudevent()["data"]
    return found


# What is told


def test_a_side_is_told_what_was_decided_in_the_order_in_which_it_was_recorded(feed: Feed) -> None:
    entries = feed.entries("JP")

    assert [(entry.number[-3:], entry.item, entry.type.split(".", 2)[2]) for entry in entries] == [
        ("002", 1, "methodology.changed.v1"),
        ("002", 2, "entity.changed.v1"),
        ("003", 1, "project.registered.v1"),
        ("003", 2, "rules.changed.v1"),
        ("004", 1, "issuance.decided.v1"),
        ("004", 2, "issuance.decided.v1"),
        ("005", 1, "project.registered.v1"),
        ("006", 1, "issuance.corrected.v1"),
        ("007", 1, "issuance.corrected.v1"),
        ("009", 1, "entity.changed.v1"),
        ("010", 1, "project.withdrawn.v1"),
    ]
    sequences = [entry.sequence for entry in entries]
    assert sequences == sorted(set(sequences))
    assert {entry.side for entry in entries} == {"JP"}


def test_the_past_measures_and_corrected_titles_are_no_events_of_the_feed(feed: Feed) -> None:
    numbers = {entry.number for entry in feed.entries("JP")}

    assert not numbers & {"JP-MN/2026/001", "JP-MN/2026/008", "JP-MN/H/2017-10-24/meeting"}


def test_both_sides_are_told_the_same_but_for_their_own_figures(feed: Feed) -> None:
    japan, mongolia = (feed.entries(side) for side in ("JP", "MN"))

    own = {"side", "amount", "allocation"}
    for ours, theirs in zip(japan, mongolia, strict=True):
        assert {k: v for k, v in data(ours).items() if k not in own} == {
            k: v for k, v in data(theirs).items() if k not in own
        }
        assert ours.id != theirs.id
        assert ours.sequence + 1 == theirs.sequence


def test_an_issuance_says_the_sides_own_amount_and_shares(feed: Feed) -> None:
    [jp, _], [mn, second] = (feed.entries(s, types={ISSUED}) for s in ("JP", "MN"))

    assert data(jp) | {"subject": PROJECT, "amount": 80} == data(jp)
    assert [share["amount"] for share in data(jp)["allocation"]] == [50, 30]
    assert (data(mn)["amount"], [s["name"] for s in data(mn)["allocation"]]) == (
        20,
        ["Government of Mongolia"],
    )
    assert (data(second)["amount"], data(second)["allocation"]) == (7, None)
    assert data(second)["monitoring_period"] == ["2023-01-01", "2023-12-31"]


def test_a_correction_says_the_whole_amount_and_what_it_replaces(feed: Feed) -> None:
    [amount, period] = feed.entries("JP", types={CORRECTED})

    assert (data(amount)["amount"], data(amount)["monitoring_period"]) == (75, None)
    assert data(amount)["replaces"] == {"number": "JP-MN/2026/004", "item": 1}
    assert (data(period)["amount"], data(period)["monitoring_period"]) == (
        None,
        ["2017-01-01", "2017-07-30"],
    )
    assert data(period)["replaces"] == {"number": "JP-MN/H/2017-10-24/meeting", "item": 1}


def test_a_registration_and_its_change_are_told_apart_by_their_kind(feed: Feed) -> None:
    [first, change] = feed.entries("MN", types={REGISTERED})

    assert (data(first)["kind"], data(first)["outcome"]) == ("project_registration", "registered")
    assert data(first)["methodologies"] == [{"number": "MN_AM001", "version": "1.0"}]
    assert data(first)["participants"] == [{"side": "JP", "name": "Nihon Setsubi"}]
    assert data(change)["kind"] == "post_registration_change"
    assert (data(change)["methodologies"], data(change)["new_title"]) == (
        None,
        "Two schools in Darkhan",
    )
    assert data(first)["subject"] == data(change)["subject"] == PROJECT


# As CloudEvents


@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_every_type_of_event_is_read_by_the_library_of_cloudevents(
    feed: Feed, event_type: str
) -> None:
    found = feed.entries("JP", types={event_type})

    assert found
    for entry in found:
        message = HTTPMessage({"content-type": MEDIA_TYPE}, entry.to_bytes())
        event = from_http_event(message, JSONFormat())
        assert event.get_id() == entry.id
        assert event.get_type() == event_type
        assert event.get_source() == "urn:jcm:committee:JP-MN"
        assert event.get_subject() == data(entry)["subject"]
        assert event.get_extension("sequence") == f"{entry.sequence:016}"
        assert event.get_datacontenttype() == "application/json"
        time = event.get_time()
        assert time is not None
        assert time.strftime("%Y-%m-%dT%H:%M:%SZ") == entry.recorded_at
        assert event.get_data() == data(entry)


def test_what_has_no_subject_has_none_in_the_envelope_either(feed: Feed) -> None:
    [entry] = feed.entries("JP", types={"org.jcm.rules.changed.v1"})

    assert data(entry)["subject"] is None
    assert "subject" not in entry.cloudevent()


def test_an_event_has_its_decision_and_adoption_and_where_their_proof_is(feed: Feed) -> None:
    for entry in feed.entries("MN"):
        said = data(entry)
        assert said["envelope"]["payloadType"] == "application/vnd.jcm.decision.v1+json"
        assert said["adoption"]["payloadType"] == "application/vnd.jcm.adoption.v1+json"
        assert len(said["envelope"]["signatures"]) == 2
        assert said["bundle"] == f"/v1/decisions/{entry.number}/bundle"


def test_sequences_as_text_sort_as_the_numbers_do(feed: Feed) -> None:
    texts = [entry.cloudevent()["sequence"] for entry in feed.entries("JP")]

    assert texts == sorted(texts)
    assert MAX_SEQUENCE > MAX_INTEGER
    assert len(str(MAX_SEQUENCE)) == len(texts[0]) == 16


# From a position on


@pytest.mark.parametrize("limit", [1, 2, 3, 11, MAX_LIMIT])
def test_pages_one_after_the_other_are_the_whole_feed_once(feed: Feed, limit: int) -> None:
    found: list[FeedEntry] = []
    while page := feed.entries("JP", found[-1].sequence if found else 0, limit):
        assert len(page) <= limit
        found += page

    assert found == feed.entries("JP")
    assert found[-1].sequence == feed.last("JP")


@pytest.mark.parametrize(("shift", "there"), [(-1, True), (0, False)])
def test_what_stands_at_a_position_is_not_after_it(feed: Feed, shift: int, *, there: bool) -> None:
    third = feed.entries("JP")[2]

    assert (third in feed.entries("JP", third.sequence + shift)) is there


@pytest.mark.parametrize("after", [MAX_SEQUENCE, 2**63, 10**40])
def test_after_the_end_there_is_nothing_however_far(feed: Feed, after: int) -> None:
    assert feed.entries("JP", after) == []


def test_a_side_of_which_nothing_is_recorded_has_an_empty_feed(feed: Feed) -> None:
    assert (feed.entries("ID"), feed.last("ID")) == ([], 0)


@pytest.mark.parametrize("limit", [0, -1, MAX_LIMIT + 1])
def test_a_page_of_nothing_or_of_too_much_is_refused(feed: Feed, limit: int) -> None:
    with pytest.raises(ValueError, match="1 to 1000 entries"):
        feed.entries("JP", limit=limit)


def test_a_feed_of_one_committee_or_of_some_types_leaves_out_the_rest(feed: Feed) -> None:
    everything = feed.entries("JP")

    assert feed.entries("JP", committee="JP-MN") == everything
    assert feed.entries("JP", committee="JP-ID") == []
    assert feed.entries("JP", types=()) == everything
    both = feed.entries("JP", types=[ISSUED, CORRECTED])
    assert both == [entry for entry in everything if entry.type in (ISSUED, CORRECTED)]
    assert feed.entries("JP", both[1].sequence, 1, "JP-MN", [ISSUED, CORRECTED]) == both[2:3]
    assert feed.entries("JP", types=["org.jcm.issuance.decided.v2"]) == []


def test_what_follows_a_position_is_counted_as_it_is_read(feed: Feed) -> None:
    whole = feed.entries("JP")
    third = whole[2].sequence

    assert feed.count("JP") == len(whole) == 11
    assert feed.count("JP", third) == 8
    assert feed.count("JP", whole[-1].sequence) == 0
    assert feed.count("JP", third, "JP-ID") == 0
    assert feed.count("JP", types=[ISSUED, CORRECTED]) == 4
    assert feed.count("JP", types=["org.jcm.nothing.v1"]) == 0


def test_the_newest_come_first_and_older_ones_before_a_position(feed: Feed) -> None:
    whole = [entry.id for entry in feed.entries("MN")][::-1]
    newest = feed.newest("MN", "JP-MN", limit=4)

    assert [entry.id for entry in newest] == whole[:4]
    older = feed.newest("MN", "JP-MN", newest[-1].sequence)
    assert [entry.id for entry in older] == whole[4:]
    assert feed.newest("MN", "JP-ID") == []
    assert feed.newest("MN", "JP-MN", older[-1].sequence) == []


def test_a_page_of_long_decisions_ends_early_and_the_next_goes_on(
    feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = feed.entries("JP")
    monkeypatch.setattr(feed_module, "MAX_PAGE", 1)

    assert feed.entries("JP") == everything[:1]
    assert feed.entries("JP", everything[0].sequence) == everything[1:2]


# The same, for ever and everywhere


def test_an_event_is_told_only_when_its_envelopes_can_be_too(
    feed_story: Settings, read: assembly.Library
) -> None:
    """The two views are kept apart: where one is behind, the feed ends there."""
    assert read.record is not None
    with closing(SQLiteTables.scratch(VIEWS)) as tables:
        feed, everything = Feed(tables), Feed(read.tables).entries("JP")
        catch_up(read.record, tables, (NOTIFICATIONS,))
        assert (feed.entries("JP"), feed.last("JP")) == ([], 0)
        third = everything[2]
        catch_up(read.record, tables, (ADOPTED,), until=third.sequence // ROWS_OF_AN_EVENT)
        assert feed.entries("JP") == everything[:4]  # two items of one decision
        assert feed.last("JP") == everything[3].sequence
        catch_up(read.record, tables, (ADOPTED,))
        assert feed.entries("JP") == everything


def test_rebuilt_views_tell_the_same_bytes(read: assembly.Library) -> None:
    assert read.record is not None
    before = batch(Feed(read.tables).entries("JP"))

    assert rebuild(read.record, read.tables).differing == []
    assert batch(Feed(read.tables).entries("JP")) == before


def batches(settings: Settings) -> list[bytes]:
    with assembly.library(settings) as read:
        feed = Feed(read.tables)
        return [batch(feed.entries(side, limit=4)) for side in ("JP", "MN")] + [
            batch(feed.entries("JP", feed.entries("JP")[3].sequence))
        ]


def test_the_same_history_gives_the_same_bytes_on_either_engine(
    feed_story: Settings, read: assembly.Library, tmp_path: Path, database_url: str
) -> None:
    assert read.record is not None
    with (tmp_path / "backup.jsonl").open("wb") as file:
        write_backup(read.record, file)
    known = batches(feed_story)

    for name, url in (("sqlite", None), ("postgresql", database_url)):
        other = Settings(tmp_path / name, tmp_path / name / "keys", url)
        assembly.make_tables(other)
        with (
            (tmp_path / "backup.jsonl").open("rb") as file,
            assembly.open_record(other) as record,
        ):
            record.table.fill(Backup(file, "backup").pages())
        assert batches(other) == known
    assert [len(json.loads(found)) for found in known] == [4, 4, 7]


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        ("", "notifications_by_side_sequence"),
        ("AND type = 'x'", "notifications_by_side_type_sequence"),
        ("AND committee = 'x'", "notifications_by_side_committee_sequence"),
    ],
)
def test_a_page_is_found_by_an_index_that_has_it_in_order(
    feed_story: Settings, feed: Feed, wanted: str, index: str
) -> None:
    where = f"WHERE side = 'JP' AND sequence > 5 AND sequence < 9 {wanted}"
    if feed_story.database_url is None:
        with closing(sqlite3.connect(feed_story.database)) as file:
            select = f"SELECT * FROM notifications {where} ORDER BY sequence LIMIT 3"  # noqa: S608
            plan = file.execute(f"EXPLAIN QUERY PLAN {select}").fetchall()
    else:
        with psycopg.connect(feed_story.database_url) as connection:
            connection.execute("SET enable_seqscan = off")
            connection.execute("SET enable_bitmapscan = off")
            select = f"SELECT * FROM jcgov.notifications {where} ORDER BY sequence LIMIT 3"  # noqa: S608
            plan = connection.execute(f"EXPLAIN {select}".encode()).fetchall()

    said = " ".join(str(line) for line in plan)
    assert index in said
    assert "sort" not in said.lower().replace("b-tree", "")
    assert "TEMP" not in said
