"""Declared interests as readers have them: the fact is public, the words are not."""

from __future__ import annotations

from datetime import date

from aggregates.committee.decide_interests import Voice
from governance import assembly
from governance.service.interests import declare_in_case, declare_in_item, withdraw_interest
from projections.interests import INTERESTS, Declaration, declarations_of
from tests.aggregates.docket import METHODOLOGY, Docket, documents
from tests.aggregates.room import CODE, Room

PAPERS = ("proposed_methodology_form", "proposed_methodology_spreadsheet")
SECRET = "My brother is a director of Nomad Energy."
LETTER = "ab" * 32


def test_readers_see_that_an_interest_was_declared_and_taken_back(room: Room) -> None:
    room.appoint("MN", *room.seat("mn-naran", "Naran Tuya", ("secretary",)))
    case = Docket(room).submit(METHODOLOGY, documents(*PAPERS))
    engine = room.stage.engine
    voice = Voice("mn-naran", "mn-sara", date(2026, 1, 3), LETTER)
    declare_in_case(engine.cases, voice, case, CODE, SECRET)
    proposal = room.distribute()
    declare_in_item(engine.desk, Voice("jp-hara"), CODE, (proposal, 1), SECRET)
    withdraw_interest(engine.desk, voice, CODE, 1, SECRET)

    with assembly.library(engine.settings) as read:
        rows = list(read.tables.select(INTERESTS))

    first, second = declarations_of(rows)
    assert first == Declaration(
        committee="JP-MN",
        interest=1,
        person="mn-sara",
        declared_on="2026-01-03",
        case=case,
        proposal=None,
        version=None,
        item=None,
        title="Heat pumps in schools",
        withdrawn_on="2026-01-03",
    )
    assert (second.proposal, second.version, second.item) == (proposal, 1, 1)
    assert (second.person, second.withdrawn_on) == ("jp-hara", None)
    assert SECRET not in repr(rows)
    assert LETTER not in repr(rows)


def test_what_is_taken_back_unseen_is_nothing() -> None:
    row = ("JP-MN", 3, "mn-sara", "2026-01-03", "2026-01-03T00:00:00Z", "withdrawn", *[None] * 5)

    assert declarations_of([row]) == []
