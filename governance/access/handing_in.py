"""Handing signature files in at the desk: by the path of every door, with who carried them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from governance.access.access import Access
from governance.access.signed_in import SignedIn
from governance.service.desk import Desk
from governance.service.signing import submit
from governance.service.summary import headline
from policies.proof.dsse import Envelope
from policies.proof.reading import read_any
from policies.proof.statements import Appointment
from policies.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Came:
    """What came of one statement: in words what stands now, or why it was refused."""

    headline: str
    digest: str
    says: str
    recorded: bool
    refusal: Refusal | None = None


def with_own(access: Access, envelopes: Iterable[Envelope]) -> Iterator[Envelope]:
    """Yield envelopes, an appointment with the signature that an added passkey has made here.

    It is the same file's: its authority may have signed before the passkey did, or apart from it.
    """
    for envelope in envelopes:
        if envelope.payload_type == Appointment.payload_type:
            made = [each.read() for each in access.requests.signatures(envelope.digest)]
            yield envelope.signed_by(*(mark for each in made for mark in each.signatures))
        else:
            yield envelope


def hand_in(
    access: Access, desk: Desk, who: SignedIn, envelopes: Iterable[Envelope], address: str
) -> Iterator[Came]:
    """Submit statements in their order, and yield what came of each, the first refused one last.

    What came before that one is recorded, and what comes after it is not looked at, as `submit`
    says. The access record keeps who carried which statement.
    """
    ordered = list(envelopes)
    taking = submit(desk, ordered)
    for envelope in ordered:
        what = headline(read_any(envelope))
        try:
            with access.noted("hand in", address) as note:
                note.who, note.detail = who.credential.speaks_by, f"{envelope.digest}; {what}"
                taken = next(taking)
        except Refusal as refusal:
            yield Came(what, envelope.digest, "", recorded=False, refusal=refusal)
            return
        yield Came(what, envelope.digest, taken.says, bool(taken.events))
