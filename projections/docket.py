"""The docket: what awaits whom, and until when; what is open for the public's inputs.

Reads the rows of every case as of a day, and settles each for that day without recording it: what
is shown does not depend on whether a sweep ran.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec

from aggregates.case.deadlines import deadlines
from aggregates.case.decide_inputs import settle
from aggregates.case.events import InputReceived, PublishedForInputs
from aggregates.case.evolve import evolve
from aggregates.case.slips import as_they_stand, changed
from aggregates.case.state import CaseState
from policies.calendar import day_of, start_of
from policies.deadlines import Deadline, days_left, overdue
from policies.lifecycles.cases import Stage
from policies.rulebook import Rulebook
from projections.case_steps import CASE_STEPS, ORDER, cases_of, entries_of, open_cases
from projections.rulebooks import rulebooks_of
from projections.streams import OF_COMMITTEE, streams_of
from projections.tables import Tables

Rulebooks = Mapping[str, Mapping[str, Rulebook]]

NEXT: dict[Stage, str] = {
    Stage.IDEA_NOTE: "say whether there is an objection to the planned project",
    Stage.PLANNED: "submit the design document",
    Stage.SUBMITTED: "check whether the papers are complete",
    Stage.CORRECTING: "correct the papers",
    Stage.COMPLETE: "publish for inputs",
    Stage.PUBLIC_INPUT: "give inputs",
    Stage.ASSESSMENT: "decide",
    Stage.EXTENDED: "decide",
    Stage.REVIEW: "decide",
    Stage.VALIDATION: "validate",
    Stage.VALIDATED: "request registration",
    Stage.VERIFICATION: "verify",
    Stage.VERIFIED: "request issuance",
    Stage.REQUESTED: "check whether the papers are complete",
    Stage.READY: "decide",
}
"""What whoever is awaited has to do at each stage."""


class Docket:
    """The cases of some committees, or the named ones, as they stood, or will stand, on a day."""

    def __init__(
        self,
        tables: Tables,
        now: datetime,
        committee: str | None = None,
        on: date | None = None,
        *,
        cases: Sequence[str] | None = None,
    ) -> None:
        self._rulebooks = rulebooks_of(tables, committee)
        self._now = now
        self._on = on
        where, values = ("", []) if committee is None else (OF_COMMITTEE, streams_of(committee))
        if cases is not None:
            named = f"case_name IN ({', '.join('?' * len(cases)) or 'NULL'})"
            where, values = " AND ".join([named, *([where] if where else [])]), [*cases, *values]
        self._rows = [
            row
            for row in tables.select(CASE_STEPS, where, values, ORDER)
            if on is None or row[2] <= on.isoformat()
        ]

    @classmethod
    def of_open(
        cls, tables: Tables, now: datetime, committee: str, on: date | None = None
    ) -> Docket:
        """Return one committee's cases that no step has ended: a few, however many there were."""
        return cls(tables, now, committee, on, cases=open_cases(tables, committee, on))

    def today(self, committee: str) -> date:
        """Return the day that is asked for, else today in the committee's time zone."""
        *_, newest = self._rulebooks[committee].values()
        return self._on or day_of(self._now, newest.zone)

    def cases(self) -> Iterator[CaseState]:
        """Yield every case, settled for the day."""
        for state in cases_of(self._rows):
            rulebook = self.rulebook(state)
            instant = self._now if self._on is None else start_of(self._on, rulebook.zone)
            for event in settle(state, instant, rulebook):
                evolve(state, event)
            yield state

    def rulebook(self, state: CaseState) -> Rulebook:
        """Return the rulebook that a case was opened under."""
        return self._rulebooks[state.committee][state.rulebook.digest]

    def entries(self, *, ended: bool = False) -> list[dict[str, Any]]:
        """Return the shape of ``jcgov docket --json``: overdue first, then by the last day."""
        found = [self._entry(state) for state in self.cases() if ended or state.is_open]
        return sorted(found, key=_urgency)

    def open_inputs(self) -> list[dict[str, Any]]:
        """Return what the public may comment on, with the inputs that came and may be shown."""
        found = []
        steps = {case: list(rows) for case, rows in groupby(self._rows, key=itemgetter(1))}
        for state in self.cases():
            window = state.window
            today = self.today(state.committee)
            if window is not None and window.opens <= today <= window.closes and state.is_open:
                found.append(
                    {
                        "case": state.case,
                        "committee": state.committee,
                        "number": state.number,
                        "kind": state.kind_name,
                        "title": state.title,
                        "opens": window.opens.isoformat(),
                        "closes": window.closes.isoformat(),
                        "days_left": (window.closes - today).days,
                        "documents": msgspec.to_builtins(state.documents),
                        "inputs": self._inputs(steps[state.case]),
                    }
                )
        return sorted(found, key=lambda entry: (entry["closes"], entry["case"]))

    def inputs_of(self, case: str) -> list[dict[str, Any]]:
        """Return the inputs of one case that may be shown."""
        return self._inputs(row for row in self._rows if row[1] == case)

    def _inputs(self, rows: Iterable[Sequence[Any]]) -> list[dict[str, Any]]:
        """Return a case's inputs as they stand, each with what was corrected as recorded."""
        recorded = dict(entries_of(rows))
        stands = as_they_stand(recorded.items())
        return [
            {"on": event.on.isoformat(), "author": event.author, "text": event.text}
            | {"recorded": changed(event, recorded[place])}
            for place, event in stands.items()
            if isinstance(event, InputReceived) and event.public and event.by is not None
        ]

    def _entry(self, state: CaseState) -> dict[str, Any]:
        today = self.today(state.committee)
        first = _first(deadlines(state, self.rulebook(state)))
        return {
            "case": state.case,
            "committee": state.committee,
            "kind": state.kind_name,
            "title": f"{state.number}: {state.title}" if state.number else state.title,
            "status": state.stage.value,
            "step": _step(state),
            "awaits": state.awaits,
            "opened": state.opened.isoformat(),
            "due": None if first is None else first.due.isoformat(),
            "days_left": None if first is None else days_left(first, today),
            "overdue": first is not None and overdue(first, today),
        }


