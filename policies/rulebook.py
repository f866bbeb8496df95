"""Rulebooks: dated data, each figure with its source; a decision is judged by its own for ever.

A country's file says what differs there from `common.toml`; the merged rulebook is written as
RFC 8785 JSON, and that text's digest is what decisions name. A rulebook takes force only by a
founding or by a rules item, never by a new file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from policies import calendar
from policies.article6 import Article6Rules, require_sound_article6
from policies.clock_rules import ClockRules, require_sound_clocks
from policies.document_rules import DocumentRules, require_sound_documents
from policies.figures import Figure, Part, Verdict, figures
from policies.proof.canonical import canonical, digest, parse_canonical
from policies.refusals import NotFoundError, RulebookError
from policies.sides import Committee

__all__ = [
    "AllocationRules",
    "Article6Rules",
    "ClockRules",
    "CommitteeRules",
    "DecisionRules",
    "DocumentRules",
    "EligibilityRules",
    "Figure",
    "Part",
    "Rulebook",
    "RulebookText",
    "Verdict",
    "Verdicts",
    "countries",
    "figures",
    "merge_country",
    "parse_rulebook",
    "shipped",
    "versions",
]


class CommitteeRules(Part, frozen=True, kw_only=True):
    """The committee itself."""

    time_zone: Figure[str]
    members_per_side_at_most: Figure[int]


class DecisionRules(Part, frozen=True, kw_only=True):
    """Decisions by electronic means, how long a text may wait, and by what it is signed.

    With `post_quantum_signatures` each signer signs by ML-DSA-65 as well.
    """

    electronic_window_days: Figure[int]
    electronic_window_both_ends_count: Figure[bool]
    text_expires_within_days: Figure[int]
    post_quantum_signatures: Figure[bool] | None = None


class AllocationRules(Part, frozen=True, kw_only=True):
    """Who must, may or should receive credits."""

    partner_government_percent_at_least: Figure[int] | None = None
    partner_private_participants_may_receive: Figure[bool]
    model_project_japan_government_percent_advised: Figure[int]


class EligibilityRules(Part, frozen=True, kw_only=True):
    """What may become a project, and who may audit it."""

    sectoral_scopes: Figure[tuple[int, ...]]
    redd_plus_in_scope_14: Figure[bool]
    operation_starts_on_or_after: Figure[date] | None = None
    monitoring_periods_cut_after: Figure[date]
    project_idea_notes: Figure[bool]
    provisional_entities_per_side_and_year: Figure[int] | None = None
    gases: Figure[tuple[str, ...]] | None = None


class Verdicts(Part, frozen=True, kw_only=True):
    """What a check that fails, or cannot tell, does: refuse the decision, or only warn."""

    period_across_cut: Figure[Verdict]
    earlier_period_unknown: Figure[Verdict]
    earlier_amount_unknown: Figure[Verdict]
    verification_unknown: Figure[Verdict]
    validation_unknown: Figure[Verdict]
    operation_start_unknown: Figure[Verdict]
    other_mechanism_unknown: Figure[Verdict]
    scope_expiry_unknown: Figure[Verdict]
    gases_unknown: Figure[Verdict] | None = None


class Rulebook(Part, frozen=True, kw_only=True):
    """The rules of one committee at one version, ready for the policies to read.

    A part or a figure that may be absent was added later: rulebooks recorded before lack it.
    """

    country: str
    name: str
    version: str
    dated: date
    generation: Figure[int]
    committee: CommitteeRules
    decisions: DecisionRules
    allocation: AllocationRules
    eligibility: EligibilityRules
    verdicts: Verdicts
    clocks: ClockRules | None = None
    documents: DocumentRules | None = None
    article6: Article6Rules | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which this committee's days are counted."""
        return calendar.zone(self.committee.time_zone.value)

    @property
    def post_quantum(self) -> bool:
        """Whether each signer of a decision signs by ML-DSA-65 as well; not asked: no."""
        asked = self.decisions.post_quantum_signatures
        return asked is not None and asked.value


@dataclass(frozen=True, slots=True)
class RulebookText:
    """A rulebook with the text that decisions name by digest."""

    rulebook: Rulebook
    text: str

    @property
    def digest(self) -> str:
        """SHA-256 of the text."""
        return digest(self.text.encode("utf-8"))

    @property
    def version(self) -> str:
        """The version's name, such as ``MN-2013``."""
        return self.rulebook.version


@lru_cache(maxsize=256)
def parse_rulebook(text: str, what: str = "the rulebook") -> RulebookText:
    """Read a rulebook's text; raise `RulebookError` for unknown keys, wrong types, bad figures."""
    value = parse_canonical(text.encode("utf-8"), what)
    return RulebookText(_checked(value, what), text)


def countries() -> tuple[str, ...]:
    """Return the codes of all partner countries that have a rulebook, in order."""
    names = (entry.name for entry in _folder().iterdir())
    found = (name.removesuffix(".toml") for name in names if name.endswith(".toml"))
    return tuple(sorted(name.upper() for name in found if name != "common"))


@cache
def versions(country: str) -> tuple[RulebookText, ...]:
    """Return the rulebooks shipped for a country, oldest first; `NotFoundError` if none."""
    code = Committee.parse(country).partner
    if code not in countries():
        message = f"no rulebook for country {code}; there are {', '.join(countries())}"
        raise NotFoundError(message)
    file = _folder() / f"{code.lower()}.toml"
    return merge_country(file.read_text("utf-8"), file.name, code)


