"""A part that is read when it is asked for says the same as one that was always here."""

from __future__ import annotations

from functools import partial

import pytest

from aggregates.committee import late as module
from aggregates.committee.late import Late


def test_it_is_read_once_and_only_when_it_is_asked_for() -> None:
    reads = []

    def read() -> list[int]:
        reads.append("read")
        return []

    late = Late(read)

    assert not late.is_here
    assert reads == []
    assert late.value is late.value
    assert reads == ["read"]


def test_changes_wait_in_their_order_and_come_after_what_is_read() -> None:
    late: Late[list[int]] = Late(lambda: [1])

    late.change(lambda value: value.append(2))
    late.change(lambda value: value.append(3))
    assert not late.is_here

    assert late.value == [1, 2, 3]
    late.change(lambda value: value.append(4))
    assert late.value == [1, 2, 3, 4]


def test_no_more_changes_wait_than_memory_shall_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 3)
    late: Late[list[int]] = Late(list)

    for number in range(3):
        late.change(partial(_append, number))
    assert not late.is_here

    late.change(partial(_append, 3))
    assert late.is_here
    assert late.value == [0, 1, 2, 3]


def test_a_read_that_fails_leaves_the_changes_for_the_next() -> None:
    answers: list[list[int]] = []
    late: Late[list[int]] = Late(answers.pop)
    late.change(lambda value: value.append(2))

    with pytest.raises(IndexError):
        _ = late.value
    answers.append([1])

    assert late.value == [1, 2]


def test_equal_is_what_has_equal_values_wherever_they_are() -> None:
    assert Late(lambda: [1]) == Late.here([1])
    assert Late(lambda: [1]) != Late.here([2])
    assert Late.here([1]) != [1]


def _append(number: int, value: list[int]) -> None:
    value.append(number)
