"""Arguments that several commands take, and reading the files that they name."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from governance.keys.uri import SCHEME, TokenUri
from policies import calendar
from policies.refusals import (
    ContextError,
    DocumentError,
    HiddenTextError,
    NotEntitledError,
    NotFoundError,
    Refusal,
    SealError,
    TooLargeError,
    UnreadableError,
)
from policies.sides import Committee
from projections.disk import holds_private_key, unwritten

Run = Callable[[argparse.Namespace], int]
MAX_FILE = 64 * 1024 * 1024


def command(
    commands: Any, common: argparse.ArgumentParser, name: str, text: str, run: Run | None = None
) -> argparse.ArgumentParser:
    """Add a command; its help is one sentence."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=text, description=text, parents=[common]
    )
    if run is not None:
        parser.set_defaults(run=run)
    return parser


def subcommands(parser: argparse.ArgumentParser) -> Any:
    """Let a command have subcommands, one of which must be given."""
    return parser.add_subparsers(title="commands", metavar="COMMAND", required=True)


def committee_option(parser: argparse.ArgumentParser, *, required: bool = False) -> None:
    """Take ``--committee MN`` or ``JP-MN``."""
    parser.add_argument(
        "--committee", type=_committee, required=required, metavar="CODE", help="as MN or JP-MN"
    )


def json_option(parser: argparse._ActionsContainer) -> None:
    """Take ``--json``."""
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")


def time_options(parser: argparse.ArgumentParser) -> None:
    """Take ``--as-of`` (what was in force) and ``--known-at`` (what had been recorded)."""
    parser.add_argument("--as-of", type=_day, metavar="DATE", help="what was in force on that day")
    parser.add_argument(
        "--known-at",
        type=instant,
        metavar="TIME",
        help="what had been recorded by then, RFC 3339 (a date: by its end in UTC)",
    )


def person_option(parser: argparse.ArgumentParser, what: str = "who does this") -> None:
    """Take ``--by PERSON``, else ``JCGOV_PERSON``; the service refuses who may not."""
    parser.add_argument(
        "--by",
        type=stated,
        default=os.environ.get("JCGOV_PERSON") or None,
        metavar="PERSON",
        help=f"{what}, a person of the roster; else JCGOV_PERSON",
    )


def output_option(parser: argparse.ArgumentParser, what: str) -> None:
    """Take ``-o FILE``."""
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE", help=f"where {what} goes"
    )


def key_option(parser: argparse._ActionsContainer, whose: str) -> None:
    """Take ``--key``, a file or ``pkcs11:…``, and ``--password-file`` for its password or PIN."""
    parser.add_argument(
        "--key",
        type=key_place,
        required=True,
        metavar="KEY",
        help=f"{whose} private key: a file, or pkcs11:… on a token",
    )
    password_option(parser)


def password_option(parser: argparse._ActionsContainer) -> None:
    """Take ``--password-file``."""
    parser.add_argument(
        "--password-file",
        type=Path,
        metavar="FILE",
        help="the key's password, or the token's PIN; else it is asked for",
    )


def key_place(text: str) -> Path | TokenUri:
    """Read where a key lies, for argparse: a token's URI, else a file."""
    if not text.lower().startswith(SCHEME):
        return Path(text)
    try:
        return TokenUri.parse(text)
    except UnreadableError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def stated(text: str) -> str:
    """Read a text that must say something, for argparse."""
    if not text.strip():
        message = "it is empty; say something"
        raise argparse.ArgumentTypeError(message)
    return text


def day(text: str) -> date:
    """Read an ISO date for argparse."""
    return _day(text)


def calendar_year(text: str) -> int:
    """Read a year for argparse."""
    try:
        return date.fromisoformat(f"{text}-01-01").year
    except ValueError:
        message = f"{text!r} is no year; write 2025"
        raise argparse.ArgumentTypeError(message) from None


