"""The items of a text as parts of a form: of a case of the docket, or of a kind that needs none.

Members that the form does not show stay as an earlier version says them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from governance.pages.desk.asked_form import AskedForm
from governance.pages.desk.asked_shapes import Fields, typed
from governance.pages.desk.item_form import ItemForm, ItemPart, readable, types_of
from governance.pages.desk.kind_item import PAST, KindItem, types_of_kind
from governance.pages.desk.text_offer import Offer
from governance.service.tableable import Tableable
from policies.items import KINDS
from policies.refusals import UnreadableError

RULEBOOK = "rulebook"
SPECIAL = (RULEBOOK, PAST)
"""What may be added beside cases and kinds: a shipped rulebook, the record of the past."""
_PUTS_IN_FORCE = "rules_adoption"


@dataclass(frozen=True)
class CaseItem(ItemForm):
    """An item that answers a case: an outcome, and what is still to be said for it."""

    case: Tableable

    @property
    def outcome(self) -> str:
        """What the committee is asked to decide; the first that the case may have unless chosen."""
        chosen = typed(self.fields, f"{self.name}.outcome")
        return chosen or (self.case.outcomes[0].name if self.case.outcomes else "")

    @cached_property
    def _short(self) -> dict[str, Any]:
        """What the draft that is revised says beside the case."""
        short = {} if self.was is None else self.offer.short.get(self.was, {})
        same = short.get("case") == self.case.case
        return {n: v for n, v in short.items() if n != "case"} if same else {}

    @cached_property
    def _types(self) -> dict[str, Any]:
        """Every member that some outcome leaves open, or that the earlier version says itself."""
        found: dict[str, Any] = {}
        for outcome in self.case.outcomes:
            found |= {name: type_ for name, type_ in outcome.says.items() if name not in found}
            own = types_of(outcome.kind) if outcome.name == self._short.get("outcome") else {}
            found |= readable({name: own[name] for name in self._short if name in own}, self._short)
        return found

    @property
    def parts(self) -> list[ItemPart]:
        """As `ItemForm.parts`: first what the chosen outcome needs, last what belongs to others."""
        chosen = self.case.outcome(self.outcome)
        must = frozenset[str]() if chosen is None else chosen.must
        own = set[str]() if chosen is None else set(types_of(chosen.kind))
        sorted_out: dict[Literal["needed", "further", "otherwise"], list[str]] = {
            "needed": [name for name in self._types if name in must],
            "further": [name for name in self._types if name in own - must],
            "otherwise": [name for name in self._types if name not in own],
        }
        return [
            ItemPart(part, self.shown({name: self._types[name] for name in names}))
            for part, names in sorted_out.items()
            if names
        ]

    @property
    def needed(self) -> frozenset[str]:
        """As `ItemForm.needed`; of the outcome that is chosen."""
        chosen = self.case.outcome(self.outcome)
        return frozenset() if chosen is None else frozenset(chosen.must)

    def lacking(self) -> list[str]:
        """As `ItemForm.lacking`."""
        outcome = self.case.outcome(self.outcome)
        said = self.said(self._types)
        return [] if outcome is None else [n for n in outcome.says if n in outcome.must - set(said)]

    def read(self) -> dict[str, Any]:
        """As `ItemForm.read`."""
        outcome = self.case.outcome(self.outcome)
        if outcome is None:
            has = ", ".join(found.name for found in self.case.outcomes) or self.case.why_not
            message = f"item {self.number}: {self.outcome!r} is not possible now; there is: {has}"
            raise UnreadableError(message)
        said, own = self.said(self._types), types_of(outcome.kind)
        stray = [name for name in said if name not in own]
        if stray:
            message = (
                f"item {self.number}: where it is {outcome.name}, nothing is said of"
                f" {' and '.join(name.replace('_', ' ') for name in stray)}; leave that empty, or"
                " choose another outcome"
            )
            raise UnreadableError(message)
        unshown = {n: v for n, v in self._short.items() if n not in {*self._types, "outcome"}}
        kept = unshown if self._short.get("outcome") == outcome.name else {}
        return {"case": self.case.case, "outcome": outcome.name} | kept | said


@dataclass(frozen=True)
class GoneItem(ItemForm):
    """An item whose case awaits the committee no more: it can only be removed."""

    what: str

    def read(self) -> dict[str, Any]:
        """As `ItemForm.read`."""
        message = f"item {self.number}: {self.what} does not await the committee now; remove it"
        raise UnreadableError(message)


AnyItemForm = CaseItem | KindItem | GoneItem


def item_forms(offer: Offer, fields: Fields) -> list[AnyItemForm]:
    """Return the items of a form, in their order."""
    found: list[AnyItemForm] = []
    number = 1
    while any(f"item-{number}.{what}" in fields for what in ("case", "kind")):
        case, kind = (typed(fields, f"item-{number}.{what}") for what in ("case", "kind"))
        if case in offer.cases:
            found.append(CaseItem(number, offer, fields, offer.cases[case]))
        elif kind in KINDS or _is_stored(offer, kind):
            found.append(KindItem(number, offer, fields, kind))
        else:
            found.append(GoneItem(number, offer, fields, case or kind))
        number += 1
    return found


def _is_stored(offer: Offer, kind: str) -> bool:
    return any(item.get("kind") == kind for item in offer.before.get("items", ()))


def of_case(number: int, case: Tableable) -> dict[str, str]:
    """Return the fields of a new item that answers a case."""
    return {f"item-{number}.case": case.case}


def of_kind(number: int, kind: str, offer: Offer) -> dict[str, str]:
    """Return the fields of a new item of a kind, or of the rulebook that is shipped last."""
    if kind != RULEBOOK:
        return {f"item-{number}.kind": kind}
    version = offer.rulebooks[0] if offer.rulebooks else ""
    name = f"item-{number}.say"
    title = {f"{name}.title": f"Rulebook {version}"} if version else {}
    return {f"item-{number}.kind": _PUTS_IN_FORCE, f"{name}.rulebook.version": version} | title


def of_stored(place: int, offer: Offer) -> dict[str, str]:
    """Return the fields of an item of the draft that is revised, at its place (from 1)."""
    item, short = offer.before["items"][place - 1], offer.short.get(place)
    name = f"item-{place}"
    if short is not None and short["case"] in offer.cases:
        fields = {f"{name}.case": short["case"], f"{name}.outcome": short["outcome"]}
        fields[f"{name}.was"] = str(place)
        made = CaseItem(place, offer, fields, offer.cases[short["case"]])
        return fields | made.asked(made._types).written(short)
    kind = str(item.get("kind"))
    types = types_of_kind(kind, offer, item)
    asked = AskedForm(f"{name}.say", types, offer.committee.sides)
    return {f"{name}.kind": kind, f"{name}.was": str(place)} | asked.written(item)
