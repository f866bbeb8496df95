"""What a registry does not issue: nothing is believed that its own trust file does not prove."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest

from governance.reference_registry.database import Database
from governance.reference_registry.refusals import WrongRegistryError
from tests.reference_registry.desk import Desk
from tests.reference_registry.standin import Decision, StandIn, corrects, credits


def _tell(engine: StandIn, change: Callable[[dict[str, Any]], Any], made: Decision) -> None:
    """Tell a decision to Japan's registry otherwise than it is."""
    event = copy.deepcopy(made.events[0])
    change(event)
    engine.events.append(event)


def _state(desk: Desk) -> tuple[str, str]:
    [entry] = desk.waiting
    return entry["status"], entry["failed"]


def test_the_feed_alone_issues_nothing(desk: Desk, engine: StandIn) -> None:
    made = engine.decide(credits(800, 200))
    engine.missing.add(made.number)

    desk.run()

    assert desk.issued == []
    assert _state(desk) == ("waiting", "bundle")


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("amount", 8_000_000),
        ("amount", None),
        ("side", "MN"),
        ("committee", "JP-ID"),
        ("founding", "0" * 64),
        ("decision", "0" * 64),
        ("number", "JP-MN/2026/002"),
        ("item", 2),
        ("item", 0),
        ("kind", "correction"),
        ("subject", "MN002"),
        ("title", "Another"),
        ("adopted_on", "2026-06-11"),
        ("monitoring_period", ["2024-01-01", "2024-12-30"]),
        ("monitoring_period", None),
        ("bundle", "https://elsewhere.example/v1/decisions/JP-MN/2026/001/bundle"),
        ("bundle", "//elsewhere.example/bundle"),
        ("bundle", "/v1/decisions/../../secret"),
    ],
)
def test_what_the_feed_tells_must_be_what_the_decision_says(
    desk: Desk, engine: StandIn, member: str, value: Any
) -> None:
    made = engine.decide(credits(800, 200), told=False)
    served_to_japan = made.events[0]
    engine.events.append(copy.deepcopy(served_to_japan))
    engine.before = lambda request: _feed_with(request, made, member, value)

    desk.run()

    assert desk.issued == []
    assert _state(desk) == ("refused", "told")


def _feed_with(
    request: httpx2.Request, made: Decision, member: str, value: Any
) -> httpx2.Response | None:
    if request.url.path != "/v1/feed" or request.url.params["after"] != "0":
        return None
    event = copy.deepcopy(made.events[0])
    event["data"][member] = value
    return httpx2.Response(200, content=msgspec.json.encode([event]))


def test_an_issuance_told_as_a_correction_is_refused(desk: Desk, engine: StandIn) -> None:
    made = engine.decide(credits(800, 200), told=False)
    _tell(engine, lambda e: e.update(type="org.jcm.issuance.corrected.v1"), made)

    desk.run()

    assert (desk.issued, _state(desk)) == ([], ("refused", "told"))


def test_a_correction_is_compared_with_what_it_replaces(desk: Desk, engine: StandIn) -> None:
    first = engine.decide(credits(800, 200))
    second = engine.decide(corrects(first, first, (900, 200)), told=False)
    _tell(engine, lambda e: e["data"]["replaces"].update(item=2), second)

    desk.run()

    assert (desk.issued, _state(desk)) == ([800], ("refused", "told"))


def test_an_event_of_another_source_is_refused(desk: Desk, engine: StandIn) -> None:
    made = engine.decide(credits(800, 200), told=False)
    _tell(engine, lambda e: e.update(source="urn:jcm:committee:JP-ID"), made)

    desk.run()

    assert (desk.issued, _state(desk)) == ([], ("refused", "told"))


def test_members_that_are_added_to_an_event_later_do_no_harm(desk: Desk, engine: StandIn) -> None:
    made = engine.decide(credits(800, 200), told=False)
    _tell(engine, lambda e: e["data"].update(vintages=[{"year": 2024}]), made)

    desk.run()

    assert desk.issued == [800]


