"""What differs is shown so that nothing of either text is lost, and words are seen as words."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.service.differences import Piece, Skipped, after, around, before, lines, words

SOME = st.text(alphabet="ab \n月日,.<é", max_size=60)


@given(SOME, SOME)
def test_without_what_is_new_it_is_the_old_text_and_without_what_is_gone_the_new(
    old: str, new: str
) -> None:
    found = lines(old, new)

    assert before(found) == old
    assert after(found) == new
    assert (old == new) == (not any(line.changed for line in found))


@given(st.text(max_size=40), st.text(max_size=40))
def test_the_same_holds_of_words_in_any_script(old: str, new: str) -> None:
    pieces = words(old, new)

    assert "".join(p.text for p in pieces if p.kind != "new") == old
    assert "".join(p.text for p in pieces if p.kind != "gone") == new


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("until 1 May 2026", "until 9 June 2026", [("gone", "1 May"), ("new", "9 June")]),
        ("二〇二六年五月", "二〇二六年六月", [("gone", "五"), ("new", "六")]),
        ("the same", "the same", []),
        ("", "all of it", [("new", "all of it")]),
    ],
)
def test_words_are_told_apart(old: str, new: str, changed: list[tuple[str, str]]) -> None:
    assert [(p.kind, p.text) for p in words(old, new) if p.kind != "same"] == changed


def test_a_changed_line_stands_once_and_another_line_stands_whole() -> None:
    found = lines("keep\nfive credits for Japan\nbye", "keep\nsix credits for Japan\nhello there")

    assert [(line.old, line.new) for line in found] == [
        (True, True),
        (True, True),
        (True, False),
        (False, True),
    ]
    assert found[1].pieces[:2] == (Piece("gone", "five"), Piece("new", "six"))


def test_what_is_far_from_a_change_is_counted_and_not_shown() -> None:
    old = "\n".join(f"line {n}" for n in range(100))
    shown = around(lines(old, old.replace("line 50\n", "line fifty\n")))

    assert shown[0] == Skipped(48)
    assert shown[-1] == Skipped(47)
    assert len(shown) == 2 + 5
    assert around(lines(old, old)) == [Skipped(100)]


def test_texts_made_to_be_slow_are_not() -> None:
    old = "\n".join("a b" for _ in range(30_000))
    new = "\n".join("b a" for _ in range(30_000))
    wild = random.Random(7)
    ours, theirs = ("\n".join(wild.choices("abcd", k=1_400)) for _ in range(2))
    many, others = (
        "\n".join(f"{n} {w} " + " ".join(wild.choices("ab", k=150)) for n in range(400))
        for w in "xy"
    )
    begun = time.monotonic()

    for one, other in ((old, new), (ours, theirs), (many, others), ("a " * 30_000, "b" * 9_000)):
        found = lines(one, other)
        assert before(found) == one
        assert after(found) == other

    assert time.monotonic() - begun < 5
