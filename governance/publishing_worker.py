"""The worker that publishes checkpoints: soon after a commit, and again while something waits.

As many may run as there are processes: the tree follows from the events, and whoever records a
checkpoint first has published it for all.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from governance.assembly import Engine, engine_there, wake_of
from governance.clock import Clock, utc_now
from governance.service.publishing import Outlook, Publisher
from governance.settings import Settings
from governance.struct_types import make_ready
from policies.refusals import FaultError, Refusal
from projections.wake import Wake

EVERY = 30.0
"""Seconds after which witnesses that were away are asked again."""
SOON = 1.0
"""Seconds that what is committed together has, to be published together."""
ENDING = 4.0

Told = Callable[[Outlook], object]
Trouble = Callable[[Exception], object]


class PublishingWorker:
    """Publishes between `start` and `stop`, in a thread of its own, or once by `once`.

    What it stands on is opened anew after trouble, so that it outlives a database that is away.
    `told` hears what was published, and why something waits when that reason is another.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        trouble: Trouble,
        told: Told,
        every: float = EVERY,
        clock: Clock = utc_now,
    ) -> None:
        self._settings = settings
        self._trouble = trouble
        self._told = told
        self._every = every
        self._clock = clock
        self._stop = threading.Event()
        self._wake: Wake | None = None
        self._publisher: Publisher | None = None
        self._thread: threading.Thread | None = None
        self._said: dict[str, str | None] = {}

    def start(self) -> None:
        """Begin to publish in a thread."""
        make_ready()
        self._thread = threading.Thread(target=self.run, name="publishing", daemon=True)
        self._thread.start()

    def stop(self, within: float = ENDING) -> None:
        """End: witnesses that are being asked may answer within some seconds."""
        self._stop.set()
        if (wake := self._wake) is not None:
            wake.stir()
        if self._thread is not None:
            self._thread.join(within)
        if (publisher := self._publisher) is not None:
            publisher.give_up()
        if self._thread is not None:
            self._thread.join()

    def run(self) -> None:
        """Publish until told to stop; trouble is said, and passes."""
        while not self._stop.is_set():
            try:
                if self._settings.recorded:
                    self._work()
            except (FaultError, Refusal) as error:
                self._trouble(error)
            except Exception as error:  # noqa: BLE001 - an error of ours must not end all publishing
                self._trouble(RuntimeError(f"fault: {type(error).__name__}: {error}"))
            self._stop.wait(SOON)

    def _work(self) -> None:
        with self._opened() as (made, wake):
            while not self._stop.is_set():
                for outlook in made.publisher():
                    self._tell(outlook)
                wake.wait(self._every)
                self._stop.wait(SOON)

    def _tell(self, outlook: Outlook) -> None:
        if outlook.published is not None or outlook.why != self._said.get(outlook.committee):
            self._told(outlook)
        self._said[outlook.committee] = outlook.why

    @contextmanager
    def _opened(self) -> Iterator[tuple[Engine, Wake]]:
        with (
            engine_there(self._settings, self._clock) as made,
            closing(wake_of(self._settings, made.record)) as wake,
        ):
            self._wake, self._publisher = wake, made.publisher
            try:
                yield made, wake
            finally:
                self._wake = self._publisher = None
