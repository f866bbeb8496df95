"""Proposals: from a secretariat's file to a frozen text, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from aggregates.committee import decide_distribution, decide_proposal, decide_text, decide_voices
from aggregates.committee.acting import Acting
from aggregates.committee.events import MeetingConvened, ProposalDrafted, ProposalFrozen
from aggregates.committee.standing import standing
from aggregates.committee.state import CommitteeState, Proposal
from aggregates.event import Event
from aggregates.store.record import Append
from governance.service.cases import Cases, Hand
from governance.service.checkpoints import last_cosigned
from governance.service.desk import Desk
from governance.service.drafting import Drafting
from governance.service.elsewhere import projects_elsewhere
from governance.service.history import HistoryService
from governance.service.interests import interest_entries
from governance.service.officers import by_keeper, by_own_side
from policies.consensus import ConsensusResult
from policies.items.projects import Registration
from policies.numbers import has_count
from policies.preflight import Examined
from policies.proof.statements import Letter
from policies.refusals import NotFoundError, SomeoneActedFirstError, UnreadableError
from policies.sides import Committee

E = TypeVar("E", bound=Event)


REGISTRATION = str(Registration.__struct_config__.tag)


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal's id and version; with a number and findings once its text is frozen."""

    committee: str
    proposal: int
    version: int
    number: str | None = None
    digest: str | None = None
    findings: tuple[str, ...] = ()


class Proposals:
    """What a secretariat does with a committee's proposals."""

    def __init__(self, desk: Desk, history: HistoryService, cases: Cases) -> None:
        self.desk = desk
        self.history = history
        self.cases = cases

    def propose(
        self,
        content: dict[str, Any],
        *,
        revises: int | None = None,
        after: int | None = None,
        only_draft: bool = False,
        by: str | None = None,
    ) -> Proposed:
        """Record a draft and, unless told otherwise, freeze its text, which gives the number.

        The file names its committee; a case of the docket, a record to adopt, or a shipped rulebook
        to put in force, is named shortly and completed here. `by` is who does this; `after` the
        version that they had before them: `SomeoneActedFirstError` where there is a newer one.
        """
        content = dict(content)
        code = taken_committee(content)
        self.cases.settle(code)
        drafting = Drafting(self.history, self.cases, self.cases.settled)
        complete = drafting.complete(self.desk.load(code), content)
        past = self.history.numbers(code)

        def command(state: CommitteeState, acting: Acting) -> Iterator[Event]:
            """Draft and freeze in one: a text that is refused leaves an older version to sign."""
            if revises is not None and after is not None:
                _require_version(decide_proposal.find(state, revises), after)
            drafted = decide_text.draft(state, acting, complete, revises=revises)
            yield drafted
            if not only_draft:
                yield from self._freeze(state, acting, drafted.proposal, past)

        def beside(state: CommitteeState, events: list[Event]) -> list[Append]:
            drafted = _last(events, ProposalDrafted)
            text = drafted if only_draft else _last(events, ProposalFrozen)
            return self._tabling(state, text, drafted.content, Hand(by))

        events = self.desk.act(code, by_keeper(by, command), beside)
        if not only_draft:
            return _proposed(code, _last(events, ProposalFrozen))
        drafted = _last(events, ProposalDrafted)
        return Proposed(code, drafted.proposal, drafted.version)

    def preflight(self, content: dict[str, Any]) -> tuple[Examined, ...]:
        """Return what every check says of a draft now; nothing is recorded."""
        content = dict(content)
        code = taken_committee(content)
        state = self.desk.load(code)
        drafting = Drafting(self.history, self.cases, self.cases.current)
        complete = drafting.complete(state, content)
        return decide_text.examine_draft(
            state,
            self.desk.acting(state),
            complete,
            past_numbers=self.history.numbers(code),
            **self.beside(state, complete),
        )

    def preflight_of(self, code: str, number: str) -> tuple[Examined, ...]:
        """Return what every check said when a text was frozen; its last version's, open or not.

        Raises `NotFoundError`.
        """
        found: ProposalFrozen | None = None
        for entry in self.desk.record.stream(code):
            if isinstance(entry.event, ProposalFrozen) and entry.event.number == number:
                found = entry.event
        if found is None:
            message = f"no text of {code} has the number {number}; see: jcgov proposals"
            raise NotFoundError(message)
        return found.preflight

    def freeze(self, code: str, proposal: int, *, by: str | None = None) -> Proposed:
        """Fix a draft's text; the cases that it answers learn its number, and `by` whom."""
        past = self.history.numbers(code)

        def command(state: CommitteeState, acting: Acting) -> list[Event]:
            return self._freeze(state, acting, proposal, past)

        def beside(state: CommitteeState, events: list[Event]) -> list[Append]:
            content = decide_proposal.find(state, proposal).content
            return self._tabling(state, _last(events, ProposalFrozen), content, Hand(by))

        events = self.desk.act(code, by_keeper(by, command), beside)
        return _proposed(code, _last(events, ProposalFrozen))

    def _freeze(
        self, state: CommitteeState, acting: Acting, proposal: int, past: frozenset[str]
    ) -> list[Event]:
        """Fix a text, with the dossiers of the cases that it answers."""
        content = decide_proposal.find(state, proposal).content
        beside = self.beside(state, content)
        checkpoint = last_cosigned(self.desk.record, state)
        return decide_text.freeze(
            state, acting, proposal, past_numbers=past, checkpoint=checkpoint, **beside
        )

    def beside(self, state: CommitteeState, content: dict[str, Any]) -> dict[str, Any]:
        """Return what the checks of a text look at beside the committee's own record."""
        registers = any(item.get("kind") == REGISTRATION for item in content["items"])
        own = state.committee.code
        return {
            "dossiers": self.cases.dossiers(state, content.get("cases", [])),
            "elsewhere": projects_elsewhere(self.desk, self.history, own) if registers else None,
        }

    def convene(
        self,
        code: str,
        day: date,
        place: str,
        meeting: str | None = None,
        *,
        by: str | None = None,
    ) -> str:
        """Convene a meeting and return its id."""

        def command(state: CommitteeState, acting: Acting) -> list[Event]:
            return decide_distribution.convene(state, acting, day, place, meeting)

        events = self.desk.act(code, by_keeper(by, command))
        return _last(events, MeetingConvened).meeting if events else meeting or ""

    def distribute(self, code: str, proposal: int, *, by: str | None = None) -> list[Event]:
        """Record that a text went out to all members."""
        return self.desk.act(
            code, by_keeper(by, lambda s, a: decide_distribution.distribute(s, a, proposal))
        )

    def withdraw(
        self, code: str, proposal: int, reason: str, *, by: str | None = None
    ) -> list[Event]:
        """Give a proposal up."""
        return self.desk.act(
            code, by_keeper(by, lambda s, a: decide_proposal.withdraw(s, a, proposal, reason))
        )

    def letter(
        self,
        code: str,
        proposal: int,
        came: Letter,
        reason: str | None = None,
        *,
        by: str | None = None,
    ) -> list[Event]:
        """Record an objection that came by letter; a side's own officers alone speak for it."""

        def command(state: CommitteeState, acting: Acting) -> list[Event]:
            found = decide_proposal.find(state, proposal)
            return decide_voices.letter(state, acting, found, came, reason=reason)

        return self.desk.act(code, by_own_side(by, came.person, "the letter", command))

    def standing(self, code: str, proposal: int) -> ConsensusResult:
        """Say how far a text is, now."""
        state = self.desk.load(code)
        found = decide_proposal.find(state, proposal)
        return standing(state, found, self.desk.acting(state).now)

    def _tabling(
        self,
        state: CommitteeState,
        text: ProposalDrafted | ProposalFrozen,
        content: dict[str, Any],
        hand: Hand,
    ) -> list[Append]:
        """Return what is recorded in the streams of the cases that a text answers."""
        answered = content.get("cases", [])
        if not answered and text.version == 1:
            return []
        return self.cases.tabling(
            state,
            hand,
            [(answer["item"], answer["case"]) for answer in answered],
            proposal=text.proposal,
            version=text.version,
            number=text.number if isinstance(text, ProposalFrozen) else None,
        )


