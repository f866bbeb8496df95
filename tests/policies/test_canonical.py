"""The one form of bytes that is signed: RFC 8785 in the narrow profile, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from policies.proof.canonical import (
    MAX_DEPTH,
    MAX_INTEGER,
    canonical,
    digest,
    is_digest,
    parse,
    parse_canonical,
)
from policies.refusals import NotCanonicalError, UnreadableError


def lists(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


NAMES = st.text(st.characters(max_codepoint=0x7F), max_size=8)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NUMBERS = st.integers(-MAX_INTEGER, MAX_INTEGER)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_what_is_written_reads_back_as_the_same_value(value: Any) -> None:
    data = canonical(value)

    assert parse_canonical(data) == value
    assert canonical(parse_canonical(data)) == data


@given(VALUES)
def test_any_other_spelling_of_the_same_value_is_refused(value: Any) -> None:
    data = canonical(value)
    spelled = json.dumps(value, indent=1).encode()

    if spelled == data:
        assert parse_canonical(spelled) == value
    else:
        assert parse(spelled) == value
        with pytest.raises(NotCanonicalError, match="not in canonical form"):
            parse_canonical(spelled)


@given(st.binary(max_size=40))
def test_arbitrary_bytes_are_read_or_refused_by_name(data: bytes) -> None:
    try:
        value = parse_canonical(data)
    except NotCanonicalError:
        return
    assert canonical(value) == data


def test_a_known_document_has_its_known_form() -> None:
    value = {"b": [True, None, -1], "a": "\u20ac\n\u000f", "\x7f": "", "A": {}}

    assert canonical(value) == b'{"A":{},"a":"\xe2\x82\xac\\n\\u000f","b":[true,null,-1],"\x7f":""}'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"a":1,"a":1}', "member 'a' stands twice"),
        (b'{"a":{"b":1,"c":2,"b":3}}', "member 'b' stands twice"),
        (b'{"a":1,"\\u0061":2}', "member 'a' stands twice"),
        (b"1.0", "1.0 is no whole number"),
        (b'{"a":1.5}', "1.5 is no whole number"),
        (b"1e3", "1e3 is no whole number"),
        (b"1e400", "1e400 is no whole number"),
        (b"-0.0", "-0.0 is no whole number"),
        (b"NaN", "NaN is no whole number"),
        (b"Infinity", "Infinity is no whole number"),
        (b"-Infinity", "-Infinity is no whole number"),
        (b"9007199254740992", "below 2\\^53"),
        (b"-9007199254740992", "below 2\\^53"),
        (b'"\\ud800"', "lone surrogate"),
        (b'{"a":["x\\udfff"]}', "lone surrogate"),
        (b'{"\\ud800":1}', "not ASCII"),
        ('{"é":1}'.encode(), "not ASCII"),
        (b'{"\\u00e9":1}', "not ASCII"),
        (b"\xff", "byte 0 is not UTF-8"),
        (b'"\xed\xa0\x80"', "not UTF-8"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"{} {}", "not JSON"),
        (b'"\x01"', "not JSON"),
        (b"{'a':1}", "not JSON"),
        (b"[1,]", "not JSON"),
        (b"01", "not JSON"),
        ("\u0661".encode(), "not JSON"),
    ],
)
def test_what_lies_outside_the_profile_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    for read in (parse, parse_canonical):
        with pytest.raises(NotCanonicalError, match=reason):
            read(data)


@pytest.mark.parametrize(
    "data",
    [
        b"{}\n",
        b" {}",
        b'{"a": 1}',
        b'{"b":1,"a":1}',
        b'"\\u0041"',
        b'"\\/"',
        b'"\\u00e9"',
        b'"\\u000A"',
        b"-0",
    ],
)
def test_bytes_that_say_it_otherwise_are_refused_not_repaired(data: bytes) -> None:
    parse(data)

    with pytest.raises(NotCanonicalError, match="other bytes say the same"):
        parse_canonical(data)


def test_whole_numbers_stay_below_2_to_the_53() -> None:
    assert parse_canonical(b"9007199254740991") == MAX_INTEGER == 2**53 - 1
    assert parse_canonical(b"-9007199254740991") == -MAX_INTEGER

    for number in (2**53, -(2**53)):
        with pytest.raises(NotCanonicalError, match="too large"):
            canonical(number)


def test_sixteen_levels_are_read_and_the_seventeenth_is_refused() -> None:
    assert MAX_DEPTH == 16
    parse_canonical(lists(16))
    parse_canonical(b'{"a":' * 16 + b"1" + b"}" * 16)

    for data in (lists(17), b'{"a":' * 17 + b"1" + b"}" * 17):
        with pytest.raises(NotCanonicalError, match="deeper than 16"):
            parse_canonical(data)


@pytest.mark.parametrize(
    "data",
    [
        lists(1_000),
        b"[" * 1_000_000,
        b'{"a":' * 300_000,
        b'[{"a":' * 200_000,
        b"9" * 4_000,
        b"9" * 1_000_000,
        b"-" + b"9" * 1_000_000,
        b"1" * 1_000 + b".5",
        b"1e" + b"9" * 100_000,
    ],
    ids=["lists", "open", "objects", "mixed", "int", "long", "negative", "float", "exponent"],
)
def test_hostile_depth_and_length_end_in_a_named_refusal(data: bytes) -> None:
    with pytest.raises(NotCanonicalError):
        parse_canonical(data)


def test_many_members_of_one_name_are_refused_in_linear_time() -> None:
    names = ",".join(f'"{number}":0' for number in range(200_000))

    with pytest.raises(NotCanonicalError, match="'199999' stands twice"):
        parse(f'{{{names},"199999":0}}'.encode())


@pytest.mark.parametrize(
    "value",
    [1.0, float("nan"), b"bytes", {1: "one"}, {"é": 1}, "\ud800", {"a": {"b"}}, 2**53, object],
    ids=repr,
)
def test_values_outside_the_profile_are_not_written(value: Any) -> None:
    with pytest.raises(NotCanonicalError):
        canonical(value, "the payload")


def test_a_huge_number_is_not_written() -> None:
    with pytest.raises(NotCanonicalError, match="too large"):
        canonical(10**5_000)


def test_a_refusal_names_what_was_read_and_is_an_unreadable_file() -> None:
    with pytest.raises(UnreadableError, match=r"^the bundle is not JSON: .* line 1, column 2"):
        parse_canonical(b"[", "the bundle")


def test_true_is_no_number_and_one_is_not_true() -> None:
    assert canonical([True, 1, False, 0]) == b"[true,1,false,0]"


def test_names_are_ordered_as_rfc_8785_orders_them() -> None:
    value = {"b": 0, "a": 0, "B": 0, "1": 0, "": 0, "aa": 0}

    assert canonical(value) == rfc8785.dumps(value) == b'{"":0,"1":0,"B":0,"a":0,"aa":0,"b":0}'


def test_a_digest_is_64_lower_case_hexadecimal_digits() -> None:
    name = digest(b"")

    assert name == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert is_digest(name)
    assert not is_digest(name.upper())
    assert not is_digest(name[:-1])
    assert not is_digest(name + "0")
    assert not is_digest("\u0661" * 64)
