"""A committee whose decisions rest on work: two entities, two projects, credits, a suspension."""

from __future__ import annotations

from typing import Any

from governance.demo.stage import Stage
from tests.aggregates.room import METHODOLOGY, Room

CHAIRS = ("jp-hara", "mn-bold")
MEMBERS = ("jp-hara", "jp-mori", "jp-ueda", "mn-bold", "mn-dorj", "mn-sara")
SCOPES = [{"scope": 1, "until": "2030-12-31"}]


def entity(title: str) -> dict[str, Any]:
    return {
        "kind": "tpe_designation",
        "title": title,
        "validation": SCOPES,
        "verification": SCOPES,
        "accreditation": "ISO 14065",
    }


def registration(title: str, validated: tuple[str, str] | None) -> dict[str, Any]:
    """Return a registration, validated by an entity with a report of a day."""
    validation = None
    if validated is not None:
        validation = {"entity": validated[0], "on": validated[1]}
        validation |= {"report": f"Validation of {title}", "opinion": "positive"}
    return {
        "kind": "project_registration",
        "title": title,
        "methodologies": [{"number": "MN_AM001", "version": "1.0"}],
        "scopes": [1],
        "participants": [],
        "validation": validation,
        "operation_start": "2020-01-01",
        "used_under_other_mechanism": False,
    }


def issuance(
    project: str, year: int, jp: int, mn: int, verified: tuple[str, str] | None
) -> dict[str, Any]:
    verification = None
    if verified is not None:
        verification = {"entity": verified[0], "on": verified[1], "quantity": jp + mn}
        verification |= {"report": f"Verification of {project}, {year}"}
    return {
        "kind": "issuance",
        "title": f"Credits of {project}",
        "project": project,
        "monitoring_period": {"from": f"{year}-01-01", "to": f"{year}-12-31"},
        "quantity": jp + mn,
        "amounts": {"JP": jp, "MN": mn},
        "verification": verification,
    }


def decide(room: Room, day: str, *items: dict[str, Any], **members: Any) -> str:
    """Adopt a text on a day, by electronic means; return its number."""
    proposal = room.on(day).distribute(*items, **members)
    room.affirm(proposal, *(m for m in MEMBERS if m not in CHAIRS))
    room.sign(proposal, *CHAIRS)
    assert room.adopted_on(proposal) is not None, room.standing(proposal).says
    return room.text(proposal).decision.number


def suspension(number: str, title: str) -> dict[str, Any]:
    return {
        "kind": "tpe_suspension",
        "number": number,
        "title": title,
        "scopes": None,
        "reason": "Its accreditation was suspended.",
    }


def reinstatement(number: str, title: str) -> dict[str, Any]:
    return suspension(number, title) | {"kind": "tpe_reinstatement", "reason": "It is lifted."}


def told(stage: Stage) -> Room:
    """Tell the story; decisions are JP-MN/2026/001 to 007, and one text stays open.

    TPE-MN-001 validated MN001 and verified what MN001 and MN002 were issued; TPE-MN-002 validated
    MN002; of MN003, and of what it was issued, nobody is named. TPE-MN-001 is suspended from 1
    June to 1 July; its verification of MN002 is of 20 May, and its credits are decided after.
    """
    room = Room.seated(stage)
    decide(room, "2026-01-12", METHODOLOGY, entity("Erdem Verification"), entity("Nihon Shinsa"))
    decide(
        room,
        "2026-02-02",
        registration("A school in Darkhan", ("TPE-MN-001", "2026-01-20")),
        registration("A clinic in Khovd", ("TPE-MN-002", "2026-01-21")),
        registration("A bathhouse in Zamyn-Üüd", None),
    )
    decide(
        room,
        "2026-03-02",
        issuance("MN001", 2024, 80, 20, ("TPE-MN-001", "2026-02-20")),
        issuance("MN003", 2024, 7, 3, None),
    )
    decide(room, "2026-06-01", suspension("TPE-MN-001", "Erdem Verification"))
    decide(room, "2026-07-01", reinstatement("TPE-MN-001", "Erdem Verification"))
    decide(room, "2026-07-06", issuance("MN002", 2024, 30, 10, ("TPE-MN-001", "2026-05-20")))
    decide(room, "2026-08-03", issuance("MN001", 2025, 50, 50, ("TPE-MN-002", "2026-07-20")))
    room.on("2026-09-01").distribute(
        issuance("MN002", 2025, 5, 5, ("TPE-MN-002", "2026-08-20")), expires="2026-12-31"
    )
    return room
