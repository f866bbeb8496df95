"""What a version of a text changes against the one before it: wording, items, annexes, terms."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from governance.service.differences import Line, Piece, Skipped, around, lines, words
from governance.service.summary import leaves
from governance.service.versions import Version
from policies.proof.statements import AtMeeting

LONGEST = 200_000
"""Characters of an annex that is compared; of a longer one it is said only that it differs."""
_SHORT = 3
"""Words of a member that is not taken apart."""
Shown = Callable[[str], str]
"""What makes of a text what a reader sees."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A text, or an annex, by what it is called; without lines where it is too long for them."""

    name: str
    what: str
    lines: list[Line | Skipped]


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an item, or a term of the text, with what it was and is."""

    place: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class ItemChange:
    """An item that is new, gone or changed; `number` is its place in the version that has it."""

    what: str
    number: int
    kind: str
    title: str
    members: list[Member]


@dataclass(frozen=True, slots=True)
class Revised:
    """All that differs from a version to a later one."""

    version: int
    terms: list[Member]
    texts: list[Wording]
    items: list[ItemChange]
    annexes: list[Wording]

    @property
    def nothing(self) -> bool:
        """Whether a reader of the one has read the other."""
        return not (self.terms or self.texts or self.items or self.annexes)


def revised(old: Version, new: Version, shown: Shown) -> Revised:
    """Return what differs; `shown` writes out what a reader would not see."""
    return Revised(
        old.version,
        list(_members(_terms(old), _terms(new), shown)),
        list(_wordings(old.texts, new.texts, shown)),
        list(_items(old.items, new.items, shown)),
        list(_wordings(old.annexes, new.annexes, shown)),
    )


def _wordings(old: Mapping[str, str], new: Mapping[str, str], shown: Shown) -> Iterator[Wording]:
    for name in dict.fromkeys((*old, *new)):
        before, after = old.get(name), new.get(name)
        if before == after:
            continue
        what = "new" if before is None else "gone" if after is None else "changed"
        long = max(len(before or ""), len(after or "")) > LONGEST
        compared = lines(shown(before or ""), shown(after or ""))
        if before is None or after is None:  # without the empty line that is in the other alone
            compared = tuple(line for line in compared if line.new is (before is None))
        yield Wording(shown(name), what, [] if long else around(compared))


def _terms(version: Version) -> dict[str, str]:
    """Return what else is signed, as far as both versions have it to say."""
    decision = version.decision
    if decision is None:
        procedure = version.content["procedure"]
        named = {"procedure": procedure["kind"], "meeting": procedure.get("meeting")}
        terms = named | {"expires": version.content.get("expires")}
    else:
        terms = {"rulebook": decision.rulebook.version, "expires": str(decision.expires)}
        if isinstance(decision.procedure, AtMeeting):
            held = decision.procedure
            terms |= {"procedure": "meeting", "meeting": f"{held.meeting}, {held.date}"}
        else:
            terms |= {"procedure": "electronic", "closes": str(decision.procedure.closes)}
    return {name: str(value) for name, value in terms.items() if value is not None}


def _items(
    old: Sequence[dict[str, Any]], new: Sequence[dict[str, Any]], shown: Shown
) -> Iterator[ItemChange]:
    partners = _partners(old, new)
    for place, item in enumerate(new):
        before = partners.get(place)
        if before is None:
            yield _change(place, None, item, shown)
        elif old[before] != item:
            yield _change(place, old[before], item, shown)
    for place, item in enumerate(old):
        if place not in partners.values():
            yield _change(place, item, None, shown)


def _change(
    place: int, before: dict[str, Any] | None, after: dict[str, Any] | None, shown: Shown
) -> ItemChange:
    what = "new" if before is None else "gone" if after is None else "changed"
    item = after or before or {}
    members = _members(dict(leaves(before or {})), dict(leaves(after or {})), shown)
    named = [member for member in members if member.place not in ("", "kind")]
    kind, title = str(item.get("kind")), str(item.get("title") or "")
    return ItemChange(what, place + 1, kind, shown(title), named)


def _members(old: Mapping[str, str], new: Mapping[str, str], shown: Shown) -> Iterator[Member]:
    for place in dict.fromkeys((*new, *old)):
        before, after = old.get(place, ""), new.get(place, "")
        if before != after:
            yield Member(place, _pieces(shown(before), shown(after)))


def _pieces(old: str, new: str) -> tuple[Piece, ...]:
    """Return the pieces of a member: sentences word by word, a number or a day as a whole."""
    if min(len(old.split()), len(new.split())) > _SHORT:
        return words(old, new)
    whole = (Piece("gone", old), Piece("new", new))
    return tuple(piece for piece in whole if piece.text)


def _partners(old: Sequence[dict[str, Any]], new: Sequence[dict[str, Any]]) -> dict[int, int]:
    """Pair the items of two versions, by the new one's place: the same, of one subject, of a kind.

    What is the same pairs first, so that an item that was put in shifts no other.
    """
    partners: dict[int, int] = {}
    for named in (_whole, _subject, _kind):
        left = [place for place in range(len(old)) if place not in partners.values()]
        for place, item in enumerate(new):
            if place in partners:
                continue
            fitting = next((o for o in left if named(old[o]) == named(item)), None)
            if fitting is not None:
                partners[place] = fitting
                left.remove(fitting)
    return partners


def _whole(item: dict[str, Any]) -> Any:
    return item


def _subject(item: dict[str, Any]) -> Any:
    named = item.get("number") or item.get("project") or item.get("title")
    return (item.get("kind"), named)


def _kind(item: dict[str, Any]) -> Any:
    return item.get("kind")
