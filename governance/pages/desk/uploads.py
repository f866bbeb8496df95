"""Forms that bring files: read in a stream, within limits, and put away once answered."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import anyio
from anyio import to_thread
from fastapi import Depends
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from governance.access.ceremonies import require_form
from governance.access.once import said_by
from governance.access.signed_in import SignedIn
from governance.http.problems import Problem
from governance.pages.desk.door import SESSION, held, require_own_page, signed_in

MOST_BYTES = 256 * 1024 * 1024
"""Of a form with all its files."""
MOST_FILES = 40
MOST_FIELDS = 1000
SECONDS = 300.0
"""Within which a form with its files must have come."""
_FIELD = 1024 * 1024
_FORM = "multipart/form-data"


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that a form brought: what its sender calls it, which is a claim, and where it lies."""

    field: str
    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class SentFiles:
    """A form of a proven person, from a page of ours, with its files.

    They lie in a folder of their own, named by numbers of ours, until the request is answered.
    """

    who: SignedIn
    fields: dict[str, str]
    files: tuple[SentFile, ...]
    folder: Path

    @property
    def said(self) -> str:
        """A digest of what the form says, but for its words: whether two are the same form's."""
        return said_by(
            self.fields, [(file.field, file.name, file.path.stat().st_size) for file in self.files]
        )

    def of(self, field: str) -> list[SentFile]:
        """Return the files of one field; a field that was left empty has none."""
        return [file for file in self.files if file.field == field]


async def sent_files(request: Request) -> AsyncIterator[SentFiles]:
    """Yield a form with files that was sent by who is signed in, from a page of that session.

    Raises a `Problem` for what no page of ours sends, and for what is too large or too slow. Who
    sends is proven before a byte of the body is read.
    """
    require_own_page(request)
    who = await to_thread.run_sync(signed_in, request)
    async with _parsed(request) as form:
        fields, uploads = _sorted(form)
        require_form(held(request, SESSION) or "", fields.pop("form", None))
        with tempfile.TemporaryDirectory(prefix="jcgov-sent-") as place:
            files = await to_thread.run_sync(_laid_down, uploads, Path(place))
            yield SentFiles(who, fields, files, Path(place))


Upload = Annotated[SentFiles, Depends(sent_files)]


@asynccontextmanager
async def _parsed(request: Request) -> AsyncIterator[FormData]:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise Problem(415, f"A form with files is {_FORM}.")
    parser = MultiPartParser(
        request.headers,
        _within(request),
        max_files=MOST_FILES,
        max_fields=MOST_FIELDS,
        max_part_size=_FIELD,
    )
    try:
        with anyio.fail_after(SECONDS):
            form = await parser.parse()
    except TimeoutError:
        detail = f"The form did not come within {SECONDS:g} seconds."
        raise Problem(408, detail, headers={"Connection": "close"}) from None
    except ClientDisconnect:
        raise Problem(400, "The form ended before its length.") from None
    except (MultiPartException, LookupError, UnicodeDecodeError) as error:
        said = error.message if isinstance(error, MultiPartException) else "it cannot be read"
        raise Problem(422, f"The form is not in the form that a browser sends: {said}") from None
    try:
        yield form
    finally:
        await form.close()


async def _within(request: Request) -> AsyncGenerator[bytes]:
    """Pass a body on, as far as its limit."""
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MOST_BYTES:
            detail = f"The form is larger than the {MOST_BYTES} bytes that are taken here."
            raise Problem(413, detail, headers={"Connection": "close"})
        yield chunk


def _sorted(form: FormData) -> tuple[dict[str, str], list[tuple[str, UploadFile]]]:
    """Part fields, each at most once, from files; a file field that was left empty is none."""
    fields: dict[str, str] = {}
    uploads = []
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            if value.filename or value.size:
                uploads.append((name, value))
        elif name in fields:
            raise Problem(422, "The form has a field twice.")
        else:
            fields[name] = value.replace("\r\n", "\n")
    return fields, uploads


def _laid_down(uploads: list[tuple[str, UploadFile]], folder: Path) -> tuple[SentFile, ...]:
    """Write files into a folder, under names of ours."""
    found = []
    for count, (field, upload) in enumerate(uploads, start=1):
        path = folder / str(count)
        with path.open("xb") as written:
            while chunk := upload.file.read(1 << 20):
                written.write(chunk)
        found.append(SentFile(field, upload.filename or "", path))
    return tuple(found)