def published_lately(tables: Tables, now: datetime, committee: str | None = None) -> list[str]:
    """Return the cases whose window for inputs may be open: those published within a year.

    No rulebook's window is as long.
    """
    where = "topic = ? AND step_on >= ?"
    values = [PublishedForInputs.topic, (now - timedelta(days=366)).date().isoformat()]
    if committee is not None:
        where, values = f"{where} AND committee = ?", [*values, committee]
    today = (now - timedelta(days=1)).date().isoformat()
    rows = tables.select(CASE_STEPS, where, values)
    return sorted({row[1] for row in rows if msgspec.json.decode(row[6])["closes"] >= today})


def case_history(rows: Iterable[Sequence[Any]]) -> list[dict[str, Any]]:
    """Return every step of a case's rows as it was recorded, as the public may see it.

    `corrected` has the members that a correction makes read otherwise; null where none does.
    """
    rows = list(rows)
    recorded = dict(entries_of(rows))
    stands = as_they_stand(recorded.items())
    return [
        {
            "version": place,
            "on": event.on.isoformat(),
            "recorded_at": row[3],
            "by": event.by,
            "step": event.topic.removeprefix("jcm.").rpartition(".")[0],
            "stage": event.stage.value,
            "corrected": changed(recorded[place], stands[place]),
            **_said(event),
        }
        for row, (place, event) in zip(rows, recorded.items(), strict=True)
    ]


def _said(event: Any) -> dict[str, Any]:
    members = msgspec.to_builtins(event)
    left_out = {"at", "on", "by", "stage", "case", "committee", "after", "rulebook"}
    return {name: value for name, value in members.items() if name not in left_out}


def _first(found: Sequence[Deadline]) -> Deadline | None:
    return min(found, key=lambda deadline: deadline.due, default=None)


def _step(state: CaseState) -> str | None:
    if not state.is_open:
        return None
    if state.tabled is not None:
        return f"decide {state.tabled.number or f'proposal {state.tabled.proposal}'}"
    return NEXT[state.stage]


def _urgency(entry: dict[str, Any]) -> tuple[bool, str, str, str]:
    due = entry["due"]
    return (due is None, due or "", entry["committee"], entry["case"])
