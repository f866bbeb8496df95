"""Real commands, one after the other: what a secretariat, members and co-chairs do all year.

How far a committee has come is read from its stream alone: each step has so many events, and a
stream that ends in the middle of a step holds half a command.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any

from aggregates.committee.state import CommitteeState, Frozen, Proposal
from aggregates.history.events import history_stream
from aggregates.store.record import Record
from governance.assembly import Engine
from governance.demo.stage import ToldClock
from governance.exchange.decisions_csv import COLUMNS
from governance.keys.files import PrivateKey
from governance.service.founding import appointment_request, founding_request
from governance.service.signing import assertion_request, submit
from policies.proof.dsse import Envelope
from policies.proof.statements import AtMeeting, ByElectronicMeans
from policies.rulebook import versions

BEGINS = datetime(2026, 1, 5, 2, tzinfo=UTC)
PARTNERS = ("MN", "ID", "TH", "KE", "VN", "PW", "ET", "MV", "LA", "KH", "CL", "MX", "MM", "BD")
PEOPLE = {"hara": "co-chair", "mori": "member"}
"""Of each side, by the last part of their names."""
IMPORT_EVERY = 6
"""Steps of a committee after which an old decision of each committee is imported."""


def make_cast(folder: Path) -> None:
    """Make everyone's keys; the same people sit in every committee."""
    folder.mkdir()
    for side in ("JP", "XX"):
        for name in ("authority", *PEOPLE):
            PrivateKey.new("ed25519").save(folder / f"{side}-{name}.key", None)


