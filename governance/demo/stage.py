"""What the demonstration acts with: a clock that is told, keys of its own, and a voice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.text import Text

from governance.assembly import Engine
from governance.cli.output import print_table, stand
from governance.demo.onlookers import Onlookers
from governance.keys.files import PrivateKey
from governance.service.founding import appointment_request, founding_request
from governance.service.requests import Request
from governance.service.signing import Submitted, submit
from governance.service.witness_addresses import WitnessesHere
from policies.proof.dsse import Envelope
from policies.refusals import Refusal
from policies.rulebook import versions


class DemonstrationError(Exception):
    """A step did not do what the demonstration tells."""


class ToldClock:
    """A clock that shows what it is told."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Return the instant that was told last."""
        return self.now

    def tell(self, text: str) -> None:
        """Set the clock, as ``2025-03-27 10:00`` in UTC."""
        self.now = datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass
class Voice:
    """Tells the story on a terminal, plainly when piped."""

    console: Console = field(default_factory=lambda: Console(highlight=False, soft_wrap=True))

    def chapter(self, title: str) -> None:
        """Begin a chapter."""
        self.console.print()
        self.console.print(Text(f"## {title}", style="bold"))

    def say(self, text: str) -> None:
        """Tell a line."""
        self.console.print(Text(text))

    def refused(self, what: str, refusal: Refusal) -> None:
        """Show a refusal by name."""
        self.console.print(Text(f"REFUSED  {what}", style="bold red"))
        self.console.print(Text(f"         {refusal.name}: {refusal}"))

    def table(self, title: str, entries: list[dict[str, Any]], columns: list[list[str]]) -> None:
        """Show entries that came from a view; members of one column stand on top of each other."""
        self.say(f"{title}:")
        members = [member for column in columns for member in column]
        rows = [[_cell(entry[member]) for member in members] for entry in entries]
        stacked = stand(members, *columns) if len(members) > len(columns) else ()
        print_table("", members, rows, narrow=stacked)


@dataclass
class Stage:
    """The engine with a told clock, the keys made for the story, and the readers' library."""

    engine: Engine
    clock: ToldClock
    voice: Voice
    keys: Path
    signers: dict[str, PrivateKey] = field(default_factory=dict)
    trust: dict[str, dict[str, str]] = field(default_factory=dict)
    ways: WitnessesHere | None = None
    """How witnesses are reached; null: committees are founded without, and nothing is published."""

    def key(self, name: str) -> PrivateKey:
        """Return a person's key, made (in the clear: it is a rehearsal) when first asked for."""
        if name not in self.signers:
            scheme = "p256" if len(self.signers) % 2 else "ed25519"
            key = PrivateKey.new(scheme)  # type: ignore[arg-type]
            key.save(self.keys / f"{name}.key", None)
            self.signers[name] = key
        return self.signers[name]

    def sign(self, envelope: Envelope, *names: str) -> Envelope:
        """Return the envelope signed with these people's keys, from the request's own bytes."""
        request = Request.from_bytes(Request(envelope, {}).to_bytes()).envelope
        return request.signed_by(*(self.key(name).sign(request) for name in names))

    def submit(self, envelope: Envelope) -> Submitted:
        """Hand an envelope in, as a signature file would be; what is new of a log is published."""
        done = next(submit(self.engine.desk, [Envelope.from_bytes(envelope.to_bytes())]))
        self.publish()
        return done

    def publish(self) -> None:
        """Publish what the logs have gained, as the service does soon after each commit."""
        if self.ways is None:
            return
        for code in self.trust:
            outlook = self.engine.publisher.publish(code)
            self.expect(outlook.why is None, f"{code}: {outlook.why}")

    def found(self, partner: str) -> str:
        """Found a committee with a generated authority of two of three keys for each side."""
        sides = ("JP", partner)
        authorities = {
            side: {
                "keys": [
                    self.key(f"{partner}-{side}-authority-{n}".lower()).record.to_json()
                    for n in (1, 2, 3)
                ],
                "threshold": 2,
            }
            for side in sides
        }
        plan = {"committee": partner, "sides": authorities, "rulebook": _first_rulebook(partner)}
        onlookers = self._onlookers(partner)
        if onlookers is not None:
            plan["witnesses"] = msgspec.to_builtins(onlookers.named)
        founding, _text = founding_request(plan, self.engine.keys, rehearsal=True)
        if onlookers is not None and self.ways is not None:
            onlookers.watch(founding, self.ways)
        names = [f"{partner}-{side}-authority-{n}".lower() for side in sides for n in (1, 2)]
        self.submit(self.sign(founding.envelope(), *names))
        digest = self.engine.desk.load(f"JP-{partner}").roster.founding
        self.trust[f"JP-{partner}"] = {"founding": digest}
        return digest

    def _onlookers(self, partner: str) -> Onlookers | None:
        if self.ways is None:
            return None
        folder = self.keys.parent / "witnesses"
        return Onlookers(folder, f"JP-{partner}", ("JP", partner), self.clock)

    def appoint(self, partner: str, side: str, acts: list[dict[str, Any]]) -> str:
        """Record a side's appointment, signed by its authority and every key that it adds."""
        code = f"JP-{partner}"
        added = [act["person"] for act in acts if act["act"] == "add-key"]
        state = self.engine.desk.load(code)
        today = self.engine.desk.acting(state).today(state)
        statement = appointment_request(state, side, acts, today)
        names = [f"{partner}-{side}-authority-{n}".lower() for n in (1, 3)]
        return self.submit(self.sign(statement.envelope(), *names, *added)).says

    def seat(self, person: str, name: str, role: str, begins: str) -> list[dict[str, Any]]:
        """Return the acts that appoint a person, with a key, to a role."""
        appoint = {"act": "appoint", "person": person, "name": name, "role": role}
        key = {"act": "add-key", "person": person, "key": self.key(person).record.to_json()}
        return [appoint | {"from": begins, "until": None}, key]

    def refuses(self, what: str, act: Callable[[], Any]) -> None:
        """Show by which name something is refused; fail the demonstration if it is not."""
        try:
            act()
        except Refusal as refusal:
            self.voice.refused(what, refusal)
            return
        message = f"{what} was not refused"
        raise DemonstrationError(message)

    def expect(self, held: bool, what: str) -> None:  # noqa: FBT001 - reads as a sentence
        """Fail the demonstration if a step did not do what it tells."""
        if not held:
            raise DemonstrationError(what)


def _first_rulebook(partner: str) -> str:
    return versions(partner)[0].version


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {_cell(part)}" for name, part in value.items())
    if isinstance(value, int):
        return f"{value:,}"
    return "" if value is None else str(value)
