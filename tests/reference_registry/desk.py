"""A registry with its books in a folder, and the stand-in it meets."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2

from governance.reference_registry import showing
from governance.reference_registry.database import Database
from governance.reference_registry.decided import Level
from governance.reference_registry.engine import Engine
from governance.reference_registry.key import SigningKey
from governance.reference_registry.moving import Order, carry_out
from governance.reference_registry.registry import Pass, Registry
from tests.policies.keyring import ed25519_private
from tests.reference_registry.standin import URL, StandIn

BEGINS = datetime(2026, 6, 20, 3, tzinfo=UTC)


@dataclass
class Desk:
    """One side's registry; its clock is told."""

    engine: StandIn
    folder: Path
    side: str = "JP"
    rehearsal: bool = False
    require: Level | None = None
    now: datetime = BEGINS
    url: str = URL
    key: str | None = None

    def __post_init__(self) -> None:
        self.trust = self.folder / "trust.json"
        self.publish(self.engine.trust)

    def publish(self, trust: Any) -> None:
        """Write the trust file."""
        self.trust.write_text(json.dumps(trust), "utf-8")

    @property
    def database(self) -> Database:
        return Database(self.folder / "registry.sqlite3", self.side, rehearsal=self.rehearsal)

    def registry(self, transport: httpx2.BaseTransport | None = None) -> Registry:
        """Open the registry anew, as a process that starts does."""
        return Registry(
            side=self.side,
            rehearsal=self.rehearsal,
            trust=self.trust,
            require=self.require,
            database=self.database,
            engine=Engine(self.url, transport or self.engine.transport()),
            key=SigningKey(ed25519_private(self.key or f"{self.side} registry")),
            clock=lambda: self.now,
        )

    def run(self, *, everything: bool = True) -> Pass:
        """Make one pass."""
        registry = self.registry()
        with registry.engine:
            return registry.run(everything=everything)

    def later(self, **span: float) -> Desk:
        """Let time pass."""
        self.now += timedelta(**span)
        return self

    # What stands in its books

    def shown(self, show: Callable[..., Any]) -> Any:
        with self.database.reading() as connection:
            return show(connection)

    @property
    def accounts(self) -> dict[str, dict[str, Any]]:
        return {entry["account"]: entry for entry in self.shown(showing.accounts)}

    @property
    def balances(self) -> dict[str, int]:
        """What every account holds, by its holder's name, or its kind."""
        return {
            entry["holder"] if entry["kind"] == "holding" else entry["kind"]: entry["balance"]
            for entry in self.accounts.values()
        }

    @property
    def transactions(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.shown(showing.transactions)
        return found

    @property
    def issued(self) -> list[int]:
        """The amounts that were issued, in order."""
        return [entry["amount"] for entry in self.transactions if entry["kind"] == "issuance"]

    @property
    def waiting(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.shown(showing.waiting)
        return found

    @property
    def reports(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.shown(showing.reports)
        return found

    @property
    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = self.shown(showing.status)
        return found

    def account(self, holder: str) -> str:
        """Return the number of a holder's account."""
        return next(n for n, entry in self.accounts.items() if entry["holder"] == holder)

    def order(self, **members: Any) -> tuple[int, bool]:
        """Carry out what an account holder asks for."""
        return carry_out(
            self.database, self.side, Order(**members), self.now, rehearsal=self.rehearsal
        )
