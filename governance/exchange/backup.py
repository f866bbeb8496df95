"""The record as a file that needs no engine: JSON Lines with the hash chain.

The first line names the head; each further line is an event with its link, its state as the very
bytes that the link covers. Checked when it is written and when it is read; a part of it is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Annotated, Any, Literal

import msgspec

from aggregates.store.chain import Head, Row, follow, missing
from aggregates.store.mapper import recorded
from aggregates.store.record import Record
from aggregates.store.table import BATCH
from policies.refusals import NotFoundError, Refusal, TamperedError, UnreadableError

LONGEST_LINE = 256 * 2**20
"""Bytes of one line: an adopted record with all its annexes is far below."""

_Link = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]
_Position = Annotated[int, msgspec.Meta(ge=0)]
_Name = Annotated[str, msgspec.Meta(pattern=r"\A[^\x00]+\Z")]
"""PostgreSQL's texts hold no NUL."""


class Header(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """The first line: what the file is, and where the record stood."""

    media_type: Literal["application/vnd.jcm.backup.v1+jsonl"] = (
        "application/vnd.jcm.backup.v1+jsonl"
    )
    position: _Position
    link: _Link

    @property
    def head(self) -> Head:
        """Where the record stood."""
        return Head(self.position, bytes.fromhex(self.link))


class Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An event."""

    position: _Position
    stream: _Name
    version: _Position
    topic: _Name
    state: msgspec.Raw
    link: _Link

    @property
    def row(self) -> Row:
        """The event as it is stored."""
        state, link = bytes(self.state), bytes.fromhex(self.link)
        return Row(self.position, self.stream, self.version, self.topic, state, link)


_ENCODER = msgspec.json.Encoder()
_NOT_JSON = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
_HEADER = msgspec.json.Decoder(Header)
_LINE = msgspec.json.Decoder(Line)
_OTHER_BYTES = "other bytes than a backup is written with"


def write_backup(record: Record, to: IO[bytes]) -> Head:
    """Write the record as it stands now, while others go on, and return its head.

    Raises `TamperedError` if an event is not as it was recorded.
    """
    record.require_none_before()
    head = record.head
    to.write(_first_line(head))
    reached = Head()
    while reached.position < head.position:
        until = min(reached.position + BATCH, head.position)
        rows = record.table.rows(reached.position, until)
        reached = follow(reached, rows)
        if reached.position != until:
            raise missing(reached)
        to.writelines(_checked_line(Row(*row)) for row in rows)
    if reached != head:
        message = f"the record ends with another link than it began with, at {head.position}"
        raise TamperedError(message)
    return head


def _first_line(head: Head) -> bytes:
    return _ENCODER.encode(Header(position=head.position, link=head.link.hex())) + b"\n"


def _line(row: Row) -> bytes:
    members = row._asdict() | {"state": msgspec.Raw(row.state), "link": row.link.hex()}
    return _ENCODER.encode(members) + b"\n"


def _checked_line(row: Row) -> bytes:
    """Return an event's line, having read it back as everybody else will."""
    line = _line(row)
    recorded(row.stream, row.version, row.topic, row.state, row.position)
    try:
        read = _LINE.decode(line).row
    except _NOT_JSON:
        read = None
    if read != row or b"\n" in line[:-1] or len(line) > LONGEST_LINE:
        message = (
            f"event {row.version} of {row.stream} (position {row.position}) is none of ours: what"
            " it holds cannot be written as a line and read back"
        )
        raise TamperedError(message)
    return line


class Backup:
    """A backup's file, read a page at a time; every line is checked before it is handed on."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._file, self._name = file, name
        self._shown: tuple[Head, Path] | None = None
        first = file.readline(LONGEST_LINE)
        try:
            self.head = _HEADER.decode(first).head
        except _NOT_JSON as error:
            message = f"{name} is no backup of ours (its first line: {error})"
            raise UnreadableError(message) from None
        if first != _first_line(self.head):
            raise self._bad(1, _OTHER_BYTES)

    def require_reaches(self, shown: Head, source: Path) -> None:
        """Refuse a backup that is behind a head that was shown; `pages` refuses another record's.

        Raises `NotFoundError` if its end is missing.
        """
        if self.head.position < shown.position:
            raise behind(self.head.position, shown, source)
        self._shown = (shown, source)

    def pages(self) -> Iterator[list[Row]]:
        """Yield the events; raise `UnreadableError` naming the first line that is not good.

        Raises `TamperedError` if another event stands where a head was shown.
        """
        reached = Head()
        versions: dict[str, int] = {}
        page: list[Row] = []
        for number, line in enumerate(iter(self._next, b""), start=2):
            row = self._row(line, number)
            self._require_next(row, versions, number)
            try:
                reached = follow(reached, [row])
                recorded(row.stream, row.version, row.topic, row.state, row.position)
            except Refusal as refusal:
                raise self._bad(number, str(refusal)) from None
            if self._shown is not None and reached.position == self._shown[0].position:
                _require_same(reached.link, *self._shown)
            page.append(row)
            if len(page) == BATCH:
                yield page
                page = []
        if reached.position != self.head.position:
            message = f"it ends at position {reached.position}, its first line says"
            raise UnreadableError(f"{self._name} is not whole: {message} {self.head.position}")
        if reached != self.head:
            raise self._bad(1, "its head is not the link of the last event")
        yield page

    def _require_next(self, row: Row, versions: dict[str, int], number: int) -> None:
        """Refuse an event that does not follow its stream's last one."""
        expected = versions.get(row.stream, 0) + 1
        if row.version != expected:
            message = f"event {row.version} of {row.stream} stands where {expected} belongs"
            raise self._bad(number, message)
        versions[row.stream] = expected

    def _next(self) -> bytes:
        return self._file.readline(LONGEST_LINE)

    def _row(self, line: bytes, number: int) -> Row:
        if not line.endswith(b"\n"):
            raise self._bad(
                number, "it does not end: the file was cut off, or the line is too long"
            )
        try:
            row = _LINE.decode(line).row
        except _NOT_JSON as error:
            raise self._bad(number, str(error)) from None
        if _line(row) != line:
            raise self._bad(number, _OTHER_BYTES)
        return row

    def _bad(self, number: int, why: str) -> UnreadableError:
        return UnreadableError(f"{self._name}, line {number}: {why}")


def read_head(file: Path) -> Head:
    """Return the head that a file shows: a backup, or what ``replay --verify --json`` printed.

    Raises `UnreadableError` if it shows none.
    """
    try:
        with file.open("rb") as opened:
            start = opened.read(2**20)
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}"
        raise UnreadableError(message) from None
    for text in (start, start.partition(b"\n")[0]):
        try:
            value = msgspec.json.decode(text)
        except _NOT_JSON:
            continue
        head = _head_in(value)
        if head is not None:
            return head
    message = f"{file} shows no head: neither a backup nor the answer of replay --verify --json"
    raise UnreadableError(message)


