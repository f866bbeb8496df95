"""Chapter 2: both sides found the committee, name their people, and adopt their own past."""

from __future__ import annotations

from datetime import date

from governance.demo.stage import Stage
from policies.calendar import timestamp
from policies.items.past import HistoryAdoption
from policies.sides import Role

PEOPLE = {
    "JP": [
        ("jp-hara", "Hara Kenji", "co-chair"),
        ("jp-mori", "Mori Aiko", "member"),
        ("jp-ueda", "Ueda Naoko", "member"),
        ("jp-registry", "Registry of Japan", "registry"),
    ],
    "MN": [
        ("mn-bold", "Bold Ganbaatar", "co-chair"),
        ("mn-dorj", "Dorj Sarnai", "member"),
        ("mn-registry", "Registry of Mongolia", "registry"),
    ],
}


def tell(stage: Stage) -> None:
    """Found JP-MN, appoint everyone, and adopt the imported record by its digest."""
    stage.voice.chapter("2. Both sides found the committee and adopt their own past")
    stage.clock.tell("2025-03-03 01:00")
    digest = stage.found("MN")
    stage.voice.say(f"JP-MN is founded (a rehearsal), by 2 of 3 keys of each side: {digest}")
    for side, people in PEOPLE.items():
        acts = [act for person in people for act in stage.seat(*person, "2025-03-01")]
        stage.voice.say(stage.appoint("MN", side, acts))
    alternate = {"act": "appoint", "person": "jp-mori", "name": "Mori Aiko", "role": "alternate"}
    stage.appoint("MN", "JP", [alternate | {"from": "2025-03-01", "until": None}])
    state = stage.engine.desk.load("JP-MN")
    for seat in state.roster.seats(stage.clock.now.date()):
        stage.voice.say(f"  {seat.side}  {seat.title:9}  {seat.name}")
    for person in state.roster.people.values():
        if Role.REGISTRY in person.roles(stage.clock.now.date()):
            stage.voice.say(f"  {person.side}  {Role.REGISTRY:9}  {person.name}")
    _adopt_the_past(stage)


def _adopt_the_past(stage: Stage) -> None:
    proposals = stage.engine.proposals
    stage.clock.tell("2025-03-10 01:00")
    for day in ("2025-03-26", "2025-03-27"):
        meeting = proposals.convene("JP-MN", date.fromisoformat(day), "Ulaanbaatar and online")
        stage.voice.say(f"{timestamp(stage.clock.now)}  convened: {meeting} on {day}")
    stage.clock.tell("2025-03-26 02:00")
    proposed = proposals.propose(
        {
            "committee": "MN",
            "procedure": {"kind": "meeting", "meeting": "JP-MN/M/001"},
            "items": [{"kind": "history_adoption", "up_to": "2025-03-26"}],
            "text": {"en": "The Joint Committee adopts its published record up to 26 March 2025."},
        }
    )
    text = stage.engine.desk.load("JP-MN").proposals[proposed.proposal].text
    stage.expect(text is not None, "the text is not frozen")
    if text is None:
        return
    (item,) = text.decision.items
    stage.expect(isinstance(item, HistoryAdoption), "the text adopts no record")
    if not isinstance(item, HistoryAdoption):
        return
    stage.voice.say(
        f"{proposed.number} names the record by its digest {item.record}:"
        f" {item.decisions} decisions with {item.items} items up to {item.up_to}"
    )
    stage.voice.say(stage.submit(stage.sign(text.envelope, "jp-hara")).says)
    stage.voice.say(stage.submit(stage.sign(text.envelope, "mn-bold")).says)
    state = stage.engine.desk.load("JP-MN")
    stage.expect(text.envelope.digest in state.decided, "the record is not adopted")
    registered = [n for n, p in state.ground.projects.items() if p.status == "registered"]
    stage.voice.say(
        f"{len(registered)} projects registered in the past are ground now: {', '.join(registered)}"
    )
