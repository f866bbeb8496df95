"""Public documents of cases, to be downloaded by their digest; confidential ones are never found.

What is asked for must be named as public by a step that the public may see, and lie in the public
tree; whether it is what its name says is checked while it is sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated

import msgspec
from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from governance.assembly import documents_of
from governance.exchange.document_places import Tree
from governance.exchange.documents import DocumentStore
from governance.http.answers import FOR_EVER, matches, not_modified
from governance.http.opened import Opened
from governance.http.questions import Named, Open, no_query
from governance.pages.answering import HEADERS
from policies.documents import Document
from policies.proof.canonical import is_digest
from policies.refusals import NotFoundError, Refusal
from projections.case_steps import CASE_STEPS, entries_of
from projections.streams import OF_COMMITTEE, streams_of

router = APIRouter(include_in_schema=False)

_FIRST = 2**16
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9.]+", re.ASCII)
Digest = Annotated[str, Path(max_length=64)]


@router.get("/committees/{code}/documents/{digest}", dependencies=[no_query()])
def document(request: Request, opened: Open, committee: Named, digest: Digest) -> Response:
    """Return a public document's file."""
    name = _published(opened, committee.code, digest) if is_digest(digest) else None
    if name is None:
        message = f"{committee.code} has no public document of that digest"
        raise NotFoundError(message)
    if matches(request, digest):
        return not_modified(digest, FOR_EVER)
    headers = {**HEADERS, "Cache-Control": FOR_EVER, "ETag": f'"{digest}"'}
    return sent_document(documents_of(opened.settings), digest, "public", name, headers)


def file_name(kind: str, version: str) -> str:
    """Return what a document's file is called where it is saved, in ASCII, without its ending."""
    return f"{kind}-{_NOT_IN_NAMES.sub('_', version)}"


def sent_document(
    store: DocumentStore, digest: str, tree: Tree, name: str, headers: Mapping[str, str]
) -> Response:
    """Answer with a document's file, to be saved under a name in ASCII, never to be shown.

    Raises `NotFoundError` for a file that does not lie there.
    """
    pieces = _pieces(store, digest, tree)
    first = next(pieces, b"")  # what is not there is told before an answer begins
    disposition = f'attachment; filename="{name}{_ending(first)}"'
    return StreamingResponse(
        _all_of(first, pieces),
        headers={**headers, "Content-Disposition": disposition},
        media_type="application/octet-stream",
    )


def is_there(opened: Opened) -> Callable[[str], bool]:
    """Return what tells whether a public document's file lies here; each is looked for once."""
    store = documents_of(opened.settings)
    known: dict[str, bool] = {}

    def there(digest: str) -> bool:
        if digest not in known:
            try:
                known[digest] = store.holds(digest, "public")
            except Refusal:  # damaged, or its place is away
                known[digest] = False
        return known[digest]

    return there


def shown_documents(
    documents: Sequence[Document], there: Callable[[str], bool]
) -> list[dict[str, object]]:
    """Return public documents as pages list them, each with whether its file can be downloaded."""
    return [
        {**msgspec.to_builtins(document), "there": there(document.public)}
        for document in documents
        if document.public is not None
    ]


def _published(opened: Opened, code: str, digest: str) -> str | None:
    """Return what to call a file that a step which the public may see names; null for no such."""
    where = f"{OF_COMMITTEE} AND event LIKE ?"
    values = (*streams_of(code), f'%"public":"{digest}"%')
    rows = list(opened.tables.select(CASE_STEPS, where, values, limit=1))
    said = (d for _place, event in entries_of(rows) for d in getattr(event, "documents", ()))
    names = (file_name(d.kind, d.version) for d in said if d.public == digest)
    return f"{next(names, 'document')}-{digest[:8]}" if rows else None


def _pieces(store: DocumentStore, digest: str, tree: Tree) -> Iterator[bytes]:
    with store.get(digest, tree) as pieces:
        yield from pieces


def _all_of(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from pieces


def _ending(first: bytes) -> str:
    """Return an ending for a file by how it begins, so that a reader can open it."""
    endings = {b"%PDF-": ".pdf", b"PK\x03\x04": ".zip", b"{": ".json"}
    return next((end for begins, end in endings.items() if first.startswith(begins)), "")
