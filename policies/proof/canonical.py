"""The one form of bytes that is signed: RFC 8785 in a narrow profile.

No floats, integers below 2^53, ASCII member names, no duplicate members, at most 16 levels, no
lone surrogates. Bytes that parse but are not in this form are refused, never repaired.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import Annotated, Any

import msgspec
import rfc8785

from policies.refusals import NotCanonicalError

Digest = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]
MAX_DEPTH = 16
MAX_INTEGER = 2**53 - 1


def canonical(value: Any, what: str = "the text") -> bytes:
    """Write a JSON value in canonical form; raise `NotCanonicalError` outside the profile."""
    _require_profile(value, what, depth=1)
    return rfc8785.dumps(value)


def parse(data: bytes, what: str = "the text") -> Any:
    """Read JSON that is inside the profile, in any spacing and order of members."""
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_members,
            parse_float=_no_float,
            parse_constant=_no_float,
        )
    except NotCanonicalError as error:
        message = f"{what}: {error}"
        raise NotCanonicalError(message) from None
    except (ValueError, RecursionError) as error:
        message = f"{what} is not JSON: {_reason(error)}"
        raise NotCanonicalError(message) from None
    _require_profile(value, what, depth=1)
    return value


def parse_canonical(data: bytes, what: str = "the text") -> Any:
    """Read JSON whose bytes are exactly the canonical form of what they say."""
    value = parse(data, what)
    if rfc8785.dumps(value) != data:
        message = f"{what} is not in canonical form (RFC 8785): other bytes say the same"
        raise NotCanonicalError(message)
    return value


def digest(data: bytes) -> str:
    """Return the lower-case hexadecimal SHA-256 of some bytes."""
    return hashlib.sha256(data).hexdigest()


def is_digest(text: str) -> bool:
    """Whether a text has the form of a digest."""
    return len(text) == 64 and all(c in "0123456789abcdef" for c in text)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        twice = next(name for name, times in Counter(n for n, _ in pairs).items() if times > 1)
        message = f"member {twice!r} stands twice"
        raise NotCanonicalError(message)
    return members


def _no_float(text: str) -> Any:
    message = f"{text} is no whole number"
    raise NotCanonicalError(message)


def _require_profile(value: Any, what: str, *, depth: int) -> None:
    if depth > MAX_DEPTH and isinstance(value, dict | list | tuple):
        message = f"{what} is nested deeper than {MAX_DEPTH} levels"
        raise NotCanonicalError(message)
    if isinstance(value, dict):
        for name, member in value.items():
            if not isinstance(name, str) or not name.isascii():
                message = f"{what}: member name {name!r} is not ASCII text"
                raise NotCanonicalError(message)
            _require_profile(member, what, depth=depth + 1)
    elif isinstance(value, list | tuple):
        for element in value:
            _require_profile(element, what, depth=depth + 1)
    elif isinstance(value, str):
        if not value.isascii() and any("\ud800" <= c <= "\udfff" for c in value):
            message = f"{what} holds half a character (a lone surrogate)"
            raise NotCanonicalError(message)
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            bits = value.bit_length()  # the digits themselves may be too many to write
            message = f"{what}: a number of {bits} bits is too large; they stay below 2^53"
            raise NotCanonicalError(message)
    else:
        message = f"{what}: {value!r} is no whole number, text, list or object"
        raise NotCanonicalError(message)


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg.removesuffix(' at')} at line {error.lineno}, column {error.colno}"
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start} is not UTF-8"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)
