"""Documents of a submission: a public and a confidential version of one document are one entry.

The files themselves are kept elsewhere, by these digests; what the public sees is made here alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

import msgspec

from policies.proof.canonical import Digest
from policies.refusals import DocumentError
from policies.texts import require_one_line, require_readable

Kind = Annotated[str, msgspec.Meta(pattern=r"\A[a-z][a-z0-9_]*\Z", max_length=64)]
"""What a document is for, such as ``pdd``; a rulebook says which kinds are required."""
Title = Annotated[str, msgspec.Meta(pattern=r"\S", max_length=500)]
Version = Annotated[str, msgspec.Meta(pattern=r"\S", max_length=100)]


class Document(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """A document in one version, by the SHA-256 of its public and of its confidential file.

    Not both are null. They differ: a masked file that equals the full one masks nothing. Raises
    `ValueError` otherwise, which msgspec reports as the `ValidationError` of what it reads.
    """

    kind: Kind
    title: Title
    version: Version
    public: Digest | None = None
    confidential: Digest | None = None

    def __post_init__(self) -> None:
        if self.public is None and self.confidential is None:
            message = f"the document {self.title!r} has neither a public nor a confidential file"
            raise ValueError(message)
        if self.public == self.confidential:
            message = (
                f"the document {self.title!r} has one file as its public and its confidential"
                " version: a masked version that equals the full one masks nothing"
            )
            raise ValueError(message)

    def published(self) -> Document | None:
        """Return the document as the public may see it; null where it has no public version.

        Of a document without one the public sees nothing, its title neither.
        """
        if self.public is None:
            return None
        return msgspec.structs.replace(self, confidential=None)


def published(documents: Iterable[Document]) -> tuple[Document, ...]:
    """Return those documents that the public may see, as it may see them."""
    shown = (document.published() for document in documents)
    return tuple(document for document in shown if document is not None)


def missing(required: Sequence[str], documents: Iterable[Document]) -> tuple[str, ...]:
    """Return the required kinds of which there is no document, once each, in the order given."""
    there = {document.kind for document in documents}
    return tuple(dict.fromkeys(kind for kind in required if kind not in there))


def require_sound(documents: Sequence[Document], where: str = "documents") -> None:
    """Refuse the documents of one submission that cannot stand beside each other.

    Judged when they enter. Raises `HiddenTextError` for a title or version that is not what it
    looks like, `DocumentError` for one document listed twice, and for a confidential file that is
    public elsewhere in the list or whose digest a published text gives away.
    """
    for place, document in _placed(documents, where):
        for name in ("title", "version"):
            text = getattr(document, name)
            require_readable(text, f"{place}.{name}")
            require_one_line(text, f"{place}.{name}")
    _require_listed_once(documents, where)
    require_apart(documents, where)


def _require_listed_once(documents: Sequence[Document], where: str) -> None:
    seen: dict[tuple[str, str, str], str] = {}
    for place, document in _placed(documents, where):
        first = seen.setdefault((document.kind, document.title, document.version), place)
        if first != place:
            message = (
                f"{place}: {document.kind} {document.title!r}, version {document.version}, is"
                f" listed already ({first}); the public and the confidential version of a document"
                " are one entry"
            )
            raise DocumentError(message)


def require_apart(documents: Sequence[Document], where: str = "documents") -> None:
    """Keep every confidential digest out of everything that `published` gives of the list.

    Raises `DocumentError`.
    """
    confidential = {
        document.confidential: place
        for place, document in _placed(documents, where)
        if document.confidential is not None
    }
    for place, document in _placed(documents, where):
        if document.public in confidential:
            message = (
                f"{place}: its public file is the confidential one of"
                f" {confidential[document.public]}; it cannot be both"
            )
            raise DocumentError(message)
        text = f"{document.title}\n{document.version}".lower()
        told = next((digest for digest in confidential if digest in text), None)
        if told is not None:
            message = f"{place}: title or version hold the digest of a confidential file"
            raise DocumentError(message)


def _placed(documents: Sequence[Document], where: str) -> Iterator[tuple[str, Document]]:
    for number, document in enumerate(documents, start=1):
        yield f"{where}[{number}]", document
