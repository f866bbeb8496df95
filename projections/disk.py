"""Files that are written whole, and what it means when they cannot be written."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, Literal

from policies.refusals import Refusal, StorageError

_OF_THE_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO})


def unwritten(file: Path, error: OSError, refusal: type[Refusal]) -> Exception:
    """Return what to raise for a file that could not be written.

    `StorageError` where its disk is full or fails, else the refusal; both name the file.
    """
    return failed(file, "written", error, refusal)


def failed(
    file: Path, doing: Literal["read", "written"], error: OSError, refusal: type[Refusal]
) -> Exception:
    """Return what to raise for a file that could not be read or written, as `unwritten`."""
    message = f"{file} cannot be {doing}: {error.strerror}"
    return StorageError(message) if error.errno in _OF_THE_DISK else refusal(message)


def open_regular(file: str | Path, *, folder: int | None = None) -> IO[bytes]:
    """Open a file to be read, by its name in an opened folder where one is given.

    Raises `OSError`: ELOOP for a link, EINVAL for what is no regular file (nor waits for it).
    """
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    handle = os.open(file, flags, dir_fd=folder)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "it is no regular file", str(file))
    return os.fdopen(handle, "rb")


def holds_private_key(start: bytes) -> bool:
    """Whether a file that begins so holds a private key in PEM, encrypted or not."""
    return b"PRIVATE KEY-----" in start


def write_new(file: Path, data: bytes, mode: int, *, beside: Path | None = None) -> None:
    """Write a file durably, whole or not at all; `FileExistsError` if it is there.

    Until it is whole it lies in the folder `beside`, of the same file system; null: its own.
    """
    partial = _partial(file, beside)
    try:
        _write(partial, data, mode)
        _name(partial, file)
    finally:
        partial.unlink(missing_ok=True)
    flush_names(file.parent)


def write_all(
    files: Iterable[tuple[Path, bytes]],
    mode: int,
    *,
    beside: Path,
    exists: Callable[[Path, bytes], None],
) -> None:
    """Write files durably, each whole or not at all, and give them their names in this order.

    None has its name before the bytes of all are on the disk. `exists` judges one that is there.
    """
    partials: list[tuple[Path, Path, bytes]] = []
    try:
        for number, (file, data) in enumerate(files):
            partial = beside / f"{number}.{os.getpid()}.partial"
            partials.append((partial, file, data))
            _write(partial, data, mode)
        for partial, file, data in partials:
            try:
                _name(partial, file)
            except FileExistsError:
                exists(file, data)
    finally:
        for partial, _file, _data in partials:
            partial.unlink(missing_ok=True)
    for folder in {file.parent for _partial, file, _data in partials}:
        flush_names(folder)


def replace(file: Path, data: bytes, mode: int, *, beside: Path | None = None) -> None:
    """Write a file durably in the place of what was there: a reader finds the one or the other."""
    partial = _partial(file, beside)
    try:
        _write(partial, data, mode)
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)
    flush_names(file.parent)


def flush_names(folder: Path) -> None:
    """Let a folder's new names reach the disk, where the system can do that."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _partial(file: Path, beside: Path | None) -> Path:
    return (beside or file.parent) / f".{file.name}.{os.getpid()}.partial"


def _write(file: Path, data: bytes, mode: int) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _name(partial: Path, file: Path) -> None:
    """Give a file its name, unless another has it."""
    try:
        file.hardlink_to(partial)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if file.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
        partial.replace(file)
