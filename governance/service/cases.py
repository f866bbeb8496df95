"""The docket: opening cases, their steps, what has become due, and what the committee decided."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from aggregates.case import decide_differences, decide_inputs, decide_papers, decide_table
from aggregates.case.acting import Acting
from aggregates.case.dossier import dossier_of
from aggregates.case.events import CaseEvent, DesignSubmitted, Submitter
from aggregates.case.evolve import evolve
from aggregates.case.state import CaseState
from aggregates.committee import acting as committee_acting
from aggregates.committee.decide_cases import case_name, number_case, open_case
from aggregates.committee.events import CaseNumbered, CaseOpened, DecisionAdopted, ProposalClosed
from aggregates.committee.state import CommitteeState
from aggregates.event import Event
from aggregates.store.record import Append, Record
from governance.service.case_names import CaseName, the_one
from governance.service.desk import Desk
from governance.service.history import HistoryService
from governance.service.recording import Keep, kept, nothing_to_keep
from policies.calendar import day_of
from policies.cases.keepers import require_keeper
from policies.documents import Document, Title
from policies.dossier import Dossier
from policies.numbers import Family
from policies.proof.statements import RulebookName
from policies.refusals import NotFoundError, SomeoneActedFirstError, UnreadableError
from policies.sides import Committee

Decide = Callable[[CaseState, Acting], CaseEvent]
Hear = Callable[[CaseState, Acting], CaseEvent | None]
ATTEMPTS = 10


class Submission(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a secretariat writes to open a case; its documents are taken in apart.

    `received` is the day it was handed in, today unless it is given. `asks` has what the item of
    a decision will say; `idea_note` begins a project with its idea note.
    """

    committee: str
    kind: str
    title: Title
    submitter: Submitter
    asks: dict[str, Any] = msgspec.field(default_factory=dict)
    received: date | None = None
    idea_note: bool = False
    supersedes: str | None = None


@dataclass(frozen=True, slots=True)
class Hand:
    """Who takes a step, and on which day it was taken; null: today."""

    by: str | None
    on: date | None = None


