"""A part of a state that is read when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

MOST_WAITING = 1000
"""Changes that wait for a part that nobody has asked for; then it is read, so that memory is
bounded."""


class Late(Generic[T]):
    """A value that is here, or that is read when it is first asked for; changes to it wait."""

    __hash__ = None  # type: ignore[assignment]  # it changes

    def __init__(self, read: Callable[[], T]) -> None:
        self._read: Callable[[], T] | None = read
        self._value: T
        self._waiting: list[Callable[[T], object]] = []

    @classmethod
    def here(cls, value: T) -> Late[T]:
        """Return a value that need not be read."""
        late = cls(lambda: value)
        late._value, late._read = value, None
        return late

    @property
    def value(self) -> T:
        """The value with every change, in their order; read now if it has not been."""
        if self._read is not None:
            value = self._read()
            for change in self._waiting:
                change(value)
            self._value, self._read, self._waiting = value, None, []
        return self._value

    @property
    def is_here(self) -> bool:
        """Whether the value has been read."""
        return self._read is None

    def change(self, change: Callable[[T], object]) -> None:
        """Apply a change, now or when the value is read."""
        if self._read is None:
            change(self._value)
            return
        self._waiting.append(change)
        if len(self._waiting) > MOST_WAITING:
            _ = self.value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Late) and bool(self.value == other.value)

    def __repr__(self) -> str:
        return f"Late({self._value!r})" if self.is_here else "Late(not read yet)"
