"""Chapter 10: one file proves one decision, offline, and no byte of it can change."""

from __future__ import annotations

from governance.demo.stage import Stage
from governance.exchange.bundles import export_bundle
from policies.proof.audit import verify
from policies.proof.bundle import Bundle


def tell(stage: Stage) -> None:
    """Write the bundle of the MN004 decision, verify it, flip one byte, show what is named."""
    stage.voice.chapter("10. One file proves it, without us")
    state = stage.engine.desk.load("JP-MN")
    decided = state.ground.credits_of_project("MN004")[-1]
    number = decided.origin.decision
    engine = stage.engine
    data = export_bundle(engine.record, "JP-MN", number, engine.publisher.logs).to_bytes()
    file = stage.engine.settings.home / "MN004.jcbundle.json"
    file.write_bytes(data)
    trust = {code: entry["founding"] for code, entry in stage.trust.items()}
    audit = verify(file.read_bytes(), trust)
    for check in audit.checks:
        stage.voice.say(f"  {'good' if check.ok else 'FAILED'}  {check.check:9}  {check.detail}")
    stage.expect(audit.ok, f"the bundle does not verify: {audit.failed}")
    for what, why in audit.unknown:
        stage.voice.say(f"  unknown  {what}: {why}")
    _flip(stage, data, trust)


def _flip(stage: Stage, data: bytes, trust: dict[str, str]) -> None:
    payload = Bundle.from_bytes(data).decision.to_json()["payload"].encode("ascii")
    place = data.index(payload) + len(payload) // 2
    flipped = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
    audit = verify(flipped, trust)
    stage.expect(not audit.ok, "a changed bundle was accepted")
    failed = next(check for check in audit.checks if not check.ok)
    stage.voice.say(f"One bit of byte {place:,} flipped: NOT verified, at {failed.check}:")
    stage.voice.say(f"  {failed.detail}")
