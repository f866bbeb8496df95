"""Writing the whole public site below a folder, in every language, with links that hold anywhere.

It is what the service answers, asked in this process from the front page on, link by link; a second
time only what may have changed since is asked.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import anyio

from governance.assembly import documents_of, reading_desk
from governance.clock import Clock, utc_now
from governance.exchange.exported_log import export_logs
from governance.pages.language import LANGUAGES
from governance.pages.templating import render
from governance.settings import Settings
from governance.static_site.addresses import HTML, Address, address_of, file_of, relinked
from governance.static_site.crawl import LOGS, Crawl, is_of_a_log
from governance.static_site.folder import CopyFolder, Written
from governance.static_site.in_process import Answer, in_process
from governance.static_site.program import made_by
from policies.calendar import timestamp
from policies.refusals import FaultError, Refusal

ABOUT = "copy"
"""The page that says of which position the copy is, and when it was made."""
_CONTENT = b'<main id="content">'
_AGAIN = 3


@dataclass(frozen=True)
class Copied:
    """A copy as it was written; `broken` are links to what is not there, with the page of each.

    Of its pages and files, `asked` were made anew; the others stood still since the copy before.
    """

    position: int
    made_at: str
    pages: int
    asked: int
    files: Written
    broken: tuple[tuple[str, str], ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as programs are shown it."""
        return {
            "position": self.position,
            "made_at": self.made_at,
            "pages": self.pages,
            "asked": self.asked,
            "written": self.files.written,
            "unchanged": self.files.unchanged,
            "removed": self.files.removed,
            "kept": self.files.kept,
            "broken": [{"page": page, "link": link} for page, link in self.broken],
        }


def export_site(
    settings: Settings, folder: Path, clock: Clock = utc_now, site: str | None = None
) -> Copied:
    """Write the site; again, only what has changed. Raises `UnreadableError` for the folder.

    `site` is the address at which the copy will be served, for the links of its feeds.
    """
    place, ground = CopyFolder(folder), f"{made_by()} {site}"
    crawl, position = anyio.run(partial(_crawled, settings, clock, place, ground))
    made_at = timestamp(clock())
    files = _write(crawl, place, _about(position, made_at), site)
    with reading_desk(settings, clock) as desk:
        for _found in export_logs(desk.record, desk.committees(), folder / LOGS):
            pass
    return Copied(
        position,
        made_at,
        sum(name.endswith("index.html") for name in files.values()),
        len(crawl.answers),
        place.finish(crawl.pages(), ground),
        tuple(crawl.broken),
    )


async def _crawled(
    settings: Settings, clock: Clock, folder: CopyFolder, ground: str
) -> tuple[Crawl, int]:
    """Return the whole site as it stands at one position; the last try where events keep coming."""
    async with in_process(settings, clock) as site:
        for _ in range(_AGAIN):
            position = await anyio.to_thread.run_sync(lambda: site.opened.position)
            documents = await anyio.to_thread.run_sync(_documents_in, settings)
            crawl = Crawl(site, folder, folder.pages(ground), documents)
            await crawl.run()
            if position == await anyio.to_thread.run_sync(lambda: site.opened.position):
                break
        return crawl, position


def _documents_in(settings: Settings) -> str:
    """Return what stands for the public documents in the store; while it is away, a new thing."""
    try:
        names = sorted(documents_of(settings).names("public"))
    except (Refusal, FaultError):
        return uuid4().hex
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def _write(
    crawl: Crawl, folder: CopyFolder, about: dict[Address, Answer], site: str | None
) -> dict[Address, str]:
    """Write every answer with relative links, keep what stood still, and return all files."""
    files = crawl.files() | {address: str(file_of(address, about[address])) for address in about}
    folder.begin(files.values())

    def found(link: str) -> str | None:
        address = address_of(link)
        if address is None:
            return None
        return _file_of_a_log(address) or files.get(address)

    for page in crawl.kept.values():
        folder.keep(page.file)
    answers = {**{a: _marked(a, answer) for a, answer in crawl.answers.items()}, **about}
    for address, answer in sorted(answers.items(), key=lambda pair: pair[0].asked):
        folder.write(files[address], relinked(answer, files[address], found, site))
    return files


def _about(position: int, made_at: str) -> dict[Address, Answer]:
    """Return what the copy says of itself, in every language."""
    found = {}
    for language in LANGUAGES:
        body = render("copy.html", language, f"/{ABOUT}", position=position, made_at=made_at)
        found[Address(f"{language.prefix}/{ABOUT}")] = Answer(200, HTML, "", body)
    return found


def _marked(address: Address, answer: Answer) -> Answer:
    """Return a page that says that it is part of a copy, with the way to what the copy is of."""
    if answer.media_type != HTML:
        return answer
    language = next(
        found for found in reversed(LANGUAGES) if address.path.startswith(f"{found.prefix}/")
    )
    note = render("copy_note.html", language, f"/{ABOUT}")
    body = answer.body.replace(_CONTENT, _CONTENT + b"\n" + note, 1)
    return Answer(answer.status, answer.media_type, answer.disposition, body)


def _file_of_a_log(address: Address) -> str | None:
    """Return the file of a committee's log, which the log's own export writes."""
    if not is_of_a_log(address):
        return None
    _empty, log, code, *rest = address.path.split("/")
    full = code if "-" in code else f"JP-{code}"
    return "/".join([log, full, *rest])
