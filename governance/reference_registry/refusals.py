"""What this registry does not do, by name: each says why, and what a person can do about it."""

from __future__ import annotations


class RegistryError(Exception):
    """Something was not done, for a reason that the person at the door can act on."""


class WrongRegistryError(RegistryError):
    """The data belong to another side, to a rehearsal, or to another program."""


class KeyUnusableError(RegistryError):
    """The registry's private key, or a webhook's secret, cannot be used."""


class TrustError(RegistryError):
    """The trust file is absent, or does not say what it must."""


class LedgerError(RegistryError):
    """A transaction breaks a rule of the accounts."""


class EngineAwayError(RegistryError):
    """The engine cannot be reached, is busy or failed: nothing follows but to ask again."""

    def __init__(self, message: str, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after
        """Seconds after which the engine wants to be asked again; null: it does not say."""


class AnswerError(RegistryError):
    """The engine's answer is not of the form that its contract says."""


class NotIssuableError(RegistryError):
    """A notification is not acted on; `waits` says whether it is expected to come right by itself.

    `check` names what did not hold: a step of the verifier, or one of this registry's own.
    """

    def __init__(self, check: str, message: str, *, waits: bool = False) -> None:
        super().__init__(message)
        self.check = check
        self.waits = waits


class NotPokedError(RegistryError):
    """A webhook's signature is missing, old, or not genuine."""
