"""What a case and its steps say, as people read it: no JSON, no digest of a document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from governance.pages.desk.document_rows import kind_title
from policies.proof.canonical import is_digest
from policies.proof.roster import Person

_NOTHING: tuple[Any, ...] = (None, "", (), [], {})
_ELSEWHERE = frozenset({"rulebook"})
"""Members that stand elsewhere on the page, whole."""


def asked_in_words(asks: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """Return what the committee is asked for: each member with its lines."""
    return [
        (name, [in_words(part) for part in value] if isinstance(value, list) else [in_words(value)])
        for name, value in asks.items()
        if value not in _NOTHING
    ]


def history_in_words(
    steps: list[dict[str, Any]], people: Mapping[str, Person]
) -> list[dict[str, Any]]:
    """Return a case's steps, each with who took it and what it says."""
    found = []
    for step in steps:
        person = people.get(step["by"]) if step["by"] else None
        found.append(
            step
            | {"who": step["by"] if person is None else f"{person.name} ({person.side})"}
            | {"said": _members(_told(step)), "corrected": _members(step["corrected"] or {})}
        )
    return found


def in_words(value: Any) -> str:
    """Return a value on one line."""
    match value:
        case bool():
            return "yes" if value else "no"
        case None:
            return "–"
        case list() | tuple():
            return "; ".join(in_words(part) for part in value)
        case {"kind": kind, "title": title, "version": version}:
            called = kind_title(str(kind))
            same = title.casefold() == called.casefold()
            return f"{title} {version}" if same else f"{title} {version} ({called})"
        case {"from": begins, "to": ends}:
            return f"{begins} – {ends}"
        case {"name": name, "side": side} if len(value) == 2:
            return f"{name} ({side})" if side else str(name)
        case {"number": number, "version": version} if len(value) == 2:
            return f"{number} {version}"
        case Mapping():
            members = ((n, v) for n, v in value.items() if v not in _NOTHING)
            return ", ".join(f"{n.replace('_', ' ')} {in_words(v)}" for n, v in members)
        case int():
            return f"{value:,}".replace(",", "\u202f")
        case str() if is_digest(value):
            return f"{value[:16]}…"
        case _:
            return str(value)


def _told(step: dict[str, Any]) -> dict[str, Any]:
    """Return what a step says; of which kind the case is, the page says on its top."""
    begins = step["step"] == "case-submitted"
    return {n: value for n, value in step["what"].items() if not (begins and n == "kind")}


def _members(said: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the members that say something; what is asked stands member by member."""
    found = []
    for name, value in said.items():
        if name in _ELSEWHERE or value in _NOTHING:
            continue
        if name == "asks":
            found += [(member, in_words(part)) for member, part in value.items() if part != []]
        elif name == "missing":
            found.append((name, "; ".join(kind_title(kind) for kind in value)))
        else:
            found.append((name, in_words(value)))
    return found
