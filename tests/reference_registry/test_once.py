"""Each decided amount is issued once, however often and in whatever order it is told."""

from __future__ import annotations

import copy
import sqlite3
from contextlib import closing

import httpx2
import pytest

from tests.reference_registry.desk import Desk
from tests.reference_registry.standin import StandIn, corrects, credits


def test_told_again_it_issues_nothing_more(desk: Desk, engine: StandIn) -> None:
    engine.decide(credits(800, 200))
    desk.run()
    again = copy.deepcopy(engine.events)
    for count in range(1, 4):
        for event in again:
            repeated = copy.deepcopy(event)
            repeated["sequence"] = f"{int(event['sequence']) + count * 1_000_000:019d}"
            engine.events.append(repeated)
        desk.run()

    assert desk.issued == [800]
    assert len(engine.posted) == 1
    assert desk.waiting == []


def test_replayed_from_the_beginning_it_issues_nothing_more(desk: Desk, engine: StandIn) -> None:
    first = engine.decide(credits(800, 200))
    engine.decide(corrects(first, first, (900, 200)))
    desk.run()
    with desk.database.transaction() as connection:
        connection.execute("UPDATE positions SET sequence = 0")

    done = desk.run()

    assert (done.taken, done.settled) == (2, 0)
    assert desk.issued == [800, 100]


def test_the_same_item_under_another_id_issues_nothing_more(desk: Desk, engine: StandIn) -> None:
    made = engine.decide(credits(800, 200))
    other = copy.deepcopy(made.events[0]) | {"id": "another", "sequence": f"{99_999:019d}"}
    engine.events.append(other)

    desk.run()

    assert desk.issued == [800]
    assert desk.status["notifications"] == {"issued": 1, "noted": 1}


def test_another_engine_with_the_same_record_issues_nothing_more(
    desk: Desk, engine: StandIn
) -> None:
    engine.decide(credits(800, 200))
    desk.run()
    desk.url = "http://mirror.example"

    done = desk.run()

    assert (done.taken, done.settled) == (1, 0)
    assert desk.issued == [800]
    assert [entry["engine"] for entry in desk.status["engines"]] == [
        "http://engine.example",
        "http://mirror.example",
    ]


def test_data_that_change_under_one_id_are_shown_and_change_nothing(
    desk: Desk, engine: StandIn
) -> None:
    made = engine.decide(credits(800, 200))
    desk.run()
    changed = copy.deepcopy(made.events[0])
    changed["data"]["amount"] = 801
    changed["sequence"] = f"{99_999:019d}"
    engine.events.append(changed)

    desk.run()

    assert desk.issued == [800]
    [entry] = desk.waiting
    assert (entry["status"], entry["conflict"]) == (
        "issued",
        f"told again at {99_999:019d} with other content",
    )


def test_an_untruth_told_first_under_an_id_does_not_keep_the_truth_out(
    desk: Desk, engine: StandIn
) -> None:
    made = engine.decide(credits(800, 200), told=False)
    untrue = copy.deepcopy(made.events[0]) | {"type": "org.jcm.project.registered.v1"}
    engine.events.append(untrue)
    desk.run()
    assert desk.issued == []
    engine.events.append(copy.deepcopy(made.events[0]) | {"sequence": f"{99_999:019d}"})

    desk.run()

    assert desk.issued == [800]


@pytest.mark.parametrize("path", ["/v1/feed", "/v1/decisions/JP-MN/2026/002/bundle"])
def test_nothing_is_jumped_over_when_the_engine_is_away(
    desk: Desk, engine: StandIn, path: str
) -> None:
    for amount in (1, 2, 3):
        engine.decide(credits(amount, 0))

    def away(request: httpx2.Request) -> None:
        if request.url.path == path:
            raise httpx2.ConnectError("refused")

    engine.before = away
    done = desk.run()
    assert done.trouble is not None
    assert desk.status["engines"][0]["trouble"] == done.trouble
    engine.before = None

    desk.run()

    assert desk.issued == [1, 2, 3]
    assert desk.status["engines"][0]["trouble"] is None


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b"{}",
        b"[1]",
        b"[{}]",
        b'[{"specversion":"0.3","id":"a","source":"b","type":"c","sequence":"1","data":{}}]',
        b'[{"specversion":"1.0","id":"a","source":"b","type":"c","sequence":"-1","data":{}}]',
        b'[{"specversion":"1.0","id":"a","source":"b","type":"c","sequence":"0","data":{}}]',
        b'[{"specversion":"1.0","id":"","source":"b","type":"c","sequence":"1","data":{}}]',
        b'[{"specversion":"1.0","id":"a","source":"b","type":"c","sequence":"1"}]',
        b"[" * 100_000,
        "[\ud800]".encode("utf-8", "surrogatepass"),
    ],
)
def test_a_page_that_is_none_is_not_taken(desk: Desk, engine: StandIn, page: bytes) -> None:
    engine.before = lambda request: httpx2.Response(200, content=page)

    done = desk.run()

    assert done.trouble is not None
    assert desk.status["engines"][0]["sequence"] == 0


def test_a_feed_that_goes_back_is_not_taken(desk: Desk, engine: StandIn) -> None:
    first = engine.decide(credits(1, 0))
    second = engine.decide(credits(2, 0))
    events = [second.events[0], first.events[0]]
    engine.before = lambda request: httpx2.Response(200, json=events)

    done = desk.run()

    assert done.trouble is not None
    assert "goes back" in done.trouble
    assert desk.issued == []


def test_a_redirect_is_not_followed(desk: Desk, engine: StandIn) -> None:
    asked: list[str] = []

    def elsewhere(request: httpx2.Request) -> httpx2.Response:
        asked.append(str(request.url))
        return httpx2.Response(307, headers={"Location": "http://elsewhere.example/v1/feed"})

    engine.before = elsewhere

    assert desk.run().trouble is not None
    assert all(url.startswith("http://engine.example/") for url in asked)


def test_an_answer_without_end_is_cut_off(
    desk: Desk, engine: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("governance.reference_registry.engine.MAX_ANSWER", 1000)
    engine.before = lambda request: httpx2.Response(200, content=b" " * 5000)

    done = desk.run()

    assert done.trouble is not None
    assert "larger" in done.trouble


@pytest.mark.parametrize("table", ["transactions", "movements", "settled"])
@pytest.mark.parametrize("act", ["DELETE FROM {}", "UPDATE {} SET number = number + 1"])
def test_what_has_happened_cannot_be_changed(
    desk: Desk, engine: StandIn, table: str, act: str
) -> None:
    engine.decide(credits(800, 200))
    desk.run()

    with (
        closing(sqlite3.connect(desk.folder / "registry.sqlite3")) as connection,
        pytest.raises(sqlite3.IntegrityError, match="never changed"),
    ):
        connection.execute(act.format(table))


def test_a_serial_number_cannot_stand_in_two_blocks(desk: Desk, engine: StandIn) -> None:
    engine.decide(credits(800, 200))
    desk.run()

    with (
        closing(sqlite3.connect(desk.folder / "registry.sqlite3")) as connection,
        pytest.raises(sqlite3.IntegrityError, match="in two blocks"),
    ):
        connection.execute("INSERT INTO blocks VALUES (1, 800, 900, 'JP-100-0001')")
