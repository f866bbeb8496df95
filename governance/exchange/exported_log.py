"""Writing the committees' transparency logs below a folder that any web server can serve."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from aggregates.store.record import Record
from governance.service.logs import Logs
from policies.refusals import UnreadableError
from projections.disk import unwritten
from projections.transparency.log_files import LogFiles


class Exported(NamedTuple):
    """A committee's log as it was written: its entries, and how many its checkpoint covers."""

    committee: str
    entries: int
    added: int
    checkpoint: int | None

    def to_json(self) -> dict[str, Any]:
        """Return it as programs are shown it."""
        return self._asdict()


def export_logs(record: Record, committees: Iterable[str], folder: Path) -> Iterator[Exported]:
    """Bring each committee's folder below `folder` up to the record, and yield what came of it.

    What is there is gone on with; nothing but `checkpoint` and the files of keys is written again.
    Raises `UnreadableError` where the folder cannot be written, and `LogFilesError` for a folder
    that is another log.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritten(folder, error, UnreadableError) from None
    if not os.access(folder, os.W_OK | os.X_OK):
        message = f"{folder} cannot be written by this user"
        raise UnreadableError(message)
    with closing(Logs(record, folder)) as logs:
        for code in committees:
            before = LogFiles.open(folder / code).size
            up = logs.up(code)
            covers = None if up.last is None else up.last.size
            yield Exported(code, up.reached.size, up.reached.size - before, covers)
