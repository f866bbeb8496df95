"""Who holds which role on a day, by what the sides' appointments had said by then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from policies.proof.statements import Appoint, End
from policies.sides import Role, Term


@dataclass(frozen=True)
class Holder:
    """Someone with the roles that are held, the highest first; `until` is the first last day."""

    side: str
    person: str
    name: str
    roles: tuple[Role, ...]
    until: date | None


_RANK = (Role.CO_CHAIR, Role.ALTERNATE, Role.MEMBER, Role.SECRETARY, Role.REGISTRY)


def seated(rows: Iterable[Sequence[Any]], day: date) -> list[Holder]:
    """Fold rows of the people's view, in the order of the events, into who holds a role on a day.

    What was recorded later (by its day in UTC) is left out.
    """
    held: dict[tuple[str, str], dict[Role, Term]] = {}
    names: dict[tuple[str, str], str] = {}
    for _committee, side, person, recorded_at, text in rows:
        if recorded_at[:10] > day.isoformat():
            continue
        act = msgspec.json.decode(text, type=Appoint | End)
        roles = held.setdefault((side, person), {})
        if isinstance(act, End):
            roles.pop(act.role, None)
        else:
            names[side, person] = act.name
            roles[act.role] = Term(act.begins, act.ends)
    found = [_holder(who, names, roles, day) for who, roles in held.items()]
    return sorted((h for h in found if h.roles), key=lambda h: (_RANK.index(h.roles[0]), h.name))


def _holder(
    who: tuple[str, str], names: dict[tuple[str, str], str], roles: dict[Role, Term], day: date
) -> Holder:
    current = {role: term for role, term in roles.items() if term.covers(day)}
    ends = [term.ends for term in current.values() if term.ends is not None]
    ranked = tuple(role for role in _RANK if role in current)
    return Holder(*who, names.get(who, who[1]), ranked, min(ends, default=None))
