"""What awaits each person of a committee: by what the record says now, and the role then held."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from aggregates.case.deadlines import deadlines as case_deadlines
from aggregates.case.state import CaseState
from aggregates.committee.deadlines import MEETING, held_since, of_measure, of_meetings, of_people
from aggregates.committee.standing import standing, unrecorded_sides
from aggregates.committee.state import CommitteeState, Proposal
from aggregates.committee.times import reckoning_of
from policies.calendar import day_of
from policies.cases.keepers import KEEPS
from policies.consensus import SIGNATURE
from policies.deadlines import Deadline, days_left, overdue
from policies.lifecycles.cases import Stage, Step
from policies.lifecycles.proposal import Stage as TextStage
from policies.proof.roll_call import called
from policies.proof.roster import Person
from policies.proof.statements import AtMeeting
from policies.sides import Role
from projections.docket import NEXT

HELD = "inputs_held"
"""The clock of inputs that the public has sent and nobody has released."""
TABLING = "tabling"
"""The clock of a case that waits to be laid on the committee's table."""
DRAFTED = "drafted"
"""The clock of a case that lies on the table in a draft."""
SECRETARIAT = frozenset({"secretariat", "submitter"})
"""Who is awaited where a secretary acts: also to see that corrected papers come in time."""


@dataclass(frozen=True, slots=True)
class Task:
    """Something that awaits a person; `due` is null where no day is set.

    `clock` tells what about the same thing apart, and with `about` and `opens` one time from the
    next one. `lasting` is false for what ends on its day, done or not.
    """

    committee: str
    about: str
    clock: str
    what: str
    today: date
    zone: str
    opens: date | None = None
    due: date | None = None
    lasting: bool = True

    @property
    def overdue(self) -> bool:
        """Whether the last day is over."""
        return self.due is not None and self.due < self.today


Awaited = tuple[Person, Task]


def awaited(
    state: CommitteeState,
    cases: Iterable[CaseState],
    now: datetime,
    *,
    record_key: bool = True,
    held: Callable[[CaseState], int] = lambda _case: 0,
) -> Iterator[Awaited]:
    """Yield what awaits whom. `cases` are as they stand by now; registries are awaited nowhere.

    `record_key` is false where it is away: then what is agreed awaits the chairs' own record.
    `held` tells how many inputs of a case wait to be released.
    """
    desk = _Desk(state, now, record_key=record_key)
    for case in cases:
        yield from desk.of_case(case)
        yield from desk.of_inputs(case, held(case))
    for proposal in state.proposals.values():
        if proposal.text is not None:
            yield from desk.of_text(proposal)
    yield from desk.of_committee()
    yield from desk.of_roll_call()


