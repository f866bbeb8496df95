"""Who holds a role on a day follows from the appointments that were recorded by then."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from policies.proof.statements import Appoint, End
from policies.sides import Role
from projections.seated import seated


def row(day: str, act: Appoint | End, side: str = "MN") -> tuple[str, ...]:
    return ("JP-MN", side, act.person, f"{day}T02:00:00Z", msgspec.json.encode(act).decode())


def appoint(role: Role, begins: str, ends: str | None = None, name: str = "Bold") -> Appoint:
    until = None if ends is None else date.fromisoformat(ends)
    first = date.fromisoformat(begins)
    return Appoint(person="mn-bold", name=name, role=role, begins=first, ends=until)


ROWS = [
    row("2025-01-01", appoint(Role.MEMBER, "2025-02-01", "2025-06-30")),
    row("2025-01-01", appoint(Role.CO_CHAIR, "2025-02-01")),
    row("2025-05-01", End(person="mn-bold", role=Role.CO_CHAIR)),
    row("2025-08-01", appoint(Role.ALTERNATE, "2025-01-01", name="Bold Ganbaatar")),
]


@pytest.mark.parametrize(
    ("day", "roles"),
    [
        ("2025-01-31", None),
        ("2025-02-01", ("co-chair", "member")),
        ("2025-04-30", ("co-chair", "member")),
        ("2025-05-01", ("member",)),
        ("2025-06-30", ("member",)),
        ("2025-07-01", None),
        ("2025-07-31", None),
        ("2025-08-01", ("alternate",)),
    ],
)
def test_both_ends_of_a_term_count_and_what_was_recorded_later_does_not(
    day: str, roles: tuple[str, ...] | None
) -> None:
    found = seated(ROWS, date.fromisoformat(day))

    assert [tuple(role.value for role in holder.roles) for holder in found] == (
        [] if roles is None else [roles]
    )


def test_a_holder_has_the_name_last_given_and_the_first_last_day() -> None:
    (member,) = seated(ROWS, date(2025, 6, 1))
    (alternate,) = seated(ROWS, date(2025, 9, 1))

    assert (member.name, member.until) == ("Bold", date(2025, 6, 30))
    assert (alternate.name, alternate.until) == ("Bold Ganbaatar", None)


def test_the_highest_roles_stand_first() -> None:
    other = Appoint(
        person="jp-hara", name="Hara", role=Role.SECRETARY, begins=date(2025, 1, 1), ends=None
    )

    found = seated([row("2025-01-01", other, "JP"), *ROWS], date(2025, 3, 1))

    assert [holder.name for holder in found] == ["Bold", "Hara"]
