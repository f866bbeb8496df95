"""Items about methodologies: approval, revision, rejection, a longer assessment.

Sources: ADB 2019, section 2.4 and Figure 6; jcm.go.jp decision pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import ClassVar, Literal

from policies.facts import AnyFact, MethodologyApproved, RequestClosed
from policies.findings import Finding, passed, refuse, warn
from policies.ground import Ground
from policies.items.kind import (
    Digest,
    Item,
    Occasion,
    ScopeNumber,
    Text,
    check_free,
    check_number,
    check_previous,
    check_scopes,
)
from policies.numbers import Family, version_key
from policies.rulebook import Rulebook
from policies.sides import Committee
from policies.subjects import Origin

Approval = Literal["approved", "approved with revisions"]
METHODOLOGY_CHANGED = "org.jcm.methodology.changed.v1"


class MethodologyApproval(Item, frozen=True, kw_only=True, tag="methodology_approval"):
    """A proposed methodology is approved, as proposed or with the revisions fixed in the text."""

    mints: ClassVar = Family.METHODOLOGY
    notifies: ClassVar = METHODOLOGY_CHANGED
    asked_by: ClassVar = ("methodology_proposal",)

    number: Text
    version: Text
    proposed: Text | None
    scopes: tuple[ScopeNumber, ...]
    result: Approval

    def sound(self, committee: Committee, rulebook: Rulebook) -> Iterator[Finding]:
        """Check the number, the version, the scopes, and the scope of REDD+."""
        yield from check_number(self.number, Family.METHODOLOGY, committee)
        if self.proposed is not None:
            yield from check_number(self.proposed, Family.PROPOSED_METHODOLOGY, committee)
        yield from _check_version(self.version)
        yield from check_scopes(self.scopes, rulebook)
        yield from _check_redd(self.title, self.scopes, rulebook)

    def stands(self, occasion: Occasion) -> Iterator[Finding]:
        """Check that the number is new, and that the proposal has not ended before."""
        yield from check_free(self.number, occasion.ground)
        if self.proposed is not None:
            yield from check_free(self.proposed, occasion.ground)

    def facts(self) -> Iterator[AnyFact]:
        """Return the approved version, and that the proposal has ended with it."""
        yield MethodologyApproved(
            number=self.number, version=self.version, title=self.title, scopes=self.scopes
        )
        if self.proposed is not None:
            yield RequestClosed(subject=self.proposed, status=self.result)


class MethodologyRevision(Item, frozen=True, kw_only=True, tag="methodology_revision"):
    """An approved methodology gets its next version under the same number."""

    notifies: ClassVar = METHODOLOGY_CHANGED
    asked_by: ClassVar = ("methodology_revision",)

    number: Text
    version: Text
    scopes: tuple[ScopeNumber, ...]
    result: Approval
    previous: Digest | None

    def sound(self, committee: Committee, rulebook: Rulebook) -> Iterator[Finding]:
        """Check the number, the version and the scopes."""
        yield from check_number(self.number, Family.METHODOLOGY, committee)
        yield from _check_version(self.version)
        yield from check_scopes(self.scopes, rulebook)
        yield from _check_redd(self.title, self.scopes, rulebook)

    def stands(self, occasion: Occasion) -> Iterator[Finding]:
        """Check that the methodology exists and that the version is higher than its newest."""
        latest = occasion.ground.latest_version(self.number)
        if latest is None:
            yield refuse("methodology-exists", f"{self.number} is no approved methodology")
            return
        yield passed("methodology-exists", f"{self.number} was approved by {latest.origin.place}")
        if version_key(self.version) <= version_key(latest.version):
            yield refuse(
                "version-rises",
                f"{self.number} is at version {latest.version}; {self.version} is not higher",
            )
        else:
            yield passed(
                "version-rises",
                f"{self.version} is higher than {latest.version}, approved by"
                f" {latest.origin.place}",
            )
        yield from check_previous(self, occasion.ground)

    def standing(self, ground: Ground) -> Origin | None:
        """Return who approved the newest version."""
        latest = ground.latest_version(self.number)
        return None if latest is None else latest.origin

    def facts(self) -> Iterator[AnyFact]:
        """Return the approved version."""
        yield MethodologyApproved(
            number=self.number, version=self.version, title=self.title, scopes=self.scopes
        )


class MethodologyRejection(Item, frozen=True, kw_only=True, tag="methodology_rejection"):
    """A proposed methodology is not approved; it may be revised and proposed anew."""

    outcome: ClassVar = "not approved"

    number: Text
    reason: Text

    def sound(self, committee: Committee, rulebook: Rulebook) -> Iterator[Finding]:
        """Check the number of the proposal."""
        yield from check_number(self.number, Family.PROPOSED_METHODOLOGY, committee)

    def stands(self, occasion: Occasion) -> Iterator[Finding]:
        """Check that the proposal has not ended before."""
        yield from check_free(self.number, occasion.ground)

    def facts(self) -> Iterator[AnyFact]:
        """Return that the proposal is closed."""
        yield RequestClosed(subject=self.number, status="not approved")


class AssessmentExtension(Item, frozen=True, kw_only=True, tag="assessment_extension"):
    """The committee takes longer to assess a proposed methodology."""

    outcome: ClassVar = "extended"

    number: Text
    until: date

    def sound(self, committee: Committee, rulebook: Rulebook) -> Iterator[Finding]:
        """Check the number of the proposal."""
        yield from check_number(self.number, Family.PROPOSED_METHODOLOGY, committee)

    def stands(self, occasion: Occasion) -> Iterator[Finding]:
        """Check that the proposal is open and that the new day lies ahead."""
        yield from check_free(self.number, occasion.ground)
        if self.until <= occasion.day:
            yield refuse("extension-ahead", f"{self.until} is not after {occasion.day}")
        else:
            yield passed("extension-ahead", f"{self.until} is after {occasion.day}")


def _check_version(version: str) -> Iterator[Finding]:
    """Yield a refusal unless a version can be compared with others."""
    if re.fullmatch(r"[0-9]+(\.[0-9]+)*", version) is None:
        yield refuse("version", f"{version!r} is no version as 1.0")


def _check_redd(title: str, scopes: tuple[int, ...], rulebook: Rulebook) -> Iterator[Finding]:
    words = ("redd", "deforestation", "forest degradation")
    if 14 not in scopes or not any(word in title.lower() for word in words):
        return
    if rulebook.eligibility.redd_plus_in_scope_14.value:
        yield passed("redd-plus", f"scope 14 includes REDD+ in {rulebook.name}")
    else:
        yield warn(
            "redd-plus",
            f"{title!r} reads as REDD+, which scope 14 does not include in {rulebook.name}",
        )
