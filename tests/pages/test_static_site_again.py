"""An exported site that is written again: what stood still is kept, and nothing is out of date."""

from __future__ import annotations

import io
import json
import re
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import anyio
import pytest

from governance.assembly import documents_of, engine
from governance.demo.stage import ToldClock
from governance.exchange.decisions_csv import COLUMNS
from governance.pages.language import LANGUAGES
from governance.settings import Settings
from governance.static_site import in_process, stamps
from governance.static_site.addresses import Address
from governance.static_site.crawl import Crawl
from governance.static_site.export import Copied, export_site
from governance.static_site.folder import LISTING, CopyFolder
from governance.static_site.in_process import Answer, InProcess
from governance.static_site.stamps import Stamps
from policies.proof.canonical import digest

NOW = datetime(2026, 6, 1, 2, tzinfo=UTC)
OF_NOW = len(LANGUAGES)
"""The page on the status, in each language, is made anew each time."""


class Site:
    """A home with the past of two committees, and the folder of its exported site."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(folder / "home", folder / "home" / "keys")
        self.folder = folder / "site"
        self.clock = ToldClock(NOW)
        self.decide("KH", "2020-01-01")
        self.decide("PW", "2021-01-01")

    def decide(self, partner: str, day: str) -> None:
        """Import a decision of the past."""
        row = f"{partner},{day},electronic,project_registration,{partner}001,Panels,registered"
        text = f"{','.join(COLUMNS)}\n{row},,,,,https://record.example/,high\n"
        with engine(self.settings, self.clock) as made:
            report = made.history.import_decisions(text.encode(), "rows.csv", dry_run=False)
        assert not report.refused, report

    def export(self, site: str | None = None, to: Path | None = None) -> Copied:
        return export_site(self.settings, to or self.folder, self.clock, site)

    def pages(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / LISTING).read_bytes())["pages"]
        return found

    def require_as_new(self, tmp_path: Path) -> None:
        """Require that the folder holds what an export into an empty one writes."""
        fresh = tmp_path / "fresh"
        self.export(to=fresh)
        old, new = (
            {p.relative_to(f): p for f in (folder,) for p in f.rglob("*") if p.is_file()}
            for folder in (self.folder, fresh)
        )
        assert old.keys() == new.keys()
        for name, path in new.items():
            if name.name != LISTING:
                assert old[name].read_bytes() == path.read_bytes(), name


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path)
    made.export()
    return made


def test_while_everything_stands_still_nothing_is_made_anew(site: Site) -> None:
    again = site.export()

    assert again.asked == OF_NOW
    assert again.files.written == 0
    assert again.pages > 30


def test_a_decision_makes_its_committees_pages_anew_and_no_others(
    site: Site, tmp_path: Path
) -> None:
    others = [
        address for address in site.pages() if re.search(r"/(committees/|decisions/JP-)PW", address)
    ]
    assert len(others) > 20
    site.decide("KH", "2022-02-02")

    again = site.export()

    assert again.asked == len(site.pages()) - len(others)
    assert (site.folder / "decisions/JP-KH/H/2022-02-02/electronic/index.html").is_file()
    site.require_as_new(tmp_path)


def test_the_next_day_what_tells_of_today_is_made_anew(site: Site) -> None:
    site.clock.now += timedelta(days=1)

    again = site.export()

    today = [a for a in site.pages() if re.search(r"/committees/[A-Z]{2}(/inputs|/charts)?$", a)]
    elsewhere = [
        a for a in site.pages() if not re.search(r"/(committees/|decisions/JP-)[A-Z]{2}", a)
    ]
    assert again.asked == len(today) + len(elsewhere)


def test_with_another_program_or_other_styles_everything_is_made_anew(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamps, "_made_by", lambda: "other styles")

    again = site.export()

    assert again.asked == len(site.pages())


def test_what_the_program_is_made_of_is_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    read = set[str]()
    below = stamps._below

    def seen(*place: Any) -> Any:
        for name, data in below(*place):
            read.add(name)
            yield name, data

    monkeypatch.setattr(stamps, "_below", seen)
    stamps._made_by.__wrapped__()

    for name in (
        "pages/static/site.css",
        "pages/texts/ja.po",
        "pages/log.py",
        "pages/templates/log.html",
    ):
        assert f"governance/{name}" in read
    assert "policies/rulebooks/mn.toml" in read


def test_a_file_that_somebody_changed_is_made_anew(site: Site, tmp_path: Path) -> None:
    page = site.folder / "committees/PW/projects/index.html"
    page.write_text("mine")

    again = site.export()

    assert again.asked == OF_NOW + 1
    site.require_as_new(tmp_path)


def test_feeds_name_the_address_of_the_copy_else_what_lies_beside_them(site: Site) -> None:
    feed = site.folder / "committees/KH/decisions.atom"
    entry = "decisions/JP-KH/H/2020-01-01/electronic/index.html"
    relative = feed.read_text()
    assert 'rel="self" type="application/atom+xml" href="decisions.atom"' in relative
    assert f'href="../../{entry}"' in relative
    assert "localhost" not in relative

    site.export("https://record.example/jcm")

    absolute = feed.read_text()
    assert 'href="https://record.example/jcm/committees/KH/decisions.atom"' in absolute
    assert f'href="https://record.example/jcm/{entry}"' in absolute
    page = (site.folder / "committees/KH/index.html").read_text()
    assert "record.example" not in page


def test_while_views_are_behind_nothing_is_taken_for_unchanged(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamps, "_reached", lambda opened: False)
    every = len(site.pages())

    assert site.export().asked == every
    assert site.export().asked == every


def test_a_page_whose_link_leads_elsewhere_now_is_made_anew(tmp_path: Path) -> None:
    """What a link leads to has another file, so whoever links to it is written again."""
    (tmp_path / "index.html").write_text("old")
    before = {
        "/": {"stamp": "still", "file": "index.html", "links": ["/b"]},
        "/b": {"stamp": "before", "file": "b/index.html", "links": []},
    }
    listing = {"made": {"index.html": digest(b"old")}, "pages": before}
    (tmp_path / LISTING).write_text(json.dumps(listing))
    asked: list[str] = []

    class Answers:
        async def get(self, address: str) -> Answer:
            asked.append(address)
            if address == "/":
                return Answer(200, "text/html", "", b'<a href="/b">b</a>')
            if address == "/b":
                return Answer(200, "text/plain", "", b"b")
            return Answer(404, "text/html", "", b"")

    class Standing:
        def of(self, address: Address) -> str | None:
            return "still" if address.path == "/" else "now"

    crawl = Crawl(cast("InProcess", Answers()), cast("Stamps", Standing()), CopyFolder(tmp_path))
    anyio.run(crawl.run)

    assert asked.count("/") == 1
    assert crawl.kept == {}
    assert crawl.files()[Address("/b")] == "b"


def test_types_are_made_ready_before_threads_read_into_them(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else two threads that read into one at once end the process (see `struct_types`)."""
    running: list[int] = []
    monkeypatch.setattr(in_process, "make_ready", lambda: running.append(threading.active_count()))
    before = threading.active_count()

    site.export()

    assert running == [before]


def test_a_document_that_came_into_the_store_makes_anew_what_shows_documents(site: Site) -> None:
    documents_of(site.settings).put(io.BytesIO(b"%PDF-"), "public")

    again = site.export()

    showing = [address for address in site.pages() if re.search("/(inputs|projects)/", address)]
    assert len(showing) > OF_NOW
    assert again.asked == OF_NOW + len(showing)
