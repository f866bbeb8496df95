"""What lies in a secretariat's folder: submissions, lists of documents, files that they name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.governance import setting
from tests.governance.terminal import Outcome, Terminal

FOUNDED = "2026-07-01"
SECRETARY = "mn-dorj"
NOMAD = {"name": "Nomad Energy LLC", "side": "MN"}
METHODOLOGY: dict[str, Any] = {
    "committee": "MN",
    "kind": "methodology_proposal",
    "title": "Heat pumps in schools",
    "submitter": NOMAD,
    "asks": {"scopes": [1], "gases": ["CO2"]},
}
ENTITY: dict[str, Any] = {
    "committee": "MN",
    "kind": "tpe_designation",
    "title": "Steppe Certification",
    "submitter": {"name": "Steppe Certification", "side": "MN"},
    "asks": {
        "accreditation": "ISO 14065",
        "validation": [{"scope": 1, "until": "2030-12-31"}],
        "verification": [{"scope": 1, "until": "2030-12-31"}],
    },
}
PLAN: dict[str, Any] = {
    "committee": "MN",
    "kind": "project",
    "title": "Heat pumps in ten schools of Darkhan",
    "submitter": NOMAD,
    "idea_note": True,
}
DESIGN: dict[str, Any] = {
    "scopes": [1],
    "gases": ["CO2"],
    "methodologies": [{"number": "MN_AM001", "version": "1.0"}],
    "participants": [
        {"side": "JP", "name": "Kita Engineering"},
        {"side": "MN", "name": "Nomad Energy LLC"},
    ],
    "entity": "TPE-MN-001",
    "operation_start": "2026-06-01",
    "used_under_other_mechanism": False,
}
METHODOLOGY_PAPERS = ("proposed_methodology_form", "proposed_methodology_spreadsheet")
DESIGN_PAPERS = ("pdd", "modalities_of_communication", "sd_implementation_plan")
REQUEST_PAPERS = (
    "registration_request_form",
    "pdd",
    "validation_report",
    "modalities_of_communication",
    "credit_allocation",
)


def found(cli: Terminal) -> None:
    """Found JP-MN on its day."""
    setting.found(cli, at=noon(FOUNDED))


def noon(day: str) -> str:
    """Return an instant of a day, in Ulaanbaatar too."""
    return f"{day}T04:00:00+00:00"


def papers(
    cli: Terminal, kinds: Sequence[str], version: str = "1.0", confidential: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Write a file for each document, and return the list that names them."""
    listed = []
    for kind in kinds:
        name = f"{kind}-{version}.pdf"
        cli.write(name, f"{kind} {version}".encode())
        entry = {"kind": kind, "title": kind.replace("_", " "), "version": version, "public": name}
        if kind in confidential:
            cli.write(f"full-{name}", f"{kind} {version} with the costs".encode())
            entry["confidential"] = f"full-{name}"
        listed.append(entry)
    return listed


def submit(cli: Terminal, submission: dict[str, Any], kinds: Sequence[str], day: str) -> Any:
    """Submit a case with documents of these kinds, and return what is printed as JSON."""
    cli.write("submission.json", submission | {"documents": papers(cli, kinds)})
    return case(cli, day, "submit", "submission.json", "--json").json


def case(cli: Terminal, day: str, *arguments: str, code: int = 0) -> Outcome:
    """Run a command of ``jcgov case`` on a day, as the secretary."""
    person = {"JCGOV_PERSON": SECRETARY}
    return cli.run("case", *arguments, at=noon(day), environment=person, code=code)


def stage(cli: Terminal, day: str, name: str) -> str:
    """Return where a case stands on a day."""
    return str(case(cli, day, "show", name, "--json").json["stage"])


def decide(cli: Terminal, day: str, number: str) -> Outcome:
    """Let both co-chairs sign a text that lies before a meeting, on the meeting's day."""
    cli.run("request", number, "-o", "request.json", at=noon(day))
    for person in ("jp-hara", "mn-bold"):
        setting.sign(cli, "request.json", f"MN-{person}.key", f"{person}.sig")
    return cli.run("submit", "jp-hara.sig", "mn-bold.sig", at=noon(day))


def convene(cli: Terminal, day: str, meets: str) -> str:
    """Convene a meeting and return its id."""
    told = cli.run(
        *("convene", "--committee", "MN", "--date", meets, "--place", "Ulaanbaatar"), at=noon(day)
    )
    return told.out.split()[0]
