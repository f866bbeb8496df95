"""An item of a text that answers no case: a kind of item with the members that people give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import msgspec

from governance.pages.desk.item_form import ItemForm, ItemPart, readable, types_of
from governance.pages.desk.text_offer import Offer
from policies.items import KINDS
from policies.items.kind import Text
from policies.refusals import NotFoundError
from policies.rulebook import shipped
from policies.shapes import may_be_null

PAST = "history_adoption"
_RULES = frozenset({"rules_adoption", "rules_revision"})
_OF_THE_PAST = frozenset({"record", "decisions", "items", "credits"})
"""What the record says of itself."""


@dataclass(frozen=True)
class KindItem(ItemForm):
    """An item of a kind, which answers no case."""

    kind: str

    @cached_property
    def _types(self) -> dict[str, Any]:
        """The members that people give; what follows when the text is frozen is left out."""
        return types_of_kind(self.kind, self.offer, self.stored)

    @property
    def parts(self) -> list[ItemPart]:
        """As `ItemForm.parts`."""
        return [ItemPart("needed", self.shown(self._types))]

    @property
    def needed(self) -> frozenset[str]:
        """As `ItemForm.needed`; what of the past is counted, and its title, are filled in."""
        filled_in = {"documents", *(("title",) if self.kind == PAST else ())}
        return frozenset(n for n, t in self._types.items() if not may_be_null(t)) - filled_in

    def lacking(self) -> list[str]:
        """As `ItemForm.lacking`."""
        said = self.said(self._types)
        return [name for name in self._types if name in self.needed and name not in said]

    def read(self) -> dict[str, Any]:
        """As `ItemForm.read`."""
        said = self.said(self._types)
        if self.kind == PAST and said.get("up_to") != self.stored.get("up_to"):
            return {"kind": self.kind} | said
        if "rulebook" in said:
            said["rulebook"] = {n: v for n, v in said["rulebook"].items() if v is not None}
        if self.kind in _RULES:
            said = {"documents": []} | said
        unshown = {n: v for n, v in self.stored.items() if n not in {*self._types, "kind"}}
        return {"kind": self.kind} | unshown | said


def types_of_kind(kind: str, offer: Offer, stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of a kind that people give, each with its type."""
    of, types = KINDS.get(kind), types_of(kind)
    left_out = {"previous"} | (_OF_THE_PAST if kind == PAST else set())
    if of is not None and of.mints is not None:
        left_out.add("number")
    if kind in _RULES:
        types["rulebook"] = _rulebook_type(offer, stored)
        if types["rulebook"] is None:
            left_out.add("rulebook")
    shown = {name: type_ for name, type_ in types.items() if name not in left_out}
    return readable(shown, stored)


def _rulebook_type(offer: Offer, stored: Mapping[str, Any]) -> Any:
    """Return how a rulebook is chosen among those that are shipped.

    Null where there is none, and where an earlier version names one that nobody ships: it stays.
    """
    change = stored.get("rulebook")
    known = list(offer.rulebooks)
    if isinstance(change, dict):
        if not is_shipped(offer, change):
            return None
        known = list(dict.fromkeys([str(change["version"]), *known]))
    if not known:
        return None
    choice = Literal[tuple(known)]  # type: ignore[valid-type]
    return msgspec.defstruct(
        "ShippedRulebook", [("version", choice), ("keeps", tuple[Text, ...] | None, None)]
    )


def is_shipped(offer: Offer, change: Mapping[str, Any]) -> bool:
    """Whether a rulebook that an item names is one that is shipped, word for word."""
    try:
        text = shipped(offer.committee.partner, str(change.get("version")))
    except NotFoundError:
        return False
    return change.get("digest") in (None, text.digest)
