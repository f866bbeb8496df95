"""How each step of each kind of case is taken through the service, and the way to each stage."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from aggregates.case import decide_audit, decide_differences, decide_inputs, decide_papers
from aggregates.case.state import CaseState
from governance.service.cases import Hand
from policies.cases import CASE_KINDS, LIFECYCLES
from policies.lifecycles.cases import CaseLifecycle, Stage, Step
from tests.aggregates.docket import (
    ALLOCATED,
    CHANGE,
    ENTITY,
    METHODOLOGY,
    PROJECT,
    REQUEST,
    REVISION,
    Docket,
    document,
)
from tests.aggregates.registries import Registries

DIFFERENCE: dict[str, Any] = {"kind": "issuance_difference"}
"""What nobody hands in: a registry's report opens it."""

CORRECTED: dict[str, Any] = {
    "quantity": 999,
    "amounts": {"JP": 600, "MN": 399},
    "allocation": None,
    "reason": "The registry has issued one less.",
}

BY_LIFECYCLE: dict[str, CaseLifecycle] = {lifecycle.name: lifecycle for lifecycle in LIFECYCLES}
FILED: dict[str, dict[str, Any]] = {
    CASE_KINDS[filed["kind"]].lifecycle.name: filed
    for filed in (METHODOLOGY, REVISION, ENTITY, CHANGE, PROJECT, REQUEST, DIFFERENCE)
}
"""For each lifecycle, what is handed in of a kind of case that can take all its steps."""

_IN_ONE = (Step.FIND_COMPLETE, Step.PUBLISH, Step.OPINE_POSITIVE)


