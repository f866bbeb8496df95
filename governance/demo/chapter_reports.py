"""Chapter 8: the registries issue in their own systems, and report back with their own keys."""

from __future__ import annotations

from datetime import date

from governance import assembly
from governance.demo.stage import Stage
from governance.service.reports import report_request
from policies.proof.statements import Acknowledgement
from projections.reconciliation import lines
from projections.registers import ORDER, REGISTERS, ground_of

DECIDED = "JP-MN/2025/002"


def tell(stage: Stage) -> None:
    """Report MN004 from both sides, one of them wrongly first, and reconcile."""
    stage.voice.chapter("8. The registries issue, and report back")
    stage.clock.tell("2026-04-06 02:00")
    _report(stage, "JP", "JP-2026-014", 35_854, None)
    _report(stage, "MN", "MN-2026-003", 8_960, None)
    _report(stage, "MN", "MN-2026-004", 8_963, "MN-2026-003")
    with assembly.library(stage.engine.settings) as read:
        rows = read.tables.select(REGISTERS["credits"], "committee = ?", ["JP-MN"], ORDER)
        ground = ground_of(rows, imported=False)
    found = list(lines("JP-MN", ("JP", "MN"), ground, stage.clock.now.date()))
    mine = [line.to_json() for line in found if line.credits.origin.decision == DECIDED]
    stage.expect(all(entry["difference"] == 0 for entry in mine), f"not reconciled: {mine}")
    columns = ("decision", "project", "side", "decided", "reported", "difference")
    stage.voice.table("Reconciliation of MN004", mine, [[name] for name in columns])
    waiting = [line for line in found if not line.complete]
    stage.voice.say(f"{len(found) - len(waiting)} amounts are complete, {len(waiting)} are open.")


def _report(stage: Stage, side: str, name: str, amount: int, supersedes: str | None) -> None:
    first, last = f"{side}-MN-MN004-000001", f"{side}-MN-MN004-{amount:06}"
    request = report_request(
        stage.engine.desk,
        {
            "committee": "MN",
            "side": side,
            "decision": DECIDED,
            "item": 1,
            "report": name,
            "amount": amount,
            "serials": {"first": first, "last": last},
            "issued_on": date(2026, 4, 6).isoformat(),
            "supersedes": supersedes,
        },
    )
    stage.expect(request.envelope.payload_type == Acknowledgement.payload_type, "this is no report")
    registry = f"{side.lower()}-registry"
    stage.voice.say(f"  {stage.submit(stage.sign(request.envelope, registry)).says}")
