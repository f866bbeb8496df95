"""What is made of the record, kept for all readers while what it was made from stands still."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar, cast

T = TypeVar("T")


class Stamped(Hashable, Protocol):
    """Where something stands; what was made at another place of its history can be gone on from."""

    @property
    def history(self) -> Hashable:
        """What undoes all that was made, where it is another."""


@dataclass(frozen=True)
class _ForGood:
    history: None = None


FOR_GOOD: Stamped = _ForGood()
"""The stamp of what never becomes another: its question alone says what it is made from."""


@dataclass
class _Answer:
    """What was made last for one question, null at first; whoever makes it anew has its turn."""

    turn: threading.Lock = field(default_factory=threading.Lock)
    stamp: Stamped | None = None
    made: Any = None
    weight: int = 1


def _one(_made: object) -> int:
    return 1


class Kept:
    """Answers by their question, each for a stamp of what it was made from; safe for threads.

    Of the questions so many are kept as were asked most lately: in number, or by their weight. What
    is kept is shared: nobody changes it.
    """

    def __init__(self, most: int, weigh: Callable[[Any], int] = _one) -> None:
        self._most = most
        self._weigh = weigh
        self._turn = threading.Lock()
        self._weight = 0
        self._answers: OrderedDict[Hashable, _Answer] = OrderedDict()

    def of(
        self,
        stamp: Callable[[], Stamped],
        question: Hashable,
        make: Callable[[T | None], T],
    ) -> T:
        """Return what `make` returns for a question; made again only once the stamp is another.

        `make` is given what was made last, null at first, so that it may go on from there. Who
        asks the same meanwhile waits for it. What moves while it is made is not kept.
        """
        answer = self._asked(question)
        with answer.turn:
            before = stamp()
            if answer.stamp == before:
                return cast("T", answer.made)
            goes_on = answer.stamp is not None and answer.stamp.history == before.history
            made = make(answer.made if goes_on else None)
            if stamp() == before:
                self._put(question, answer, before, made)
        return made

    def known(self, stamp: Stamped, question: Hashable) -> Any:
        """Return what is kept for a question at a stamp; null for nothing."""
        with self._turn:
            answer = self._answers.get(question)
            if answer is None or answer.stamp != stamp:
                return None
            self._answers.move_to_end(question)
            return answer.made

    def keep(self, stamp: Stamped, question: Hashable, made: Any) -> None:
        """Keep what was made for a question at a stamp."""
        self._put(question, self._asked(question), stamp, made)

    def _asked(self, question: Hashable) -> _Answer:
        with self._turn:
            answer = self._answers.get(question)
            if answer is None:
                answer = self._answers[question] = _Answer()
                self._weight += answer.weight
            self._answers.move_to_end(question)
            self._forget()
            return answer

    def _put(self, question: Hashable, answer: _Answer, stamp: Stamped, made: Any) -> None:
        weight = self._weigh(made)
        with self._turn:
            if self._answers.get(question) is not answer:
                return  # forgotten while it was made
            self._weight += weight - answer.weight
            answer.stamp, answer.made, answer.weight = stamp, made, weight
            self._forget()

    def _forget(self) -> None:
        """Forget what was asked for longest ago, as far as there is too much."""
        while self._weight > self._most:
            _question, answer = self._answers.popitem(last=False)
            self._weight -= answer.weight
