"""Every public page in a real browser: for everybody, at every width, by keyboard, unscripted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from governance.pages.language import LANGUAGES
from governance.settings import Settings
from tests.browser.accessibility import Scheme, require_accessible
from tests.browser.conftest import PATIENCE
from tests.browser.keyboard import tab_to
from tests.governance.terminal import Terminal
from tests.http.served import Served, served
from tests.pages.addresses import EVERY_PAGE, OPEN_CASE
from tests.pages.published import publish

WIDE, NARROW, HEIGHT = 1440, 360, 900
MOST = 150_000
"""Bytes of what the front page leads a stranger to."""
SCREENS: dict[str, tuple[tuple[int, Scheme], ...]] = {
    "": ((WIDE, "light"), (NARROW, "dark")),
    "/ja": ((WIDE, "dark"), (NARROW, "light")),
}
"""Each width in each theme, in one language or another: pages differ between these in words."""
_SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_NAVIGATION = ":is(nav, form, search, body > footer):visible"
_FOCUSABLE = (
    ":is(a[href], button, select, textarea, [tabindex='0'],"
    " input:not([type=hidden], [tabindex='-1'])):visible"
)
_FOCUSED = """() => {
  const at = document.activeElement;
  if (at === document.body) return null;
  const box = at.getBoundingClientRect(), style = getComputedStyle(at);
  return {
    what: at.outerHTML.slice(0, 200),
    seen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
  };
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve the demonstration's record, with a case that is open for inputs since yesterday."""
    folder = tmp_path_factory.mktemp("public")
    settings = Settings(folder / "home", folder / "home" / "keys")
    Terminal.at(settings).run("demo", "--home", settings.home)
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date()
    place = publish(settings, folder, yesterday.isoformat())
    assert OPEN_CASE.endswith(f"/{place}")
    with served(settings, folder / "served", "--no-push", "--sweep", "0") as service:
        yield service


@pytest.fixture(scope="module")
def contexts(chromium: Browser, site: Served) -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def _context(chromium: Browser, site: Served, stack: ExitStack, *, scripts: bool) -> BrowserContext:
    context = chromium.new_context(base_url=site.address, java_script_enabled=scripts)
    stack.callback(context.close)
    context.set_default_timeout(PATIENCE)
    return context


@pytest.fixture(scope="module")
def page(chromium: Browser, site: Served, contexts: ExitStack) -> Page:
    """Return a page of a browser as most people have it."""
    return _context(chromium, site, contexts, scripts=True).new_page()


@pytest.fixture(scope="module")
def bare(chromium: Browser, site: Served, contexts: ExitStack) -> Page:
    """Return a page of a browser that runs no scripts."""
    return _context(chromium, site, contexts, scripts=False).new_page()


@pytest.fixture
def complaints(page: Page) -> Iterator[list[str]]:
    """Return what the page, its policy or its console complains of while a test lasts."""
    found: list[str] = []
    listening = {
        "console": lambda said: found.append(said.text) if said.type != "log" else None,
        "pageerror": lambda error: found.append(str(error)),
        "requestfailed": lambda request: found.append(request.url),
    }
    for event, listener in listening.items():
        page.on(event, listener)  # type: ignore[call-overload]
    yield found
    for event, listener in listening.items():
        page.remove_listener(event, listener)


@pytest.mark.parametrize("prefix", SCREENS)
@pytest.mark.parametrize("address", EVERY_PAGE)
def test_everybody_can_read_it_on_every_screen(
    page: Page, bare: Page, complaints: list[str], address: str, prefix: str
) -> None:
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": WIDE, "height": HEIGHT})
    go(page, f"{prefix}{address}")
    said = content(page)
    for width, scheme in SCREENS[prefix]:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        require_accessible(page, scheme)
        assert page.evaluate(_SIDEWAYS) <= 0, f"{width} px wide, it runs out at the right"
    page.emulate_media(media="print")
    assert page.locator(_NAVIGATION).count() == 0
    assert page.locator("main").is_visible()
    assert complaints == []

    go(bare, f"{prefix}{address}")
    assert content(bare) == said


def test_every_language_is_looked_at() -> None:
    assert {language.prefix for language in LANGUAGES} == SCREENS.keys()


def test_a_page_that_a_browser_holds_is_shown_again_with_its_styles(
    page: Page, complaints: list[str]
) -> None:
    go(page, "/verify")
    styled = page.evaluate("getComputedStyle(document.querySelector('.brand a')).display")
    go(page, "/verify")

    assert page.evaluate("getComputedStyle(document.querySelector('.brand a')).display") == styled
    assert styled == "inline-flex"
    assert complaints == []


@pytest.mark.parametrize("address", ["/", "/decisions?status=signed", OPEN_CASE])
def test_by_keyboard_everything_is_reached_in_order_and_seen(page: Page, address: str) -> None:
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": WIDE, "height": HEIGHT})
    go(page, address)
    every = page.locator(_FOCUSABLE).evaluate_all("all => all.map(e => e.outerHTML.slice(0, 200))")
    assert len(every) > 10

    reached: list[str] = []
    for _ in range(2 * len(every)):  # a date takes three steps
        page.keyboard.press("Tab")
        focused = page.evaluate(_FOCUSED)
        if focused is None:
            break
        assert focused["seen"], f"focused, but out of sight: {focused['what']}"
        assert focused["ring"], f"nothing shows that this is focused: {focused['what']}"
        if reached[-1:] != [focused["what"]]:
            reached.append(focused["what"])

    assert reached == every, "in the order of the page, and nobody is held back"


def test_who_uses_the_keyboard_skips_what_every_page_begins_with(page: Page) -> None:
    go(page, "/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"

    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_by_keyboard_the_log_is_filtered(page: Page) -> None:
    go(page, "/decisions")
    every = found_in(page)

    tab_to(page, "main [name=q]")
    page.keyboard.type("solar")
    tab_to(page, "main [name=status]")
    page.keyboard.press("s")  # the first choice that begins so
    tab_to(page, "main search button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/decisions?*")

    asked = urlsplit(page.url).query
    assert "q=solar" in asked
    assert "status=signed" in asked
    assert 0 < found_in(page) < every
    assert page.locator("main .historical-row").count() == 0


def test_by_keyboard_an_input_is_written_and_sent(page: Page) -> None:
    go(page, OPEN_CASE)
    tab_to(page, "#author")
    page.keyboard.type("Ulaanbaatar Forum")
    tab_to(page, "#text")
    page.keyboard.type("Count the pumps.")
    tab_to(page, "[name=unpublished]")
    page.keyboard.press("Space")
    tab_to(page, "form.letter button")
    page.keyboard.press("Enter")

    page.get_by_role("heading", name="Your input is recorded").wait_for()
    assert "Count the pumps." in page.locator("main").inner_text()
    assert "never; the committee" in page.locator("main").inner_text()
    require_accessible(page)


def test_without_scripts_the_log_is_filtered_and_an_input_sent(bare: Page) -> None:
    go(bare, "/ja/decisions")
    bare.locator("main [name=q]").fill("solar")
    bare.locator("main search button").click()
    bare.wait_for_url("**/ja/decisions?*")
    assert found_in(bare) > 0

    go(bare, OPEN_CASE)
    bare.locator("#author").fill("Darkhan Forum")
    bare.locator("#text").fill("And the schools.")
    bare.locator("form.letter button").click()

    bare.get_by_role("heading", name="Your input is recorded").wait_for()
    assert "And the schools." in bare.locator("main").inner_text()


def test_each_link_of_the_front_page_answers_a_stranger_at_once_and_is_light(
    site: Served, page: Page
) -> None:
    go(page, "/")
    shown = page.locator("a:visible").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    links = {link.partition("#")[0] for link in shown} - {""}

    assert len(links) >= 5
    for link in links:
        answer = site.client.get(link, headers={"accept": "text/html,*/*"})
        assert answer.status_code == 200, (link, answer.status_code)
        assert len(answer.content) <= MOST, (link, len(answer.content))


def go(page: Page, path: str) -> None:
    """Load a page, which must answer at that very address."""
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 200, (path, page.content()[:2000])
    assert answer.request.redirected_from is None


def content(page: Page) -> str:
    """Return what a page says, but for the clock."""
    return re.sub(r"\d\d:\d\d UTC", "", page.locator("main").inner_text())


def found_in(page: Page) -> int:
    """Return how many decisions a log's page shows."""
    return page.locator("main tbody tr").count()
