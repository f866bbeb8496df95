"""The engine's own keys of a committee: the record key and the log key, in the home's keys.

They only say *recorded* and *this is the list*; no decision can be made with them.
"""

from __future__ import annotations

from pathlib import Path

from governance.keys.files import PrivateKey
from policies.proof.dsse import Envelope
from policies.proof.keys import KeyRecord
from policies.proof.statements import Statement


class EngineKeys:
    """Record and log keys by committee, made once when a founding is prepared."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def prepare(self, committee: str) -> tuple[KeyRecord, KeyRecord]:
        """Return the record key's and the log key's public records, making keys that are absent."""
        return self._public(committee, "record"), self._public(committee, "log")

    def seal(self, committee: str, record: KeyRecord) -> SealWith | None:
        """Return the hand of a committee's record key, or None if that key is not here."""
        file = self._file(committee, "record")
        if not file.exists():
            return None
        key = PrivateKey.load(file, None)
        return SealWith(key) if key.record == record else None

    def _public(self, committee: str, purpose: str) -> KeyRecord:
        file = self._file(committee, purpose)
        if not file.exists():
            PrivateKey.new("ed25519").save(file, None)
        return PrivateKey.load(file, None).record

    def _file(self, committee: str, purpose: str) -> Path:
        return self.folder / f"{committee}.{purpose}.key"


class SealWith:
    """Seals statements with one key."""

    def __init__(self, key: PrivateKey) -> None:
        self.key = key

    def __call__(self, statement: Statement) -> Envelope:
        """Return the statement in an envelope that the key has signed."""
        envelope = statement.envelope()
        return envelope.signed_by(self.key.sign(envelope))
