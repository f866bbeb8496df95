"""A decision under its rulebook: for the check of one bundle as for that of a whole log."""

from __future__ import annotations

from policies import preflight
from policies.findings import remarks, require_none_refused
from policies.proof import adoption as rule
from policies.proof.canonical import digest
from policies.proof.chain import Chain
from policies.proof.dsse import Envelope
from policies.proof.post_quantum import require_post_quantum
from policies.proof.statements import Decision, Distribution, RulebookName
from policies.refusals import RulebookError
from policies.rulebook import Rulebook, parse_rulebook
from policies.sides import Committee


def read_rulebook(text: str, named: RulebookName) -> Rulebook:
    """Return the rulebook that a statement names, from its text; `RulebookError` if it is not."""
    if digest(text.encode("utf-8")) != named.digest:
        message = "the rulebook's text has another digest than the one that was signed"
        raise RulebookError(message)
    found = parse_rulebook(text)
    if found.version != named.version:
        message = f"the rulebook's text is of version {found.version}, not {named.version}"
        raise RulebookError(message)
    return found.rulebook


def require_kept(
    chain: Chain,
    envelope: Envelope,
    decision: Decision,
    distribution: Distribution,
    rulebook: Rulebook,
) -> None:
    """Refuse what its rulebook does not allow: sent late, not to everybody, or signed weakly.

    Raises `AdoptionRecordError` or `ConsensusMissingError`.
    """
    rule.require_timely(decision, distribution, rulebook)
    awaited = chain.members[decision.roster]
    rule.require_all_told(chain.roster, awaited, distribution, rulebook)
    require_post_quantum(chain.roster, envelope, rulebook)


def require_sound(decision: Decision, rulebook: Rulebook) -> str:
    """Refuse items that break a rule that needs no history; says which kinds there are.

    Raises `RulebookError` for the rulebook of another country, else `PreconditionError`.
    """
    committee = Committee.parse(decision.committee)
    if rulebook.country != committee.partner:
        message = f"the rulebook is that of {rulebook.country}"
        raise RulebookError(message)
    findings = list(preflight.sound(decision.items, committee, rulebook))
    require_none_refused(findings)
    warned = [str(finding) for finding in remarks(findings)]
    kinds = ", ".join(item.kind for item in decision.items)
    return f"{kinds}: sound" + (f"; to note: {'; '.join(warned)}" if warned else "")
