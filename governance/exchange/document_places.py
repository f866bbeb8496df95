"""Where documents' files lie: a folder of this machine, or whatever fsspec opens.

Two trees lie in a place, ``public`` and ``confidential``, so that a web server can be pointed at
the public one alone: ``public/ab/<sha256>``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, get_args

Tree = Literal["public", "confidential"]
TREES: tuple[Tree, ...] = get_args(Tree)
Doing = Literal["read", "written"]


@dataclass(frozen=True)
class Entry:
    """What lies somewhere in a tree, by its path within the place.

    `wrong` names what is neither a file nor a folder. A folder is only an entry where it is
    `open_to_others` and should not be.
    """

    path: str
    wrong: str | None = None
    folder: bool = False
    open_to_others: bool = False


class Incoming(ABC):
    """A file that is being written, under a name that nobody asks for."""

    @abstractmethod
    def write(self, piece: bytes) -> None:
        """Add to it."""

    @abstractmethod
    def keep(self, digest: str) -> None:
        """Let it be whole on the disk, then give it its name."""

    @abstractmethod
    def drop(self) -> None:
        """Take away what was not kept; never raises."""


class Place(ABC):
    """A place of documents; what its methods raise is told as a named fault inside `faults`."""

    @property
    @abstractmethod
    def shown(self) -> str:
        """Its address as it may be shown, without a password."""

    @abstractmethod
    def faults(self, doing: Doing) -> AbstractContextManager[None]:
        """Turn what a disk or a server says into a named refusal or fault.

        `StorageError` for a disk that is full or fails, `UnreachableError` for a server that is
        away or answers with an error, `WrongHomeError` for a place that may not be read or
        written, `TamperedError` for a link where a file or folder belongs. `FileNotFoundError`
        passes where something is read.
        """

    @abstractmethod
    def open(self, tree: Tree, digest: str) -> IO[bytes]:
        """Open a file to be read; `FileNotFoundError` if it is not there."""

    @abstractmethod
    def begin(self, tree: Tree) -> Incoming:
        """Begin a new file, making the place if it is absent."""

    @abstractmethod
    def entries(self, tree: Tree) -> Iterator[Entry]:
        """Yield whatever lies in a tree, also what does not belong there; nothing if absent."""


def path_of(tree: Tree, digest: str) -> str:
    """Return where a document lies within a place."""
    return f"{tree}/{digest[:2]}/{digest}"


def place_at(address: str) -> Place:
    """Return the place at a folder's path, or at a URL that fsspec opens.

    Raises `WrongHomeError` for a URL of no known protocol, or one whose library is not installed.
    """
    from governance.exchange.document_folder import DocumentFolder  # noqa: PLC0415 - see below

    if "://" not in address:
        return DocumentFolder(Path(address))
    # Imported where it is needed: who keeps documents in a folder starts without it.
    from governance.exchange.document_server import open_url  # noqa: PLC0415

    return open_url(address)
