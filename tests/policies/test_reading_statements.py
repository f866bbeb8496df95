"""Statements are read the short way where the bytes allow it, and never otherwise."""

from __future__ import annotations

import copy
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregates.store.topics import decode
from policies.proof.dsse import Envelope
from policies.proof.reading import BY_TYPE, _convert, read, read_any
from policies.proof.statements import STATEMENTS, Statement
from policies.refusals import NotCanonicalError, Refusal, UnreadableError
from tests.policies.test_hostile_statements import places

FILE = Path(__file__).parents[1] / "vectors" / "events.jsonl"


def _payloads() -> list[tuple[type[Statement], bytes]]:
    """Return the payload of every envelope among the known answers."""
    found = {}
    for line in FILE.read_text("utf-8").splitlines():
        stored = json.loads(line)
        event = decode(stored["topic"], json.dumps(stored["state"]).encode())
        for envelope in (getattr(event, name) for name in event.__struct_fields__):
            if isinstance(envelope, Envelope):
                found[envelope.payload] = BY_TYPE[envelope.payload_type]
    return [(kind, payload) for payload, kind in found.items()]


PAYLOADS = _payloads()
MANY = settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))


def outcome(payload: bytes, kind: type[Statement]) -> object:
    """Return what reading gives: a statement, or which refusal with which words."""
    try:
        return read(Envelope(kind.payload_type, payload), kind)
    except Refusal as refusal:
        return type(refusal), str(refusal)


def slow(payload: bytes, kind: type[Statement]) -> object:
    """Return what reading gives without the short way."""
    try:
        return _convert(Envelope(kind.payload_type, payload).value, kind)
    except Refusal as refusal:
        return type(refusal), str(refusal)


def same(payload: bytes, kind: type[Statement]) -> object:
    found = outcome(payload, kind)
    assert found == slow(payload, kind), payload
    return found


def test_every_kind_of_statement_is_among_the_known_answers() -> None:
    assert {kind for kind, _ in PAYLOADS} == set(STATEMENTS)


