"""The engine and both sides' registries, each in a process of its own, over the public contract."""

from __future__ import annotations

import json
import random
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from governance.demo.stage import Stage
from tests.aggregates.docket import Docket, open_docket
from tests.aggregates.room import Room
from tests.faults.conftest import LONG
from tests.governance.terminal import Terminal
from tests.http.served import served
from tests.reference_registry.books import require_balanced
from tests.reference_registry.running import Running

DECISIONS = 500 if LONG else 6
KILLS = 100 if LONG else 6
PATIENCE = 900.0 if LONG else 60.0
"""Seconds until both sides must have caught up after the last kill."""
PROJECT = "MN001"


@pytest.fixture
def docket(stage: Stage) -> Docket:
    """JP-MN with a registered project, and a registry on each side."""
    room = Room.seated(stage)
    for side in ("JP", "MN"):
        name = f"{side.lower()}-registry"
        room.appoint(side, *room.seat(name, f"Registry of {side}", ("registry",)))
    return open_docket(room)


def _credits(number: int, jp: int, mn: int) -> dict[str, Any]:
    """Amounts of three days; a hundred in a year, none across its end (a vintage is one year)."""
    year, place = divmod(number, 100)
    begins = date(2016 + year, 1, 1) + timedelta(days=3 * place)
    ends = begins + timedelta(days=2)
    return {
        "kind": "issuance",
        "title": "Boilers in Erdenet",
        "project": PROJECT,
        "monitoring_period": {"from": begins.isoformat(), "to": ends.isoformat()},
        "quantity": jp + mn,
        "amounts": {"JP": jp, "MN": mn},
        "verification": None,
        "allocation": [
            {"side": "JP", "holder": "government", "name": "Government of Japan", "amount": jp},
            {"side": "MN", "holder": "private", "name": "Nomad Energy LLC", "amount": mn},
        ],
    }


def _correction(docket: Docket, proposal: int, jp: int, mn: int) -> dict[str, Any]:
    adopted = docket.room.adoption(proposal)
    assert adopted is not None
    return {
        "kind": "correction",
        "title": "Boilers in Erdenet",
        "decision": adopted.number,
        "item": 1,
        "quantity": jp + mn,
        "amounts": {"JP": jp, "MN": mn},
        "reason": "A meter was read twice.",
    }


def _registries(stage: Stage, folder: Path, engine: str) -> Iterator[Running]:
    trust = folder / "trust.json"
    trust.write_text(json.dumps(stage.trust))
    for side in ("JP", "MN"):
        key = stage.keys / f"{side.lower()}-registry.key"
        yield Running(folder, side, engine, trust, key)


def _until(holds: Callable[[], bool], seconds: float = PATIENCE) -> None:
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.1)


def _is_complete(url: str) -> bool:
    try:
        rows = httpx2.get(
            f"{url}/v1/reconciliation", params={"limit": 1000, "open": "true"}, timeout=10
        ).json()
    except httpx2.HTTPError:
        return False
    return bool(rows == [])


def test_killed_at_random_both_sides_have_issued_exactly_what_was_decided_in_order(
    docket: Docket, stage: Stage, tmp_path: Path
) -> None:
    amounts = [(100 + number, 10 * (number % 3)) for number in range(DECISIONS)]
    proposals = [docket.agree(_credits(n, jp, mn)) for n, (jp, mn) in enumerate(amounts)]
    docket.agree(_correction(docket, proposals[0], 90, 5))
    docket.agree(_correction(docket, proposals[1], 150, 10))
    settings = stage.engine.settings
    chance = random.Random(20260610)

    with served(settings, tmp_path / "first") as first:
        port, url = str(first.port), first.address
    with ExitStack() as stack:
        engine = stack.enter_context(served(settings, tmp_path / "engine", "--port", port))
        registries = list(_registries(stage, tmp_path, url))
        for registry in registries:
            registry.start()
            stack.callback(registry.kill)
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.0, 0.6))
            victim = chance.choice([*registries, engine])
            if isinstance(victim, Running):
                victim.kill()
                victim.start()
                continue
            engine.process.kill()
            engine.process.wait()
            engine = stack.enter_context(served(settings, tmp_path / "engine", "--port", port))
        _until(lambda: _is_complete(url))

        for registry in registries:
            require_balanced(registry.data)
        japan, mongolia = (_issued(r) for r in registries)
        assert japan == [*(jp for jp, _ in amounts), 150 - amounts[1][0]]
        assert mongolia == [*(mn for _, mn in amounts if mn), 5]
        assert _held(registries[0]) == {
            "government_holding": sum(jp for jp, _ in amounts) - 10 + 150 - amounts[1][0],
            "cancellation": 10,
        }
        assert registries[0].end() == registries[1].end() == 0

    reported = Terminal.at(settings, tmp_path).json("reconcile")
    assert {row["difference"] for row in reported} == {0}
    print(f"{DECISIONS} decisions, {KILLS} kills of {len(registries) + 1} processes")
    docket_left = Terminal.at(settings, tmp_path).json("docket")
    assert [case for case in docket_left if "difference" in case["kind"]] == []


