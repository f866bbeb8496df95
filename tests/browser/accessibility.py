"""What axe finds on a page against WCAG 2.2 A and AA."""

from __future__ import annotations

from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_AXE = Axe().axe_script
_RUN = "options => axe.run(document, options).then(found => found.violations)"


def require_accessible(page: Page, *schemes: Scheme) -> None:
    """Fail for what axe finds in the themes that are named, else in both; axe is given once."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE)
    options = {"runOnly": list(TAGS), "resultTypes": ["violations"]}
    for scheme in schemes or SCHEMES:
        page.emulate_media(color_scheme=scheme)
        found: list[dict[str, Any]] = page.evaluate(_RUN, options)
        told = [(each["id"], each["nodes"][0]["html"]) for each in found]
        assert not found, (page.url, page.viewport_size, scheme, told)
