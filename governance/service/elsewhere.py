"""The projects of the other committees: one that is registered there is not registered again."""

from __future__ import annotations

from governance.service.desk import Desk
from governance.service.history import HistoryService
from policies.dossier import Elsewhere


def projects_elsewhere(desk: Desk, history: HistoryService, own: str) -> tuple[Elsewhere, ...]:
    """Return the projects of every committee but one: decided, adopted, or merely imported.

    What a committee decided or adopted stands before what was only imported of it.
    """
    imported = ((code, history.ground(code)) for code in history.committees() if code != own)
    founded = ((code, desk.load(code).ground) for code in desk.committees() if code != own)
    found = {
        (code, project.number): Elsewhere(
            committee=code, number=project.number, title=project.title, status=project.status
        )
        for code, ground in (*imported, *founded)
        for project in ground.projects.values()
    }
    return tuple(found.values())
