"""A document as its parts, whatever it is written as: headings, paragraphs, tables, quotations.

Texts are plain; each writer escapes them. What a reader would not see is written out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from policies.texts import written_out


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Some sentences."""

    text: str


@dataclass(frozen=True, slots=True)
class Quotation:
    """What somebody else wrote, in its lines."""

    text: str

    @property
    def lines(self) -> list[str]:
        """Its lines, as they may be shown."""
        return [written_out(line) for line in self.text.splitlines()]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows below a caption; `figures` are the columns of amounts, `long` those of long words."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    figures: frozenset[int] = frozenset()
    long: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading within a section."""

    text: str


Part = Paragraph | Quotation | Table | Heading


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its parts."""

    heading: str
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document; `about` says of what time it is, and from what it was made."""

    title: str
    about: Sequence[str]
    sections: Sequence[Section]


def one_line(text: str) -> str:
    """Return a text on one line, with what does not print in its escaped form."""
    return written_out(" ".join(text.split()))
