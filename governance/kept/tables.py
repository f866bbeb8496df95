"""How what is kept beside the record is asked and written: the same words on either engine."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol


class Asking(Protocol):
    """A cursor in a transaction, for statements with question marks and the schema's name."""

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return what a statement finds."""

    def run(self, statement: str, values: Sequence[Any] = ()) -> int:
        """Run a statement, and return how many rows it changed."""


class Kept(ABC):
    """Tables of one subject; several processes use them at once."""

    locking = ""
    """What a SELECT ends with that locks the row it will change."""

    @abstractmethod
    def reading(self) -> AbstractContextManager[Asking]:
        """Lend what asks."""

    @abstractmethod
    def writing(self) -> AbstractContextManager[Asking]:
        """Lend what writes; committed, and durable, at the end."""

    @abstractmethod
    def close(self) -> None:
        """Give back the connections."""
