"""Writing the whole public site below a folder, in every language, with links that hold anywhere.

It is what the service answers, asked in this process from the front page on, link by link.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import anyio

from governance.assembly import reading_desk
from governance.clock import Clock, utc_now
from governance.exchange.exported_log import export_logs
from governance.pages.language import LANGUAGES
from governance.pages.templating import render
from governance.settings import Settings
from governance.static_site.addresses import (
    HTML,
    Address,
    address_of,
    file_of,
    links_in,
    relinked,
)
from governance.static_site.folder import CopyFolder, Written
from governance.static_site.in_process import Answer, InProcess, in_process
from policies.calendar import timestamp

ABOUT = "copy"
"""The page that says of which position the copy is, and when it was made."""
_CONTENT = b'<main id="content">'
_ABREAST = 6
"""Addresses that are asked at once."""
_AGAIN = 3
_LOGS = "log"


@dataclass(frozen=True)
class Copied:
    """A copy as it was written; `broken` are links to what is not there, with the page of each."""

    position: int
    made_at: str
    pages: int
    files: Written
    broken: tuple[tuple[str, str], ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as programs are shown it."""
        return {
            "position": self.position,
            "made_at": self.made_at,
            "pages": self.pages,
            "written": self.files.written,
            "unchanged": self.files.unchanged,
            "removed": self.files.removed,
            "kept": self.files.kept,
            "broken": [{"page": page, "link": link} for page, link in self.broken],
        }


def export_site(settings: Settings, folder: Path, clock: Clock = utc_now) -> Copied:
    """Write the site; again, only what has changed. Raises `UnreadableError` for the folder."""
    place = CopyFolder(folder)
    crawl, position = anyio.run(partial(_crawled, settings, clock))
    made_at = timestamp(clock())
    crawl.write(place, position, made_at)
    with reading_desk(settings, clock) as desk:
        for _found in export_logs(desk.record, desk.committees(), folder / _LOGS):
            pass
    pages = sum(answer.media_type == HTML for answer in crawl.answers.values())
    return Copied(position, made_at, pages, place.finish(), tuple(crawl.broken))


async def _crawled(settings: Settings, clock: Clock) -> tuple[_Crawl, int]:
    """Return the whole site as it stands at one position; the last try where events keep coming."""
    async with in_process(settings, clock) as site:
        for _ in range(_AGAIN):
            crawl = _Crawl(site)
            position = await crawl.run()
            if position == await anyio.to_thread.run_sync(lambda: site.opened.position):
                break
        return crawl, position


class _Crawl:
    """Everything that links lead to from the front page of each language."""

    def __init__(self, site: InProcess) -> None:
        self._site = site
        self.answers: dict[Address, Answer] = {}
        self.broken: list[tuple[str, str]] = []
        self._asked: set[Address] = set()
        self._waiting: deque[tuple[Address, str]] = deque()

    async def run(self) -> int:
        """Ask until no link is left, and return the position at which that began."""
        position = await anyio.to_thread.run_sync(lambda: self._site.opened.position)
        for language in LANGUAGES:
            self._follow(f"{language.prefix}/", "")
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(_ABREAST, len(self._waiting)))]
            async with anyio.create_task_group() as tasks:
                for address, page in batch:
                    tasks.start_soon(self._ask, address, page)
        return position

    async def _ask(self, address: Address, page: str) -> None:
        answer = await self._site.get(address.asked)
        if answer.status != 200 or file_of(address, answer) is None:
            self.broken.append((page, address.asked))
            return
        self.answers[address] = answer
        for link in links_in(answer):
            self._follow(link, address.asked)

    def _follow(self, link: str, page: str) -> None:
        address = address_of(link)
        if address is not None and address not in self._asked and not _is_of_a_log(address):
            self._asked.add(address)
            self._waiting.append((address, page))

    def write(self, folder: CopyFolder, position: int, made_at: str) -> None:
        """Write every answer with relative links, and what the copy says of itself."""
        files = {address: file_of(address, answer) for address, answer in self.answers.items()}
        for language in LANGUAGES:
            path = f"{language.prefix}/{ABOUT}"
            body = render("copy.html", language, f"/{ABOUT}", position=position, made_at=made_at)
            about = Address(path)
            self.answers[about] = Answer(200, HTML, "", body)
            files[about] = file_of(about, self.answers[about])

        folder.begin([name for name in files.values() if name is not None])

        def found(link: str) -> str | None:
            address = address_of(link)
            if address is None:
                return None
            return _file_of_a_log(address) or files.get(address)

        for address, answer in sorted(self.answers.items(), key=lambda pair: pair[0].asked):
            name = files[address]
            if name is not None:
                marked = _marked(address, answer)
                folder.write(name, relinked(marked, name, found))


def _marked(address: Address, answer: Answer) -> Answer:
    """Return a page that says that it is part of a copy, with the way to what the copy is of."""
    if answer.media_type != HTML or address.path.endswith(f"/{ABOUT}"):
        return answer
    language = next(
        found for found in reversed(LANGUAGES) if address.path.startswith(f"{found.prefix}/")
    )
    note = render("copy_note.html", language, f"/{ABOUT}")
    body = answer.body.replace(_CONTENT, _CONTENT + b"\n" + note, 1)
    return Answer(answer.status, answer.media_type, answer.disposition, body)


def _is_of_a_log(address: Address) -> bool:
    return address.path.startswith(f"/{_LOGS}/")


def _file_of_a_log(address: Address) -> str | None:
    """Return the file of a committee's log, which the log's own export writes."""
    if not _is_of_a_log(address):
        return None
    _empty, log, code, *rest = address.path.split("/")
    full = code if "-" in code else f"JP-{code}"
    return "/".join([log, full, *rest])
