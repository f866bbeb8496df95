"""An item of a text as a part of a form: what every sort of item has."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from governance.pages.desk.asked_form import AskedForm
from governance.pages.desk.asked_shapes import Control, Fields, Group, typed
from governance.pages.desk.text_offer import Offer
from policies.items import KINDS
from policies.refusals import UnreadableError


@dataclass(frozen=True)
class ItemPart:
    """Controls that stand together: those that are needed, others, those of other outcomes."""

    name: Literal["needed", "further", "otherwise"]
    controls: list[Control | Group]

    @property
    def filled(self) -> bool:
        """Whether something is typed into one of them."""
        groups = (c.rows if isinstance(c, Group) else ((c,),) for c in self.controls)
        return any(control.value for rows in groups for row in rows for control in row)


@dataclass(frozen=True)
class ItemForm(ABC):
    """One item of the form: its number there, and the fields as they were typed."""

    number: int
    offer: Offer
    fields: Fields

    @property
    def name(self) -> str:
        """Below which the item's fields stand."""
        return f"item-{self.number}"

    @property
    def was(self) -> int | None:
        """The item's place in the draft that is revised; null for a new one."""
        text = typed(self.fields, f"{self.name}.was")
        places = len(self.offer.before.get("items", ()))
        return int(text) if text in {str(place) for place in range(1, places + 1)} else None

    @property
    def stored(self) -> dict[str, Any]:
        """The item as the draft that is revised has it; empty for a new one."""
        found: dict[str, Any] = {} if self.was is None else self.offer.before["items"][self.was - 1]
        return found

    @property
    def parts(self) -> list[ItemPart]:
        """The controls of the item, in the order in which they are shown."""
        return []

    @property
    def needed(self) -> frozenset[str]:
        """The members without which the text cannot be frozen."""
        return frozenset()

    def lacking(self) -> list[str]:
        """Return the members without which the text cannot be frozen, and that nobody has said."""
        return []

    @abstractmethod
    def read(self) -> dict[str, Any]:
        """Return the item as a draft has it; raise `UnreadableError` naming what is wrong."""

    def asked(self, types: Mapping[str, Any]) -> AskedForm:
        """Return the form of some of the item's members."""
        return AskedForm(f"{self.name}.say", types, self.offer.committee.sides)

    def shown(self, types: Mapping[str, Any]) -> list[Control | Group]:
        """Return the controls of some members, with what was typed."""
        return self.asked(types).shown(self.fields)

    def said(self, types: Mapping[str, Any]) -> dict[str, Any]:
        """Return what was typed for some members; raise `UnreadableError` naming the item."""
        try:
            return self.asked(types).read(self.fields)
        except UnreadableError as error:
            message = f"item {self.number}: {error}"
            raise UnreadableError(message) from None


def types_of(kind: str) -> dict[str, Any]:
    """Return the members of a kind of item, the title first; none of what is no kind."""
    of = KINDS.get(kind)
    return {} if of is None else {f.encode_name: f.type for f in msgspec.structs.fields(of)}


def readable(types: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members that a form can show; a draft may say anything until it is frozen."""
    return {name: t for name, t in types.items() if name not in stored or _fits(stored[name], t)}


def _fits(value: Any, type_: Any) -> bool:
    try:
        msgspec.convert(value, type_)
    except msgspec.ValidationError:
        return value is None
    return True
