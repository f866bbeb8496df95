"""What is kept shows in no page: after any event each is the one that a fresh process makes."""

from __future__ import annotations

import shutil
import time
from contextlib import closing

import pytest
from eventsourcing.persistence import StoredEvent
from starlette.testclient import TestClient

from aggregates.case.events import DifferenceReconciled, InputReceived, PublishedForInputs
from aggregates.committee.events import DecisionAdopted, ReportRecorded
from aggregates.event import Event
from aggregates.history.events import HistoryRecorded
from aggregates.store.chain import Row
from governance import assembly
from governance.pages import log
from governance.settings import Settings
from projections.registers import REGISTERS
from tests.governance.terminal import Terminal
from tests.http.conftest import Serve, client
from tests.http.test_caching import import_one
from tests.pages.read import links, page

HOME = "/committees/MN"
PATHS = (
    *("/", "/decisions", "/decisions.csv", "/inputs"),
    *(HOME, f"{HOME}?as_of=2018-06-30", f"{HOME}/decisions"),
    *(f"{HOME}/rulebook", f"{HOME}/charts", f"{HOME}/inputs"),
    *(f"{HOME}/{name}" for name in ("methodologies", "entities", "projects", "credits")),
    *(f"{HOME}/{name}?as_of=2018-06-30" for name in ("projects", "credits")),
    *(f"{HOME}/credits.csv", "/v1/committees/MN/registers/credits"),
    *(f"{HOME}/compare?from=2017-01-01&to=2026-05-01", f"{HOME}/projects/MN004"),
    *("/decisions/JP-MN/2026/001", "/decisions/JP-MN/H/2017-10-24/meeting"),
    *("/committees/KE", "/committees/KE/decisions.json", "/committees/KE/projects"),
)
TELLING = (PublishedForInputs, InputReceived, ReportRecorded, DifferenceReconciled)
"""Kinds of events of which the first is a stop, beside every second adoption."""


@pytest.fixture
def rows(told_once: Settings) -> list[Row]:
    """Return the demonstration's record as it is stored."""
    with assembly.open_record(told_once) as record:
        return [Row(*row) for row in record.table.rows(0, record.position)]


def test_after_any_event_pages_are_those_of_a_fresh_process(
    rows: list[Row], place: Settings
) -> None:
    imported = _first(rows, HistoryRecorded, "JP-MN/history")
    stops = [row.position for row in rows if row.topic == DecisionAdopted.topic][::2]
    stops += [_first(rows, kind) for kind in TELLING]
    assembly.make_tables(place)
    with assembly.open_record(place) as record, client(place) as reader:
        for stop in sorted({imported - 1, imported, *stops}):
            more = rows[record.position : stop]
            record.table.insert_events([StoredEvent(*row[1:5]) for row in more])
            with client(place) as fresh:
                _until_current(reader)
                found = _answers(reader)
                assert found == _answers(fresh)

    assert {path: status for path, (status, *_rest) in found.items() if status != 200} == {}


def test_pages_of_a_committee_stand_while_another_one_decides(
    told_copy: Settings, serve: Serve
) -> None:
    reader = serve(told_copy)
    before = _answers(reader)

    import_one(Terminal.at(told_copy, told_copy.home.parent))  # of Kenya's past

    _until_current(reader)
    after = _answers(reader)
    changed = {path for path in PATHS if after[path] != before[path]}
    assert not [path for path in changed if "MN" in path]
    assert {"/", "/decisions", "/committees/KE", "/committees/KE/decisions.json"} <= changed


def test_what_a_replay_put_right_is_read_anew(told_copy: Settings, serve: Serve) -> None:
    reader, view, path = serve(told_copy), REGISTERS["projects"], f"{HOME}/projects"
    right = reader.get(path)
    with (
        assembly.open_record(told_copy) as record,
        closing(assembly.open_tables(told_copy, record)) as tables,
    ):
        pages = [
            [tuple(str(v).replace("Solar", "Lunar") if n == 10 else v for n, v in enumerate(row))]
            for page in tables.everything(view)
            for row in page
        ]
        tables.replace(view, tables.position(view), pages)
    wrong = reader.get(path, headers={"If-None-Match": right.headers["etag"]})

    Terminal.at(told_copy, told_copy.home.parent).run("replay", code=1)

    again = reader.get(path, headers={"If-None-Match": wrong.headers["etag"]})
    assert ("Lunar" in right.text, "Lunar" in wrong.text) == (False, True)
    assert (again.status_code, again.content) == (200, right.content)


def test_an_address_is_answered_from_what_was_sent_before(
    reader: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"{HOME}/decisions?type=issuance"
    first = reader.get(path)

    monkeypatch.setattr(log, "log_page", None)

    again = reader.get(path)
    assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])
    assert again.headers["content-security-policy"] == first.headers["content-security-policy"]
    assert reader.get(path, headers={"If-None-Match": first.headers["etag"]}).status_code == 304


def test_what_names_the_site_is_not_told_to_readers_of_another(reader: TestClient) -> None:
    hosts = ("one.example", "another.example")
    feeds = [reader.get("/decisions.atom", headers={"Host": host}) for host in hosts * 2]

    assert [feed.text.count("//one.example/") > 0 for feed in feeds] == [True, False] * 2
    assert len({feed.headers["etag"] for feed in feeds}) == 2


def test_a_file_that_goes_is_offered_no_more(told_copy: Settings, serve: Serve) -> None:
    reader, path = serve(told_copy), f"{HOME}/projects/MN007"
    before = links(page(reader, path), f"{HOME}/documents/")

    shutil.rmtree(told_copy.documents)

    assert before
    assert links(page(reader, path), f"{HOME}/documents/") == []


def _answers(reader: TestClient) -> dict[str, tuple[int, str | None, bytes]]:
    found = {path: reader.get(path) for path in PATHS}
    return {
        path: (answer.status_code, answer.headers.get("etag"), answer.content)
        if answer.status_code == 200
        else (answer.status_code, None, b"")
        for path, answer in found.items()
    }


def _until_current(reader: TestClient) -> None:
    """Wait until the views have all that is recorded."""
    ends = time.monotonic() + 30
    while any(view["behind"] for view in reader.get("/healthz").json()["views"].values()):
        assert time.monotonic() < ends
        time.sleep(0.01)


def _first(rows: list[Row], kind: type[Event], stream: str | None = None) -> int:
    """Return the position of the first event of a kind, of any stream or of one."""
    of_kind = (row for row in rows if row.topic == kind.topic)
    return next(row.position for row in of_kind if stream in (None, row.stream))
