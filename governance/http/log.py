"""``/log/{code}/…``: a committee's transparency log, the files as they lie (C2SP tlog-tiles).

Only a name of the right shape is ever looked for; any web server may serve the folder instead.
"""

from __future__ import annotations

import gzip
import re
from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from governance.http.answers import FOR_EVER, FRESH, of_bytes
from governance.http.opened import Opened
from governance.http.problems import Problem
from governance.http.questions import Named, Open, no_query
from policies.proof.canonical import is_digest
from policies.proof.log_keys_files import LOG_VKEY, POLICY, WITNESSES_VKEY
from policies.sides import Committee
from projections.transparency.log_files import CHECKPOINT, TEXT
from projections.transparency.tiles import ENTRIES, TileFolder, parse_tile_name, tile_name

router = APIRouter(tags=["log"])

PLAIN = "text/plain; charset=utf-8"
OCTETS = "application/octet-stream"

Tile = Annotated[
    str,
    Path(
        max_length=60,
        description="`<L>/<N>[.p/<W>]`, or `entries/<N>[.p/<W>]`",
        examples=["0/000", "entries/x001/234.p/5"],
    ),
]
Digest = Annotated[str, Path(max_length=64, description="SHA-256, in lower-case hexadecimal")]


def _answers(says: str, media_type: str) -> dict[int | str, dict[str, Any]]:
    schema = {"type": "string"} if media_type == PLAIN else {"type": "string", "format": "binary"}
    return {200: {"description": says, "content": {media_type: {"schema": schema}}}}


_FILES = {
    CHECKPOINT: "The last published checkpoint: a signed note with the witnesses' cosignatures",
    LOG_VKEY: "The log's verifier keys, one a line, Ed25519 first (C2SP signed-note)",
    WITNESSES_VKEY: "The witnesses' verifier keys, one a line; empty where none is named",
    POLICY: "Which cosignatures are enough, for tools of others (C2SP tlog-policy)",
}
"""What may be replaced as the log grows; whose keys to believe only the founding says."""


def _serve(name: str, says: str) -> None:
    @router.get(
        f"/log/{{code}}/{name}",
        name=name,
        response_class=Response,
        dependencies=[no_query()],
        summary=says,
        responses=_answers(says, PLAIN),
    )
    def file(request: Request, opened: Open, *, committee: Named) -> Response:
        return of_bytes(request, _read(opened, committee, name), PLAIN, FRESH)


for _name, _says in _FILES.items():
    _serve(_name, _says)


@router.get(
    "/log/{code}/tile/{tile:path}",
    response_class=Response,
    dependencies=[no_query()],
    summary="A tile of hashes, or a bundle of entries",
    responses=_answers("Tile, or bundle (C2SP tlog-tiles)", OCTETS),
)
def tile(request: Request, opened: Open, tile: Tile, *, committee: Named) -> Response:
    """Return a file that never changes; a partial one goes once the full one is there."""
    found = parse_tile_name(f"tile/{tile}")
    if found is None:
        detail = "No tile has such a name; they are `<L>/<N>[.p/<W>]` (C2SP tlog-tiles)."
        raise Problem(404, detail)
    data = _read(opened, committee, tile_name(*found))
    if found[0] == ENTRIES:
        return _compressed(request, data)
    return of_bytes(request, data, OCTETS, FOR_EVER)


@router.get(
    "/log/{code}/text/{digest}",
    response_class=Response,
    dependencies=[no_query()],
    summary="A rulebook, or an annex of a decision, by its digest",
    responses=_answers("Text", PLAIN),
)
def text(request: Request, opened: Open, digest: Digest, *, committee: Named) -> Response:
    """Return a text that an entry of the log names."""
    if not is_digest(digest):
        raise Problem(404, "A text's name is a SHA-256 in lower-case hexadecimal.")
    data = _read(opened, committee, f"{TEXT}/{digest}")
    return of_bytes(request, data, PLAIN, FOR_EVER)


def _compressed(request: Request, data: bytes) -> Response:
    """Answer with entries, compressed for who can read that."""
    headers = {"Vary": "Accept-Encoding"}
    if _takes_gzip(request):
        data = gzip.compress(data, 6, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return of_bytes(request, data, OCTETS, FOR_EVER, headers)


def _takes_gzip(request: Request) -> bool:
    """Whether a reader says that it reads gzip (RFC 9110, 12.5.3)."""
    for line in request.headers.getlist("accept-encoding"):
        for part in line.lower().split(","):
            coding, _, weight = part.replace(" ", "").partition(";")
            if coding == "gzip":
                return re.fullmatch(r"q=0(\.0*)?", weight) is None
    return False


def _read(opened: Opened, committee: Committee, name: str) -> bytes:
    found = TileFolder(opened.settings.log / committee.code)
    data = found.read(found.folder / name)
    if data is None:
        detail = f"{committee.code} has no such file of its log; what there is follows from"
        raise Problem(404, f"{detail} the size of its checkpoint (C2SP tlog-tiles).")
    return data
