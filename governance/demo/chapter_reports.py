"""Chapter 8: the registries are told, verify, issue in their own systems, and report back."""

from __future__ import annotations

from datetime import date

from governance import assembly
from governance.demo.secretariat import CODE
from governance.demo.stage import Stage
from governance.exchange.feed_check import check_feed
from governance.exchange.feed_sources import Asked, HomeFeed, events
from governance.service.reports import report_request
from policies.proof.statements import Acknowledgement
from projections.reconciliation import lines
from projections.registers import ORDER, REGISTERS, ground_of

DECIDED = "JP-MN/2025/002"


def tell(stage: Stage) -> None:
    """Read the feed, report MN004 from both sides, one of them wrongly first, and reconcile."""
    stage.voice.chapter("8. The registries are told, issue, and report back")
    stage.clock.tell("2026-04-06 02:00")
    for side in ("JP", "MN"):
        _told(stage, side)
    stage.voice.say("Both issue what MN004 was decided, and report it with keys of their own:")
    _report(stage, "JP", "JP-2026-014", 35_854, None)
    _report(stage, "MN", "MN-2026-003", 8_960, None)
    _case(stage, "review")
    _report(stage, "MN", "MN-2026-004", 8_963, "MN-2026-003")
    _case(stage, "reconciled")
    with assembly.library(stage.engine.settings) as read:
        rows = read.tables.select(REGISTERS["credits"], "committee = ?", [CODE], ORDER)
        ground = ground_of(rows, imported=False)
    found = list(lines(CODE, ("JP", "MN"), ground, stage.clock.now.date()))
    mine = [line.to_json() for line in found if line.credits.origin.decision == DECIDED]
    stage.expect(all(entry["difference"] == 0 for entry in mine), f"not reconciled: {mine}")
    columns = ("decision", "project", "side", "decided", "reported", "difference")
    stage.voice.table("Reconciliation of MN004", mine, [[name] for name in columns])
    waiting = [line for line in found if not line.complete]
    stage.voice.say(f"{len(found) - len(waiting)} amounts are complete, {len(waiting)} are open.")


def _told(stage: Stage, side: str) -> None:
    """Check a side's whole feed as its registry does, and show what it may issue."""
    trust = {code: entry["founding"] for code, entry in stage.trust.items()}
    with assembly.library(stage.engine.settings) as read:
        feed = HomeFeed(read.tables, read.record, stage.engine.publisher.logs)
        audit = check_feed(feed, Asked(side), trust)
        asked = Asked(side, types=("org.jcm.issuance.decided.v1",))
        found = [
            event["data"] | {"sequence": str(int(event["sequence"]))}
            for event in events(feed, asked, 0)
        ]
    stage.expect(audit.ok and audit.good > 0, f"the feed of {side} does not hold: {audit.failed}")
    stage.expect(len(found) == 5, f"{len(found)} issuances are told to {side}, not 5")
    stage.voice.say(
        f"The registry of {side} verifies {audit.good} events, each against its own bundle."
    )
    columns = [["number", "item"], ["sequence", "monitoring_period"], ["subject"], ["amount"]]
    stage.voice.table(f"Of these {side} may issue", found, columns)


def _case(stage: Stage, expected: str) -> None:
    """Show the case of the docket that the difference has opened, and what has become of it."""
    name = stage.engine.desk.load(CODE).reports.case_of("MN", DECIDED, 1)
    stage.expect(name is not None, "no case was opened")
    case = stage.engine.cases.load(name or "", CODE)
    stage.expect(case.stage.value == expected, f"{case.name} is {case.stage.value}")
    stage.voice.say(f"  {case.name}: {case.stage.value}")


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
