"""One project from its methodologies to its credits: every decision, step and report, by day.

What each entry rests on stands beside it; steps are shown as the public may see them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec

from policies.facts import AnyFact, CreditsCorrected, CreditsDecided, CreditsReported
from policies.ground import Ground
from policies.numbers import projects_in
from policies.refusals import NotFoundError
from policies.sides import Committee
from policies.subjects import Origin, Project
from policies.texts import written_out
from projections.case_steps import CASE_STEPS
from projections.case_steps import ORDER as STEP_ORDER
from projections.decision_log import DECISION_LOG
from projections.docket import case_history
from projections.log_reading import ORDER as LOG_ORDER
from projections.registers import ORDER, REGISTERS, credits_by_side, facts_of_rows, iso
from projections.streams import OF_COMMITTEE, streams_of
from projections.tables import Tables

VIEWS = (
    DECISION_LOG,
    CASE_STEPS,
    REGISTERS["methodologies"],
    REGISTERS["projects"],
    REGISTERS["credits"],
)
"""What a timeline is made of."""
SUBMITTED = ("jcm.case-submitted.v1", "jcm.design-submitted.v1")
"""The steps that name a case's project."""
_RANK = {"methodology": 0, "step": 1, "decision": 2, "report": 3}
_NUMBER = re.compile(r"[A-Z]{2}(_PIN)?[0-9]{3,9}", re.ASCII)

Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Timeline:
    """A project: what it is, its entries by day, undated first, and its credits by side."""

    project: Project
    entries: tuple[Entry, ...]
    credits: tuple[Entry, ...]
    cases: tuple[str, ...]


def timeline(tables: Tables, committee: Committee, number: str) -> Timeline:
    """Return a project's timeline; raise `NotFoundError` where the register has no such project."""
    if _NUMBER.fullmatch(number) is None:
        raise _unknown(committee, number)
    read = _Reading(tables, committee, number)
    project = read.project()
    found = [*read.methodologies(project), *read.decisions(), *read.steps(), *read.reports()]
    found.sort(key=lambda entry: (entry["on"] or "", _RANK[entry["what"]]))
    return Timeline(project, tuple(found), tuple(read.credits()), tuple(sorted(read.cases())))


def _unknown(committee: Committee, number: str) -> NotFoundError:
    return NotFoundError(f"{committee.code} has no project {written_out(number)[:40]}")


