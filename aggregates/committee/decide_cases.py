"""The committee's part in opening a case: its place on the docket, and its number."""

from __future__ import annotations

from collections.abc import Collection

from aggregates.committee.acting import Acting
from aggregates.committee.events import CaseNumbered, CaseOpened
from aggregates.committee.numbering import next_number
from aggregates.committee.state import CommitteeState
from policies.cases import CaseKind
from policies.numbers import Family


def case_name(code: str, place: int) -> str:
    """Return the name of the case at a place of a committee's docket: JP-MN/C/001."""
    return f"{code}/C/{place:03}"


def open_case(
    state: CommitteeState,
    acting: Acting,
    kind: CaseKind,
    family: Family | None,
    *,
    past_numbers: Collection[str] = (),
) -> CaseOpened:
    """Give the docket's next place and, of a numbered family, the next number."""
    return CaseOpened(
        at=acting.now,
        case=case_name(state.committee.code, state.last_case + 1),
        kind=kind.name,
        number=None if family is None else next_number(state, family, past_numbers),
    )


def number_case(
    state: CommitteeState,
    acting: Acting,
    case: str,
    family: Family,
    *,
    past_numbers: Collection[str] = (),
) -> CaseNumbered:
    """Give a case that is open a further number: a planned project becomes a project."""
    number = next_number(state, family, past_numbers)
    return CaseNumbered(at=acting.now, case=case, number=number)
