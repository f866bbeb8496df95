"""What a form of the docket suggests where a number is typed: what the committee has decided."""

from __future__ import annotations

from aggregates.committee.state import CommitteeState

Suggested = dict[str, list[tuple[str, str]]]
"""By a member's path: numbers, each with what it is called."""
_MOST = 200


def suggestions(state: CommitteeState) -> Suggested:
    """Return the numbers that are known, the newest first; anything else may be typed as well."""
    ground = state.ground
    methodologies = [
        (number, newest.title)
        for number in ground.methodologies
        if (newest := ground.latest_version(number)) is not None
    ]
    entities = [(e.number, e.name) for e in ground.entities.values() if e.number is not None]
    projects = [(number, project.title) for number, project in ground.projects.items()]
    found = {
        "entity": entities,
        "project": projects,
        "number": methodologies + entities,
        "methodologies.number": methodologies,
        "new_methodologies.number": methodologies,
    }
    return {path: numbers[: -_MOST - 1 : -1] for path, numbers in found.items()}
