"""How the desk's docket is read by people: groups of kinds, steps, who is awaited, hints."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from governance.pages.case_terms import STAGES
from governance.pages.language import Language
from governance.pages.names import field_name, term
from policies.document_kinds import DOCUMENT_KINDS
from policies.lifecycles.cases import Stage, Step
from policies.lifecycles.lifecycle import words

GROUPS = {
    "project": term("Projects"),
    "issuance": term("Credits"),
    "methodology_proposal": term("Methodologies"),
    "methodology_revision": term("Methodologies"),
    "entity": term("Third-party entities"),
    "project_change": term("Registered projects"),
    "difference": term("Registries' reports"),
}
"""Under which heading kinds of each lifecycle are chosen, in the order shown."""

STEPS: dict[Step, tuple[str, str]] = {
    Step.SUBMIT_DESIGN: (
        term("Take the design document"),
        term(
            "The committee has not objected to the idea note. With its design document the project"
            " gets its number, and its validation begins."
        ),
    ),
    Step.FILE: (
        term("File documents"),
        term("Further documents, or newer versions of those that are here."),
    ),
    Step.FIND_COMPLETE: (
        term("Find the papers complete"),
        term("Says that every document that the rulebook asks for is here."),
    ),
    Step.FIND_INCOMPLETE: (
        term("Find the papers incomplete"),
        term("Something is missing. The submitter reads the reason; the public does not."),
    ),
    Step.FIND_EDITORIAL: (
        term("Ask for editorial corrections"),
        term("The papers go back to the submitter to be corrected."),
    ),
    Step.CORRECT: (
        term("Take the corrected papers"),
        term("Newer versions, as they were asked for."),
    ),
    Step.PUBLISH: (
        term("Publish for the public's inputs"),
        term(
            "The public documents can be commented on from this day, for as many days as the"
            " rulebook says. This cannot be taken back."
        ),
    ),
    Step.COMMENT: (
        term("Take an input by hand"),
        term(
            "One that came by letter or e-mail while inputs were taken. The public reads it at"
            " once, unless its author asked that it stay unpublished."
        ),
    ),
    Step.RAISE: (
        term("Record a request of the third-party entity"),
        term("What the entity asks of the participants while it works."),
    ),
    Step.ANSWER: (
        term("Record the answer to a request"),
        term("What the participants answer."),
    ),
    Step.RESOLVE: (
        term("Record that an answer is accepted"),
        term("The entity finds the request resolved."),
    ),
    Step.OPINE_POSITIVE: (
        term("Record a positive opinion"),
        term("The entity's report is there, and every request is resolved."),
    ),
    Step.OPINE_NEGATIVE: (
        term("Record a negative opinion"),
        term("The case stays where it is; the participants may revise."),
    ),
    Step.REQUEST: (
        term("Request the committee's decision"),
        term("The papers of the request, and what it asks for."),
    ),
    Step.RESPOND: (
        term("Record a response"),
        term("What the entity says before the committee decides about it."),
    ),
    Step.EXPLAIN: (
        term("Explain the difference"),
        term("Says why the registry's report differs."),
    ),
    Step.WITHDRAW: (
        term("Record that it is taken back"),
        term("Whoever handed it in does not ask for it any more."),
    ),
}
"""What each step is called on its button, and what it means."""

FIELDS = {
    "reason": term("Reason"),
    "issues": term("What is to be corrected, one on each line"),
    "author": term("Name of the author"),
    "text": term("Text"),
    "unpublished": term("The author asks that it stay unpublished"),
    "what": term("What is asked for"),
    "request": term("Request"),
    "report": term("Name or number of the report"),
    "quantity": term("Verified amount in tCO2e"),
}
"""What a step asks for."""

CHOICES = {
    "CAR": term("a corrective action (CAR)"),
    "CL": term("a clarification (CL)"),
    "FAR": term("a forward action, for the next verification (FAR)"),
    "yes": term("yes"),
    "no": term("no"),
}
"""What is chosen from a list, where it is a name of ours."""

AWAITED = {
    "committee": term("the committee"),
    "participants": term("the participants"),
    "secretariat": term("the secretariat"),
    "submitter": term("the submitter"),
    "public": term("the public"),
    "third-party entity": term("the third-party entity"),
}
"""Who has to act."""

NEXT = {
    "say whether there is an objection to the planned project": term(
        "say whether there is an objection to the planned project"
    ),
    "submit the design document": term("submit the design document"),
    "check whether the papers are complete": term("check whether the papers are complete"),
    "correct the papers": term("correct the papers"),
    "publish for inputs": term("publish for inputs"),
    "give inputs": term("give inputs"),
    "decide": term("decide"),
    "validate": term("validate"),
    "request registration": term("request registration"),
    "verify": term("verify"),
    "request issuance": term("request issuance"),
}
"""What has to be done, as the docket says it."""

MEMBERS = {
    "adoption": term("adoption record"),
    "asks": term("what is asked for"),
    "author": term("author"),
    "closes": term("closes"),
    "document": term("document"),
    "entry": term("entry"),
    "issues": term("what is to be corrected"),
    "kind": term("kind"),
    "member": term("where"),
    "missing": term("what is missing"),
    "opens": term("opens"),
    "outcome": term("outcome"),
    "proposal": term("proposal"),
    "public": term("may be published"),
    "said": term("what it said"),
    "says": term("what it says now"),
    "submitter": term("submitted by"),
    "supersedes": term("takes up"),
    "text": term("text"),
    "what": term("what is asked for"),
}
"""What a step says, beside what items say as well."""

HINTS = {
    "accounts": term("For the committee alone: accounts are never published."),
    "amounts": term("Whole tCO2e for each side."),
    "decision": term("Its whole number, such as JP-MN/2025/002."),
    "entity": term("Its number, such as TPE-MN-001."),
    "gases": term("One on each line, such as CO2."),
    "item": term("Which item of that decision, counted from 1."),
    "new_title": term("As it should be; only together with the number that it belongs to."),
    "number": term("The number that the committee has given, such as MN_AM001."),
    "operation_start": term("The day on which the project began, or begins, to work."),
    "project": term("Its number, such as MN008."),
    "quantity": term("Whole tCO2e."),
    "scopes": term("Their numbers, such as 1, 3."),
    "version": term("Such as 1.0."),
}
"""What helps to fill in a member of what is asked."""


FILTERS = (
    *("step_title", "step_meaning", "step_field", "choice", "member", "hint"),
    *("awaited", "to_do", "plainly"),
)
"""The functions below that templates use."""


def step_title(language: Language, step: str) -> str:
    """Return what a step's button says."""
    return language.gettext(STEPS[Step(step)][0])


