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


class Kept:
    """Answers by their question, each for a stamp of what it was made from; safe for threads.

    Of the questions so many are kept as were asked most lately.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._turn = threading.Lock()
        self._answers: OrderedDict[Hashable, _Answer] = OrderedDict()

    def of(
        self,
        stamp: Callable[[], Stamped],
        question: Hashable,
        make: Callable[[T | None], T],
    ) -> T:
        """Return what `make` returns for a question; made again only once the stamp is another.

        `make` is given what was made last, null at first, so that it may go on from there. Who
        asks the same meanwhile waits for it. What is returned is shared: nobody changes it. What
        moves while it is made is not kept.
        """
        answer = self._answer(question)
        with answer.turn:
            before = stamp()
            if answer.stamp == before:
                return cast("T", answer.made)
            goes_on = answer.stamp is not None and answer.stamp.history == before.history
            made = make(answer.made if goes_on else None)
            if stamp() == before:
                answer.stamp, answer.made = before, made
        return made

    def _answer(self, question: Hashable) -> _Answer:
        with self._turn:
            answer = self._answers.setdefault(question, _Answer())
            self._answers.move_to_end(question)
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)
            return answer
