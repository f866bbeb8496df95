"""The check of a log beyond its copy: entries are pulled, checked, and held until they are kept.

The fold stays in memory between passes, so that a few entries more cost little; where it is not
there, it is rebuilt from the copy, whose checkpoint proves that its entries are the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from governance.mirror.grown import Grown
from governance.mirror.incoming import Incoming, SoFar
from governance.mirror.kept import Kept
from governance.mirror.pulling import pull_step
from governance.mirror.source import Source
from governance.service.log_segments import SEGMENT, check_entries
from governance.service.workers import available_cores
from policies.proof.log_audit import LogAudit
from policies.proof.merkle import leaf_hash
from policies.refusals import LogEntryError, LogFilesError, Refusal


class Checking:
    """What was checked of a log: the entries of the copy, and after them what has come in."""

    def __init__(self, founding: str, kept: Kept, incoming: Incoming, cores: int | None) -> None:
        self._founding, self._kept, self._incoming = founding, kept, incoming
        self._cores = cores or available_cores()
        self._audit: LogAudit | None = None
        self._leaves: list[bytes] = []
        self.held = 0
        """Entries of the copy."""
        self._incoming.clear()

    @property
    def size(self) -> int | None:
        """How many entries were checked; null where the fold is not there."""
        return None if self._audit is None else self._audit.size

    def begin(self) -> None:
        """Look at how long the copy is."""
        seen = self._kept.seen
        self.held = 0 if seen is None else seen.head.size

    def here(self) -> LogAudit:
        """Return the fold; raises `LogFilesError` for a copy that was altered."""
        if self._audit is None:
            self._audit = self._again()
        return self._audit

    def advance(self, source: Source, size: int) -> LogAudit:
        """Pull and check the entries up to a size, in steps, each checked before the next.

        Raises `LogEntryError` naming the first that is not good, and what pulling raises.
        """
        audit = self.here()
        while audit.size < size:
            self._check(audit, pull_step(source, self._log, self._founding, audit.size, size))
        return audit

    def grown(self, size: int) -> Grown:
        """Return the tree of the first entries, over the copy's."""
        return Grown(self.held, self._kept.subtrees(self.held), self._leaves[: size - self.held])

    def new(self, size: int) -> Iterator[bytes]:
        """Yield the entries that were checked and are not in the copy, up to a size."""
        return self._log.entries(size, self.held)

    def texts(self) -> dict[str, str]:
        """Return the texts that came with them."""
        return self._incoming.texts()

    def kept(self, size: int) -> None:
        """Note that the copy has so many entries now."""
        del self._leaves[: size - self.held]
        self.held = size
        if not self._leaves:
            self._incoming.clear()

    def forget(self) -> None:
        """Go back to what the copy has."""
        self._audit = None
        self._leaves.clear()
        self._incoming.clear()

    @property
    def _log(self) -> SoFar:
        return SoFar(self._kept.reading, self.held, self._incoming)

    def _check(self, audit: LogAudit, until: int) -> None:
        first, log = audit.size, self._log
        alone = self._cores == 1 or until - first <= SEGMENT
        root = audit.place.tree.root_at(first)
        if not alone:
            parts = check_entries(
                log, self._founding, until, after=first, root=root, whole=False, cores=self._cores
            )
            with closing(parts):
                for found in parts:
                    if found.fault is not None:
                        raise LogEntryError(found.fault)
                    root = found.ends
        for entry in log.entries(until, first):
            if alone:
                audit.take(entry)
            else:
                audit.take_again(entry)
            self._leaves.append(leaf_hash(entry))
        if not alone and audit.place.tree.root_at(until) != root:
            message = "the entries changed while they were read"
            raise LogEntryError(message)

    def _again(self) -> LogAudit:
        self.forget()
        audit = LogAudit(self._founding, self._log.find_text)
        seen = self._kept.seen
        if seen is None:
            return audit
        try:
            for entry in self._kept.reading.entries(self.held):
                audit.take_again(entry)
            good = audit.place.tree.root_at(self.held) == seen.head.root
        except Refusal as error:
            raise self._altered(str(error)) from None
        if not good:
            raise self._altered("its entries do not lead to its checkpoint")
        return audit

    def _altered(self, why: str) -> LogFilesError:
        message = f"the copy {self._kept.folder} was altered: {why}; move it away and pull it anew"
        return LogFilesError(message)
