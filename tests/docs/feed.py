"""``docs/feed.md`` and ``docs/asyncapi.yaml``, from the types of events.

``python -m tests.docs.feed`` writes them anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from policies.items import KINDS
from projections.feed import LIMIT, MAX_LIMIT
from projections.feed_schemas import asyncapi, schema
from projections.feed_types import EVENT_TYPES, Told

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "feed.md"
DESCRIPTION = DOCS / "asyncapi.yaml"
COMMAND = "./.venv/bin/python -m tests.docs.feed"

_HEAD = f"""# The feed of a side's registry

What a side's registry is told of adopted decisions. A signed decision is the authority; an event of
the feed only says that there is one, and where its proof lies. Written from the types of events by
`{COMMAND}`; a check says when it is no longer current. The same for programs:
`docs/asyncapi.yaml` (AsyncAPI 3.0), and a JSON Schema of each type.

## How it is read

    GET /v1/feed?side=JP&after=0            a page: a JSON array of CloudEvents 1.0, oldest first
    GET /v1/feed/stream?side=JP&after=0     the same as server-sent events; `Last-Event-ID` resumes
    jcgov feed --side JP --after 0 --json   the same from a home, or `--from URL` from a server
    jcgov feed --side JP --verify --trust trust.json [--from URL]

`after` is the `sequence` of the last event that you have taken in; 0 is the beginning. A page has
{LIMIT} events unless `limit` says otherwise ({MAX_LIMIT} at most), and may have
fewer while more follow: only an empty page says that there is nothing more so far. `committee` and
`type` choose; `type` may be given again.

## What is promised

- **For ever.** An event is never changed, withdrawn or dropped. Any position can be read at any
  later time and gives the same bytes, on whatever database the engine keeps its record, and after
  it was moved by `jcgov backup` and `jcgov restore`.
- **In order.** Events of a side come in the order in which adoptions were recorded. `sequence` is
  text of 16 digits that sorts as the number does. It rises; a gap means nothing.
- **At least once.** Dedupe on `source` and `id`, after the event was verified: the id is made of
  decision, item, side and type, and a rehearsal of a committee uses the same names. What tells them
  apart is `founding`: what does not fit your trust file is not taken in, and not remembered.
- **Absolute.** An amount is the whole amount of that side for that item. A correction says the
  whole amount from then on and, in `replaces`, the item that first decided it, which may stand in
  the record of the past that the committee adopted, and then was no event. A correction that leaves
  a figure as it was says null there.
- **Only what was signed.** Imported and adopted history, measures, rejections and corrected titles
  are no events.
- **Within a version members are only added.** Ignore members that you do not know. A member is
  never taken away and never changes its meaning; every member is always there, null where there is
  nothing. Anything else is a new type (`….v2`), and both are sent, one event each, for at least 24
  months from the day on which the new one is announced here.

## What a registry does

1. Read on from its position. Keep the position in the same transaction as what came of the events.
2. Fetch `data.bundle` from the engine, and verify it: `jcgov verify FILE --trust trust.json`, or
   `policies.proof.audit.verify`. A bundle that is not yet witnessed is asked for again later.
3. Compare the event with the verified decision: committee, founding, number, item, kind, subject,
   and the side's own amount and period. `jcgov feed --verify` does both for every event, says the
   first that does not hold and how many before it are good, and misses an item that was left out.
4. Only then issue, once for each decision's digest and item, and report with an acknowledgement.

`time` and `sequence` are the engine's word alone: no signature covers them. That a decision was not
told at all shows in its number that is missing, in the public log, or to the other side.
"""


def page() -> str:
    """Return the whole page."""
    parts = [_HEAD, "## An event\n", _table(_properties(_envelope()))]
    parts += ["## `data`\n", "In every type:\n", _table(_properties(_common()))]
    for name, told in EVENT_TYPES.items():
        kinds = ", ".join(f"`{kind}`" for kind, item in KINDS.items() if item.notifies == name)
        own = _own(name, told)
        parts += [f"### `{name}`\n", f"{_text(told)}\n", f"Kinds of item: {kinds}.\n"]
        parts.append(_table(_properties(own)))
    parts += ["### Parts\n", *_parts()]
    return "\n".join(parts)


def description() -> str:
    """Return the AsyncAPI document in YAML."""
    head = f"# Written from the types of events by {COMMAND}\n"
    return head + msgspec.yaml.encode(asyncapi()).decode("utf-8")


def _envelope() -> dict[str, Any]:
    found = schema(next(iter(EVENT_TYPES)))
    return {**found, "properties": {n: p for n, p in found["properties"].items() if n != "data"}}


def _common() -> dict[str, Any]:
    name, told = next(iter(EVENT_TYPES.items()))
    own = _own(name, told)["properties"]
    members = _data(name, told)["properties"].items()
    return {"properties": {member: said for member, said in members if member not in own}}


def _own(name: str, told: type[Told]) -> dict[str, Any]:
    members = _data(name, told)["properties"]
    return {"properties": {n: members[n] for n in members if n not in Told.__struct_fields__}}


def _data(name: str, told: type[Told]) -> dict[str, Any]:
    found: dict[str, Any] = schema(name)["$defs"][told.__name__]
    return found


def _parts() -> Iterator[str]:
    found: dict[str, Any] = {}
    for name, told in EVENT_TYPES.items():
        found |= {n: s for n, s in schema(name)["$defs"].items() if n != told.__name__}
    for name in sorted(found):
        yield f"**{name}**: {found[name]['description']}\n"
        yield _table(_properties(found[name]))


def _properties(found: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name, said in found["properties"].items():
        yield f"`{name}`", _form(said), said.get("description", "")


def _form(said: dict[str, Any]) -> str:
    """Say in short what a member holds."""
    match said:
        case {"const": value}:
            return f"`{value}`" if value not in EVENT_TYPES else "the type"
        case {"enum": values}:
            return " or ".join(f"`{value}`" for value in values)
        case {"anyOf": choices}:
            return " or ".join(map(_form, choices))
        case {"$ref": name}:
            return str(name).rpartition("/")[2]
        case {"type": "array", "items": items}:
            return f"list of {_form(items)}"
        case {"type": "string", "format": form}:
            return str(form)
        case {"type": kind}:
            return str(kind)
    raise ValueError(said)


def _table(rows: Iterator[tuple[str, str, str]]) -> str:
    lines = [("Member", "Holds", ""), ("---",) * 3, *rows]
    return "\n".join(f"| {' | '.join(row)} |".replace("|  |", "| |") for row in lines) + "\n"


def _text(told: type[Told]) -> str:
    return " ".join((told.__doc__ or "").split())


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
    DESCRIPTION.write_text(description(), "utf-8")
