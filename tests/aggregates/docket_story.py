"""A docket's story: each step that some lifecycle has, a slip, interests, announcements."""

from __future__ import annotations

from aggregates.committee.decide_interests import Voice
from governance.assembly import sweep_of
from governance.service.interests import declare_in_case, declare_in_item, withdraw_interest
from governance.service.slips import correct_slip
from policies.lifecycles.cases import Step
from tests.aggregates.docket import METHODOLOGY, Docket, documents
from tests.aggregates.recorded_steps import taken
from tests.aggregates.registries import Registries
from tests.aggregates.room import CODE, MEASURE
from tests.aggregates.ways import BY_LIFECYCLE, Walks

SECRETARY = "jp-sato"


def tell(docket: Docket) -> None:
    """Tell it to an open docket; every kind of event that the long story lacks is in it."""
    seen = set[Step]()
    for lifecycle in BY_LIFECYCLE.values():
        walks = Walks(docket, lifecycle)
        for step, source, _target in walks.moves():
            if step not in seen:
                walks.take(step, walks.go(source))
                seen |= {move[0] for case in walks.opened for move in taken(docket, case)}
    registries = Registries(docket).seat()
    number = registries.decide()
    registries.report(number, "JP")
    registries.report(number, "MN", amount=0)
    _beside_the_steps(docket)


def _beside_the_steps(docket: Docket) -> None:
    """Correct a slip, declare interests and take one back, and let a deadline pass."""
    room = docket.room
    room.appoint("JP", *room.seat(SECRETARY, "Sato Yuki", ("secretary",)))
    by = Docket(room, by=SECRETARY)
    papers = documents("proposed_methodology_form", "proposed_methodology_spreadsheet")
    case = by.submit(METHODOLOGY, papers)
    correct_slip(
        by.cases, case, SECRETARY, entry=1, member="title", says="Heat pumps", reason="A slip."
    )
    voice = Voice("jp-mori")
    declare_in_case(by.cases, voice, case, CODE, "My brother works for the submitter.")
    proposal = room.distribute(MEASURE)
    declare_in_item(by.cases.desk, voice, CODE, (proposal, 1), "I wrote the draft.")
    withdraw_interest(by.cases.desk, voice, CODE, 1, "He has left it.")
    by.later(60)
    sweep_of(room.stage.engine)()
