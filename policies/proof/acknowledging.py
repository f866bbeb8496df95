"""Who may report: a side's registry what it issued and moved, its authority what it authorized."""

from __future__ import annotations

from datetime import date

from policies.government import Authorization
from policies.proof.authority import require_authority
from policies.proof.dsse import Envelope
from policies.proof.reading import read, require_context
from policies.proof.roster import Person, Roster
from policies.proof.statements import Acknowledgement, GovernmentReport
from policies.refusals import NotEntitledError, SealError


def check_acknowledgement(roster: Roster, envelope: Envelope, day: date) -> Person:
    """Return the registry whose report an envelope is, if it may be accepted on that day.

    Raises `ContextError`, `SealError`, `NotEntitledError` or `SignatureNotGenuineError`.
    """
    said = read(envelope, Acknowledgement)
    require_context(said, roster.committee.code, roster.founding)
    return _registry(roster, envelope, said, day)


def check_government_report(roster: Roster, envelope: Envelope, day: date) -> Person | None:
    """Return the registry whose report an envelope is; null for one of the side's authority.

    Governments authorize, with the keys of their authority; their registries transfer and acquire
    (2/CMA.3, annex: authorization is the Party's; as seen in Thailand, 30 October 2025). Raises as
    `check_acknowledgement`; `NotEntitledError` also below the authority's threshold.
    """
    said = read(envelope, GovernmentReport)
    require_context(said, roster.committee.code, roster.founding)
    if not isinstance(said.says, Authorization):
        return _registry(roster, envelope, said, day)
    require_authority(roster, envelope, said.side)
    return None


def require_reporter(
    roster: Roster, envelope: Envelope, said: Acknowledgement | GovernmentReport
) -> None:
    """Refuse a report in a log that is not of its side's registry, or authority, at its place.

    As the checks above, but for the day: a log does not say on which one a report was recorded.
    """
    require_context(said, roster.committee.code, roster.founding)
    if isinstance(said, GovernmentReport) and isinstance(said.says, Authorization):
        require_authority(roster, envelope, said.side)
    else:
        _registry(roster, envelope, said, None)


def _registry(
    roster: Roster,
    envelope: Envelope,
    said: Acknowledgement | GovernmentReport,
    day: date | None,
) -> Person:
    if len(envelope.signatures) != 1:
        message = f"a report has one signature, its registry's; this has {len(envelope.signatures)}"
        raise SealError(message)
    keyid = envelope.signatures[0].keyid
    registry = roster.registry(keyid, day)
    if registry is None:
        when = "" if day is None else f" on {day}"
        message = f"key {keyid[:16]}… is no key in use of a registry of {said.committee}{when}"
        raise NotEntitledError(message)
    if registry.side != said.side:
        message = (
            f"{registry.name} is the registry of {registry.side}, the report is of {said.side}"
        )
        raise NotEntitledError(message)
    roster.keys[keyid].key.verify_envelope(envelope)
    return registry
