"""A case as the secretariat sees it: everything, what is missing, what can be done, who is awaited.

Confidential documents and unpublished inputs are in it; what the public may see is made elsewhere.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from aggregates.case.acting import Acting
from aggregates.case.deadlines import due
from aggregates.case.events import CaseDecided, CaseEvent, InputReceived
from aggregates.case.possible import possible
from aggregates.case.slips import as_they_stand, changed
from aggregates.case.state import CaseState
from aggregates.committee.state import CommitteeState
from aggregates.store.record import Record
from governance.service.interests import interests_of_case
from policies.calendar import timestamp
from policies.lifecycles.lifecycle import words
from policies.rulebook import Rulebook

_NOT_SAID = frozenset({"at", "on", "by", "stage", "case", "committee", "after"})


def rulebook_of(state: CaseState, committee: CommitteeState) -> Rulebook:
    """Return the rulebook by which a case is judged."""
    return committee.rulebooks[state.rulebook.digest].rulebook


def standing_line(state: CaseState, rulebook: Rulebook, today: date) -> str:
    """Say in a line where a case stands, who is awaited, and until when."""
    says = f"{state.name}: {words(state.stage)}"
    if state.tabled is not None:
        where = state.tabled.number or f"the draft P{state.tabled.proposal}"
        says += f", on the committee's table in {where}"
    if state.awaits is None:
        return f"{says}; it has ended"
    return f"{says}; awaits {_who(state)}{_until(due(state, rulebook), today)}"


def standing(state: CaseState, rulebook: Rulebook, today: date) -> dict[str, Any]:
    """Return the shape of what a step prints with ``--json``."""
    return {
        "case": state.case,
        "committee": state.committee,
        "kind": state.kind_name,
        "number": state.number,
        "title": state.title,
        "stage": state.stage.value,
        "awaits": state.awaits,
        "due": due(state, rulebook),
        "says": standing_line(state, rulebook, today),
    }


def whole(state: CaseState, committee: CommitteeState, acting: Acting, record: Record) -> Any:
    """Return everything that is known of a case, as ``jcgov case show --json`` prints it."""
    recorded = dict(_events(record, state.case))
    inputs = [
        {"on": event.on, "author": event.author, "text": event.text, "public": event.public}
        | {"recorded": changed(event, recorded[version])}
        for version, event in as_they_stand(recorded.items()).items()
        if isinstance(event, InputReceived)
    ]
    rulebook = rulebook_of(state, committee)
    shown = standing(state, rulebook, acting.today) | {
        "opened": state.opened,
        "entered": state.entered,
        "planned": state.planned,
        "supersedes": state.supersedes,
        "submitter": state.submitter,
        "rulebook": state.rulebook,
        "asks": state.asks,
        "unsaid": () if state.awaits is None else state.kind.unsaid(state.asks),
        "documents": [
            {name: getattr(document, name) for name in document.__struct_fields__}
            for document in state.documents
        ],
        "complete_on": state.complete_on,
        "issues": state.issues,
        "window": state.window,
        "inputs": inputs,
        "requests": list(state.requests.values()),
        "opinion": state.opinion,
        "tabled": state.tabled,
        "extended_until": state.extended_until,
        "adoptions": state.adoptions,
        "decisions": [e.decision for e in recorded.values() if isinstance(e, CaseDecided)],
        "interests": interests_of_case(committee, state.case),
        "possible": [
            {"step": p.step.value, "missing": p.missing, "hindered": p.hindered}
            for p in possible(state, acting)
        ],
    }
    return msgspec.to_builtins(shown)


def history(state: CaseState, record: Record) -> list[dict[str, Any]]:
    """Return every event of a case in order, as ``jcgov case history --json`` prints it.

    `corrected` has the members that a correction makes read otherwise; null where none does.
    """
    recorded = dict(_events(record, state.case))
    stands = as_they_stand(recorded.items())
    return [
        {
            "version": version,
            "on": event.on.isoformat(),
            "at": timestamp(event.at),
            "by": event.by,
            "step": event.topic.removeprefix("jcm.").rpartition(".")[0],
            "stage": event.stage.value,
            "what": _members(event),
            "corrected": changed(event, stands[version]),
        }
        for version, event in recorded.items()
    ]


def _events(record: Record, case: str) -> list[tuple[int, CaseEvent]]:
    found = ((entry.originator_version, entry.event) for entry in record.stream(case))
    return [(version, event) for version, event in found if isinstance(event, CaseEvent)]


def _members(event: CaseEvent) -> dict[str, Any]:
    members = msgspec.to_builtins(event)
    return {name: value for name, value in members.items() if name not in _NOT_SAID}


def _who(state: CaseState) -> str:
    who = f"the {state.awaits}"
    entity = state.asks.get("entity")
    return f"{who} {entity}" if entity and state.awaits == "third-party entity" else who


def _until(last: date | None, today: date) -> str:
    if last is None:
        return ""
    if last < today:
        over = (today - last).days
        return f" since {last} ({over} {'day' if over == 1 else 'days'} overdue)"
    left = (last - today).days
    return f" until {last} ({left} {'day' if left == 1 else 'days'} left)"
