"""Making beforehand what the first readers of a process would wait for.

In small steps, one at a time and in a thread of their own, so that nobody waits for them. What
stops one is said, and stops the rest: readers then make what they need themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import anyio
from anyio import to_thread

from governance.http.opened import Opened
from governance.pages import figures, front, templating
from governance.pages.language import LANGUAGES
from policies.sides import Committee

SECONDS = 60.0
"""After which no further step is begun."""
_LOOK = 0.1


async def warm_up(opened: Opened, trouble: Callable[[Exception], None]) -> None:
    """Take every step, once the views have what is recorded; unless one fails, or time is over."""
    turn = anyio.CapacityLimiter(1)
    with anyio.move_on_after(SECONDS):
        try:
            while not await to_thread.run_sync(_is_current, opened, limiter=turn):
                await anyio.sleep(_LOOK)
            for step in steps(opened):
                await to_thread.run_sync(step, limiter=turn)
        except Exception as error:  # noqa: BLE001 - a service that is not warm serves all the same
            trouble(error)


def _is_current(opened: Opened) -> bool:
    return not any(left for _at, left in opened.behind().values())


def steps(opened: Opened) -> Iterator[Callable[[], object]]:
    """Yield the steps: each committee's registers, the front page, and how pages are written."""
    for code in opened.committees():
        yield partial(figures.figures_of, opened, Committee.parse(code))
    yield partial(front.lines_of, opened)
    for language in LANGUAGES:
        for name in templating.names():
            yield partial(templating.make_ready, language, name)
    yield templating.made_from
