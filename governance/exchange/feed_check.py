"""The check of a feed before a registry acts on it: each event against its verified decision.

form      the event is a CloudEvent of a type that this version knows, as it was asked for
order     sequences rise, and no decision is told twice
bundle    the decision's bundle can be had
anchor …  each step of `policies.proof.audit`, by its own name
decision  the event says what the verified decision says, figure by figure, and shows its envelopes
told      nothing that the decision tells this side is left out
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

from governance.exchange.feed_sources import Asked, FeedSource, events
from policies.proof.audit import Check, Level, Trust, verify
from policies.proof.bundle import Bundle
from policies.proof.reading import read
from policies.proof.statements import Adoption, Decision
from policies.refusals import FaultError, Refusal
from policies.texts import written_out
from projections.feed_types import EVENT_TYPES, CloudEvent, Told, event_id, told

_NUMBER = re.compile(r"(JP-[A-Z]{2})/[0-9]{4}/[0-9]{3,12}", re.ASCII)
_SHOWN = 120
"""Characters of a value that is quoted."""


class Failure(NamedTuple):
    """The first event that does not hold: where it stands, and at which check it fails."""

    sequence: str | None
    id: str | None
    check: str
    detail: str


@dataclass
class FeedAudit:
    """The answer: how many events are good, up to which position, and the first that is not."""

    good: int = 0
    last: int | None = None
    failed: Failure | None = None

    @property
    def ok(self) -> bool:
        """Whether no event failed."""
        return self.failed is None

    def to_json(self) -> dict[str, Any]:
        """Return the answer in the shape of ``jcgov feed --verify --json``."""
        failed = None if self.failed is None else self.failed._asdict()
        return {"ok": self.ok, "good": self.good, "last": self.last, "failed": failed}


def check_feed(
    source: FeedSource,
    asked: Asked,
    trust: Trust | None,
    *,
    after: int = 0,
    limit: int | None = None,
    require: Level | None = None,
) -> FeedAudit:
    """Check a side's events after a position, up to the first that fails, or to a limit.

    Never raises for what events or bundles say; a `FaultError` of the source says how far it came.
    """
    audit = FeedAudit()
    checking = _Checking(source, asked, trust, require, after)
    try:
        for event in events(source, asked, after, limit):
            try:
                checking.take(event)
            except _FailedError as failed:
                audit.failed = _failure(event, failed)
                return audit
            audit.good += 1
            audit.last = checking.last
        if limit is None or audit.good < limit:
            checking.end()
    except _FailedError as failed:
        audit.failed = Failure(None, None, failed.check, failed.detail)
    except Refusal as refusal:
        audit.failed = Failure(None, None, "form", str(refusal))
    except FaultError as error:
        message = f"{error}; {audit.good} events before it are good, up to {audit.last or after}"
        raise type(error)(message) from None
    return audit


class _FailedError(Exception):
    def __init__(self, check: str, detail: str) -> None:
        super().__init__(detail)
        self.check = check
        self.detail = detail


class _Verified(NamedTuple):
    """A decision that was verified, what it tells the side, and its envelopes."""

    number: str
    told: list[Told]
    envelopes: dict[str, Any]


class _Checking:
    """What is known between one event and the next."""

    def __init__(
        self,
        source: FeedSource,
        asked: Asked,
        trust: Trust | None,
        require: Level | None,
        after: int,
    ) -> None:
        self._source, self._asked = source, asked
        self._trust, self._require = trust, require
        self.last = after
        self._begun = after > 0
        """Whether the position may lie within a decision, so that its first items stand before."""
        self._decision: _Verified | None = None
        self._next = 0
        self._seen: set[str] = set()

    def take(self, value: Any) -> None:
        """Check the next event; raise `_FailedError` if it does not hold."""
        event = self._read(value)
        data = event.data
        self._order(int(event.sequence))
        if self._decision is None or self._decision.number != data.number:
            self.end()
            if data.number in self._seen:
                raise _FailedError("order", f"{data.number} was told before, at another position")
            self._seen.add(data.number)
            self._decision = self._verify(data.committee, data.number)
            self._next = self._first(self._decision, event.id) if self._begun else 0
            self._begun = False
        said = self._expected(self._decision, event.id)
        _compare(value, said, self._decision.envelopes)
        self._next += 1
        self.last = int(event.sequence)

    def end(self) -> None:
        """Check that the last decision was told whole."""
        found = self._decision
        if found is not None and self._next < len(found.told):
            left_out = event_id(found.told[self._next])
            raise _FailedError("told", f"{left_out} is left out before this")

    def _read(self, value: Any) -> CloudEvent[Told]:
        name = value.get("type") if isinstance(value, dict) else None
        if not isinstance(name, str) or name not in EVENT_TYPES:
            detail = (
                f"the type {_shown(name)} is not known to this version: name those that are to be"
                " checked with --type, or take a newer version"
            )
            raise _FailedError("form", detail)
        kind: Any = CloudEvent[EVENT_TYPES[name]]  # type: ignore[valid-type]
        try:
            event: CloudEvent[Told] = msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            raise _FailedError("form", f"it is no event of its type: {error}") from None
        self._require_asked(event)
        return event

    def _require_asked(self, event: CloudEvent[Told]) -> None:
        asked, data = self._asked, event.data
        if data.side != asked.side:
            raise _FailedError("form", f"it tells {data.side}; {asked.side} was asked for")
        if asked.committee not in (None, data.committee) or (
            asked.types and event.type not in asked.types
        ):
            raise _FailedError("form", f"{event.type} of {data.committee} was not asked for")
        number = _NUMBER.fullmatch(data.number)
        if number is None or number[1] != data.committee:
            raise _FailedError("form", f"{_shown(data.number)} is no number of {data.committee}")

    def _order(self, sequence: int) -> None:
        if sequence <= self.last:
            raise _FailedError("order", f"the sequence {sequence} is not after {self.last}")

    def _verify(self, committee: str, number: str) -> _Verified:
        """Have the bundle and check it by itself, then say what its decision tells the side."""
        try:
            data = self._source.bundle(committee, number)
        except Refusal as refusal:
            raise _FailedError("bundle", str(refusal)) from None
        audit = verify(data, self._trust, self._require)
        failed = next((check for check in audit.checks if not check.ok), None)
        if failed is not None or not audit.ok:
            raise _FailedError(*_told_of(failed))
        bundle = Bundle.from_bytes(data)
        decision = read(bundle.decision, Decision)
        if decision.number != number:
            raise _FailedError("bundle", f"the bundle is of {decision.number}, not of {number}")
        on = read(bundle.adoption, Adoption).adopted_on
        mine = [
            said
            for said in told(decision, bundle.decision.digest, on)
            if said.side == self._asked.side
            and (not self._asked.types or said.event_type in self._asked.types)
        ]
        envelopes = {"envelope": bundle.decision.to_json(), "adoption": bundle.adoption.to_json()}
        return _Verified(number, mine, envelopes)

    def _first(self, decision: _Verified, name: str) -> int:
        ids = [event_id(said) for said in decision.told]
        return ids.index(name) if name in ids else 0

    def _expected(self, decision: _Verified, name: str) -> Told:
        left = decision.told[self._next :]
        if name not in [event_id(said) for said in left]:
            raise _FailedError("decision", f"{decision.number} tells no such thing here")
        said = left[0]
        if event_id(said) != name:
            raise _FailedError("told", f"{event_id(said)} is left out before this")
        return said


def _told_of(failed: Check | None) -> tuple[str, str]:
    return ("seal", "nothing was checked") if failed is None else (failed.check, failed.detail)


def _compare(event: dict[str, Any], said: Told, envelopes: dict[str, Any]) -> None:
    """Refuse an event that says otherwise than the decision; members not known are not judged."""
    wanted: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(said))
    attributes = {
        "source": f"urn:jcm:committee:{said.committee}",
        "type": said.event_type,
        "subject": said.subject,
    }
    for name, value in attributes.items():
        _require_same(name, event.get(name), value)
    for name, value in (wanted | envelopes).items():
        _require_same(name, event["data"].get(name), value)


def _require_same(name: str, found: Any, wanted: Any) -> None:
    if msgspec.json.encode(found, order="sorted") != msgspec.json.encode(wanted, order="sorted"):
        detail = f"{name} is {_shown(found)}, the decision says {_shown(wanted)}"
        raise _FailedError("decision", detail)


def _failure(event: Any, failed: _FailedError) -> Failure:
    members = event if isinstance(event, dict) else {}
    sequence, name = (
        written_out(found[:_SHOWN]) if isinstance(found, str) else None
        for found in (members.get("sequence"), members.get("id"))
    )
    return Failure(sequence, name, failed.check, failed.detail)


def _shown(value: Any) -> str:
    text = msgspec.json.encode(value).decode("utf-8")
    return written_out(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")
