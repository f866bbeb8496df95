"""The exported site is whole: every link of it leads to a file of it, wherever the folder lies."""

from __future__ import annotations

import json
import re
import shutil
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest

from governance.settings import Settings
from governance.static_site.addresses import Address, address_of, file_of, relinked
from governance.static_site.folder import LISTING, CopyFolder
from governance.static_site.in_process import Answer
from policies.proof.canonical import digest
from policies.refusals import UnreadableError
from tests.governance.terminal import Terminal
from tests.places import Places

ELSEWHERE = re.compile(r"(https?|mailto|urn):")


pytestmark = pytest.mark.one_engine
"""Export from one engine: what is written is what pages answer, which is tested on both."""


@pytest.fixture(scope="module")
def copied(
    told_once: Settings, places: Places, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Terminal, Path]:
    """Return a terminal over a copy of the demonstration, and the folder of its exported site."""
    folder = tmp_path_factory.mktemp("copied")
    settings = places.copy(told_once, folder / "home")
    cli = Terminal.at(settings, folder)
    cli.run("export", "site", "site")
    return cli, folder / "site"


def links_of(page: Path) -> list[str]:
    found = re.findall(r'\b(?:href|src|action)="([^"]*)"', page.read_text("utf-8"))
    return [unescape(link) for link in found]


def test_every_link_leads_to_a_file_of_the_copy(copied: tuple[Terminal, Path]) -> None:
    _cli, site = copied
    pages = [*site.rglob("*.html"), *site.rglob("*.atom")]
    targets: dict[Path, str] = {}

    for page in pages:
        for link in links_of(page):
            if ELSEWHERE.match(link) or link.startswith("#"):
                continue
            assert not link.startswith("/"), (page, link)
            path, _, fragment = link.partition("#")
            target = (page.parent / unquote(path)).resolve()
            assert target.is_file(), (page, link)
            assert target.is_relative_to(site.resolve())
            if fragment and target.suffix == ".html":
                text = targets.setdefault(target, target.read_text("utf-8"))
                assert f'id="{fragment}"' in text, (page, link)

    assert len(pages) > 400


def test_everything_public_is_in_it_in_both_languages(copied: tuple[Terminal, Path]) -> None:
    cli, site = copied
    decisions = cli.run("log", "--json").json

    for start in (site, site / "ja"):
        for decision in decisions:
            assert (start / "decisions" / decision["number"] / "index.html").is_file()
        assert (start / "committees" / "MN" / "projects" / "MN004" / "index.html").is_file()
        assert (start / "inputs" / "index.html").is_file()
    assert json.loads((site / "committees/MN/credits.json").read_bytes())
    assert (site / "decisions.atom").is_file()
    signed = {d["number"] for d in decisions if d["status"] == "signed"}
    bundles = list(site.rglob("*.jcbundle.json"))
    assert {json.loads(b.read_bytes())["number"] for b in bundles} == signed


def test_no_form_is_shown_and_every_page_says_that_it_is_a_copy(
    copied: tuple[Terminal, Path],
) -> None:
    _cli, site = copied
    for page in site.rglob("*.html"):
        text = page.read_text("utf-8")
        assert "<form" not in text, page
        assert 'class="copy"' in text or page.parent.name == "copy", page


def test_it_says_which_position_it_is_of(copied: tuple[Terminal, Path]) -> None:
    cli, site = copied
    position = cli.run("doctor", "--json").json["events"]

    about = (site / "copy" / "index.html").read_text("utf-8")

    assert f"<dd>{position}</dd>" in about
    assert "Made at" in about


def test_a_second_time_only_what_has_changed_is_written(copied: tuple[Terminal, Path]) -> None:
    cli, site = copied
    before = {path: path.stat().st_mtime_ns for path in site.rglob("*") if path.is_file()}

    said = cli.run("export", "site", "site", "--json").json

    changed = {
        str(path.relative_to(site))
        for path, then in before.items()
        if path.stat().st_mtime_ns != then and path.name != LISTING
    }
    assert changed <= {
        f"{start}{page}/index.html" for start in ("", "ja/") for page in ("copy", "status")
    }
    assert said["written"] == len(changed)
    assert said["asked"] == 2, "the status, in each language"
    assert said["removed"] == 0


