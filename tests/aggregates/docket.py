"""The docket of the committee in its room: every step by the secretariat, on the clock's day."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from aggregates.case import decide_audit, decide_inputs, decide_papers
from aggregates.case.acting import Acting
from aggregates.case.events import CaseEvent
from aggregates.case.state import CaseState
from governance.service.cases import Cases, Decide, Hand, read_submission
from governance.service.proposals import Proposed
from policies.documents import Document
from tests.aggregates.room import CODE, Room

KEEPER = "jp-mori"

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
    ) -> CaseState:
        def decide(state: CaseState, acting: Acting) -> CaseEvent:
            return decide_audit.opine(
                state,
                acting,
                opinion,  # type: ignore[arg-type]
                "report 1",
                documents=papers,
                quantity=quantity,
            )

        return self.step(case, decide)

    def propose(self, *items: dict[str, Any], **members: Any) -> Proposed:
        """Freeze a text with items from the docket."""
        content = self.room.draft(*items, **members)
        proposed = self.room.stage.engine.proposals.propose(content, by=self.by)
        text = self.room.proposal(proposed.proposal).text
        assert text is not None
        self.room.texts[proposed.proposal] = text
        return proposed
