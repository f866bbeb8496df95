"""What a page of the site was made from, so that one whose ground stands still is kept as it is.

A committee's page stands on its own streams alone: nobody else's decision alters it. What it shows
of today changes with the day of its time zone, documents with what lies in their store.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from uuid import uuid4

from governance.assembly import documents_of
from governance.http.opened import Opened
from governance.pages import rulebooks
from governance.static_site.addresses import Address, without_language
from policies.calendar import day_of
from policies.refusals import FaultError, Refusal

PATIENCE = 10.0
"""Seconds that views which are behind the events are waited for."""
_LOOK = 0.05
_OF_A_COMMITTEE = re.compile(
    r"/(?:committees/(?P<partner>[A-Z]{2})|(?:v1/)?decisions/JP-(?P<decided>[A-Z]{2}))"
    r"(?=/|$)(?P<rest>.*)"
)
_OF_TODAY = re.compile(r"(?:/inputs(?:/.*)?|/charts)?\Z")
"""Of a committee's pages: those that tell something of today."""
_WITH_DOCUMENTS = re.compile(r"/(?:inputs|projects)/")
_OF_NOW = frozenset({"/status"})
_PROGRAM = ("governance", "projections", "aggregates", "policies")


class Stamps:
    """The stamps of one moment; those of another are equal where nothing differs for a page.

    `beside` is what else every page depends on. While views are behind the events nothing has a
    stamp: what is read then may be older than the record.
    """

    def __init__(self, opened: Opened, beside: str) -> None:
        self._opened = opened
        self._beside = beside
        head = opened.engine.record.head
        self._everything = f"{head.position} {head.link.hex()}"
        self._streams = {code: _streams_of(opened, code) for code in opened.committees()}
        self._are_sure = _reached(opened)  # after the streams: what is read holds all of these
        self._days: dict[str, str] = {}
        self._documents: str | None = None

    def of(self, address: Address) -> str | None:
        """Return what stands for an address's ground; null for what is made anew each time."""
        path = without_language(address.path)
        if not self._are_sure or path in _OF_NOW:
            return None
        ground = [_made_by(), self._beside, address.asked, *self._ground(path)]
        return hashlib.sha256("\n".join(ground).encode()).hexdigest()[:32]

    def _ground(self, path: str) -> Iterator[str]:
        found = _OF_A_COMMITTEE.fullmatch(path)
        code = None if found is None else f"JP-{found['partner'] or found['decided']}"
        if found is None or code not in self._streams:
            yield self._everything
            yield from map(self._day, self._streams)
            return
        yield self._streams[code]
        if found["partner"] and _OF_TODAY.fullmatch(found["rest"]):
            yield self._day(code)
        if _WITH_DOCUMENTS.match(found["rest"]):
            yield self._in_store()

    def _day(self, code: str) -> str:
        """Return today in a committee's time zone; in UTC for one that is not founded."""
        if code not in self._days:
            known, now = rulebooks.in_order(self._opened.tables, code), self._opened.clock()
            day = day_of(now, known[-1].text.rulebook.zone) if known else now.date()
            self._days[code] = day.isoformat()
        return self._days[code]

    def _in_store(self) -> str:
        """Return which public documents lie in the store; while it is away, never the same."""
        if self._documents is None:
            try:
                names = sorted(documents_of(self._opened.settings).names("public"))
                self._documents = "\n".join(names)
            except (Refusal, FaultError):
                self._documents = uuid4().hex
        return self._documents


def _streams_of(opened: Opened, code: str) -> str:
    """Return how far a committee's streams reach, and the chain's link at the end of each."""
    record = opened.engine.record
    ends = {code: record.version(code), **record.versions(f"{code}/")}
    links = ((stream, end, record.table.link(stream, end)) for stream, end in ends.items())
    return "\n".join(f"{stream} {end} {(link or b'').hex()}" for stream, end, link in links)


def _reached(opened: Opened) -> bool:
    """Whether every view has come up to the events, for which it is waited a while."""
    until = time.monotonic() + PATIENCE
    while any(left for _at, left in opened.behind().values()):
        if time.monotonic() > until:
            return False
        time.sleep(_LOOK)
    return True


@cache
def _made_by() -> str:
    """Return what stands for the program: its version, code, pages, texts, styles and rulebooks."""
    found = hashlib.sha256(version("joint-committee").encode())
    for package in _PROGRAM:
        for name, data in sorted(_below(files(package), package)):
            found.update(f"\n{name} {len(data)}\n".encode() + data)
    return found.hexdigest()


def _below(folder: Traversable, place: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            if entry.name != "__pycache__":
                yield from _below(entry, f"{place}/{entry.name}")
        else:
            yield f"{place}/{entry.name}", entry.read_bytes()
