"""The forms of a case's steps: made from the table of steps and the kind's declaration, and read.

Each form names its fields below ``said`` (what the step asks for) and ``asks`` (what the committee
is asked for); `on` is the day on which the step was taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from governance.access.once import new_word
from governance.pages.desk.asked_form import AskedForm, require_known_scopes
from governance.pages.desk.asked_shapes import (
    Control,
    Fields,
    Group,
    lines_of,
    typed,
    whole_number,
)
from governance.pages.desk.asked_shapes import Sort as Shown
from governance.pages.desk.document_rows import Row, kind_title, rows
from governance.service.case_file import CaseFile
from governance.service.case_steps import CASE_STEPS, CaseStep, Sort, requests_of
from policies.calendar import calendar_day
from policies.lifecycles.cases import IN_VAIN, Step
from policies.refusals import UnreadableError

_SORTS: Mapping[Sort, Shown] = {
    Sort.LINE: "line",
    Sort.TEXT: "text",
    Sort.LINES: "lines",
    Sort.CHOICE: "choice",
    Sort.AMOUNT: "number",
    Sort.FLAG: "flag",
    Sort.OPEN_REQUEST: "choice",
    Sort.ANSWERED_REQUEST: "choice",
}


@dataclass(frozen=True, slots=True)
class Typed:
    """A form that was refused: which one, and everything that was typed into it."""

    form: str
    fields: Fields


@dataclass(frozen=True, slots=True)
class StepForm:
    """One step that can be taken, as its form is shown; `hindered` says what stands in the way.

    `ends` says that the case ends for good with it, `again` that a new one may then take it up.
    """

    step: str
    on: str
    hindered: str | None = None
    missing: Sequence[str] = ()
    said: Sequence[Control] = ()
    asked: Sequence[Control | Group] = ()
    rows: Sequence[Row] | None = None
    ends: bool = False
    again: bool = False
    once: str = field(default_factory=new_word)


def step_forms(file: CaseFile, typed_so_far: Typed | None = None) -> list[StepForm]:
    """Return the forms of everything that people can do to a case now."""
    found = []
    for possible in file.steps:
        declared = CASE_STEPS.get(possible.step)
        if declared is None:  # laying it on the table: a page of its own
            continue
        again = typed_so_far if typed_so_far and typed_so_far.form == possible.step else None
        found.append(
            StepForm(
                possible.step.value,
                again.fields.get("on", "") if again else file.acting.today.isoformat(),
                possible.hindered,
                [kind_title(kind) for kind in possible.missing],
                _said(declared, file, again),
                _asked(declared, file, again),
                _rows(declared, file, again, possible.missing),
                *_end(file, possible.step),
            )
        )
    return found


def _end(file: CaseFile, step: Step) -> tuple[bool, bool]:
    """Return whether a step ends the case for good, and whether it may be taken up again then."""
    kind, stage = file.state.kind, file.state.stage
    leads = {m.target for m in kind.lifecycle.moves if m.step is step and stage in m.sources}
    ends = bool(leads & kind.lifecycle.ends)
    return ends, ends and kind.handed_in and bool(leads & IN_VAIN)


def asked_form(file: CaseFile, step: Step) -> AskedForm:
    """Return the form of what the committee is asked for at a step.

    What the case is about is fixed since its submission, and is not asked again.
    """
    kind = file.state.kind
    submitting = step is Step.SUBMIT_DESIGN
    fixed = () if submitting else (*kind.needs, "entity")
    members = {name: type_ for name, type_ in kind.members().items() if name not in fixed}
    sides = file.committee.committee.sides
    return AskedForm("asks", members, sides, kind.needed if submitting else ())


def asks_of(file: CaseFile, step: Step, fields: Fields) -> dict[str, Any]:
    """Return what a form asks of the committee; what was emptied that the case had said is null."""
    form = asked_form(file, step)
    read = form.read(fields)
    require_known_scopes(read, file.acting.rulebook)
    emptied = {
        name: None
        for name in form.types
        if name not in read and file.state.asks.get(name) is not None
    }
    return emptied | read


def values_of(declared: CaseStep, file: CaseFile, fields: Fields) -> dict[str, Any]:
    """Return what a form says in a step's own fields; raises `UnreadableError` for no amount."""
    found: dict[str, Any] = {}
    for asked in declared.fields_of(file.state):
        text = typed(fields, f"said.{asked.name}")
        match asked.sort:
            case Sort.FLAG:
                found[asked.name] = text == "yes"
            case Sort.LINES:
                found[asked.name] = lines_of(text)
            case Sort.AMOUNT:
                found[asked.name] = _amount(asked.name, text)
            case _:
                found[asked.name] = text
    return found


def day_of(fields: Fields) -> date | None:
    """Return the day that a form names; null where it was left empty."""
    said = typed(fields, "on")
    return calendar_day(said) if said else None


def _amount(name: str, text: str) -> int | None:
    if not text:
        return None
    try:
        return whole_number(text)
    except ValueError as error:
        message = f"{name}: {text[:60]!r} {error}"
        raise UnreadableError(message) from None


def _said(declared: CaseStep, file: CaseFile, again: Typed | None) -> list[Control]:
    found = []
    for asked in declared.fields_of(file.state):
        name = f"said.{asked.name}"
        requests = asked.sort in (Sort.OPEN_REQUEST, Sort.ANSWERED_REQUEST)
        choices = tuple(requests_of(file.state, asked.sort)) if requests else asked.choices
        found.append(
            Control(
                *(name, asked.name, asked.name, _SORTS[asked.sort]),
                value=again.fields.get(name, "") if again else "",
                required=asked.sort is not Sort.FLAG,
                choices=choices,
            )
        )
    return found


def _asked(declared: CaseStep, file: CaseFile, again: Typed | None) -> list[Control | Group]:
    if not declared.asks:
        return []
    form = asked_form(file, declared.step)
    return form.shown(again.fields if again else form.written(file.state.asks))


def _rows(
    declared: CaseStep, file: CaseFile, again: Typed | None, missing: Sequence[str]
) -> list[Row] | None:
    """Return the rows of a step that takes documents; null for one that takes none."""
    if not declared.documents:
        return None
    fields = again.fields if again else None
    if declared.step in (Step.FILE, Step.CORRECT):
        wanted = dict.fromkeys(kind for possible in file.steps for kind in possible.missing)
        return rows(wanted, file.state.documents, fields)
    if declared.step in (Step.REQUEST, Step.SUBMIT_DESIGN):
        state = file.state
        missing = state.kind.wanted(declared.step, state.stage, file.acting.rulebook)
    return rows(missing, fields=fields)
