"""Chapter 9: what readers see, and that it follows from the events alone."""

from __future__ import annotations

from datetime import date

from governance import assembly
from governance.cli.log import read_log
from governance.cli.register import read_register
from governance.demo.stage import Stage
from governance.service.whole_record import check_record
from projections.log_reading import LogFilter
from projections.replay import rebuild


def tell(stage: Stage) -> None:
    """Print the log and the credits; replay and compare."""
    stage.voice.chapter("9. What everyone reads")
    settings = stage.engine.settings
    log = read_log(settings, LogFilter(committee="JP-MN"))
    signed = [entry for entry in log if entry["status"] == "signed"]
    lines = [
        {
            "number": entry["number"],
            "adopted": entry["adopted_on"],
            "item": item["kind"],
            "subject": item["subject"],
            "amounts": item["amounts"],
            "signed by": [f"{s['name']} ({s['side']})" for s in entry["signers"]],
        }
        for entry in signed
        for item in entry["items"]
    ]
    stage.expect(len(signed) == 6, f"the log has {len(signed)} signed decisions, not 6")
    columns = [["number", "adopted"], ["item", "subject", "amounts"], ["signed by"]]
    stage.voice.table("The public log: signed decisions of JP-MN", lines, columns)
    _credits(stage)
    _replay(stage)


def _credits(stage: Stage) -> None:
    wanted = LogFilter(committee="JP-MN")
    found = read_register(stage.engine.settings, "credits", wanted).entries
    mine = [entry for entry in found if entry["project"] == "MN004"]
    columns = [[name] for name in ("project", "period", "side", "decided", "reported", "basis")]
    stage.voice.table("Credits register, MN004", mine, columns)
    decided = {(e["side"], e["basis"]): e["decided"] for e in mine}
    stage.expect(decided[("JP", "signed")] == 35_854, "Japan's amount is not in the register")
    past = LogFilter(committee="JP-MN", as_of=date(2018, 1, 1))
    earlier = read_register(stage.engine.settings, "credits", past).entries
    stage.expect(0 < len(earlier) < len(found), "the register as of 2018 is not an earlier one")
    stage.voice.say(
        f"As of 1 January 2018 the same register had {len(earlier)} entries, now {len(found)}."
    )


def _replay(stage: Stage) -> None:
    with assembly.library(stage.engine.settings) as read:
        if read.record is None:
            return
        found = rebuild(read.record, read.tables)
        checked = check_record(read.record, lambda _count: None)
    stage.expect(not found.differing, f"rebuilt views differ: {found.differing}")
    stage.expect(bool(checked["ok"]), str(checked["detail"]))
    stage.voice.say(
        f"Replayed {found.events} events: all {len(found.views)} rebuilt views equal the live ones."
    )
    stage.voice.say(str(checked["detail"]))