def instant(text: str) -> datetime:
    """Read an RFC 3339 instant, or a date as the end of that day in UTC, for argparse."""
    try:
        return calendar.instant(text)
    except UnreadableError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def seconds_between(text: str, least: float, most: float) -> float:
    """Read a number of seconds; for argparse."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not least <= seconds <= most:
        message = f"{text!r} is no number of seconds from {least} to {most}"
        raise argparse.ArgumentTypeError(message)
    return seconds


def read_file(file: Path) -> bytes:
    """Read a file that somebody handed us; `UnreadableError` says what is wrong with it."""
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_FILE + 1)
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}"
        raise UnreadableError(message) from None
    if len(data) > MAX_FILE:
        message = f"{file} is larger than {MAX_FILE // 2**20} MiB"
        raise UnreadableError(message)
    return data


def read_text(file: Path) -> str:
    """Read a plain text; a mark of the byte order and other systems' line ends are left out."""
    try:
        text = read_file(file).decode("utf-8-sig")
    except UnicodeDecodeError:
        message = f"{file} is no text in UTF-8"
        raise UnreadableError(message) from None
    if not text.strip():
        message = f"{file} is empty"
        raise UnreadableError(message)
    return text.replace("\r\n", "\n").rstrip("\n")


def read_json(file: Path) -> Any:
    """Read a JSON file in the narrow profile: no floats, no member twice."""
    from policies.proof.canonical import parse

    return parse(read_file(file), str(file))


_OF_ITS_CONTENT: tuple[type[Refusal], ...] = (
    UnreadableError,
    HiddenTextError,
    ContextError,
    SealError,
    NotEntitledError,
    NotFoundError,
    DocumentError,
    TooLargeError,
)


@contextmanager
def of_file(
    file: Path, *, also: tuple[type[Refusal], ...] = (), but: tuple[type[Refusal], ...] = ()
) -> Iterator[None]:
    """Name the file in the refusal of what it holds: these, what is `also` its, and none `but`."""
    try:
        yield
    except (*_OF_ITS_CONTENT, *also) as error:
        if isinstance(error, but):
            raise
        message = f"{file}: {error}"
        raise type(error)(message) from None


def write_file(file: Path, data: bytes, *, read: Sequence[Path] = ()) -> None:
    """Write a file whole or not at all; raises what `whole_file` raises."""
    with whole_file(file, read=read) as opened:
        opened.write(data)


@contextmanager
def whole_file(
    file: Path, *, read: Sequence[Path] = (), private: bool = False
) -> Iterator[IO[bytes]]:
    """Open a file to be written whole, and on the disk, or not at all; a private one for us alone.

    A device or a link is written to as it is: a file in its place would destroy it. Nothing is
    written over a private key, nor over the files that the same command has `read`. Raises
    `UnreadableError` if it cannot be written, `StorageError` where its disk is full.
    """
    try:
        _require_replaceable(file, read)
        partial = file.with_name(f".{file.name}.{os.getpid()}.partial")
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.is_symlink() or (file.exists() and not file.is_file()):
            with file.open("wb") as opened:
                yield opened
            return
        try:
            with os.fdopen(_handle(partial, 0o600 if private else 0o666), "wb") as opened:
                yield opened
                opened.flush()
                os.fsync(opened.fileno())
            partial.replace(file)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise unwritten(file, error, UnreadableError) from None


def _handle(file: Path, mode: int) -> int:
    return os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)


def _require_replaceable(file: Path, read: Sequence[Path]) -> None:
    if file.is_dir():
        message = f"{file} is a folder; name a file"
        raise UnreadableError(message)
    if any(file.exists() and other.exists() and file.samefile(other) for other in read):
        message = f"{file} is what was read; it is not written over: name another file"
        raise UnreadableError(message)
    if file.is_file():
        with file.open("rb") as stream:
            if holds_private_key(stream.read(4096)):
                message = f"{file} holds a private key, which is never written over: name another"
                raise UnreadableError(message)


def _committee(text: str) -> Committee:
    try:
        return Committee.parse(text)
    except UnreadableError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _day(text: str) -> date:
    try:
        return calendar.calendar_day(text)
    except UnreadableError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
