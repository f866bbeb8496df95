"""A second signature of each signer, by ML-DSA-65, where the rulebook asks for it.

It stands beside the signature by P-256 or Ed25519 and never in its place: a decision then holds
while one of the two schemes does. The same person makes both, with a key for each; two people with
one scheme each are no such person. What asks is the rulebook that the decision names.
"""

from __future__ import annotations

from collections.abc import Mapping

from policies.proof.dsse import Envelope
from policies.proof.roster import Roster
from policies.proof.statements import Decision
from policies.refusals import ConsensusMissingError, RulebookError
from policies.rulebook import Rulebook, parse_rulebook


def missing_scheme(schemes: Mapping[bool, object]) -> str | None:
    """Say which signature a person has yet to give, of what is there by its being post-quantum."""
    if False not in schemes:
        return "signature by P-256 or Ed25519, beside the one by ML-DSA-65"
    return None if True in schemes else "signature by ML-DSA-65 as well"


def require_post_quantum(roster: Roster, envelope: Envelope, rulebook: Rulebook) -> None:
    """Refuse a decision in which somebody has not signed by both schemes, if both are asked for.

    The signatures are genuine and their keys count (`signers` saw to that), and both sides have
    signed. Raises `ConsensusMissingError`.
    """
    if not rulebook.post_quantum:
        return
    given: dict[str, dict[bool, bool]] = {}
    for signature in envelope.signatures:
        place = roster.keys[signature.keyid]
        given.setdefault(place.person or "", {})[place.key.post_quantum] = True
    for person, schemes in given.items():
        missing = missing_scheme(schemes)
        if missing is not None:
            who = roster.people[person]
            message = (
                f"{rulebook.version} asks each signer for two signatures; {who.name} ({who.side})"
                f" has yet to give the {missing}"
            )
            raise ConsensusMissingError(message)


def require_asked_in_chain(
    roster: Roster, envelope: Envelope, decision: Decision, rulebooks: Mapping[str, str]
) -> None:
    """Hold a decision of the chain against the rulebook that it was taken under, by its text.

    Without the text nobody could tell what it asked for, and a forger would leave it out: raises
    `RulebookError` for that, and what `require_post_quantum` raises.
    """
    named = decision.rulebook
    text = rulebooks.get(named.digest)
    if text is None:
        message = f"the text of {named.version}, under which {decision.number} was taken, is absent"
        raise RulebookError(message)
    require_post_quantum(roster, envelope, parse_rulebook(text, named.version).rulebook)
