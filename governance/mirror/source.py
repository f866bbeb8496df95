"""Where a log is pulled from: an engine, or any web server with the folder; nothing is believed."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from governance.delivery.posting import Posting, Reply, shown
from governance.delivery.targets import ANYWHERE, target_of
from governance.exchange.log_folder import CHECKPOINT, MAX_TEXT
from policies.proof.merkle import HASH_SIZE
from policies.proof.note import MAX_NOTE
from policies.proof.tile_layout import ENTRIES, MAX_FILE, WIDTH, tile_path, unbundle
from policies.refusals import LogProofError, LogSourceError, TargetError, TileError, UnreadableError

TIMEOUT = 30.0
"""Seconds in which one file must have arrived."""

Get = Callable[[str, int], bytes | None]
"""Returns what lies at a URL, at most so many bytes and one more; null where nothing does."""


@dataclass
class OverHTTP:
    """Fetches files by HTTP, each within a time; redirects are answers that are none."""

    posting: Posting = field(
        default_factory=lambda: Posting(
            ANYWHERE, seconds=TIMEOUT, trusted=ssl.create_default_context()
        )
    )

    def __call__(self, url: str, most: int) -> bytes | None:
        """As `Get`; raises `LogSourceError`."""
        found = self.posting.get(url, most + 1)
        if not isinstance(found, Reply):
            message = f"{url}: {found.error or 'no answer'}"
            raise LogSourceError(message)
        if found.status in (404, 410):
            return None
        if found.status != 200:
            message = f"{url} answered {found.status} {shown(found.body)}".rstrip()
            raise LogSourceError(message)
        return found.body


def require_base(url: str) -> str:
    """Return an address below which files are looked for; `UnreadableError` for any other text."""
    try:
        target = target_of(url)
    except TargetError as error:
        message = (
            f"{url!r} is no address to read logs from ({error}); a folder on this machine is"
            " checked with: jcgov verify DIR --trust FILE"
        )
        raise UnreadableError(message) from None
    if "?" in target.path:
        message = f"{url!r} has a query; files are looked for below the address"
        raise UnreadableError(message)
    return url.rstrip("/")


class Source:
    """One committee's log at an address: an engine's, or a folder's that holds its folder."""

    def __init__(self, url: str, committee: str, get: Get) -> None:
        self._url, self._committee, self._get = require_base(url), committee, get

    @cached_property
    def base(self) -> str:
        """The address of the log's folder; raises `LogSourceError` where there is none."""
        for base in (f"{self._url}/log/{self._committee}", f"{self._url}/{self._committee}"):
            if self._get(f"{base}/{CHECKPOINT}", MAX_NOTE) is not None:
                return base
        message = (
            f"{self._url} has no log of {self._committee}: neither"
            f" log/{self._committee}/{CHECKPOINT} nor {self._committee}/{CHECKPOINT} is there"
        )
        raise LogSourceError(message)

    def checkpoint(self) -> str:
        """Return the checkpoint as it lies there; `LogSourceError` for what is no text."""
        try:
            return self._text(CHECKPOINT, MAX_NOTE)
        except TileError as error:
            message = f"{self.base}: {error}"
            raise LogSourceError(message) from None

    def text(self, digest: str) -> str:
        """Return the text that has a digest; whoever asks compares it."""
        return self._text(f"text/{digest}", MAX_TEXT)

    def bundle(self, index: int, width: int) -> list[bytes]:
        """Return the entries of a bundle, of a full one in a partial one's place the first."""
        wide, data = self._tile(ENTRIES, index, width)
        path = tile_path(ENTRIES, index, wide)
        try:
            found = unbundle(
                data, WIDTH if path == tile_path(ENTRIES, index, WIDTH) else width, path
            )
        except LogProofError as error:
            raise TileError(str(error)) from None
        return found[:width]

    def tile(self, level: int, index: int, width: int) -> bytes:
        """Return a tile's hashes, of a full one in a partial one's place the first."""
        wide, data = self._tile(level, index, width)
        if len(data) != wide * HASH_SIZE:
            path = tile_path(level, index, wide)
            message = f"{path} has {len(data)} bytes, not {wide * HASH_SIZE}"
            raise TileError(message)
        return data[: width * HASH_SIZE]

    def _tile(self, level: int | str, index: int, width: int) -> tuple[int, bytes]:
        for wide in dict.fromkeys((width, WIDTH)):
            data = self._file(tile_path(level, index, wide), MAX_FILE)
            if data is not None:
                return wide, data
        raise self._absent(tile_path(level, index, width))

    def _text(self, name: str, most: int) -> str:
        data = self._file(name, most)
        if data is None:
            raise self._absent(name)
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            message = f"{name} is no text in UTF-8"
            raise TileError(message) from None

    def _file(self, name: str, most: int) -> bytes | None:
        data = self._get(f"{self.base}/{name}", most)
        if data is not None and len(data) > most:
            message = f"{name} is larger than the {most} bytes that it may have"
            raise TileError(message)
        return data

    def _absent(self, name: str) -> LogSourceError:
        return LogSourceError(f"{self.base}/{name} is not there")
