"""Both sides' witnesses of the demonstration, in this process and on the clock that is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from governance.keys.notes import NoteSigner
from governance.service.witness_addresses import HTTPAnswer, WitnessesHere
from governance.witness.seen import Memory
from governance.witness.witness import Cosigner, Witness
from policies.proof.checkpoint import LogKeys
from policies.proof.statements import Founding, Witnesses
from policies.proof.statements import Witness as Named


class Onlookers:
    """A witness of each side of one committee: its key, its memory, and the way to it."""

    def __init__(
        self, folder: Path, code: str, sides: tuple[str, str], clock: Callable[[], datetime]
    ) -> None:
        self._folder = folder
        self._code = code
        self._clock = clock
        self._signers: dict[str, tuple[str, NoteSigner]] = {}
        for side in sides:
            signer = NoteSigner.new("ed25519")
            signer.save(folder / f"{code}.{side}.key")
            self._signers[side] = (f"witness.{side.lower()}.example/{code}", signer)

    @property
    def named(self) -> Witnesses:
        """Return them as a founding names them; both together are the quorum."""
        keys = tuple(
            Named(name=name, side=side, key=signer.record)
            for side, (name, signer) in self._signers.items()
        )
        return Witnesses(keys=keys, quorum=(tuple(witness.name for witness in keys),))

    def watch(self, founding: Founding, ways: WitnessesHere) -> None:
        """Let them know the founded log, and be reached."""
        log = LogKeys.of(founding.log, founding.witnesses)
        for side, (name, signer) in self._signers.items():
            memory = Memory(self._folder / f"{self._code}.{side}")
            witness = Witness(Cosigner(name, signer), {log.origin: log.log}, memory, self._clock)
            ways.ways[self._code, name] = _way(witness)


def _way(witness: Witness) -> Callable[[bytes], HTTPAnswer]:
    def submit(body: bytes) -> HTTPAnswer:
        said = witness.add_checkpoint(body)
        return HTTPAnswer(said.status, said.media_type, said.body.encode("utf-8"))

    return submit