def _head_in(value: Any) -> Head | None:
    for name in ("verified", "head"):
        if isinstance(value, dict) and isinstance(value.get(name), dict):
            value = value[name]
    try:
        shown = {"position": value["position"], "link": value["link"]}
        return msgspec.convert(shown, Header).head
    except (KeyError, TypeError, msgspec.ValidationError):
        return None


def require_reaches(record: Record, shown: Head, source: Path) -> None:
    """Refuse a record that is behind a head that was shown, or another record.

    Raises `NotFoundError` if its end is missing, `TamperedError` if another event stands there.
    """
    position = record.position
    if position < shown.position:
        raise behind(position, shown, source)
    rows = record.table.rows(shown.position - 1, shown.position)
    if shown.position:
        _require_same(rows[0][5] if rows else None, shown, source)


def _require_same(link: bytes | None, shown: Head, source: Path) -> None:
    if link != shown.link:
        message = (
            f"at position {shown.position} another event stands than {source} shows: this is"
            " another record, or one that was written anew"
        )
        raise TamperedError(message)


def behind(position: int, shown: Head, source: Path) -> NotFoundError:
    """Return the refusal of a record that ends before a head that was shown."""
    message = (
        f"the record ends at position {position}; {source} shows position {shown.position}: the"
        f" last {shown.position - position} events are missing"
    )
    return NotFoundError(message)
