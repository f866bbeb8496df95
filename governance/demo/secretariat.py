"""The secretariat of the demonstration: what comes in, what is done with it, and by whom."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from aggregates.case import decide_audit, decide_inputs, decide_papers
from aggregates.case.acting import Acting
from aggregates.case.deadlines import due
from aggregates.case.events import CaseEvent
from aggregates.case.state import CaseState
from governance.demo.stage import DemonstrationError, Stage
from governance.exchange.documents import DocumentStore
from governance.exchange.submitted_documents import take_documents
from governance.service.cases import Decide, Hand, read_submission
from governance.service.signing import assertion_request
from policies.document_kinds import DOCUMENT_KINDS
from policies.documents import Document

CODE = "JP-MN"
MEMBERS = ("jp-mori", "jp-ueda", "mn-dorj")


@dataclass
class Secretariat:
    """One secretary at work in JP-MN, on the days that the clock is told."""

    stage: Stage
    by: str = "mn-nomin"

    def on(self, day: str) -> Secretariat:
        """Tell the clock ten in the morning of a day in Ulaanbaatar."""
        self.stage.clock.tell(f"{day} 02:00")
        return self

    def papers(self, *kinds: str, confidential: Collection[str] = ()) -> tuple[Document, ...]:
        """Take in the files of a submission; some with a full version that stays confidential."""
        store = DocumentStore.at(self.stage.engine.settings.documents)
        with tempfile.TemporaryDirectory(prefix="jcgov-demo-papers-") as name:
            folder = Path(name)
            entries = [self._entry(folder, kind, full=kind in confidential) for kind in kinds]
            return take_documents(entries, folder, store)

    def _entry(self, folder: Path, kind: str, *, full: bool) -> dict[str, Any]:
        day = self.stage.clock.now.date()
        entry = {"kind": kind, "title": DOCUMENT_KINDS[kind].title, "version": "1.0"}
        for access in ("public", "confidential") if full else ("public",):
            file = f"{kind}-{access}.txt"
            (folder / file).write_text(f"{entry['title']} ({access}), {day}\n", "utf-8")
            entry[access] = file
        return entry

    def submit(self, papers: tuple[Document, ...], **submission: Any) -> CaseState:
        """Open a case and tell it."""
        read = read_submission({"committee": "MN"} | submission)
        state = self.stage.engine.cases.submit(read, papers, self.by)
        self.tell(state, "submitted")
        return state

    def step(self, case: CaseState, decide: Decide) -> CaseState:
        """Take a step and tell what it was, and where the case stands then."""
        taken: list[CaseEvent] = []

        def taking(state: CaseState, acting: Acting) -> CaseEvent:
            taken.append(decide(state, acting))
            return taken[-1]

        state = self.stage.engine.cases.step(case.case, Hand(self.by), taking)
        name = taken[-1].topic.removeprefix("jcm.").rpartition(".")[0]
        self.tell(state, name.removeprefix("case-").replace("-", " "))
        return state

    def tell(self, state: CaseState, what: str) -> None:
        """Say what came to a case, where it stands, who is awaited, and until when."""
        rulebook = self.stage.engine.desk.load(CODE).rulebooks[state.rulebook.digest].rulebook
        last = due(state, rulebook)
        until = "" if last is None else f" until {last}"
        waits = "" if state.awaits is None else f"; awaits the {state.awaits}{until}"
        stage = state.stage.value.replace("_", " ")
        day = self.stage.clock.now.date()
        self.stage.voice.say(f"  {day}  {state.name} {what}: {stage}{waits}")

    def comment(self, case: CaseState, author: str, text: str) -> CaseState:
        """Take a comment of the public."""
        return self.step(case, lambda s, a: decide_inputs.comment(s, a, author, text))

    def raised(self, case: CaseState, what: Literal["CAR", "CL", "FAR"], text: str) -> CaseState:
        """Take a request of the third-party entity."""
        return self.step(case, lambda s, a: decide_audit.raise_request(s, a, what, text))

    def answered(self, case: CaseState, request: str, text: str) -> CaseState:
        """Take the participants' answer to a request, which the entity accepts."""
        self.step(case, lambda s, a: decide_audit.answer(s, a, request, text))
        return self.step(case, lambda s, a: decide_audit.resolve(s, a, request))

    def opined(
        self, case: CaseState, report: str, papers: tuple[Document, ...], quantity: int | None
    ) -> CaseState:
        """Take the entity's positive opinion."""

        def decide(state: CaseState, acting: Acting) -> CaseEvent:
            return decide_audit.opine(
                state, acting, "positive", report, documents=papers, quantity=quantity
            )

        return self.step(case, decide)

    def requested(self, case: CaseState, papers: tuple[Document, ...], **asks: Any) -> CaseState:
        """Take the request to the committee."""
        return self.step(case, lambda s, a: decide_audit.request(s, a, asks, papers))

    def complete(self, case: CaseState) -> CaseState:
        """Find the papers complete."""
        return self.step(case, decide_papers.find_complete)

    def refused(self, what: str, act: Callable[[], object]) -> None:
        """Show by which name a step is refused."""
        self.stage.refuses(what, act)

    def decide(
        self, co_chairs: tuple[str, str], text: str, *items: dict[str, Any], **members: Any
    ) -> str:
        """Take items to the table by electronic means; everybody affirms, both co-chairs sign."""
        proposals, desk = self.stage.engine.proposals, self.stage.engine.desk
        proposed = proposals.propose(
            {
                "committee": "MN",
                "procedure": {"kind": "electronic"},
                "items": list(items),
                "text": {"en": text},
            }
            | members,
            by=self.by,
        )
        proposals.distribute(CODE, proposed.proposal)
        state = desk.load(CODE)
        proposal = state.proposals[proposed.proposal]
        if proposal.text is None:
            message = "the text is not frozen"
            raise DemonstrationError(message)
        for person in MEMBERS:
            request = assertion_request(state, proposal, objects=False, reason=None)
            self.stage.submit(self.stage.sign(request.envelope, person))
        envelope = proposal.text.envelope
        for person in co_chairs:
            says = self.stage.submit(self.stage.sign(envelope, person)).says
        self.stage.voice.say(f"  {says}")
        self.stage.expect(envelope.digest in desk.load(CODE).decided, f"{text} is not adopted")
        return proposed.number or ""
