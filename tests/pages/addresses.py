"""A true address, or several, of every route of the public pages, over the demonstration's record.

A route that is not named here fails a test: whoever adds a page adds where it can be looked at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from fastapi.routing import APIRoute

from governance.pages.site import PAGES

OPEN_CASE = "/committees/MN/inputs/008"
"""The case that `published.publish` adds to the demonstration's."""
CLOSED_CASE = "/committees/MN/inputs/005"


@dataclass(frozen=True)
class LinkOf:
    """An address that holds a digest: the first link of a page that matches."""

    page: str
    link: str


PAGE_ADDRESSES: dict[str, tuple[str, ...]] = {
    "/": ("/",),
    "/decisions": ("/decisions", "/decisions?q=solar&status=signed", "/decisions?q=nosuchword"),
    "/committees/{code}/decisions": ("/committees/MN/decisions?as_of=2025-05-01&type=issuance",),
    "/decisions/{number:path}": (
        "/decisions/JP-MN/2025/003",
        "/decisions/JP-MN/2025/001",
        "/decisions/JP-MN/H/2016-08-23/electronic",
    ),
    "/committees/{code}": ("/committees/MN", "/committees/KH", "/committees/MN?as_of=2016-01-01"),
    "/committees/{code}/rulebook": ("/committees/MN/rulebook", "/committees/KH/rulebook"),
    "/verify": ("/verify",),
    "/committees/{code}/methodologies": ("/committees/MN/methodologies",),
    "/committees/{code}/entities": ("/committees/MN/entities",),
    "/committees/{code}/projects": ("/committees/KH/projects",),
    "/committees/{code}/credits": ("/committees/MN/credits", "/committees/ID/credits"),
    "/committees/{code}/projects/{number}": ("/committees/MN/projects/MN004",),
    "/inputs": ("/inputs",),
    "/committees/{code}/inputs": ("/committees/MN/inputs", "/committees/ID/inputs"),
    "/committees/{code}/inputs/{place}": (OPEN_CASE, CLOSED_CASE),
    "/status": ("/status",),
    "/committees/{code}/compare": (
        "/committees/MN/compare",
        "/committees/MN/compare?from=2015-01-01&to=2026-06-01",
    ),
    "/committees/{code}/charts": ("/committees/MN/charts", "/committees/ID/charts"),
}
"""What people read, by route."""

FILE_ADDRESSES: dict[str, str | LinkOf] = {
    "/static/{digest}/{name}": LinkOf("/", r"/static/[0-9a-f]+/site\.css"),
    "/decisions.csv": "/decisions.csv",
    "/decisions.json": "/decisions.json",
    "/decisions.atom": "/decisions.atom",
    "/committees/{code}/decisions.csv": "/committees/MN/decisions.csv?q=solar",
    "/committees/{code}/decisions.json": "/committees/MN/decisions.json?q=solar",
    "/committees/{code}/decisions.atom": "/committees/MN/decisions.atom?q=solar",
    "/decisions/{number:path}/annexes/{digest}": LinkOf(
        "/decisions/JP-MN/2025/001", r"/decisions/JP-MN/2025/001/annexes/[0-9a-f]{64}"
    ),
    "/committees/{code}/rulebook.json": "/committees/MN/rulebook.json",
    "/committees/{code}/methodologies.csv": "/committees/MN/methodologies.csv",
    "/committees/{code}/methodologies.json": "/committees/MN/methodologies.json",
    "/committees/{code}/entities.csv": "/committees/MN/entities.csv",
    "/committees/{code}/entities.json": "/committees/MN/entities.json",
    "/committees/{code}/projects.csv": "/committees/MN/projects.csv",
    "/committees/{code}/projects.json": "/committees/MN/projects.json",
    "/committees/{code}/credits.csv": "/committees/MN/credits.csv",
    "/committees/{code}/credits.json": "/committees/MN/credits.json",
    "/committees/{code}/projects/{number}.json": "/committees/MN/projects/MN004.json",
    "/committees/{code}/documents/{digest}": LinkOf(
        CLOSED_CASE, r"/committees/MN/documents/[0-9a-f]{64}"
    ),
}
"""What is downloaded, by route."""

EVERY_PAGE = tuple(address for addresses in PAGE_ADDRESSES.values() for address in addresses)


def public_routes() -> dict[str, re.Pattern[str]]:
    """Return every route that answers anybody's reading, with what its addresses look like."""
    return {
        route.path: route.path_regex
        for prefix, route in PAGES
        if isinstance(route, APIRoute)
        and prefix == ""
        and "GET" in (route.methods or ())
        and not route.path.startswith("/desk")
    }
