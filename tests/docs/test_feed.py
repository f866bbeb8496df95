"""The page and the description of the feed are current, and sound to other people's programs."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from governance.cli.main import COMMANDS
from projections.feed_schemas import asyncapi, schema
from projections.feed_types import EVENT_TYPES
from tests.docs.feed import COMMAND, DESCRIPTION, PAGE, description, page

VECTORS = Path(__file__).parents[1] / "vectors"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The document as its readers have it."""
    found: dict[str, Any] = json.loads(json.dumps(asyncapi()))
    return found


@pytest.fixture(scope="module")
def asyncapi_3() -> jsonschema.Draft7Validator:
    packed = (VECTORS / "asyncapi-3.0.0.json.gz").read_bytes()
    return jsonschema.Draft7Validator(json.loads(gzip.decompress(packed)))


def test_the_page_of_the_feed_is_current() -> None:
    written = PAGE.read_text("utf-8") if PAGE.exists() else ""

    assert written == page(), f"docs/feed.md is not current; write it anew: {COMMAND}"


def test_the_description_of_the_feed_is_current() -> None:
    written = DESCRIPTION.read_text("utf-8") if DESCRIPTION.exists() else ""

    assert written == description(), f"docs/asyncapi.yaml is not current: {COMMAND}"


def test_the_description_in_yaml_says_what_the_program_serves(document: dict[str, Any]) -> None:
    assert msgspec.yaml.decode(DESCRIPTION.read_bytes()) == document


def test_the_page_names_every_type_and_member_and_commands_that_are_there() -> None:
    written = page()

    for name, told in EVENT_TYPES.items():
        assert f"### `{name}`" in written
        assert all(f"| `{member}` |" in written for member in told.__struct_fields__)
    assert {"feed", "verify", "backup", "restore"} <= set(COMMANDS)


# AsyncAPI 3.0


def test_the_description_is_an_asyncapi_3_document(
    document: dict[str, Any], asyncapi_3: jsonschema.Draft7Validator
) -> None:
    assert [error.message for error in asyncapi_3.iter_errors(document)] == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("asyncapi",), "2.6.0"),
        (("info",), {"title": "No version"}),
        (("operations", "pull", "action"), "publish"),
        (("channels", "feed", "messages"), ["batch"]),
        (("components", "messages", "batch", "contentType"), 7),
        (("servers",), []),
    ],
    ids=str,
)
def test_what_is_no_such_document_is_found_by_the_same_schema(
    document: dict[str, Any],
    asyncapi_3: jsonschema.Draft7Validator,
    path: tuple[str, ...],
    value: Any,
) -> None:
    broken = json.loads(json.dumps(document))
    held = broken
    for name in path[:-1]:
        held = held[name]
    held[path[-1]] = value

    assert not asyncapi_3.is_valid(broken)


def test_whatever_is_referred_to_is_there(document: dict[str, Any]) -> None:
    found = list(references(document))

    assert len(found) > 50
    for reference in found:
        held: Any = document
        assert reference.startswith("#/")
        for name in reference[2:].split("/"):
            assert name in held, reference
            held = held[name]


def test_every_type_is_streamed_and_pushed_with_its_headers(document: dict[str, Any]) -> None:
    channels, messages = document["channels"], document["components"]["messages"]

    assert set(channels["stream"]["messages"]) == set(EVENT_TYPES)
    assert set(channels["push"]["messages"]) == set(EVENT_TYPES)
    assert channels["push"]["address"] is None
    for name in EVENT_TYPES:
        assert messages[f"push.{name}"]["payload"] == messages[name]["payload"]
        assert messages[f"push.{name}"]["traits"] == [
            {"$ref": "#/components/messageTraits/webhook"}
        ]
    assert {operation["action"] for operation in document["operations"].values()} == {"send"}


def test_real_events_fit_the_description_and_others_do_not(document: dict[str, Any]) -> None:
    """As one who knows the document alone: a batch is what was told once (tests/vectors)."""
    batch = json.loads((VECTORS / "feed.json").read_bytes())
    payload = document["components"]["messages"]["batch"]["payload"]
    reader = jsonschema.Draft7Validator({**payload, "components": document["components"]})

    assert list(reader.iter_errors(batch)) == []
    for place in range(len(batch)):
        broken = json.loads(json.dumps(batch))
        del broken[place]["data"]["decision"]
        assert not reader.is_valid(broken)


@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_a_schema_alone_says_what_the_description_says(
    document: dict[str, Any], event_type: str
) -> None:
    told = EVENT_TYPES[event_type].__name__
    alone = json.loads(json.dumps(schema(event_type)).replace("#/$defs/", "#/components/schemas/"))
    described = document["components"]["schemas"]

    definitions = alone.pop("$defs")
    assert {name: described[name] for name in definitions} == definitions
    del alone["$schema"]
    assert described[f"{told}Event"] == alone


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)
