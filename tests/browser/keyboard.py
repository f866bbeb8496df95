"""Going through a page with the keys of the keyboard and nothing else."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page


def tab_to(page: Page, selector: str) -> None:
    """Press the tab key until an element is focused."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"{selector} is not reached by the keyboard")
