"""The steps that people take with a case: what each asks for, and what decides it.

One table for every door: the command line and the desk's pages take a step from here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, get_args

from aggregates.case import decide_audit, decide_differences, decide_inputs, decide_papers
from aggregates.case.acting import Acting
from aggregates.case.events import CaseEvent
from aggregates.case.state import CaseState
from governance.service.cases import Cases, Hand
from governance.service.recording import Keep
from policies.documents import Document
from policies.lifecycles.cases import Step


class Sort(Enum):
    """How a door asks for a field of a step."""

    LINE = auto()
    """A text on one line."""
    TEXT = auto()
    LINES = auto()
    """A list of texts."""
    CHOICE = auto()
    AMOUNT = auto()
    """A whole number of tCO2e, or null."""
    FLAG = auto()
    OPEN_REQUEST = auto()
    """A request of the third-party entity that is not resolved, such as ``CAR1``."""
    ANSWERED_REQUEST = auto()


@dataclass(frozen=True, slots=True)
class Field:
    """What a step asks for; `work` names the only work of an entity in which it is asked."""

    name: str
    sort: Sort
    choices: tuple[str, ...] = ()
    work: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says with a step: its fields, members of `asks`, and documents."""

    values: Mapping[str, Any] = field(default_factory=dict)
    asks: Any = field(default_factory=dict)
    documents: Sequence[Document] = ()


@dataclass(frozen=True, slots=True)
class CaseStep:
    """One step: its command, its fields, and whether it takes documents and members of `asks`.

    `take` takes it in the case that is named whole, and returns where that stands. It raises what
    decides the step, and `NotEntitledError` for who does not keep the docket.
    """

    step: Step
    command: str
    take: Callable[[Cases, str, Hand, Said, Keep], CaseState]
    fields: tuple[Field, ...] = ()
    documents: bool = False
    asks: bool = False

    def fields_of(self, state: CaseState) -> tuple[Field, ...]:
        """Return the fields that are asked in a case of this kind."""
        return tuple(f for f in self.fields if f.work in (None, state.kind.work))


def requests_of(state: CaseState, sort: Sort) -> list[str]:
    """Return the requests that a field of this sort may name."""
    answered = sort is Sort.ANSWERED_REQUEST
    return [r.request for r in state.requests.values() if not r.resolved and r.answered >= answered]


def _decided(decide: Callable[[CaseState, Acting, Said], CaseEvent]) -> Any:
    """Return what takes a step that concerns the case's own stream alone."""

    def take(cases: Cases, case: str, hand: Hand, said: Said, keep: Keep) -> CaseState:
        return cases.step(case, hand, lambda state, acting: decide(state, acting, said), keep)

    return take


def _submit_design(cases: Cases, case: str, hand: Hand, said: Said, keep: Keep) -> CaseState:
    return cases.submit_design(case, hand, said.asks, said.documents, keep)


def _opinion(opinion: Any) -> Any:
    def decide(state: CaseState, acting: Acting, said: Said) -> CaseEvent:
        return decide_audit.opine(
            state,
            acting,
            opinion,
            said.values["report"],
            documents=said.documents,
            quantity=said.values.get("quantity"),
        )

    return _decided(decide)


