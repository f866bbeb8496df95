"""How the service stands: views, the committees' logs and witnesses, subscribers by state.

Counts and names that are public anyway; who subscribes, addresses and faults are the operator's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from governance.delivery.opening import deliveries_to_read, subscriptions_of
from governance.http.opened import Opened
from governance.http.questions import Open, no_query
from governance.pages.answering import address_of, language_of, plain
from governance.pages.committee_shown import shown
from governance.pages.names import term
from governance.pages.templating import render
from governance.publishing_worker import EVERY
from governance.service.log_standing import LogStanding
from policies.proof.checkpoint import TreeHead
from policies.proof.note import Note
from policies.refusals import FaultError, LogProofError, Refusal
from policies.sides import Committee
from projections.transparency.log_files import CHECKPOINT
from projections.transparency.tiles import TileFolder

router = APIRouter(include_in_schema=False)

STATES = {
    "active": term("active"),
    "paused": term("paused"),
    "exhausted": term("given up on, waiting for the operator"),
    "disabled": term("disabled"),
    "ahead": term("ahead of the record"),
}
"""The states of a subscription."""
ANSWERS = {
    "cosigned": term("cosigned"),
    "no address": term("no address is named for it"),
    "away": term("away"),
    "refused": term("refused"),
    "ahead": term("ahead of this log"),
    "other history": term("holds another history"),
    "wrong time": term("signed with a wrong time"),
}
"""What a witness last answered."""
SOON = timedelta(seconds=2 * EVERY)
"""How long an entry may wait for a checkpoint while everything is current."""


@router.get("/status", dependencies=[no_query()])
def status(request: Request, opened: Open) -> Response:
    """Return how the service stands now."""
    behind, now = opened.behind(), opened.clock()
    standings = opened.log_standings()
    body = render(
        "status.html",
        language_of(request),
        address_of(request),
        now=now,
        position=opened.position,
        views=[{"name": n, "position": at, "behind": left} for n, (at, left) in behind.items()],
        late=sum(left > 0 for _at, left in behind.values()),
        waiting=waiting_at(standings, now),
        logs=[_log(opened, standing, now) for standing in standings],
        answers=ANSWERS,
        subscriptions=_subscriptions(opened),
        states=STATES,
    )
    return plain(body, caching="no-cache")


def waiting_at(standings: Sequence[LogStanding], now: datetime) -> int:
    """Return how many entries wait for a checkpoint, in logs where one is overdue."""
    return sum(
        standing.waiting
        for standing in standings
        if standing.since is not None and now - standing.since > SOON
    )


def _log(opened: Opened, standing: LogStanding, now: datetime) -> dict[str, Any]:
    """Return what a committee's checkpoint says; the log's own name is not among the witnesses."""
    folder = TileFolder(opened.settings.log / standing.committee)
    data = folder.read(folder.folder / CHECKPOINT)
    age = standing.age(now)
    found: dict[str, Any] = {
        "committee": shown(opened, Committee.parse(standing.committee)),
        "waiting": standing.waiting,
        "at": standing.at,
        "days": None if age is None else timedelta(seconds=age).days,
        "answers": [(str(said["witness"]), str(said["outcome"])) for said in standing.witnesses],
        "size": None,
        "root": None,
        "cosigned_by": [],
        "damaged": False,
    }
    if data is None:
        return found
    try:
        note = Note.parse(data.decode("utf-8"))
        head = TreeHead.parse(note.text)
    except (LogProofError, UnicodeDecodeError):
        return found | {"damaged": True}
    names = dict.fromkeys(line.name for line in note.signatures if line.name != head.origin)
    return found | {"size": head.size, "root": head.root.hex(), "cosigned_by": list(names)}


def _subscriptions(opened: Opened) -> dict[str, int] | None:
    """Return how many subscriptions stand in each state; null where they cannot be read."""
    try:
        with deliveries_to_read(opened.settings) as found:
            beside = (opened.engine.record, opened.tables)
            return subscriptions_of(opened.settings, found, beside, opened.clock).states()
    except (FaultError, Refusal):
        return None
