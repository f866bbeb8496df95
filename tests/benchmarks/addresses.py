"""One public address of each kind, for a committee: what benchmarks ask the service for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

FLOOR = "a static file"
"""The kind that asks for nothing recorded: what the program around the pages costs."""
HEALTH = "healthz"

Read = Callable[[str], Any]
"""Returns the JSON that an address answers with; null where it has none."""


def committees(read: Read) -> list[str]:
    """Return the partners' codes of all committees."""
    return [found["committee"].partition("-")[2] for found in read("/v1/committees?limit=1000")]


def of_all(static: str) -> dict[str, str]:
    """Return the addresses that name no committee, by their kind."""
    return {
        FLOOR: static,
        HEALTH: "/healthz",
        "front": "/",
        "front, Japanese": "/ja/",
        "verify": "/verify",
        "status": "/status",
        "log of all": "/decisions",
        "log of all, far page": "/decisions?page=150",
        "log of all, words": "/decisions?q=methodology",
        "log of all, kind": "/decisions?type=issuance",
        "log of all, days": "/decisions?from=2019-01-01&to=2019-12-31",
        "log of all, CSV": "/decisions.csv",
        "log of all, JSON": "/decisions.json",
        "log of all, Atom": "/decisions.atom",
        "inputs of all": "/inputs",
    }


def of_one(read: Read, code: str) -> dict[str, str]:
    """Return the addresses below one committee, and its newest decisions', by their kind."""
    home = f"/committees/{code}"
    day = "2020-06-30"
    decisions = read(f"{home}/decisions.json")
    projects = read(f"{home}/projects.json")
    found = {
        "committee": home,
        "committee, a day": f"{home}?as_of={day}",
        "log": f"{home}/decisions",
        "log, kind": f"{home}/decisions?type=issuance",
        "log, CSV": f"{home}/decisions.csv",
        "log, JSON": f"{home}/decisions.json",
        "log, Atom": f"{home}/decisions.atom",
        "decision": f"/decisions/{decisions[len(decisions) // 2]['number']}",
        "rulebook": f"{home}/rulebook",
        "compare, form": f"{home}/compare",
        "compare": f"{home}/compare?from=2019-01-01&to={day}",
        "charts": f"{home}/charts",
        "inputs": f"{home}/inputs",
        **_registers(home, day),
    }
    if projects:
        number = projects[len(projects) // 2]["number"]
        found |= {
            "project": f"{home}/projects/{number}",
            "project, JSON": f"{home}/projects/{number}.json",
        }
    case = _published(read, home, code)
    return found if case is None else found | {"input": case}


def _registers(home: str, day: str) -> dict[str, str]:
    names = ("methodologies", "entities", "projects", "credits")
    return {
        **{name: f"{home}/{name}" for name in names},
        **{f"{name}, a day": f"{home}/{name}?as_of={day}" for name in names},
        "credits, CSV": f"{home}/credits.csv",
        "credits, JSON": f"{home}/credits.json",
    }


def _published(read: Read, home: str, code: str) -> str | None:
    """Return the page of a case that was published for inputs."""
    cases: Iterable[dict[str, Any]] = read(f"/v1/committees/{code}/docket?ended=true&limit=20")
    for case in cases:
        _committee, _separator, place = case["case"].rpartition("/")
        address = f"{home}/inputs/{place}"
        if read(address) is not None:
            return address
    return None
