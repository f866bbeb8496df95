"""Items about registered projects: changes after registration, renewal, withdrawal.

Sources: jcm.go.jp forms (post-registration change, renewal of the crediting period, withdrawal).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import ClassVar, Literal

from policies.facts import AnyFact, ProjectChanged, ProjectStatus
from policies.findings import Finding, passed, refuse
from policies.ground import Ground
from policies.items.kind import Digest, Item, Occasion, Text, check_number, check_previous
from policies.items.projects import PROJECT_REGISTERED, Applied, check_approved, check_registered
from policies.numbers import Family
from policies.rulebook import Rulebook
from policies.sides import Committee
from policies.subjects import Origin

PROJECT_WITHDRAWN = "org.jcm.project.withdrawn.v1"


class AboutProject(Item, frozen=True, kw_only=True):
    """An item about a registered project that changes what is decided about it."""

    project: Text
    previous: Digest | None

    def sound(self, committee: Committee, rulebook: Rulebook) -> Iterator[Finding]:
        """Check the number."""
        yield from check_number(self.project, Family.PROJECT, committee)

    def stands(self, occasion: Occasion) -> Iterator[Finding]:
        """Check that the project is registered, and who last changed it."""
        yield from check_registered(occasion.ground, self.project)
        if self.project in occasion.ground.projects:
            yield from check_previous(self, occasion.ground)

    def standing(self, ground: Ground) -> Origin | None:
        """Return who last changed the project."""
        project = ground.projects.get(self.project)
        return None if project is None else project.origin


class ProjectWithdrawal(AboutProject, frozen=True, kw_only=True, tag="project_withdrawal"):
    """A registered project is withdrawn; credits issued before stay."""

    notifies: ClassVar = PROJECT_WITHDRAWN
    outcome: ClassVar = "withdrawn"

    reason: Text

    def facts(self) -> Iterator[AnyFact]:
        """Return the withdrawal."""
        yield ProjectStatus(number=self.project, status="withdrawn")


class PostRegistrationChange(
    AboutProject, frozen=True, kw_only=True, tag="post_registration_change"
):
    """A change after registration is approved; nulls stay as they were."""

    notifies: ClassVar = PROJECT_REGISTERED
    outcome: ClassVar = "change approved"
    asked_by: ClassVar = ("post_registration_change",)

    summary: Text
    new_title: Text | None
    new_methodologies: tuple[Applied, ...] | None

    def stands(self, occasion: Occasion) -> Iterator[Finding]:
        """Check the project and the versions of the methodologies."""
        yield from super().stands(occasion)
        yield from check_approved(self.new_methodologies or (), occasion.ground)

    def facts(self) -> Iterator[AnyFact]:
        """Return the changed data."""
        applied = self.new_methodologies
        yield ProjectChanged(
            number=self.project,
            title=self.new_title,
            methodologies=(
                None if applied is None else tuple(f"{m.number} Ver{m.version}" for m in applied)
            ),
        )


class PostRegistrationChangeRejection(
    AboutProject, frozen=True, kw_only=True, tag="post_registration_change_rejection"
):
    """A change after registration is rejected; the project stays as it was."""

    outcome: ClassVar = "change rejected"

    reason: Text


class CreditingPeriodRenewal(
    AboutProject, frozen=True, kw_only=True, tag="crediting_period_renewal"
):
    """A project's crediting period runs to a new day."""

    outcome: ClassVar = "renewed"
    asked_by: ClassVar = ("crediting_period_renewal",)
    since_generation: ClassVar = 2

    until: date

    def stands(self, occasion: Occasion) -> Iterator[Finding]:
        """Check that the new end is later than the old one."""
        yield from super().stands(occasion)
        project = occasion.ground.projects.get(self.project)
        standing = project.crediting_until if project is not None else None
        if standing is not None and self.until <= standing:
            yield refuse("crediting-period", f"{self.until} is not after {standing}")
        elif standing is not None:
            yield passed("crediting-period", f"{self.until} is after {standing}")

    def facts(self) -> Iterator[AnyFact]:
        """Return the new end."""
        yield ProjectChanged(number=self.project, crediting_until=self.until)


class ReferenceEmissionsAssessment(
    AboutProject, frozen=True, kw_only=True, tag="reference_emissions_assessment"
):
    """The committee has assessed a project's reference emissions."""

    since_generation: ClassVar = 2
    asked_by: ClassVar = ("reference_emissions_assessment",)

    result: Literal["kept", "updated"]
    summary: Text
