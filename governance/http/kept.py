"""What is folded of views, kept for all readers while the views stand still."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar, cast

MOST = 64
"""How many folds are kept; the one that was asked for longest ago is forgotten."""

T = TypeVar("T")


class Kept:
    """Folds by their question, each for a stamp of its views; safe for threads."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._turn = threading.Lock()
        self._found: OrderedDict[Hashable, tuple[Hashable, object]] = OrderedDict()

    def of(self, stamp: Callable[[], Hashable], question: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` returns for a question; made again only once the stamp is another.

        What is returned is shared: nobody changes it. What moves while it is made is not kept.
        """
        before = stamp()
        with self._turn:
            known = self._found.get(question)
            if known is not None and known[0] == before:
                self._found.move_to_end(question)
                return cast("T", known[1])
        made = make()
        if stamp() == before:
            with self._turn:
                self._found[question] = (before, made)
                self._found.move_to_end(question)
                while len(self._found) > self._most:
                    self._found.popitem(last=False)
        return made
