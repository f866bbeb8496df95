"""Files that are written whole, and what it means when they cannot be written."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
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


def write_new(file: Path, data: bytes, mode: int) -> None:
    """Write a file durably, whole or not at all; `FileExistsError` if it is there."""
    partial = file.with_name(f".{file.name}.{os.getpid()}.partial")
    try:
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        _name(partial, file)
    finally:
        partial.unlink(missing_ok=True)
    _flush_names(file.parent)


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


def _flush_names(folder: Path) -> None:
    """Let a folder's new names reach the disk, where the system can do that."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