@dataclass
class Walks:
    """Cases of one lifecycle, walked along its table."""

    docket: Docket
    lifecycle: CaseLifecycle
    opened: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.registries = Registries(self.docket)

    @property
    def kind(self) -> str:
        return str(FILED[self.lifecycle.name]["kind"])

    # Ways through the table

    def route(self, stage: Stage) -> list[Step]:
        """Return the fewest steps that lead to a stage."""
        routes: dict[Stage, list[Step]] = {self.lifecycle.first: []}
        waiting = deque(routes)
        while waiting:
            here = waiting.popleft()
            for move in self.lifecycle.moves:
                if here in move.sources and move.target not in routes:
                    routes[move.target] = [*routes[here], move.step]
                    waiting.append(move.target)
        return routes[stage]

    def go(self, stage: Stage) -> str:
        """Return a case that has come to a stage."""
        case = ""
        for step in self.route(stage):
            case = self.take(step, case)
        return case

    def moves(self) -> Iterator[tuple[Step, Stage, Stage]]:
        """Yield every step that the table has, with the stages between which it leads."""
        for move in self.lifecycle.moves:
            yield from ((move.step, source, move.target) for source in move.sources)

    def take(self, step: Step, case: str) -> str:
        """Take a step, with what must have been done at that stage before it."""
        self.prepare(step, case)
        return self.attempt(step, case)

    def prepare(self, step: Step, case: str) -> None:
        """Do what must have been done before a step at the stage of a case."""
        before = _BEFORE.get(step)
        if before is not None:
            before(self, case)

    def attempt(self, step: Step, case: str) -> str:
        """Take a step by its command alone; return the case's name."""
        return str(_COMMANDS[step](self, case) or case)

    # What is handed in

    def filing(self, **more: Any) -> str:
        """Open a case with every paper that its first steps need."""
        if self.kind == DIFFERENCE["kind"]:
            self.opened.append(self.registries.differ())
            return self.opened[-1]
        content = FILED[self.lifecycle.name] | more
        content = content | {"asks": content["asks"] | self._own()}
        papers = self.docket.papers(self.kind, Step.SUBMIT_IDEA_NOTE, *_IN_ONE)
        case = self.docket.submit(content, papers)
        self.opened.append(case)
        return case

    def _own(self) -> dict[str, Any]:
        """Return what no case before has asked for: a month's credits, the next version."""
        count = len(self.opened)
        if self.kind == "methodology_revision":
            return {"version": f"{2 + count}.0"}
        if self.kind != "issuance_request":
            return {}
        begins = date(2021 + count // 12, 1 + count % 12, 1)
        ends = begins + timedelta(days=27)
        return {"monitoring_period": {"from": begins.isoformat(), "to": ends.isoformat()}}

    # What must have been done before

    def publish(self, case: str) -> None:
        if self.docket.state(case).window is None:
            self.docket.publish(case)

    def hear(self, case: str) -> None:
        """Open the window at a stage, and come back to that stage if its end leads there."""
        state = self.docket.state(case)
        if state.window is None:
            stage = state.stage
            self.docket.publish(case)
            if self.docket.state(case).stage is not stage:
                self.docket.hear_the_public(case)

    def conclude(self, case: str) -> None:
        """Do all that a positive opinion waits for."""
        if CASE_KINDS[self.kind].window is not None:
            self.docket.hear_the_public(case)

    def raise_one(self, case: str) -> None:
        self.attempt(Step.RAISE, case)

    def answer_one(self, case: str) -> None:
        self.raise_one(case)
        self.attempt(Step.ANSWER, case)

    def lay(self, case: str) -> None:
        self.attempt(Step.TABLE, case)

    # Commands

    def idea_note(self, _case: str) -> str:
        return self.filing(idea_note=True)

    def submit(self, _case: str) -> str:
        return self.filing()

    def design(self, case: str) -> None:
        papers = self.docket.papers(self.kind, Step.PUBLISH)
        asks = FILED[self.lifecycle.name].get("asks", {})
        self.docket.cases.submit_design(case, Hand(self.docket.by), asks, papers)

    def file(self, case: str) -> None:
        more = [document("supplemental_document")]
        self.docket.step(case, lambda s, a: decide_papers.file(s, a, more))

    def incomplete(self, case: str) -> None:
        self.docket.step(case, lambda s, a: decide_papers.find_incomplete(s, a, "A page is gone"))

    def editorial(self, case: str) -> None:
        self.docket.step(case, lambda s, a: decide_papers.find_editorial(s, a, ["A unit is wrong"]))

    def correct(self, case: str) -> None:
        better = [document("supplemental_document", "1.1")]
        self.docket.step(case, lambda s, a: decide_papers.correct(s, a, better))

    def comment(self, case: str) -> None:
        window = self.docket.state(case).window
        on = None if window is None else window.opens.isoformat()
        self.docket.step(
            case, lambda s, a: decide_inputs.comment(s, a, "Oyun", "What of repairs?"), on
        )

    def close_inputs(self, case: str) -> None:
        window = self.docket.state(case).window
        if window is None:
            self.docket.sweep()
        else:
            self.docket.hear_the_public(case)

    def respond(self, case: str) -> None:
        self.docket.step(case, lambda s, a: decide_audit.respond(s, a, "We have repaired it."))

    def raise_request(self, case: str) -> None:
        self.docket.step(case, lambda s, a: decide_audit.raise_request(s, a, "CAR", "Which meter?"))

    def answer(self, case: str) -> None:
        self.docket.step(case, lambda s, a: decide_audit.answer(s, a, _last(s), "Meter 3."))

    def resolve(self, case: str) -> None:
        self.docket.step(case, lambda s, a: decide_audit.resolve(s, a, _last(s)))

    def opine(self, case: str, opinion: str = "positive") -> None:
        work = CASE_KINDS[self.kind].work
        verified = 1000 if work == "verification" and opinion == "positive" else None
        self.docket.opine(case, opinion, verified, report=f"report on {case}")

    def request(self, case: str) -> None:
        asks = ALLOCATED if self.kind == "issuance_request" else {}
        papers = self.docket.papers(self.kind, Step.REQUEST)
        self.docket.step(case, lambda s, a: decide_audit.request(s, a, asks, papers))

    def table(self, case: str) -> None:
        self.docket.propose(self._item(case, "accepted"))

    def untable(self, case: str) -> None:
        tabled = self.docket.state(case).tabled
        if tabled is not None:
            self.docket.room.withdraw(tabled.proposal)

    def decided(self, case: str, outcome: str) -> None:
        self.docket.agree(self._item(case, outcome))

    def explain(self, case: str) -> None:
        self.docket.step(case, lambda s, a: decide_differences.explain(s, a, "A day's delay"))

    def reconcile(self, case: str) -> None:
        if case in self.registries.differing:
            self.registries.put_right(case)

    def withdraw(self, case: str) -> None:
        papers = self.docket.papers(self.kind, Step.WITHDRAW)
        self.docket.step(case, lambda s, a: decide_papers.withdraw(s, a, "No money", papers))

    def _item(self, case: str, outcome: str) -> dict[str, Any]:
        item: dict[str, Any] = {"case": case, "outcome": outcome}
        if self.kind == DIFFERENCE["kind"]:
            item |= CORRECTED
        if outcome == "rejected":
            item["reason"] = "The baseline is unsound."
        if outcome == "extended":
            item["until"] = (self.docket.today + timedelta(days=30)).isoformat()
        return item


_COMMANDS: dict[Step, Callable[[Walks, str], Any]] = {
    Step.SUBMIT: Walks.submit,
    Step.SUBMIT_IDEA_NOTE: Walks.idea_note,
    Step.SUBMIT_DESIGN: lambda w, c: w.design(c),
    Step.FILE: lambda w, c: w.file(c),
    Step.FIND_COMPLETE: lambda w, c: w.docket.complete(c).case,
    Step.FIND_INCOMPLETE: lambda w, c: w.incomplete(c),
    Step.FIND_EDITORIAL: lambda w, c: w.editorial(c),
    Step.CORRECT: lambda w, c: w.correct(c),
    Step.PUBLISH: lambda w, c: w.docket.publish(c).case,
    Step.COMMENT: lambda w, c: w.comment(c),
    Step.CLOSE_INPUTS: lambda w, c: w.close_inputs(c),
    Step.RESPOND: lambda w, c: w.respond(c),
    Step.RAISE: lambda w, c: w.raise_request(c),
    Step.ANSWER: lambda w, c: w.answer(c),
    Step.RESOLVE: lambda w, c: w.resolve(c),
    Step.OPINE_POSITIVE: lambda w, c: w.opine(c),
    Step.OPINE_NEGATIVE: lambda w, c: w.opine(c, "negative"),
    Step.REQUEST: lambda w, c: w.request(c),
    Step.TABLE: lambda w, c: w.table(c),
    Step.UNTABLE: lambda w, c: w.untable(c),
    Step.EXTEND: lambda w, c: w.decided(c, "extended"),
    Step.ACCEPT: lambda w, c: w.decided(c, "accepted"),
    Step.REJECT: lambda w, c: w.decided(c, "rejected"),
    Step.WITHDRAW: lambda w, c: w.withdraw(c),
    Step.EXPLAIN: lambda w, c: w.explain(c),
    Step.RECONCILE: lambda w, c: w.reconcile(c),
}
"""How each step is taken; a step that is new in a table has to be given its way here."""

_BEFORE: dict[Step, Callable[[Walks, str], None]] = {
    Step.COMMENT: Walks.hear,
    Step.CLOSE_INPUTS: Walks.publish,
    Step.ANSWER: Walks.raise_one,
    Step.RESOLVE: Walks.answer_one,
    Step.OPINE_POSITIVE: Walks.conclude,
    Step.UNTABLE: Walks.lay,
}

NO_COMMAND = frozenset(
    {Step.SUBMIT, Step.SUBMIT_IDEA_NOTE, Step.CLOSE_INPUTS, Step.UNTABLE, Step.RECONCILE}
)
"""Steps that nobody can ask for of a case that is there: they open one, or follow by themselves."""


def _last(state: CaseState) -> str:
    """Return the request that was raised last; the first one's name where there is none."""
    return next(reversed(state.requests), "CAR1")
