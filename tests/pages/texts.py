"""Every text of the interface as it stands in the pages, found as babel finds it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import as_file, files
from typing import Any, get_args

import msgspec
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

METHODS = [("**.py", "python"), ("templates/**", "jinja2")]
OPTIONS = {"templates/**": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "term": None}

Text = str | tuple[str, ...]


def of_the_pages() -> dict[Text, str]:
    """Return every text, a pair where it has a plural, with a place where it stands."""
    with as_file(files("governance.pages")) as folder:
        found = extract_from_dir(folder, METHODS, OPTIONS, KEYWORDS)
        return {text: f"{name}:{line}" for name, line, text, _comments, _context in found}


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


def _parts(kind: Any) -> Iterator[type[msgspec.Struct]]:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield kind
    for argument in get_args(kind):
        yield from _parts(argument)
