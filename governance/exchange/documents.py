"""The files of documents: each kept once by its SHA-256, and checked by it whenever it is read.

A file of one tree is never handed out by asking the other, whatever it is called.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Literal

import msgspec

from governance.exchange.document_places import (
    TREES,
    Entry,
    Incoming,
    Place,
    Tree,
    path_of,
    place_at,
)
from policies.proof.canonical import is_digest
from policies.refusals import (
    DocumentError,
    NotFoundError,
    Refusal,
    StorageError,
    TamperedError,
    TooLargeError,
    UnreadableError,
)

MAX_DOCUMENT = 256 * 2**20
"""Bytes of one document."""
_PIECE = 2**20

State = Literal["whole", "unfinished", "damaged", "exposed"]


class Checked(msgspec.Struct, frozen=True):
    """What lies at a path of the store, and in what state.

    `unfinished`: a file whose writing goes on or was cut off. `damaged`: not what its name says,
    or what nobody put there. `exposed`: a confidential file or folder that others may open.
    """

    path: str
    state: State
    size: int
    says: str | None


class DocumentStore:
    """Documents' files at a place, in two trees."""

    def __init__(self, place: Place) -> None:
        self._place = place

    @classmethod
    def at(cls, address: str) -> DocumentStore:
        """Return the store at a folder's path or a URL; raises what `place_at` raises."""
        return cls(place_at(address))

    @property
    def shown(self) -> str:
        """Where it lies, as it may be shown."""
        return self._place.shown

    def put(
        self,
        source: IO[bytes],
        tree: Tree,
        *,
        expected: str | None = None,
        what: str = "the document",
    ) -> str:
        """Keep what a file holds, whole or not at all, and return its digest.

        What is there already is verified and not written again. Raises `DocumentError` if it is
        not the `expected` file, `TooLargeError` above `MAX_DOCUMENT`, `TamperedError` if another
        file bears its name, and what `Place.faults` raises.
        """
        pieces = _bounded(source, what)
        if expected is not None and self.holds(expected, tree):
            found = _hashed(pieces)
            _require_expected(found, expected, what)
            return found
        with self._incoming(tree) as incoming:
            digest = hashlib.sha256()
            for piece in pieces:
                digest.update(piece)
                with self._place.faults("written"):
                    incoming.write(piece)
            found = digest.hexdigest()
            _require_expected(found, expected, what)
            if not self.holds(found, tree):
                with self._place.faults("written"):
                    incoming.keep(found)
        return found

    @contextmanager
    def get(self, digest: str, tree: Tree) -> Iterator[Iterator[bytes]]:
        """Open a document, and yield the pieces of its file.

        The last piece comes only once all of them are what the digest says; nobody gets the whole
        of a damaged file. Raises `NotFoundError` at once, `TamperedError` by the last piece, and
        what `Place.faults` raises.
        """
        _require_named(digest, tree)
        try:
            with self._place.faults("read"):
                opened = self._place.open(tree, digest)
        except FileNotFoundError:
            message = (
                f"no {tree} document {digest} lies at {self.shown} (looked for"
                f" {path_of(tree, digest)})"
            )
            raise NotFoundError(message) from None
        with opened:
            yield self._verified(opened, digest, path_of(tree, digest))

    def holds(self, digest: str, tree: Tree) -> bool:
        """Whether a document is there; raises `TamperedError` if it is not what its name says."""
        try:
            self._size(digest, tree)
        except NotFoundError:
            return False
        return True

    def names(self, tree: Tree) -> Iterator[str]:
        """Yield the digests under which files lie in a tree; whether they are that, `check` says.

        Raises what `Place.faults` raises.
        """
        for entry in self._place.entries(tree):
            name = entry.path.rpartition("/")[2]
            if entry.wrong is None and is_digest(name):
                yield name

    def check(self) -> Iterator[Checked]:
        """Read everything that lies in the store, and say of each in what state it is."""
        for tree in TREES:
            for entry in self._place.entries(tree):
                yield self._judged(entry, tree)

    def _judged(self, entry: Entry, tree: Tree) -> Checked:
        name = entry.path.rpartition("/")[2]
        if entry.wrong is not None:
            return Checked(entry.path, "damaged", 0, f"{entry.wrong}, where a document belongs")
        if name.endswith(".partial"):
            says = "its writing goes on, or was cut off: after a day it may be deleted"
            return Checked(entry.path, "unfinished", 0, says)
        if entry.folder:
            return Checked(entry.path, "exposed", 0, "others may enter this folder: chmod 700")
        if not is_digest(name) or entry.path != path_of(tree, name):
            return Checked(entry.path, "damaged", 0, "no document bears this name")
        try:
            size = self._size(name, tree)
        except (Refusal, StorageError) as trouble:  # a server that is away ends it instead
            return Checked(entry.path, "damaged", 0, str(trouble))
        if entry.open_to_others:
            return Checked(entry.path, "exposed", size, "others may read this file: chmod 600")
        return Checked(entry.path, "whole", size, None)

    def _size(self, digest: str, tree: Tree) -> int:
        with self.get(digest, tree) as pieces:
            return sum(len(piece) for piece in pieces)

    @contextmanager
    def _incoming(self, tree: Tree) -> Iterator[Incoming]:
        _require_tree(tree)
        with self._place.faults("written"):
            incoming = self._place.begin(tree)
        try:
            yield incoming
        finally:
            incoming.drop()

    def _verified(self, opened: IO[bytes], digest: str, path: str) -> Iterator[bytes]:
        found = hashlib.sha256()
        size = 0
        last = b""
        while piece := self._read(opened):
            found.update(piece)
            size += len(piece)
            if size > MAX_DOCUMENT:
                message = f"{path} at {self.shown} is larger than any document that is kept"
                raise TamperedError(message)
            if last:
                yield last
            last = piece
        if found.hexdigest() != digest:
            message = (
                f"{path} at {self.shown} is not the document that its name says; put back a copy"
                " whose SHA-256 is its name"
            )
            raise TamperedError(message)
        if last:
            yield last

    def _read(self, opened: IO[bytes]) -> bytes:
        try:
            with self._place.faults("read"):
                return opened.read(_PIECE)
        except FileNotFoundError as error:  # gone between opening and reading, on some servers
            message = f"a document at {self.shown} is gone while it is read: {error}"
            raise NotFoundError(message) from None


