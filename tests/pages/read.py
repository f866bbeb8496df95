"""Pages as a person with a browser gets them, and what stands on them."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from xml.etree import ElementTree

from starlette.testclient import TestClient

BROWSER = {"accept": "text/html,application/xhtml+xml"}
_INLINE = re.compile(r"</?(?:a|abbr|code|small|span|strong|time)\b[^>]*>")
HEAVIEST = 100_000
"""Bytes that a public page may have together with its styles."""


def page(reader: TestClient, path: str, answered: int = 200, **query: Any) -> str:
    """Return a page that answers at once, without a redirect, and is light enough."""
    answer = reader.get(path, params=query, headers=BROWSER, follow_redirects=False)
    assert answer.status_code == answered, answer.text[:500]
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    loaded = re.findall(
        r'<(?:link rel="stylesheet"|script)[^>]* (?:href|src)="([^"]+)"', answer.text
    )
    weight = len(answer.content) + sum(len(reader.get(address).content) for address in loaded)
    assert loaded
    assert weight < HEAVIEST
    return answer.text


def text_of(html: str) -> str:
    """Return what a reader sees of a page, blanks made one."""
    apart = re.sub(r"<[^>]+>", " ", _INLINE.sub("", html))
    return " ".join(unescape(apart).split())


def links(html: str, below: str) -> list[str]:
    """Return the addresses of a page that begin so, in their order, each once."""
    found = (unescape(address) for address in re.findall(r'href="([^"]+)"', html))
    return list(dict.fromkeys(address for address in found if address.startswith(below)))


def feed_of(reader: TestClient, path: str, **query: Any) -> ElementTree.Element:
    """Return an Atom feed, which must be well-formed XML."""
    answer = reader.get(path, params=query)
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(answer.content)  # noqa: S314 - our own
