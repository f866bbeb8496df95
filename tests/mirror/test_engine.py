"""An engine whose log both sides watch: one by a witness, the other by a mirror that cosigns."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from governance.demo.stage import Stage
from governance.keys.notes import NoteSigner
from governance.service.witness_addresses import AddressFile
from governance.service.witnessing import Outcome
from policies.proof.checkpoint import read_checkpoint
from tests.aggregates.room import CODE, Room
from tests.aggregates.watched import NAMES, Watched
from tests.governance.terminal import Terminal
from tests.http.served import served
from tests.mirror.test_cli_mirror import serving, wait_for
from tests.witness.test_cli_witness import serving as witnessing


def test_both_sides_watch_an_engine_each_in_its_own_way(stage: Stage, tmp_path: Path) -> None:
    """Checkpoints of the engine's publisher wait for both; the mirror has seen all it cosigns."""
    cli = Terminal(tmp_path)
    cli.write("password", b"of the witness\n")
    with Watched.opened(Room.seated(stage).stage) as watched:
        told = watched.room.stage
        told.clock.now = datetime.now(UTC)  # the witnesses' clocks are real
        for side, onlooker in watched.onlookers.items():
            onlooker.signer = NoteSigner.new("ml-dsa-44" if side == "MN" else "ed25519")
            onlooker.signer.save(tmp_path / f"{side}.key")
            watched.lose(side)  # they are reached over HTTP, and not there yet
        watched.name_witnesses()
        cli.write("trust.json", told.trust)
        log = told.engine.settings.log / CODE
        (tmp_path / "log.vkey").write_text((log / "log.vkey").read_text())
        size = watched.checkpoints[-1].size
        mirroring = ("--key", "JP.key", "--name", NAMES["JP"], "--every", "0.3")
        with (
            served(told.engine.settings, tmp_path / "engine") as engine,
            serving(cli, engine.address, "copy", *mirroring) as jp,
            witnessing(cli, key="MN.key", name=NAMES["MN"]) as mn,
        ):
            wait_for(tmp_path / "copy" / CODE / "checkpoint", f"\n{size}\n")
            cli.write("witnesses.json", {CODE: {NAMES["JP"]: jp, NAMES["MN"]: mn}})
            addresses = AddressFile(tmp_path / "witnesses.json")
            for name in NAMES.values():
                way = addresses.submit(CODE, name)
                assert way is not None
                watched.ways.ways[CODE, name] = way

            outlook = watched.publish()

            assert [answer.outcome for answer in outlook.answers] == [Outcome.COSIGNED] * 2
            event = watched.checkpoints[-1]
            assert event.size == size + 1 == len(watched.entries)
            wait_for(tmp_path / "copy" / CODE / "checkpoint", f"\n{size + 1}\n")
        found = read_checkpoint(event.note, watched.keys_at(event.version))
        assert set(found.cosigned) == set(NAMES.values())
        assert cli.json("verify", "copy", "--trust", "trust.json")["ok"] is True
        again = cli.json("mirror", engine.address, "copy", "--trust", "trust.json", code=1)
        assert again[0]["refused"] == "log-source"  # it has ended; the copy is good without it
