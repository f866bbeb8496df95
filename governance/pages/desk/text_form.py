"""The form of a text: what a draft says as fields of a form, and back, with nothing lost.

`TextForm.content` is what ``jcgov propose`` reads from a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from unicodedata import normalize

from governance.pages.desk.asked_shapes import Fields, typed
from governance.pages.desk.text_items import (
    AnyItemForm,
    CaseItem,
    item_forms,
    of_case,
    of_kind,
    of_stored,
)
from governance.pages.desk.text_offer import Offer
from governance.pages.names import FIELD_NAMES
from policies.proof.canonical import digest
from policies.refusals import UnreadableError

ELECTRONIC = "electronic"
MOST_ITEMS = 40
MOST_ANNEXES = 30
LONGEST_SHOWN = 20_000
"""Characters of an annex that a form shows; a longer one of an earlier version stays as it is."""
_OTHER_LANGUAGE = "text-other"
_ITEM = re.compile(r"item-([0-9]{1,3})(\..+)", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)


@dataclass(frozen=True, slots=True)
class AnnexForm:
    """An annex in the form; `long` has the characters of one that is not shown."""

    number: int
    title: str
    text: str
    was: str | None
    long: int | None
    left_out: bool


@dataclass(frozen=True)
class TextForm:
    """What may be chosen, and the fields as they were typed."""

    offer: Offer
    fields: Fields

    @property
    def items(self) -> list[AnyItemForm]:
        """The items, in their order."""
        return item_forms(self.offer, self.fields)

    @property
    def procedure(self) -> str:
        """A meeting's id, or that it is by electronic means; empty where nothing is chosen."""
        return typed(self.fields, "procedure")

    @property
    def languages(self) -> list[str]:
        """The languages that have a place in the form: those of the sides, those that are there."""
        found = [*self.offer.languages, *self.offer.before.get("text", {})]
        return list(dict.fromkeys(found))

    @property
    def annexes(self) -> list[AnnexForm]:
        """The annexes of the form, and an empty one to write another into."""
        found = [self._annex(number) for number in range(1, MOST_ANNEXES + 1)]
        filled = [a.number for a in found if a.title or a.text or a.was]
        return found[: max(filled, default=0) + 1]

    @property
    def brought(self) -> list[dict[str, str]]:
        """The annexes that come with items of the draft that is revised."""
        return brought(self.offer)

    @property
    def chosen(self) -> set[str]:
        """The cases that are items of the form already."""
        return {item.case.case for item in self.items if isinstance(item, CaseItem)}

    def content(self, *, whole: bool = True) -> dict[str, Any]:
        """Return the draft; raise `UnreadableError` naming what is missing or wrong.

        One that is not to be frozen yet need not be `whole`: items may leave out what they need.
        """
        items = [item.read() for item in self.items]
        if whole:
            self._require_said()
        if not items:
            message = "the text decides nothing yet: choose a case, or add another item"
            raise UnreadableError(message)
        if not self.procedure:
            message = "say how the text is to be decided: at which meeting, or by electronic means"
            raise UnreadableError(message)
        electronic = self.procedure == ELECTRONIC
        at_meeting = {"kind": "meeting", "meeting": self.procedure}
        content: dict[str, Any] = {
            "committee": self.offer.committee.partner,
            "procedure": {"kind": ELECTRONIC} if electronic else at_meeting,
            "items": items,
            "text": self._texts(),
            "annexes": [*self._annexes(), *self._brought(items)],
        }
        expires = typed(self.fields, "expires")
        return content | ({"expires": expires} if expires else {})

    # What the secretariat does with the form itself

    def with_chosen(self) -> TextForm:
        """Return the form with the cases and the kind that were chosen to be added."""
        fields = {n: v for n, v in self.fields.items() if not n.startswith("add.")}
        number = len(self.items)
        for case in self.offer.ready:
            if f"add.{case.place}" in self.fields and case.case not in self.chosen:
                number += 1
                fields |= of_case(number, case)
        kind = typed(self.fields, "add.kind")
        if kind:
            number += 1
            fields |= of_kind(number, kind, self.offer)
        if number > MOST_ITEMS:
            message = f"a text has at most {MOST_ITEMS} items here; decide the others in another"
            raise UnreadableError(message)
        return TextForm(self.offer, fields)

    def without(self, number: int) -> TextForm:
        """Return the form without one of its items."""
        order = [item.number for item in self.items if item.number != number]
        return self._ordered(order)

    def raised(self, number: int) -> TextForm:
        """Return the form with one item before the one that stood above it."""
        order = [item.number for item in self.items]
        if number in order[1:]:
            place = order.index(number)
            order[place - 1 : place + 1] = [number, order[place - 1]]
        return self._ordered(order)

    def _ordered(self, numbers: Iterable[int]) -> TextForm:
        """Return the form with these items alone, numbered anew in this order."""
        place = {old: new for new, old in enumerate(numbers, start=1)}
        fields = {}
        for name, value in self.fields.items():
            found = _ITEM.fullmatch(name)
            if found is None:
                fields[name] = value
            elif int(found[1]) in place:
                fields[f"item-{place[int(found[1])]}{found[2]}"] = value
        return TextForm(self.offer, fields)

    # Reading

    def _require_said(self) -> None:
        """Refuse items that leave out what has to be said before the text is frozen."""
        left = [
            f"item {item.number}: {', '.join(FIELD_NAMES.get(name, name) for name in lacking)}"
            for item in self.items
            if (lacking := item.lacking())
        ]
        if left:
            message = f"still to be said: {'; '.join(left)} (a draft may be kept without)"
            raise UnreadableError(message)

    def _texts(self) -> dict[str, str]:
        """Return the text in each language in which it was written."""
        found = {code: self.fields.get(f"text-{code}", "") for code in self.languages}
        other, text = (
            typed(self.fields, f"{_OTHER_LANGUAGE}.code"),
            self.fields.get(_OTHER_LANGUAGE, ""),
        )
        if bool(other) != bool(text.strip()):
            message = "the further language needs both its code (such as fr) and its text"
            raise UnreadableError(message)
        if other:
            if _LANGUAGE.fullmatch(other) is None:
                message = f"{other[:20]!r} is no code of a language; write it as fr or pt-BR"
                raise UnreadableError(message)
            if found.get(other, "").strip():
                message = f"the text stands twice in the language {other}"
                raise UnreadableError(message)
            found[other] = text
        said = {code: normalize("NFC", text) for code, text in found.items() if text.strip()}
        if "en" not in said:
            message = "the text is missing in English, the committee's working language"
            raise UnreadableError(message)
        return said

    def _annex(self, number: int) -> AnnexForm:
        name = f"annex-{number}"
        was = typed(self.fields, f"{name}.was")
        stored = {str(place): annex for place, annex in _annexes_of(self.offer.before).items()}
        shown = self.fields.get(f"{name}.text")
        text = shown if shown is not None else stored[was]["text"] if was in stored else ""
        return AnnexForm(
            number=number,
            title=typed(self.fields, f"{name}.title"),
            text=text,
            was=was if was in stored else None,
            long=len(text) if shown is None and text else None,
            left_out=f"{name}.left-out" in self.fields,
        )

    def _annexes(self) -> list[dict[str, str]]:
        """Return the annexes that somebody wrote, and those of before that nobody left out."""
        found = []
        for annex in self.annexes:
            text = normalize("NFC", annex.text) if annex.long is None else annex.text
            if annex.left_out or not (annex.title or text.strip()):
                continue
            if not annex.title or not text.strip():
                lacks = "title" if not annex.title else "text"
                message = f"annex {annex.number} has no {lacks}"
                raise UnreadableError(message)
            found.append({"title": annex.title, "text": text})
        return found

    def _brought(self, items: list[dict[str, Any]]) -> list[dict[str, str]]:
        """Return the annexes of before that an item names, and still does."""
        named = {name for item in items for name in _names(item)}
        return [annex for annex in brought(self.offer) if _digest(annex) in named]


