"""What a page weighs with its styles, as a browser that was never here loads it."""

from __future__ import annotations

import re

from httpx2 import Response
from starlette.testclient import TestClient

PEOPLE = {"accept": "text/html,application/xhtml+xml"}
MOST = 100_000
"""Bytes of a public page with its styles."""


def weight(client: TestClient, page: Response) -> int:
    """Return the bytes of a page and of everything of ours that it loads."""
    loads = re.findall(r'(?:<link rel="(?:stylesheet|icon)"[^>]*href|src)="([^"]+)"', page.text)
    assert any(address.endswith(".css") for address in loads)
    return len(page.content) + sum(len(client.get(address).content) for address in set(loads))


def require_light(client: TestClient, page: Response) -> None:
    """Require that a page with its styles stays below what a public page may weigh."""
    found = weight(client, page)
    assert found < MOST, f"{page.url}: {found} bytes"