_REASON = Field("reason", Sort.TEXT)
_TEXT = Field("text", Sort.TEXT)
_REPORT = Field("report", Sort.LINE)
_ALL: Iterable[CaseStep] = (
    CaseStep(
        Step.SUBMIT_DESIGN,
        "case design {case} FILE.json",
        _submit_design,
        documents=True,
        asks=True,
    ),
    CaseStep(
        Step.FILE,
        "case file {case} FILE.json",
        _decided(lambda s, a, said: decide_papers.file(s, a, said.documents)),
        documents=True,
    ),
    CaseStep(
        Step.FIND_COMPLETE,
        "case check {case} --complete",
        _decided(lambda s, a, _said: decide_papers.find_complete(s, a)),
    ),
    CaseStep(
        Step.FIND_INCOMPLETE,
        "case check {case} --incomplete REASON",
        _decided(lambda s, a, said: decide_papers.find_incomplete(s, a, said.values["reason"])),
        (_REASON,),
    ),
    CaseStep(
        Step.FIND_EDITORIAL,
        "case check {case} --editorial ISSUE",
        _decided(lambda s, a, said: decide_papers.find_editorial(s, a, said.values["issues"])),
        (Field("issues", Sort.LINES),),
    ),
    CaseStep(
        Step.CORRECT,
        "case correct {case} FILE.json",
        _decided(lambda s, a, said: decide_papers.correct(s, a, said.documents)),
        documents=True,
    ),
    CaseStep(
        Step.PUBLISH,
        "case publish {case}",
        _decided(lambda s, a, _said: decide_inputs.publish(s, a)),
    ),
    CaseStep(
        Step.COMMENT,
        "case input {case} --author NAME --text TEXT",
        _decided(
            lambda s, a, said: decide_inputs.comment(
                *(s, a, said.values["author"], said.values["text"]),
                public=not said.values["unpublished"],
            )
        ),
        (Field("author", Sort.LINE), _TEXT, Field("unpublished", Sort.FLAG)),
    ),
    CaseStep(
        Step.RAISE,
        "case raise {case} CAR TEXT",
        _decided(
            lambda s, a, said: decide_audit.raise_request(
                s, a, said.values["what"], said.values["text"]
            )
        ),
        (Field("what", Sort.CHOICE, get_args(decide_audit.What)), _TEXT),
    ),
    CaseStep(
        Step.ANSWER,
        "case answer {case} REQUEST TEXT",
        _decided(
            lambda s, a, said: decide_audit.answer(
                s, a, said.values["request"], said.values["text"], said.documents
            )
        ),
        (Field("request", Sort.OPEN_REQUEST), _TEXT),
        documents=True,
    ),
    CaseStep(
        Step.RESOLVE,
        "case resolve {case} REQUEST",
        _decided(lambda s, a, said: decide_audit.resolve(s, a, said.values["request"])),
        (Field("request", Sort.ANSWERED_REQUEST),),
    ),
    CaseStep(
        Step.OPINE_POSITIVE,
        "case opinion {case} positive --report NAME",
        _opinion("positive"),
        (_REPORT, Field("quantity", Sort.AMOUNT, work="verification")),
        documents=True,
    ),
    CaseStep(
        Step.OPINE_NEGATIVE,
        "case opinion {case} negative --report NAME",
        _opinion("negative"),
        (_REPORT,),
        documents=True,
    ),
    CaseStep(
        Step.REQUEST,
        "case request {case} FILE.json",
        _decided(lambda s, a, said: decide_audit.request(s, a, said.asks, said.documents)),
        documents=True,
        asks=True,
    ),
    CaseStep(
        Step.RESPOND,
        "case respond {case} TEXT",
        _decided(
            lambda s, a, said: decide_audit.respond(s, a, said.values["text"], said.documents)
        ),
        (_TEXT,),
        documents=True,
    ),
    CaseStep(
        Step.EXPLAIN,
        "case explain {case} REASON",
        _decided(
            lambda s, a, said: decide_differences.explain(
                s, a, said.values["reason"], said.documents
            )
        ),
        (_REASON,),
        documents=True,
    ),
    CaseStep(
        Step.WITHDRAW,
        "case withdraw {case} --reason REASON",
        _decided(
            lambda s, a, said: decide_papers.withdraw(s, a, said.values["reason"], said.documents)
        ),
        (_REASON,),
        documents=True,
    ),
)

CASE_STEPS: Mapping[Step, CaseStep] = {row.step: row for row in _ALL}
"""Every step that a person takes with a case that is open.

It begins with a submission (`Cases.submit`); on the table it is laid with a proposal.
"""

COMMANDS: Mapping[Step, str] = {
    **{step: row.command for step, row in CASE_STEPS.items()},
    Step.TABLE: "case table {case} --text-en TEXT",
}
"""How each step that a case may wait for is taken on the command line."""
