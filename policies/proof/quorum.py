"""Sets of witnesses that are enough, written as groups with thresholds, each witness once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import TypeAlias

_MOST_WITNESSES = 16
_MOST_SETS = 512
"""Beyond these a quorum is not looked at: finding groups takes time that grows with both."""


@dataclass(frozen=True, order=True)
class Group:
    """Members of which so many are enough."""

    enough: int
    members: tuple[Member, ...]


Member: TypeAlias = "str | Group"
_Sets: TypeAlias = frozenset[frozenset[Member]]


def as_groups(quorum: Sequence[Collection[str]]) -> Member | None:
    """Return groups that are satisfied by the same witnesses as one of the sets.

    Each witness stands in one place (C2SP tlog-policy); null where that cannot be, or is not found.
    """
    names = {name for enough in quorum for name in enough}
    if not quorum or len(names) > _MOST_WITNESSES or len(quorum) > _MOST_SETS:
        return None
    sets = _minimal(frozenset(enough) for enough in quorum)
    return _expressed(sets)


def _expressed(sets: _Sets) -> Member | None:
    if len(sets) == 1:
        return _group(len(next(iter(sets))), next(iter(sets)))
    apart = _parts(sets)
    if len(apart) > 1:
        return _joined(1, apart)
    crossing = _crossing(sets)
    together = _parts(crossing)
    if len(together) > 1:
        return _joined(len(together), [_crossing(part) for part in together])
    merged = _merged(sets)
    return _threshold(sets) if merged is None else _expressed(merged)


def _joined(enough: int, parts: Sequence[_Sets]) -> Member | None:
    found = [_expressed(part) for part in parts]
    members = [member for member in found if member is not None]
    return _group(enough, members) if len(members) == len(parts) else None


def _group(enough: int, members: Collection[Member]) -> Member:
    if len(members) == 1:
        return next(iter(members))
    return Group(enough, tuple(sorted(members, key=repr)))


def _threshold(sets: _Sets) -> Member | None:
    """Return the group of which any so many members are enough, if the sets are that."""
    members, sizes = _members(sets), {len(enough) for enough in sets}
    if len(sizes) > 1:
        return None
    enough = sizes.pop()
    return _group(enough, members) if len(sets) == comb(len(members), enough) else None


def _merged(sets: _Sets) -> _Sets | None:
    """Return the sets with two members in the place of one, where they can always stand so.

    That is where either does whatever the other does, or each is only ever there with the other.
    """
    for one, other in combinations(sorted(_members(sets), key=repr), 2):
        with_one = {enough for enough in sets if one in enough}
        with_other = {enough for enough in sets if other in enough}
        if with_one == with_other:
            both = _group(2, {one, other})
            return frozenset((s - {one, other}) | {both} if one in s else s for s in sets)
        if {s - {one} for s in with_one} == {s - {other} for s in with_other}:
            either = _group(1, {one, other})
            kept = (s for s in sets if other not in s)
            return frozenset((s - {one}) | {either} if one in s else s for s in kept)
    return None


def _members(sets: _Sets) -> frozenset[Member]:
    return frozenset(member for enough in sets for member in enough)


def _minimal(sets: Iterable[frozenset[Member]]) -> _Sets:
    found = set(sets)
    return frozenset(one for one in found if not any(other < one for other in found))


def _crossing(sets: _Sets) -> _Sets:
    """Return the smallest sets that have a member in each of these: those without whom none is."""
    found: set[frozenset[Member]] = {frozenset()}
    for enough in sets:
        longer = {one | {member} for one in found for member in enough if not one & enough}
        found = set(_minimal({one for one in found if one & enough} | longer))
    return frozenset(found)


def _parts(sets: _Sets) -> list[_Sets]:
    """Return the sets in parts that share no member."""
    parts: list[set[frozenset[Member]]] = []
    for enough in sorted(sets, key=repr):
        touching = [part for part in parts if any(enough & other for other in part)]
        parts = [part for part in parts if part not in touching]
        parts.append(set.union({enough}, *touching))
    return [frozenset(part) for part in parts]
