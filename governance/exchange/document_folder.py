"""Documents in a folder of this machine: durable, no link followed, the confidential ones private.

fsspec's own local files know neither modes nor links, nor whether a file has reached the disk.
Below the folder every name is opened in its opened folder: no link planted there leads elsewhere.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import IO

from governance.exchange.document_places import Doing, Entry, Incoming, Place, Tree
from policies.refusals import TamperedError, WrongHomeError
from projections.disk import failed, open_regular

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_NOT_AS_WE_MADE_IT = {
    "read": frozenset({errno.ELOOP, errno.ENOTDIR, errno.EINVAL}),
    "written": frozenset({errno.ELOOP, errno.ENOTDIR, errno.EISDIR}),
}


class DocumentFolder(Place):
    """A folder; made at the first write. It may itself be a link, nothing below it may."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def shown(self) -> str:
        """Its path."""
        return str(self._root)

    @contextmanager
    def faults(self, doing: Doing) -> Iterator[None]:
        """As `Place.faults`."""
        try:
            yield
        except OSError as error:
            if isinstance(error, FileNotFoundError) and doing == "read":
                raise
            if error.errno in _NOT_AS_WE_MADE_IT[doing]:
                message = (
                    f"{self._root}: {error.filename or 'a name'} there is a link, or not the file"
                    f" or folder that it should be ({error.strerror}); see jcgov document check"
                )
                raise TamperedError(message) from None
            raise failed(self._root, doing, error, WrongHomeError) from None

    def open(self, tree: Tree, digest: str) -> IO[bytes]:
        """As `Place.open`."""
        with (
            self._opened_root() as root,
            _opened(tree, root) as folder,
            _opened(digest[:2], folder) as part,
        ):
            return open_regular(digest, folder=part)

    def begin(self, tree: Tree) -> Incoming:
        """As `Place.begin`."""
        with contextlib.suppress(FileExistsError, NotADirectoryError):  # named when it is opened
            self._root.mkdir(parents=True, exist_ok=True)
        with self._opened_root() as root:
            return _IncomingFile(_made(tree, root, private=tree == "confidential"), tree)

    def entries(self, tree: Tree) -> Iterator[Entry]:
        """As `Place.entries`."""
        try:
            with self.faults("read"), self._opened_root() as root:
                yield from _entries(root, tree, tree, private=tree == "confidential")
        except FileNotFoundError:
            return

    @contextmanager
    def _opened_root(self) -> Iterator[int]:
        try:
            handle = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except NotADirectoryError:
            message = f"the documents' place {self._root} is no folder, or lies below a file"
            raise WrongHomeError(message) from None
        with _closing(handle):
            yield handle


class _IncomingFile(Incoming):
    def __init__(self, folder: int, tree: Tree) -> None:
        """Begin a file in an opened tree, which is closed with it."""
        self._folder = folder
        self._private = tree == "confidential"
        self._name = f".{token_hex(8)}.partial"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        mode = 0o600 if self._private else 0o666
        try:
            self._file = os.fdopen(os.open(self._name, flags, mode, dir_fd=folder), "wb", 0)
        except BaseException:
            os.close(folder)
            raise

    def write(self, piece: bytes) -> None:
        """As `Incoming.write`."""
        left = memoryview(piece)
        while left:
            left = left[os.write(self._file.fileno(), left) :]

    def keep(self, digest: str) -> None:
        """As `Incoming.keep`."""
        os.fsync(self._file.fileno())
        part = _made(digest[:2], self._folder, private=self._private)
        with _closing(part):
            os.replace(self._name, digest, src_dir_fd=self._folder, dst_dir_fd=part)
            os.fsync(part)

    def drop(self) -> None:
        """As `Incoming.drop`."""
        with contextlib.suppress(OSError):
            self._file.close()
        with contextlib.suppress(OSError):
            os.unlink(self._name, dir_fd=self._folder)
        os.close(self._folder)


@contextmanager
def _closing(handle: int) -> Iterator[None]:
    try:
        yield
    finally:
        os.close(handle)


@contextmanager
def _opened(name: str, parent: int) -> Iterator[int]:
    handle = _open_folder(name, parent)
    with _closing(handle):
        yield handle


def _open_folder(name: str, parent: int) -> int:
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    return os.open(name, flags, dir_fd=parent)


def _made(name: str, parent: int, *, private: bool) -> int:
    """Open a folder that is made if it is absent; a private one is closed to others."""
    with contextlib.suppress(FileExistsError):
        os.mkdir(name, 0o700 if private else 0o777, dir_fd=parent)
        os.fsync(parent)
    handle = _open_folder(name, parent)
    try:
        if private and os.fstat(handle).st_mode & _OTHERS:
            os.fchmod(handle, 0o700)
    except BaseException:
        os.close(handle)
        raise
    return handle


def _entries(parent: int, name: str, path: str, *, private: bool) -> Iterator[Entry]:
    """Yield what lies at a name, a folder's contents after what is wrong with the folder itself."""
    found = os.stat(name, dir_fd=parent, follow_symlinks=False)
    open_to_others = private and bool(found.st_mode & _OTHERS)
    if stat.S_ISREG(found.st_mode):
        yield Entry(path, open_to_others=open_to_others)
        return
    if not stat.S_ISDIR(found.st_mode) or path.count("/") > 1:
        yield Entry(path, "a link" if stat.S_ISLNK(found.st_mode) else "no file")
        return
    if open_to_others:
        yield Entry(path, folder=True, open_to_others=True)
    with _opened(name, parent) as folder:
        for inner in sorted(os.listdir(folder)):  # noqa: PTH208 - an opened folder has no path
            with contextlib.suppress(FileNotFoundError):  # what was being written has its name now
                yield from _entries(folder, inner, f"{path}/{inner}", private=private)
