"""A witness over HTTP: `add-checkpoint`, what it saw last, and whether it can remember."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from governance.witness.asking import MAX_REQUEST
from governance.witness.witness import Answer, Witness
from policies.refusals import StorageError


def adding(answer: Callable[[bytes], Answer]) -> Callable[[Request], Awaitable[Response]]:
    """Return what answers a request to add a checkpoint, of bounded size, in a thread of its own.

    Where the answer cannot be remembered, or what it takes is away, it is 503.
    """

    async def add_checkpoint(request: Request) -> Response:
        body = bytearray()
        try:
            async for part in request.stream():
                body += part
                if len(body) > MAX_REQUEST:
                    return PlainTextResponse("the request is too large\n", 413)
        except ClientDisconnect:
            return Response(status_code=400)
        try:
            found = await run_in_threadpool(answer, bytes(body))
        except StorageError as error:
            return PlainTextResponse(f"{error}\n", 503, {"Retry-After": "10"})
        return Response(found.body, found.status, media_type=found.media_type)

    return add_checkpoint


def application(witness: Witness) -> Starlette:
    """Return the service of one witness."""

    async def seen(_request: Request) -> Response:
        logs = [
            {
                "origin": entry.head.origin,
                "size": entry.head.size,
                "root": entry.head.root.hex(),
                "cosigned_at": entry.at,
            }
            for entry in await run_in_threadpool(witness.memory.all)
        ]
        key = witness.cosigner.key
        return JSONResponse({"witness": key.name, "vkey": key.vkey, "logs": logs})

    return Starlette(
        routes=[
            Route("/add-checkpoint", adding(witness.add_checkpoint), methods=["POST"]),
            Route("/", seen),
        ]
    )
