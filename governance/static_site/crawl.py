"""Following the site's links from the front page of each language, asking only what may differ."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

import anyio

from governance.pages.language import LANGUAGES
from governance.static_site.addresses import Address, address_of, file_of, links_in
from governance.static_site.folder import CopyFolder, Page
from governance.static_site.in_process import Answer, InProcess
from governance.static_site.stamps import Stamps

LOGS = "log"
"""Below which the committees' logs lie; their own export writes them."""
_ABREAST = 6
"""Addresses that are asked at once."""
_ANEW = ""
"""The stamp of what is made anew each time: no ground has it."""


class Crawl:
    """Everything that links lead to: answers, and pages that the copy before this one made.

    A page is kept where its ground stands still, its file is there as it was made, and each of its
    links leads to the file that it led to.
    """

    def __init__(self, site: InProcess, stamps: Stamps, folder: CopyFolder) -> None:
        self._site = site
        self._stamps = stamps
        self._folder = folder
        self.answers: dict[Address, Answer] = {}
        self.kept: dict[Address, Page] = {}
        self.broken: list[tuple[str, str]] = []
        self._stamped: dict[Address, str | None] = {}
        self._followed: set[Address] = set()
        self._moved: set[Address] = set()
        self._waiting: deque[tuple[Address, str]] = deque()

    async def run(self) -> None:
        """Ask until no link is left, and nothing that is kept leads where it did not lead."""
        for language in LANGUAGES:
            self._follow([f"{language.prefix}/"], "")
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(_ABREAST, len(self._waiting)))]
            async with anyio.create_task_group() as tasks:
                for address, page in batch:
                    tasks.start_soon(self._reach, address, page)
            if not self._waiting:
                self._ask_again_where_links_moved()

    def files(self) -> dict[Address, str]:
        """Return the file of everything that was found."""
        found = {address: page.file for address, page in self.kept.items()}
        for address, answer in self.answers.items():
            name = file_of(address, answer)
            if name is not None:
                found[address] = name
        return found

    def pages(self) -> dict[str, Page]:
        """Return what the next copy has to know of this one."""
        files = self.files()
        known = {address.asked: page for address, page in self.kept.items()}
        for address, answer in self.answers.items():
            stamp = self._stamped[address] or _ANEW
            known[address.asked] = Page(stamp, files[address], tuple(links_in(answer)))
        return known

    async def _reach(self, address: Address, page: str) -> None:
        stamp = await anyio.to_thread.run_sync(self._stamps.of, address)
        known = self._folder.pages.get(address.asked)
        if known is not None and stamp == known.stamp and self._may_stay(address, known):
            self.kept[address] = known
            self._follow(known.links, address.asked)
            return
        answer = await self._site.get(address.asked)
        if answer.status != 200 or file_of(address, answer) is None:
            self.broken.append((page, address.asked))
            return
        self.answers[address] = answer
        self._stamped[address] = stamp
        self._follow(links_in(answer), address.asked)

    def _may_stay(self, address: Address, known: Page) -> bool:
        return address not in self._moved and self._folder.holds(known.file)

    def _follow(self, links: Iterable[str], page: str) -> None:
        for link in links:
            address = address_of(link)
            if address is None or address in self._followed or is_of_a_log(address):
                continue
            self._followed.add(address)
            self._waiting.append((address, page))

    def _ask_again_where_links_moved(self) -> None:
        """Wait for each kept page anew of which a link leads to another file, or none, now."""
        files = self.files()

        def moved(link: str) -> bool:
            address = address_of(link)
            if address is None or is_of_a_log(address):
                return False
            before = self._folder.pages.get(address.asked)
            return files.get(address) != (None if before is None else before.file)

        for address, page in list(self.kept.items()):
            if any(map(moved, page.links)):
                del self.kept[address]
                self._moved.add(address)
                self._waiting.append((address, address.asked))


def is_of_a_log(address: Address) -> bool:
    """Whether an address is one of a committee's log."""
    return address.path.startswith(f"/{LOGS}/")
