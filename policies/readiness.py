"""Whether a case is ready for the committee's table: what its dossier shows, and other committees.

Asked once, while the text is frozen; at adoption nobody asks again, for what was found is frozen
into the proposal. Only items that grant what their case asked for need a case that is ready: a
rejection or a withdrawal may end one that never became so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Protocol

from policies.documents import missing, published
from policies.dossier import Dossier, Elsewhere
from policies.findings import Finding, cannot_tell, passed, refuse
from policies.items.issuance import Issuance
from policies.items.kind import Item, Occasion
from policies.items.methodologies import (
    AssessmentExtension,
    MethodologyApproval,
    MethodologyRevision,
)
from policies.items.projects import Registration

AT_THE_TABLE = frozenset(
    {
        *("case", "case-complete", "case-documents", "inputs-closed", "requests-resolved"),
        *("opinion", "gases", "accounts", "elsewhere", "extension-within"),
    }
)
"""The checks that are asked here alone, of what items and ground do not hold."""


def ready(items: Sequence[Item], occasion: Occasion) -> Iterator[Finding]:
    """Yield what the dossiers, and the registers of other committees, show of each item."""
    for number in sorted(set(occasion.dossiers) - set(range(1, len(items) + 1))):
        yield refuse("case", f"{occasion.dossiers[number].case} stands behind no item {number}")
    for number, item in enumerate(items, start=1):
        for finding in _ready(item, occasion.dossiers.get(number), occasion):
            yield finding.about(number)


def _ready(item: Item, dossier: Dossier | None, occasion: Occasion) -> Iterator[Finding]:
    if dossier is not None:
        yield from _of_case(item, dossier, occasion)
    elif item.asked_by:
        yield cannot_tell(
            "warn",
            "case",
            "cannot tell whether documents, inputs, requests and opinion are in order: no case"
            " stands behind the item",
        )
    if isinstance(item, Registration):
        yield from _check_elsewhere(item, occasion)
    gases = None if dossier is None else dossier.gases
    methodology = isinstance(item, MethodologyApproval | MethodologyRevision)
    if isinstance(item, Registration) or (methodology and gases):
        yield from _check_gases(gases, occasion)


def _of_case(item: Item, dossier: Dossier, occasion: Occasion) -> Iterator[Finding]:
    if isinstance(item, AssessmentExtension):
        yield from _check_extension(item, dossier)
        return
    if not item.asked_by:
        yield passed("case", f"{dossier.case} ends; it need not have become ready")
        return
    if dossier.kind in item.asked_by:
        yield passed("case", f"{dossier.case} is a case of {dossier.kind}")
    else:
        yield refuse(
            "case",
            f"{dossier.case} is a case of {dossier.kind}; {item.kind} decides on"
            f" {' or '.join(item.asked_by)}",
        )
    yield from _check_complete(dossier, occasion)
    yield from _check_documents(dossier)
    yield from _check_inputs(dossier, occasion)
    yield from _check_requests(dossier)
    if isinstance(item, Registration):
        yield from _check_opinion(item.validation, "validation", dossier, occasion)
    elif isinstance(item, Issuance):
        yield from _check_opinion(item.verification, "verification", dossier, occasion)
        yield from _check_accounts(item, dossier)


def _check_complete(dossier: Dossier, occasion: Occasion) -> Iterator[Finding]:
    if dossier.complete_on is None:
        yield refuse("case-complete", f"{dossier.case} has not been found complete")
    elif dossier.complete_on > occasion.day:
        message = f"{dossier.case} is complete on {dossier.complete_on}, after {occasion.day}"
        yield refuse("case-complete", message)
    else:
        yield passed("case-complete", f"{dossier.case} was complete on {dossier.complete_on}")


def _check_documents(dossier: Dossier) -> Iterator[Finding]:
    absent = missing(dossier.required, dossier.documents)
    if absent:
        yield refuse("case-documents", f"{dossier.case} lacks {', '.join(absent)}")
    else:
        count = len(dict.fromkeys(dossier.required))
        shown = published(dossier.documents)
        named = ", ".join(f"{d.kind} {d.version}" for d in shown) or "none that is public"
        hidden = len(dossier.documents) - len(shown)
        more = f", and {hidden} confidential" if hidden else ""
        yield passed("case-documents", f"{count} kinds are required; there are: {named}{more}")


def _check_inputs(dossier: Dossier, occasion: Occasion) -> Iterator[Finding]:
    closed = dossier.inputs_closed_on
    if not dossier.inputs_required:
        yield passed("inputs-closed", f"{dossier.kind} takes no public inputs")
    elif closed is None:
        yield refuse("inputs-closed", f"public inputs on {dossier.case} have not closed")
    elif closed > occasion.day:
        message = f"public inputs on {dossier.case} close on {closed}, after {occasion.day}"
        yield refuse("inputs-closed", message)
    else:
        yield passed("inputs-closed", f"public inputs on {dossier.case} closed on {closed}")


def _check_requests(dossier: Dossier) -> Iterator[Finding]:
    if dossier.open_requests:
        message = f"{dossier.open_requests} requests of {dossier.entity or 'the entity'} are open"
        yield refuse("requests-resolved", message)
    else:
        yield passed("requests-resolved", f"no request is open in {dossier.case}")


def _check_extension(item: AssessmentExtension, dossier: Dossier) -> Iterator[Finding]:
    """The whole assessment, its extension included, ends within the rulebook's total."""
    latest = dossier.assessed_until_at_most
    if latest is None:
        message = f"cannot tell how long {dossier.case} may be assessed: the rulebook sets no total"
        yield cannot_tell("warn", "extension-within", message)
    elif item.until > latest:
        message = f"{dossier.case} may be assessed until {latest} at most, not until {item.until}"
        yield refuse("extension-within", message)
    else:
        yield passed("extension-within", f"{item.until} is not after {latest}, the total's end")


