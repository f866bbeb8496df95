"""From the addresses of the site to files that link each other, wherever their folder lies."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote

from governance.pages.language import LANGUAGES
from governance.static_site.in_process import Answer

HTML = "text/html"
ATOM = "application/atom+xml"
LINKED = frozenset({HTML, ATOM})
"""The media types in which addresses stand as attributes."""
_ENDINGS = {
    "application/json": ".json",
    "application/problem+json": ".json",
    "text/csv": ".csv",
    ATOM: ".atom",
    "text/plain": "",
}
_ATTRIBUTE = re.compile(r'\b(href|src)="(/[^"]*)"')
_FORM = re.compile(r"<form\b.*?</form>\s*", re.DOTALL)
_LINK = re.compile(r"<link\b[^>]*>\s*")


@dataclass(frozen=True, slots=True)
class Address:
    """An address of the site: its path as it is quoted, and which page of a list it names."""

    path: str
    page: int = 1

    @property
    def asked(self) -> str:
        """The address as it is asked for."""
        return self.path if self.page == 1 else f"{self.path}?page={self.page}"


def address_of(link: str) -> Address | None:
    """Return the address that a link of the site leads to; null for what no copy can hold.

    A copy answers no questions but for the next pages of a list, and has no desk.
    """
    path, _, query = link.partition("#")[0].partition("?")
    if path.startswith("//") or _of_the_service(path):
        return None
    asked = parse_qsl(query, keep_blank_values=True)
    if not asked:
        return Address(path)
    name, value = asked[0]
    if len(asked) > 1 or name != "page" or not value.isdigit():
        return None
    return Address(path, int(value))


def file_of(address: Address, answer: Answer) -> str | None:
    """Return the name of the file that holds an answer, relative to the copy's folder.

    Null for a path from which no file's name can be made.
    """
    parts = [unquote(part) for part in address.path.strip("/").split("/") if part]
    if any(part in (".", "..") or "/" in part or "\0" in part or "\\" in part for part in parts):
        return None
    if answer.media_type == HTML:
        page = [] if address.page == 1 else [f"page-{address.page}"]
        return "/".join([*parts, *page, "index.html"])
    name = "/".join(parts)
    if address.page > 1:
        base, dot, ending = name.rpartition(".")
        name = f"{base}-page-{address.page}.{ending}" if dot else f"{name}-page-{address.page}"
    named = re.search(r'filename="([^"/\\]+)"', answer.disposition)
    ending = posixpath.splitext(parts[-1])[1]
    if ending:
        return name
    if named is not None and answer.media_type != "application/octet-stream":
        return f"{name}-{named[1]}"
    if named is not None:
        return f"{name}{posixpath.splitext(named[1])[1]}"
    return name + _ENDINGS.get(answer.media_type, "")


def links_in(answer: Answer) -> list[str]:
    """Return the links of a page, or of a feed, to the site itself, each once."""
    if answer.media_type not in LINKED:
        return []
    text = _FORM.sub("", answer.body.decode("utf-8"))
    return list(dict.fromkeys(html.unescape(link) for _name, link in _ATTRIBUTE.findall(text)))


def relinked(
    answer: Answer, file: str, found: Callable[[str], str | None], site: str | None = None
) -> bytes:
    """Return a page, or a feed, with relative links; `found` names the file of a link.

    A link to nothing of the copy loses its address and keeps its words; forms are left out. Feeds
    are read far from where they lay: their links begin with the copy's own address, `site`, if it
    is known (RFC 4287, 4.2.7.1, lets them be relative).
    """
    if answer.media_type not in LINKED:
        return answer.body
    text = answer.body.decode("utf-8")

    def attribute(match: re.Match[str]) -> str:
        name, link = match[1], html.unescape(match[2])
        target = found(link)
        if target is None:
            return ""
        fragment = link.partition("#")[2]
        if site is not None and answer.media_type == ATOM:
            place = f"{site}/{quoted(target)}"
        else:
            place = relative_to(file, target)
        return f'{name}="{html.escape(place + (f"#{fragment}" if fragment else ""))}"'

    def of_link(match: re.Match[str]) -> str:
        made = _ATTRIBUTE.sub(attribute, match[0])
        return made if "href=" in made else ""

    if answer.media_type == HTML:
        text = _FORM.sub("", text)
    text = _LINK.sub(of_link, text)
    return _ATTRIBUTE.sub(attribute, text).encode("utf-8")


def relative_to(file: str, target: str) -> str:
    """Return the relative address of one file of the copy in another."""
    return quoted(posixpath.relpath(target, posixpath.dirname(file) or "."))


def quoted(file: str) -> str:
    """Return a file's name as it stands in an address."""
    return quote(file, safe="/.,-_~()+@")


def without_language(path: str) -> str:
    """Return a path as it is in English."""
    for language in LANGUAGES:
        if language.prefix and f"{path}/".startswith(f"{language.prefix}/"):
            return path.removeprefix(language.prefix) or "/"
    return path


def _of_the_service(path: str) -> bool:
    """Whether only the service itself can answer there."""
    first = without_language(path)
    return any(
        first == place or first.startswith(f"{place}/")
        for place in ("/desk", "/healthz", "/metrics", "/v1/feed")
    )
