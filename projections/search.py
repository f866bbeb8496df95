"""Search over all committees: decisions, methodologies, projects, entities and people.

Only what the public log, the registers and the rosters show is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from policies.ground import Ground
from policies.sides import Committee
from policies.subjects import Origin
from projections.folding import Words, fold, forms
from projections.people import Person
from projections.proceedings import DECISION, ITEM, Proceeding, proceedings_of

KINDS = ("decision", "methodology", "project", "entity", "person")
"""What can be found, in the order in which equal hits stand."""
_WHOLE, _NUMBER, _SUBJECT, _TITLE, _TEXT = range(5)
_WHERE = ("number", "number", "subject", "title", "text")
_BOUND = " | "
"""Stands between texts, so that no phrase runs from one into another."""
EXCERPT = 160
"""Characters of a text that a hit shows."""


@dataclass(frozen=True, slots=True)
class Findable:
    """Something that can be found: by its number, those it is about, titles, or other words."""

    kind: str
    committee: str
    number: str
    title: str
    day: str | None
    basis: str
    subjects: Sequence[str]
    titles: Sequence[str]
    texts: Sequence[str] = field(default=())

    def hit(self, words: Words) -> dict[str, Any] | None:
        """Return where all the words are found, in the shape of ``jcgov search --json``."""
        own = forms(self.number)
        if words.all_in(own):
            whole = f" {words.whole} " in f" {own} "
            return self._hit(_WHOLE if whole else _NUMBER, self.title)
        numbers = _BOUND.join((own, *map(forms, self.subjects)))
        if words.all_in(numbers):
            return self._hit(_SUBJECT, ", ".join(self.subjects))
        titled = _BOUND.join((numbers, *map(fold, self.titles)))
        if words.all_in(titled):
            return self._hit(_TITLE, self._excerpt(words, self.titles))
        if words.all_in(self.folded):
            return self._hit(_TEXT, self._excerpt(words, self.texts))
        return None

    @property
    def folded(self) -> str:
        """Everything that is looked at, as words are compared with it."""
        numbers = map(forms, (self.number, *self.subjects))
        return _BOUND.join((*numbers, *map(fold, self.titles), *map(fold, self.texts)))

    def _excerpt(self, words: Words, texts: Iterable[str]) -> str:
        """Return the first line that holds one of the words, cut to be read."""
        lines = (line for text in texts for line in text.splitlines())
        found = next((line for line in lines if words.any_in(fold(line))), self.title)
        return found if len(found) <= EXCERPT else f"{found[: EXCERPT - 1]}…"

    def _hit(self, rank: int, excerpt: str) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "committee": self.committee,
            "number": self.number,
            "title": self.title,
            "on": self.day,
            "basis": self.basis,
            "found_in": _WHERE[rank],
            "excerpt": excerpt,
            "rank": rank,
        }


def search(words: Words, findable: Iterable[Findable]) -> list[dict[str, Any]]:
    """Return what has every word: numbers first, then titles, then texts; the newest first."""
    hits = [hit for each in findable if (hit := each.hit(words)) is not None]
    hits.sort(key=lambda hit: (hit["committee"], hit["number"]))
    hits.sort(key=lambda hit: hit["on"] or "", reverse=True)
    hits.sort(key=lambda hit: (hit["rank"], KINDS.index(hit["kind"])))
    return hits


def decisions(rows: Iterable[Sequence[Any]], words: Words) -> Iterator[Findable]:
    """Yield each decision that may have the words, with its items and its text.

    Rows are those of the proceedings, in their order; what cannot be found is not even read.
    """
    found = (row for row in rows if row[6] in (DECISION, ITEM))
    for _place, group in groupby(found, key=lambda row: (row[0], row[1])):
        stored = list(group)
        if words.may_be_in((stored[0][1], stored[0][3] or "", *(row[8] for row in stored))):
            yield from findable_decisions(proceedings_of(stored))


def findable_decisions(rows: Iterable[Proceeding]) -> Iterator[Findable]:
    """Yield each decision of rows that stand together, once for each basis on which they stand."""
    for (committee, number, basis), group in groupby(
        rows, key=lambda p: (p.committee, p.number, p.basis)
    ):
        rows = list(group)
        items = [row.entry for row in rows if row.what == ITEM]
        said = [text for row in rows if row.what == DECISION for text in _said(row.entry)]
        titles = [entry["title"] for entry in items if entry["title"]]
        yield Findable(
            kind="decision",
            committee=committee,
            number=number,
            title="; ".join(titles),
            day=rows[0].day,
            basis=basis,
            subjects=list(dict.fromkeys(_subjects(items))),
            titles=titles,
            texts=[*_about(items), *said, rows[0].day or ""],
        )


def _said(entry: dict[str, Any]) -> Iterator[str]:
    """Yield a signed decision's own words, its meeting, and who signed it."""
    yield from entry["text"].values()
    yield entry["meeting"] or ""
    yield from (f"{signer['name']} ({signer['side']})" for signer in entry["signers"])


def _subjects(items: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield the numbers of what the items are about, and of the methodologies applied."""
    for entry in items:
        yield from filter(None, (entry["subject"], *entry["methodologies"]))


def _about(items: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield an item's other words: its kind, and how it ended."""
    for entry in items:
        yield f"{entry['kind'].replace('_', ' ')}: {entry['outcome'] or ''}"


def registered(ground: Ground, committee: Committee) -> Iterator[Findable]:
    """Yield each methodology, project and entity of one committee's registers."""
    for number, versions in ground.methodologies.items():
        for version in versions.values():
            title = f"{version.title} (version {version.version})"
            yield _entry("methodology", committee, number, title, origin=version.origin)
    for number, project in ground.projects.items():
        more = {"subjects": project.methodologies, "texts": (project.status,)}
        yield _entry("project", committee, number, project.title, origin=project.origin, **more)
    for key, entity in ground.entities.items():
        number, more = entity.number or key, {"texts": (entity.status,)}
        yield _entry("entity", committee, number, entity.name, origin=entity.origin, **more)


def appointed(people: Iterable[Person]) -> Iterator[Findable]:
    """Yield everyone whom a side has appointed."""
    for person in people:
        roles = ", ".join(person.roles) or "no role any more"
        yield Findable(
            kind="person",
            committee=person.committee,
            number=person.person,
            title=person.name,
            day=person.since,
            basis="signed",
            subjects=(),
            titles=(person.name,),
            texts=(f"{roles} of {person.side}",),
        )


def _entry(
    kind: str,
    committee: Committee,
    number: str,
    title: str,
    *,
    origin: Origin,
    subjects: Sequence[str] = (),
    texts: Sequence[str] = (),
) -> Findable:
    return Findable(
        kind=kind,
        committee=committee.code,
        number=number,
        title=title,
        day=None if origin.on is None else origin.on.isoformat(),
        basis=origin.basis,
        subjects=subjects,
        titles=(title,),
        texts=texts,
    )
