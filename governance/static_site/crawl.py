"""Following the site's links from the front page of each language, asking only what may differ."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping
from http.client import NOT_MODIFIED

import anyio

from governance.pages.language import LANGUAGES
from governance.static_site.addresses import Address, address_of, file_of, links_in
from governance.static_site.folder import CopyFolder, Page
from governance.static_site.in_process import Answer, InProcess

LOGS = "log"
"""Below which the committees' logs lie; their own export writes them."""
_ABREAST = 6
"""Addresses that are asked at once."""
_WITH_DOCUMENTS = re.compile(r"/committees/[A-Z]{2}/(?:inputs|projects)/")


class Crawl:
    """Everything that links lead to: answers, and pages that the copy before this one made.

    A page of the copy is kept where the service says by its tag that it stands still, its file is
    there as it was made, and each of its links leads to the file that it led to. `documents` stands
    for what lies in the store of documents, of which tags say nothing.
    """

    def __init__(
        self, site: InProcess, folder: CopyFolder, known: Mapping[str, Page], documents: str
    ) -> None:
        self._site = site
        self._folder = folder
        self._known = known
        self._documents = documents
        self.answers: dict[Address, Answer] = {}
        self.kept: dict[Address, Page] = {}
        self.broken: list[tuple[str, str]] = []
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
            links, beside = tuple(links_in(answer)), self._beside(address)
            page = Page(answer.tag, files[address], links, answer.lasting, beside)
            known[address.asked] = page
        return known

    async def _reach(self, address: Address, page: str) -> None:
        held = self._held(address)
        if held is not None and held.lasting:
            self._keep(address, held)
            return
        answer = await self._site.get(address.asked, held.tag if held else "")
        if held is not None and answer.status == NOT_MODIFIED:
            self._keep(address, held)
            return
        if answer.status != 200 or file_of(address, answer) is None:
            self.broken.append((page, address.asked))
            return
        self.answers[address] = answer
        self._follow(links_in(answer), address.asked)

    def _keep(self, address: Address, held: Page) -> None:
        self.kept[address] = held
        self._follow(held.links, address.asked)

    def _held(self, address: Address) -> Page | None:
        """Return what the folder holds of an address; null for what has to be made anew."""
        known = self._known.get(address.asked)
        if known is None or address in self._moved or known.beside != self._beside(address):
            return None
        return known if self._folder.holds(known.file) else None

    def _beside(self, address: Address) -> str:
        return self._documents if _WITH_DOCUMENTS.search(address.path) else ""

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
            before = self._known.get(address.asked)
            return files.get(address) != (None if before is None else before.file)

        for address, page in list(self.kept.items()):
            if any(map(moved, page.links)):
                del self.kept[address]
                self._moved.add(address)
                self._waiting.append((address, address.asked))


def is_of_a_log(address: Address) -> bool:
    """Whether an address is one of a committee's log."""
    return address.path.startswith(f"/{LOGS}/")
