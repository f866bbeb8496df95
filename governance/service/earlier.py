"""A committee as it stood at an earlier instant, folded anew; and what was open then."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

import msgspec

from aggregates.committee.evolve import evolve
from aggregates.committee.state import CommitteeState, Proposal
from aggregates.store.record import Record
from policies.numbers import projects_in, version_key


def state_at(record: Record, code: str, instant: datetime | None) -> CommitteeState | None:
    """Return a committee with all that was recorded by an instant (null: by now).

    None if it was not founded by then.
    """
    state: CommitteeState | None = None
    for entry in record.stream(code):
        if instant is not None and entry.event.at > instant:
            break
        state = evolve(state, entry.event)
    return state


def open_on(
    state: CommitteeState | None,
    number: str,
    version: str | None,
    projects: Collection[str],
    *,
    works: bool,
) -> Iterator[dict[str, Any]]:
    """Yield the items of open proposals about a number, or about a project that rests on it.

    Texts are not decided yet. `works`: the number is an entity's, so an item that does not say who
    did the work cannot tell whether it rests on that entity, and is listed as such.
    """
    for proposal in () if state is None else state.proposals.values():
        for place, item in enumerate(_items(proposal), start=1):
            rests = _names(item, number, version) or bool(_about(item) & set(projects))
            if rests or (works and _unsaid(item)):
                yield {
                    "number": proposal.number,
                    "proposal": proposal.id,
                    "stage": proposal.stage.value,
                    "item": place,
                    "kind": item.get("kind"),
                    "subject": item.get("number") or item.get("project"),
                    "rests": "yes" if rests else "cannot tell",
                }


def _unsaid(item: dict[str, Any]) -> bool:
    """Whether an item rests on work and does not say whose."""
    member = {"project_registration": "validation", "issuance": "verification"}
    work = member.get(str(item.get("kind")))
    return work is not None and not isinstance(item.get(work), dict)


def _items(proposal: Proposal) -> list[dict[str, Any]]:
    """Return what a text would decide; a draft's items are what its author wrote."""
    if proposal.text is None:
        return [item for item in proposal.content["items"] if isinstance(item, dict)]
    items: list[dict[str, Any]] = msgspec.to_builtins(proposal.text.decision.items)
    return items


def _names(item: dict[str, Any], number: str, version: str | None) -> bool:
    """Whether an item is about a number, or rests on the work or the methodology it names."""
    work = [item.get("validation"), item.get("verification")]
    if any(isinstance(each, dict) and each.get("entity") == number for each in work):
        return True
    applied = [*_parts(item, "methodologies"), *_parts(item, "new_methodologies")]
    if any(each.get("number") == number and _version(each, version) for each in applied):
        return True
    return number in _about(item)


def _about(item: dict[str, Any]) -> set[str]:
    texts = [item.get("number"), item.get("project"), *(item.get("projects") or ())]
    found = {text for text in texts if isinstance(text, str)}
    return found.union(*(projects_in(text) for text in found))


def _parts(item: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = item.get(name)
    return [part for part in found if isinstance(part, dict)] if isinstance(found, list) else []


def _version(applied: dict[str, Any], version: str | None) -> bool:
    stated = applied.get("version")
    return version is None or (
        isinstance(stated, str) and version_key(stated) == version_key(version)
    )