@lru_cache(maxsize=256)
def country_name(country: str) -> str:
    """Return a partner country's name in English; its code where no rulebook names it."""
    try:
        return versions(country)[-1].rulebook.name
    except NotFoundError:
        return country


def shipped(country: str, version: str | None = None) -> RulebookText:
    """Return a country's rulebook by version, or the newest."""
    found = versions(country)
    if version is None:
        return found[-1]
    for text in found:
        if text.version == version:
            return text
    known = ", ".join(text.version for text in found)
    message = f"{country} has no rulebook {version!r}; there are {known}"
    raise NotFoundError(message)


def merge_country(toml: str, what: str, country: str) -> tuple[RulebookText, ...]:
    """Merge each version of a country's file over the common version that it names.

    Raises `RulebookError` for a file that is not TOML, for unknown keys, and for versions that
    are not in the order of their dates.
    """
    parts = _common(_folder().joinpath("common.toml").read_text("utf-8"))
    content = _tables(toml, what)
    if content.get("country") != country:
        message = f"{what}: country is {content.get('country')!r}, expected {country!r}"
        raise RulebookError(message)
    unknown = set(content) - {"country", "name", "versions"}
    if unknown:
        message = f"{what}: unknown keys {', '.join(sorted(unknown))}"
        raise RulebookError(message)
    texts = tuple(_merge(content, version, parts, what) for version in content["versions"])
    names = [text.version for text in texts]
    if len(set(names)) != len(names):
        message = f"{what}: two versions have one name"
        raise RulebookError(message)
    dates = [text.rulebook.dated for text in texts]
    if dates != sorted(set(dates)):
        message = f"{what}: versions must stand in the order of their dates"
        raise RulebookError(message)
    return texts


def _merge(
    content: dict[str, Any], version: dict[str, Any], common: dict[str, Any], what: str
) -> RulebookText:
    over = dict(version)
    base = common.get(str(over.pop("common", None)))
    if base is None:
        message = f"{what}: each version names its common version, one of {', '.join(common)}"
        raise RulebookError(message)
    own = {"country": content.get("country"), "name": content.get("name")}
    own |= {key: over.pop(key, None) for key in ("version", "dated")}
    shared = {key: part for key, part in base.items() if key not in own}
    merged = _over(shared, over) | own
    value = msgspec.to_builtins(merged)
    text = canonical(value, what).decode("utf-8")
    return RulebookText(_checked(value, what), text)


@cache
def _common(toml: str) -> dict[str, dict[str, Any]]:
    """Return the common versions by name; one that names an earlier one is laid over it."""
    found: dict[str, dict[str, Any]] = {}
    for version in _tables(toml, "common.toml")["versions"]:
        below = version.pop("common", None)
        found[str(version.get("version"))] = _over(found[below] if below else {}, version)
    return found


def _over(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Lay one table over another; a figure replaces a figure whole, with its source."""
    merged = dict(base)
    for name, member in over.items():
        below = merged.get(name)
        parts = isinstance(member, dict) and isinstance(below, dict)
        figure = parts and ("value" in member or "value" in (below or {}))
        merged[name] = _over(below or {}, member) if parts and not figure else member
    return merged


def _checked(value: Any, what: str) -> Rulebook:
    try:
        rulebook = msgspec.convert(value, Rulebook)
    except msgspec.ValidationError as error:
        message = f"{what} is no rulebook: {error}"
        raise RulebookError(message) from None
    for place, figure in figures(rulebook):
        if not figure.source.strip():
            message = f"{what}: {place} has no source"
            raise RulebookError(message)
    if rulebook.generation.value not in (1, 2):
        message = f"{what}: generation is {rulebook.generation.value}, expected 1 or 2"
        raise RulebookError(message)
    if rulebook.decisions.electronic_window_days.value < 1:
        message = f"{what}: an electronic decision's window is at least one day"
        raise RulebookError(message)
    for name, percent in _percentages(rulebook.allocation):
        if not 0 <= percent <= 100:
            message = f"{what}: allocation.{name} is {percent}, expected 0 to 100"
            raise RulebookError(message)
    calendar.zone(rulebook.committee.time_zone.value)
    if rulebook.clocks is not None:
        require_sound_clocks(rulebook.clocks, what)
    if rulebook.documents is not None:
        require_sound_documents(rulebook.documents, what)
    if rulebook.article6 is not None:
        require_sound_article6(rulebook.article6, what)
    return rulebook


def _percentages(rules: AllocationRules) -> Iterator[tuple[str, int]]:
    for name in rules.__struct_fields__:
        figure = getattr(rules, name)
        if "percent" in name and figure is not None:
            yield name, figure.value


def _tables(toml: str, what: str) -> dict[str, Any]:
    try:
        content = tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        message = f"{what} is not TOML: {error}"
        raise RulebookError(message) from None
    listed = content.get("versions")
    if not isinstance(listed, list) or not all(isinstance(v, dict) for v in listed) or not listed:
        message = f"{what} has no versions ([[versions]] tables)"
        raise RulebookError(message)
    return content


def _folder() -> Any:
    return resources.files("policies") / "rulebooks"
