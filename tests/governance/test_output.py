"""Tables on a terminal of 80 columns: whole words, and nothing left out."""

from __future__ import annotations

import io
import re
from contextlib import redirect_stdout

import pytest

from governance.cli import log
from governance.cli.output import print_table, stand

ROW = (
    *("2018-11-06", "JP-MN/H/2018-11-06/meeting", "historical", "issuance", "MN003", "8,880"),
    *("JP 7,104, MN 1,776", "Installation of 12.7 MW Solar Power Plant in Ulaanbaatar Suburb"),
)


class Screen(io.StringIO):
    """What a terminal received."""

    def isatty(self) -> bool:
        return True

    @property
    def text(self) -> str:
        return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", self.getvalue())


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm")
    return Screen()


def test_a_decision_stands_on_a_narrow_terminal_in_whole_words(screen: Screen) -> None:
    with redirect_stdout(screen):
        print_table("Decision log", log.COLUMNS, [ROW], narrow=log.NARROW)

    for cell in ROW[:5]:
        assert cell in screen.text
    assert "MN003  8,880  JP 7,104, MN 1,776" in screen.text
    words = set(re.findall(r"[\w.]+", screen.text))
    assert set(re.findall(r"[\w.]+", ROW[-1])) <= words
    assert max(map(len, screen.text.splitlines())) <= 80


def test_what_is_absent_takes_no_line(screen: Screen) -> None:
    bare = ("2018-11-06", "JP-MN/H/2018-11-06/meeting", "historical", "rules_revision")

    with redirect_stdout(screen):
        print_table("", log.COLUMNS, [(*bare, None, None, None, "Glossary")], narrow=log.NARROW)

    first = next(line for line in screen.text.splitlines() if "JP-MN/H/2018-11-06" in line)
    assert "Glossary" in first


def test_named_columns_stand_on_top_of_each_other_and_absent_ones_are_left_out(
    screen: Screen,
) -> None:
    columns = ("decision", "side", "decided", "reported")
    stacked = stand(
        columns, ("decision", "side"), ("absent",), ("decided", "absent"), ("reported",)
    )

    with redirect_stdout(screen):
        print_table("", columns, [("JP-MN/2026/003", "JP", "992", "")], narrow=stacked)

    assert stacked == [[[0], [1]], [[2]], [[3]]]
    assert "│ JP-MN/2026/003 │     992 │          │" in screen.text
    assert "│ JP             │         │          │" in screen.text


def test_days_stand_on_the_left_and_figures_on_the_right(screen: Screen) -> None:
    with redirect_stdout(screen):
        print_table("", ("day", "tonnes"), [("2018-11-06", "8,880"), ("2019-01-01", "-7")])

    assert "│ 2019-01-01 │     -7 │" in screen.text
    assert "┃ day        ┃ tonnes ┃" in screen.text