@dataclass
class Scene:
    """The engine, everyone's keys, and a clock that is told."""

    engine: Engine
    clock: ToldClock
    cast: Path
    partners: tuple[str, ...] = PARTNERS
    _keys: dict[str, PrivateKey] = field(default_factory=dict)

    def step(self) -> str:
        """Do the next step and say which it was."""
        name, act = self._coming()
        act()
        return name

    @property
    def coming(self) -> str:
        """What the next step is."""
        return self._coming()[0]

    def _coming(self) -> tuple[str, Callable[[], object]]:
        """Return the next step; the past is imported in between."""
        record = self.engine.record
        for partner in self.partners:
            done = done_steps(record, partner)
            imported = done_imports(record, self.partners)
            if imported < -(-done // IMPORT_EVERY):
                return "import", partial(self._import, imported)
            if done < len(SCRIPT):
                return SCRIPT[done].name, partial(SCRIPT[done].act, self, partner)
        raise LookupError("there is nothing left to do")

    # What people do

    def found(self, partner: str) -> None:
        """Found a committee."""
        self.clock.now = BEGINS
        plan = {
            "committee": partner,
            "sides": {s: {"keys": [self._public(s)], "threshold": 1} for s in ("JP", partner)},
            "rulebook": versions(partner)[0].version,
        }
        founding, _text = founding_request(plan, self.engine.keys, rehearsal=True)
        self._submit(founding.envelope(), *(f"{s}-authority" for s in ("JP", "XX")))

    def appoint(self, partner: str, *, own: bool) -> None:
        """Seat a side's people, each with a key."""
        state = self._load(partner)
        side, cast = (partner, "XX") if own else ("JP", "JP")
        acts: list[dict[str, Any]] = []
        for name, role in PEOPLE.items():
            who = {"person": f"{side.lower()}-{name}"}
            seat = {"act": "appoint", "name": name.title(), "role": role, "from": "2026-01-01"}
            acts.append(seat | who | {"until": None})
            acts.append({"act": "add-key", "key": self._key(f"{cast}-{name}").record.to_json()})
            acts[-1] |= who
        names = (f"{cast}-{name}" for name in ("authority", *PEOPLE))
        self._submit(
            appointment_request(state, side, acts, self.clock.now.date()).envelope(), *names
        )

    def convene(self, partner: str) -> None:
        """Convene a meeting for the day after next."""
        self._load(partner)
        day = (self.clock.now + timedelta(days=2)).date()
        self.engine.proposals.convene(f"JP-{partner}", day, "Tokyo")

    def propose(self, partner: str, *, meeting: bool = False) -> None:
        """Freeze a text, for the newest meeting or by electronic means."""
        state = self._load(partner)
        procedure = {"kind": "electronic"}
        if meeting:
            procedure = {"kind": "meeting", "meeting": max(state.meetings)}
        measure = {"kind": "interim_special_measure", "title": "Online", "result": "adopted"}
        self.engine.proposals.propose(
            {
                "committee": partner,
                "procedure": procedure,
                "items": [measure | {"from": None, "until": "2030-12-31"}],
                "text": {"en": "The Joint Committee takes an interim measure."},
            }
        )

    def distribute(self, partner: str) -> None:
        """Send the open text out."""
        proposal = self._open(partner)
        self.engine.proposals.distribute(f"JP-{partner}", proposal.id)

    def affirm(self, partner: str, cast: str) -> None:
        """Let a member say yes."""
        state = self._load(partner)
        request = assertion_request(state, self._open(partner), objects=False, reason=None)
        self._submit(request.envelope, cast)

    def sign(self, partner: str, cast: str) -> None:
        """Let a co-chair sign; of a meeting's text on its day."""
        text = self._text(partner)
        if isinstance(text.decision.procedure, AtMeeting):
            self._not_before(text.decision.procedure.date)
        self._submit(text.envelope.unsigned(), cast)

    def sweep(self, partner: str) -> None:
        """Let the window of the open text pass, and settle."""
        procedure = self._text(partner).decision.procedure
        assert isinstance(procedure, ByElectronicMeans)
        self._not_before(procedure.closes + timedelta(days=2))
        self.engine.desk.settle(f"JP-{partner}")

    def withdraw(self, partner: str) -> None:
        """Give the open text up."""
        self.engine.proposals.withdraw(f"JP-{partner}", self._open(partner).id, "a rehearsal")

    def _import(self, number: int) -> None:
        data = past(self.partners, number)
        report = self.engine.history.import_decisions(data, f"{number}.csv", dry_run=False)
        assert not report.refusals, report.refusals

    # How they do it

    def _load(self, partner: str) -> CommitteeState:
        """Load a committee, and let a minute pass since its last event."""
        state = self.engine.desk.load(f"JP-{partner}")
        self.clock.now = (state.last_at or BEGINS) + timedelta(minutes=1)
        return state

    def _open(self, partner: str) -> Proposal:
        (proposal,) = self._load(partner).proposals.values()
        return proposal

    def _text(self, partner: str) -> Frozen:
        text = self._open(partner).text
        assert text is not None
        return text

    def _not_before(self, day: date) -> None:
        begun = datetime(day.year, day.month, day.day, 18, tzinfo=UTC)  # in Mexico too
        self.clock.now = max(self.clock.now, begun)

    def _key(self, name: str) -> PrivateKey:
        if name not in self._keys:
            self._keys[name] = PrivateKey.load(self.cast / f"{name}.key", None)
        return self._keys[name]

    def _public(self, side: str) -> dict[str, Any]:
        cast = "JP" if side == "JP" else "XX"
        return self._key(f"{cast}-authority").record.to_json()

    def _submit(self, envelope: Envelope, *cast: str) -> None:
        signed = envelope.signed_by(*(self._key(name).sign(envelope) for name in cast))
        list(submit(self.engine.desk, [Envelope.from_bytes(signed.to_bytes())]))


@dataclass(frozen=True)
class Step:
    """One command, and how many events it records, all or none."""

    name: str
    events: int
    act: Callable[[Scene, str], object]


_SIGN_JP = Step("sign", 1, lambda s, p: s.sign(p, "JP-hara"))
_SIGN_XX = Step("sign and adopt", 2, lambda s, p: s.sign(p, "XX-hara"))
_PROPOSE = Step("propose", 2, lambda s, p: s.propose(p))
_DISTRIBUTE = Step("distribute", 1, lambda s, p: s.distribute(p))
SCRIPT: tuple[Step, ...] = (
    Step("found", 1, lambda s, p: s.found(p)),
    Step("appoint", 1, lambda s, p: s.appoint(p, own=False)),
    Step("appoint", 1, lambda s, p: s.appoint(p, own=True)),
    # at a meeting
    Step("convene", 1, lambda s, p: s.convene(p)),
    Step("propose", 2, lambda s, p: s.propose(p, meeting=True)),
    _SIGN_JP,
    _SIGN_XX,
    # by everyone's affirmation
    _PROPOSE,
    _DISTRIBUTE,
    Step("affirm", 1, lambda s, p: s.affirm(p, "JP-mori")),
    Step("affirm", 1, lambda s, p: s.affirm(p, "XX-mori")),
    _SIGN_JP,
    _SIGN_XX,
    # by silence, until the window has passed
    _PROPOSE,
    _DISTRIBUTE,
    _SIGN_JP,
    Step("sign", 1, lambda s, p: s.sign(p, "XX-hara")),
    Step("settle", 1, lambda s, p: s.sweep(p)),
    # given up
    _PROPOSE,
    Step("withdraw", 1, lambda s, p: s.withdraw(p)),
)
_ENDS = (0, *accumulate(step.events for step in SCRIPT))


def done_steps(record: Record, partner: str) -> int:
    """Return how many steps a committee has made; fail where its stream holds half a one."""
    version = record.version(f"JP-{partner}")
    assert version in _ENDS, f"half a command: JP-{partner} ends at event {version} of {_ENDS}"
    return _ENDS.index(version)


def done_imports(record: Record, partners: tuple[str, ...]) -> int:
    """Return how many imports every committee has; one that was interrupted is done again."""
    return min(record.version(history_stream(f"JP-{partner}")) for partner in partners)


def past(partners: tuple[str, ...], number: int) -> bytes:
    """Return a file with an old decision of each committee."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="")
    writer.writeheader()
    for partner in partners:
        row: Mapping[str, str] = {
            "partner_iso2": partner,
            "decision_date": str(date(2015, 3, 1) + timedelta(days=number)),
            "procedure": "meeting",
            "decision_type": "rules_adoption",
            "subject_title": f"Guidelines {number}",
            "outcome": "adopted",
            "source": "https://example.invalid/past",
            "confidence": "high",
        }
        writer.writerow(row)
    return text.getvalue().encode()
