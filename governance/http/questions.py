"""What a request may ask for, read strictly: what is not known is refused, never passed over."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Depends, Query
from pydantic import BeforeValidator, Field, WithJsonSchema
from starlette.requests import Request

from governance.http.opened import Opened
from governance.http.problems import Problem
from policies import calendar
from policies.refusals import NotFoundError, UnreadableError
from policies.sides import Committee
from policies.texts import written_out
from projections.feed import MAX_LIMIT

MOST = 1000
PAGE = 100
"""Entries of a page, unless `limit` says otherwise."""
MAX_SEQUENCE = 2**63 - 1


def _day(value: Any) -> Any:
    return _read(value, calendar.calendar_day)


def _instant(value: Any) -> Any:
    return _read(value, calendar.instant)


def _flag(value: Any) -> Any:
    if isinstance(value, str) and value not in ("true", "false"):
        message = f"{value!r} is neither true nor false"
        raise ValueError(message)
    return value


def whole_number(value: Any) -> Any:
    """Refuse what the library would take for a whole number: ``1.0``, ``+1``, ``1_000``."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,40}", value, re.ASCII) is None:
        message = f"{value[:30]!r} is no whole number from 0 on"
        raise ValueError(message)
    return value


def _read(value: Any, reads: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return reads(value)
    except UnreadableError as error:
        raise ValueError(str(error)) from None


Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2025-03-27"]}),
]
Instant = Annotated[
    datetime,
    BeforeValidator(_instant),
    WithJsonSchema(
        {
            "type": "string",
            "anyOf": [{"format": "date-time"}, {"format": "date"}],
            "examples": ["2025-03-27T10:00:00Z"],
        }
    ),
]
AsOf = Annotated[Day | None, Query(description="What was in force on that day.")]
KnownAt = Annotated[
    Instant | None,
    Query(description="What had been recorded by then; a date: by its end in UTC."),
]
Flag = Annotated[bool, BeforeValidator(_flag)]
Position = Annotated[int, Field(ge=0, le=MAX_SEQUENCE), BeforeValidator(whole_number)]
"""A position of the feed."""
_CURSOR = Field(min_length=1, max_length=300)

Limit = Annotated[
    Annotated[int, Field(ge=1, le=MOST), BeforeValidator(whole_number)],
    Query(description="Entries of a page, at most."),
]
FeedLimit = Annotated[
    Annotated[int, Field(ge=1, le=MAX_LIMIT), BeforeValidator(whole_number)],
    Query(description="Entries of a page, at most."),
]
After = Annotated[
    Annotated[str, _CURSOR] | None,
    Query(description="Where the page before ended; see the header Link of each page."),
]
OfCommittee = Annotated[
    Annotated[str, Field(max_length=5)] | None,
    Query(description="Only of one committee, as MN or JP-MN"),
]
On = Annotated[Day | None, Query(description="As of that day; else today, in the committee's zone")]


def asked(*named: str, repeated: Sequence[str] = ()) -> Any:
    """Return the dependency that refuses what else a query says, or says twice."""
    known = {*named, *repeated}

    # Nothing here waits: as a coroutine it takes no thread from those who ask the database.
    async def strictly(request: Request) -> None:
        seen: set[str] = set()
        for name, _value in request.query_params.multi_items():
            if name not in known:
                may = ", ".join(sorted(known)) or "nothing"
                detail = f"{written_out(name)[:60]!r} is not asked for here; what is: {may}"
                raise _invalid(name, detail)
            if name in seen and name not in repeated:
                raise _invalid(name, f"{name} is given twice")
            seen.add(name)

    return Depends(strictly)


def no_query() -> Any:
    """Return the dependency that refuses every query."""
    return asked()


def _invalid(name: str, detail: str) -> Problem:
    pointer = f"query/{written_out(name)[:60]}"
    return Problem(422, detail, errors=[{"detail": detail, "pointer": pointer}])


async def opened_of(request: Request) -> Opened:
    """Return what this process has open; a coroutine, so that no thread is taken for it."""
    opened: Opened = request.app.state.opened
    return opened


Open = Annotated[Opened, Depends(opened_of)]


def committee_named(opened: Opened, code: str) -> Committee:
    """Return the committee of a code, as ``MN`` or ``JP-MN``; `NotFoundError` if unknown here."""
    try:
        committee = Committee.parse(code)
    except UnreadableError as error:
        raise NotFoundError(str(error)) from None
    if committee.code not in opened.committees():
        message = f"nothing of {committee.code} is recorded here; see /v1/committees"
        raise NotFoundError(message)
    return committee


def in_path(code: str, opened: Open) -> Committee:
    """Return the committee that a path names."""
    return committee_named(opened, code)


Named = Annotated[Committee, Depends(in_path)]
"""The committee of ``{code}`` in the path."""
