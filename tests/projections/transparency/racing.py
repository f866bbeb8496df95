"""One of several processes that write one log: a few entries at a time, and their checkpoints."""

from __future__ import annotations

import sys
from pathlib import Path

from projections.transparency.log_files import LogFiles
from tests.projections.transparency.plain import entries, note_of


def main(folder: Path, size: int, step: int) -> int:
    """Write the log up to a size, a few entries at a time."""
    files = LogFiles.open(folder)
    while files.size < size:
        until = min(files.size + step, size)
        files.append(entries(until, files.size))
        files.publish(note_of(until))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
