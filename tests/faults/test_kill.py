"""Killed with SIGKILL at any moment of a loop of commands: nothing acknowledged is lost."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from governance.settings import Settings
from tests.faults.commands import PARTNERS
from tests.faults.conftest import LONG
from tests.faults.invariants import require_whole
from tests.faults.loop import LIMIT, Orders, Running, Told
from tests.governance.terminal import Terminal
from tests.governance.test_cli_import import REAL
from tests.places import Places
from tests.postgresql.server import Server

ROUNDS = 500 if LONG else 20
ROUNDS_OF_A_PLACE = 20
ONE_IN_A_WRITE_OF = 10
"""How many rounds may pass for each kill that meets a write, before there are more of them."""
IMPORTS = 60 if LONG else 3
SEED = 20261125
LONGEST = 0.12
"""Seconds after which a round is killed at the latest, once it has begun with its commands."""
SOON = 0.001
"""Seconds in which a write is about done."""


@dataclass
class Rounds:
    """Rounds of one place: some commands, a kill, and what was found."""

    settings: Settings
    cast: Path
    chance: random.Random
    server: Server | None
    found: Counter[str] = field(default_factory=Counter)

    def play(self) -> None:
        """Play one round."""
        moment = self.chance.choice(("any", "write", "views", "alarm", "alarm"))
        alarm = None
        if moment == "alarm":
            alarm = (self.chance.randrange(1, 25), self.chance.uniform(0, SOON))
        orders = Orders(self.settings, self.cast, PARTNERS[:8], alarm=alarm)
        with Running.commands(orders) as running:
            if moment == "alarm":
                running.wait()
            else:
                self._wait_for(moment, running)
            victim = self._kill(running, alone=moment == "alarm")
            told = running.told
        head = require_whole(self.settings, told)
        self.found["rounds"] += 1
        self.found[victim] += 1
        self.found["acknowledged"] += len(told.steps)
        if told.inside == "record":
            written = head.position >= told.heads[-1].position + told.begun
            self.found["in a write"] += 1
            self.found["recorded, not acknowledged" if written else "not recorded"] += 1
        elif told.inside == "views":
            self.found["in the views"] += 1

    def _wait_for(self, moment: str, running: Running) -> None:
        """Wait for any moment, or for one soon after a write, or a batch of views, has begun."""
        if moment == "any":
            running.hear_for(self.chance.uniform(0, LONGEST) + self.chance.choice((0, 0.08)))
            return
        number = self.chance.randrange(1, 25)

        def reached(told: Told) -> bool:
            return len(told.appends if moment == "write" else told.steps) >= number

        assert running.hear(reached) or running.told.ended, running.told.troubles
        end = time.perf_counter() + self.chance.uniform(0, SOON)
        while time.perf_counter() < end:  # a sleep would be longer than a write
            pass

    def _kill(self, running: Running, *, alone: bool) -> str:
        """Kill the process that does commands, and on PostgreSQL now and then the server too."""
        if alone or self.server is None or self.chance.random() > 0.5:
            running.kill()
            return "process killed"
        self.server.kill()
        running.kill()
        self.server.resume()
        return "server killed"


@pytest.fixture
def rounds(
    request: pytest.FixtureRequest, places: Places, cast: Path, tmp_path: Path
) -> Iterator[Counter[str]]:
    """Return what all rounds found."""
    chance = random.Random(SEED)
    found: Counter[str] = Counter()
    for number in range(0, ROUNDS, ROUNDS_OF_A_PLACE):
        settings = places.make(tmp_path / f"{number}" / "home")
        settings.home.parent.mkdir()
        server = request.getfixturevalue("server") if settings.database_url else None
        rounds = Rounds(settings, cast, chance, server, found)
        for _ in range(min(ROUNDS_OF_A_PLACE, ROUNDS - number)):
            rounds.play()
        # When a kill meets a write is chance, and the machine's mood: some rounds more, if need be.
        for _ in range(2 * ROUNDS_OF_A_PLACE):
            if found["in a write"] * ONE_IN_A_WRITE_OF < found["rounds"]:
                rounds.play()
        replayed = Terminal.at(settings).json("replay", "--verify")
        assert replayed["verified"]["ok"]
        places.drop(settings)
    yield found
    print(f"\n{', '.join(f'{count} {what}' for what, count in sorted(found.items()))}")


def test_nothing_acknowledged_is_lost_and_nothing_stands_by_halves(rounds: Counter[str]) -> None:
    assert rounds["rounds"] >= ROUNDS
    assert rounds["in a write"] > 0  # else the moments are badly chosen


def test_an_import_that_is_killed_is_completed_by_the_next(
    place: Settings, places: Places, tmp_path: Path
) -> None:
    cli = Terminal.at(place)
    cli.run("init")
    began = time.monotonic()
    whole = places.make(tmp_path / "whole")
    Terminal.at(whole).run("import", "decisions", REAL)
    longest = time.monotonic() - began
    chance = random.Random(SEED)
    for _ in range(IMPORTS):
        importing = cli.start("import", "decisions", REAL)
        time.sleep(chance.uniform(0.3, 1) * longest)
        importing.kill()
        importing.communicate(timeout=LIMIT)
        require_whole(place)

    cli.run("import", "decisions", REAL)

    assert _undated(cli.json("log")) == _undated(Terminal.at(whole).json("log"))
    assert cli.json("replay", "--verify")["verified"]["ok"]
    places.drop(whole)


def _undated(log: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what a log says but for when it was recorded."""
    return [entry | {"recorded_at": None} for entry in log]
