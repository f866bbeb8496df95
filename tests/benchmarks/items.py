"""New items like those that Joint Committees really decided, resting on what stands.

They say everything that the checks ask for, so that the checks find nothing to say of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import date, timedelta
from typing import get_args

from policies.history import Row
from policies.history_rows import without_remarks
from policies.items import AnyItem
from policies.items.allocation import Share
from policies.items.entities import Accreditation, Designation, ScopeExtension
from policies.items.issuance import Issuance, Verification
from policies.items.kind import Period, ScopeUntil
from policies.items.methodologies import Approval, MethodologyApproval, MethodologyRevision
from policies.items.projects import (
    Applied,
    IdeaNote,
    IdeaNoteWaiver,
    Participant,
    Registration,
    Validation,
)
from policies.items.rules import Document, RulesAdoption, RulesRevision, SpecialMeasure
from policies.numbers import Family
from policies.proof.canonical import digest
from policies.sides import JAPAN
from tests.benchmarks.mix import Rows
from tests.benchmarks.subjects import SCOPES, MissingError, Subjects

VALID_DAYS = 5 * 365
"""How long an entity may work in the scopes that it is designated for."""


def items_like(rows: Rows, subjects: Subjects, day: date) -> tuple[AnyItem, ...] | None:
    """Return new items of the kinds of a real decision; null while they could not stand."""
    counts, changing = subjects.counts.copy(), subjects.changing.copy()
    try:
        return tuple(_MAKERS[row.decision_type](subjects, row, day) for row in rows)
    except MissingError:
        subjects.counts, subjects.changing = counts, changing
        return None


def made_of(rows: Rows, kinds: Collection[type[AnyItem]]) -> bool:
    """Whether the items of a real decision are all of these kinds."""
    named = {str(kind.__struct_config__.tag) for kind in kinds}
    return all(row.decision_type in named for row in rows)


def _scopes_of(subjects: Subjects, row: Row) -> list[int]:
    """Return the scopes that the real entity was designated for, or some."""
    said = re.findall(r"[0-9]+", row.said("scopes_validation") or "")
    found = sorted({int(scope) for scope in said} & set(SCOPES))
    return found or sorted(subjects.rng.sample(SCOPES, subjects.rng.randint(3, 8)))


def _designation(subjects: Subjects, row: Row, day: date) -> Designation:
    until = day + timedelta(days=VALID_DAYS)
    scopes = tuple(ScopeUntil(scope=s, until=until) for s in _scopes_of(subjects, row))
    return Designation(
        title=row.subject_title,
        number=subjects.mint(Family.ENTITY),
        validation=scopes,
        verification=scopes,
        accreditation=subjects.rng.choice(get_args(Accreditation)),
    )


def _scope_extension(subjects: Subjects, row: Row, day: date) -> ScopeExtension:
    entity = subjects.chosen(
        e
        for e in subjects.entities.values()
        if e.number not in subjects.changing and len(e.scopes) < len(SCOPES)
    )
    subjects.changing.add(entity.number)
    added = subjects.rng.choice([scope for scope in SCOPES if scope not in entity.scopes])
    scopes = (ScopeUntil(scope=added, until=entity.until),)
    return ScopeExtension(
        title=entity.name,
        number=entity.number,
        validation=scopes,
        verification=scopes,
        previous=entity.digest,
    )


def _methodology(subjects: Subjects, row: Row, day: date) -> MethodologyApproval:
    return MethodologyApproval(
        title=row.subject_title,
        number=subjects.mint(Family.METHODOLOGY),
        version="1.0",
        proposed=None,
        scopes=(subjects.rng.choice(SCOPES),),
        result=_result(row),
    )


def _methodology_revision(subjects: Subjects, row: Row, day: date) -> MethodologyRevision:
    revised = subjects.chosen(
        m for m in subjects.methodologies.values() if m.number not in subjects.changing
    )
    subjects.changing.add(revised.number)
    return MethodologyRevision(
        title=revised.title,
        number=revised.number,
        version=f"{revised.version + 1}.0",
        scopes=(revised.scope,),
        result=_result(row),
        previous=revised.digest,
    )


def _result(row: Row) -> Approval:
    return "approved with revisions" if "with revisions" in row.outcome else "approved"


def _registration(subjects: Subjects, row: Row, day: date) -> Registration:
    applied = subjects.chosen(subjects.methodologies.values())
    entity = subjects.entity_for(applied.scope, day)
    number = subjects.mint(Family.PROJECT)
    worked_on = day - timedelta(days=subjects.rng.randint(10, 90))
    return Registration(
        title=row.subject_title,
        number=number,
        methodologies=(Applied(number=applied.number, version=f"{applied.version}.0"),),
        scopes=(applied.scope,),
        participants=(
            _participant(JAPAN, row.said("japan_participants")),
            _participant(subjects.partner, row.said("host_participants")),
        ),
        validation=Validation(
            entity=entity.number,
            report=f"{number} validation report",
            on=max(entity.scopes[applied.scope], worked_on),
            opinion="positive",
        ),
        operation_start=day - timedelta(days=subjects.rng.randint(300, 1100)),
        used_under_other_mechanism=False,
        programme=None,
    )


def _participant(side: str, said: str | None) -> Participant:
    """Return a participant as published, without signs that its source broke and nobody sees."""
    name = "".join(sign for sign in said or "" if sign.isprintable())
    return Participant(side=side, name=name or f"Participant of {side}")


def _issuance(subjects: Subjects, row: Row, day: date) -> Issuance:
    verified_on = day - timedelta(days=subjects.rng.randint(1, 30))
    last = verified_on - timedelta(days=15)
    project = subjects.chosen(
        p for p in subjects.projects.values() if p.monitored_from + timedelta(days=60) <= last
    )
    entity = subjects.entity_for(project.scope, day)
    begins = project.monitored_from
    ends = min(begins + timedelta(days=subjects.rng.randint(60, 365)), last)
    cut = subjects.rulebook.eligibility.monitoring_periods_cut_after.value
    ends = cut if begins <= cut < ends else ends
    # Given to this item even if it is never adopted: no period is ever used twice.
    project.monitored_from = ends + timedelta(days=1)
    quantity = max(10, (row.quantity or 5000) * subjects.rng.randint(50, 150) // 100)
    theirs = quantity * subjects.rng.randint(10, 30) // 100 + 1
    ours, government = quantity - theirs, (quantity + 1) // 2
    partner = subjects.partner
    return Issuance(
        title=project.title,
        project=project.number,
        monitoring_period=Period(begins=begins, ends=ends),
        quantity=quantity,
        amounts={JAPAN: ours, partner: theirs},
        verification=Verification(
            entity=entity.number,
            report=f"{project.number} verification report {begins}",
            on=max(entity.scopes[project.scope], verified_on),
            quantity=quantity,
        ),
        allocation=(
            Share(side=JAPAN, holder="government", name="Government of Japan", amount=government),
            Share(side=JAPAN, holder="private", name="Participant", amount=ours - government),
            Share(side=partner, holder="government", name="Government", amount=theirs),
        ),
    )


def _idea_note(subjects: Subjects, row: Row, day: date) -> IdeaNote:
    if not subjects.rulebook.eligibility.project_idea_notes.value:
        raise MissingError
    return IdeaNote(title=row.subject_title, number=subjects.mint(Family.IDEA_NOTE))


def _idea_note_waiver(subjects: Subjects, row: Row, day: date) -> IdeaNoteWaiver:
    if not subjects.projects or not subjects.rulebook.eligibility.project_idea_notes.value:
        raise MissingError
    newest = tuple(subjects.projects)[-6:]
    return IdeaNoteWaiver(title=row.subject_title, projects=newest)


def _document(subjects: Subjects, row: Row) -> Document:
    """Return the next version of the document that the real row names.

    While another proposal is about to change it, a further part of it is revised instead.
    """
    title = name = without_remarks(row.subject_title)
    part = 1
    while title in subjects.changing:
        part += 1
        title = f"{name}, part {part}"
    subjects.changing.add(title)
    version = f"{subjects.count(title):02}.0"
    return Document(title=title, version=version, digest=digest(f"{title} {version}".encode()))


def _rules_adoption(subjects: Subjects, row: Row, day: date) -> RulesAdoption:
    documents = (_document(subjects, row),)
    return RulesAdoption(title=row.subject_title, documents=documents, rulebook=None)


def _rules_revision(subjects: Subjects, row: Row, day: date) -> RulesRevision:
    documents = (_document(subjects, row),)
    return RulesRevision(title=row.subject_title, documents=documents, rulebook=None)


def _measure(subjects: Subjects, row: Row, day: date) -> SpecialMeasure:
    extended = row.outcome == "extended"
    if extended:
        title = subjects.chosen(m for m in subjects.measures if m not in subjects.changing)
    else:
        title = f"{row.subject_title} {subjects.count('measures')}"
    subjects.changing.add(title)
    return SpecialMeasure(
        title=title,
        begins=day,
        until=day + timedelta(days=365),
        result="extended" if extended else "adopted",
        previous=subjects.measures.get(title),
    )


_MAKERS: dict[str, Callable[[Subjects, Row, date], AnyItem]] = {
    "tpe_designation": _designation,
    "tpe_scope_extension": _scope_extension,
    "methodology_approval": _methodology,
    "methodology_revision": _methodology_revision,
    "project_registration": _registration,
    "issuance": _issuance,
    "pin_no_objection": _idea_note,
    "pin_procedure_waiver": _idea_note_waiver,
    "rules_adoption": _rules_adoption,
    "rules_revision": _rules_revision,
    "interim_special_measure": _measure,
}
"""How an item like a real row is made; a kind that is missing here is an error by name."""
