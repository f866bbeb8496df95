"""The scheduler: sweeps in UTC, one at a time, in memory alone.

Nothing is due because a job says so: a sweep computes what is due from the events. So no job is
kept anywhere, one that comes late runs all the same, and several that were missed run as one.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.triggers.interval import IntervalTrigger

from governance.service.sweep import Swept
from policies.refusals import FaultError, Refusal

if TYPE_CHECKING:
    from apscheduler.schedulers.base import BaseScheduler

JOB_DEFAULTS = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
"""Never dropped however late, missed ones as one, never two at once."""


class Sweeper:
    """Sweeps when called, and never raises: trouble is said, and passes.

    What it sweeps is opened when first needed, and anew after trouble, so that it outlives a
    database that is away.
    """

    def __init__(
        self,
        opens: Callable[[], AbstractContextManager[Callable[[], Swept]]],
        report: Callable[[Swept], None],
        trouble: Callable[[Exception], None],
    ) -> None:
        self._opens = opens
        self._report = report
        self._trouble = trouble
        self._open = ExitStack()
        self._sweep: Callable[[], Swept] | None = None

    def __call__(self) -> None:
        """Sweep once."""
        try:
            if self._sweep is None:
                self._sweep = self._open.enter_context(self._opens())
            swept = self._sweep()
            self._report(swept)
        except (FaultError, Refusal) as error:
            self._trouble(error)
            self.close()
        except Exception as error:  # noqa: BLE001 - an error of ours must not end all sweeps
            self._trouble(RuntimeError(f"fault: {type(error).__name__}: {error}"))
            self.close()

    def close(self) -> None:
        """Give back what is open; the next call opens it anew."""
        self._sweep = None
        try:
            self._open.close()
        except (FaultError, Refusal) as error:
            self._trouble(error)
        finally:
            self._open = ExitStack()


def schedule(
    scheduler: BaseScheduler, sweep: Callable[[], None], minutes: int, first: datetime
) -> None:
    """Let a scheduler, which is not started yet, sweep at an instant and ever so often after it."""
    scheduler.configure(
        timezone=UTC, jobstores={"default": MemoryJobStore()}, job_defaults=JOB_DEFAULTS
    )
    trigger = IntervalTrigger(minutes=minutes, start_date=first, timezone=UTC)
    scheduler.add_job(sweep, trigger, id="sweep", name="sweep", next_run_time=first)
