"""A committee's state as bytes: a core, and beside it each part that is read late.

Disposable: whoever changes anything in these packages gets another edition, and what was written
under the old one is not read any more.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, get_args, get_type_hints

import msgspec

from aggregates.committee.late import Late
from aggregates.committee.state import CommitteeState, Past
from policies.refusals import Refusal
from policies.rulebook import parse_rulebook

CORE = "core"
_PACKAGES = ("aggregates", "policies")
_HINTS = get_type_hints(CommitteeState)
_FIELDS = [field.name for field in dataclasses.fields(CommitteeState) if field.name != "past"]

# Every field but those that are read late; rulebooks by their texts, which say all of them.
_Core = msgspec.defstruct(
    "_Core",
    [(name, tuple[str, ...] if name == "rulebooks" else _HINTS[name]) for name in _FIELDS],
    forbid_unknown_fields=True,
)
_ENCODER = msgspec.msgpack.Encoder()
_CORE = msgspec.msgpack.Decoder(_Core)
_LATE = {
    name: msgspec.msgpack.Decoder(get_args(late)[0]) for name, late in get_type_hints(Past).items()
}
LATE = tuple(_LATE)
"""The names of the parts that are read late."""


_UNREADABLE = (msgspec.MsgspecError, Refusal, ValueError, TypeError, RecursionError)


class NotASnapshotError(Exception):
    """Bytes are no state of this edition: the events are to be folded instead."""


@cache
def edition() -> str | None:
    """Return the name of what these packages make of events; null where it cannot be told.

    It covers every source file that the state's shape and meaning can depend on.
    """
    return edition_of(files(package) for package in _PACKAGES)


def edition_of(packages: Iterable[Traversable]) -> str | None:
    """Return the edition of packages that lie in these folders."""
    found = hashlib.sha256(msgspec.__version__.encode())
    for package in packages:
        sources = sorted(_sources(package, package.name))
        if not sources:
            return None
        for name, source in sources:
            found.update(b"%d %b %d " % (len(name), name.encode(), len(source)))
            found.update(source)
    return found.hexdigest()


def _sources(folder: Traversable, name: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        path = f"{name}/{entry.name}"
        if entry.is_dir():
            yield from _sources(entry, path)
        elif entry.name.endswith((".py", ".toml")):
            yield path, entry.read_bytes()


def encode(state: CommitteeState) -> dict[str, bytes]:
    """Return the bytes of each part; what has not been read yet is read."""
    values = {name: getattr(state, name) for name in _FIELDS}
    values["rulebooks"] = tuple(text.text for text in state.rulebooks.values())
    parts = {CORE: _ENCODER.encode(_Core(**values))}
    for name in LATE:
        parts[name] = _ENCODER.encode(getattr(state.past, name).value)
    return parts


def decode(core: bytes, read: Callable[[str], Any]) -> CommitteeState:
    """Return the state of a core; `read` is asked for the value of a late part, if ever.

    Raises `NotASnapshotError`.
    """
    try:
        found = _CORE.decode(core)
        values = {name: getattr(found, name) for name in _FIELDS}
        texts = [parse_rulebook(text) for text in values["rulebooks"]]
    except _UNREADABLE as error:
        raise NotASnapshotError(str(error)) from error
    values["rulebooks"] = {text.digest: text for text in texts}
    late = {name: Late(partial(read, name)) for name in LATE}
    return CommitteeState(**values, past=Past(**late))


def decode_late(name: str, part: bytes) -> Any:
    """Return the value of a late part; raises `NotASnapshotError`."""
    try:
        return _LATE[name].decode(part)
    except _UNREADABLE as error:
        raise NotASnapshotError(str(error)) from error
