"""Envelopes that were handed in to the engine, each a file: a log must not leave one out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from governance.keys.files import read_small
from policies.proof.dsse import Envelope
from policies.proof.log_place import Place
from policies.proof.reading import read_any
from policies.proof.statements import Assertion, Belonging
from policies.refusals import LogWithholdsError, Refusal, UnreadableError


@dataclass(frozen=True)
class Handed:
    """An envelope that somebody handed in, and the file in which it is."""

    file: Path
    envelope: Envelope
    asserts: bool
    """Whether it is a member's assertion, of which a log holds the receipt."""


def read_handed(folder: Path, founding: str) -> list[Handed]:
    """Read the envelopes of a folder that belong to a founding; those of others are passed over.

    Every file but those whose names begin with a dot must hold an envelope. Raises
    `UnreadableError` naming the one that does not.
    """
    try:
        files = sorted(file for file in folder.iterdir() if not file.name.startswith("."))
    except OSError as error:
        message = f"{folder} cannot be read: {error.strerror}"
        raise UnreadableError(message) from None
    found = []
    for file in files:
        envelope = Envelope.from_bytes(read_small(file).strip(), str(file))
        try:
            said = read_any(envelope)
        except Refusal as error:
            message = f"{file} is no envelope that could be logged: {error}"
            raise UnreadableError(message) from None
        if isinstance(said, Belonging) and said.founding == founding:
            found.append(Handed(file, envelope, isinstance(said, Assertion)))
    return found


def require_logged(handed: Iterable[Handed], place: Place, size: int) -> None:
    """Refuse a log that leaves one out of its first entries; `LogWithholdsError` naming the file.

    An assertion counts by its receipt, which names its digest.
    """
    for one in handed:
        name = one.envelope.digest
        there = name in place.assertions if one.asserts else place.seen.get(name, size) < size
        if not there:
            what = "no receipt for the assertion" if one.asserts else "no entry with the envelope"
            message = f"of its {size} entries there is {what} {name[:16]}… of {one.file.name}"
            raise LogWithholdsError(f"{message}, which was handed in")
