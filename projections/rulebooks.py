"""Every rulebook that a committee has had in force, with its text."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from aggregates.committee.events import CommitteeFounded, DecisionAdopted
from policies.proof.adoption import rulebook_changes
from policies.rulebook import Rulebook, RulebookText, parse_rulebook
from projections.streams import OF_COMMITTEE, streams_of
from projections.tables import Tables
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


def rulebooks_of(tables: Tables, committee: str | None = None) -> dict[str, dict[str, Rulebook]]:
    """Return each committee's rulebooks, or one's, by digest, as they took force in order."""
    where, values = ("", []) if committee is None else (OF_COMMITTEE, streams_of(committee))
    found: dict[str, dict[str, Rulebook]] = {}
    for row in tables.select(RULEBOOKS, where, values):
        found.setdefault(row[0], {})[row[1]] = parsed(row[4]).rulebook
    return found


@lru_cache(maxsize=256)
def parsed(text: str) -> RulebookText:
    """Read a recorded rulebook's text, once: it never changes, and many ask for it."""
    return parse_rulebook(text)
