"""The demonstration tells its whole story, and leaves what it promises."""

from __future__ import annotations

import json
import re
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from governance.demo.story import CHAPTERS, tell
from governance.keys.files import read_public
from policies.proof.audit import verify
from policies.refusals import WrongHomeError
from tests.governance.test_output import Screen

TOLD = (
    "## 1. The past, as published, becomes readable",
    "## 2. Both sides found the committee and adopt their own past",
    "## 3. The real decision of 27 March 2025, as if at a meeting",
    "## 4. The docket: from a submission to the committee's table",
    "## 5. A new co-chair, and a decision by electronic means",
    "## 6. What is refused, by name",
    "## 7. Monitored, verified, and credits decided: an issuance request",
    "## 8. The registries are told, issue, and report back",
    "## 9. What everyone reads",
    "## 10. One file proves it, without us",
    "## 11. Nobody can rewrite the list: witnesses and a mirror hold it",
)


def test_every_chapter_is_told_in_its_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tell(str(tmp_path / "home")) == 0

    told = capsys.readouterr().out
    chapters = [line for line in told.splitlines() if line.startswith("## ")]
    assert chapters == list(TOLD)
    assert len(CHAPTERS) == len(TOLD)
    assert "Every step did what it told" in told
    assert told.endswith(f"It is kept: ./jcgov --home {tmp_path / 'home'} log\n")


def test_on_a_terminal_of_80_columns_no_heading_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm")
    screen = Screen()

    with redirect_stdout(screen):
        tell(str(tmp_path / "home"))

    told = screen.text
    for heading in (
        "days_left",
        "difference",
        "monitoring_period",
        "signed by",
        "history_adoption",
    ):
        assert f" {heading} " in told, heading
    assert "(MN007) request raised: validation; awaits the third-party entity" in told


def test_the_story_shows_both_sides_signatures_and_what_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tell(str(tmp_path / "home"))

    told = capsys.readouterr().out
    assert "JP-MN/2025/002 is adopted on 2025-03-27" in told
    assert "awaiting Bold Ganbaatar, co-chair (MN): signature of the side" in told
    for refused in (
        "consensus-missing: JP-MN/2025/002 is not agreed",
        "35853.6 is no whole number",
        "(period-overlap)",
        "Dorj Sarnai (MN) objects",
        "at least 10 % must be its own (partner-government)",
    ):
        assert refused in told
    assert "NOT verified, at seal" in told


def test_the_story_shows_registries_a_new_co_chair_and_the_records_digest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tell(str(tmp_path / "home"))

    told = capsys.readouterr().out
    assert "JP  registry   Registry of Japan" in told
    assert "MN  registry   Registry of Mongolia" in told
    assert "Tuya Erdene follows Bold Ganbaatar" in told
    assert "Ueda Naoko (JP) affirms, and signs it: recorded" in told
    assert re.search(r"names the record by its digest [0-9a-f]{64}: 24 decisions", told)


def test_the_home_keeps_keys_trust_and_a_bundle_that_verifies(tmp_path: Path) -> None:
    home = tmp_path / "home"

    tell(str(home))

    trust = json.loads((home / "trust.json").read_text("utf-8"))
    assert set(trust) == {"JP-MN", "JP-ID"}
    assert read_public(home / "keys" / "people" / "jp-hara.key.pub.json").keyid
    assert (home / "keys" / "JP-MN.record.key").exists()
    foundings = {code: entry["founding"] for code, entry in trust.items()}
    assert verify((home / "MN004.jcbundle.json").read_bytes(), foundings).ok


def test_nothing_that_was_made_is_readable_by_others_that_must_not_be(tmp_path: Path) -> None:
    home = tmp_path / "home"

    tell(str(home))

    private = [path for path in home.rglob("*.key") if path.is_file()]
    assert len(private) > 10
    assert {path.stat().st_mode & 0o077 for path in private} == {0}


@pytest.mark.parametrize("content", ["notes.txt", "jcgov.sqlite3"])
def test_a_home_that_is_not_empty_is_refused_and_left_alone(tmp_path: Path, content: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / content).write_text("mine", "utf-8")

    with pytest.raises(WrongHomeError, match="is not empty; the demonstration wants an empty home"):
        tell(str(home))

    assert [path.name for path in home.iterdir()] == [content]


def test_a_file_in_the_place_of_a_home_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "home"
    file.write_text("mine", "utf-8")

    with pytest.raises(WrongHomeError, match="is not empty"):
        tell(str(file))


def test_an_empty_home_that_exists_is_taken(tmp_path: Path) -> None:
    assert tell(str(tmp_path)) == 0


def test_the_story_is_told_again_in_its_own_home_but_not_in_the_first(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    tell(str(first))

    assert tell(str(second)) == 0
    with pytest.raises(WrongHomeError):
        tell(str(first))

    trusts = [json.loads((home / "trust.json").read_text("utf-8")) for home in (first, second)]
    assert trusts[0]["JP-MN"] != trusts[1]["JP-MN"]


def test_without_a_home_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    assert tell(None) == 0

    assert list(tmp_path.iterdir()) == []