class _Reading:
    """Reads what concerns one project, and no more."""

    def __init__(self, tables: Tables, committee: Committee, number: str) -> None:
        self._tables = tables
        self._committee = committee
        self._streams = streams_of(committee.code)
        self._number = number
        self._facts = {
            name: list(facts_of_rows(self._rows(name))) for name in ("projects", "credits")
        }
        self._cases: dict[str, list[Sequence[Any]]] | None = None

    def _rows(self, name: str) -> Iterator[tuple[Any, ...]]:
        where = f"{OF_COMMITTEE} AND (fact LIKE ? OR fact LIKE ?)"
        # A correction of credits names the item that it corrects, and no project.
        corrections = '%"credits-corrected"%' if name == "credits" else f'%"{self._number}"%'
        values = (*self._streams, f"%{self._number}%", corrections)
        return self._tables.select(REGISTERS[name], where, values, ORDER)

    def project(self) -> Project:
        """Return the project as it stands."""
        ground = Ground()
        for fact, origin in self._facts["projects"]:
            ground.take(fact, origin)
        found = ground.projects.get(self._number)
        if found is None:
            raise _unknown(self._committee, self._number)
        return found

    def methodologies(self, project: Project) -> Iterator[Entry]:
        """Yield the approvals of the versions that the project applies."""
        for applied in project.methodologies:
            number, _separator, version = applied.partition(" Ver")
            where, values = f"{OF_COMMITTEE} AND fact LIKE ?", (*self._streams, f"%{number}%")
            rows = self._tables.select(REGISTERS["methodologies"], where, values, ORDER)
            ground = Ground()
            for fact, origin in facts_of_rows(rows):
                ground.take(fact, origin)
            approved = ground.approved(number, version) if version else None
            for found in [approved] if approved else ground.methodologies.get(number, {}).values():
                yield {
                    "on": iso(found.origin.on),
                    "what": "methodology",
                    "decision": found.origin.decision,
                    "basis": found.origin.basis,
                    "number": number,
                    "version": found.version,
                    "title": found.title,
                }

    def decisions(self) -> Iterator[Entry]:
        """Yield the items of decisions that are about the project, alone or with others."""
        names = sorted(self._names())
        where = f"{OF_COMMITTEE} AND ({' OR '.join(['entry LIKE ?'] * len(names))})"
        values = (*self._streams, *(f"%{name}%" for name in names))
        bases = {
            (origin.decision, origin.item): origin.basis
            for facts in self._facts.values()
            for fact, origin in facts
            if not isinstance(fact, CreditsReported)
        }
        for row in self._tables.select(DECISION_LOG, where, values, LOG_ORDER):
            _code, decision, place, _kind, on, _at, status, *_rest, entry = row
            item = msgspec.json.decode(entry)
            if any(_is_about(item["subject"], name) for name in names):
                past = bases.get((decision, place), "imported")
                yield {
                    "on": on,
                    "what": "decision",
                    "decision": decision,
                    "basis": "signed" if status == "signed" else past,
                    "item": item,
                }

    def reports(self) -> Iterator[Entry]:
        """Yield what the sides' registries have reported, as they signed it."""
        own = self._decided()
        for fact, origin in self._facts["credits"]:
            key = (origin.decision, origin.item)
            if isinstance(fact, CreditsReported) and fact.report is not None and key in own:
                yield {
                    "on": iso(fact.on),
                    "what": "report",
                    "decision": origin.decision,
                    "basis": origin.basis,
                    "side": fact.side,
                    "amount": fact.amount,
                    "report": fact.report,
                    "supersedes": fact.supersedes,
                    "serials": None if fact.first is None else [fact.first, fact.last],
                }

    def credits(self) -> Iterator[Entry]:
        """Yield what counts of the credits, in the shape of the register."""
        own, ground = self._decided(), Ground()
        for fact, origin in self._facts["credits"]:
            if origin.basis != "imported" and (_of(fact, origin) in own):
                ground.take(fact, origin)
        return credits_by_side(ground, self._committee.sides)

    def _decided(self) -> set[tuple[str, int]]:
        return {
            (origin.decision, origin.item)
            for fact, origin in self._facts["credits"]
            if isinstance(fact, CreditsDecided) and _is_about(fact.project, self._number)
        }

    def cases(self) -> dict[str, list[Sequence[Any]]]:
        """Return the steps of the cases about the project, its credits, or reports of those."""
        if self._cases is None:
            where = f"{OF_COMMITTEE} AND topic IN (?, ?) AND (event LIKE ? OR event LIKE ?)"
            patterns = (f"%{self._number}%", '%"kind":"issuance_difference"%')
            values = (*self._streams, *SUBMITTED, *patterns)
            named = {row[1] for row in self._tables.select(CASE_STEPS, where, values)}
            marks = ", ".join("?" * len(named)) or "NULL"
            rows = self._tables.select(
                CASE_STEPS, f"case_name IN ({marks})", sorted(named), STEP_ORDER
            )
            by_case: dict[str, list[Sequence[Any]]] = {
                case: list(own) for case, own in groupby(rows, key=itemgetter(1))
            }
            self._cases = {case: own for case, own in by_case.items() if self._concerns(own)}
        return self._cases

    def _concerns(self, rows: Sequence[Sequence[Any]]) -> bool:
        """Whether a case is the project's, and does not only mention its number."""
        decided = self._decided()
        for step in _submitted(rows):
            asks = step.get("asks", {})
            subjects = (step.get("number"), asks.get("project"))
            if any(_is_about(subject, self._number) for subject in subjects):
                return True
            if (asks.get("decision"), asks.get("item")) in decided:
                return True
        return False

    def _names(self) -> set[str]:
        """Return the project's numbers: its own, and that of its idea note."""
        rows = (row for own in self.cases().values() for row in own)
        numbered = {step.get("number") for step in _submitted(rows)}
        return {self._number} | {name for name in numbered if name and _NUMBER.fullmatch(name)}

    def steps(self) -> Iterator[Entry]:
        """Yield every step of the project's cases, as the public may see it."""
        for case, rows in self.cases().items():
            for step in case_history(rows):
                yield {"on": step["on"], "what": "step", "case": case, "step": step}


def _submitted(rows: Iterable[Sequence[Any]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        if row[4] in SUBMITTED:
            yield msgspec.json.decode(row[6])


def _is_about(subject: str | None, number: str) -> bool:
    """Whether a subject is the project, alone or jointly with others."""
    return subject == number or number in projects_in(subject or "")


def _of(fact: AnyFact, origin: Origin) -> tuple[str, int]:
    """Return the item whose credits a fact is about."""
    if isinstance(fact, CreditsCorrected):
        return fact.decision, fact.item
    return origin.decision, origin.item
