"""Signing in the browser: who may sign what there, and what the passkey's answer becomes.

The signature is over the statement's own bytes, as every other; it is handed in by the same path,
which judges it again. What is refused here is refused before anybody is asked to sign.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aggregates.committee.decide_proposal import frozen
from aggregates.committee.state import CommitteeState
from governance.access import passkeys
from governance.access.access import Access
from governance.access.credentials import Credential, use
from governance.access.requests import Signed
from governance.access.signed_in import SignedIn
from governance.access.site import Site
from governance.service.desk import Desk
from governance.service.founding import appointment_request
from governance.service.proposals import find_proposal
from governance.service.requests import Request
from governance.service.roll_call import answer_request
from governance.service.signing import (
    adoption_request,
    assertion_request,
    decision_request,
    submit,
)
from governance.service.summary import headline, summarise
from policies.proof.dsse import Signature
from policies.proof.reading import read_any, require_context
from policies.proof.statements import (
    AddKey,
    Adoption,
    Appointment,
    Assertion,
    Decision,
    RollCall,
    Statement,
)
from policies.refusals import (
    AppointmentError,
    ContextError,
    NotEntitledError,
    NotSignedInError,
    UnreadableError,
)
from policies.sides import Committee

ROLL_CALL = "roll-call"
ASKS = ("decision", "adoption", "affirms", "objects", ROLL_CALL)
"""What a person may ask to sign: about a text, or that their key is in use."""


@dataclass(frozen=True, slots=True)
class ToSign:
    """A statement as its signer reads it, made from its bytes alone, and the key that may sign."""

    request: Request
    statement: Statement
    lines: list[str]
    credential: Credential
    rehearsal: bool

    @property
    def headline(self) -> str:
        """What a signature means, in one line."""
        return headline(self.statement)


def ask(
    access: Access,
    desk: Desk,
    who: SignedIn,
    *,
    what: str,
    number: str,
    reason: str | None = None,
    text: str | None = None,
) -> str:
    """Keep a request to sign about an open text, or to answer a roll-call; return its digest.

    `number` is the text's, or the committee's code of a roll-call; `text` is the digest of what
    was read, null where nothing was. Raises `NotFoundError`, `UnreadableError`, `NotEntitledError`,
    `ContextError` for a text that was changed since it was read, and what the statement's own
    rules refuse.
    """
    if what not in ASKS:
        message = f"{what[:40]!r} is nothing to be signed; it is one of {', '.join(ASKS)}"
        raise UnreadableError(message)
    if what == ROLL_CALL:
        return _ask_roll_call(access, desk, who, Committee.parse(number).code)
    states = [desk.load(seat.committee) for seat in who.seats]
    code, proposal = find_proposal(states, number)
    state = desk.load(code)
    if text is not None and frozen(proposal).envelope.digest != text:
        message = f"{proposal.name} is at version {proposal.version} by now: read it first"
        raise ContextError(message)
    objects = what == "objects"
    if what == "decision":
        request = decision_request(proposal)
    elif what == "adoption":
        request = adoption_request(desk, state, proposal)
    elif objects and not (reason or "").strip():
        message = "say why: an objection is shown with its reason"
        raise UnreadableError(message)
    else:
        request = assertion_request(state, proposal, objects=objects, reason=reason or None)
    _signer(access, state, read_any(request.envelope), who)
    return access.requests.keep(request, code, who.credential.speaks_by, access.clock())


def _ask_roll_call(access: Access, desk: Desk, who: SignedIn, code: str) -> str:
    """Keep the request by which the passkey that is signed in answers this year's call."""
    who.seat_in(code)
    state = desk.load(code)
    day = desk.acting(state).today(state)
    request = answer_request(state, day, who.credential.keyid)
    _signer(access, state, read_any(request.envelope), who)
    return access.requests.keep(request, code, who.credential.speaks_by, access.clock())


def ask_to_appoint(
    access: Access, desk: Desk, committee: str, person: str, credential: Credential
) -> str | None:
    """Keep the request by which a side adds a passkey for its person, and return its digest.

    Null where no side has appointed that person yet: then its authority asks. Raises what
    `appointment_request` raises.
    """
    state = desk.load(committee)
    known = state.roster.people.get(person)
    if known is None:
        return None
    acts = [{"act": "add-key", "person": person, "key": credential.record.to_json()}]
    today = desk.acting(state).today(state)
    statement = appointment_request(state, known.side, acts, today)
    request = Request(statement.envelope(), {})
    return access.requests.keep(request, committee, None, access.clock())


