"""What is folded of views is kept while they stand still, and no longer."""

from __future__ import annotations

from functools import partial
from itertools import count

from governance.http.kept import Kept


def test_it_is_made_once_while_nothing_moves() -> None:
    kept, made = Kept(), count(1)

    assert [kept.of(lambda: 1, "a", lambda: next(made)) for _ in range(3)] == [1, 1, 1]


def test_it_is_made_again_once_something_has_moved() -> None:
    kept = Kept()

    assert kept.of(lambda: 1, "a", lambda: "old") == "old"
    assert kept.of(lambda: 2, "a", lambda: "new") == "new"


def test_what_moves_while_it_is_made_is_not_kept() -> None:
    kept, stamps = Kept(), iter([1, 2, 2, 2])

    assert kept.of(lambda: next(stamps), "a", lambda: "torn") == "torn"
    assert kept.of(lambda: next(stamps), "a", lambda: "whole") == "whole"


def test_the_one_that_was_asked_for_longest_ago_is_forgotten_first() -> None:
    kept = Kept(most=2)
    for question in ("a", "b", "a", "c"):
        kept.of(lambda: 1, question, partial(str, question))

    assert kept.of(lambda: 1, "a", lambda: "made anew") == "a"
    assert kept.of(lambda: 1, "b", lambda: "made anew") == "made anew"