def test_every_changed_byte_of_a_bundle_is_refused(desk: Desk, engine: StandIn) -> None:
    made = engine.decide(credits(800, 200))
    genuine = made.bundle
    for place in range(0, len(genuine), len(genuine) // 12):
        changed = bytearray(genuine)
        changed[place] ^= 1
        made.bundle = bytes(changed)
        desk.run()
        assert desk.issued == []
        assert _state(desk)[0] == "refused"
    made.bundle = genuine

    desk.run()

    assert desk.issued == [800]


def test_another_decision_s_bundle_is_no_proof(desk: Desk, engine: StandIn) -> None:
    made = engine.decide(credits(800, 200))
    other = engine.decide(credits(1, 1), told=False)
    made.bundle = other.bundle

    desk.run()

    assert (desk.issued, _state(desk)) == ([], ("refused", "told"))


def test_a_committee_that_is_not_trusted_is_refused_until_it_is(
    desk: Desk, engine: StandIn
) -> None:
    engine.decide(credits(800, 200))
    desk.publish({"JP-MN": {"founding": "0" * 64}})

    desk.run()

    assert (desk.issued, _state(desk)) == ([], ("refused", "anchor"))
    desk.publish(engine.trust)
    desk.run()
    assert desk.issued == [800]


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"JP-MN": "x"}', '{"JP-MN": {"founding": "x"}}', '{"JP-MN": {}}'],
)
def test_a_trust_file_that_does_not_say_it_stops_the_pass(
    desk: Desk, engine: StandIn, content: str
) -> None:
    engine.decide(credits(800, 200))
    desk.trust.write_text(content)

    done = desk.run()

    assert desk.issued == []
    assert done.trouble is not None
    assert "trust.json" in done.trouble


@pytest.mark.parametrize("level", ["logged", "witnessed"])
def test_what_is_not_yet_public_enough_is_asked_for_again_later(
    desk: Desk, engine: StandIn, level: Any
) -> None:
    engine.decide(credits(800, 200))
    desk.require = level

    desk.run()

    assert (desk.issued, _state(desk)) == ([], ("waiting", "logged"))
    desk.require = "signed"
    assert desk.run(everything=False).settled == 0
    assert desk.later(seconds=6).run(everything=False).settled == 1
    assert desk.issued == [800]


def test_it_is_asked_for_ever_more_rarely_but_at_least_every_hour(
    desk: Desk, engine: StandIn
) -> None:
    made = engine.decide(credits(800, 200))
    engine.missing.add(made.number)
    desk.run()
    began, times = desk.now, []

    for _ in range(16):
        desk.now = datetime.fromisoformat(desk.waiting[0]["next_try"])
        times.append((desk.now - began).total_seconds())
        desk.run(everything=False)

    pauses = [later - earlier for earlier, later in pairwise([0.0, *times])]
    assert pauses[:4] == [5, 10, 20, 40]
    assert pauses == sorted(pauses)
    assert pauses[-3:] == [3600, 3600, 3600]


def test_others_go_on_while_one_waits(desk: Desk, engine: StandIn) -> None:
    made = engine.decide(credits(800, 200))
    engine.decide(credits(5, 5, project="MN002"))
    engine.missing.add(made.number)

    desk.run()

    assert desk.issued == [5]


def test_a_rehearsal_is_refused_in_earnest(tmp_path: Path) -> None:
    engine = StandIn.seated(rehearsal=True)
    desk = Desk(engine, tmp_path)
    engine.decide(credits(800, 200))

    desk.run()

    assert (desk.issued, _state(desk)) == ([], ("refused", "rehearsal"))


def test_a_decision_in_earnest_is_refused_by_a_registry_that_rehearses(
    engine: StandIn, tmp_path: Path
) -> None:
    desk = Desk(engine, tmp_path, rehearsal=True)
    engine.decide(credits(800, 200))

    desk.run()

    assert (desk.issued, _state(desk)) == ([], ("refused", "rehearsal"))


def test_numbers_of_a_rehearsal_say_so(tmp_path: Path) -> None:
    engine = StandIn.seated(rehearsal=True)
    desk = Desk(engine, tmp_path, rehearsal=True)
    engine.decide(credits(800, 200))

    desk.run()

    assert list(desk.accounts) == ["REHEARSAL-JP-100-0001"]
    [report] = engine.reports()
    assert report.serials is not None
    assert report.serials.first.startswith("REHEARSAL-JP-JPMN-MN001-")


@pytest.mark.parametrize(("side", "rehearsal"), [("MN", False), ("JP", True)])
def test_the_books_of_one_registry_are_never_those_of_another(
    desk: Desk, side: str, rehearsal: bool
) -> None:
    desk.run()

    with pytest.raises(WrongRegistryError, match="registry of JP, in earnest"):
        Database(desk.folder / "registry.sqlite3", side, rehearsal=rehearsal)


def test_another_program_s_database_is_left_alone(tmp_path: Path) -> None:
    import sqlite3

    file = tmp_path / "registry.sqlite3"
    other = sqlite3.connect(file)
    other.execute("PRAGMA user_version = 7")
    other.close()

    with pytest.raises(WrongRegistryError, match="no database of this version"):
        Database(file, "JP", rehearsal=False)


def test_a_side_that_the_committee_does_not_have_is_refused(
    engine: StandIn, tmp_path: Path
) -> None:
    desk = Desk(engine, tmp_path, side="ID")
    made = engine.decide(credits(800, 200), told=False)
    _tell(engine, lambda e: e["data"].update(side="ID"), made)

    desk.run()

    assert (desk.issued, _state(desk)) == ([], ("refused", "side"))
