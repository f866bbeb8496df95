"""Signature files that somebody carries: what each is and lacks, and what came of handing it in.

The signature is the authority: whoever carries a file adds nothing to it and takes nothing away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from governance.service.desk import Desk
from governance.service.signing import foresee, merge
from governance.service.summary import headline
from policies.proof.dsse import Envelope
from policies.proof.keys import KeyRecord
from policies.proof.reading import read_any
from policies.proof.roster import Roster
from policies.proof.statements import (
    AddKey,
    Appointment,
    Authority,
    ChangeAuthority,
    Engine,
    Founding,
    Statement,
)
from policies.refusals import ContextError, Refusal

Whose = Literal["authority", "new authority", "added", "person", "other", "unknown"]


@dataclass(frozen=True, slots=True)
class SignedBy:
    """Whose key has signed; `name` is a person's. One that is not `genuine` counts for nothing."""

    whose: Whose
    side: str | None
    name: str | None
    keyid: str
    genuine: bool
    active: bool = True


@dataclass(frozen=True, slots=True)
class Need:
    """Whose signatures a statement takes before it counts, and how many genuine ones are here."""

    whose: Whose
    side: str
    name: str | None
    have: int
    of: int

    @property
    def met(self) -> bool:
        """Whether there are enough."""
        return self.have >= self.of


@dataclass(frozen=True, slots=True)
class Looked:
    """An envelope as it was looked at: who has signed what, and what handing it in would do now."""

    envelope: Envelope
    statement: Statement
    signed: tuple[SignedBy, ...]
    needs: tuple[Need, ...]
    new: bool
    refusal: Refusal | None
    after: bool = False
    """Whether it follows another one that is handed in with it, and is judged after that one."""

    @property
    def headline(self) -> str:
        """What it is, in one line."""
        return headline(self.statement)

    @property
    def side(self) -> str | None:
        """Whose statement it is, where it is one side's."""
        side: str | None = getattr(self.statement, "side", None)
        return side


def carried(envelopes: Iterable[Envelope]) -> list[Envelope]:
    """Return each statement once with all its signatures, appointments in their own order first.

    Raises `ContextError` for a founding, and for what nobody has signed; `SealError` for two
    signatures of one key.
    """
    merged = merge(envelopes)
    for envelope in merged:
        _require_carried(envelope)
    return sorted(merged, key=_turn)


def look(desk: Desk, envelopes: Iterable[Envelope]) -> list[Looked]:
    """Return what each envelope is, and what handing it in would do now; nothing of it is recorded.

    Raises `NotFoundError` for a committee that is not founded here.
    """
    found: list[Looked] = []
    for envelope in envelopes:
        statement = read_any(envelope)
        roster = desk.load(statement.committee).roster
        before = {each.envelope.digest for each in found}
        after = isinstance(statement, Appointment) and statement.prev in before
        new, refusal = False, None
        try:
            new = foresee(desk, envelope)
        except Refusal as error:
            refusal = error
        signed = tuple(_signed(roster, statement, envelope))
        needs = tuple(_needs(roster, statement, signed))
        found.append(Looked(envelope, statement, signed, needs, new, refusal, after))
    return found


def _require_carried(envelope: Envelope) -> None:
    statement = read_any(envelope)
    if isinstance(statement, Founding):
        message = (
            "a founding is handed in by whoever runs this service, at the command line: else the"
            " first to come would have the committee's name"
        )
        raise ContextError(message)
    if not envelope.signatures:
        message = f"{headline(statement)}: nobody has signed this file; sign it first: jcgov sign"
        raise ContextError(message)


def _turn(envelope: Envelope) -> tuple[int, str, str, int]:
    """Return what orders statements: appointments, by side, one after the other; then the rest."""
    statement = read_any(envelope)
    if isinstance(statement, Appointment):
        return 0, statement.committee, statement.side, statement.seq
    return 1, "", "", 0


def _signed(roster: Roster, statement: Statement, envelope: Envelope) -> Iterator[SignedBy]:
    added, joining = _added(statement), _joining(statement)
    for signature in envelope.signatures:
        keyid, place = signature.keyid, roster.keys.get(signature.keyid)
        if place is not None:
            person = roster.people.get(place.person or "")
            whose: Whose = "other"
            if place.holder in ("authority", "person"):
                whose = "authority" if place.holder == "authority" else "person"
            name = None if person is None else person.name
            genuine = _genuine(place.key, envelope)
            yield SignedBy(whose, place.side, name, keyid, genuine, place.active)
        elif keyid in added:
            key, name = added[keyid]
            yield SignedBy("added", _side(statement), name, keyid, _genuine(key, envelope))
        elif keyid in joining:
            genuine = _genuine(joining[keyid], envelope)
            yield SignedBy("new authority", _side(statement), None, keyid, genuine)
        else:
            yield SignedBy("unknown", None, None, keyid, genuine=False)


def _needs(roster: Roster, statement: Statement, signed: tuple[SignedBy, ...]) -> Iterator[Need]:
    """Yield what an authority's statement takes; others take what their rule says when judged."""
    good = {each.keyid for each in signed if each.genuine and each.active}

    def of(authority: Authority) -> tuple[int, int]:
        return sum(key.keyid in good for key in authority.keys), authority.threshold

    if isinstance(statement, Engine):
        for side in roster.committee.sides:
            yield Need("authority", side, None, *of(roster.authorities[side]))
    if isinstance(statement, Appointment) and statement.side in roster.authorities:
        side = statement.side
        yield Need("authority", side, None, *of(roster.authorities[side]))
        for act in statement.acts:
            if isinstance(act, ChangeAuthority):
                yield Need("new authority", side, None, *of(act.authority))
        for keyid, (_key, person) in _added(statement).items():
            yield Need("added", side, person, int(keyid in good), 1)


def _added(statement: Statement) -> dict[str, tuple[KeyRecord, str]]:
    acts = statement.acts if isinstance(statement, Appointment) else ()
    return {act.key.keyid: (act.key, act.person) for act in acts if isinstance(act, AddKey)}


def _joining(statement: Statement) -> dict[str, KeyRecord]:
    acts = statement.acts if isinstance(statement, Appointment) else ()
    changes = (act.authority for act in acts if isinstance(act, ChangeAuthority))
    return {key.keyid: key for authority in changes for key in authority.keys}


def _side(statement: Statement) -> str | None:
    side: str | None = getattr(statement, "side", None)
    return side


def _genuine(key: KeyRecord, envelope: Envelope) -> bool:
    try:
        key.require_sound()
        key.verify_envelope(envelope)
    except Refusal:
        return False
    return True
