"""Checking an exported log, in named steps, the entries on all cores.

anchor     the founding is the one that both governments published
seal       the files are whole: every entry is there, and each tile, text and key is what it says
entries    each entry keeps the rules of its place, by one fold in their order
logged     the checkpoint is of these entries, and signed by the keys that they lead to
witnessed  both sides' witnesses have cosigned it
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from governance.exchange.log_folder import CHECKPOINT, LogFolder, logs_in
from governance.service.log_segments import check_entries
from policies.calendar import timestamp
from policies.proof.audit import Audit, Check, Level, Trust, require_published
from policies.proof.canonical import digest, is_digest
from policies.proof.checkpoint import Checkpoint, TreeHead, require_quorum
from policies.proof.dsse import Envelope
from policies.proof.log_audit import Reached, require_head
from policies.proof.log_keys_files import files_of
from policies.proof.merkle import HASH_SIZE, leaf_hash
from policies.proof.note import MAX_NOTE, Note
from policies.proof.reading import read
from policies.proof.statements import Founding
from policies.proof.tile_layout import WIDTH, bundles_of, tile_path, tiles_of
from policies.refusals import (
    AnchorError,
    ContextError,
    LogProofError,
    NotFoundError,
    Refusal,
    SealError,
)

Progress = Callable[[int], None]

UNKNOWN = (
    ("objections", "a log holds what the record key acknowledged: an objection that it withheld is"
     " its member's to show; whose an affirmation is stands in no receipt"),
    ("distribution", "a log cannot show that the texts, or the convenings, reached the members"),
    ("meeting", "a log cannot show that the meetings took place as the texts say"),
    ("ground", "rules about what was decided before (versions, scopes, amounts) are the engine's"),
    ("registries", "a log shows what the registries reported, not what they issued"),
    ("later", "a log shows nothing after its checkpoint"),
)  # fmt: skip


def check_log(
    folder: LogFolder,
    trust: Trust | None,
    require: Level | None = None,
    *,
    cores: int | None = None,
    named: bool = False,
    progress: Progress = lambda _entries: None,
) -> Audit:
    """Check a committee's exported log; never raises for what its files say.

    By default it must be witnessed where the log's own statements name witnesses, else logged.
    Where it is `named`, the folder must have its committee's name.
    """
    audit, log = Audit(), _Log(folder, named=named)
    steps: list[tuple[str, Callable[[], str]]] = [
        ("anchor", lambda: log.anchor(trust)),
        ("seal", log.seal),
        ("entries", lambda: log.entries(cores, progress)),
        ("logged", log.logged),
    ]
    for name, step in steps:
        try:
            audit.checks.append(Check(name, ok=True, detail=step()))
        except Refusal as refusal:
            audit.checks.append(Check.refused(name, refusal))
            return audit
    log.witness(audit, require)
    if audit.ok:
        audit.unknown.extend([*UNKNOWN, *(("disputed", str(d)) for d in log.reached.disputed)])
    return audit


def check_logs(
    path: Path, trust: Trust | None, require: Level | None = None, cores: int | None = None
) -> Audit:
    """Check the log that a folder is, or those of all committees in it, each in a folder so named.

    Of several the steps stand one after the other, each saying of which committee; the first that
    fails ends it. Raises `NotFoundError` if there is none.
    """
    whole = Audit()
    folders = logs_in(path)
    several = folders[0].path != path
    for folder in folders:
        audit = check_log(folder, trust, require, cores=cores, named=several)
        said = f"{folder.path.name}: " if several else ""
        whole.checks += [replace(check, detail=said + check.detail) for check in audit.checks]
        whole.unknown += [(what, said + why) for what, why in audit.unknown]
        if not audit.ok:
            whole.unknown.clear()
            return whole
    found = {folder.path.name for folder in folders}
    for committee in sorted(set(trust or {}) - found if several else ()):
        whole.unknown.append(("absent", f"{committee} is in the trust file, its log is not here"))
    return whole


class _Log:
    """What the steps hand on; each step may rely on the ones before it."""

    reached: Reached
    checkpoint: Checkpoint

    def __init__(self, folder: LogFolder, *, named: bool) -> None:
        self._folder, self._named = folder, named

    def anchor(self, trust: Trust | None) -> str:
        self._note = self._folder.text(CHECKPOINT)
        self._head = TreeHead.parse(Note.parse(self._note).text)
        if self._head.size == 0:
            message = "the log is empty: there is no founding to compare"
            raise AnchorError(message)
        first = Envelope.from_bytes(next(self._folder.entries(self._head.size)), "entry 0")
        said = require_published(first, trust)
        self._trusted = first.digest
        committee = read(first, Founding).committee
        if self._named and self._folder.path.name != committee:
            message = f"the folder {self._folder.path.name} holds the log of {committee}"
            raise ContextError(message)
        return said

    def seal(self) -> str:
        """Read every file of the log, and hold tiles against entries, texts against digests."""
        size = self._head.size
        leaves = [leaf_hash(entry) for entry in self._folder.entries(size)]
        for index, width in bundles_of(size):
            for wide, entries in self._folder.bundles(index, width):
                if [leaf_hash(entry) for entry in entries] != leaves[index * WIDTH :][:wide]:
                    message = f"two bundles {index} of entries do not hold the same"
                    raise SealError(message)
        files = 0
        for level, index, tile in tiles_of(leaves):
            files += self._hold_tile(level, index, tile)
        texts = 0
        for texts, name in enumerate(self._folder.texts(), start=1):  # noqa: B007
            text = self._folder.find_text(name)
            if not is_digest(name) or text is None or digest(text.encode("utf-8")) != name:
                message = f"text/{name} is not the text of that digest"
                raise SealError(message)
        return f"{size:,} entries, {files:,} tiles that fit them, and {texts:,} texts are there"

    def _hold_tile(self, level: int, index: int, tile: bytes) -> int:
        width = len(tile) // HASH_SIZE
        found = dict(self._folder.tiles(level, index, width))
        if width not in found:
            message = f"{tile_path(level, index, width)} is not there"
            raise NotFoundError(message)
        for wide, data in found.items():
            if data != tile[: wide * HASH_SIZE]:
                message = f"{tile_path(level, index, wide)} does not fit the entries"
                raise SealError(message)
        return len(found)

    def entries(self, cores: int | None, progress: Progress) -> str:
        """Check every entry; the first that is not good is named, with how many are before it."""
        missing: set[str] = set()
        with closing(
            check_entries(self._folder, self._trusted, self._head.size, cores=cores)
        ) as parts:
            for found in parts:
                progress(found.entries)
                if found.fault is not None:
                    raise LogProofError(found.fault)
                missing |= found.missing
                if found.reached is not None:
                    self.reached = found.reached
        if missing:
            message = (
                f"{len(missing)} texts that the entries name (rulebooks, annexes) are not there:"
                f" {min(missing)[:16]}… first; all entries are good but for what those say"
            )
            raise NotFoundError(message)
        return f"{self.reached.size:,} entries keep the rules of their places"

    def logged(self) -> str:
        """Hold the checkpoint, and the files of keys, against what the entries lead to."""
        keys = self.reached.keys
        self.checkpoint = require_head(
            self._note, lambda _size: keys.alone, lambda _size: self.reached.root
        )
        for name, wanted in files_of(keys).items():
            if self._folder.text(name, MAX_NOTE) != wanted:
                message = (
                    f"{name} does not say what the entries lead to; believe them, not the file"
                )
                raise ContextError(message)
        return (
            f"the checkpoint of {keys.origin} is of these {self.reached.size:,} entries, signed by"
            " the log's key; the files of keys agree with it"
        )

    def witness(self, audit: Audit, require: Level | None) -> None:
        """Judge the cosignatures; too few are absent, one that is not genuine is always wrong."""
        keys = self.reached.keys
        required = require == "witnessed" or (require is None and bool(keys.witnesses))
        try:
            found = require_head(self._note, lambda _: keys, lambda _: self.reached.root)
        except Refusal as refusal:
            audit.checks.append(Check.refused("witnessed", refusal))
            return
        try:
            who = require_quorum(keys, found.cosigned, self.reached.sides)
        except Refusal as refusal:
            if required:
                audit.checks.append(Check.refused("witnessed", refusal))
            else:
                audit.unknown.append(("witnessed", str(refusal)))
            return
        since = found.first_cosigned
        at = "" if since is None else f"; witnessed since {timestamp(since)}"
        audit.checks.append(Check("witnessed", ok=True, detail=f"cosigned by {who}{at}"))