class _Report(Protocol):
    @property
    def entity(self) -> str:
        """Who validated or verified."""

    @property
    def report(self) -> str:
        """Its report."""


def _check_opinion(
    report: _Report | None, work: str, dossier: Dossier, occasion: Occasion
) -> Iterator[Finding]:
    """The entity's opinion is positive, and it is the entity that the item names."""
    verdicts = occasion.rulebook.verdicts
    registers = work == "validation"
    weight = verdicts.validation_unknown if registers else verdicts.verification_unknown
    who = dossier.entity or "an entity that the case does not name"
    if dossier.opinion is None:
        message = f"cannot tell the opinion of the {work}: {dossier.case} has none"
        yield cannot_tell(weight, "opinion", message)
    elif dossier.opinion != "positive":
        yield refuse("opinion", f"the {work} opinion of {who} is {dossier.opinion}")
    elif report is None or dossier.entity is None:
        message = f"cannot tell whether the {work} of the item is that of {dossier.case}"
        yield cannot_tell(weight, "opinion", message)
    elif report.entity != dossier.entity:
        yield refuse(
            "opinion",
            f"the {work} of {dossier.case} is by {dossier.entity}; the item names {report.entity}",
        )
    else:
        message = f"the {work} opinion of {who} is positive, in {report.report} ({dossier.case})"
        yield passed("opinion", message)


def _check_gases(gases: tuple[str, ...] | None, occasion: Occasion) -> Iterator[Finding]:
    """Each gas is one of the rulebook's, written as there; without any it cannot be told."""
    known = occasion.rulebook.eligibility.gases
    if known is None:
        return
    if not gases:
        ruled = occasion.rulebook.verdicts.gases_unknown
        weight = "warn" if ruled is None else ruled.value
        yield cannot_tell(weight, "gases", "cannot tell which gases are reduced: no case says")
        return
    foreign = [gas for gas in gases if gas not in known.value]
    if foreign:
        named = ", ".join(known.value)
        yield refuse("gases", f"{', '.join(foreign)}: the rulebook knows {named}")
    else:
        yield passed("gases", f"{', '.join(gases)}: of the {len(known.value)} of the rulebook")


def _check_accounts(item: Issuance, dossier: Dossier) -> Iterator[Finding]:
    """Each side that receives credits names an account."""
    receiving = [side for side, amount in item.amounts.items() if amount]
    if dossier.accounts is None:
        message = f"cannot tell into which accounts the credits go: {dossier.case} does not say"
        yield cannot_tell("warn", "accounts", message)
        return
    named = {a.side for a in dossier.accounts if a.account.strip()}
    without = [side for side in receiving if side not in named]
    if without:
        yield refuse("accounts", f"{', '.join(without)} receives credits and names no account")
    else:
        sides = ", ".join(receiving) or "no side"
        yield passed("accounts", f"{len(dossier.accounts)} accounts are named, for {sides}")


def _check_elsewhere(item: Registration, occasion: Occasion) -> Iterator[Finding]:
    """No other committee has the project registered; a project is known by its title there."""
    if occasion.elsewhere is None:
        message = "cannot tell whether another committee registered the project: none was asked"
        yield cannot_tell("warn", "elsewhere", message)
        return
    title, own = folded(item.title), occasion.committee.code
    others = [project for project in occasion.elsewhere if project.committee != own]
    same = [project for project in others if folded(project.title) == title]
    registered = [project for project in same if project.status == "registered"]
    if registered:
        named = _named(registered)
        yield refuse("elsewhere", f"a project of this title is registered elsewhere: {named}")
        return
    also = f"; one of this title is not registered: {_named(same)}" if same else ""
    message = f"no other committee has a project of this title registered: {len(others)} looked at"
    yield passed("elsewhere", message + also)


def _named(projects: Sequence[Elsewhere]) -> str:
    return ", ".join(f"{p.number} of {p.committee} ({p.status})" for p in projects)


def folded(title: str) -> str:
    """Return a title without what does not tell projects apart: case, marks, spaces, forms."""
    plain = unicodedata.normalize("NFKC", title).casefold()
    return " ".join(re.findall(r"\w+", plain)) or plain
