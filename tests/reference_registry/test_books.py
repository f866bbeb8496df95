"""The books balance after whatever is decided, told and ordered, in any order of failures."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx2
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from governance.reference_registry.refusals import LedgerError
from tests.reference_registry.books import require_balanced
from tests.reference_registry.desk import Desk
from tests.reference_registry.standin import (
    Decision,
    StandIn,
    corrects,
    credits,
    government,
    private,
)

AMOUNTS = st.integers(0, 30)
SHARES = st.lists(st.tuples(st.sampled_from(["", "Kita", "Minami"]), AMOUNTS), max_size=3)


class Books(RuleBasedStateMachine):
    """A committee decides and corrects, holders order, the network fails; and no book is wrong."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.engine = StandIn.seated()
        self.desk = Desk(self.engine, Path(self.folder.name))
        self.issuances: list[tuple[Decision, Decision]] = []
        self.desk.run()

    @rule(amount=AMOUNTS, shares=SHARES, told=st.booleans())
    def decide(self, amount: int, shares: list[tuple[str, int]], told: bool) -> None:
        made = self.engine.decide(_credits(amount, shares))
        self.issuances.append((made, made))
        if told:
            self.desk.run()

    @precondition(lambda self: self.issuances)
    @rule(data=st.data(), amount=AMOUNTS, shares=SHARES, told=st.booleans())
    def correct(self, data: Any, amount: int, shares: list[tuple[str, int]], told: bool) -> None:
        place = data.draw(st.integers(0, len(self.issuances) - 1))
        first, last = self.issuances[place]
        given = _shares(shares)
        total = sum(share.amount for share in given) if given else amount
        both = (*given, government("MN", 1)) if given else ()
        made = self.engine.decide(corrects(first, last, (total, 1), *both))
        self.issuances[place] = (first, made)
        if told:
            self.desk.run()

    @rule(kind=st.sampled_from(["transfer", "cancellation", "retirement"]), data=st.data())
    def order(self, kind: str, data: Any) -> None:
        accounts = sorted(self.desk.accounts)
        if not accounts:
            return
        chosen = st.sampled_from(accounts)
        target = data.draw(chosen) if kind == "transfer" else None
        with suppress(LedgerError):
            self.desk.order(
                kind=kind, source=data.draw(chosen), target=target, amount=data.draw(AMOUNTS)
            )

    @rule(fails=st.integers(0, 8), after=st.booleans())
    def fail(self, fails: int, after: bool) -> None:
        """Lose the n-th request, or its answer."""
        left = [fails]

        def lose(_request: httpx2.Request) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise httpx2.ReadTimeout("lost")

        setattr(self.engine, "after" if after else "before", lose)
        self.desk.run()
        self.engine.after = self.engine.before = None

    @rule()
    def tell_everything_again(self) -> None:
        with self.desk.database.transaction() as connection:
            connection.execute("UPDATE positions SET sequence = 0")
        self.desk.run()

    @invariant()
    def balances(self) -> None:
        if hasattr(self, "desk"):
            require_balanced(self.desk.folder)

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            self.desk.run()
            self._require_all_settled()
            require_balanced(self.desk.folder)
            self.folder.cleanup()

    def _require_all_settled(self) -> None:
        """What is not settled at the end is for a person, or behind what is."""
        for entry in self.desk.waiting:
            assert entry["failed"] in ("balance", "order"), entry
        if not any(entry["failed"] == "balance" for entry in self.desk.waiting):
            assert self.desk.waiting == []
        assert self.desk.status["unaccepted_reports"] == []


def _shares(shares: list[tuple[str, int]]) -> list[Any]:
    given: dict[str, int] = {}
    for holder, amount in shares:
        given[holder] = given.get(holder, 0) + amount
    return [
        private("JP", holder, amount) if holder else government("JP", amount)
        for holder, amount in given.items()
    ]


def _credits(amount: int, shares: list[tuple[str, int]]) -> Any:
    given = _shares(shares)
    if not given:
        return credits(amount, 1)
    return credits(sum(share.amount for share in given), 1, *given, government("MN", 1))


TestBooks = Books.TestCase
TestBooks.settings = settings(
    max_examples=300 if os.environ.get("JCGOV_LONG") else 15,
    stateful_step_count=14,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
