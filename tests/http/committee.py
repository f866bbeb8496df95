"""A committee with a text that awaits its members, for tests of what comes in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aggregates.committee.state import Frozen
from governance.demo.stage import Stage
from governance.service.signing import assertion_request
from policies.proof.dsse import Envelope
from tests.governance.setting import PEOPLE, proposal

CODE = "JP-MN"
MEMBERS = ("jp-mori", "mn-dorj")
CO_CHAIRS = ("jp-hara", "mn-bold")


@dataclass(frozen=True)
class Awaited:
    """A text that was distributed, and who is to sign it."""

    stage: Stage
    proposal: int
    number: str
    text: Frozen

    def assertion(self, person: str, *, objects: bool = False) -> Envelope:
        """Return a member's signed voice."""
        state = self.stage.engine.desk.load(CODE)
        asked = state.proposals[self.proposal]
        reason = "It is too early" if objects else None
        made = assertion_request(state, asked, objects=objects, reason=reason)
        return self.stage.sign(made.envelope, person)

    def signature(self, person: str) -> Envelope:
        """Return the decision, signed by a person."""
        return self.stage.sign(self.text.envelope.unsigned(), person)


def adopt(text: Awaited) -> None:
    """Hand in everyone's signature."""
    for person in MEMBERS:
        text.stage.submit(text.assertion(person))
    for person in CO_CHAIRS:
        text.stage.submit(text.signature(person))


def founded(stage: Stage) -> None:
    """Found the committee, and seat two people on each side."""
    stage.found("MN")
    for side, people in PEOPLE.items():
        acts = [
            act
            for person, (name, role) in people.items()
            for act in stage.seat(person, name, role, "2020-01-01")
        ]
        stage.appoint("MN", side, acts)


def awaited(stage: Stage, **changes: Any) -> Awaited:
    """Found the committee, and distribute a text by electronic means."""
    founded(stage)
    made = stage.engine.proposals.propose(proposal(**changes))
    stage.engine.proposals.distribute(CODE, made.proposal)
    text = stage.engine.desk.load(CODE).proposals[made.proposal].text
    assert text is not None
    return Awaited(stage, made.proposal, str(made.number), text)
