"""The charts draw what the registers and the docket say, and say it again in tables."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

from starlette.testclient import TestClient

from governance.pages.language import LANGUAGES
from tests.pages.weighing import PEOPLE, require_light

PATH = "/committees/MN/charts"


def test_the_amounts_are_those_of_the_register(reader: TestClient) -> None:
    register = reader.get("/v1/committees/MN/registers/credits?limit=1000").json()
    text = reader.get(PATH, headers=PEOPLE).text
    rows = re.findall(r'<th scope="row">(\d{4})</th>(.*?)</tr>', text)

    for place, side in enumerate(("JP", "MN")):
        amounts = [re.findall(r'"number">([^<]*)<', cells)[place] for _year, cells in rows]
        shown = sum(int(amount.replace("\u202f", "")) for amount in amounts)
        assert shown == sum(e["decided"] or 0 for e in register if e["side"] == side)
    assert all(int(b) - int(a) == 1 for (a, _), (b, _) in pairwise(rows))


def test_each_chart_is_sound_and_has_its_table(reader: TestClient) -> None:
    for language in LANGUAGES:
        page = reader.get(f"{language.prefix}{PATH}", headers=PEOPLE)
        drawn = re.findall(r"<svg.*?</svg>", page.text, re.DOTALL)

        assert len(drawn) == 3 == page.text.count("<table>")
        for svg in drawn:
            found = ET.fromstring(svg)  # noqa: S314 - our own
            assert found.get("aria-label")
            for bar in found.iter("rect"):
                begins, wide = (float(str(bar.get(name)).rstrip("%")) for name in ("x", "width"))
                assert 0 <= begins <= begins + wide <= 80, "beside a bar there is room for its sum"
            assert "style=" not in svg
        require_light(reader, page)


def test_a_committee_without_anything_to_draw_says_so(reader: TestClient) -> None:
    text = reader.get("/committees/KH/charts", headers=PEOPLE).text

    assert "No credits were decided yet." in text
    assert "No case is open." in text
    assert "<svg" not in text
