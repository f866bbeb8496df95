"""Documents as Markdown (CommonMark, tables as in GitHub's): every text is only text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from governance.report.document import (
    Document,
    Heading,
    Paragraph,
    Part,
    Quotation,
    Table,
    one_line,
)

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&!$@]|:(?=//)|(?<=www)\.)", re.IGNORECASE)
_BEGINS = re.compile(r"\A(\d+)([.)])|\A([-+=])")


def to_markdown(document: Document) -> str:
    """Write a document; the same document gives the same bytes."""
    return "\n".join(_lines(document))


def _lines(document: Document) -> Iterator[str]:
    yield from (f"# {_text(document.title)}", "")
    for sentence in document.about:
        yield from (_text(sentence), "")
    for section in document.sections:
        yield from (f"## {_text(section.heading)}", "")
        for part in section.parts:
            yield from _part(part)
            yield ""


def _part(part: Part) -> Iterator[str]:
    match part:
        case Heading():
            yield f"### {_text(part.text)}"
        case Paragraph():
            yield _text(part.text)
        case Quotation():
            yield from (f"> {_text(line)}\\" if line.strip() else ">" for line in part.lines[:-1])
            yield from (f"> {_text(line)}" for line in part.lines[-1:])
        case Table():
            yield from _table(part)


def _table(table: Table) -> Iterator[str]:
    yield from (f"**{_text(table.caption)}**", "")
    yield _row(table.columns)
    yield _rule(table)
    yield from (_row(row) for row in table.rows)


def _rule(table: Table) -> str:
    marks = ("---:" if place in table.figures else "---" for place in range(len(table.columns)))
    return f"| {' | '.join(marks)} |"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(_text(cell) for cell in cells)} |"


def _text(text: str) -> str:
    """Return a text with everything escaped that Markdown, or HTML in it, would read as more."""
    escaped = _SPECIAL.sub(r"\\\1", one_line(text))
    return _BEGINS.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"\\{m[3]}", escaped)
