"""Every rulebook that a committee has had in force, with its text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from aggregates.committee.events import CommitteeFounded, DecisionAdopted
from policies.proof.adoption import rulebook_changes
from policies.rulebook import Rulebook, parse_rulebook
from projections.view import Entry, Row, View

COLUMNS = ("committee", "digest", "in_force_from", "recorded_at", "text")


def _rows(entry: Entry) -> Iterable[Row]:
    event = entry.event
    committee = entry.recorded.originator_id
    if isinstance(event, CommitteeFounded):
        text = parse_rulebook(event.rulebook)
        yield (committee, text.digest, None, entry.recorded_at, text.text)
    elif isinstance(event, DecisionAdopted) and event.annexes:
        for change in rulebook_changes(entry.decision):
            on = event.adopted_on.isoformat()
            yield (committee, change.digest, on, entry.recorded_at, event.annexes[change.digest])


RULEBOOKS = View("rulebooks", COLUMNS, _rows, (CommitteeFounded, DecisionAdopted))


def rulebooks_of(rows: Iterable[Sequence[Any]]) -> dict[str, dict[str, Rulebook]]:
    """Return each committee's rulebooks by digest, in the order in which they took force."""
    found: dict[str, dict[str, Rulebook]] = {}
    for row in rows:
        found.setdefault(row[0], {})[row[1]] = parse_rulebook(row[4]).rulebook
    return found
