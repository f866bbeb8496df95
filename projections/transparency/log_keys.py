"""Which keys a log's checkpoint is signed and cosigned with: those that its entries lead to."""

from __future__ import annotations

from aggregates.committee.events import CommitteeFounded, EngineStatementRecorded
from aggregates.store.mapper import event_of
from aggregates.store.record import Record
from aggregates.store.topics import topics_of
from policies.proof.chain import Chain
from policies.proof.checkpoint import LogKeys
from policies.refusals import NotFoundError


def log_keys_at(record: Record, committee: str, version: int) -> LogKeys:
    """Return the keys at a version of a committee's stream, by its founding and engine statements.

    Other events are passed over unread. Raises `NotFoundError` for one that is not founded there.
    """
    chain: Chain | None = None
    topics = topics_of((CommitteeFounded, EngineStatementRecorded))
    for at, topic, state in record.table.stream(committee, 0):
        if at > version:
            break
        if topic not in topics:
            continue
        event = event_of(committee, at, topic, state)
        if isinstance(event, CommitteeFounded):
            chain = Chain.again(event.envelope)
        elif isinstance(event, EngineStatementRecorded) and chain is not None:
            chain.take_again(event.envelope)
    if chain is None:
        message = f"{committee} is not founded: it has no log"
        raise NotFoundError(message)
    return chain.roster.log_keys
