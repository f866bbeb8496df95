"""What rests on an entity, a methodology or a project: the work, the projects and the credits.

What the record does not say is never taken for a no: it is listed by itself, and counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import partial
from typing import Any

from policies.ground import Ground
from policies.numbers import version_key
from policies.refusals import NotFoundError
from policies.sides import Committee
from policies.subjects import BASES
from projections.impact_question import Holds, Question
from projections.registers import iso
from projections.resting import Issued, Registered, Resting

_CHANGED = "applies it since a change"


def impact(asked: Question, resting: Resting, committee: Committee) -> dict[str, Any]:
    """Return all that rests on what is asked, in the shape of ``jcgov impact --json``.

    Raises `NotFoundError` where the record names no such number (an empty record: nothing rests).
    """
    subject = _subject(asked, resting.ground)
    found = _Found(asked, resting)
    for registered in resting.registrations:
        found.take_registration(registered)
    for issued in resting.issuances:
        found.take_issuance(issued)
    if subject is None and not found.rests and resting.known:
        unsaid = len(found.cannot_tell)
        message = f"{asked} is not in the record of {committee.code}; see: jcgov register"
        more = f" (of {unsaid} validations and issuances the record names no such work)"
        raise NotFoundError(message + (more if unsaid else ""))
    return {
        "about": asked.about,
        "number": asked.number,
        "version": asked.version,
        "scope": asked.scope,
        "committee": committee.code,
        **(subject or {"title": None, "status": None, "basis": None}),
        "standings": (list(resting.standings(asked.number)) if asked.about == "entity" else []),
        "rests": found.rests,
        "cannot_tell": found.cannot_tell,
        "totals": _totals(found, committee),
    }


def _subject(asked: Question, ground: Ground) -> dict[str, Any] | None:
    if asked.about == "entity":
        entity = ground.entities.get(asked.number)
        found = None if entity is None else (entity.name, entity.status, entity.origin.basis)
    elif asked.about == "project":
        project = ground.projects.get(asked.number)
        found = None if project is None else (project.title, project.status, project.origin.basis)
    else:
        version = ground.latest_version(asked.number)
        if asked.version is not None:
            versions = ground.methodologies.get(asked.number, {}).values()
            wanted = version_key(asked.version)
            version = next((v for v in versions if version_key(v.version) == wanted), None)
        found = None if version is None else (version.title, "approved", version.origin.basis)
    return None if found is None else dict(zip(("title", "status", "basis"), found, strict=True))


class _Found:
    """What was found to rest on what is asked, and what the record does not say."""

    def __init__(self, asked: Question, resting: Resting) -> None:
        self.asked = asked
        self.resting = resting
        self.rests: list[dict[str, Any]] = []
        self.cannot_tell: list[dict[str, Any]] = []
        self._reports: set[tuple[str, str | None]] = set()

    def take_registration(self, link: Registered) -> None:
        """List a registration's validation and its project, if they rest on what is asked."""
        holds, why = self._of_registration(link)
        in_scope = self._in_scope(link)
        holds = _both(holds, in_scope)
        if holds == "cannot tell":
            unknown = why if in_scope == "yes" else f"in which scope {link.project} is"
            self.cannot_tell.append(_row("validation", link, why=unknown))
        if holds != "yes":
            return
        if link.work.entity is None:
            self.cannot_tell.append(_row("validation", link, why="who validated the project"))
        elif why != _CHANGED:
            self.rests.append(self._work_row("validation", link))
        project = self.resting.ground.projects.get(link.project or "")
        status = None if project is None else project.status
        self.rests.append(_row("project", link, through=why, status=status) | self._then(link))

    def take_issuance(self, link: Issued) -> None:
        """List an issuance and its verification, if they rest on what is asked."""
        holds, why = self._of_issuance(link)
        in_scope = self._in_scope(link)
        holds = _both(holds, in_scope)
        if holds == "no":
            return
        unknown = self._unknown(link)
        if in_scope == "cannot tell":
            unknown.append(f"in which scope {link.project} is")
        if holds == "cannot tell" and why and why not in unknown:
            unknown.append(why)
        if unknown:
            self.cannot_tell.append(_issuance_row("issuance", link, why="; ".join(unknown)))
        if holds != "yes":
            return
        report = (link.work.entity or "", link.work.report)
        of_others = self.asked.about == "entity" and link.work.entity != self.asked.number
        if link.work.entity is not None and not of_others and report not in self._reports:
            self._reports.add(report)
            self.rests.append(self._work_row("verification", link))
        self.rests.append(_issuance_row("issuance", link, through=why) | self._then(link))

    def _of_registration(self, link: Registered) -> tuple[Holds, str]:
        match self.asked.about:
            case "entity":
                if link.work.entity is None:
                    return "cannot tell", "who validated the project"
                return _whether(link.work.entity == self.asked.number), "validated by it"
            case "methodology":
                holds = self.asked.applied(link.methodologies)
                if holds == "yes":
                    return holds, "registered under it"
                later = {self.asked.applied(changed) for changed in link.changes}
                if "yes" in later:
                    return "yes", _CHANGED
                unsaid = "cannot tell" in (holds, *later)
                return ("cannot tell" if unsaid else "no"), "what, in which version, it applies"
            case "project":
                if link.project is None:
                    return "cannot tell", "which project it is"
                return _whether(link.project == self.asked.number), "it is the project"

    def _of_issuance(self, link: Issued) -> tuple[Holds, str]:
        match self.asked.about:
            case "entity":
                if link.work.entity == self.asked.number:
                    return "yes", "verified by it"
                if self.asked.number in link.validators:
                    return "yes", "its project was validated by it"
                unsaid = link.work.entity is None or None in link.validators
                return ("cannot tell" if unsaid else "no"), ""
            case "methodology":
                answers = {self.asked.applied(each) for each in link.methodologies}
                if "yes" in answers:
                    return "yes", "its project applied it"
                unsaid = "cannot tell" in answers or not answers
                return (
                    "cannot tell" if unsaid else "no"
                ), "what, in which version, its project applied"
            case "project":
                if not link.projects:
                    return "cannot tell", "which project it is"
                return _whether(self.asked.number in link.projects), "issued to it"

    def _unknown(self, link: Issued) -> list[str]:
        """Say which work behind an issuance nobody is named for."""
        unknown = []
        if link.work.entity is None:
            unknown.append("who verified the amount")
        if self.asked.about == "entity" and link.work.entity != self.asked.number:
            pairs = zip(link.projects, link.validators, strict=True)
            unnamed = [project for project, validator in pairs if validator is None]
            unknown += [f"who validated {project}" for project in unnamed]
        return unknown

    def _in_scope(self, link: Registered | Issued) -> Holds:
        if self.asked.scope is None:
            return "yes"
        return _whether(self.asked.scope in link.scopes) if link.scopes else "cannot tell"

    def _work_row(self, what: str, link: Registered | Issued) -> dict[str, Any]:
        """Return a row for work, with what its entity was on the day of the report."""
        return _row(what, link, quantity=link.work.quantity) | self._then(link)

    def _then(self, link: Registered | Issued) -> dict[str, Any]:
        """Return what the entity was when the report was dated, and when it was decided on."""
        of = partial(self.resting.status_on, link.work.entity or "", scopes=link.scopes)
        return {"entity_at_report": of(link.work.on), "entity_at_decision": of(link.origin.on)}


