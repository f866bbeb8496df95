"""Following pages by their links, as every client of the service does."""

from __future__ import annotations

import re
from typing import Any

from starlette.testclient import TestClient

_NEXT = re.compile(r'<([^>]+)>; rel="next"')
_MOST = 500


def followed(client: TestClient, path: str, asked: dict[str, str]) -> list[list[dict[str, Any]]]:
    """Return every page from the first to the one that links to no other."""
    answer = client.get(path, params=asked)
    pages = []
    for _ in range(_MOST):
        assert answer.status_code == 200, answer.text
        pages.append(answer.json())
        link = next_of(answer.headers.get("link"))
        if link is None:
            return pages
        assert link.startswith("/v1/")
        answer = client.get(link)
    message = f"{path} has more than {_MOST} pages"
    raise AssertionError(message)


def next_of(link: str | None) -> str | None:
    """Return the address of the next page."""
    match = _NEXT.search(link or "")
    return None if match is None else match[1]
