"""What a person sees: tables that fit, plain when piped; one JSON document when asked."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec

from policies.texts import written_out

if TYPE_CHECKING:
    from projections.follower import Progress


def print_json(value: Any) -> None:
    """Write one JSON document to stdout."""
    text = msgspec.json.format(msgspec.json.encode(value), indent=2).decode("utf-8")
    print(text)


def say(text: str) -> None:
    """Write a message to stderr, where it is in nobody's way."""
    print(text, file=sys.stderr)


def print_table(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    narrow: Sequence[Sequence[Sequence[int]]] = (),
) -> None:
    """Write a table: with rich on a terminal, as tab-separated lines when piped.

    A wide table says how it stands on a terminal: `narrow` has, for each column there, its lines,
    and for each line the places of the columns that stand on it.
    """
    cells = [[_cell(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        print("\t".join(columns))
        for row in cells:
            print("\t".join(row))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = narrow or [[[place]] for place in range(len(columns))]
    table = Table(
        title=title or None, title_justify="left", header_style="bold", show_lines=bool(narrow)
    )
    for lines in shown:
        places = [place for line in lines for place in line]
        numeric = bool(cells) and all(_is_number(row[p]) for row in cells for p in places)
        head = _stacked(columns, lines)
        table.add_column(head, justify="right" if numeric else "left", overflow="fold")
    for row in cells:
        table.add_row(*(Text(_stacked(row, lines)) for lines in shown))
    Console().print(table)


def stand(columns: Sequence[str], *shown: Sequence[str]) -> list[list[list[int]]]:
    """Return how a table stands on a terminal: for each column the names on top of each other.

    Names that the table does not have are left out.
    """
    places = {name: place for place, name in enumerate(columns)}
    found = ([[places[name]] for name in column if name in places] for column in shown)
    return [column for column in found if column]


def _stacked(row: Sequence[str], lines: Sequence[Sequence[int]]) -> str:
    """Return cells on top of each other, several on a line; what is empty takes no line."""
    stacked = ("  ".join(row[place] for place in line if row[place]) for line in lines)
    return "\n".join(line for line in stacked if line)


@contextmanager
def progress(total: int, what: str) -> Iterator[Progress]:
    """Show a bar on stderr while a long job runs; nothing where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield lambda _count: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda count: bar.update(task, advance=count)


def _cell(value: Any) -> str:
    """Return a value on one line, with what a terminal would not show written out."""
    return "" if value is None else written_out(" ".join(str(value).split()))


def _is_number(text: str) -> bool:
    return not text or text.replace(",", "").lstrip("-").isdigit()
