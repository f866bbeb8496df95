"""Chapter 11: the list can be held against its host: a mirror, and a log that was rewritten."""

from __future__ import annotations

import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from governance.demo.stage import Stage
from governance.mirror.mirrored import Setting
from governance.mirror.mirrors import Mirrors, Pass
from governance.mirror.source import Get
from governance.witness.asking import AddCheckpoint
from policies.proof.checkpoint import TreeHead
from policies.proof.dsse import Envelope
from policies.proof.statements import Receipt
from projections.transparency.log_files import LogFiles

CODE = "JP-MN"
AT = "https://record.example"


def tell(stage: Stage) -> None:
    """Mirror the log, let the host leave an objection out of it, and show who refuses that."""
    stage.voice.chapter("11. Nobody can rewrite the list: witnesses and a mirror hold it")
    stage.publish()
    folder = stage.engine.settings.home / "mirror"
    honest = _pull(stage, folder, stage.engine.settings.log)
    stage.expect(honest.pulled is not None, f"the mirror refuses: {honest.refusal}")
    if honest.pulled is None:
        return
    stage.voice.say(
        f"A side's mirror pulled {honest.pulled.size} entries of {CODE}, checked each by the rules"
        f" of its place, and keeps a copy in {folder.name}."
    )
    with tempfile.TemporaryDirectory(prefix="jcgov-demo-") as place:
        note = _rewritten(stage, Path(place))
        stage.voice.say("The host leaves an objection out of the list, and signs it anew:")
        stage.refuses("the mirror, handed that list", lambda: _require(stage, folder, Path(place)))
        _ask_witnesses(stage, note, honest.pulled.size)
    again = _pull(stage, folder, stage.engine.settings.log)
    stage.expect(again.refusal is None, f"the mirror no longer takes the log: {again.refusal}")
    kept = sorted(path.name for path in (folder / "evidence" / CODE).iterdir())
    stage.expect(bool(kept), "no evidence is kept")
    stage.voice.say("The evidence is kept, and the copy stays as it was.")


def _require(stage: Stage, folder: Path, logs: Path) -> None:
    found = _pull(stage, folder, logs)
    if found.refusal is not None:
        raise found.refusal


def _pull(stage: Stage, folder: Path, logs: Path) -> Pass:
    trusted = {CODE: stage.trust[CODE]["founding"]}
    mirrors = Mirrors(AT, trusted, _lying_in(logs), Setting(folder, stage.clock, cores=1))
    return next(mirrors())


def _lying_in(logs: Path) -> Get:
    """Return what fetches files of a folder, as a web server would give them."""

    def get(url: str, most: int) -> bytes | None:
        file = logs / urlsplit(url).path.removeprefix("/").removeprefix("log/")
        return file.read_bytes()[: most + 1] if file.is_file() else None

    return get


def _rewritten(stage: Stage, place: Path) -> str:
    """Write the log without its objection, as long as before, signed by its own keys alone."""
    files = LogFiles.open(stage.engine.settings.log / CODE)
    entries = [files.entry(index) for index in range(files.size)]
    kept = [entry for entry in entries if not _objects(entry)]
    stage.expect(len(kept) < len(entries), "nobody objected")
    kept += entries[-1:] * (len(entries) - len(kept))
    forged = LogFiles.open(place / CODE)
    forged.append(kept)
    roster = stage.engine.desk.load(CODE).roster
    hand = stage.engine.keys.log_hand(CODE, roster.log)
    head = TreeHead(roster.log.origin, forged.size, forged.head_at(forged.size))
    stage.expect(hand is not None, "the log's keys are away")
    note = "" if hand is None else str(hand(head, int(stage.clock().timestamp())))
    forged.publish(note, roster.log_keys)
    return note


def _objects(entry: bytes) -> bool:
    envelope = Envelope.from_bytes(entry)
    return envelope.payload_type == Receipt.payload_type and envelope.value["objects"]


def _ask_witnesses(stage: Stage, note: str, size: int) -> None:
    if stage.ways is None:
        return
    for (code, name), submit in stage.ways.ways.items():
        if code == CODE:
            said = submit(bytes(AddCheckpoint(size, (), note)))
            stage.expect(said.status == 409, f"{name} answers {said.status}")
            stage.voice.say(f"  {name} does not cosign it ({said.status}), and keeps it.")
