"""Pulling what is new of a log, in steps of bounded size: entries, and the texts they name."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from governance.mirror.incoming import SoFar
from governance.mirror.named import texts_named
from governance.mirror.source import Source
from policies.proof.canonical import digest
from policies.proof.dsse import MAX_ENVELOPE
from policies.proof.log_audit import LogAudit
from policies.proof.tile_layout import WIDTH, bundles_of
from policies.refusals import LogRewrittenError, TileError

STEP = 65_536
"""Entries that are pulled before any of them is checked."""
MOST_BYTES = 256 << 20
"""Bytes of entries, and of texts, after which a step ends."""
_AT_ONCE = 4


def pull_step(source: Source, log: SoFar, founding: str, first: int, size: int) -> int:
    """Pull entries from one on into a folder, with the texts they name; return where it ended.

    Of the bundle in which `first` lies, the entries before it must be those that are known. The
    very first is the founding, before anything else is pulled: who has no key of an authority can
    have nobody pull what he made up. Raises `LogSourceError`, `TileError`, `LogRewrittenError`.
    """
    until, pulled, place = first, 0, 0
    known = list(log.entries(first, first & -WIDTH))
    bundles = list(islice(bundles_of(size, first), STEP // WIDTH))
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="mirror") as pool:
        while place < len(bundles) and pulled < MOST_BYTES:
            few = bundles[place : place + (_AT_ONCE if place else 1)]
            found = list(pool.map(lambda one: source.bundle(*one), few))
            for (index, width), entries in zip(few, found, strict=True):
                _require_sound(index, entries, [] if place else known)
                if until == 0:
                    LogAudit(founding).take(entries[0])
                log.incoming.put(index, entries)
                until = index * WIDTH + width
                pulled += sum(map(len, entries))
                place += 1
    _pull_texts(source, log, first, until)
    return until


def _require_sound(index: int, entries: list[bytes], known: list[bytes]) -> None:
    for place, (ours, theirs) in enumerate(zip(known, entries, strict=False)):
        if ours != theirs:
            message = f"entry {index * WIDTH + place} is another than it was"
            raise LogRewrittenError(message)
    for place, entry in enumerate(entries):
        if not 0 < len(entry) <= MAX_ENVELOPE:
            message = f"entry {index * WIDTH + place} has {len(entry)} bytes"
            raise TileError(message)


def _pull_texts(source: Source, log: SoFar, first: int, until: int) -> None:
    """Pull the texts that entries name and that are not here; each is what its name says."""
    pulled = 0
    known: set[str] = set()
    for entry in log.entries(until, first):
        for name in texts_named(entry) - known:
            known.add(name)
            if log.find_text(name) is not None:
                continue
            text = source.text(name)
            data = text.encode("utf-8")
            if digest(data) != name:
                message = f"text/{name} lies: it is not the text of that digest"
                raise TileError(message)
            pulled += len(data)
            if pulled > MOST_BYTES:
                message = f"the texts that {until - first} entries name are too large"
                raise TileError(message)
            log.incoming.put_text(name, text)
