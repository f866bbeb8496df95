"""Structured logs: one JSON line for each request, and for what else happens; never a body.

Of a request: its number, method, the template of its route, status and time. No path, no query and
no header: these can hold what is nobody's business.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog
from structlog.typing import Processor

_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure() -> None:
    """Let everything in this process log JSON lines to stderr, the server's own words too."""
    structlog.configure(
        processors=[
            *_SHARED,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
    )
    # Nothing else is set up to log: what the server and the libraries warn of ends here.
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(formatter)


def log() -> Any:
    """Return the logger."""
    return structlog.get_logger()
