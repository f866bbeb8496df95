"""Forms made from declared types: what a kind of case asks for, without a line for the kind."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from governance.pages.desk.asked_shapes import NOTHING, Control, Fields, Group, Shape, shape_of
from policies.refusals import UnreadableError
from policies.rulebook import Rulebook


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
        found = {name: value for name, value in read.items() if value is not NOTHING}
        if "gases" in found:  # people write them on one line as well
            found["gases"] = [gas for line in found["gases"] for gas in _apart(line)]
        return found


def require_known_scopes(asks: Mapping[str, Any], rulebook: Rulebook) -> None:
    """Refuse a sectoral scope that the rulebook does not know (`UnreadableError`)."""
    known = rulebook.eligibility.sectoral_scopes.value
    rows = [row for name in ("validation", "verification") for row in asks.get(name) or ()]
    said = [*(asks.get("scopes") or ()), *(row["scope"] for row in rows if "scope" in row)]
    foreign = [scope for scope in dict.fromkeys(said) if scope not in known]
    if foreign:
        message = (
            f"sectoral scopes: {', '.join(map(str, foreign))} is none of those that the rulebook"
            f" {rulebook.version} names: {', '.join(map(str, known))}"
        )
        raise UnreadableError(message)


def _apart(line: str) -> list[str]:
    return [gas for part in re.split("[,;、，；]", line) if (gas := part.strip())]
