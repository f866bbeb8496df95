"""Keys that a side has said were in other hands: what they signed is listed, and stands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aggregates.committee.state import CommitteeState
from policies.proof.roster import Roster
from policies.refusals import NotFoundError
from projections.signatures import Compromise, signed_in


def disputed_entries(
    found: Iterable[Compromise], rosters: dict[str, Roster]
) -> list[dict[str, Any]]:
    """Return every compromise, whose key it was, and the uses that it disputes."""
    entries = []
    for said in found:
        roster = rosters[said.committee]
        place = roster.keys[said.keyid]
        person = None if place.person is None else roster.people[place.person]
        entries.append(
            {
                "committee": said.committee,
                "side": said.side,
                "keyid": said.keyid,
                "holder": place.holder,
                "person": place.person,
                "name": None if person is None else person.name,
                "since": said.since,
                "since_found": said.placed,
                "appointment": said.appointment,
                "recorded_at": said.recorded_at,
                "uses": [
                    {
                        "statement": use.statement,
                        "subject": use.subject,
                        "envelope": use.envelope,
                        "event": use.event,
                        "signed_at": use.signed_at,
                        "recorded_at": use.recorded_at,
                    }
                    for use in said.uses
                ],
            }
        )
    return entries


def with_since(state: CommitteeState, acts: Any, events: Iterable[Any]) -> Any:
    """Return acts whose compromises name an envelope of the record, by its digest.

    An adopted decision may be named by its number. `events` are those of the committee; they are
    read only where an act names an envelope. Raises `NotFoundError`: a digest that nobody
    knows would dispute every use.
    """
    if not isinstance(acts, list) or not any(_names_since(act) for act in acts):
        return acts
    numbers = {number: digest for digest, number in state.decided.items()}
    known = {digest for event in events for _, _, _, digest, _ in signed_in(event)}
    return [_placed(act, numbers, known) if _names_since(act) else act for act in acts]


def _names_since(act: Any) -> bool:
    return isinstance(act, dict) and isinstance(act.get("since"), str)


def _placed(act: dict[str, Any], numbers: dict[str, str], known: set[str | None]) -> dict[str, Any]:
    since = numbers.get(act["since"], act["since"])
    if since not in known:
        message = (
            f"the record has no envelope {since}, since which uses would be disputed; name one by"
            " its digest, a decision by its number, or null for every use"
        )
        raise NotFoundError(message)
    return act | {"since": since}
