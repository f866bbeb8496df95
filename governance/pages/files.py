"""The static files of the pages, each at an address that changes with its content."""

from __future__ import annotations

from importlib.resources import files
from pathlib import PurePosixPath

from fastapi import APIRouter
from starlette.responses import Response

from governance.http.answers import FOR_EVER
from governance.http.problems import Problem
from governance.http.questions import no_query
from governance.pages.templating import STATIC, digest_of, read_static

router = APIRouter(include_in_schema=False)

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
NAMES = frozenset(
    found.name
    for found in (files("governance.pages") / "static").iterdir()
    if PurePosixPath(found.name).suffix in TYPES
)


@router.get(f"{STATIC}/{{digest}}/{{name}}", dependencies=[no_query()])
def static_file(digest: str, name: str) -> Response:
    """Return a file of ours, for ever; nothing at an address of another content."""
    if name not in NAMES or digest != digest_of(name):
        raise Problem(404, "Nothing is there.")
    kind = TYPES[PurePosixPath(name).suffix]
    return Response(read_static(name), headers={"Cache-Control": FOR_EVER}, media_type=kind)
