"""The folder that holds a copy of the site: written where something changed, tidied where not.

What the copy has made is listed in a file beside it; nothing else is ever overwritten or removed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from policies.refusals import UnreadableError
from projections.disk import unwritten

LISTING = ".jcgov-site.json"


class Page(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an address answered: the tag of what it was made from, its file, and where it leads.

    `beside` is what else it shows, of which the tag says nothing.
    """

    tag: str
    file: str
    links: tuple[str, ...]
    lasting: bool = False
    beside: str = ""


class _Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an earlier copy has made: the SHA-256 of each file by its name, each page by address.

    `ground` is what every page was made by.
    """

    made: dict[str, str]
    pages: dict[str, Page] = {}
    ground: str = ""


@dataclass
class Written:
    """What became of the files of a copy."""

    written: int = 0
    unchanged: int = 0
    removed: int = 0
    kept: list[str] = field(default_factory=list)
    """Files that the copy had made, which somebody has changed since."""


class CopyFolder:
    """A folder into which a copy is written; raises `UnreadableError` for what it cannot be."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._root = folder.resolve(strict=True)
        except OSError as error:
            raise unwritten(folder, error, UnreadableError) from None
        self._listed = self._read_listing()
        self._before = self._listed.made
        self._now: dict[str, str] = {}
        self.said = Written()

    def begin(self, names: Iterable[str]) -> None:
        """List what will be made, so that a copy that was cut off can be gone on with.

        Refuses, before anything is written, a folder in which others' files are in the way
        (`UnreadableError`).
        """
        planned = dict.fromkeys(names, "")
        for name in planned:
            path = self._path(name)
            if name not in self._before and path.exists():
                message = f"{path} is there already, made by no copy; choose another folder"
                raise UnreadableError(message)
        self._list(_Listed(planned | self._before, self._listed.pages, self._listed.ground))

    def write(self, name: str, data: bytes) -> None:
        """Write a file unless it is there already as it should be.

        Raises `UnreadableError` where a link leads out of the folder, or it cannot be written.
        """
        digest = hashlib.sha256(data).hexdigest()
        path = self._path(name)
        self._now[name] = digest
        there = _digest_of(path)
        if there == digest:
            self.said.unchanged += 1
            return
        partial = path.with_name(f".{path.name}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            partial.write_bytes(data)
            partial.replace(path)
        except OSError as error:
            with suppress(OSError):
                partial.unlink()
            raise unwritten(path, error, UnreadableError) from None
        self.said.written += 1

    def pages(self, ground: str) -> Mapping[str, Page]:
        """Return what the copy before this one knew of its pages, if it stood on that ground."""
        return self._listed.pages if self._listed.ground == ground else {}

    def holds(self, name: str) -> bool:
        """Whether a file is there as the copy before this one made it."""
        made = self._before.get(name)
        return made is not None and _digest_of(self._path(name)) == made

    def keep(self, name: str) -> None:
        """Leave a file that the folder holds as it is."""
        self._now[name] = self._before[name]
        self.said.unchanged += 1

    def finish(self, pages: Mapping[str, Page] | None = None, ground: str = "") -> Written:
        """Remove what an earlier copy made and this one did not, and list what is there."""
        for name in sorted(self._before.keys() - self._now.keys()):
            self._remove(name)
        self._list(_Listed(self._now, dict(pages or {}), ground))
        return self.said

    def _list(self, listed: _Listed) -> None:
        listing = msgspec.json.format(msgspec.json.encode(listed, order="deterministic"), indent=1)
        path = self._root / LISTING
        try:
            if not path.exists() or path.read_bytes() != listing:
                path.write_bytes(listing)
        except OSError as error:
            raise unwritten(path, error, UnreadableError) from None

    def _remove(self, name: str) -> None:
        path = self._path(name)
        there = _digest_of(path)
        if there is None:
            return
        if there != self._before[name]:
            self.said.kept.append(name)
            return
        path.unlink()
        self.said.removed += 1
        for parent in path.parents:
            if parent == self._root:
                return
            try:
                parent.rmdir()
            except OSError:  # something else is in it
                return

    def _path(self, name: str) -> Path:
        """Return a file's path; refuse one that a link leads out of the folder."""
        path = self._root / name
        if not path.parent.resolve().is_relative_to(self._root) or path.is_symlink():
            message = f"{path} leads out of the folder by a link; export into another folder"
            raise UnreadableError(message)
        return path

    def _read_listing(self) -> _Listed:
        path = self._root / LISTING
        try:
            listed = msgspec.json.decode(path.read_bytes(), type=_Listed)
        except FileNotFoundError:
            return _Listed({})
        except (OSError, msgspec.DecodeError) as error:
            message = f"{path} is no list of a copy: {error}; export into another folder"
            raise UnreadableError(message) from None
        for name in (*listed.made, *(page.file for page in listed.pages.values())):
            self._require_below(name, path)
        return listed

    @staticmethod
    def _require_below(name: str, listing: Path) -> None:
        parts = name.split("/")
        if not name or any(part in ("", ".", "..") for part in parts) or "\0" in name:
            message = f"{listing} names {name!r}, which no copy makes; export into another folder"
            raise UnreadableError(message)


def _digest_of(path: Path) -> str | None:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise unwritten(path, error, UnreadableError) from None
