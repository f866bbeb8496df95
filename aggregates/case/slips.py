"""What a clerical slip can be: which members of which entries, and how they read once corrected.

The table is the whole of it. What has weight is in none of its rows: digests, amounts, numbers,
opinions, stages, and the days from which the public's inputs are taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from msgspec.structs import replace

from aggregates.case import events
from aggregates.case.events import CaseEvent, SlipCorrected
from policies.refusals import NotASlipError

ON = "on"
_TITLES = "documents[].title"

CORRECTABLE: Mapping[type[CaseEvent], tuple[str, ...]] = {
    events.CaseSubmitted: (ON, "title", "submitter.name", _TITLES),
    events.DesignSubmitted: (ON, _TITLES),
    events.DocumentsFiled: (ON, _TITLES),
    events.FoundComplete: (ON,),
    events.FoundIncomplete: (ON, "reason"),
    events.EditorialIssuesFound: (ON, "issues[]"),
    events.Corrected: (ON, _TITLES),
    events.InputReceived: (ON, "author", "text"),
    events.RequestRaised: (ON, "text"),
    events.RequestAnswered: (ON, "text", _TITLES),
    events.RequestResolved: (ON,),
    events.OpinionGiven: (ON, "report", _TITLES),
    events.DecisionRequested: (ON, _TITLES),
    events.ResponseGiven: (ON, "text", _TITLES),
}
"""The members in which an entry may hold a slip; ``[]`` stands for every place of a list."""

ON_ONE_LINE = frozenset({"title", "submitter.name", "author", "report", _TITLES})
"""Members that are read on one line."""

_PATH = re.compile(r"(\w+)(?:\[(\d+)\])?(?:\.(\w+))?", re.ASCII)


class Path(NamedTuple):
    """A member's place: its name, the place in a list counted from 1, the name within it."""

    name: str
    place: int | None
    inner: str | None

    @classmethod
    def parse(cls, member: str) -> Path:
        """Read a member's name; raise `NotASlipError` for what names none."""
        found = _PATH.fullmatch(member)
        if found is None or len(member) > 100:
            message = f"{member[:100]!r} names no member of an entry; write title, or issues[2]"
            raise NotASlipError(message)
        return cls(found[1], None if found[2] is None else int(found[2]), found[3])

    @property
    def row(self) -> str:
        """The member as the table has it."""
        place = "" if self.place is None else "[]"
        inner = "" if self.inner is None else f".{self.inner}"
        return f"{self.name}{place}{inner}"


def members_of(event: CaseEvent) -> dict[str, str]:
    """Return the members of an entry that may hold a slip, as they read."""
    found: dict[str, str] = {}
    for row in CORRECTABLE.get(type(event), ()):
        if "[]" not in row:
            found[row] = reads(event, row)
            continue
        count = len(getattr(event, Path.parse(row.replace("[]", "[1]")).name))
        for place in range(1, count + 1):
            member = row.replace("[]", f"[{place}]")
            found[member] = reads(event, member)
    return found


def reads(event: CaseEvent, member: str) -> str:
    """Return what an entry says in a member that it has."""
    path = Path.parse(member)
    value: Any = getattr(event, path.name)
    if path.place is not None:
        value = value[path.place - 1]
    if path.inner is not None:
        value = getattr(value, path.inner)
    return value.isoformat() if isinstance(value, date) else str(value)


def changed(event: CaseEvent, other: CaseEvent) -> dict[str, str] | None:
    """Return the members in which an entry reads otherwise, as the other has them; null if none."""
    before = members_of(event)
    found = {name: text for name, text in members_of(other).items() if before.get(name) != text}
    return found or None


def corrected(event: CaseEvent, slip: SlipCorrected) -> CaseEvent:
    """Return an entry as a correction makes it read.

    The entry may be cut to what the public sees; what it lacks then is not corrected.
    """
    if not slip.member:
        return event
    path = Path.parse(slip.member)
    if slip.document is not None:
        documents: tuple[Any, ...] = getattr(event, path.name)
        renamed = (replace(d, title=slip.says) if d == slip.document else d for d in documents)
        return replace(event, **{path.name: tuple(renamed)})
    if path.name == ON:
        return replace(event, on=date.fromisoformat(slip.says))
    value: Any = slip.says
    if path.place is not None:
        listed = list(getattr(event, path.name))
        listed[path.place - 1] = value
        value = tuple(listed)
    if path.inner is not None:
        value = replace(getattr(event, path.name), **{path.inner: value})
    return replace(event, **{path.name: value})


def as_they_stand(entries: Iterable[tuple[int, CaseEvent]]) -> dict[int, CaseEvent]:
    """Return a case's entries by their place, each as the corrections so far make it read.

    Corrections stand among them; one of an entry that is not there changes nothing.
    """
    found: dict[int, CaseEvent] = {}
    for place, event in entries:
        found[place] = event
        if isinstance(event, SlipCorrected) and event.entry in found:
            found[event.entry] = corrected(found[event.entry], event)
    return found
