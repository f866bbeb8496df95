"""The docket of the committee in its room: every step by the secretariat, on the clock's day."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from aggregates.case import decide_audit, decide_inputs, decide_papers
from aggregates.case.acting import Acting
from aggregates.case.events import CaseEvent
from aggregates.case.state import CaseState
from governance.service.cases import Cases, Decide, Hand, read_submission
from governance.service.proposals import Proposed
from policies.calendar import day_of, end_of
from policies.cases import CASE_KINDS
from policies.documents import Document
from policies.lifecycles.cases import Step
from policies.refusals import Refusal
from tests.aggregates.room import CODE, EVERYONE, Room

KEEPER = "jp-mori"
CHAIRS = ("jp-hara", "mn-bold")

METHODOLOGY: dict[str, Any] = {
    "kind": "methodology_proposal",
    "title": "Heat pumps in schools",
    "submitter": {"name": "Nomad Energy LLC", "side": "MN"},
    "asks": {"scopes": [1], "gases": ["CO2"]},
}
PROJECT: dict[str, Any] = {
    "kind": "project",
    "title": "Heat pumps in ten schools of Darkhan",
    "submitter": {"name": "Nomad Energy LLC", "side": "MN"},
    "asks": {
        "scopes": [1],
        "gases": ["CO2"],
        "methodologies": [{"number": "MN_AM001", "version": "1.0"}],
        "participants": [
            {"side": "JP", "name": "Kita Engineering"},
            {"side": "MN", "name": "Nomad Energy LLC"},
        ],
        "entity": "TPE-MN-001",
        "operation_start": "2025-06-01",
        "used_under_other_mechanism": False,
    },
}
REVISION: dict[str, Any] = {
    "kind": "methodology_revision",
    "title": "Boilers",
    "submitter": {"name": "Nomad Energy LLC", "side": "MN"},
    "asks": {"number": "MN_AM001", "version": "2.0", "scopes": [1]},
}
CHANGE: dict[str, Any] = {
    "kind": "post_registration_change",
    "title": "Boilers in Erdenet",
    "submitter": {"name": "Nomad Energy LLC", "side": "MN"},
    "asks": {"project": "MN001", "summary": "Two boilers more"},
}
REQUEST: dict[str, Any] = {
    "kind": "issuance_request",
    "title": "Boilers in Erdenet",
    "submitter": {"name": "Nomad Energy LLC", "side": "MN"},
    "asks": {
        "project": "MN001",
        "monitoring_period": {"from": "2022-01-01", "to": "2022-12-31"},
        "entity": "TPE-MN-001",
    },
}
ALLOCATED: dict[str, Any] = {
    "quantity": 1000,
    "amounts": {"JP": 600, "MN": 400},
    "allocation": [
        {"side": "JP", "holder": "government", "name": "Government of Japan", "amount": 600},
        {"side": "MN", "holder": "government", "name": "Government of Mongolia", "amount": 400},
    ],
}
ENTITY: dict[str, Any] = {
    "kind": "tpe_designation",
    "title": "Steppe Certification",
    "submitter": {"name": "Steppe Certification", "side": "MN"},
    "asks": {
        "accreditation": "ISO 14065",
        "validation": [{"scope": 1, "until": "2030-12-31"}],
        "verification": [{"scope": 1, "until": "2030-12-31"}],
    },
}

HIDDEN = "Heat\u200bpumps"
"""A text with a character that nobody sees."""

# What stands before the docket opens, decided without it.
RULES: dict[str, Any] = {
    "kind": "rules_adoption",
    "title": "Second generation of rules",
    "documents": [],
    "rulebook": {"version": "MN-2026"},
}
BOILERS: dict[str, Any] = {
    "kind": "methodology_approval",
    "title": "Boilers",
    "version": "1.0",
    "scopes": [1],
    "result": "approved",
}
DESIGNATED: dict[str, Any] = {
    "kind": "tpe_designation",
    "title": "Altai Certification",
    "accreditation": "ISO 14065",
    "validation": [{"scope": 1, "until": "2099-12-31"}],
    "verification": [{"scope": 1, "until": "2099-12-31"}],
}
REGISTERED: dict[str, Any] = {
    "kind": "project_registration",
    "title": "Boilers in Erdenet",
    "methodologies": [{"number": "MN_AM001", "version": "1.0"}],
    "scopes": [1],
    "participants": [{"side": "MN", "name": "Nomad Energy LLC"}],
    "operation_start": "2021-06-01",
    "used_under_other_mechanism": False,
}


def document(kind: str, version: str = "1.0", *, confidential: bool = False) -> Document:
    """Return a document of a kind, by the digests of texts that say so."""
    full = hashlib.sha256(f"{kind} {version} confidential".encode()).hexdigest()
    return Document(
        kind=kind,
        title=kind.replace("_", " "),
        version=version,
        public=hashlib.sha256(f"{kind} {version}".encode()).hexdigest(),
        confidential=full if confidential else None,
    )


def documents(*kinds: str) -> list[Document]:
    return [document(kind) for kind in kinds]


PAPERS = documents("proposed_methodology_form", "proposed_methodology_spreadsheet")
"""What goes with a methodology."""


class NotAdopted(AssertionError):
    """Everybody has said yes, and yet it is not adopted: something stands against it."""


@dataclass
class Docket:
    """What the secretariat does with the cases of the committee in its room."""

    room: Room
    by: str = KEEPER

    @property
    def cases(self) -> Cases:
        return self.room.stage.engine.cases

    def on(self, day: str) -> Docket:
        self.room.on(day)
        return self

    def state(self, case: str) -> CaseState:
        return self.cases.load(case, CODE)

    def events(self, case: str) -> list[CaseEvent]:
        stream = self.room.stage.engine.record.stream(case)
        found = [entry.event for entry in stream]
        assert all(isinstance(event, CaseEvent) for event in found)
        return found  # type: ignore[return-value]

    def submit(self, plain: dict[str, Any], papers: Sequence[Document] = (), **more: Any) -> str:
        """Open a case and return its name."""
        submission = read_submission({"committee": "MN"} | plain | more)
        return self.cases.submit(submission, papers, self.by).case

    @property
    def hand(self) -> Hand:
        """Who keeps the docket, today."""
        return Hand(self.by)

    def step(self, case: str, decide: Decide, on: str | None = None) -> CaseState:
        hand = Hand(self.by, None if on is None else date.fromisoformat(on))
        return self.cases.step(case, hand, decide)

    def complete(self, case: str) -> CaseState:
        return self.step(case, decide_papers.find_complete)

    def publish(self, case: str) -> CaseState:
        return self.step(case, decide_inputs.publish)

    def comment(self, case: str, author: str, text: str, *, public: bool = True) -> CaseState:
        def decide(state: CaseState, acting: Acting) -> CaseEvent:
            return decide_inputs.comment(state, acting, author, text, public=public)

        return self.step(case, decide)

    def opine(
        self,
        case: str,
        opinion: str = "positive",
        quantity: int | None = None,
        papers: Sequence[Document] = (),
        report: str = "report 1",
    ) -> CaseState:
        def decide(state: CaseState, acting: Acting) -> CaseEvent:
            return decide_audit.opine(
                state,
                acting,
                opinion,  # type: ignore[arg-type]
                report,
                documents=papers,
                quantity=quantity,
            )

        return self.step(case, decide)

    def assessed(self, **more: Any) -> str:
        """Return a methodology proposal about which the committee may decide."""
        case = self.submit(METHODOLOGY, PAPERS, **more)
        self.complete(case)
        self.hear_the_public(case)
        return case

    def reviewed(self) -> str:
        """Return a change of a registered project about which the committee may decide."""
        case = self.submit(CHANGE, self.papers("post_registration_change", Step.FIND_COMPLETE))
        self.complete(case)
        return case

    def propose(self, *items: dict[str, Any], **members: Any) -> Proposed:
        """Freeze a text with items from the docket."""
        revises = members.pop("revises", None)
        content = self.room.draft(*items, **members)
        proposed = self.room.stage.engine.proposals.propose(content, revises=revises, by=self.by)
        text = self.room.proposal(proposed.proposal).text
        assert text is not None
        self.room.texts[proposed.proposal] = text
        return proposed

    def agree(self, *items: dict[str, Any], **members: Any) -> int:
        """Put items to the committee, and let everybody say yes today."""
        proposal = self.propose(*items, **members).proposal
        self.room.stage.engine.proposals.distribute(CODE, proposal)
        self.room.sign(proposal, *CHAIRS)
        self.room.affirm(proposal, *(person for person in EVERYONE if person not in CHAIRS))
        if self.room.adoption(proposal) is None:
            raise NotAdopted(self.room.closed(proposal))
        return proposal

    def decide(self, case: str, outcome: str = "accepted", **said: Any) -> CaseState:
        """Let the committee decide a case, and return what has become of it."""
        self.agree({"case": case, "outcome": outcome} | said)
        return self.state(case)

    # What time does

    def sweep(self) -> None:
        """Settle the committee and its cases with no command, as a scheduler would."""
        self.room.sweep()
        self.cases.settle(CODE)

    def later(self, days: int) -> Docket:
        """Tell the clock so many days more."""
        self.room.stage.clock.now += timedelta(days=days)
        return self

    def hear_the_public(self, case: str) -> CaseState:
        """Publish a case if it was not, and let the time for inputs pass."""
        if self.state(case).window is None:
            self.publish(case)
        window = self.state(case).window
        assert window is not None
        end = end_of(window.closes, self.room.state.rulebook.zone)
        self.room.stage.clock.now = max(self.room.stage.clock.now, end)
        self.sweep()
        return self.state(case)

    # What is there

    @property
    def today(self) -> date:
        return day_of(self.room.stage.clock.now, self.room.state.rulebook.zone)

    def papers(self, kind: str, *steps: Step) -> list[Document]:
        """Return what the rulebook in force wants for these steps of a kind of case, each once."""
        rulebook = self.room.state.rulebook
        wanted = [CASE_KINDS[kind].required(step, rulebook) for step in steps]
        return documents(*dict.fromkeys(name for names in wanted for name in names))

    @contextmanager
    def refuses(self, refusal: type[Refusal], match: str | None = None) -> Iterator[None]:
        """Claim that what is done is refused by that name, and that nothing is recorded."""
        self.sweep()
        record = self.room.stage.engine.record
        before = record.position, record.streams()
        with pytest.raises(refusal, match=match) as refused:
            yield
        assert refused.type is refusal
        assert (record.position, record.streams()) == before


def open_docket(room: Room) -> Docket:
    """Let a committee adopt its second rules, and what the docket's cases rest on."""
    docket = Docket(room.on("2026-06-08"))
    docket.agree(RULES)
    docket.agree(BOILERS, DESIGNATED)
    validation = {
        "entity": "TPE-MN-001",
        "report": "VAL-1",
        "on": "2026-06-08",
        "opinion": "positive",
    }
    docket.agree(REGISTERED | {"validation": validation})
    return docket