def test_what_is_gone_is_removed_only_where_the_export_made_it(
    copied: tuple[Terminal, Path], tmp_path: Path
) -> None:
    cli, site = copied
    other = tmp_path / "site"
    shutil.copytree(site, other)
    (other / "notes.txt").write_text("mine")
    for name in ("gone/index.html", "altered/index.html"):
        (other / name).parent.mkdir()
        (other / name).write_text("<p>old")
    listing = json.loads((other / LISTING).read_bytes())
    old = "a51a3b9f5a4d1b2f1b1c9f1c6c8a8a1c0a6b3d3c2b4e5f6a7b8c9d0e1f2a3b4c"
    listing["made"] |= {"gone/index.html": digest(b"<p>old"), "altered/index.html": old}
    (other / LISTING).write_text(json.dumps(listing))

    said = cli.run("export", "site", str(other), "--json").json

    assert said["removed"] == 1
    assert said["kept"] == ["altered/index.html"]
    assert not (other / "gone").exists()
    assert (other / "notes.txt").read_text() == "mine"


def test_what_somebody_else_made_is_never_overwritten(
    copied: tuple[Terminal, Path], tmp_path: Path
) -> None:
    cli, _site = copied
    (tmp_path / "index.html").write_text("mine")

    refused = cli.run("export", "site", str(tmp_path), code=1)

    assert "made by no copy" in refused.err
    assert (tmp_path / "index.html").read_text() == "mine"


def test_a_copy_that_was_cut_off_is_gone_on_with(tmp_path: Path) -> None:
    cut_off = CopyFolder(tmp_path)
    cut_off.begin(["a/index.html", "b/index.html"])
    cut_off.write("a/index.html", b"x")

    again = CopyFolder(tmp_path)
    again.begin(["a/index.html"])
    again.write("a/index.html", b"x")

    assert again.finish().unchanged == 1
    assert (tmp_path / "a/index.html").read_bytes() == b"x"


def test_no_link_leads_a_file_out_of_the_folder(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    site = tmp_path / "site"
    site.mkdir()
    (site / "ja").symlink_to(outside)

    with pytest.raises(UnreadableError, match="leads out"):
        CopyFolder(site).write("ja/index.html", b"x")
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a//b", "", "a/../../b"])
def test_a_listing_that_names_what_no_copy_makes_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / LISTING).write_text(json.dumps({"made": {name: "0" * 64}}))

    with pytest.raises(UnreadableError):
        CopyFolder(tmp_path)


def test_only_next_pages_are_asked_for_and_never_the_desk() -> None:
    assert address_of("/decisions?page=2") == Address("/decisions", 2)
    assert address_of("/committees/MN#inputs") == Address("/committees/MN")
    for link in ("/decisions?q=x", "/desk", "/ja/desk/work", "/metrics", "//elsewhere/x"):
        assert address_of(link) is None


def test_a_page_of_a_list_is_a_file_of_its_own() -> None:
    page = Answer(200, "text/html", "", b"")
    csv = Answer(200, "text/csv", "", b"")

    assert file_of(Address("/decisions", 2), page) == "decisions/page-2/index.html"
    assert file_of(Address("/decisions.csv", 2), csv) == "decisions-page-2.csv"
    assert file_of(Address("/a/%2e%2e/b"), page) is None
    assert file_of(Address("/a/%2fetc"), page) is None


def test_a_link_to_what_no_copy_holds_keeps_its_words_alone() -> None:
    page = Answer(200, "text/html", "", b'<a href="/desk">Desk</a> <a href="/b?x=1#y">B</a>')

    made = relinked(page, "a/index.html", lambda link: "b/index.html" if "/b" in link else None)

    assert made == b'<a >Desk</a> <a href="../b/index.html#y">B</a>'
