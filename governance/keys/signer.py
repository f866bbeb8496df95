"""What signs an envelope, wherever its key lies."""

from __future__ import annotations

from typing import Protocol

from policies.proof.dsse import Envelope, Signature
from policies.proof.keys import KeyRecord


class Signer(Protocol):
    """A private key that signs where it lies: in a file, or on a token that never gives it out."""

    @property
    def record(self) -> KeyRecord:
        """The public key's record."""

    def sign(self, envelope: Envelope) -> Signature:
        """Sign an envelope's pre-authentication encoding."""
