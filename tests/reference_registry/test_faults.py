"""A fault at every statement and commit of a pass: afterwards each amount is issued exactly once.

The fault comes before the statement, or after it, so that its answer is lost; the program goes on,
or dies on the spot.
"""

from __future__ import annotations

import functools
import itertools
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from unittest import mock

import pytest

from policies.proof.audit import Audit, verify
from tests.faults.conftest import LONG
from tests.faults.points import DIED, Point, fault_at, watched_sqlite
from tests.forked import FORKS
from tests.reference_registry.books import require_balanced
from tests.reference_registry.desk import Desk
from tests.reference_registry.standin import StandIn, corrects, credits, government, private

BALANCES = {"government_holding": 3, "Kita": 6, "cancellation": 3}
EVERY, DEATHS = (1, 1) if LONG else (5, 25)
"""Of the points, those that are tried: all of them in the long tests."""


def _engine() -> StandIn:
    """A committee that has issued to two holders, then took from one and gave to the other."""
    engine = StandIn.seated()
    shares = (government("JP", 6), private("JP", "Kita", 4), government("MN", 5))
    first = engine.decide(credits(10, 5, *shares), credits(0, 1))
    changed = (government("JP", 3), private("JP", "Kita", 6), government("MN", 5))
    engine.decide(corrects(first, first, (9, 5), *changed))
    return engine


@pytest.fixture(scope="module")
def committee() -> Iterator[StandIn]:
    """The committee, whose bundles are verified once: this is not about them."""
    engine = _engine()

    @functools.cache
    def once(data: bytes) -> Audit:
        return verify(data, engine.bench.trust)

    def verified(data: bytes, *_: object) -> Audit:
        return once(data)

    with mock.patch("governance.reference_registry.decided.verify", verified):
        yield engine


def _require_done(desk: Desk) -> None:
    """Nothing is left to do, and nothing was done twice."""
    assert desk.balances == BALANCES
    assert desk.issued == [10, 2]
    assert desk.waiting == []
    assert desk.status["unaccepted_reports"] == []
    require_balanced(desk.folder)


def _require_told(engine: StandIn) -> None:
    """The engine knows exactly what stands, and was told nothing in two ways."""
    assert sum(r.amount for r in engine.reports() if _stands(engine, r.report)) == 9
    assert all(len(set(bodies)) == 1 for bodies in _by_report(engine).values())


def _stands(engine: StandIn, report: str) -> bool:
    return report not in {other.supersedes for other in engine.reports()}


def _by_report(engine: StandIn) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {}
    for body in engine.posted:
        found.setdefault(body.decode()[:2000], []).append(body)
    return found


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_fault_at_any_statement_leaves_nothing_by_halves(
    committee: StandIn, tmp_path: Path, when: Literal["before", "after"]
) -> None:
    reached: set[str] = set()
    with watched_sqlite():
        for number in itertools.count(1, EVERY):
            desk = _desk(committee, tmp_path / str(number))
            with fault_at(Point(number, when, dies=False)) as points:
                _run(desk)
            if not points.reached:
                break
            reached.add(points.reached.split(" (")[0])
            desk.run()
            _require_done(desk)
            _require_told(committee)
            shutil.rmtree(desk.folder)

    assert number > 100
    if EVERY == 1:
        assert {"INSERT INTO settled", "INSERT INTO reports", "COMMIT"} <= reached


def _desk(engine: StandIn, folder: Path) -> Desk:
    folder.mkdir()
    engine.posted.clear()
    engine.accepted.clear()
    return Desk(engine, folder)


def _run(desk: Desk) -> None:
    try:
        desk.run()
    except sqlite3.OperationalError as error:
        assert "disk I/O error" in str(error)  # noqa: PT017 - it happens at most points, not at all


def _die(folder: Path, number: int, when: Literal["before", "after"]) -> None:
    with watched_sqlite():
        engine = _engine()
        engine.kept = folder / "accepted"
        desk = Desk(engine, folder)
        with fault_at(Point(number, when, dies=True)):
            desk.run()


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_process_that_dies_at_a_statement_leaves_nothing_by_halves(
    committee: StandIn, tmp_path: Path, when: Literal["before", "after"]
) -> None:
    died = 0
    for number in itertools.count(1, DEATHS):
        folder = tmp_path / str(number)
        folder.mkdir()
        process = FORKS.Process(target=_die, args=(folder, number, when))
        process.start()
        process.join(60)
        assert process.exitcode in (0, DIED)
        if process.exitcode == 0:
            break
        died += 1
        committee.recall(folder / "accepted")
        desk = Desk(committee, folder)
        desk.run()
        _require_done(desk)
        _require_told(committee)

    assert died > 100 // DEATHS
