"""What account holders ask for: transfers, cancellations, retirements, each once."""

from __future__ import annotations

import sqlite3
import threading

import pytest

from governance.reference_registry.moving import open_account
from governance.reference_registry.refusals import LedgerError
from tests.reference_registry.books import require_balanced
from tests.reference_registry.desk import Desk
from tests.reference_registry.standin import StandIn, credits, government, private


@pytest.fixture
def held(desk: Desk, engine: StandIn) -> Desk:
    """A registry in which Kita holds 10 credits of one project and 5 of another."""
    engine.decide(credits(10, 1, private("JP", "Kita", 10), government("MN", 1)))
    shares = (private("JP", "Kita", 5), government("MN", 1))
    engine.decide(credits(5, 1, *shares, project="MN002"))
    desk.run()
    return desk


def test_credits_move_between_holding_accounts_oldest_first(held: Desk) -> None:
    to = open_account(held.database, "JP", "Minami", held.now, rehearsal=False)

    held.order(kind="transfer", source=held.account("Kita"), target=to, amount=12)

    assert held.balances == {"Kita": 3, "Minami": 12}
    moved = held.transactions[-1]["movements"]
    assert [(entry["first"][-1:], entry["amount"]) for entry in moved] == [("1", 10), ("1", 2)]
    require_balanced(held.folder)


def test_credits_of_one_project_are_chosen_where_it_is_named(held: Desk) -> None:
    held.order(kind="retirement", source=held.account("Kita"), amount=5, project="MN002")

    assert {block["project"] for block in held.accounts[held.account("Kita")]["blocks"]} == {
        "MN001"
    }


@pytest.mark.parametrize("kind", ["cancellation", "retirement"])
def test_what_is_cancelled_or_retired_moves_no_further(held: Desk, kind: str) -> None:
    held.order(kind=kind, source=held.account("Kita"), amount=4)
    end = next(number for number, entry in held.accounts.items() if entry["kind"] == kind)

    for other in ("transfer", "cancellation", "retirement"):
        with pytest.raises(LedgerError, match="moves no further"):
            held.order(kind=other, source=end, target=held.account("Kita"), amount=1)
    with pytest.raises(LedgerError, match="moves no further"):
        held.order(kind="transfer", source=held.account("Kita"), target=end, amount=1)
    assert held.accounts[end]["balance"] == 4


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"amount": 16}, "holds 15 of the 16"),
        ({"amount": 6, "project": "MN002"}, "holds 5 of the 6"),
        ({"amount": 0}, "at least 1"),
        ({"amount": -1}, "at least 1"),
        ({"source": "JP-200-9999"}, "no account JP-200-9999"),
        ({"target": "JP-200-9999"}, "no account JP-200-9999"),
        ({"target": None}, "to another account"),
        ({"target": "JP-200-0001"}, "to another account"),
    ],
)
def test_what_the_accounts_do_not_allow_is_refused_and_changes_nothing(
    held: Desk, change: dict[str, object], message: str
) -> None:
    to = open_account(held.database, "JP", "Minami", held.now, rehearsal=False)
    before = held.balances
    order = {"kind": "transfer", "source": "JP-200-0001", "target": to, "amount": 1}

    with pytest.raises(LedgerError, match=message):
        held.order(**(order | change))

    assert held.balances == before


def test_an_order_under_a_reference_is_carried_out_once(held: Desk) -> None:
    order = {"kind": "retirement", "source": held.account("Kita"), "amount": 4, "reference": "R-1"}

    first, again = held.order(**order), held.order(**order)

    assert first == (3, False)
    assert again == (3, True)
    assert held.balances == {"Kita": 11, "retirement": 4}
    with pytest.raises(LedgerError, match="give this order another"):
        held.order(**(order | {"amount": 5}))


def test_a_holder_has_one_account(desk: Desk) -> None:
    numbers = {
        open_account(desk.database, "JP", "Minami", desk.now, rehearsal=False) for _ in range(3)
    }

    assert numbers == {"JP-200-0001"}


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 301])
def test_a_holder_has_a_name_that_can_be_read(desk: Desk, name: str) -> None:
    with pytest.raises(LedgerError, match="name of one line"):
        open_account(desk.database, "JP", name, desk.now, rehearsal=False)


def test_two_programs_at_once_issue_and_move_everything_once(desk: Desk, engine: StandIn) -> None:
    shares = (private("JP", "Kita", 100), government("MN", 1))
    for _ in range(4):
        engine.decide(credits(100, 1, *shares))
    account = open_account(desk.database, "JP", "Kita", desk.now, rehearsal=False)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            desk.run()
            for number in range(5):
                desk.order(kind="retirement", source=account, amount=7, reference=f"R-{number}")
            desk.run()
        except (LedgerError, sqlite3.Error) as error:  # pragma: no cover
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert failures == []
    assert desk.balances == {"Kita": 365, "retirement": 35}
    assert desk.issued == [100, 100, 100, 100]
    require_balanced(desk.folder)
