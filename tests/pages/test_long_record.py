"""Pages over a long, genuine record, and over the worst rows, are there at once and stay light.

`JCGOV_LONG` makes it ten thousand decisions of 32 committees.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from governance import assembly
from governance.exchange.decisions_csv import COLUMNS
from governance.settings import Settings
from tests.benchmarks.histories import History, fill
from tests.governance.terminal import Terminal
from tests.http.conftest import Serve, client
from tests.pages.read import HEAVIEST, links, page
from tests.places import Places

LONG = bool(os.environ.get("JCGOV_LONG"))
HISTORY = History(32, 140_000, seed=1) if LONG else History(3, 3_000, seed=1)


@pytest.fixture(scope="module")
def long(places: Places, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = places.make(tmp_path_factory.mktemp("long") / "home")
    with assembly.engine(settings) as made:
        fill(made.record, HISTORY)
    Terminal.at(settings).run("log", "--json")  # brings the views up
    with client(settings) as reader:
        yield reader


def test_every_page_that_a_stranger_reaches_answers_and_is_light(long: TestClient) -> None:
    codes = [found["committee"].removeprefix("JP-") for found in long.get("/v1/committees").json()]
    assert len(codes) == HISTORY.committees

    page(long, "/")
    page(long, "/verify")
    for code in codes[:3]:
        home = f"/committees/{code}"
        for path in (home, f"{home}/rulebook", f"{home}/decisions"):
            page(long, path)
        decisions = links(page(long, f"{home}/decisions"), "/decisions/")
        assert len(decisions) > 20
        for address in decisions[::10]:
            page(long, address)


def test_pages_of_the_log_have_each_decision_once(long: TestClient) -> None:
    counted = sum(
        len(long.get(f"/v1/committees/{c['committee']}/decisions?limit=1000").json())
        for c in long.get("/v1/committees").json()
    )
    found: list[str] = []
    while True:
        some = long.get("/decisions.json", params={"page": len(found) // 50 + 1}).json()
        found += [decision["number"] for decision in some]
        if len(some) < 50:
            break

    assert len(found) == len(set(found)) == counted > 100


def test_a_page_of_the_longest_titles_and_the_most_items_is_light(
    told_copy: Settings, serve: Serve
) -> None:
    file = told_copy.home.parent / "long.csv"
    with file.open("w", encoding="utf-8", newline="") as written:
        writer = csv.DictWriter(written, COLUMNS, restval="", lineterminator="\n")
        writer.writeheader()
        for day in range(1, 29):
            for count in range(10):
                row = {"partner_iso2": "MN", "decision_date": f"2019-06-{day:02}"}
                row |= {"procedure": "meeting", "decision_type": "rules_adoption"}
                row |= {"subject_title": f"{count} & {'<b>' * 600}", "outcome": "adopted"}
                row |= {"source": "https://example.org/", "confidence": "high"}
                writer.writerow(row)
    Terminal.at(told_copy, file.parent).run("import", "decisions", file)

    reader = serve(told_copy)

    html = page(reader, "/decisions", to="2019-06-28", q="b")
    feed = reader.get("/decisions.atom", params={"to": "2019-06-28", "q": "b"})

    assert html.count("and 7 more") == feed.text.count("and 7 more") == 28
    assert len(feed.content) < HEAVIEST
