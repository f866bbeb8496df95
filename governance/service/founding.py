"""Founding committees and recording each side's appointments."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from aggregates.committee.acting import Acting
from aggregates.committee.decide_founding import found, require_room
from aggregates.committee.state import CommitteeState
from governance.keys.engine import EngineKeys
from governance.service.desk import Desk
from policies.proof.authority import (
    require_sound_appointment,
    require_sound_founding,
    require_sound_sides,
    require_sound_witnesses,
)
from policies.proof.dsse import Envelope
from policies.proof.reading import read
from policies.proof.statements import (
    AnyAct,
    Appointment,
    Authority,
    Founding,
    LogName,
    RulebookName,
    Witnesses,
)
from policies.refusals import FoundedAlreadyError, FoundingError, NotFoundError, UnreadableError
from policies.rulebook import RulebookText, shipped, versions
from policies.sides import Committee
from policies.texts import require_one_line, require_readable


class FoundingPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What ``jcgov committee found`` reads."""

    committee: str
    sides: dict[str, Authority]
    rulebook: str | None = None
    origin: str | None = None
    witnesses: Witnesses = Witnesses(keys=(), quorum=())


def founding_request(
    plan: Any, keys: EngineKeys, *, rehearsal: bool = False
) -> tuple[Founding, RulebookText]:
    """Return the founding that both authorities are to sign; makes the engine's own keys.

    Raises `UnreadableError` naming the member of the plan that is wrong, and the refusals of
    `require_sound_founding` for what no signature could make good.
    """
    read_plan, text = read_founding_plan(plan)
    committee = Committee.parse(read_plan.committee)
    own = keys.prepare(committee.code)
    founding = Founding(
        committee=committee.code,
        sides=read_plan.sides,
        record=own.record,
        log=LogName(
            origin=read_plan.origin or f"jcm.invalid/{committee.code}",
            key=own.log,
            post_quantum=own.post_quantum,
        ),
        witnesses=read_plan.witnesses,
        rulebook=RulebookName(version=text.version, digest=text.digest),
        rehearsal=rehearsal,
    )
    require_sound_founding(founding)
    return founding, text


def read_founding_plan(plan: Any) -> tuple[FoundingPlan, RulebookText]:
    """Return a plan whose sides and rulebook are sound, with that rulebook; nothing is made yet.

    Raises `UnreadableError`, `HiddenTextError`, `NotFoundError`, `FoundingError` or
    `KeyTakenError`.
    """
    require_readable(plan, "plan")
    try:
        read_plan = msgspec.convert(plan, FoundingPlan)
    except msgspec.ValidationError as error:
        message = f"the founding's plan is not well formed: {error}"
        raise UnreadableError(message) from None
    committee = Committee.parse(read_plan.committee)
    text = shipped(committee.partner, read_plan.rulebook)
    require_sound_sides(committee, read_plan.sides)
    require_sound_witnesses(committee, read_plan.witnesses)
    return read_plan, text


def require_unfounded(desk: Desk, founding: Founding) -> None:
    """Raise `FoundedAlreadyError` if another founding of the committee is recorded here."""
    state = desk.find(founding.committee)
    if state is not None and state.roster.founding != founding.envelope().digest:
        message = f"{founding.committee} is founded, by {state.roster.founding}"
        raise FoundedAlreadyError(message)


def require_good_founding(envelope: Envelope, text: RulebookText | None, now: datetime) -> None:
    """Refuse what would found no committee where none is; nothing is made or recorded.

    Raises what `found` raises.
    """
    if text is None:
        text = _shipped_by_digest(read(envelope, Founding))
    found(None, Acting(now), envelope, text)


def found_committee(desk: Desk, envelope: Envelope, text: RulebookText | None = None) -> bool:
    """Record a founding that both authorities have signed; False if it was recorded before.

    The rulebook's text is looked for among the shipped ones where it is not given.
    """
    founding = read(envelope, Founding)
    if text is None:
        text = _shipped_by_digest(founding)
    state = desk.find(founding.committee)
    events = found(state, desk.acting_before_founding(), envelope, text)
    desk.begin(founding.committee, events)
    return bool(events)


def appointment_request(state: CommitteeState, side: str, acts: Any, today: date) -> Appointment:
    """Return a side's next appointment, for its authority (and every key it adds) to sign.

    Raises what `next_appointment` raises, and `AppointmentError` or `KeyTakenError` for what no
    signature could make good.
    """
    appointment = next_appointment(state, side, acts)
    require_sound_appointment(state.roster, appointment)
    require_room(state, appointment, today)
    return appointment


def next_appointment(state: CommitteeState, side: str, acts: Any) -> Appointment:
    """Return acts as the appointment that follows a side's last one.

    Raises `UnreadableError` naming the act that is wrong, `HiddenTextError` or `NotFoundError`.
    """
    require_readable(acts, "acts")
    for number, act in enumerate(acts if isinstance(acts, list) else [], start=1):
        if isinstance(act, dict):
            require_one_line(act.get("name"), f"acts[{number}].name")
    if side not in state.roster.authorities:
        message = f"{side} is no side of {state.committee.code}"
        raise NotFoundError(message)
    try:
        read_acts = msgspec.convert(acts, tuple[AnyAct, ...])
    except msgspec.ValidationError as error:
        message = f"the acts are not well formed: {error}"
        raise UnreadableError(message) from None
    return Appointment(
        committee=state.committee.code,
        founding=state.roster.founding,
        side=side,
        seq=state.roster.seqs[side] + 1,
        prev=state.roster.heads[side],
        acts=read_acts,
    )


def roster_entries(state: CommitteeState, day: date) -> list[dict[str, Any]]:
    """Return everyone whom the sides have appointed, with roles and keys, on a day."""
    entries = []
    for person in state.roster.people.values():
        keys = [place for place in state.roster.keys.values() if place.person == person.person]
        entries.append(
            {
                "person": person.person,
                "name": person.name,
                "side": person.side,
                "roles": sorted(role.value for role in person.roles(day)),
                "terms": [
                    {
                        "role": role.value,
                        "from": term.begins.isoformat(),
                        "until": None if term.ends is None else term.ends.isoformat(),
                    }
                    for role, term in person.terms
                ],
                "keys": [
                    {
                        "keyid": place.key.keyid,
                        "scheme": place.key.scheme,
                        "active": place.active,
                        "compromised": place.compromised,
                    }
                    for place in keys
                ],
            }
        )
    return sorted(entries, key=lambda entry: (str(entry["side"]) != "JP", str(entry["person"])))


def _shipped_by_digest(founding: Founding) -> RulebookText:
    partner = Committee.parse(founding.committee).partner
    for text in versions(partner):
        if text.digest == founding.rulebook.digest:
            return text
    message = (
        f"no rulebook shipped for {partner} has the digest {founding.rulebook.digest[:16]}… that"
        f" the founding names ({founding.rulebook.version}); give its text with --rulebook"
    )
    raise FoundingError(message)