def _shown(registry: Running, what: str) -> Any:
    return httpx2.get(f"{registry.address}/{what}", timeout=10).json()


def _issued(registry: Running) -> list[int]:
    found: list[dict[str, Any]] = []
    while page := _shown(registry, f"transactions?after={len(found)}"):
        assert page[0]["transaction"] == len(found) + 1
        found += page
    return [entry["amount"] for entry in found if entry["kind"] == "issuance"]


def _held(registry: Running) -> dict[str, int]:
    return {entry["kind"]: entry["balance"] for entry in _shown(registry, "accounts")}


def test_one_pass_at_the_command_line_issues_and_reports(
    docket: Docket, stage: Stage, tmp_path: Path
) -> None:
    docket.agree(_credits(0, 100, 0))
    cli = Terminal.at(stage.engine.settings, tmp_path)

    with served(stage.engine.settings, tmp_path / "engine") as engine:
        japan, mongolia = _registries(stage, tmp_path, engine.address)
        done = cli.run("registry-demo", "once", *japan.arguments, "--json").json
        cli.run("registry-demo", "once", *mongolia.arguments)
        again = cli.run("registry-demo", "once", *japan.arguments, "--after", "0", "--json").json

    assert done["reported"] == 1
    assert (again["taken"], again["settled"]) == (done["taken"], 0)
    status = cli.json("registry-demo", "status", "--data", japan.data)
    assert status["credits"]["issued"] == 100
    assert status["waiting"] == status["unaccepted_reports"] == []
    accounts = cli.json("registry-demo", "accounts", "--data", mongolia.data)
    assert accounts == []
    assert {row["difference"] for row in cli.json("reconcile")} == {0}


@pytest.mark.parametrize("known", ["secret", "public_key"])
def test_a_push_of_the_engine_makes_the_registry_pull_at_once(
    docket: Docket, stage: Stage, tmp_path: Path, known: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    cli = Terminal.at(stage.engine.settings, tmp_path)
    allowed = {"JCGOV_PUSH_ALLOW": "127.0.0.1/32"}
    cli.environment |= allowed
    hook = f"http://127.0.0.1:{port}/hook"
    made = cli.run("subscription", "add", "--side", "JP", "--url", hook, "--json").json
    secret = cli.write("hook", made[known].encode())
    options = ("--every", "3600", "--port", str(port), "--hook-secret", str(secret))

    with ExitStack() as stack:
        service = served(stage.engine.settings, tmp_path / "engine", environment=allowed)
        engine = stack.enter_context(service)
        japan = next(_registries(stage, tmp_path, engine.address))
        japan.options = options
        japan.start()
        stack.callback(japan.kill)
        _until(lambda: bool(_shown(japan, "status")["engines"]))
        docket.agree(_credits(0, 100, 1))

        _until(lambda: _issued(japan) == [100])
        _until(lambda: _is_accepted(japan))


def _is_accepted(registry: Running) -> bool:
    return [report["status"] for report in _shown(registry, "reports")] == ["accepted"]
