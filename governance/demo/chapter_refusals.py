"""Chapter 6: what is refused, by name."""

from __future__ import annotations

from typing import Any

from governance.demo.chapter_meeting import MN004
from governance.demo.stage import DemonstrationError, Stage
from governance.service.signing import assertion_request
from policies.proof.canonical import parse


def tell(stage: Stage) -> None:
    """Try what must not pass: an overlap, half a credit, an objection, Indonesia's floor."""
    stage.voice.chapter("6. What is refused, by name")
    stage.clock.tell("2026-02-02 03:00")
    _half_a_credit(stage)
    _overlap(stage)
    _objection(stage)
    _indonesia(stage)


def _half_a_credit(stage: Stage) -> None:
    written = b'{"kind":"issuance","project":"MN004","quantity":44817,"amounts":{"JP":35853.6}}'
    stage.refuses("80 % of 44,817 is 35,853.6", lambda: parse(written, "the draft"))


def _propose(stage: Stage, committee: str, item: dict[str, Any]) -> Any:
    return stage.engine.proposals.propose(
        {
            "committee": committee,
            "procedure": {"kind": "electronic"},
            "items": [item],
            "text": {"en": "A text that must not be adopted."},
        }
    )


def _overlap(stage: Stage) -> None:
    """Both sides sign a period that is decided already; at adoption it conflicts, by name."""
    period = {"from": "2020-06-01", "to": "2020-12-31"}
    amounts = {"JP": 80, "MN": 20}
    item = MN004 | {"monitoring_period": period, "quantity": 100, "amounts": amounts}
    proposed = _propose(stage, "MN", item)
    stage.engine.proposals.distribute("JP-MN", proposed.proposal)
    text = stage.engine.desk.load("JP-MN").proposals[proposed.proposal].text
    if text is None:
        raise DemonstrationError("the text is not frozen")
    stage.submit(stage.sign(text.envelope, "jp-hara", "mn-tuya"))
    stage.clock.tell("2026-02-13 03:00")
    closed = stage.engine.desk.settle("JP-MN")
    detail = " ".join(str(getattr(event, "detail", "")) for event in closed)
    stage.expect("overlaps" in detail, f"the overlap was not found: {closed}")
    stage.voice.say(f"{proposed.number}, signed by both sides, is closed when its window ends:")
    stage.voice.say(f"         {detail}")


def _objection(stage: Stage) -> None:
    item = {
        "kind": "interim_special_measure",
        "title": "On-site assessment by video",
        "until": "2026-12-31",
        "result": "adopted",
    }
    proposed = _propose(stage, "MN", item)
    stage.engine.proposals.distribute("JP-MN", proposed.proposal)
    state = stage.engine.desk.load("JP-MN")
    proposal = state.proposals[proposed.proposal]
    request = assertion_request(
        state, proposal, objects=True, reason="A visit is needed for new equipment."
    )
    stage.submit(stage.sign(request.envelope, "mn-dorj"))
    if proposal.text is not None:
        stage.submit(stage.sign(proposal.text.envelope, "jp-hara", "mn-tuya"))
    stage.clock.tell("2026-03-02 03:00")
    stage.engine.desk.settle("JP-MN")
    standing = stage.engine.proposals.standing("JP-MN", proposed.proposal)
    stage.expect(not standing.reached, "an objection did not stop the text")
    stage.voice.say(f"{proposed.number}, signed by both sides, its window over: {standing.says}")
    stage.engine.proposals.withdraw("JP-MN", proposed.proposal, "Discussed at the next meeting.")


def _indonesia(stage: Stage) -> None:
    """The rulebook of Indonesia: at least 10 % to its government."""
    digest = stage.found("ID")
    stage.voice.say(f"JP-ID is founded as well: {digest[:16]}…, under its own rulebook.")
    shares = [("JP", "government", 910), ("ID", "government", 50), ("ID", "private", 40)]
    item = {
        "kind": "issuance",
        "title": "A project in Indonesia",
        "project": "ID001",
        "monitoring_period": {"from": "2019-01-01", "to": "2019-12-31"},
        "quantity": 1000,
        "amounts": {"JP": 910, "ID": 90},
        "allocation": [
            {"side": side, "holder": holder, "name": f"{holder} of {side}", "amount": amount}
            for side, holder, amount in shares
        ],
    }
    stage.refuses("5 % to the Government of Indonesia", lambda: _propose(stage, "ID", item))