class Cases:
    """The only writer of cases."""

    def __init__(self, desk: Desk, history: HistoryService) -> None:
        self.desk = desk
        self.history = history
        self._known: dict[str, CaseState] = {}
        desk.outcomes.append(self.follow)

    @property
    def record(self) -> Record:
        """The record that holds the cases beside their committees."""
        return self.desk.record

    # Finding

    def load(self, name: str, committee: str | None = None) -> CaseState:
        """Return the case of a name: ``JP-MN/C/001``, ``C1``, or a number such as MN_PM007.

        `committee` is a committee's code. Raises `NotFoundError`, with the candidates where
        several cases fit.
        """
        named = CaseName.parse(name, committee)
        codes = self.desk.committees() if named.committee is None else [named.committee]
        found = (self._called(named, self.desk.load(code)) for code in codes)
        return the_one(named, [state for state in found if state is not None])

    def _called(self, named: CaseName, committee: CommitteeState) -> CaseState | None:
        """Return the case of a committee that may be called so: by its place, or by its number."""
        if named.place is not None:
            return self._find(case_name(committee.committee.code, named.place))
        owner = committee.reserved.get(named.written.upper())
        return self._find(owner) if isinstance(owner, str) else None

    def settled(self, name: str, committee: str | None = None) -> CaseState:
        """Record what has become due in the case of a name, and return it."""
        case = self.load(name, committee).case
        self.settle_case(case)
        return self._loaded(case)

    def current(self, name: str, committee: str | None = None) -> CaseState:
        """Return the case of a name as it stands by now, not to be changed; records nothing."""
        state = self.load(name, committee)
        return self._current(state, self.desk.load(state.committee))

    def all_current(self, code: str) -> list[CaseState]:
        """Return every case of a committee as it stands by now; see `current`."""
        committee = self.desk.load(code)
        return [self._current(state, committee) for state in self.of(committee)]

    def open_current(self, code: str) -> list[CaseState]:
        """Return the cases of a committee that have not ended, as they stand by now."""
        committee = self.desk.load(code)
        return [self._current(state, committee) for state in self.of(committee) if state.is_open]

    def _current(self, state: CaseState, committee: CommitteeState) -> CaseState:
        due = self._due(state, committee)
        if due:
            state = copy.deepcopy(state)
        for event in due:
            evolve(state, event)
        return state

    def all(self, code: str) -> list[CaseState]:
        """Return every case of a committee, in the order of the docket. Not to be changed."""
        return self.of(self.desk.load(code))

    def of(self, committee: CommitteeState) -> list[CaseState]:
        """Return every case of a committee as it stands. Not to be changed."""
        code = committee.committee.code
        names = [case_name(code, place) for place in range(1, committee.last_case + 1)]
        versions = self.record.versions(f"{code}/C/")
        found = (self._at(name, versions.get(name, 0)) for name in names)
        return [state for state in found if state is not None]

    def _at(self, case: str, version: int) -> CaseState | None:
        """Return a case; only one whose stream has grown since is read on."""
        known = self._known.get(case)
        return known if known is not None and known.version == version else self._find(case)

    def _find(self, case: str) -> CaseState | None:
        known = self._known.pop(case, None)
        version = 0 if known is None else known.version
        state = self.record.fold(case, evolve, known, after=version)
        if state is not None:
            self._known[case] = state
        return state

    def acting_on(self, state: CaseState) -> Acting:
        """Return what a step of a case would be decided with now, by nobody in particular."""
        committee = self.desk.load(state.committee)
        now = self.desk.acting(committee).now
        rulebook = committee.rulebooks[state.rulebook.digest].rulebook
        return Acting(now, day_of(now, rulebook.zone), None, rulebook)

    # Opening

    def submit(
        self,
        submission: Submission,
        documents: Sequence[Document],
        by: str | None,
        keep: Keep = nothing_to_keep,
    ) -> CaseState:
        """Open a case; the committee gives its place on the docket, and its number."""
        code = Committee.parse(submission.committee).code
        kind = decide_papers.kind_named(submission.kind)
        family = Family.IDEA_NOTE if submission.idea_note else kind.family
        past = self.history.numbers(code)
        before = submission.supersedes
        superseded = None if before is None else self.load(before, code)

        def command(state: CommitteeState, acting: committee_acting.Acting) -> Iterable[Event]:
            return [open_case(state, acting, kind, family, past_numbers=past)]

        def beside(state: CommitteeState, events: list[Event]) -> list[Append]:
            opened = _only(events, CaseOpened)
            submitted = decide_papers.submit(
                self._acting(state, Hand(by, submission.received)),
                case=opened.case,
                committee=code,
                kind=kind,
                title=submission.title,
                number=opened.number,
                submitter=submission.submitter,
                asks=submission.asks,
                documents=documents,
                rulebook=RulebookName(version=state.rulebook.version, digest=state.in_force.digest),
                after=state.version,
                idea_note=submission.idea_note,
                supersedes=superseded,
            )
            return [Append(opened.case, 0, [kept(submitted, keep)])]

        events = self.desk.act(code, command, beside)
        return self._loaded(_only(events, CaseOpened).case)

    def submit_design(
        self,
        case: str,
        hand: Hand,
        asks: dict[str, Any],
        documents: Sequence[Document],
        keep: Keep = nothing_to_keep,
    ) -> CaseState:
        """Go on from a planned project to its design document; it gets a project's number."""
        code = self._loaded(case).committee
        past = self.history.numbers(code)

        def command(state: CommitteeState, acting: committee_acting.Acting) -> Iterable[Event]:
            return [number_case(state, acting, case, Family.PROJECT, past_numbers=past)]

        def beside(state: CommitteeState, events: list[Event]) -> list[Append]:
            found = self._loaded(case)
            number = _only(events, CaseNumbered).number
            acting = self._acting(state, hand, found)
            step: DesignSubmitted = decide_papers.submit_design(
                found, acting, number, asks, documents
            )
            return [Append(case, found.version, [kept(step, keep)])]

        self.settle_case(case)
        self.desk.act(code, command, beside)
        return self._loaded(case)

    # Steps

    def step(
        self, case: str, hand: Hand, decide: Decide, keep: Keep = nothing_to_keep
    ) -> CaseState:
        """Settle a case and its committee, decide one step, and record both."""
        self.desk.settle(self._loaded(case).committee)
        self.settle_case(case)

        def one(state: CaseState, committee: CommitteeState) -> list[CaseEvent]:
            return [kept(decide(state, self._acting(committee, hand, state)), keep)]

        self._attempt(case, one)
        return self._loaded(case)

    def hear(self, case: str, decide: Hear) -> CaseEvent | None:
        """Record what came by itself, by nobody of the roster; null where nothing is to be."""
        self.desk.settle(self._loaded(case).committee)
        self.settle_case(case)

        def one(state: CaseState, _committee: CommitteeState) -> list[CaseEvent]:
            event = decide(state, self.acting_on(state))
            return [] if event is None else [event]

        return next(iter(self._attempt(case, one)), None)

    def tabling(
        self, state: CommitteeState, hand: Hand, answers: Iterable[tuple[int, str]], **what: Any
    ) -> list[Append]:
        """Return the events that lay cases on the table, to be recorded with their proposal.

        Cases that lay there with an older version and are not among them come off it.
        """
        appends = []
        held = {case: item for item, case in answers}
        for case, item in held.items():
            found = self._loaded(case)
            event = decide_table.table(found, self._acting(state, hand, found), item=item, **what)
            appends.append(Append(case, found.version, [event]))
        for found in self.of(state) if what["version"] > 1 else []:
            tabled = found.tabled
            if tabled and tabled.proposal == what["proposal"] and found.case not in held:
                reason = f"version {what['version']} goes on without it"
                events = decide_table.untable(found, self.desk.clock(), reason)
                appends.append(Append(found.case, found.version, events))
        return appends

    def require_tableable(
        self, state: CommitteeState, hand: Hand, answers: Iterable[tuple[int, str]], proposal: int
    ) -> None:
        """Refuse cases that could not be laid on the table now, as a proposal; records nothing."""
        for item, case in answers:
            found = self._current(self._loaded(case), state)
            acting = self._acting(state, hand, found)
            decide_table.table(found, acting, proposal=proposal, version=1, item=item, number=None)

    def dossiers(
        self, state: CommitteeState, answers: Iterable[dict[str, Any]]
    ) -> dict[int, Dossier]:
        """Return the dossier of the case behind each item of a draft that answers one."""
        found = {
            answer["item"]: self._current(self._loaded(answer["case"]), state) for answer in answers
        }
        return {
            item: dossier_of(case, state.rulebooks[case.rulebook.digest].rulebook)
            for item, case in found.items()
        }

    # What is due, and what the committee decided

    def settle(self, code: str) -> list[CaseEvent]:
        """Record what has become due in a committee's cases, and what was decided about them."""
        if any(state.tabled is not None for state in self.all(code)):
            self.desk.settle(code)
        committee = self.desk.load(code)
        open_ones = [state for state in self.of(committee) if state.is_open]
        due = [state.case for state in open_ones if self._due(state, committee)]
        return [event for case in due for event in self.settle_case(case)]

    def settle_case(self, case: str) -> list[CaseEvent]:
        """Record what has become due in one case, or was decided about it."""
        return self._attempt(case, self._due)

    def follow(self, cases: Iterable[str]) -> None:
        """Move cases on with what a committee has just decided; what is missed a sweep finds.

        Who signed is not told that others were first at a case: the decision is recorded.
        """
        for case in cases:
            with suppress(SomeoneActedFirstError):
                self.settle_case(case)

    def _due(self, state: CaseState, committee: CommitteeState) -> list[CaseEvent]:
        now = self.desk.clock()
        if state.tabled is not None and state.tabled.proposal not in committee.proposals:
            outcome = self._outcome(state, state.tabled.proposal)
            if outcome is not None:
                return decide_table.follow(state, outcome, now)
        rulebook = committee.rulebooks[state.rulebook.digest].rulebook
        return [
            *decide_inputs.settle(state, now, rulebook),
            *decide_differences.reconcile(state, committee, now),
        ]

    def _outcome(self, state: CaseState, proposal: int) -> DecisionAdopted | ProposalClosed | None:
        for entry in self.record.stream(state.committee, after=state.after):
            event = entry.event
            if isinstance(event, DecisionAdopted | ProposalClosed) and event.proposal == proposal:
                return event
        return None

    def _attempt(
        self, case: str, decide: Callable[[CaseState, CommitteeState], Sequence[CaseEvent]]
    ) -> list[CaseEvent]:
        """Decide on the newest state and append; where another writer was first, decide anew."""
        attempt = 0
        while True:
            attempt += 1
            state = self._loaded(case)
            events = list(decide(state, self.desk.load(state.committee)))
            try:
                self.record.append(case, state.version, events)
            except SomeoneActedFirstError:
                if attempt == ATTEMPTS:
                    raise
                self.desk.pause(attempt)
            else:
                return events

    def _loaded(self, case: str) -> CaseState:
        state = self._find(case)
        if state is None:
            message = f"no case {case!r}; see: jcgov docket"
            raise NotFoundError(message)
        return state

    def _acting(
        self, committee: CommitteeState, hand: Hand, state: CaseState | None = None
    ) -> Acting:
        """Return what a step is decided with; refuse whoever may not keep the docket."""
        now = self.desk.acting(committee).now
        today = committee_acting.Acting(now).today(committee)
        require_keeper(committee.roster, hand.by, today)
        pinned = committee.in_force.digest if state is None else state.rulebook.digest
        return Acting(now, hand.on or today, hand.by, committee.rulebooks[pinned].rulebook)


def read_submission(content: Any) -> Submission:
    """Read a submission without its documents; raise `UnreadableError` naming what is wrong."""
    try:
        read = msgspec.convert(content, Submission)
    except msgspec.ValidationError as error:
        message = f"the submission is not well formed: {error}"
        raise UnreadableError(message) from None
    sides = Committee.parse(read.committee).sides
    if read.submitter.side not in {None, *sides}:
        message = f"submitter.side is {read.submitter.side!r}; write {' or '.join(sides)}, or null"
        raise UnreadableError(message)
    if not read.submitter.name.strip():
        message = "submitter.name is empty; say who has handed it in"
        raise UnreadableError(message)
    return read


def _only(events: Sequence[Event], kind: type[Any]) -> Any:
    return next(event for event in events if isinstance(event, kind))
