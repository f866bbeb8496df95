"""The rows of a form in which documents are handed in, and what came in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from governance.exchange.document_places import TREES
from governance.exchange.submitted_documents import Listed, list_documents
from governance.pages.desk.asked_shapes import Fields, typed
from governance.pages.desk.uploads import SentFile, SentFiles
from policies.document_kinds import DOCUMENT_KINDS
from policies.documents import Document
from policies.refusals import DocumentError, HiddenTextError, TooLargeError, UnreadableError

FREE = 3
"""Rows for documents that nothing asks for."""
KINDS = sorted(((row.kind, row.title) for row in DOCUMENT_KINDS.values()), key=lambda row: row[1])
"""Every kind with its title, to choose from."""
_MOST = 40
_NAMED = re.compile(r"documents\[(\d+)\](?:\.(public|confidential) \((\d+)\))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Row:
    """One document to be handed in; of a free row the person says the kind.

    `here` is the version that the case has already; `wanted` says that the next step needs it.
    """

    name: str
    kind: str
    title: str
    version: str
    free: bool
    wanted: bool = False
    here: str | None = None


def rows(
    wanted: Iterable[str], here: Sequence[Document] = (), fields: Fields | None = None
) -> list[Row]:
    """Return the rows: kinds that are wanted, documents that are here, free ones; as typed so far.

    A row of a document that is here takes its newer version, which stands in its place.
    """
    there = [(document.kind, document.title, document.version) for document in here]
    missing = [kind for kind in wanted if kind not in {kind for kind, _title, _version in there}]
    fixed = [(kind, kind_title(kind), None) for kind in missing] + there
    fixed = fixed[: _MOST - FREE]
    made = [
        Row(f"document.{n}", kind, title, "", free=False, wanted=version is None, here=version)
        for n, (kind, title, version) in enumerate(fixed)
    ]
    begins = len(fixed)
    made += [Row(f"document.{n}", "", "", "", free=True) for n in range(begins, begins + FREE)]
    return [_as_typed(row, fields) for row in made] if fields is not None else made


def kind_title(kind: str) -> str:
    """Return what a kind of document is called."""
    known = DOCUMENT_KINDS.get(kind)
    return kind.replace("_", " ") if known is None else known.title


def documents_of(sent: SentFiles) -> Listed:
    """Return the documents that came, whose files are compared and not kept yet.

    Raises `UnreadableError` for a row that is filled in by halves, and what `list_documents`
    raises, in the words of the form.
    """
    entries, files = [], dict[str, SentFile]()
    for count in range(_MOST):
        name = f"document.{count}"
        came = {tree: sent.of(f"{name}.{tree}") for tree in TREES}
        said = {part: typed(sent.fields, f"{name}.{part}") for part in ("kind", "title", "version")}
        free = typed(sent.fields, f"{name}.free") == "yes"
        if not any(came.values()) and not said["version"] and not (free and any(said.values())):
            continue
        entry: dict[str, Any] = said | {"title": said["title"] or kind_title(said["kind"])}
        _require_whole(entry, came)
        for tree, found in came.items():
            if found:
                entry[tree] = found[0].path.name
                files[found[0].path.name] = found[0]
        entries.append(entry)
    try:
        return list_documents(entries, sent.folder)
    except (UnreadableError, DocumentError, HiddenTextError, TooLargeError) as refused:
        raise type(refused)(_in_words(str(refused), entries, files)) from None


def _as_typed(row: Row, fields: Fields) -> Row:
    kind, title = (fields.get(f"{row.name}.{part}", "") for part in ("kind", "title"))
    return Row(
        row.name,
        kind if row.free else row.kind,
        row.title if row.here is not None else title or row.title,
        fields.get(f"{row.name}.version", ""),
        free=row.free,
        wanted=row.wanted,
        here=row.here,
    )


def _require_whole(entry: dict[str, Any], came: dict[Any, list[SentFile]]) -> None:
    """Refuse a row without its kind, version or file."""
    if not entry["kind"]:
        message = f"the document {entry['title'] or entry['version']!r}: say of which kind it is"
        raise UnreadableError(message)
    if not entry["version"]:
        message = f"the document {entry['title']!r}: say its version, such as 1.0"
        raise UnreadableError(message)
    if any(len(found) > 1 for found in came.values()):
        message = f"the document {entry['title']!r}: choose one file for each of its versions"
        raise UnreadableError(message)
    if not any(came.values()):
        message = f"the document {entry['title']!r}: choose its file, public or confidential"
        raise UnreadableError(message)


def _in_words(said: str, entries: Sequence[dict[str, Any]], files: dict[str, SentFile]) -> str:
    """Name documents and files as the form does, where a refusal counts them."""

    def named(found: re.Match[str]) -> str:
        title = entries[int(found[1]) - 1]["title"]
        file = files.get(found[3] or "")
        if file is None:
            return f"the document {title!r}"
        return f"the {found[2]} file of {title!r} ({Path(file.name).name!r})"

    return _NAMED.sub(named, said)
