"""Every text of the interface as it stands in the pages, found as babel finds it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import as_file, files
from typing import Any, get_args, get_origin

import msgspec
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from policies.document_kinds import DOCUMENT_KINDS
from policies.figures import Figure, Part

METHODS = [("**.py", "python"), ("templates/**", "jinja2")]
OPTIONS = {"templates/**": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "term": None}

Text = str | tuple[str, ...]


def of_the_pages() -> dict[Text, str]:
    """Return every text, a pair where it has a plural, with a place where it stands."""
    with as_file(files("governance.pages")) as folder:
        found = extract_from_dir(folder, METHODS, OPTIONS, KEYWORDS)
        texts = {text: f"{name}:{line}" for name, line, text, _comments, _context in found}
    return texts | {kind.title: f"document kind {kind.kind}" for kind in DOCUMENT_KINDS.values()}


def catalogue(code: str) -> Catalog:
    """Read a catalogue strictly: what is no catalogue is an error."""
    with (files("governance.pages") / "texts" / f"{code}.po").open("rb") as file:
        return read_po(file, locale=code, abort_invalid=True)


def twice_in(code: str) -> list[str]:
    """Return the texts that a catalogue translates twice; the reader keeps the last one."""
    text = (files("governance.pages") / "texts" / f"{code}.po").read_text("utf-8")
    seen, twice = set[str](), []
    for line in text.splitlines():
        if line.startswith("msgid ") and line != 'msgid ""':
            twice += [line] if line in seen else []
            seen.add(line)
    return twice


def filled_in(text: str) -> set[str]:
    """Return the names of the values that a text fills in; a lone percent sign is a fault."""
    named = re.sub(r"%\((\w+)\)[sd]|%%", lambda found: found[1] or "", text)
    assert "%" not in named, text
    return set(re.findall(r"%\((\w+)\)[sd]", text))


def fields_of(kind: type[msgspec.Struct]) -> Iterator[str]:
    """Yield the name of every field of a kind of item, as it is signed, and of its parts."""
    for field in msgspec.structs.fields(kind):
        yield field.encode_name
        for part in _parts(field.type):
            yield from fields_of(part)


def figures_of(part: type[Part], place: str = "") -> Iterator[str]:
    """Yield the place of every figure that a rulebook may have."""
    for field in msgspec.structs.fields(part):
        for kind in (field.type, *get_args(field.type)):
            shape = get_origin(kind) or kind
            if isinstance(shape, type) and issubclass(shape, Figure):
                yield f"{place}{field.name}"
            elif isinstance(shape, type) and issubclass(shape, Part):
                yield from figures_of(shape, f"{place}{field.name}.")


def _parts(kind: Any) -> Iterator[type[msgspec.Struct]]:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield kind
    for argument in get_args(kind):
        yield from _parts(argument)
