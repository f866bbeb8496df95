"""Subscriptions, their secrets and attempts, on either engine; none of it is part of the record.

Each change of a subscription reads and writes its row under the row's lock, so that of two workers
one is first. Nothing here can be rebuilt from the events: it is never dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from msgspec.structs import asdict, astuple, replace

from governance.delivery.subscription import Attempt, Condition, Subscription
from governance.kept.tables import Asking, Kept
from policies.refusals import NotFoundError

DECLARATION = "2"
KEPT_ATTEMPTS = 10_000
"""How many attempts of a subscription are kept; the oldest go."""

COLUMNS = Subscription.__struct_fields__
_NAMES = ", ".join(COLUMNS)
_MARKS = ", ".join("?" for _ in COLUMNS)
_SETS = ", ".join(f"{name} = ?" for name in COLUMNS)
_ATTEMPT = Attempt.__struct_fields__

Change = Callable[[Subscription], Subscription]


class Secret(msgspec.Struct, frozen=True):
    """A shared secret, and until when it signs; null: until it is replaced."""

    secret: str
    made_at: int
    ends_at: int | None


class DeliveryTables(Kept):
    """The three tables; several processes use them at once."""

    def add(self, subscription: Subscription, secret: str) -> None:
        """Add a subscription with its secret."""
        with self.writing() as asking:
            asking.run(
                f"INSERT INTO jcgov.subscriptions ({_NAMES}) VALUES ({_MARKS})",  # noqa: S608
                _row(subscription),
            )
            _add_secret(asking, subscription.id, Secret(secret, subscription.made_at, None))

    def all(self) -> list[Subscription]:
        """Return every subscription, the oldest first."""
        with self.reading() as asking:
            return _found(asking, "ORDER BY made_at, id")

    def get(self, name: str) -> Subscription:
        """Return a subscription; `NotFoundError` if there is none of that name."""
        with self.reading() as asking:
            return _one(asking, name)

    def due(self, now: int) -> list[Subscription]:
        """Return what a worker may take, the longest overdue first."""
        with self.reading() as asking:
            return _found(
                asking,
                "WHERE condition = ? AND next_try <= ? AND (holder IS NULL OR held_until <= ?)"
                " ORDER BY next_try, id",
                (Condition.ACTIVE.value, now, now),
            )

    def change(self, name: str, change: Change) -> Subscription:
        """Change a subscription as a function says, and return what stands then.

        Raises `NotFoundError` if it is not there, or no longer.
        """
        with self.writing() as asking:
            return self._change(asking, name, change)

    def record(self, name: str, attempt: Attempt, change: Change) -> Subscription:
        """Keep an attempt, and change its subscription by what came of it; raises as `change`."""
        with self.writing() as asking:
            stands = self._change(
                asking, name, lambda old: replace(change(old), attempts=old.attempts + 1)
            )
            kept = replace(attempt, number=stands.attempts)
            marks = ", ".join("?" for _ in range(1 + len(_ATTEMPT)))
            asking.run(
                f"INSERT INTO jcgov.delivery_attempts VALUES ({marks})",  # noqa: S608
                (name, *astuple(kept)),
            )
            asking.run(
                "DELETE FROM jcgov.delivery_attempts WHERE subscription = ? AND number <= ?",
                (name, kept.number - KEPT_ATTEMPTS),
            )
            return stands

    def attempts(self, name: str, limit: int) -> list[Attempt]:
        """Return a subscription's attempts, the newest first."""
        with self.reading() as asking:
            found = asking.rows(
                f"SELECT {', '.join(_ATTEMPT)} FROM jcgov.delivery_attempts"  # noqa: S608
                " WHERE subscription = ? ORDER BY number DESC LIMIT ?",
                (name, limit),
            )
        return [Attempt(**dict(zip(_ATTEMPT, row, strict=True))) for row in found]

    def last_success(self, name: str) -> Attempt | None:
        """Return the newest attempt that was acknowledged, among those that are kept."""
        with self.reading() as asking:
            found = asking.rows(
                f"SELECT {', '.join(_ATTEMPT)} FROM jcgov.delivery_attempts"  # noqa: S608
                " WHERE subscription = ? AND error IS NULL ORDER BY number DESC LIMIT 1",
                (name,),
            )
        return next((Attempt(**dict(zip(_ATTEMPT, row, strict=True))) for row in found), None)

    def secrets(self, name: str, now: int) -> list[str]:
        """Return the secrets that sign at an instant, the newest first."""
        with self.reading() as asking:
            found = asking.rows(
                "SELECT secret FROM jcgov.subscription_secrets WHERE subscription = ?"
                " AND (ends_at IS NULL OR ends_at > ?) ORDER BY made_at DESC, secret",
                (name, now),
            )
        return [secret for (secret,) in found]

    def rotate(self, name: str, secret: str, now: int, ends_at: int) -> None:
        """Add a secret beside those that there are; these end then, or sooner if so said before."""
        with self.writing() as asking:
            self._change(asking, name, lambda old: old)
            asking.run(
                "DELETE FROM jcgov.subscription_secrets WHERE subscription = ? AND ends_at <= ?",
                (name, now),
            )
            asking.run(
                "UPDATE jcgov.subscription_secrets SET ends_at = ? WHERE subscription = ?"
                " AND (ends_at IS NULL OR ends_at > ?)",
                (ends_at, name, ends_at),
            )
            _add_secret(asking, name, Secret(secret, now, None))

    def remove(self, name: str) -> None:
        """Forget a subscription, its secrets and its attempts; `NotFoundError` if it is absent."""
        with self.writing() as asking:
            self._change(asking, name, lambda old: old)
            for table, column in (
                ("delivery_attempts", "subscription"),
                ("subscription_secrets", "subscription"),
                ("subscriptions", "id"),
            ):
                asking.run(f"DELETE FROM jcgov.{table} WHERE {column} = ?", (name,))  # noqa: S608

    def _change(self, asking: Asking, name: str, change: Change) -> Subscription:
        standing = _one(asking, name, self.locking)
        changed = change(standing)
        if changed != standing:
            asking.run(
                f"UPDATE jcgov.subscriptions SET {_SETS} WHERE id = ?",  # noqa: S608
                (*_row(changed), name),
            )
        return changed


def _found(asking: Asking, rest: str, values: Sequence[Any] = ()) -> list[Subscription]:
    rows = asking.rows(f"SELECT {_NAMES} FROM jcgov.subscriptions {rest}", values)  # noqa: S608
    return [_subscription(row) for row in rows]


def _one(asking: Asking, name: str, locking: str = "") -> Subscription:
    found = _found(asking, f"WHERE id = ?{locking}", (name,))
    if not found:
        message = f"there is no subscription {name!r}; see: jcgov subscription list"
        raise NotFoundError(message)
    return found[0]


def _row(subscription: Subscription) -> tuple[Any, ...]:
    values = asdict(subscription)
    values["types"] = msgspec.json.encode(subscription.types).decode("ascii")
    values["condition"] = subscription.condition.value
    return tuple(values.values())


def _subscription(row: tuple[Any, ...]) -> Subscription:
    values = dict(zip(COLUMNS, row, strict=True))
    values["types"] = msgspec.json.decode(values["types"], type=tuple[str, ...])
    values["condition"] = Condition(values["condition"])
    return Subscription(**values)


def _add_secret(asking: Asking, name: str, secret: Secret) -> None:
    asking.run(
        "INSERT INTO jcgov.subscription_secrets VALUES (?, ?, ?, ?)", (name, *astuple(secret))
    )
