"""A committee founded on files, as README tells it, for tests to go on from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.governance.terminal import Outcome, Terminal

PEOPLE = {
    "JP": {"jp-hara": ("Hara Kenji", "co-chair"), "jp-mori": ("Mori Aiko", "member")},
    "MN": {"mn-bold": ("Bold Ganbaatar", "co-chair"), "mn-dorj": ("Dorj Sarnai", "member")},
}
MEASURE: dict[str, Any] = {
    "kind": "interim_special_measure",
    "title": "Meetings may be held online",
    "from": None,
    "until": "2030-12-31",
    "result": "adopted",
}


def proposal(partner: str = "MN", **changes: Any) -> dict[str, Any]:
    """Return a proposal by electronic means that needs no ground."""
    plain = {
        "committee": partner,
        "procedure": {"kind": "electronic"},
        "items": [MEASURE],
        "text": {"en": "The Joint Committee takes an interim measure."},
    }
    return plain | changes


def found(cli: Terminal, partner: str = "MN", at: str | None = None) -> None:
    """Found a committee with one key for each authority, and seat two people on each side."""
    sides = ("JP", partner)
    for side in sides:
        cli.run("key", "new", "--unencrypted", "-o", f"{partner}-{side}.key")
    plan = {
        "committee": partner,
        "sides": {s: {"keys": [f"{partner}-{s}.key.pub.json"], "threshold": 1} for s in sides},
    }
    cli.write("plan.json", plan)
    cli.run("committee", "found", "plan.json", "-o", "founding.json", "--rehearsal", at=at)
    for side in sides:
        sign(cli, "founding.json", f"{partner}-{side}.key", f"{side}.sig")
    cli.run("submit", *(f"{side}.sig" for side in sides), at=at)
    for side in sides:
        seat(cli, partner, side, PEOPLE["JP" if side == "JP" else "MN"], at)


def seat(
    cli: Terminal, partner: str, side: str, people: dict[str, tuple[str, str]], at: str | None
) -> None:
    """Record a side's next appointment: people with a role and a key of their own each."""
    acts: list[dict[str, Any]] = []
    for person, (name, role) in people.items():
        cli.run("key", "new", "--unencrypted", "-o", f"{partner}-{person}.key", "--scheme", "p256")
        appoint = {"act": "appoint", "person": person, "name": name, "role": role}
        acts.append(appoint | {"from": "2020-01-01", "until": None})
        key = {"act": "add-key", "person": person, "key": f"{partner}-{person}.key.pub.json"}
        acts.append(key)
    cli.write("acts.json", acts)
    cli.run(
        *("roster", "request", "acts.json", "--committee", partner),
        *("--side", side, "-o", "appoint.json"),
        at=at,
    )
    keys = [f"{partner}-{side}.key", *(f"{partner}-{person}.key" for person in people)]
    for number, key_file in enumerate(keys):
        sign(cli, "appoint.json", key_file, f"appoint-{number}.sig")
    cli.run("submit", *(f"appoint-{number}.sig" for number in range(len(keys))), at=at)


def sign(cli: Terminal, request: str, key: str, to: str) -> Outcome:
    """Sign a request's file, having read it."""
    return cli.run("sign", request, "--key", key, "-o", to, "--yes")


def adopt(cli: Terminal, content: dict[str, Any], partner: str = "MN") -> str:
    """Propose, distribute, affirm and sign a text; return the adopted decision's number."""
    return _decide(cli, content, partner, ("jp-hara", "mn-bold"))


def adopt_but_for(cli: Terminal, person: str) -> str:
    """Bring a text as far as the signature of one co-chair; return its number."""
    return _decide(cli, proposal(), "MN", tuple({"jp-hara", "mn-bold"} - {person}))


def _decide(cli: Terminal, content: dict[str, Any], partner: str, chairs: tuple[str, ...]) -> str:
    cli.write("proposal.json", content)
    number = str(cli.run("propose", "proposal.json", "--json").json["number"])
    cli.run("distribute", number)
    for person in ("jp-mori", "mn-dorj"):
        cli.run("affirm", number, "-o", "assertion.json")
        sign(cli, "assertion.json", f"{partner}-{person}.key", f"{person}.sig")
        cli.run("submit", f"{person}.sig")
    cli.run("request", number, "-o", "request.json")
    for person in chairs:
        sign(cli, "request.json", f"{partner}-{person}.key", f"{person}.sig")
        cli.run("submit", f"{person}.sig")
    return number


def files(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder, by its path."""
    found_files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found_files}
