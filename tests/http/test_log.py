"""The transparency log over HTTP: files as they lie, for ever but the checkpoint; nothing else."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from governance.demo.stage import Stage
from governance.http.answers import FOR_EVER, FRESH
from policies.proof.canonical import digest
from policies.proof.checkpoint import TreeHead
from policies.proof.log_keys_files import files_of
from projections.transparency.bringing_up import bring_up
from projections.transparency.log_files import LogFiles
from projections.transparency.log_keys import log_keys_at
from tests.http.committee import CODE, adopt, awaited
from tests.projections.transparency.plain import names

SIZE = 8


@pytest.fixture
def folder(stage: Stage) -> Path:
    """Adopt a decision, and bring the log's folder up; the checkpoint is signed by nobody."""
    adopt(awaited(stage))
    record = stage.engine.record
    files = LogFiles.open(stage.engine.settings.log / CODE)
    reached = bring_up(record, CODE, files)
    head = TreeHead("log.example/mn", SIZE, files.head_at(SIZE))
    note = f"{head.text}\n\u2014 log.example/mn AAAAAAAAAAA=\n"
    files.publish(note, log_keys_at(record, CODE, reached.version))
    return files.folder


def test_every_file_of_the_log_is_served_as_it_lies(door: TestClient, folder: Path) -> None:
    found = names(folder)
    assert {"checkpoint", "log.vkey", "witnesses.vkey", "policy", f"tile/0/000.p/{SIZE}"} < found
    assert any(name.startswith("text/") for name in found)
    for name in found:
        for code in ("MN", "JP-MN"):
            answer = door.get(f"/log/{code}/{name}", headers={"Accept-Encoding": "identity"})
            assert (answer.status_code, answer.content) == (200, (folder / name).read_bytes())
        tiled = name.startswith("tile/")
        kind = "application/octet-stream" if tiled else "text/plain; charset=utf-8"
        assert answer.headers["content-type"] == kind
        for_ever = name.startswith(("tile/", "text/"))
        assert answer.headers["cache-control"] == (FOR_EVER if for_ever else FRESH)
        held = door.get(
            f"/log/{code}/{name}",
            headers={"If-None-Match": answer.headers["etag"], "Accept-Encoding": "identity"},
        )
        assert (held.status_code, held.content) == (304, b"")


def test_the_texts_are_the_rulebooks_by_their_digest(door: TestClient, folder: Path) -> None:
    (text,) = (folder / "text").iterdir()
    answer = door.get(f"/log/MN/text/{text.name}")
    assert digest(answer.content) == text.name
    assert b'"version":"MN-2013"' in answer.content


def test_entries_are_compressed_for_who_reads_that(door: TestClient, folder: Path) -> None:
    path = f"/log/MN/tile/entries/000.p/{SIZE}"
    plain = door.get(path, headers={"Accept-Encoding": "identity"})
    for takes in ("gzip", "br, GZIP;q=0.5", "deflate,gzip ; q=1"):
        with door.stream("GET", path, headers={"Accept-Encoding": takes}) as answer:
            raw = b"".join(answer.iter_raw())
        assert answer.headers["content-encoding"] == "gzip"
        assert "Accept-Encoding" in answer.headers["vary"]
        assert answer.headers["etag"] != plain.headers["etag"]
        assert gzip.decompress(raw) == plain.content
    for takes in ("identity", "gzip;q=0", "br;q=1, gzip;q=0.0", "xgzip"):
        answer = door.get(path, headers={"Accept-Encoding": takes})
        assert "content-encoding" not in answer.headers
        assert answer.content == plain.content


NO_FILES = (
    *("nothing", ".position", ".lock", "tile", "tile/", "text/", "checkpoint/", "tile/0"),
    *("tile/0/000", "tile/0/000.p/7", "tile/1/000.p/1", "tile/entries/001"),
    *("tile/0/0", "tile/00/000", "tile/64/000", "tile/0/x000/000", "tile/0/000.p/0"),
    *("tile/0/000.p/08", "tile/0/000.p/256", "tile/0/000.p/8/", "tile/entries/000.p"),
    *("tile/%2e%2e/checkpoint", "tile/..%2fcheckpoint", "tile/0/000.p%2F8%00"),
    *("tile/%2Fetc%2Fpasswd", "tile/-1/000", "tile/0/٠٠٠", "text/..%2F.position"),
    *("text/" + "A" * 64, "text/" + "a" * 64, "text/%2e%2e"),
)


def test_what_is_no_file_of_the_log_is_not_there(door: TestClient, folder: Path) -> None:
    for name in NO_FILES:
        answer = door.get(f"/log/MN/{name}")
        assert answer.status_code == 404, name
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_name_of_another_shape_never_reaches_the_file_system(
    door: TestClient, folder: Path
) -> None:
    (folder / "tile" / "secret").write_text("not to be seen")
    (folder / "text" / "secret").write_text("not to be seen")
    for name in ("tile/secret", "text/secret", "tile/entries/../secret"):
        assert door.get(f"/log/MN/{name}").status_code == 404


def test_a_link_in_the_folder_is_not_followed(door: TestClient, folder: Path) -> None:
    (folder / "checkpoint").unlink()
    (folder / "checkpoint").symlink_to("/etc/hostname")
    answer = door.get("/log/MN/checkpoint")
    assert answer.status_code == 500
    assert answer.json()["detail"] == "The operator of this service has to look."


def test_a_committee_without_a_log_has_no_files(door: TestClient, stage: Stage) -> None:
    assert door.get("/log/MN/checkpoint").status_code == 404
    stage.found("MN")
    answer = door.get("/log/MN/checkpoint")
    assert (answer.status_code, answer.json()["status"]) == (404, 404)
    assert not stage.engine.settings.log.exists()
    assert door.get("/log/MN/checkpoint?size=1").status_code == 422
    assert door.post("/log/MN/checkpoint").status_code == 405


def test_the_keys_are_those_of_the_founding(stage: Stage, folder: Path) -> None:
    state = stage.engine.desk.load(CODE)
    for name, text in files_of(state.roster.log_keys).items():
        assert (folder / name).read_text() == text
