"""Figures are folded once for what is recorded, and anew when the committee's record grows."""

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from governance.pages import figures
from governance.settings import Settings
from tests.governance.terminal import Terminal
from tests.http.conftest import Serve
from tests.pages.read import page


def row(reader: TestClient, name: str) -> list[str]:
    text = page(reader, "/")
    cells = text[text.index(f">{name}<") :].partition("</tr>")[0]
    return re.findall(r'<td class="number">([^<]*)</td>', cells)


def test_they_are_not_folded_again_for_the_same_record(
    reader: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = row(reader, "Mongolia")

    def folded(*_args: Any) -> None:
        raise AssertionError("folded again")

    monkeypatch.setattr(figures, "_counted", folded)

    assert row(reader, "Mongolia") == before


def test_what_is_recorded_later_counts(told_copy: Settings, serve: Serve) -> None:
    reader = serve(told_copy)
    signed, historical, projects, credits = row(reader, "Mongolia")
    file = told_copy.home.parent / "more.csv"
    file.write_text(
        "partner_iso2,decision_date,procedure,decision_type,subject_id,subject_title,outcome,"
        "quantity_tco2e,split,monitoring_period,extra,source,confidence\n"
        "MN,2018-01-02,meeting,project_registration,MN099,A project,registered,,,,,"
        "https://example.org/,high\n"
    )
    Terminal.at(told_copy, told_copy.home.parent).run("import", "decisions", file)

    after = row(reader, "Mongolia")

    assert after == [signed, str(int(historical) + 1), str(int(projects) + 1), credits]