def prepare(access: Access, desk: Desk, digest: str, who: SignedIn | None) -> ToSign:
    """Return what somebody is asked to sign, for the one who may.

    Raises `NotFoundError`, `NotSignedInError`, `NotEntitledError`, `ContextError`,
    `AppointmentError` for one that the side has overtaken, and what the summary cannot show.
    """
    request = access.requests.get(digest)
    statement = read_any(request.envelope)
    state = desk.load(statement.committee)
    credential = _signer(access, state, statement, who)
    return ToSign(request, statement, summarise(request), credential, state.roster.rehearsal)


def sign(
    access: Access,
    desk: Desk,
    site: Site,
    digest: str,
    who: SignedIn | None,
    *,
    answer: str,
    address: str,
) -> Signed:
    """Turn a passkey's answer into an envelope's signature, and hand it in as any other.

    An appointment is not handed in: it takes its authority's signatures as well, together. Raises
    what `prepare` and `submit` raise, and `SignInError` for an answer that does not hold.
    """
    with access.noted("sign", address) as note:
        asked = prepare(access, desk, digest, who)
        note.who, note.detail = asked.credential.keyid, f"{asked.headline}; {digest}"
        found = passkeys.answered(site, asked.request.envelope.pae, answer, asked.credential)
        now = access.clock()
        with access.kept.writing() as asking:
            use(asking, asked.credential, found.count, now)
        mark = Signature(asked.credential.keyid, found.signature)
        envelope = asked.request.envelope.unsigned().signed_by(mark)
        if isinstance(asked.statement, Appointment):
            side = asked.statement.side
            says = f"signed by the added key; it waits for the authority of {side}"
        else:
            says = next(submit(desk, [envelope])).says
        text = envelope.to_bytes().decode("utf-8")
        made = Signed(digest, mark.keyid, text, says, int(now.timestamp()))
        access.requests.signed(made)
        return made


def _signer(
    access: Access, state: CommitteeState, statement: Statement, who: SignedIn | None
) -> Credential:
    """Return the passkey that may sign a statement here, or refuse."""
    code = state.committee.code
    if isinstance(statement, Appointment):
        require_context(statement, code, state.roster.founding)
        return _added(access, state, statement)
    if not isinstance(statement, Decision | Adoption | Assertion | RollCall):
        kind = type(statement).__name__.lower()
        message = f"a {kind} is signed with other keys than a person's, at the command line"
        raise NotEntitledError(message)
    require_context(statement, code, state.roster.founding)
    if who is None:
        message = "sign in with the passkey that is to sign"
        raise NotSignedInError(message)
    seat, keyid = who.seat_in(code), who.credential.keyid
    place = state.roster.keys.get(keyid)
    if not who.may_sign or place is None or not place.active or place.person != seat.person:
        message = (
            "this passkey is for signing in alone, or its key was ended; sign in with the one whose"
            f" key the roster of {code} names"
        )
        raise NotEntitledError(message)
    if isinstance(statement, RollCall):
        allowed, needs = statement.keyid == keyid, "the key that is called"
    elif isinstance(statement, Assertion):
        allowed, needs = seat.sits, "a seat in the committee"
    else:
        allowed, needs = seat.signs, "the role of co-chair or alternate"
    if not allowed:
        held = ", ".join(sorted(seat.roles))
        message = f"{seat.name} ({seat.side}) is {held}; signing this takes {needs}"
        raise NotEntitledError(message)
    return who.credential


def _added(access: Access, state: CommitteeState, statement: Appointment) -> Credential:
    """Return the passkey that an appointment adds, which signs it itself: nobody need be known."""
    side, roster = statement.side, state.roster
    if (statement.seq, statement.prev) != (roster.seqs.get(side, -1) + 1, roster.heads.get(side)):
        message = (
            f"{side} has recorded another appointment since, or never had this one's before: ask"
            " its authority for a new request"
        )
        raise AppointmentError(message)
    added = [act.key for act in statement.acts if isinstance(act, AddKey)]
    found: list[Any] = [access.credentials.of_key(key.keyid) for key in added]
    known = [passkey for passkey in found if passkey is not None and passkey.vouched_by is None]
    if len(known) != 1:
        message = (
            "this appointment adds no passkey that was made here, or several; each added key signs"
            " where it is: see jcgov sign"
        )
        raise NotEntitledError(message)
    credential: Credential = known[0]
    if credential.record not in added:
        message = "the appointment names the passkey's key under another scheme"
        raise AppointmentError(message)
    return credential