def begun(offer: Offer, places: Iterable[int]) -> TextForm:
    """Return a new form with cases by their places on the docket; `NotFoundError` for no case."""
    fields = {"procedure": ELECTRONIC}
    for number, place in enumerate(dict.fromkeys(places), start=1):
        fields |= of_case(number, offer.at(place))
    return TextForm(offer, fields)


def of_draft(offer: Offer) -> TextForm:
    """Return the form of the draft that is revised."""
    before = offer.before
    fields: dict[str, str] = {}
    for place in range(1, len(before["items"]) + 1):
        fields |= of_stored(place, offer)
    procedure = before["procedure"]
    electronic = procedure["kind"] == ELECTRONIC
    fields["procedure"] = ELECTRONIC if electronic else procedure.get("meeting") or ""
    fields["expires"] = str(before.get("expires") or "")
    fields |= {f"text-{code}": text for code, text in before["text"].items()}
    own = ((p, a) for p, a in _annexes_of(before).items() if a not in brought(offer))
    for number, (place, annex) in enumerate(own, start=1):
        fields |= {f"annex-{number}.title": annex["title"], f"annex-{number}.was": str(place)}
        if len(annex["text"]) <= LONGEST_SHOWN:
            fields[f"annex-{number}.text"] = annex["text"]
    return TextForm(offer, fields)


def brought(offer: Offer) -> list[dict[str, str]]:
    """Return the annexes that items of the draft bring with them; they go with their items."""
    items = offer.before.get("items", ())
    named = {name for item in items for name in _names(item)}
    return [a for a in _annexes_of(offer.before).values() if _digest(a) in named]


def _names(item: Mapping[str, Any]) -> list[str]:
    """Return the digests of annexes that an item names."""
    change = item.get("rulebook")
    found = [item.get("record"), change.get("digest") if isinstance(change, dict) else None]
    return [name for name in found if isinstance(name, str)]


def _annexes_of(content: Mapping[str, Any]) -> dict[int, dict[str, str]]:
    """Return a draft's annexes by their places, from 1."""
    return dict(enumerate(content.get("annexes", ()), start=1))


def _digest(annex: Mapping[str, str]) -> str:
    return digest(annex["text"].encode("utf-8"))
