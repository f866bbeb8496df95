"""Chapter 5: a new co-chair, and the real decision of 24 January 2026 as if by electronic means.

The source names no procedure for it; the demonstration chooses the electronic one.
"""

from __future__ import annotations

from aggregates.committee.state import CommitteeState, Frozen
from governance.demo.stage import Stage
from governance.service.signing import assertion_request
from policies.proof.dsse import Envelope

PERIOD = {"from": "2018-09-15", "to": "2020-12-31"}
ITEMS = [
    {
        "kind": "issuance",
        "title": title,
        "project": project,
        "monitoring_period": period,
        "quantity": japan + mongolia,
        "amounts": {"JP": japan, "MN": mongolia},
    }
    for project, title, period, japan, mongolia in (
        ("MN001", "High-efficiency boilers in the 118th School of Ulaanbaatar", PERIOD, 110, 29),
        ("MN002", "High-efficiency boilers in Bornuur soum", PERIOD, 256, 66),
        (
            "MN006",
            "15MW Solar Power System near New Airport",
            {"from": "2019-07-06", "to": "2020-12-31"},
            24_249,
            6_063,
        ),
    )
]


def tell(stage: Stage) -> None:
    """Replace a co-chair, distribute a text, and adopt it by everyone's affirmation."""
    stage.voice.chapter("5. A new co-chair, and a decision by electronic means")
    stage.clock.tell("2025-12-01 03:00")
    end = {"act": "end", "person": "mn-bold", "role": "co-chair"}
    acts = [end, *stage.seat("mn-tuya", "Tuya Erdene", "co-chair", "2025-12-01")]
    stage.voice.say(stage.appoint("MN", "MN", acts) + ": Tuya Erdene follows Bold Ganbaatar.")
    stage.clock.tell("2026-01-19 03:00")
    proposed = stage.engine.proposals.propose(
        {
            "committee": "MN",
            "procedure": {"kind": "electronic"},
            "items": ITEMS,
            "text": {"en": "The Joint Committee decides the credits for MN001, MN002 and MN006."},
        }
    )
    stage.engine.proposals.distribute("JP-MN", proposed.proposal)
    state, text = _text(stage, proposed.proposal)
    stage.voice.say(
        f"{proposed.number} was really decided on 24 January 2026; the source names no procedure."
        f" Here it is distributed, and open until {getattr(text.decision.procedure, 'closes', '')}."
    )
    for finding in proposed.findings:
        if "cannot tell whether the period" in finding:
            stage.voice.say(f"  {finding}")
    for person in ("jp-mori", "jp-ueda", "mn-dorj"):
        request = assertion_request(
            state, state.proposals[proposed.proposal], objects=False, reason=None
        )
        _say(stage, person, "affirms, and signs it", request.envelope)
    stage.clock.tell("2026-01-24 03:00")
    for person in ("jp-hara", "mn-tuya"):
        _say(stage, person, "signs the decision", text.envelope)
    state = stage.engine.desk.load("JP-MN")
    stage.expect(text.envelope.digest in state.decided, "the electronic decision is not adopted")


def _say(stage: Stage, person: str, does: str, envelope: Envelope) -> None:
    """Hand in what a person signed, and tell it with the name that the roster has."""
    says = stage.submit(stage.sign(envelope, person)).says
    known = stage.engine.desk.load("JP-MN").roster.people[person]
    stage.voice.say(f"  {known.name} ({known.side}) {does}: {says}")


def _text(stage: Stage, proposal: int) -> tuple[CommitteeState, Frozen]:
    state = stage.engine.desk.load("JP-MN")
    text = state.proposals[proposal].text
    if text is None:
        message = "the text is not frozen"
        raise AssertionError(message)
    return state, text
