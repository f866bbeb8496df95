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
from governance.static_site import export, in_process, program
from governance.static_site.addresses import Address
from governance.static_site.crawl import Crawl
from governance.static_site.export import Copied, export_site
from governance.static_site.folder import LISTING, CopyFolder
from governance.static_site.in_process import Answer, InProcess
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
    others = re.compile("/(committees/|decisions/JP-)PW")
    untouched = [address for address in site.pages() if others.search(address)]
    assert len(untouched) > 20
    site.decide("KH", "2022-02-02")

    again = site.export()

    assert OF_NOW < again.asked <= len(site.pages()) - len(untouched)
    assert (site.folder / "decisions/JP-KH/H/2022-02-02/electronic/index.html").is_file()
    site.require_as_new(tmp_path)


def test_the_next_day_what_tells_of_today_is_made_anew(site: Site, tmp_path: Path) -> None:
    site.clock.now += timedelta(days=1)

    again = site.export()

    committees = [a for a in site.pages() if re.fullmatch("(/ja)?/committees/[A-Z]{2}", a)]
    assert len(committees) == 2 * OF_NOW
    assert OF_NOW + len(committees) <= again.asked < len(site.pages()) / 2
    site.require_as_new(tmp_path)


def test_another_program_or_other_styles_make_everything_anew(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "made_by", lambda: "other styles")

    assert site.export().asked == len(site.pages())


def test_the_program_is_all_that_answers_are_made_by() -> None:
    read = {name for name, _data in program.files_of("governance")}

    pages = ("static/site.css", "texts/ja.po", "log.py", "templates/log.html")
    assert read > {f"governance/pages/{name}" for name in pages}
    assert not any("__pycache__" in name for name in read)
    assert "policies/rulebooks/mn.toml" in dict(program.files_of("policies"))


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


def test_a_page_whose_link_leads_elsewhere_now_is_made_anew(tmp_path: Path) -> None:
    """What a link leads to has another file, so whoever links to it is written again."""
    (tmp_path / "index.html").write_text("old")
    pages = {
        "/": {"tag": "still", "file": "index.html", "links": ["/b"]},
        "/b": {"tag": "before", "file": "b/index.html", "links": []},
    }
    listing = {"made": {"index.html": digest(b"old")}, "pages": pages, "ground": "this"}
    (tmp_path / LISTING).write_text(json.dumps(listing))
    asked: list[tuple[str, str]] = []

    class Answers:
        async def get(self, address: str, held: str = "") -> Answer:
            asked.append((address, held))
            if address == "/":
                body = b'<a href="/b">b</a>'
                return Answer(304 if held == "still" else 200, "text/html", "", body, "still")
            return Answer(200 if address == "/b" else 404, "text/plain", "", b"b", "now")

    folder = CopyFolder(tmp_path)
    assert folder.pages("another") == {}
    crawl = Crawl(cast("InProcess", Answers()), folder, folder.pages("this"), "")
    anyio.run(crawl.run)

    assert [held for address, held in asked if address == "/"] == ["still", ""]
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
