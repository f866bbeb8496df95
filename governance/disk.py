"""Files that are written whole, and what it means when they cannot be written."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

from policies.refusals import Refusal, StorageError

_OF_THE_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO})


def unwritten(file: Path, error: OSError, refusal: type[Refusal]) -> Exception:
    """Return what to raise for a file that could not be written.

    `StorageError` where its disk is full or fails, else the refusal; both name the file.
    """
    message = f"{file} cannot be written: {error.strerror}"
    return StorageError(message) if error.errno in _OF_THE_DISK else refusal(message)


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
