"""The feed in pages: ordered, resumable from anywhere, read by the standard's library."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from cloudevents.core.formats.json import JSONFormat
from starlette.testclient import TestClient

from policies.proof.dsse import Envelope
from tests.http.following import followed


def page(reader: TestClient, **asked: Any) -> list[dict[str, Any]]:
    answer = reader.get("/v1/feed", params=asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/cloudevents-batch+json"
    found: list[dict[str, Any]] = answer.json()
    return found


def test_pages_of_any_size_are_one_feed(reader: TestClient) -> None:
    whole = page(reader, side="JP", limit=500)
    assert len(whole) > 4
    for limit in (1, 2, 3):
        pages = []
        after = "0"
        while found := page(reader, side="JP", after=after, limit=limit):
            pages += found
            after = found[-1]["sequence"]
        assert pages == whole


def test_the_link_leads_on_from_the_last_entry(reader: TestClient) -> None:
    answer = reader.get("/v1/feed", params={"side": "JP", "limit": 2, "committee": "MN"})
    last = int(answer.json()[-1]["sequence"])
    assert answer.headers["link"] == (
        f'</v1/feed?side=JP&limit=2&committee=MN&after={last}>; rel="next"'
    )
    end = page(reader, side="JP")[-1]["sequence"]
    empty = reader.get("/v1/feed", params={"side": "JP", "after": end})
    assert empty.json() == []
    assert "link" not in empty.headers


def test_entries_are_ordered_and_named_once(reader: TestClient) -> None:
    for side in ("JP", "MN"):
        found = page(reader, side=side)
        sequences = [entry["sequence"] for entry in found]
        assert sequences == sorted(set(sequences))
        assert len({entry["id"] for entry in found}) == len(found)
        assert {entry["data"]["side"] for entry in found} == {side}


def test_each_entry_carries_what_proves_it(reader: TestClient) -> None:
    for entry in page(reader, side="MN"):
        data = entry["data"]
        assert Envelope.from_json(data["envelope"]).digest == data["decision"]
        assert Envelope.from_json(data["adoption"]).value["decision"] == data["decision"]
        assert reader.get(data["bundle"]).status_code == 200


def test_the_standards_library_reads_each(reader: TestClient) -> None:
    for entry in page(reader, side="JP"):
        message = HTTPMessage(
            {"content-type": "application/cloudevents+json"}, json.dumps(entry).encode()
        )
        event = from_http_event(message, JSONFormat())
        assert event.get_id() == entry["id"]
        assert event.get_source() == "urn:jcm:committee:JP-MN"


def test_types_and_committees_choose(reader: TestClient) -> None:
    whole, wanted = page(reader, side="JP"), "org.jcm.issuance.decided.v1"
    assert page(reader, side="JP", type=wanted) == [e for e in whole if e["type"] == wanted]
    both = page(reader, side="JP", type=[wanted, "org.jcm.project.registered.v1"])
    assert {e["type"] for e in both} <= {wanted, "org.jcm.project.registered.v1"}
    assert page(reader, side="JP", committee="MN") == page(reader, side="JP", committee="JP-MN")


@pytest.mark.parametrize(
    ("asked", "status", "says"),
    [
        ("side=JP&type=org.jcm.issuance.decide.v1", 422, "is no type of event; there are org.jcm."),
        ("side=XX", 404, "XX is no side of a committee that is recorded here"),
        ("side=ID&committee=MN", 404, "ID is no side of JP-MN"),
        ("side=JP&after=9999999999999999", 404, "the feed has not come to 9999999999999999"),
        ("side=JP&limit=1001", 422, "less than or equal to 1000"),
    ],
)
def test_what_would_be_waited_for_in_vain_is_refused(
    reader: TestClient, asked: str, status: int, says: str
) -> None:
    for path in ("/v1/feed", "/v1/feed/stream") if "limit" not in asked else ("/v1/feed",):
        answer = reader.get(f"{path}?{asked}")
        assert (answer.status_code, says in answer.text) == (status, True), answer.text


def test_a_page_holds_as_many_as_the_contract_says(reader: TestClient) -> None:
    described = reader.get("/v1/asyncapi.json").json()["operations"]["pull"]["bindings"]["http"]
    most = described["query"]["properties"]["limit"]["maximum"]
    assert page(reader, side="JP", limit=most) == page(reader, side="JP")


def test_a_page_that_accepts_json_first_is_no_stream(reader: TestClient) -> None:
    for accept in ("*/*", "application/json, text/event-stream", "text/event-stream;q=0"):
        answer = reader.get("/v1/feed?side=JP", headers={"Accept": accept})
        assert answer.headers["content-type"] == "application/cloudevents-batch+json"


def test_each_entry_is_as_the_schema_of_its_type_says(reader: TestClient) -> None:
    for entry in page(reader, side="JP") + page(reader, side="MN"):
        answer = reader.get(f"/v1/schemas/{entry['type']}")
        assert answer.headers["content-type"] == "application/schema+json"
        jsonschema.validate(entry, answer.json())
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**entry, "data": {**entry["data"], "side": 1}}, answer.json())


def test_the_feed_is_described_for_programs(reader: TestClient) -> None:
    described = reader.get("/v1/asyncapi.json").json()
    assert described["asyncapi"] == "3.0.0"
    assert described["channels"]["feed"]["address"] == "/v1/feed"


def test_following_the_links_ends(reader: TestClient) -> None:
    pages = followed(reader, "/v1/feed", {"side": "JP", "limit": "2"})
    assert pages[-1] == []
    assert [e for found in pages for e in found] == page(reader, side="JP")
