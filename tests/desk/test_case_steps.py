"""Every step that a lifecycle has can be taken at the desk, by its own form, once."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from aggregates.case.events import CaseEvent
from governance.pages.desk.docket_terms import FIELDS, STEPS
from governance.service.case_steps import CASE_STEPS
from policies.cases import LIFECYCLES
from policies.lifecycles.cases import BY_THE_ENGINE, CaseLifecycle, Step
from tests.access.browser import Page
from tests.aggregates.ways import Walks
from tests.desk.conftest import HERE, FileOf, Office

BEGIN = {Step.SUBMIT, Step.SUBMIT_IDEA_NOTE}
"""Steps with which a case begins: the page of a new submission."""
SAID: dict[Step, dict[str, str]] = {
    Step.FIND_INCOMPLETE: {"said.reason": "A page is gone"},
    Step.FIND_EDITORIAL: {"said.issues": "A unit is wrong\n\n A name too "},
    Step.COMMENT: {"said.author": "Oyun", "said.text": "What of repairs?"},
    Step.RAISE: {"said.what": "CL", "said.text": "Which meter?"},
    Step.ANSWER: {"said.request": "CAR1", "said.text": "Meter 3."},
    Step.RESOLVE: {"said.request": "CAR1"},
    Step.OPINE_POSITIVE: {"said.report": "VER-9", "said.quantity": "1 000"},
    Step.OPINE_NEGATIVE: {"said.report": "VAL-9"},
    Step.RESPOND: {"said.text": "We have repaired it."},
    Step.EXPLAIN: {"said.reason": "A day's delay"},
    Step.WITHDRAW: {"said.reason": "No money"},
}
"""What is typed into the form of each step that asks for something."""


def ways() -> list[tuple[CaseLifecycle, Step]]:
    """Return every step of every lifecycle that people take with a case that is open."""
    return [
        (lifecycle, step)
        for lifecycle in LIFECYCLES
        for step in lifecycle.steps
        if step not in BY_THE_ENGINE | BEGIN
    ]


def test_every_step_is_declared_and_has_words() -> None:
    people = {step for _lifecycle, step in ways()}

    assert people == CASE_STEPS.keys() == STEPS.keys()
    assert {field.name for row in CASE_STEPS.values() for field in row.fields} == FIELDS.keys()


@pytest.fixture(scope="module")
def walks(office: Office) -> dict[str, Walks]:
    return {lifecycle.name: Walks(office.docket, lifecycle) for lifecycle in LIFECYCLES}


@pytest.mark.parametrize(
    ("lifecycle", "step"), ways(), ids=lambda value: getattr(value, "name", str(value))
)
def test_a_step_is_taken_by_its_form(
    office: Office, walks: dict[str, Walks], lifecycle: CaseLifecycle, step: Step
) -> None:
    walk = walks[lifecycle.name]
    (stage, *_) = (s for move in lifecycle.moves if move.step is step for s in move.sources)
    case = walk.go(stage)
    walk.prepare(step, case)
    before = office.docket.state(case).version
    clerk, place = office.at_desk("mn-tuya"), int(case.rpartition("/")[2])
    page = clerk.load(f"docket/{place}")
    action = f"docket/{place}/{step.value}"
    form = page.forms[f"{HERE}/{action}"]

    told = {name: value for name, value in SAID.get(step, {}).items() if name in form}
    assert told.keys() >= {name for name in form if name.startswith("said.")} - {"said.quantity"}
    sent = clerk.send(page, action, _files(step, form, case), **told | _versions(step, form))

    assert sent.status_code == 303, unescape(sent.text)
    assert sent.headers["location"] == f"{HERE}/docket/{place}"
    new = [e for e in office.docket.events(case)[before:] if e.by is not None]
    assert [e.by for e in new] == ["mn-tuya"]
    _require_said(new[0], step)


def _rows(step: Step, form: dict[str, str]) -> list[str]:
    """Return the rows to hand in documents with: those that are named, else a free one."""
    if not CASE_STEPS[step].documents:
        return []
    rows = [name.removesuffix(".kind") for name in form if name.endswith(".kind")]
    named = [row for row in rows if form[f"{row}.kind"]]
    return named[:6] or rows[:1]


def _versions(step: Step, form: dict[str, str]) -> dict[str, str]:
    told = {}
    for row in _rows(step, form):
        told[f"{row}.version"] = "9.0"
        if not form[f"{row}.kind"]:
            told[f"{row}.kind"] = "supplemental_document"
    return told


def _files(step: Step, form: dict[str, str], case: str) -> dict[str, FileOf] | None:
    rows = _rows(step, form)
    return {f"{r}.public": ("paper.pdf", f"{case} {step} {r}".encode()) for r in rows} or None


def _require_said(event: CaseEvent, step: Step) -> None:
    """Claim that an event says what was typed, and brings what was handed in."""
    said: dict[str, Any] = {
        name.removeprefix("said."): text for name, text in SAID.get(step, {}).items()
    }
    if step is Step.FIND_EDITORIAL:
        said["issues"] = ("A unit is wrong", "A name too")
    quantity = said.pop("quantity", None)
    assert {name: getattr(event, name) for name in said} == said
    if quantity is not None:
        assert getattr(event, "quantity", None) in (None, 1000)
    if CASE_STEPS[step].documents:
        assert {d.version for d in event.documents} == {"9.0"}  # type: ignore[attr-defined]


def test_a_verification_says_its_quantity_and_a_validation_has_none(
    office: Office, walks: dict[str, Walks]
) -> None:
    from policies.lifecycles.cases import Stage

    for name, stage, asked in (
        ("issuance", Stage.VERIFICATION, True),
        ("project", Stage.VALIDATION, False),
    ):
        walk = walks[name]
        case = walk.go(stage)
        page = office.at_desk("mn-tuya").load(f"docket/{int(case.rpartition('/')[2])}")
        form = next(f for action, f in page.forms.items() if action.endswith("/opine_positive"))
        assert ("said.quantity" in form) == asked


def test_identifiers_stand_once_on_a_page(office: Office, walks: dict[str, Walks]) -> None:
    from policies.lifecycles.cases import Stage

    for name, stage in (("project", Stage.VALIDATED), ("project", Stage.PLANNED)):
        case = walks[name].go(stage)
        page: Page = office.at_desk("mn-tuya").load(f"docket/{int(case.rpartition('/')[2])}")
        found = re.findall(r' id="([^"]+)"', page.answer.text)
        assert len(found) == len(set(found))
        assert set(re.findall(r'<label for="([^"]+)"', page.answer.text)) <= set(found)
