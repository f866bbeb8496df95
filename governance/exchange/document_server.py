"""Documents at a URL that fsspec opens: an object store, a file server, memory.

A server's own rights say who may read the confidential tree: open the public one alone to others.
"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import IO, Any

import fsspec
from fsspec.implementations.local import LocalFileSystem

from governance.exchange.document_folder import DocumentFolder
from governance.exchange.document_places import Doing, Entry, Incoming, Place, Tree, path_of
from governance.settings import without_password
from policies.refusals import (
    FaultError,
    Refusal,
    StorageError,
    TamperedError,
    UnreachableError,
    WrongHomeError,
)

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_PATTERN = frozenset("*?[]{}")


def open_url(url: str) -> Place:
    """Return the place at a URL; one on this machine's disk is a `DocumentFolder`.

    Raises `WrongHomeError` for a URL that cannot be a place, `UnreachableError` for a server that
    is away.
    """
    shown = without_password(url)
    try:
        system, root = fsspec.core.url_to_fs(url)
    except (ImportError, ValueError) as error:
        message = f"documents cannot lie at {shown}: {_said(error)}"
        raise WrongHomeError(message) from None
    except Exception as error:
        message = f"the documents' place {shown} cannot be reached: {_said(error)}"
        raise UnreachableError(message) from error
    if isinstance(system, LocalFileSystem):
        return DocumentFolder(Path(root))
    if _lies_on_disk(system):
        message = f"documents cannot lie at {shown}: name the folder itself, without a chain"
        raise WrongHomeError(message)
    if _PATTERN & set(root):
        message = f"documents cannot lie at {shown}: the path reads as a pattern; rename it"
        raise WrongHomeError(message)
    return DocumentServer(system, root.rstrip("/"), shown)


def _lies_on_disk(system: Any) -> bool:
    """Whether a file system stands before one of this machine, whose links it would follow."""
    while (system := getattr(system, "fs", None)) is not None:
        if isinstance(system, LocalFileSystem):
            return True
    return False


class DocumentServer(Place):
    """A path in a file system of fsspec."""

    def __init__(self, system: Any, root: str, shown: str) -> None:
        self._system, self._root, self._shown = system, root, shown

    @property
    def shown(self) -> str:
        """Its URL, without a password."""
        return self._shown

    @contextmanager
    def faults(self, doing: Doing) -> Iterator[None]:
        """As `Place.faults`; servers' libraries raise what they like."""
        try:
            yield
        except (Refusal, FaultError):
            raise
        except (IsADirectoryError, NotADirectoryError) as error:
            message = f"{self._shown}: a document or its folder is none: {_said(error)}"
            raise TamperedError(message) from None
        except (PermissionError, NotImplementedError) as error:
            message = f"the documents' place {self._shown} cannot be {doing}: {_said(error)}"
            raise WrongHomeError(message) from None
        except Exception as error:
            if isinstance(error, FileNotFoundError) and doing == "read":
                raise
            fault = StorageError if getattr(error, "errno", None) in _FULL else UnreachableError
            message = f"the documents' place {self._shown} cannot be {doing}: {_said(error)}"
            raise fault(message) from error

    def open(self, tree: Tree, digest: str) -> IO[bytes]:
        """As `Place.open`."""
        self._system.invalidate_cache()
        opened: IO[bytes] = self._system.open(f"{self._root}/{path_of(tree, digest)}", "rb")
        return opened

    def begin(self, tree: Tree) -> Incoming:
        """As `Place.begin`."""
        return _IncomingObject(self._system, self._root, tree)

    def entries(self, tree: Tree) -> Iterator[Entry]:
        """As `Place.entries`."""
        self._system.invalidate_cache()
        try:
            with self.faults("read"):
                found = sorted(self._system.find(f"{self._root}/{tree}"))
        except FileNotFoundError:
            return
        for path in found:
            yield Entry(path.removeprefix(self._root).lstrip("/"))


class _IncomingObject(Incoming):
    def __init__(self, system: Any, root: str, tree: Tree) -> None:
        self._system, self._root, self._tree = system, root, tree
        self._size = 0
        self._partial = f"{root}/{tree}/.{token_hex(8)}.partial"
        system.makedirs(f"{root}/{tree}", exist_ok=True)
        self._stream = system.open(self._partial, "wb")

    def write(self, piece: bytes) -> None:
        """As `Incoming.write`."""
        self._stream.write(piece)
        self._size += len(piece)

    def keep(self, digest: str) -> None:
        """As `Incoming.keep`; where nothing can be renamed, fsspec copies and removes."""
        self._stream.close()
        path = f"{self._root}/{path_of(self._tree, digest)}"
        self._system.makedirs(path.rpartition("/")[0], exist_ok=True)
        self._system.mv(self._partial, path)
        self._system.invalidate_cache()
        size = self._system.size(path)
        if size != self._size:
            self._system.rm_file(path)
            message = f"{size} bytes of {self._size} arrived"
            raise OSError(message)

    def drop(self) -> None:
        """As `Incoming.drop`."""
        for leave in (self._stream.close, lambda: self._system.rm_file(self._partial)):
            with contextlib.suppress(Exception):
                leave()


def _said(error: Exception) -> str:
    """Return what an error says, on one line and without a password."""
    text = " ".join(str(error).split()) or type(error).__name__
    return without_password(text)
