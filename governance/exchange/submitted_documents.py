"""Taking the documents of a submission as a secretariat lists them in its JSON file.

Each entry is one document, its public and its confidential version together::

    {"kind": "pdd", "title": "Project design document", "version": "02.1",
     "public": "pdd.pdf", "confidential": "pdd-full.pdf",
     "sha256": {"public": "9f…", "confidential": "3c…"}}

For each version: a file alone is hashed and kept; a file with its digest is compared first; a
digest alone is listed, its file being kept elsewhere. What an entry leaves out is null.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Annotated, Any

import msgspec

from governance.exchange.document_places import TREES, Tree
from governance.exchange.documents import DocumentStore, digest_of
from policies.documents import Document, Kind, Title, Version, require_sound
from policies.proof.canonical import Digest
from policies.refusals import DocumentError, UnreadableError
from projections.disk import holds_private_key, open_regular

_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]


class _Digests(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    public: Digest | None = None
    confidential: Digest | None = None


class _Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: Kind
    title: Title
    version: Version
    public: _Name | None = None
    confidential: _Name | None = None
    sha256: _Digests = _Digests()


_Entries = Annotated[list[_Entry], msgspec.Meta(max_length=1000)]


@dataclass(frozen=True)
class _File:
    """A file that an entry names, by its place in the list, and the digest that it has."""

    said: str
    path: Path
    tree: Tree
    digest: str


@dataclass(frozen=True)
class Listed:
    """Documents as an entry lists them, whose files are compared and not kept yet."""

    documents: tuple[Document, ...] = ()
    files: tuple[_File, ...] = ()

    def keep(self, store: DocumentStore) -> None:
        """Keep the files; raises what `DocumentStore.put` raises, also for one that has changed."""
        for file in self.files:
            with _opened(file.path, file.said) as source:
                store.put(source, file.tree, expected=file.digest, what=file.said)


def list_documents(entries: Any, folder: Path, where: str = "documents") -> Listed:
    """Check every entry, and return the documents and their files; nothing is kept.

    Files are named relative to the `folder` in which the JSON file lies, and lie below it: what a
    stranger wrote may name nothing else of this machine. Raises `UnreadableError` for an entry
    that is not of the form above, `DocumentError` for a file that is absent, outside, or another
    than its digest says, and for entries that cannot stand beside each other (`require_sound`, as
    its `HiddenTextError`), and `TooLargeError`.
    """
    read = _read(entries, where)
    files = [list(_files(entry, folder, f"{where}[{n}]")) for n, entry in enumerate(read, start=1)]
    documents = tuple(
        _document(entry, found, f"{where}[{n}]")
        for n, (entry, found) in enumerate(zip(read, files, strict=True), start=1)
    )
    require_sound(documents, where)
    return Listed(documents, tuple(file for found in files for file in found))


def take_documents(
    entries: Any, folder: Path, store: DocumentStore, where: str = "documents"
) -> tuple[Document, ...]:
    """Check every entry, then keep the files that they name, and return the documents.

    Raises what `list_documents` and `Listed.keep` raise; nothing is kept unless all entries hold.
    """
    listed = list_documents(entries, folder, where)
    listed.keep(store)
    return listed.documents


def _read(entries: Any, where: str) -> Sequence[_Entry]:
    try:
        return msgspec.convert(entries, _Entries)
    except msgspec.ValidationError as error:
        message = f"{where}: {error}"
        raise UnreadableError(message) from None


def _files(entry: _Entry, folder: Path, where: str) -> Iterator[_File]:
    """Yield the files that an entry names, each hashed and compared with the digest given."""
    for tree in TREES:
        name = getattr(entry, tree)
        if name is None:
            continue
        said = f"{where}.{tree} ({name})"
        path = _inside(folder, name, said)
        with _opened(path, said) as source:
            _require_no_key(source, said)
            digest = digest_of(source, said)
        expected = getattr(entry.sha256, tree)
        if expected not in {None, digest}:
            message = (
                f"{said} has the SHA-256 {digest}, and the list says {expected}: it is another"
                " file, or was changed"
            )
            raise DocumentError(message)
        yield _File(said, path, tree, digest)


def _document(entry: _Entry, files: Sequence[_File], where: str) -> Document:
    digests = {tree: getattr(entry.sha256, tree) for tree in TREES}
    digests |= {file.tree: file.digest for file in files}
    try:
        return Document(kind=entry.kind, title=entry.title, version=entry.version, **digests)
    except ValueError as error:
        message = f"{where}: {error}"
        raise DocumentError(message) from None


def _inside(folder: Path, name: str, said: str) -> Path:
    """Return the file of a name below a folder, whatever links and dots it goes through."""
    try:
        path = (folder / name).resolve()
        inside = path.is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):  # too long, a NUL, links in a circle
        message = f"{said} is no file's name"
        raise DocumentError(message) from None
    if not inside:
        message = f"{said} lies outside the folder of the list; copy it there"
        raise DocumentError(message)
    return path


def _opened(path: Path, said: str) -> IO[bytes]:
    try:
        return open_regular(path)
    except OSError as error:
        absent = error.errno in {errno.ENOENT, errno.ENOTDIR}
        why = "is not there" if absent else f"cannot be read: {error.strerror}"
        message = f"{said} {why}; files are named from the folder of the list"
        raise DocumentError(message) from None


def _require_no_key(source: IO[bytes], said: str) -> None:
    start = source.read(4096)
    source.seek(0)
    if holds_private_key(start):
        message = f"{said} holds a private key, which is no document"
        raise DocumentError(message)