def step_meaning(language: Language, step: str) -> str:
    """Return what a step means."""
    return language.gettext(STEPS[Step(step)][1])


def step_field(language: Language, name: str) -> str:
    """Return what a step's field is called."""
    return language.gettext(FIELDS[name])


def choice(language: Language, value: str) -> str:
    """Return what is chosen; what is in no table of ours as it stands."""
    return _said(language, CHOICES, value)


def awaited(language: Language, name: str | None) -> str:
    """Return who has to act; nobody where a case has ended."""
    return "–" if name is None else _said(language, AWAITED, name)


def to_do(language: Language, said: str | None) -> str:
    """Return what has to be done; the text that is on the table is named."""
    if said is None:
        return "–"
    number = said.removeprefix("decide ")
    if said not in NEXT and number != said:
        # The number of a text is no word of any language.
        return language.gettext(term("decide %(number)s")) % {"number": number}
    return _said(language, NEXT, said)


def member(language: Language, name: str) -> str:
    """Return what a member of a step is called."""
    known = MEMBERS.get(name)
    return field_name(language, name) if known is None else language.gettext(known)


def hint(language: Language, name: str) -> str | None:
    """Return what helps to fill in a member; null where its name says enough."""
    known = HINTS.get(name)
    return None if known is None else language.gettext(known)


def plainly(_language: Language, said: str) -> str:
    """Return a refusal, which is English, with what pages call documents, steps and stages."""
    said = _MISSING.sub(lambda f: f"missing are {_each(f[1], _document)}", said)
    said = _MEMBER.sub(lambda f: f"the title of document {f[1]}", said)
    return _NOT_THERE.sub(_not_there, said)


def _not_there(found: re.Match[str]) -> str:
    stage, step, others = found.groups()
    then = "" if others is None else f" (possible: {_each(others, _step)})"
    at = STAGES.get(_named(Stage, stage), stage)
    return f"is {at}; “{_step(step)}” is not possible there{then}"


def _each(names: str, called: Callable[[str], str]) -> str:
    return ", ".join(called(name) for name in names.split(", "))


def _document(kind: str) -> str:
    known = DOCUMENT_KINDS.get(kind)
    return kind.replace("_", " ") if known is None else known.title


def _step(name: str) -> str:
    step = _named(Step, name)
    if step is Step.TABLE:
        return "Lay it on the table"
    return STEPS[step][0] if step in STEPS else name


def _named(names: type[Any], said: str) -> Any:
    """Return the step or stage that words name; null for none."""
    return next((name for name in names if words(name) == said), None)


_MISSING = re.compile(r"missing are ([a-z0-9_]+(?:, [a-z0-9_]+)*)", re.ASCII)
_MEMBER = re.compile(r"documents\[([0-9]+)\]\.title", re.ASCII)
_NOT_THERE = re.compile(
    r"is ([a-z ]+); ([a-z ]+) is not possible there(?: \(possible: ([a-z ,]+)\))?", re.ASCII
)


def _said(language: Language, table: dict[str, str], value: str) -> str:
    known = table.get(value)
    return value if known is None else language.gettext(known)
