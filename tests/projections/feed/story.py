"""A committee that decides something of every type of event, and things that are no events."""

from __future__ import annotations

from typing import Any

from governance.demo.stage import Stage
from tests.aggregates.room import MEASURE, METHODOLOGY, Room
from tests.projections.works import decide, entity, issuance, registration, suspension

PAST: tuple[dict[str, str], ...] = (
    {
        "decision_date": "2017-05-26",
        "decision_type": "project_registration",
        "subject_id": "MN004",
        "subject_title": "Solar Power in Darkhan",
        "extra": "",
    },
    {
        "decision_date": "2017-10-24",
        "decision_type": "issuance",
        "subject_id": "MN004",
        "subject_title": "Solar Power in Darkhan",
        "quantity_tco2e": "100",
        "split": "JP=80; MN=20",
        "monitoring_period": "2017-01-01/2017-07-31",
    },
)
PROJECT = "MN005"
"""The number after the one of the past."""
SHARES = [
    {"side": "JP", "holder": "government", "name": "Government of Japan", "amount": 50},
    {"side": "JP", "holder": "private", "name": "Nihon Setsubi", "amount": 30},
    {"side": "MN", "holder": "government", "name": "Government of Mongolia", "amount": 20},
]
RULES: dict[str, Any] = {
    "kind": "rules_revision",
    "title": "Project cycle procedure",
    "documents": [{"title": "Project Cycle Procedure", "version": "2.0", "digest": None}],
    "rulebook": None,
}
CHANGE: dict[str, Any] = {
    "kind": "post_registration_change",
    "title": "A school in Darkhan",
    "project": PROJECT,
    "summary": "A second boiler is replaced.",
    "new_title": "Two schools in Darkhan",
    "new_methodologies": None,
}
WITHDRAWAL: dict[str, Any] = {
    "kind": "project_withdrawal",
    "title": "Two schools in Darkhan",
    "project": PROJECT,
    "reason": "The schools are heated by the town from here on.",
}


def correction(of: str, **changes: Any) -> dict[str, Any]:
    unchanged = dict.fromkeys(
        ("number", "new_title", "quantity", "amounts", "allocation", "monitoring_period")
    )
    said = {"kind": "correction", "title": "Corrected", "decision": of, "item": 1}
    return {**said, "reason": "A figure was misread.", **unchanged, **changes}


def told(stage: Stage) -> Room:
    """Tell it; decisions are JP-MN/2026/001 to 010, and one text stays open."""
    room = Room.seated(stage)
    assert not room.imports(*PAST).refused
    decide(room, "2026-01-12", {"kind": "history_adoption", "up_to": "2018-12-31"})
    decide(room, "2026-01-12", METHODOLOGY, entity("Erdem Verification"), MEASURE)
    participant = {"side": "JP", "name": "Nihon Setsubi"}
    registered = registration("A school in Darkhan", ("TPE-MN-001", "2026-01-20"))
    registered |= {"participants": [participant], "programme": "Schools"}
    decide(room, "2026-02-02", registered, RULES)
    verified = ("TPE-MN-001", "2026-02-20")
    decide(
        room,
        "2026-03-02",
        issuance(PROJECT, 2024, 80, 20, verified) | {"allocation": SHARES},
        issuance(PROJECT, 2023, 0, 7, None),
    )
    decide(room, "2026-04-01", CHANGE)
    fewer = {"quantity": 95, "amounts": {"JP": 75, "MN": 20}}
    decide(room, "2026-05-04", correction("JP-MN/2026/004", **fewer))
    shorter = {"from": "2017-01-01", "to": "2017-07-30"}
    decide(room, "2026-06-01", correction("JP-MN/H/2017-10-24/meeting", monitoring_period=shorter))
    titled = correction("JP-MN/2026/003", number=PROJECT, new_title="Two schools in Darkhan")
    decide(room, "2026-06-15", titled)
    decide(room, "2026-07-01", suspension("TPE-MN-001", "Erdem Verification"))
    decide(room, "2026-08-03", WITHDRAWAL)
    room.on("2026-09-01").distribute(MEASURE | {"title": "Open"}, expires="2026-12-31")
    return room