def _row(
    what: str,
    link: Registered | Issued,
    *,
    through: str | None = None,
    why: str | None = None,
    status: str | None = None,
    quantity: int | None = None,
) -> dict[str, Any]:
    work, origin = link.work, link.origin
    return {
        "what": what,
        "project": link.project,
        "title": work.title,
        "decision": origin.decision,
        "item": origin.item,
        "adopted_on": iso(origin.on),
        "basis": origin.basis,
        "through": through,
        "entity": work.entity,
        "report": work.report,
        "reported_on": iso(work.on),
        "entity_at_report": None,
        "entity_at_decision": None,
        "status": status,
        "period": None,
        "quantity": quantity,
        "amounts": None,
        "why": why,
    }


def _issuance_row(
    what: str, link: Issued, *, through: str | None = None, why: str | None = None
) -> dict[str, Any]:
    credits = link.credits
    period = None if credits is None else credits.period
    return _row(what, link, through=through, why=why) | {
        "period": None if period is None else [day.isoformat() for day in period],
        "quantity": None if credits is None else credits.quantity,
        "amounts": None if credits is None else credits.amounts,
    }


def _totals(found: _Found, committee: Committee) -> dict[str, Any]:
    """Count what rests; amounts are added up for each basis apart, never over several."""
    by = {what: [row for row in found.rests if row["what"] == what] for what in WHATS}
    works = [row for row in found.rests if row["what"] in WORKS]
    at_report = Counter(row["entity_at_report"] or "cannot tell" for row in works)
    return {
        "projects": len({row["project"] for row in by["project"]}),
        "validations": len(by["validation"]),
        "verifications": len(by["verification"]),
        "issuances": len(by["issuance"]),
        "entity_at_report": dict(sorted(at_report.items())),
        "cannot_tell": len(found.cannot_tell),
        "credits": {
            basis: _sum([r for r in by["issuance"] if r["basis"] == basis], committee.sides)
            for basis in BASES
        },
    }


WORKS = ("validation", "verification")
WHATS = (*WORKS, "project", "issuance")
"""What can rest on something."""


def _sum(rows: list[dict[str, Any]], sides: Iterable[str]) -> dict[str, Any]:
    known = [row["amounts"] or {} for row in rows]
    return {
        "issuances": len(rows),
        "quantity": sum(row["quantity"] or 0 for row in rows),
        "amounts": {side: sum(each.get(side) or 0 for each in known) for side in sides},
        "amount_unknown": sum(
            row["quantity"] is None or any((row["amounts"] or {}).get(s) is None for s in sides)
            for row in rows
        ),
    }


def _both(one: Holds, other: Holds) -> Holds:
    """Return whether both hold; a no outweighs what nobody can tell."""
    if "no" in (one, other):
        return "no"
    return "yes" if one == other == "yes" else "cannot tell"


def _whether(holds: bool) -> Holds:  # noqa: FBT001 - the value that it turns into words
    return "yes" if holds else "no"
