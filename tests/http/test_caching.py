"""What may be kept, and how an unchanged answer is known."""

from __future__ import annotations

import dataclasses
import re

import pytest
from starlette.testclient import TestClient

from governance.demo.stage import Stage
from governance.exchange.bundles import export_bundle
from governance.http.answers import FOR_EVER, FRESH
from governance.http.decisions import caching_of
from governance.settings import Settings
from tests.governance.terminal import Terminal
from tests.http.committee import adopt, awaited
from tests.http.conftest import Serve

PATHS = (
    "/v1/committees",
    "/v1/committees/MN/decisions?limit=2",
    "/v1/decisions/JP-MN/2026/001",
    "/v1/decisions/JP-MN/2026/001/bundle",
    "/v1/committees/MN/registers/credits",
    "/v1/committees/MN/docket",
    "/v1/committees/MN/inputs",
    "/v1/reconciliation",
    "/v1/feed?side=JP",
    "/v1/schemas/org.jcm.issuance.decided.v1",
    "/v1/asyncapi.json",
    "/v1/openapi.json",
)


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_that_is_held_is_not_sent_again(reader: TestClient, path: str) -> None:
    first = reader.get(path)
    tag = first.headers["etag"]

    assert re.fullmatch(r'"[0-9a-f]{32}"', tag)  # strong: equal tags are equal bytes
    assert reader.get(path).headers["etag"] == tag
    for held in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = reader.get(path, headers={"If-None-Match": held})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert again.headers["cache-control"] == first.headers["cache-control"]
    changed = reader.get(path, headers={"If-None-Match": '"other"'})
    assert (changed.status_code, changed.content) == (200, first.content)


@pytest.mark.parametrize("path", [*PATHS, "/healthz", "/metrics", "/v1/feed/stream?side=JP"])
def test_head_is_what_get_is_without_the_body(reader: TestClient, path: str) -> None:
    head = reader.head(path)

    assert (head.status_code, head.content) == (200, b"")
    assert "Accept" in head.headers["vary"]
    if "stream" not in path:
        get = reader.get(path)
        moving = {"x-request-id", *(["content-length"] if path == "/metrics" else [])}
        assert {k: v for k, v in head.headers.items() if k not in moving} == {
            k: v for k, v in get.headers.items() if k not in moving
        }
    assert reader.head("/v1/nowhere").status_code == 404


def test_questions_that_differ_have_tags_that_differ(reader: TestClient) -> None:
    paths = [f"/v1/committees/{code}/decisions" for code in ("MN", "ID")]
    paths += [f"{paths[0]}?limit={limit}" for limit in (1, 2)]
    tags = [reader.get(path).headers["etag"] for path in paths]
    assert len(set(tags)) == len(tags)


def test_a_tag_changes_with_the_record(told_copy: Settings, serve: Serve) -> None:
    client = serve(told_copy)
    path = "/v1/committees/KE/decisions"
    before = client.get(path)

    cli = Terminal.at(told_copy)
    import_one(cli)
    after = client.get(path, headers={"If-None-Match": before.headers["etag"]})

    assert after.status_code == 200
    assert after.headers["etag"] != before.headers["etag"]
    assert len(after.json()) == len(before.json()) + 1


def import_one(cli: Terminal) -> None:
    """Import a decision of the past of Kenya."""
    from tests.governance.test_cli_import import REAL

    head = REAL.read_text("utf-8").splitlines()[0]
    row = "KE,2020-02-02,meeting,pin_no_objection,A,A,no_objection,,,,,x,high"
    cli.write("one.csv", f"{head}\n{row}\n".encode())
    cli.run("import", "decisions", "one.csv")


def test_a_full_page_of_the_feed_is_kept_for_ever_and_the_last_is_not(reader: TestClient) -> None:
    full = reader.get("/v1/feed", params={"side": "JP", "limit": 1})
    last = reader.get("/v1/feed", params={"side": "JP", "limit": 500})

    assert full.headers["cache-control"] == FOR_EVER
    assert last.headers["cache-control"] == FRESH


def test_a_bundle_is_kept_for_ever_once_the_log_has_proved_it(stage: Stage) -> None:
    text = awaited(stage)
    adopt(text)
    bundle = export_bundle(stage.engine.record, "JP-MN", text.number)

    assert caching_of(bundle) == FRESH
    assert caching_of(dataclasses.replace(bundle, proof={"index": 1})) == FOR_EVER
