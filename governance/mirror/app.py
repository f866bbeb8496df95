"""Serving a mirror's copies: the files as they lie, and `add-checkpoint` where it cosigns."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from governance.exchange.log_folder import CHECKPOINT
from governance.mirror.mirrors import Mirrors
from governance.witness.app import adding
from policies.proof.canonical import is_digest
from policies.proof.log_keys_files import LOG_VKEY, POLICY, WITNESSES_VKEY
from projections.transparency.log_files import TEXT
from projections.transparency.tiles import TileFolder, parse_tile_name

_FILES = (CHECKPOINT, LOG_VKEY, WITNESSES_VKEY, POLICY)


def application(mirrors: Mirrors) -> Starlette:
    """Return the service; a log lies at ``/JP-MN/`` and, as an engine has it, ``/log/JP-MN/``."""
    known = {one.committee for one in mirrors.all}

    def file(request: Request) -> Response:
        code, name = request.path_params["code"], request.path_params["name"]
        data = None
        if code in known and (is_tile := _is_served(name)) is not None:
            folder = TileFolder(mirrors.folder / code)
            data = folder.read(folder.folder / name)
        if data is None:
            return PlainTextResponse("there is no such file of a log here\n", 404)
        return Response(
            data,
            headers={"Cache-Control": "max-age=31536000, immutable" if is_tile else "no-cache"},
            media_type="application/octet-stream" if is_tile else "text/plain; charset=utf-8",
        )

    def last(_request: Request) -> Response:
        return JSONResponse([found.to_json() for found in dict(mirrors.last).values()])

    return Starlette(
        routes=[
            Route("/", last),
            Route("/add-checkpoint", adding(mirrors.add_checkpoint), methods=["POST"]),
            Route("/log/{code}/{name:path}", file),
            Route("/{code}/{name:path}", file),
        ]
    )


def _is_served(name: str) -> bool | None:
    """Return whether a name is one of a tile's; null for any that is not served."""
    if name in _FILES or (name.startswith(f"{TEXT}/") and is_digest(name[len(TEXT) + 1 :])):
        return False
    return True if parse_tile_name(name) else None
