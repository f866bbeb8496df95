"""Documents as one HTML file that prints: no script, nothing loaded from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from html import escape
from importlib import resources

from governance.report.document import (
    Document,
    Heading,
    Paragraph,
    Part,
    Quotation,
    Section,
    Table,
    one_line,
)


def to_html(document: Document) -> str:
    """Write a document; the same document gives the same bytes."""
    return "\n".join(_lines(document))


def _lines(document: Document) -> Iterator[str]:
    style = resources.files(__package__).joinpath("report.css").read_text("utf-8")
    title = _text(document.title)
    yield from ("<!doctype html>", '<html lang="en">', "<head>", '<meta charset="utf-8">')
    yield f'<meta http-equiv="Content-Security-Policy" content="{_policy(style)}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="color-scheme" content="light dark">'
    yield from (f"<title>{title}</title>", f"<style>{style}</style>", "</head>", "<body>")
    yield from ("<header>", f"<h1>{title}</h1>")
    yield from (f"<p>{_text(sentence)}</p>" for sentence in document.about)
    yield "</header>"
    yield from _contents(document)
    yield "<main>"
    for number, section in enumerate(document.sections, start=1):
        yield from _section(number, section)
    yield from ("</main>", "</body>", "</html>", "")


def _policy(style: str) -> str:
    """Return the policy that lets nothing run or load but this style."""
    seen = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{seen}'; base-uri 'none'; form-action 'none'"


def _contents(document: Document) -> Iterator[str]:
    yield from ('<nav aria-label="Contents">', "<ol>")
    for number, section in enumerate(document.sections, start=1):
        yield f'<li><a href="#section-{number}">{_text(section.heading)}</a></li>'
    yield from ("</ol>", "</nav>")


def _section(number: int, section: Section) -> Iterator[str]:
    yield f'<section aria-labelledby="section-{number}">'
    yield f'<h2 id="section-{number}">{_text(section.heading)}</h2>'
    for part in section.parts:
        yield from _part(part)
    yield "</section>"


def _part(part: Part) -> Iterator[str]:
    match part:
        case Heading():
            yield f"<h3>{_text(part.text)}</h3>"
        case Paragraph():
            yield f"<p>{_text(part.text)}</p>"
        case Quotation():
            yield f"<blockquote><p>{'<br>'.join(escape(line) for line in part.lines)}</p>"
            yield "</blockquote>"
        case Table():
            yield from _table(part)


def _table(table: Table) -> Iterator[str]:
    caption = _text(table.caption)
    yield f'<div class="table" role="region" aria-label="{caption}" tabindex="0">'
    yield from ("<table>", f"<caption>{caption}</caption>")
    heads = (_cell("th", table, place, name) for place, name in enumerate(table.columns))
    yield from ("<thead>", f"<tr>{''.join(heads)}</tr>", "</thead>", "<tbody>")
    for row in table.rows:
        cells = (_cell("td", table, place, text) for place, text in enumerate(row))
        yield f"<tr>{''.join(cells)}</tr>"
    yield from ("</tbody>", "</table>", "</div>")


def _cell(tag: str, table: Table, place: int, text: str) -> str:
    scope = ' scope="col"' if tag == "th" else ""
    name = "figure" if place in table.figures else "long" if place in table.long else None
    named = "" if name is None else f' class="{name}"'
    return f"<{tag}{scope}{named}>{_text(text)}</{tag}>"


def _text(text: str) -> str:
    return escape(one_line(text))
