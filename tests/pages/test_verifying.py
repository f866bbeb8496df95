"""The page on verifying says what the program does, and what the guide for auditors says."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

from starlette.testclient import TestClient

from governance.settings import Settings
from tests.governance.terminal import ROOT, Terminal
from tests.http.conftest import Serve
from tests.pages.read import page, text_of
from tests.places import Places

GUIDE = (ROOT / "docs" / "verifying.md").read_text("utf-8")


def table(html: str) -> dict[str, str]:
    rows = re.findall(r'<th scope="row"><code>(\w+)</code></th><td>(.*?)</td>', html)
    return {step: unescape(known) for step, known in rows}


def test_its_steps_are_those_of_the_guide_word_for_word(reader: TestClient) -> None:
    guide = dict(re.findall(r"^\| (\w+) \| (.+) \|$", GUIDE, re.M))
    del guide["step"]

    assert table(page(reader, "/verify")) == {
        step: known.replace("**", "") for step, known in guide.items()
    }


def test_its_command_and_its_trust_verify_a_bundle(
    reader: TestClient, told: Terminal, tmp_path: Path
) -> None:
    html = page(reader, "/verify")
    trust = re.search(r"<pre><code>(\{.*?\})</code></pre>", html, re.S)
    command = re.search(r"<code>jcgov (verify decision\S+ [^<]+)</code>", html)
    assert trust is not None
    assert command is not None
    (told.folder / "trust.json").write_text(unescape(trust[1]))
    bundle = reader.get("/v1/decisions/JP-MN/2025/002/bundle").content
    (told.folder / "decision.jcbundle.json").write_bytes(bundle)

    answer = told.run(*command[1].split(), "--json").json

    assert answer["ok"]
    steps = [check["check"] for check in answer["checks"]]
    assert steps == list(table(html))[: len(steps)]


def test_every_committee_that_is_founded_is_named_and_no_other(reader: TestClient) -> None:
    html = page(reader, "/verify")
    named = json.loads(unescape(re.search(r"<pre><code>(\{.*?\})<", html, re.S)[1]))  # type: ignore[index]

    known = reader.get("/v1/committees").json()
    assert named == {c["committee"]: {"founding": c["founding"]} for c in known if c["founded"]}
    rehearsals = ", ".join(c["committee"] for c in known if c["rehearsal"])
    assert f"no government has founded in earnest: {rehearsals} " in text_of(html)


def test_without_a_committee_there_is_nothing_to_verify(
    places: Places, tmp_path: Path, serve: Serve
) -> None:
    settings: Settings = places.make(tmp_path / "empty" / "home")
    Terminal.at(settings, tmp_path).run("committee", "list")
    reader = serve(settings)

    text = text_of(page(reader, "/verify"))

    assert "there is nothing to verify yet" in text
    assert "No committee has been founded here yet." in text_of(page(reader, "/"))
    assert "0 decisions fit." in text_of(page(reader, "/decisions"))


def test_in_another_language_the_names_of_steps_and_the_commands_stay(reader: TestClient) -> None:
    here, there = (page(reader, f"{prefix}/verify") for prefix in ("", "/ja"))

    assert list(table(here)) == list(table(there))
    commands = [re.findall(r"<code>(jcgov[^<]+)", html) for html in (here, there)]
    assert commands[0] == commands[1] != []
