"""Forms made from declared types: what a kind of case asks for, without a line for the kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from governance.pages.desk.asked_shapes import NOTHING, Control, Fields, Group, Shape, shape_of


@dataclass(frozen=True)
class AskedForm:
    """The form of named types, below one name; `needed` are those that must be given."""

    name: str
    types: Mapping[str, Any]
    sides: Sequence[str]
    needed: Sequence[str] = ()

    def __post_init__(self) -> None:
        made = {name: shape_of(type_, self.sides) for name, type_ in self.types.items()}
        object.__setattr__(self, "_shapes", made)

    _shapes: dict[str, Shape] = None  # type: ignore[assignment]

    def written(self, values: Mapping[str, Any]) -> dict[str, str]:
        """Return the fields that hold these values."""
        found: dict[str, str] = {}
        for name, of in self._shapes.items():
            if values.get(name) is not None:
                found |= of.written(f"{self.name}.{name}", values[name])
        return found

    def shown(self, fields: Fields) -> list[Control | Group]:
        """Return the controls, in the order of the types."""
        return [
            of.shown(f"{self.name}.{name}", name, fields, required=name in self.needed)
            for name, of in self._shapes.items()
        ]

    def read(self, fields: Fields) -> dict[str, Any]:
        """Return what is given; raise `UnreadableError` naming the field that says no value."""
        read = {name: of.read(f"{self.name}.{name}", fields) for name, of in self._shapes.items()}
        return {name: value for name, value in read.items() if value is not NOTHING}
