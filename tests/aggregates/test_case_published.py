"""Whatever stands in a case: what is confidential is in nothing that the public may see."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from aggregates.case import events
from aggregates.case.published import as_published
from aggregates.store.topics import encode
from policies.documents import Document
from policies.lifecycles.cases import Stage
from policies.proof.statements import RulebookName

SECRET = "SECRET-"
digests = st.integers().map(lambda n: hashlib.sha256(str(n).encode()).hexdigest())
versions = st.sampled_from(("1.0", "2.0"))


@st.composite
def papers(draw: st.DrawFn) -> tuple[tuple[Document, ...], set[str]]:
    """Draw documents, with every text that no stranger may see."""
    found, secrets = [], set()
    for number in range(draw(st.integers(0, 4))):
        public = draw(st.none() | digests)
        confidential = draw(digests if public is None else st.none() | digests)
        if confidential is not None and confidential == public:
            confidential = None
        title = f"{SECRET}paper {number}" if public is None else f"paper {number}"
        paper = Document(
            kind="pdd",
            title=title,
            version=draw(versions),
            public=public,
            confidential=confidential,
        )
        found.append(paper)
        if confidential is not None:
            secrets.add(confidential)
    shown = {paper.public for paper in found}
    return tuple(found), secrets - shown


PUBLIC_REASONS = (
    events.CaseWithdrawn,
    events.CaseUntabled,
    events.CaseDecided,
    events.DifferenceExplained,
)


def event_of(kind: type[events.CaseEvent], documents: tuple[Document, ...]) -> events.CaseEvent:
    """Return an event of a kind, every text of which is secret where it may be."""
    plain: dict[str, Any] = {
        "at": datetime(2026, 1, 5, tzinfo=UTC),
        "on": date(2026, 1, 5),
        "by": "jp-mori",
        "stage": Stage.VALIDATION,
        "documents": documents,
        "asks": {
            "scopes": [1],
            "accounts": [{"side": "JP", "holder": "K", "account": f"{SECRET}1"}],
        },
        "text": f"{SECRET}text",
        "author": f"{SECRET}author",
        "reason": f"{SECRET}reason",
        "issues": (f"{SECRET}issue",),
        "public": False,
        "request": "CAR1",
        "what": "CAR",
        "rulebook": RulebookName(version="MN-2013", digest="0" * 64),
        "submitter": events.Submitter(name="Nomad Energy LLC"),
        "opinion": "positive",
        "adoption": "1" * 64,
        "missing": (),
        "after": 1,
        "proposal": 1,
        "version": 1,
        "item": 1,
        "quantity": None,
        "until": None,
        "supersedes": None,
        "opens": date(2026, 1, 5),
        "closes": date(2026, 1, 19),
        "decision": "JP-MN/2026/001",
        "entry": 1,
        "member": f"{SECRET}member",
        "said": f"{SECRET}said",
        "says": f"{SECRET}says",
        "document": documents[0] if documents else None,
    }
    names = kind.__struct_fields__
    return kind(**{name: plain.get(name, "plain") for name in names})


@given(kind=st.sampled_from(events.EVENTS), drawn=papers())
def test_what_is_confidential_is_in_no_published_event(
    kind: type[events.CaseEvent], drawn: tuple[tuple[Document, ...], set[str]]
) -> None:
    documents, secrets = drawn
    reasons_are_public = kind in PUBLIC_REASONS
    event = event_of(kind, documents)

    written = encode(as_published(event)).decode()

    assert not any(secret in written for secret in secrets)
    assert "confidential" not in written
    if not reasons_are_public:
        assert SECRET not in written


def test_a_public_input_is_published_whole() -> None:
    event = event_of(events.InputReceived, ())
    public = events.InputReceived(
        **{name: getattr(event, name) for name in event.__struct_fields__ if name != "public"},
        public=True,
    )

    assert as_published(public) == public


def test_an_event_without_secrets_is_published_as_it_is() -> None:
    event = event_of(events.FoundComplete, ())

    assert as_published(event) is event


@given(drawn=papers())
def test_a_correction_of_a_public_member_shows_both(
    drawn: tuple[tuple[Document, ...], set[str]],
) -> None:
    documents, secrets = drawn
    event = replace(
        event_of(events.SlipCorrected, tuple(d for d in documents if d.public is not None)),
        public=True,
    )
    assert isinstance(event, events.SlipCorrected)

    shown = as_published(event)

    assert isinstance(shown, events.SlipCorrected)
    assert (shown.said, shown.says, shown.reason) == (event.said, event.says, event.reason)
    assert not any(secret in encode(shown).decode() for secret in secrets)
