"""Where several processes of the service write the figures of ``/metrics``, so that one tells all.

Apart from what counts: the library looks for the folder when it is imported, and never again.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Names the folder to the library, in this process and in those that it starts."""


@contextmanager
def figures_shared(workers: int) -> Iterator[None]:
    """Share figures between this process and its workers, if there are several."""
    if workers == 1:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="jcgov-metrics-") as folder:
        os.environ[FOLDER] = folder
        try:
            yield
        finally:
            del os.environ[FOLDER]
