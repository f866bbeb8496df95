"""What is made of the record is kept while that stands still, and gone on from when it grows."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable
from functools import partial
from itertools import count
from typing import NamedTuple

from governance.http.kept import FOR_GOOD, Kept


class At(NamedTuple):
    """A place in a history."""

    place: int
    history: int = 1


def at(*places: int | At) -> Callable[[], At]:
    """Return what says these places one after the other, then the last one for ever."""
    left = [place if isinstance(place, At) else At(place) for place in places]
    return lambda: left.pop(0) if len(left) > 1 else left[0]


def test_it_is_made_once_while_nothing_moves() -> None:
    kept, made = Kept(9), count(1)

    assert [kept.of(at(1), "a", lambda _known: next(made)) for _ in range(3)] == [1, 1, 1]


def test_what_never_becomes_another_is_made_once() -> None:
    kept, made = Kept(9), count(1)

    assert [kept.of(lambda: FOR_GOOD, "a", lambda _known: next(made)) for _ in range(2)] == [1, 1]


def test_it_is_made_from_what_there_was_once_something_has_moved() -> None:
    kept = Kept(9)

    assert kept.of(at(1), "a", _and("first")) == "first"
    assert kept.of(at(2), "a", _and("second")) == "first second"


def test_of_another_history_it_is_made_from_nothing() -> None:
    kept = Kept(9)
    kept.of(at(1), "a", _and("first"))

    assert kept.of(at(At(2, history=2)), "a", _and("second")) == "second"


def test_what_moves_while_it_is_made_is_not_kept() -> None:
    kept, moving = Kept(9), at(1, 2)

    assert kept.of(moving, "a", _and("torn")) == "torn"
    assert kept.of(moving, "a", _and("whole")) == "whole"


def test_what_cannot_be_made_leaves_what_there_was() -> None:
    kept = Kept(9)
    kept.of(at(1), "a", _and("first"))
    with contextlib.suppress(RuntimeError):
        kept.of(at(2), "a", _fails)

    assert kept.of(at(3), "a", _and("second")) == "first second"


def test_the_one_that_was_asked_for_longest_ago_is_forgotten_first() -> None:
    kept = Kept(most=2)
    for question in ("a", "b", "a", "c"):
        kept.of(at(1), question, _and(question))

    assert kept.of(at(1), "a", _and("made anew")) == "a"
    assert kept.of(at(1), "b", _and("made anew")) == "made anew"


def test_what_is_forgotten_first_is_told_by_weight_where_that_counts() -> None:
    kept = Kept(most=10, weigh=len)
    kept.keep(At(1), "a", "aaaa")
    kept.keep(At(1), "b", "bbbb")
    assert kept.known(At(1), "a") == "aaaa"

    kept.keep(At(1), "c", "cccc")
    assert [kept.known(At(1), question) for question in "abc"] == ["aaaa", None, "cccc"]
    kept.keep(At(1), "d", "d" * 11)  # heavier than all that may be kept
    assert [kept.known(At(1), question) for question in "abcd"] == [None] * 4
    kept.keep(At(1), "e", "e" * 10)
    assert kept.known(At(1), "e") == "e" * 10


def test_what_was_made_at_another_place_is_not_known() -> None:
    kept = Kept(9)
    kept.keep(At(1), "a", "first")

    assert (kept.known(At(1), "a"), kept.known(At(2), "a")) == ("first", None)
    assert kept.known(At(1), "b") is None


def test_who_asks_the_same_meanwhile_waits_and_others_do_not() -> None:
    kept, made, may_end = Kept(9), count(1), threading.Event()
    found: list[int] = []

    def slowly(_known: int | None) -> int:
        may_end.wait(10)
        return next(made)

    def ask() -> None:
        found.append(kept.of(at(1), "slow", slowly))

    _together((ask, ask, ask), then=partial(_ask_another, kept, may_end))

    assert found == [1, 1, 1]


def _ask_another(kept: Kept, may_end: threading.Event) -> None:
    assert kept.of(at(1), "quick", _and("quick")) == "quick"
    may_end.set()


def _together(asked: Iterable[Callable[[], None]], then: Callable[[], None]) -> None:
    threads = [threading.Thread(target=ask) for ask in asked]
    for thread in threads:
        thread.start()
    then()
    for thread in threads:
        thread.join(10)


def _and(text: str) -> Callable[[str | None], str]:
    return lambda known: text if known is None else f"{known} {text}"


def _fails(_known: str | None) -> str:
    raise RuntimeError