def digest_of(source: IO[bytes], what: str) -> str:
    """Return the digest of what a file holds; raises `TooLargeError` and `UnreadableError`."""
    return _hashed(_bounded(source, what))


def _bounded(source: IO[bytes], what: str) -> Iterator[bytes]:
    size = 0
    while True:
        try:
            piece = source.read(_PIECE)
        except OSError as error:
            message = f"{what} cannot be read: {error.strerror}"
            raise UnreadableError(message) from None
        if not piece:
            return
        size += len(piece)
        if size > MAX_DOCUMENT:
            message = f"{what} is larger than {MAX_DOCUMENT // 2**20} MiB"
            raise TooLargeError(message)
        yield piece


def _hashed(pieces: Iterator[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


def _require_expected(found: str, expected: str | None, what: str) -> None:
    if expected is not None and found != expected:
        message = f"{what} has the SHA-256 {found}, not {expected}: it is another file"
        raise DocumentError(message)


def _require_named(digest: str, tree: Tree) -> None:
    _require_tree(tree)
    if not is_digest(digest):
        message = f"{digest[:80]!r} is no document's digest: 64 digits of 0-9 and a-f"
        raise UnreadableError(message)


def _require_tree(tree: Tree) -> None:
    if tree not in TREES:
        message = f"{tree!r} is no tree of documents; there are {' and '.join(TREES)}"
        raise UnreadableError(message)
