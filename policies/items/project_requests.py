"""Items that end a request without what it asked for: rejected, or taken back.

A new filing is a new request; the number of a project whose request ended is not used again.
Sources: ADB 2019, Figures 8 and 9; jcm.go.jp forms for withdrawing a request.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from policies.facts import AnyFact, ProjectStatus, RequestClosed
from policies.findings import Finding
from policies.items.kind import Item, Occasion, Text, check_free, check_number
from policies.items.projects import check_registered
from policies.numbers import Family
from policies.rulebook import Rulebook
from policies.sides import Committee


class _RegistrationRequestEnds(Item, frozen=True, kw_only=True):
    """A request for registration ends; `sets` is what the project's status says from here on."""

    number: Text
    reason: Text

    sets: ClassVar[str] = ""

    def sound(self, committee: Committee, rulebook: Rulebook) -> Iterator[Finding]:
        """Check the number."""
        yield from check_number(self.number, Family.PROJECT, committee)

    def stands(self, occasion: Occasion) -> Iterator[Finding]:
        """Check that the project is not decided already."""
        yield from check_free(self.number, occasion.ground)

    def facts(self) -> Iterator[AnyFact]:
        """Return how the request ended."""
        yield ProjectStatus(number=self.number, status=self.sets, title=self.title)


class RegistrationRejection(
    _RegistrationRequestEnds, frozen=True, kw_only=True, tag="registration_rejection"
):
    """A request for registration is rejected; a new one may be filed."""

    outcome: ClassVar = "rejected"
    sets: ClassVar = "registration rejected"


class RegistrationRequestWithdrawal(
    _RegistrationRequestEnds, frozen=True, kw_only=True, tag="registration_request_withdrawal"
):
    """Participants take back a request for registration; a new filing gets a new number."""

    outcome: ClassVar = "request withdrawn"
    sets: ClassVar = "registration request withdrawn"


class IssuanceRequestEnds(Item, frozen=True, kw_only=True):
    """A request for issuance ends without credits."""

    project: Text
    request: Text
    reason: Text

    def sound(self, committee: Committee, rulebook: Rulebook) -> Iterator[Finding]:
        """Check the number."""
        yield from check_number(self.project, Family.PROJECT, committee)

    def stands(self, occasion: Occasion) -> Iterator[Finding]:
        """Check that the project is registered, and that the request has not ended before."""
        yield from check_registered(occasion.ground, self.project)
        yield from check_free(self.request, occasion.ground)

    def facts(self) -> Iterator[AnyFact]:
        """Return that the request is closed."""
        yield RequestClosed(subject=self.request, status=self.outcome)


class IssuanceRejection(IssuanceRequestEnds, frozen=True, kw_only=True, tag="issuance_rejection"):
    """A request for issuance is rejected; a new one may be filed."""

    outcome: ClassVar = "rejected"


class IssuanceRequestWithdrawal(
    IssuanceRequestEnds, frozen=True, kw_only=True, tag="issuance_request_withdrawal"
):
    """Participants take back a request for issuance."""

    outcome: ClassVar = "request withdrawn"
