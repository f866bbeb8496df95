"""The desk's entrance: sign in with a passkey, go on in a session, sign out; all on record.

Opened when first needed, and again after the database was away, as the rest of the service is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from governance.access import passkeys, sessions
from governance.access.ceremonies import Ceremonies, Purpose
from governance.access.credentials import Credential, Credentials, use
from governance.access.entries import DONE, NOT_DONE, REFUSED, AccessRecord, Entry
from governance.access.once import Once
from governance.access.opening import CEREMONIES, open_access
from governance.access.requests import Requests
from governance.access.rosters import Rosters, Seat
from governance.access.seen import Seen
from governance.access.sessions import Session, Sessions
from governance.access.signed_in import SignedIn
from governance.access.site import Site
from governance.access.tokens import May, Token, Tokens
from governance.assembly import Engine
from governance.clock import Clock
from governance.kept.tables import Kept
from governance.settings import Settings
from policies.refusals import (
    ForgedRequestError,
    MachineTokenError,
    NotSignedInError,
    Refusal,
    SignInError,
    TooManyTriesError,
)
from policies.texts import written_out

_TRIES = (SignInError, ForgedRequestError, MachineTokenError)
"""What counts as a try of somebody who may not; what a rule refuses to a known person does not."""
_DETAIL = 300
_MAKING = "make a passkey"
NOBODYS = (
    "no committee names the key of this passkey today, or it was ended;"
    " try another passkey of this device"
)


@dataclass
class _Opened:
    kept: Kept
    rosters: Rosters
    ceremonies: Ceremonies


class Access:
    """Who may come in to one service; safe for its threads."""

    def __init__(self, settings: Settings, engine: Callable[[], Engine], clock: Clock) -> None:
        self._settings = settings
        self._engine = engine
        self.clock = clock
        self._turn = threading.Lock()
        self._open: _Opened | None = None

    @cached_property
    def site(self) -> Site | None:
        """Where the desk is open; null where the operator opens none. Raises `WrongHomeError`."""
        origin = self._settings.origin
        return None if origin is None else Site.parse(origin)

    @property
    def rosters(self) -> Rosters:
        """Whose a key is."""
        return self._opened().rosters

    @property
    def ceremonies(self) -> Ceremonies:
        """What is begun with a browser."""
        return self._opened().ceremonies

    @property
    def kept(self) -> Kept:
        """The tables."""
        return self._opened().kept

    @property
    def credentials(self) -> Credentials:
        """The passkeys that are known."""
        return Credentials(self.kept)

    @property
    def sessions(self) -> Sessions:
        """The sessions that are open."""
        return Sessions(self.kept)

    @property
    def requests(self) -> Requests:
        """What is asked to be signed in browsers."""
        return Requests(self.kept)

    @property
    def once(self) -> Once:
        """The forms that were taken lately."""
        return Once(self.kept)

    @property
    def seen(self) -> Seen:
        """Up to where each person has seen what changed."""
        return Seen(self.kept)

    @property
    def tokens(self) -> Tokens:
        """The tokens of machines."""
        return Tokens(self.kept)

    @property
    def record(self) -> AccessRecord:
        """Who came, and who was refused."""
        return AccessRecord(self.kept, self._settings.access_days)

    def close(self) -> None:
        """Give the tables back."""
        with self._turn:
            if self._open is not None:
                self._open.kept.close()
                self._open = None

    def sign_in(self, site: Site, ceremony: str | None, answer: str, address: str) -> str:
        """Begin a session for whom the rosters name, and return the word for the browser's cookie.

        Raises `ForgedRequestError`, `SignInError` or `TooManyTriesError`.
        """
        now = self.clock()
        with self.noted("sign in", address) as entry:
            begun = self.ceremonies.require(ceremony, Purpose.SIGN_IN, now)
            credential = self._known(passkeys.named_in(answer))
            entry.who = credential.speaks_by
            message = self.ceremonies.message(begun)
            found = passkeys.answered(site, message, answer, credential)
            self.seats_of(credential)
            with self.kept.writing() as asking:
                self.ceremonies.spend(asking, begun, now)
                use(asking, credential, found.count, now)
                return sessions.begin(asking, credential.id, address, now)

    def register(
        self,
        site: Site,
        ceremony: str | None,
        answer: str,
        *,
        label: str,
        address: str,
        vouched_by: str | None = None,
    ) -> Credential:
        """Keep a passkey that a browser has made. It is nobody's until a roster names its key.

        Raises `ForgedRequestError`, `SignInError` or `TooManyTriesError`.
        """
        now = self.clock()
        with self.noted(_MAKING, address) as entry:
            self.record.require_seldom(_MAKING, address, now)
            begun = self.ceremonies.require(ceremony, Purpose.REGISTER, now)
            credential = passkeys.registered(
                site,
                self.ceremonies.message(begun),
                answer,
                label=label,
                now=now,
                vouched_by=vouched_by,
            )
            entry.who = credential.speaks_by
            with self.kept.writing() as asking:
                self.ceremonies.spend(asking, begun, now)
            self.credentials.add(credential, self.rosters.known())
            return credential

    def who(self, held: str | None) -> SignedIn:
        """Return who holds a session's word; raise `NotSignedInError` if nobody does."""
        session = self.sessions.find(held, self.clock())
        credential = self.credentials.get(session.credential)
        if held is None or credential is None:
            raise NotSignedInError(NOBODYS)
        try:
            seats = self.seats_of(credential)
        except SignInError as error:
            self.sessions.end(session.name)
            raise NotSignedInError(str(error)) from None
        return SignedIn.of(held, session, credential, seats)

    def forget_word(self, held: str) -> None:
        """End the session of a browser's word, whosever it is: the browser has another now."""
        self.sessions.end(sessions.name_of(held))

    def sign_out(self, who: SignedIn, name: str, address: str) -> None:
        """End one of a person's own sessions; `SignInError` for another's."""
        with self.noted("sign out", address) as entry:
            entry.who = who.credential.speaks_by
            if name not in {session.name for session in self.sessions_of(who)}:
                message = "this is no session of yours, or it is over"
                raise SignInError(message)
            self.sessions.end(name)

    def sessions_of(self, who: SignedIn) -> list[Session]:
        """Return a person's open sessions, by whichever passkey."""
        own = self.passkeys_of(who)
        return self.sessions.of([credential.id for credential in own], self.clock())

    def passkeys_of(self, who: SignedIn) -> list[Credential]:
        """Return a person's passkeys: those of the rosters, and those for signing in alone."""
        keyids = {who.credential.speaks_by}
        for seat in who.seats:
            keyids.update(self.rosters.keys(seat))
        return self.credentials.of_person(sorted(keyids))

    def machine(
        self, secret: str | None, committee: str, side: str, may: May, *, address: str
    ) -> Token:
        """Return a machine's token that is good for this; a refusal counts as a try.

        Raises `NotSignedInError` for none that is good at all, `MachineTokenError` for one that is
        for something else, or `TooManyTriesError`.
        """
        now = self.clock()
        self.record.require_patience(address, now)
        try:
            return self.tokens.require(secret, committee, side, may, now)
        except (NotSignedInError, MachineTokenError) as refusal:
            if secret:
                self._note("use a token", REFUSED, Note(), address, f"{refusal.name}: {refusal}")
            raise

    def seats_of(self, credential: Credential) -> tuple[Seat, ...]:
        """Return the seats that a passkey speaks for; `SignInError` if there are none."""
        seats = self.rosters.seats(credential.speaks_by)
        if not seats:
            raise SignInError(NOBODYS)
        return seats

    @contextmanager
    def noted(self, what: str, address: str) -> Iterator[Note]:
        """Keep on record what is done, or refused, within; too many refusals refuse the next."""
        now, note = self.clock(), Note()
        self.record.require_patience(address, now)
        try:
            yield note
        except TooManyTriesError:
            raise
        except Refusal as refusal:
            outcome = REFUSED if isinstance(refusal, _TRIES) else NOT_DONE
            self._note(what, outcome, note, address, f"{refusal.name}: {refusal}")
            raise
        self._note(what, DONE, note, address, note.detail)

    def _note(self, what: str, outcome: str, note: Note, address: str, detail: str | None) -> None:
        at, shown = int(self.clock().timestamp()), None if detail is None else written_out(detail)
        self.record.note(Entry(at, what, outcome, note.who, address, shown and shown[:_DETAIL]))

    def _known(self, name: str) -> Credential:
        credential = self.credentials.get(name)
        if credential is None:
            message = "this passkey is not known here; make one at the desk, for your side"
            raise SignInError(f"{message} to appoint")
        return credential

    def _opened(self) -> _Opened:
        opened = self._open
        if opened is not None:
            return opened
        with self._turn:
            if self._open is None:
                engine = self._engine()
                kept = open_access(self._settings)
                with kept.reading() as asking:
                    ((secret,),) = asking.rows(
                        "SELECT secret FROM jcgov.access_secrets WHERE name = ?", (CEREMONIES,)
                    )
                ceremonies = Ceremonies(bytes.fromhex(secret))
                self._open = _Opened(kept, Rosters(engine.desk, self.clock), ceremonies)
            return self._open


@dataclass
class Note:
    """What is known so far of what is being done."""

    who: str | None = None
    detail: str | None = None
