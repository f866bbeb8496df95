"""A form with files counts from a page of the very session, within its limits, and is put away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import APIRouter
from starlette.responses import JSONResponse

from governance.pages.desk import uploads
from governance.pages.desk.uploads import Upload
from tests.access.browser import PEOPLE, Browser, Passkey

SEEN: list[Path] = []


pytestmark = pytest.mark.one_engine


@pytest.fixture
def sender(desk: Any, browser: Browser, passkeys: dict[str, Passkey]) -> Browser:
    """Sign somebody in, before a form that tells what came."""
    router = APIRouter()

    @router.post("/desk/what-came")
    def what_came(sent: Upload) -> JSONResponse:
        SEEN.append(sent.folder)
        files = [[f.field, f.name, f.path.read_bytes().decode()] for f in sent.files]
        return JSONResponse({"who": sent.who.name, "fields": sent.fields, "files": files})

    desk._app.include_router(router)
    browser.sign_in(passkeys["jp-hara"])
    return browser


def sent(browser: Browser, *files: tuple[str, Any], **fields: str) -> httpx2.Response:
    word = browser.load("/desk").forms["/desk/sign-out"]["form"]
    return browser.client.post(
        "/desk/what-came",
        data={"form": word} | fields,
        files=list(files) or [("file-1", ("", b""))],
        headers=PEOPLE,
    )


def test_fields_and_files_come_as_they_were_sent_and_are_gone_afterwards(sender: Browser) -> None:
    name = "../../Projekt «Дулаан».pdf"
    came = sent(
        sender, ("file-1", (name, b"%PDF")), ("file-1", ("b", b"two")), title="a\r\nb"
    ).json()

    assert came["who"] == "Hara Kenji"
    assert came["fields"] == {"title": "a\nb"}
    assert came["files"] == [["file-1", name, "%PDF"], ["file-1", "b", "two"]]
    assert not SEEN[-1].exists()


def test_a_file_field_that_was_left_empty_brings_none(sender: Browser) -> None:
    assert sent(sender).json()["files"] == []


@pytest.mark.parametrize(
    ("files", "fields", "status"),
    [([], {"form": "0" * 64}, 403), ([("form", ("a", b"x"))], {"form": ""}, 403)],
)
def test_a_form_without_the_sessions_word_is_refused(
    sender: Browser, files: list[Any], fields: dict[str, str], status: int
) -> None:
    assert sent(sender, *files, **fields).status_code == status


def test_nobody_in_particular_sends_no_files(sender: Browser, others: Any) -> None:
    word = sender.load("/desk").forms["/desk/sign-out"]["form"]
    answer = others().client.post(
        "/desk/what-came", data={"form": word}, files={"f": ("a", b"x")}, headers=PEOPLE
    )
    assert answer.status_code == 401


def test_another_sites_form_is_refused_before_it_is_read(sender: Browser) -> None:
    answer = sender.client.post(
        "/desk/what-came",
        files={"f": ("a", b"x")},
        headers=PEOPLE | {"origin": "https://evil.example"},
    )
    assert answer.status_code == 403


def test_what_is_too_large_or_too_many_is_refused(
    sender: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [("f", (str(n), b"x")) for n in range(uploads.MOST_FILES + 1)]
    assert sent(sender, *many).status_code == 422
    monkeypatch.setattr(uploads, "MOST_BYTES", 10_000)
    assert sent(sender, ("f", ("a", b"x" * 9_000))).status_code == 200
    assert sent(sender, ("f", ("a", b"x" * 10_001))).status_code == 413


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/x-www-form-urlencoded", b"form=1", 415),
        ("multipart/form-data", b"--x\r\n", 422),
        ("multipart/form-data; boundary=x", b"no boundary at all", 422),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\n", 422),
    ],
)
def test_what_no_browser_sends_is_refused_by_name(
    sender: Browser, kind: str, body: bytes, status: int
) -> None:
    answer = sender.client.post(
        "/desk/what-came", content=body, headers=PEOPLE | {"content-type": kind}
    )
    assert answer.status_code == status, answer.text
