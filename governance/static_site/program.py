"""What answers are made by, whatever they say: another program makes every page anew."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable

_PACKAGES = ("governance", "projections", "aggregates", "policies")


@cache
def made_by() -> str:
    """Return what stands for the program: its version, code, pages, texts, styles and rulebooks."""
    found = hashlib.sha256(version("joint-committee").encode())
    for package in _PACKAGES:
        for name, data in sorted(files_of(package)):
            found.update(f"\n{name} {len(data)}\n".encode() + data)
    return found.hexdigest()


def files_of(package: str) -> Iterator[tuple[str, bytes]]:
    """Yield every file of a package, by its place."""
    yield from _below(files(package), package)


def _below(folder: Traversable, place: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if not entry.is_dir():
            yield f"{place}/{entry.name}", entry.read_bytes()
        elif entry.name != "__pycache__":
            yield from _below(entry, f"{place}/{entry.name}")