def find_proposal(states: Iterable[CommitteeState], name: str) -> tuple[str, Proposal]:
    """Return the one open proposal of these committees that a name fits, with its committee.

    A name is the full number, its last digits while only one fits, or an id as P3. Raises
    `NotFoundError` with the candidates where none or several fit.
    """
    states = list(states)
    open_ones = [(s.committee.code, p) for s in states for p in s.proposals.values()]
    fitting = [(code, proposal) for code, proposal in open_ones if _fits(name, proposal)]
    if len(fitting) == 1:
        return fitting[0]
    named = ", ".join(f"{p.number or 'a draft'} ({code} P{p.id})" for code, p in open_ones)
    word = "several open proposals fit" if fitting else "no open proposal fits"
    if any(name in state.decided.values() for state in states):
        word = "adopted already, and open no more, is"
    message = f"{word} {name!r}; open are: {named or 'none'}"
    raise NotFoundError(message)


def _fits(name: str, proposal: Proposal) -> bool:
    if name[:1] in ("P", "p") and name[1:].isascii() and name[1:].isdigit():
        return str(proposal.id) == name[1:].lstrip("0")
    if name.isascii() and name.isdigit():
        return proposal.number is not None and has_count(proposal.number, name)
    return proposal.number == name


def _require_version(proposal: Proposal, version: int) -> None:
    if proposal.version != version:
        message = (
            f"{proposal.name} is at version {proposal.version} by now, and this goes on from"
            f" version {version}; look at the newer one first"
        )
        raise SomeoneActedFirstError(message)


def taken_committee(content: dict[str, Any]) -> str:
    """Take the committee out of a draft's file, and return its code; raises `UnreadableError`."""
    named = content.pop("committee", None)
    if not isinstance(named, str):
        message = 'the draft names no committee: add "committee": "MN"'
        raise UnreadableError(message)
    return Committee.parse(named).code


def _proposed(code: str, frozen: ProposalFrozen) -> Proposed:
    return Proposed(
        code,
        frozen.proposal,
        frozen.version,
        frozen.number,
        frozen.decision.digest,
        frozen.findings,
    )


def _last(events: list[Event], kind: type[E]) -> E:
    return next(event for event in reversed(events) if isinstance(event, kind))


def proposal_entries(state: CommitteeState, now: datetime) -> list[dict[str, Any]]:
    """Return every open proposal and where it stands, naming who is awaited by name and side."""
    entries = []
    for proposal in state.proposals.values():
        result = standing(state, proposal, now) if proposal.text is not None else None
        entries.append(
            {
                "committee": state.committee.code,
                "proposal": proposal.id,
                "version": proposal.version,
                "number": proposal.number,
                "stage": proposal.stage.value,
                "items": [item.get("kind") for item in proposal.content["items"]],
                "awaited": [
                    {"side": a.side, "person": a.person, "name": a.name, "what": a.what}
                    for a in (() if result is None else result.awaited)
                ],
                "objections": [
                    {"side": o.side, "name": o.name, "reason": o.reason}
                    for o in (() if result is None else result.objections)
                ],
                "findings": [] if proposal.text is None else list(proposal.text.findings),
                "interests": interest_entries(state, state.interests_in(proposal)),
                "says": "a draft, not frozen yet" if result is None else result.says,
            }
        )
    return entries