@pytest.mark.parametrize("number", range(len(PAYLOADS)))
def test_canonical_payloads_are_read_alike_and_the_short_way(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind, payload = PAYLOADS[number]
    found = same(payload, kind)

    assert isinstance(found, kind)
    if not re.search(rb"[0-9]{16}", payload):
        monkeypatch.setattr("policies.proof.dsse.parse_canonical", None)
        assert read_any(Envelope(kind.payload_type, payload)) == found


# Texts


DECISION = next(payload for kind, payload in PAYLOADS if kind.__name__ == "Decision")
CLOSED = next(payload for kind, payload in PAYLOADS if kind.__name__ == "Closed")


def with_text(text: str) -> bytes:
    """Return a decision's payload whose text is another, canonical but for its code points."""
    value = json.loads(DECISION)
    value["text"] = {"en": "@@@"}
    return rfc8785.dumps(value).replace(b"@@@", text.encode("utf-8", "surrogatepass"))


def test_texts_of_every_code_point_are_read_alike() -> None:
    kind = BY_TYPE["application/vnd.jcm.decision.v1+json"]
    for first in range(0, sys.maxunicode + 1, 0x400):
        text = "".join(map(chr, range(first, min(first + 0x400, sys.maxunicode + 1))))
        escaped = json.dumps(text, ensure_ascii=False)[1:-1]
        same(with_text(escaped), kind)
        same(with_text(json.dumps(text)[1:-1]), kind)


@pytest.mark.parametrize("point", [*range(0x20), 0x22, 0x5C, 0x7F, 0x2028, 0xFEFF, 0x1F600])
def test_each_way_to_write_a_code_point_is_read_alike(point: int) -> None:
    kind = BY_TYPE["application/vnd.jcm.decision.v1+json"]
    canonical = rfc8785.dumps(chr(point))[1:-1].decode()
    short = {8: "b", 9: "t", 10: "n", 12: "f", 13: "r", 0x22: '"', 0x5C: "\\", 0x2F: "/"}
    ways = {
        canonical,
        chr(point),
        json.dumps(chr(point))[1:-1],
        json.dumps(chr(point))[1:-1].upper(),
        f"\\u{point & 0xFFFF:04x}",
        f"\\u{point & 0xFFFF:04X}",
        "\\" + short.get(point, "x"),
        "\\/",
    }

    taken = {way for way in ways if not isinstance(same(with_text(way), kind), tuple)}

    assert taken == {canonical}


# Mutations


@st.composite
def other_values(draw: st.DrawFn) -> tuple[type[Statement], bytes]:
    """A known payload with a member that is another value, written in some way."""
    kind, payload = draw(st.sampled_from(PAYLOADS))
    value = json.loads(payload)
    for _ in range(draw(st.integers(0, 2))):
        path = draw(st.sampled_from(sorted(places(value), key=repr)))
        inner = value
        for name in path[:-1]:
            inner = inner[name]
        inner[path[-1]] = draw(VALUES | st.just(copy.deepcopy(inner[path[-1]])))
        if isinstance(inner, dict) and draw(st.booleans()):
            inner[draw(st.sampled_from([path[-1], "kind", "extra", "é", "Z"]))] = draw(VALUES)
    return kind, draw(st.sampled_from(WRITERS))(value)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.sampled_from([2**53 - 1, 2**53, 10**15, 10**16, -(2**53), 0, 1, 1.0, -0.0, 1e400, 0.5])
    | st.floats()
    | st.text(st.characters(codec=None, exclude_categories=()))
    | st.sampled_from(["2026-01-01", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00+00:00", "JP"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


def _canonically(value: Any) -> bytes:
    """Write with sorted members and no spaces, floats and half characters as they come."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")


WRITERS = [
    _canonically,
    _canonically,
    lambda value: json.dumps(value, sort_keys=True, separators=(",", ":")).encode(),
    lambda value: json.dumps(value, separators=(",", ":")).encode(),
    lambda value: json.dumps(value, sort_keys=True).encode(),
]


@MANY
@given(other_values())
def test_other_values_are_read_alike(changed: tuple[type[Statement], bytes]) -> None:
    same(changed[1], changed[0])


@st.composite
def other_bytes(draw: st.DrawFn) -> tuple[type[Statement], bytes]:
    """A known payload with some of its bytes changed, cut, doubled or put in."""
    kind, payload = draw(st.sampled_from(PAYLOADS))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(payload)))
        end = min(len(payload), start + draw(st.integers(0, 40)))
        put = draw(st.sampled_from(PIECES) | st.binary(max_size=4) | st.just(payload[start:end]))
        payload = payload[:start] + put + payload[end if draw(st.booleans()) else start :]
    return kind, payload


PIECES = [
    *(
        b" ",
        b"\n",
        b",",
        b'"',
        b"\\",
        b"\\u0000",
        b"\\ud800",
        b"\xff",
        b"\xc0\x80",
        b"\xed\xa0\x80",
    ),
    *(b"0", b"-0", b"1.0", b"1e3", b"9007199254740991", b"9007199254740992", b"NaN", b"[", b"{}"),
    *(b'"committee":"JP-MN",', b'"extra":1,', b'"kind":"text",', b"null", b"true", b"\xef\xbb\xbf"),
]


@MANY
@given(other_bytes())
def test_other_bytes_are_read_alike(changed: tuple[type[Statement], bytes]) -> None:
    same(changed[1], changed[0])


@pytest.mark.parametrize("number", range(len(PAYLOADS)))
def test_a_member_that_stands_twice_is_refused(number: int) -> None:
    kind, payload = PAYLOADS[number]
    first = payload[1 : payload.index(b",") + 1]

    found = same(b"{" + first + payload[1:], kind)

    assert isinstance(found, tuple)


@pytest.mark.parametrize("opening", [b"[", b'{"kind":', b'{"a":'])
@pytest.mark.parametrize("member", [b'"text":', b'"items":', b'"what":', b'"number":', b'"at":'])
def test_nesting_without_end_is_refused_and_no_fault(opening: bytes, member: bytes) -> None:
    for kind, payload in PAYLOADS:
        place = payload.find(member)
        if place >= 0:
            deep = payload[: place + len(member)] + opening * 20_000

            found = same(deep, kind)

            assert isinstance(found, tuple)
            assert issubclass(found[0], NotCanonicalError)


@pytest.mark.parametrize(
    "damage", [b"\xff", b"\xc3(", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\xaf", b"\x80"]
)
def test_bytes_that_are_no_text_are_refused_and_no_fault(damage: bytes) -> None:
    for kind, payload in PAYLOADS:
        place = payload.index(b"JP-") + 3
        found = same(payload[:place] + damage + payload[place:], kind)

        assert isinstance(found, tuple)
        assert issubclass(found[0], UnreadableError)


@pytest.mark.parametrize("number", [0, 1, 10**15 - 1, 10**15, 2**53 - 1, 2**53, 10**20, -1])
def test_numbers_are_read_alike_up_to_the_largest_and_beyond(number: int) -> None:
    kind = BY_TYPE["application/vnd.jcm.closed.v1+json"]
    value = json.loads(CLOSED)
    value["proposal"]["id"] = number

    found = same(_canonically(value), kind)

    assert isinstance(found, tuple) is not (1 <= number < 2**53)
