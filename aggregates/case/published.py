"""What the public may see of a case's events.

Left out are confidential versions of documents (with their titles, where there is no public one),
inputs whose authors asked for it or that no secretary has released, accounts, and what the
secretariat, the participants and the third-party entity write to each other before the committee
decides.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from aggregates.case import events
from policies.documents import Document, published

LEFT_OUT = ""
_UNPUBLISHED = frozenset({"accounts"})
_BETWEEN_THEM = (
    events.RequestRaised,
    events.RequestAnswered,
    events.ResponseGiven,
)


def as_published(event: events.CaseEvent) -> events.CaseEvent:
    """Return an event as the public may see it; the same event where nothing is left out."""
    if isinstance(event, events.SlipCorrected):
        return _correction(event)
    changes: dict[str, Any] = {}
    documents: tuple[Document, ...] | None = getattr(event, "documents", None)
    if documents is not None:
        changes["documents"] = published(documents)
    asks: dict[str, Any] | None = getattr(event, "asks", None)
    if asks is not None:
        changes["asks"] = {n: value for n, value in asks.items() if n not in _UNPUBLISHED}
    if isinstance(event, _BETWEEN_THEM):
        changes["text"] = LEFT_OUT
    if isinstance(event, events.FoundIncomplete):
        changes["reason"] = LEFT_OUT
    if isinstance(event, events.EditorialIssuesFound):
        changes["issues"] = ()
    if isinstance(event, events.InputReceived) and (event.by is None or not event.public):
        changes |= {"author": LEFT_OUT, "text": LEFT_OUT}
    return replace(event, **changes) if changes else event


def _correction(event: events.SlipCorrected) -> events.SlipCorrected:
    """Return that an entry was corrected; in what, only where the public sees the member."""
    if event.public:
        shown = None if event.document is None else event.document.published()
        return replace(event, document=shown)
    blank = dict.fromkeys(("member", "said", "says", "reason"), LEFT_OUT)
    return replace(event, **blank, document=None)
