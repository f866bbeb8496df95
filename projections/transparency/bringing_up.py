"""Bringing a log's folder up to a committee's stream, from the place where it stopped.

The place lies beside the tiles, written after them. It is believed only where the tiles have its
root and the record its link, which covers every event before; else the stream is read from the
last published checkpoint, else from its beginning, and what is there must be what is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Annotated, NamedTuple, Protocol

import msgspec

from aggregates.store.record import Record
from aggregates.transparency.entries import entries_of, texts_of
from policies.proof.merkle import MAX_SIZE
from policies.refusals import LogFilesError
from projections.transparency.log_files import LogFiles
from projections.transparency.tiles import refused

POSITION = ".position"
_Count = Annotated[int, msgspec.Meta(ge=0, le=MAX_SIZE)]
_EVENTS = 2000
"""Events between one place that is kept and the next."""


class Published(Protocol):
    """What is read of a published checkpoint: the stream's version, the log's size and root."""

    @property
    def version(self) -> int: ...  # noqa: D102
    @property
    def size(self) -> int: ...  # noqa: D102
    @property
    def root(self) -> str: ...  # noqa: D102


class Reached(NamedTuple):
    """A version of the committee's stream, and how many entries its events up to there log."""

    version: int
    size: int


class Position(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Up to where a folder was brought, with the tree's root and the record's link there."""

    version: _Count
    size: _Count
    root: str
    link: str


def bring_up(
    record: Record, committee: str, files: LogFiles, published: Sequence[Published] = ()
) -> Reached:
    """Append to a folder what the committee's stream has beyond it; return up to where it is.

    Raises `LogFilesError` for a folder that is not this record's log: it has other entries, or
    more, or another root than a published checkpoint.
    """
    files.look()
    begin = reached = _begin(record, committee, files, published)
    stream = record.stream(committee, after=begin.version)
    while True:
        recorded = list(islice(stream, _EVENTS))
        if recorded:
            entries = [e.to_bytes() for found in recorded for e in entries_of(found.event)]
            texts = {d: text for found in recorded for d, text in texts_of(found.event).items()}
            files.add_texts(texts)
            if entries:
                files.append(entries, first=reached.size)
            version = recorded[-1].originator_version
            reached = Reached(version, reached.size + len(entries))
            _keep(record, committee, files, reached)
        elif files.size <= reached.size:
            return reached
        elif record.version(committee) == reached.version:
            why = f"it has {files.size} entries, and the record logs {reached.size}"
            raise refused(files.folder, why)
        else:  # another process was faster
            stream = record.stream(committee, after=reached.version)


def place_of(record: Record, committee: str, version: int, published: Sequence[Published]) -> int:
    """Return the index of the first entry of the event at a stream's version.

    What is read are the events since the last checkpoint before it.
    """
    before = [found for found in published if found.version < version]
    start = max(before, key=lambda found: found.version, default=None)
    reached = Reached(0, 0) if start is None else Reached(start.version, start.size)
    events = islice(record.stream(committee, after=reached.version), version - 1 - reached.version)
    return reached.size + sum(len(entries_of(found.event)) for found in events)


def _begin(
    record: Record, committee: str, files: LogFiles, published: Sequence[Published]
) -> Reached:
    last = _last_published(files, published)
    kept = _kept(record, committee, files)
    if kept is not None and (last is None or kept.version >= last.version):
        return kept
    if last is not None:
        return Reached(last.version, last.size)
    files.require_whole()
    return Reached(0, 0)


def _last_published(files: LogFiles, published: Sequence[Published]) -> Published | None:
    """Return the last checkpoint that the folder holds, whose root must be the folder's."""
    held = (found for found in published if found.size <= files.size)
    last = max(held, key=lambda found: found.version, default=None)
    if last is not None and files.head_at(last.size).hex() != last.root:
        why = f"the root of its first {last.size} entries is not the one that was published"
        raise refused(files.folder, why)
    return last


def _kept(record: Record, committee: str, files: LogFiles) -> Reached | None:
    try:
        found = msgspec.json.decode(files.text(POSITION) or "", type=Position)
    except (msgspec.DecodeError, LogFilesError):
        return None
    fits = (
        found.size <= files.size
        and found.root == files.head_at(found.size).hex()
        and found.link == _link(record, committee, found.version)
    )
    return Reached(found.version, found.size) if fits else None


def _keep(record: Record, committee: str, files: LogFiles, reached: Reached) -> None:
    root, link = files.head_at(reached.size).hex(), _link(record, committee, reached.version)
    place = Position(reached.version, reached.size, root, link or "")
    files.keep(POSITION, f"{msgspec.json.encode(place).decode()}\n")


def _link(record: Record, committee: str, version: int) -> str | None:
    found = record.table.link(committee, version)
    return None if found is None else found.hex()
