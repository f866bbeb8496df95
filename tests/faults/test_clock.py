"""A clock that is set back between commands: events keep their order, and their times too."""

from __future__ import annotations

from pathlib import Path

from governance import assembly
from governance.settings import Settings
from tests.faults.commands import past
from tests.faults.invariants import require_whole
from tests.faults.scenarios import PARTNERS, do_one
from tests.governance.setting import proposal
from tests.governance.terminal import Terminal

SEATED = 4
"""Commands after which a committee has its people: founded, imported, both sides appointed."""


def test_a_clock_that_is_set_back_orders_nothing_backwards(place: Settings, cast: Path) -> None:
    for _ in range(SEATED):
        do_one(place, cast, [])
    cli = Terminal.at(place)
    cli.write("draft.json", proposal())
    for number in (20, 21):
        cli.write(f"{number}.csv", past(PARTNERS[:1], number))
    convene = ("convene", "--committee", "MN", "--place", "Tokyo", "--date")

    cli.run(*convene, "2026-05-01", at="2026-03-10T10:00:00Z")
    cli.run("import", "decisions", "20.csv", at="2026-03-10T10:00:00Z")
    cli.run(*convene, "2026-05-02", at="2026-03-01T10:00:00Z")
    cli.run("import", "decisions", "21.csv", at="2026-03-01T10:00:00Z")
    cli.run("propose", "draft.json", "--draft", at="2025-12-31T10:00:00Z")

    with assembly.open_record(place) as record:
        for stream in ("JP-MN", "JP-MN/history"):
            times = [entry.event.at for entry in record.stream(stream)]
            assert times == sorted(times)
            assert (times[-1].month, times[-1].day) == (3, 10)
    require_whole(place, scripted=False)
