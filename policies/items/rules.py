"""Items about the committee's own rules: documents, the engine's rulebook, temporary measures.

A rules item lists documents; it changes the engine's rulebook only where it names one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import ClassVar, Literal

import msgspec

from policies.facts import AnyFact, MeasureTaken, RulesAdopted
from policies.findings import Finding, cannot_tell, passed, refuse
from policies.ground import Ground
from policies.items.kind import Digest, Item, Occasion, Text, check_previous
from policies.numbers import version_key
from policies.refusals import Refusal
from policies.rulebook import Rulebook, parse_rulebook
from policies.sides import Committee
from policies.subjects import Measure, Origin

RULES_CHANGED = "org.jcm.rules.changed.v1"


class Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule, guideline or form in the version that is adopted; null where it has no file."""

    title: Text
    version: Text
    digest: Digest | None


class RulebookChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rulebook that takes force, whose text is an annex of that digest.

    `previous` is the digest of the rulebook that it replaces. `keeps` names the decision numbers
    of open proposals that may still be adopted under the old one.
    """

    version: Text
    digest: Digest
    previous: Digest
    keeps: tuple[Text, ...]


class _Rules(Item, frozen=True, kw_only=True):
    """Documents that are adopted or revised, and perhaps a new rulebook."""

    documents: tuple[Document, ...]
    rulebook: RulebookChange | None

    notifies: ClassVar = RULES_CHANGED
    outcome: ClassVar = "adopted"

    def sound(self, committee: Committee, rulebook: Rulebook) -> Iterator[Finding]:
        """Check that the item adopts something, once."""
        if not self.documents and self.rulebook is None:
            yield refuse("documents", "the item names no document and no rulebook")
        titles = [document.title for document in self.documents]
        if len(set(titles)) != len(titles):
            yield refuse("documents", "a document stands twice")

    def stands(self, occasion: Occasion) -> Iterator[Finding]:
        """Check that versions rise, and that the new rulebook is sound and really annexed."""
        for document in self.documents:
            known = occasion.ground.documents.get(document.title)
            if known is not None and version_key(document.version) <= version_key(known[0]):
                yield refuse(
                    "version-rises",
                    f"{document.title!r} is at {known[0]}; {document.version} is not higher",
                )
            elif known is not None:
                yield passed(
                    "version-rises",
                    f"{document.version} of {document.title!r} is higher than {known[0]}, of"
                    f" {known[1].place}",
                )
        if self.rulebook is not None:
            yield from _check_rulebook(self.rulebook, occasion)

    def facts(self) -> Iterator[AnyFact]:
        """Return the documents."""
        yield RulesAdopted(documents=tuple((d.title, d.version) for d in self.documents))


class RulesAdoption(_Rules, frozen=True, kw_only=True, tag="rules_adoption"):
    """Rules, guidelines and forms are adopted."""


class RulesRevision(_Rules, frozen=True, kw_only=True, tag="rules_revision"):
    """Rules, guidelines and forms are revised; older versions stay for the cases they began."""


class SpecialMeasure(Item, frozen=True, kw_only=True, tag="interim_special_measure"):
    """A temporary rule, such as remote audits in 2021, is taken or extended.

    Published ones do not always print a last day, so one without is only warned of.
    """

    begins: date | None = msgspec.field(name="from")
    until: date | None
    result: Literal["adopted", "extended"]
    previous: Digest | None

    def sound(self, committee: Committee, rulebook: Rulebook) -> Iterator[Finding]:
        """Check the order of the days."""
        if self.begins is not None and self.until is not None and self.until < self.begins:
            yield refuse("measure", f"the measure ends on {self.until}, before {self.begins}")
        if self.until is None:
            yield cannot_tell(
                "warn", "measure", "cannot tell when the measure ends: the item does not say"
            )

    def stands(self, occasion: Occasion) -> Iterator[Finding]:
        """Check that the measure is not over, and that an extension extends one."""
        if self.until is not None and self.until < occasion.day:
            yield refuse("measure", f"the measure ends on {self.until}, in the past")
        elif self.until is not None:
            yield passed("measure", f"the measure ends on {self.until}, not before {occasion.day}")
        known = occasion.ground.measures.get(self.title)
        if self.result == "extended":
            yield from self._check_extension(known)
        yield from check_previous(self, occasion.ground)

    def standing(self, ground: Ground) -> Origin | None:
        """Return who took or extended the measure of that title."""
        known = ground.measures.get(self.title)
        return None if known is None else known.origin

    def facts(self) -> Iterator[AnyFact]:
        """Return the measure."""
        yield MeasureTaken(title=self.title, until=self.until)

    def _check_extension(self, known: Measure | None) -> Iterator[Finding]:
        if known is None:
            yield refuse("measure", f"there is no measure {self.title!r} to extend")
        elif known.until is not None and self.until is not None and self.until <= known.until:
            yield refuse("measure", f"{self.until} is not after {known.until}")


def _check_rulebook(change: RulebookChange, occasion: Occasion) -> Iterator[Finding]:
    text = occasion.annexes.get(change.digest)
    if text is None:
        yield refuse("rulebook", f"the rulebook {change.version} is not among the annexes")
        return
    try:
        new = parse_rulebook(text, f"rulebook {change.version}")
    except Refusal as refusal:
        yield refuse("rulebook", str(refusal))
        return
    if new.version != change.version:
        yield refuse("rulebook", f"the annex is version {new.version}, not {change.version}")
    if new.rulebook.dated > occasion.day:
        yield refuse(
            "rulebook", f"{new.version} is dated {new.rulebook.dated} and takes force no earlier"
        )
    if new.rulebook.country != occasion.committee.partner:
        yield refuse("rulebook", f"the annex is a rulebook of {new.rulebook.country}")
    else:
        yield passed("rulebook", f"{new.version}, dated {new.rulebook.dated}, is annexed")
