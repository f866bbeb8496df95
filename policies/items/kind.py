"""What every kind of item has: fields that are signed, checks, facts that follow, notifications."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, ClassVar

import msgspec

from policies.dossier import Dossier, Elsewhere
from policies.facts import AnyFact
from policies.findings import Finding, passed, refuse
from policies.ground import Ground
from policies.numbers import Family
from policies.rulebook import Rulebook
from policies.sides import Committee
from policies.subjects import Origin

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
MAX_QUANTITY = 2**53 - 1
Quantity = Annotated[int, msgspec.Meta(ge=0, le=MAX_QUANTITY)]
Digest = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]
ScopeNumber = Annotated[int, msgspec.Meta(ge=1, le=99)]
Side = Annotated[str, msgspec.Meta(pattern=r"\A[A-Z]{2}\Z")]


@dataclass(frozen=True)
class Occasion:
    """Where an item is judged: the committee, its ground and rulebook, the day, the annexes.

    While a text is frozen, also the cases behind its items (counted from 1) and the projects of
    the other committees; null says that nobody asked these.
    """

    committee: Committee
    ground: Ground
    rulebook: Rulebook
    day: date
    annexes: Mapping[str, str] = field(default_factory=dict)
    dossiers: Mapping[int, Dossier] = field(default_factory=dict)
    elsewhere: Sequence[Elsewhere] | None = None


class Period(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A monitoring period; both days count."""

    begins: date = msgspec.field(name="from")
    ends: date = msgspec.field(name="to")


class ScopeUntil(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A sectoral scope and the last day on which it may be used (null: none is stated)."""

    scope: ScopeNumber
    until: date | None


class Item(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """One item of a decision.

    `title` is what people call the subject. `previous` of a kind that changes something is the
    digest of the decision that last set it; a mismatch means that someone decided in between.
    """

    title: Text

    mints: ClassVar[Family | None] = None
    notifies: ClassVar[str | None] = None
    outcome: ClassVar[str] = "decided"
    since_generation: ClassVar[int] = 1
    asked_by: ClassVar[tuple[str, ...]] = ()
    """The kinds of case whose wish the item grants; a case must be ready for it."""

    def sound(self, committee: Committee, rulebook: Rulebook) -> Iterator[Finding]:
        """Yield what can be judged from the item, its committee and its rulebook alone."""
        yield from ()

    def stands(self, occasion: Occasion) -> Iterator[Finding]:
        """Yield what is judged against what is decided already."""
        yield from ()

    def standing(self, ground: Ground) -> Origin | None:
        """Return who last set what the item changes; None for a kind that changes nothing."""
        return None

    def facts(self) -> Iterator[AnyFact]:
        """Yield what is so when the item is adopted."""
        yield from ()

    @property
    def kind(self) -> str:
        """The kind's name."""
        return str(self.__struct_config__.tag)

    @property
    def subject(self) -> str | None:
        """The number of what the item is about."""
        return getattr(self, "number", None) or getattr(self, "project", None)

    @property
    def conclusion(self) -> str:
        """The outcome in the words of the public record."""
        said = getattr(self, "result", None)
        return str(said) if said is not None else self.outcome

    @property
    def log_entry(self) -> dict[str, Any]:
        """The item's figures for the public log; absent things are null."""
        return {
            "quantity": None,
            "amounts": None,
            "monitoring_period": None,
            "methodologies": [],
        }


def check_number(number: str, family: Family, committee: Committee) -> Iterator[Finding]:
    """Yield a refusal unless the number is one of that family and committee."""
    if not family.fits(number, committee.partner):
        pattern = f"{family.prefix(committee.partner)}000"
        yield refuse("number", f"{number} is not {family.what} of {committee.code} ({pattern})")


def check_free(number: str, ground: Ground) -> Iterator[Finding]:
    """Yield a refusal if a number has been used before."""
    if number in ground.numbers:
        yield refuse("number", f"{number} has been used; numbers are never used twice")
    else:
        yield passed("number", f"{number} has never been used: {len(ground.numbers):,} looked at")


def check_previous(item: Item, ground: Ground) -> Iterator[Finding]:
    """Yield a refusal unless the item names the decision that last set what it changes."""
    origin = item.standing(ground)
    claimed: str | None = getattr(item, "previous", None)
    standing = None if origin is None else origin.digest
    if claimed != standing:
        found = f"{standing[:16]}…" if standing else "no decision"
        named = f"{claimed[:16]}…" if claimed else "none"
        by = f" ({origin.decision})" if origin else ""
        yield refuse(
            "previous",
            f"{item.subject or item.title} was last set by {found}{by}, the item names {named}:"
            " someone decided between",
        )
    elif origin is None:
        yield passed("previous", f"nobody has set {item.subject or item.title} before")
    else:
        yield passed(
            "previous", f"{item.subject or item.title} was last set by {origin.place}, as named"
        )


def _among(count: int) -> str:
    return "is a sectoral scope" if count == 1 else "are sectoral scopes"


def check_scopes(scopes: tuple[int, ...], rulebook: Rulebook) -> Iterator[Finding]:
    """Yield a refusal for each scope that the rulebook does not have."""
    known = rulebook.eligibility.sectoral_scopes.value
    for scope in scopes:
        if scope not in known:
            yield refuse("scope", f"{scope} is no sectoral scope of {rulebook.version}")
    if scopes and set(scopes) <= set(known):
        named = ", ".join(map(str, scopes))
        yield passed("scope", f"{named} {_among(len(scopes))} of {rulebook.version}")
