"""Who is signed in: a person, by the key that the rosters name, with that person's seats today."""

from __future__ import annotations

from dataclasses import dataclass

from governance.access.ceremonies import form_secret
from governance.access.credentials import Credential
from governance.access.rosters import Seat
from governance.access.sessions import Session
from policies.refusals import NotEntitledError


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A proven person, as of this request: an ended key or term ends it at once.

    `seats` are never empty. One committee may know the same key by another name than the next.
    """

    session: Session
    credential: Credential
    seats: tuple[Seat, ...]
    form: str
    """What each form of the session brings back, in the field `form`."""

    @classmethod
    def of(
        cls, held: str, session: Session, credential: Credential, seats: tuple[Seat, ...]
    ) -> SignedIn:
        """Return who holds a session's word."""
        return cls(session, credential, seats, form_secret(held))

    @property
    def name(self) -> str:
        """What the rosters call the person, in the first committee."""
        return self.seats[0].name

    @property
    def may_sign(self) -> bool:
        """Whether this very passkey is in a roster; one for signing in alone signs nothing."""
        return self.credential.vouched_by is None

    def seat_in(self, committee: str) -> Seat:
        """Return the person's seat in a committee, for a service that asks who acts.

        Raises `NotEntitledError` for who has none there.
        """
        for seat in self.seats:
            if seat.committee == committee:
                return seat
        message = f"{self.name} has no role in {committee} today"
        raise NotEntitledError(message)
