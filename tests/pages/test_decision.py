"""A decision's page: what it says, who signed it, what changed it, and how it is proved."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from governance import assembly
from governance.demo.stage import Stage, ToldClock, Voice
from governance.settings import Settings
from tests.governance.terminal import Terminal
from tests.http.conftest import client
from tests.pages import story
from tests.pages.read import links, page, text_of
from tests.pages.story import HOSTILE, MINUTES, TEXTS, Told
from tests.places import Places

WITNESSED = "2026-09-14 02:00 UTC"


@pytest.fixture(scope="module")
def decided_once(places: Places, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = places.make(tmp_path_factory.mktemp("decided") / "home")
    clock = ToldClock(datetime(2026, 1, 5, 2, tzinfo=UTC))
    with assembly.engine(settings, clock) as made:
        story.told(Stage(made, clock, Voice(), settings.keys / "people"))
    Terminal.at(settings).run("log")  # brings the views up
    return settings


@pytest.fixture(scope="module")
def decided(decided_once: Settings) -> Iterator[TestClient]:
    with client(decided_once) as made:
        yield made


def decision(reader: TestClient, number: str, language: str = "") -> str:
    return page(reader, f"{language}/decisions/{number}")


def part(html: str, begins: str, ends: str) -> str:
    """Return what a reader sees between two words of a page."""
    text = text_of(html)
    return text[text.index(begins) : text.index(ends, text.index(begins))]


def test_it_says_what_each_item_sets_and_who_signed_for_which_side(decided: TestClient) -> None:
    html = decision(decided, Told.registered)

    decided_on = part(html, "What was decided", "Text Where")
    assert "1. Registration of a project: A school in Darkhan" in decided_on
    assert "validation third-party entity TPE-MN-001 report Validation of A school" in decided_on
    assert "used under another mechanism no" in decided_on
    assert "validation –" in decided_on[decided_on.index("3. ") :]
    signed = part(html, "Signed by", "What was decided")
    assert signed.split(" MN ")[0] == "Signed by JP Hara Kenji co-chair"
    assert "Bold Ganbaatar co-chair" in signed.split(" MN ")[1]


def test_it_shows_every_field_that_was_signed(decided: TestClient) -> None:
    for number in (Told.designated, Told.registered, Told.suspended, Told.corrected, Told.measure):
        bundle = decided.get(f"/v1/decisions/{number}/bundle").json()
        items = payload(bundle)["items"]
        html = decision(decided, number)

        said = text_of(html)
        for item in items:
            for leaf in leaves({n: v for n, v in item.items() if n != "kind"}):
                assert leaf in said, (number, leaf)


def test_it_says_its_days_procedure_and_rulebook(decided: TestClient) -> None:
    facts = part(decision(decided, Told.measure), "Adopted", "Signed by")

    assert "Adopted 2026-09-14, by electronic means: every member affirmed" in facts
    assert "Distributed 2026-09-14" in facts
    assert "Open for objections until 2026-09-24" in facts
    assert "Rulebook MN-" in facts


def test_its_text_is_there_in_each_language_english_first_and_stays_text(
    decided: TestClient,
) -> None:
    for language in ("", "/ja"):
        html = decision(decided, Told.measure, language)

        found = dict(
            re.findall(r'<div class="text" lang="(\w+)" dir="auto">(.*?)</div>', html, re.S)
        )
        assert list(found) == ["en", "ar", "ja", "mn"]
        assert found["en"] == (
            "Visits may be by video. &lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt; &amp; more\n"
            "  Second line."
        )
        assert {code: text for code, text in found.items() if code != "en"} == {
            code: text for code, text in TEXTS.items() if code != "en"
        }
        assert "<script" not in html
    assert "<h3>モンゴル語</h3>" in html


def test_what_changed_it_later_and_what_it_changed_lead_to_each_other(decided: TestClient) -> None:
    chain = [Told.designated, Told.suspended, Told.reinstated]

    for before, after in pairwise(chain):
        later = part(decision(decided, before), "What later changed it", "Proof")
        assert f"{after} (2026-" in later
        assert "sets anew TPE-MN-001" in later
        changes = part(decision(decided, after), "What it changes", "What later")
        assert changes == f"What it changes {before}: TPE-MN-001 "
    assert "no earlier decision" in part(
        decision(decided, Told.designated), "What it", "What later"
    )
    assert "no decision so far" in part(decision(decided, Told.reinstated), "What later", "Proof")


def test_a_correction_is_named_once_on_what_it_corrects(decided: TestClient) -> None:
    html = decision(decided, Told.registered)

    assert links(html, "/decisions/") == [f"/decisions/{Told.corrected}"]
    assert text_of(html).count(Told.corrected) == 1
    assert "corrects MN002" in part(html, "What later changed it", "Proof")


def test_an_annex_is_handed_out_as_a_file_whose_name_is_its_digest(decided: TestClient) -> None:
    html = decision(decided, Told.measure)
    (address,) = links(html, f"/decisions/{Told.measure}/annexes/")

    answer = decided.get(address)

    assert answer.text == MINUTES
    assert hashlib.sha256(answer.content).hexdigest() == address.rpartition("/")[2]
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize("number", [Told.measure, Told.past, "JP-MN/2026/999"])
def test_no_other_digest_is_an_annex(decided: TestClient, number: str) -> None:
    assert decided.get(f"/decisions/{number}/annexes/{'0' * 64}").status_code == 404


def test_its_proof_says_where_it_stands_and_since_when_it_is_witnessed(
    decided: TestClient, decided_once: Settings, tmp_path: Path
) -> None:
    html = decision(decided, Told.measure)
    proof = part(html, "Proof Digest", "Interface for programs")
    (name,) = re.findall(r"JP-MN-2026-010\.jcbundle\.json", html)[:1]
    (command,) = re.findall(r"<code>(jcgov verify [^<]+)</code>", html)

    (tmp_path / name).write_bytes(decided.get(f"/v1/decisions/{Told.measure}/bundle").content)
    trust = re.search(r"<pre><code>(\{.*?\})</code></pre>", html, re.S)
    assert trust is not None
    (tmp_path / "trust.json").write_text(trust[1].replace("&#34;", '"'))
    cli = Terminal.at(decided_once, tmp_path)
    verified = cli.run(*command.split()[1:], "--json").json

    assert verified["ok"]
    said = {check["check"]: check["detail"] for check in verified["checks"]}
    place = re.search(r"entry (\d+) of (\d+) \(counted from 0\)", said["logged"])
    assert place is not None
    assert f"entry {place[1]} of {place[2]}, counted from 0, jcm.invalid/JP-MN" in proof
    assert "witnessed since 2026-09-14T02:00:00Z" in said["witnessed"]
    assert f"Witnessed since {WITNESSED}: witness.jp.example/log, witness.mn.example/log" in proof


def test_without_a_witness_or_a_checkpoint_it_says_so(decided: TestClient) -> None:
    alone, none = decision(decided, Told.designated), decision(decided, Told.unpublished)

    assert "no witness has signed; the log alone has" in text_of(alone)
    assert "not covered by a checkpoint yet" in text_of(none)
    assert "Witnessed since –" in text_of(none)


def test_one_of_the_past_is_plainly_another_page(decided: TestClient) -> None:
    html = decision(decided, Told.past)

    text = text_of(html)
    assert "nobody signed it here, and nothing proves it" in text
    assert "historical, unsigned" in text
    assert "no decision: the registers call it imported" in text
    for of_signed in ("Signed by", "Proof", "jcgov verify", "Bundle", '"mark signed"'):
        assert of_signed not in html
    assert HOSTILE in text
    assert "<script" not in html
    assert '<a href="https://www.jcm.go.jp/mn-jp" rel="nofollow noreferrer">' in html


def test_what_the_past_does_not_say_is_a_dash_and_its_source_no_link_to_code(
    decided: TestClient,
) -> None:
    html = decision(decided, Told.bare)

    assert "Adopted undated" in text_of(html)
    assert "Outcome –" in text_of(html)
    assert "javascript:alert(1)" in text_of(html)
    assert 'href="javascript' not in html


def test_one_that_was_adopted_into_the_record_names_by_what(reader: TestClient) -> None:
    text = page(reader, "/decisions/JP-MN/H/2016-09-29/meeting")

    assert "Adopted into the record by JP-MN/2025/001" in text_of(text)


@pytest.mark.parametrize(
    "number",
    ["JP-MN/2026/999", "JP-MN", "x", "JP-MN/2026/001/", "%00", "<script>", "JP-MN/2026/008"],
)
def test_an_unknown_number_is_not_found_in_words(decided: TestClient, number: str) -> None:
    html = page(decided, f"/decisions/{number}", 404)

    assert "Nothing is there" in html
    assert "<script" not in html


def payload(bundle: dict[str, dict[str, str]]) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = json.loads(
        base64.b64decode(bundle["envelope"]["payload"])
    )
    return found


def leaves(value: object) -> Iterator[str]:
    """Yield the texts and numbers that a value holds, as a page shows them."""
    if isinstance(value, dict):
        for member in value.values():
            yield from leaves(member)
    elif isinstance(value, list):
        for member in value:
            yield from leaves(member)
    elif isinstance(value, str):
        yield " ".join(value.split())
    elif isinstance(value, int) and not isinstance(value, bool):
        yield f"{value:,}".replace(",", " ")


def test_what_is_recorded_twice_names_its_other_record_and_nothing_else_does(
    reader: TestClient,
) -> None:
    log = reader.get("/committees/MN/decisions.json").json()
    of_a_day = {d["number"]: d for d in log if d["adopted_on"] == "2026-01-24"}
    signed, past = sorted(of_a_day, key=lambda number: of_a_day[number]["status"], reverse=True)

    assert f'recorded as</dt><dd><a href="/decisions/{past}">' in page(
        reader, f"/decisions/{signed}"
    )
    assert f'recorded as</dt><dd><a href="/decisions/{signed}">' in page(
        reader, f"/decisions/{past}"
    )
    others = [d["number"] for d in log if d["adopted_on"] != "2026-01-24"]
    assert "Also recorded as" not in page(reader, f"/decisions/{others[0]}")
    assert "Also recorded as" not in page(reader, f"/decisions/{others[-1]}")