class _Desk:
    """One committee on one day, and who holds which role then."""

    def __init__(self, state: CommitteeState, now: datetime, *, record_key: bool) -> None:
        self.state = state
        self.record_key = record_key
        self.now = now
        self.zone = state.rulebook.zone
        self.today = day_of(now, self.zone)
        self.people = list(state.roster.people.values())

    def holders(self, *roles: Role, side: str | None = None) -> list[Person]:
        """Return who holds one of these roles today."""
        return [
            person
            for person in self.people
            if person.roles(self.today) & set(roles) and side in (None, person.side)
        ]

    def chairs(self) -> list[Person]:
        """Return each side's co-chairs; where a side has none, its alternates."""
        found = []
        for side in self.state.committee.sides:
            found += self.holders(Role.CO_CHAIR, side=side) or self.holders(
                Role.ALTERNATE, side=side
            )
        return found

    def secretaries(self) -> list[Person]:
        """Return both sides' secretaries; while no side has one, the chairs: somebody is told."""
        return self.holders(Role.SECRETARY) or self.chairs()

    def chairs_and_secretaries(self) -> list[Person]:
        """Return both, each once."""
        found = [*self.chairs(), *self.holders(Role.SECRETARY)]
        return list({(person.side, person.person): person for person in found}.values())

    def task(self, about: str, clock: str, what: str, *, due: date | None = None) -> Task:
        """Return a task of today."""
        return Task(
            self.state.committee.code, about, clock, what, self.today, self.zone.key, due=due
        )

    def of_case(self, case: CaseState) -> Iterator[Awaited]:
        """Yield whom a case awaits, each until the limit of its stage."""
        if not case.is_open or case.awaits is None:
            return
        if case.awaits in SECRETARIAT:
            people = self.secretaries()
        elif case.awaits == "committee":
            people = self.chairs() if _before_text(case) is None else self.secretaries()
        else:
            return
        rulebook = self.state.rulebooks[case.rulebook.digest].rulebook
        limits = [d for d in case_deadlines(case, rulebook) if d.kind == "limit"]
        limit = min(limits, key=lambda found: found.due, default=None)
        named = Task(
            case.committee,
            case.case,
            _clock(case, limit),
            f"{_step(case)}: {case.number or case.kind.title}, {case.title}",
            day_of(self.now, rulebook.zone),
            rulebook.zone.key,
            case.entered,
            None if limit is None else limit.due,
        )
        for person in people:
            yield person, named

    def of_inputs(self, case: CaseState, held: int) -> Iterator[Awaited]:
        """Yield the secretaries where inputs of the public wait to be released."""
        if not held:
            return
        inputs = "input that waits" if held == 1 else "inputs that wait"
        what = f"release {held} {inputs}: {case.number or case.kind.title}, {case.title}"
        for person in self.secretaries():
            yield person, self.task(case.case, HELD, what)

    def of_text(self, proposal: Proposal) -> Iterator[Awaited]:
        """Yield whom a fixed text awaits: to send it out, to sign it, to affirm it or object."""
        if proposal.text is None:
            return
        decision = proposal.text.decision
        procedure = decision.procedure
        at_meeting = isinstance(procedure, AtMeeting)
        name, version = decision.number, proposal.version
        if proposal.stage is TextStage.FROZEN and not isinstance(procedure, AtMeeting):
            what = f"send the text out to all members: {name}"
            task = self.task(name, f"distribution/{version}", what, due=procedure.distributed)
            for person in self.secretaries():
                yield person, task
            return
        closes = procedure.date if isinstance(procedure, AtMeeting) else procedure.closes
        result = standing(self.state, proposal, self.now)
        if result.reached and not self.record_key:
            what = f"sign the record that {name} is adopted (it lapses after {decision.expires})"
            task = self.task(name, f"adoption/{version}", what, due=decision.expires)
            for side in unrecorded_sides(self.state, proposal, result):
                for person in self.holders(Role.CO_CHAIR, Role.ALTERNATE, side=side):
                    yield person, task
        signing: set[str] = set()
        for missing in result.awaited:
            if missing.person is None and missing.side in self.state.committee.sides:
                what = f"sign {name}{' at the meeting' if at_meeting else ''}"
                if missing.what != SIGNATURE:
                    what += f": {missing.name} has yet to give the {missing.what}"
                what += f" (it lapses after {decision.expires})"
                task = self.task(name, f"signature/{version}", what, due=closes)
                for person in self.holders(Role.CO_CHAIR, Role.ALTERNATE, side=missing.side):
                    signing.add(person.person)
                    yield person, task
            elif missing.person is not None and missing.person not in signing:
                task = self.task(
                    name, f"assertion/{version}", f"affirm {name}, or object to it", due=closes
                )
                yield self.state.roster.people[missing.person], task
        if result.objections:
            who = ", ".join(f"{o.name} ({o.side})" for o in result.objections)
            what = f"answer the objection to {name} of {who}: a new version, or a meeting"
            for person in self.chairs_and_secretaries():
                yield person, self.task(name, f"objection/{version}", what)

    def of_committee(self) -> Iterator[Awaited]:
        """Yield the yearly meeting that is not convened yet, and what ends within the notice."""
        clocks = self.state.rulebook.clocks
        if clocks is not None and clocks.meetings_per_year_at_least is not None:
            needed = clocks.meetings_per_year_at_least.value
            met = [m for m in self.state.meetings.values() if m.date.year == self.today.year]
            if len(met) < needed:
                deadline = of_meetings(self.state.committee, self.today.year, needed)
                for person in self.chairs_and_secretaries():
                    yield person, self._of(deadline, "convene a meeting")
        for deadline in of_people(self.state.roster):
            if not deadline.clock.startswith("term/") or not self._soon(deadline):
                continue
            person = self.state.roster.people[deadline.about]
            if self._is_renewed(person, deadline):
                yield person, self._of(deadline, "have your side appoint you anew, or another")
        for measure in self.state.ground.measures.values():
            for deadline in filter(self._soon, of_measure(measure)):
                for person in self.chairs():
                    yield person, self._of(deadline, "extend it, or let it end")

    def of_roll_call(self) -> Iterator[Awaited]:
        """Yield whose keys have not answered this year's call; a day for it is set nowhere."""
        year = self.today.year
        known = self.state.roll_calls.get(year)
        if known is None:
            return
        for place in called(self.state.roster, self.today):
            person = None if place.person is None else self.state.roster.people[place.person]
            if person is None or not person.roles(self.today) & KEEPS:
                continue
            keyid = place.key.keyid
            if keyid not in known.answered:
                what = f"answer the roll-call of {year} with key {keyid[:16]}"
                task = self.task(self.state.committee.code, f"roll-call/{year}/{keyid[:16]}", what)
                yield person, task

    def _is_renewed(self, person: Person, deadline: Deadline) -> bool:
        """Whether a term that ends soon is one to appoint anew for.

        Not one that has yet to begin; not an alternate's for a holiday, shorter than the notice.
        """
        role = Role(deadline.clock.removeprefix("term/"))
        since = held_since(person, role, deadline.due)
        short = (deadline.due - since).days < reckoning_of(self.state.rulebook).expiry_notice
        return since <= self.today and not (role is Role.ALTERNATE and short)

    def _soon(self, deadline: Deadline) -> bool:
        """Whether the day of an expiry is near enough to be told, and not over."""
        notice = reckoning_of(self.state.rulebook).expiry_notice
        return not overdue(deadline, self.today) and days_left(deadline, self.today) <= notice

    def _of(self, deadline: Deadline, act: str) -> Task:
        yearly = f"/{deadline.due.year}" if deadline.clock == MEETING else ""
        return Task(
            self.state.committee.code,
            deadline.about,
            f"{deadline.clock}{yearly}",
            f"{act}: {deadline.title}",
            self.today,
            self.zone.key,
            deadline.opens,
            deadline.due,
            deadline.kind == "limit",
        )


def _before_text(case: CaseState) -> tuple[str, str] | None:
    """Return the clock, and what is to be done, of a case that waits for a fixed text to decide."""
    if case.awaits != "committee":
        return None
    if case.tabled is not None:
        drafted = f"finish the draft that it is in, proposal {case.tabled.proposal}"
        return None if case.tabled.number else (DRAFTED, drafted)
    if case.kind.lifecycle.allows(Step.TABLE, case.stage):
        return TABLING, "put it into a text for the committee"
    return None


def _clock(case: CaseState, limit: Deadline | None) -> str:
    before = _before_text(case)
    if before is not None:
        return before[0]
    return case.stage.value if limit is None else limit.clock


def _step(case: CaseState) -> str:
    before = _before_text(case)
    if before is not None:
        return before[1]
    if case.tabled is not None:
        return f"decide {case.tabled.number or f'proposal {case.tabled.proposal}'}"
    if case.stage is Stage.CORRECTING:
        return "see that the corrected papers come"
    return NEXT[case.stage]
