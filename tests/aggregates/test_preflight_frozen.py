"""What every check said when a text was fixed is frozen with it; a case must be ready by then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from aggregates.committee import decide_text
from aggregates.committee.acting import Acting
from aggregates.committee.events import ProposalDrafted, ProposalFrozen
from aggregates.committee.state import CommitteeState
from aggregates.event import Event
from governance.service.whatif import what_if
from policies.documents import Document
from policies.dossier import Dossier, Elsewhere
from policies.refusals import PreconditionError
from policies.rulebook import Figure, RulebookText, shipped
from policies.sides import Committee
from tests.aggregates.room import CODE, METHODOLOGY, Room

CHAIRS = ("jp-hara", "mn-bold")
READY = Dossier(
    case="JP-MN/C/001",
    kind="methodology_proposal",
    documents=(Document(kind="form", title="Heat pumps", version="1.0", public="1" * 64),),
    required=("form",),
    complete_on=date(2026, 1, 20),
)
WIND: dict[str, Any] = {
    "kind": "project_registration",
    "title": "Wind park",
    "methodologies": [{"number": "MN_AM001", "version": "1.0"}],
    "scopes": [1],
    "participants": [],
}


def freeze(
    room: Room,
    item: dict[str, Any],
    *,
    dossiers: Mapping[int, Dossier] | None = None,
    elsewhere: Sequence[Elsewhere] | None = None,
) -> ProposalFrozen:
    """Draft and fix a text with the cases behind its items, as the docket does."""
    content = room.draft(item)
    del content["committee"]

    def command(state: CommitteeState, acting: Acting) -> Iterator[Event]:
        drafted = decide_text.draft(state, acting, content)
        yield drafted
        yield from decide_text.freeze(
            state, acting, drafted.proposal, dossiers=dossiers, elsewhere=elsewhere
        )

    room.stage.engine.desk.act(CODE, command)
    return room.events(ProposalFrozen)[-1]


def verdicts(frozen: ProposalFrozen) -> dict[str, str]:
    return {entry.check: entry.verdict.value for entry in frozen.preflight}


def test_the_preflight_is_frozen_with_the_text_passes_among_it(room: Room) -> None:
    frozen = freeze(room.on("2026-02-02"), METHODOLOGY, dossiers={1: READY})

    assert verdicts(frozen) == {
        "scope": "pass",
        "number": "pass",
        "case": "pass",
        "case-complete": "pass",
        "case-documents": "pass",
        "inputs-closed": "pass",
        "requests-resolved": "pass",
    }
    assert all(entry.item == 1 and entry.rule and entry.evidence for entry in frozen.preflight)
    assert frozen.findings == ()


def test_findings_stay_what_they_were_where_no_case_is_handed_in(room: Room) -> None:
    room.on("2026-02-02")
    frozen = freeze(room, WIND)

    assert frozen.findings == (
        "warn: item 1: cannot tell who validated the project: the item does not say (validation)",
        "warn: item 1: cannot tell when operation started: the item does not say (operation-start)",
        "warn: item 1: cannot tell whether another mechanism uses the project: the item does not"
        " say (other-mechanism)",
        "refuse: item 1: MN_AM001 version 1.0 is not approved here (methodology)",
    )
    said = verdicts(frozen)
    assert (said["case"], said["elsewhere"], said["gases"]) == ("cannot tell",) * 3
    assert (said["validation"], said["methodology"]) == ("cannot tell", "fail")
    bars = {entry.check for entry in frozen.preflight if entry.bars}
    assert bars == {"methodology"}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"complete_on": None}, r"has not been found complete \(case-complete\)"),
        ({"documents": ()}, r"lacks form \(case-documents\)"),
        ({"inputs_required": True}, r"have not closed \(inputs-closed\)"),
        ({"open_requests": 2}, r"2 requests .* are open \(requests-resolved\)"),
        ({"gases": ("O3",)}, r"O3: the rulebook knows CO2.* \(gases\)"),
        ({"kind": "project"}, r"is a case of project; .* \(case\)"),
    ],
)
def test_a_case_that_is_not_ready_does_not_reach_the_table(
    room: Room, changes: dict[str, Any], says: str
) -> None:
    room.on("2026-02-02")

    with pytest.raises(PreconditionError, match=f"item 1: .*{says}"):
        freeze(room, METHODOLOGY, dossiers={1: replace(READY, **changes)})

    assert room.events(ProposalDrafted) == []


def test_a_project_registered_by_another_committee_does_not_reach_the_table(room: Room) -> None:
    other = Elsewhere(committee="JP-ID", number="ID001", title="Wind Park", status="registered")
    room.on("2026-02-02")

    with pytest.raises(PreconditionError, match=r"ID001 of JP-ID \(registered\) \(elsewhere\)"):
        freeze(room, WIND, elsewhere=[other])
    frozen = freeze(room, WIND, elsewhere=[replace(other, title="Sun park")])

    assert verdicts(frozen)["elsewhere"] == "pass"


def test_what_only_warns_of_a_case_is_advice_and_does_not_bar_adoption(room: Room) -> None:
    room.on("2026-02-02")
    freeze(room, METHODOLOGY, dossiers={1: READY})
    case = Dossier(case="JP-MN/C/002", kind="project", complete_on=date(2026, 2, 2))

    frozen = freeze(room, WIND, dossiers={1: case})

    asked = ("opinion", "elsewhere", "gases")
    assert [f for f in frozen.findings if f.endswith(tuple(f"({name})" for name in asked))] == [
        "warn: item 1: cannot tell the opinion of the validation: JP-MN/C/002 has none (opinion)",
        "warn: item 1: cannot tell whether another committee registered the project: none was"
        " asked (elsewhere)",
        "warn: item 1: cannot tell which gases are reduced: no case says (gases)",
    ]


def adopted(room: Room, frozen: ProposalFrozen) -> str:
    """Send a frozen text out, have it signed, and let its window end."""
    room.stage.engine.proposals.distribute(CODE, frozen.proposal)
    text = room.proposal(frozen.proposal).text
    assert text is not None
    room.texts[frozen.proposal] = text
    room.sign(frozen.proposal, *CHAIRS)
    room.on("2026-02-16").sweep()
    return frozen.number


def test_what_another_rulebook_says_of_a_case_is_told_from_what_was_frozen(room: Room) -> None:
    room.on("2026-02-02")
    case = replace(READY, gases=("CO2",))
    number = adopted(room, freeze(room, METHODOLOGY, dossiers={1: case}))
    same = shipped("MN", room.state.rulebook.version)
    fewer = replace(same.rulebook.eligibility, gases=with_value(("CH4",)))
    proposed = RulebookText(replace(same.rulebook, eligibility=fewer, documents=None), "")
    record = room.stage.engine.record

    def said(rulebook: RulebookText) -> dict[str, tuple[str, str]]:
        asked = what_if(record, Committee("MN"), rulebook).asked
        return {
            a.check: (a.old.verdict.value, a.new.verdict.value)
            for a in asked
            if a.decision == number and a.old is not None and a.new is not None
        }

    assert set(said(same).values()) == {("pass", "pass")}
    other = said(proposed)
    assert other.pop("gases") == ("pass", "cannot tell")
    assert other.pop("case-documents") == ("pass", "cannot tell")
    assert set(other.values()) == {("pass", "pass")}
    differing = [a.check for a in what_if(record, Committee("MN"), proposed).concerned]
    assert sorted(differing) == ["case-documents", "gases"]


def with_value(gases: tuple[str, ...]) -> Figure[tuple[str, ...]]:
    return Figure(value=gases, source="a proposal", status="unconfirmed")


def test_at_adoption_the_cases_are_not_asked_again(room: Room) -> None:
    """They were frozen; a case that has gone on since changes nothing."""
    room.on("2026-02-02")
    frozen = freeze(room, METHODOLOGY, dossiers={1: READY})

    adopted(room, frozen)

    assert room.adopted_on(frozen.proposal) is not None
