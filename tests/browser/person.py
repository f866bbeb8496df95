"""Somebody before a screen: a page, a virtual authenticator, and what the page complained of."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page

from tests.browser.accessibility import Scheme, require_accessible

_AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}

WIDTHS: tuple[tuple[int, Scheme], ...] = ((360, "dark"), (1440, "light"))
"""The narrow comes first: the page stays wide for what is done next."""
_OVER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Person:
    """A person with a browser profile of their own."""

    page: Page
    faults: list[str] = field(default_factory=list)
    """What the page, or its policy, complained of."""

    @classmethod
    def at(cls, context: BrowserContext) -> Person:
        """Open a page, with an authenticator beside it (the browser's own protocol, WebAuthn)."""
        person = cls(context.new_page())
        tools = context.new_cdp_session(person.page)
        tools.send("WebAuthn.enable")
        tools.send("WebAuthn.addVirtualAuthenticator", {"options": _AUTHENTICATOR})
        person.page.on("pageerror", lambda error: person.faults.append(str(error)))
        person.page.on(
            "console",
            lambda said: person.faults.append(said.text) if said.type == "error" else None,
        )
        return person

    @property
    def path(self) -> str:
        """The path of the page that is shown."""
        return urlsplit(self.page.url).path

    @property
    def heading(self) -> str:
        """The page's own title."""
        return self.page.locator("h1").inner_text()

    def go(self, path: str) -> None:
        """Load a page, which must be there."""
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.ok, (path, answer.status, self.page.content()[:2000])

    def press(self, button: str, *, then: str) -> None:
        """Press a button, and wait for the page of that path; `/` at its end: for one below it."""
        end = "" if then.endswith("/") else "(#.*)?$"
        self.page.get_by_role("button", name=button).first.click()
        self.page.wait_for_url(re.compile(rf"^http://localhost:[0-9]+{re.escape(then)}{end}"))

    def fetched(self, link: str, to: Path) -> Path:
        """Save the file that a link gives."""
        with self.page.expect_download() as download:
            self.page.get_by_role("link", name=link).click()
        download.value.save_as(to)
        return to

    def require_accessible(self, *schemes: Scheme) -> None:
        """Fail for what axe finds against WCAG 2.2 A and AA, in the themes named, else in both."""
        require_accessible(self.page, *schemes)

    def require_fitting(self) -> None:
        """Fail for what does not fit a telephone in the dark, or a wide screen in the light."""
        for width, scheme in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            self.require_accessible(scheme)
            over = self.page.evaluate(_OVER)
            assert over <= 0, f"{self.path} is {over} px wider than {width}"
