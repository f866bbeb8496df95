"""Chapter 1: the real past of all committees, imported as published."""

from __future__ import annotations

from importlib import resources

from governance.cli.log import read_log
from governance.demo.stage import Stage
from projections.log_reading import LogFilter


def tell(stage: Stage) -> None:
    """Import the data that comes with the program, twice: the second time changes nothing."""
    stage.voice.chapter("1. The past, as published, becomes readable")
    data = resources.files("governance.demo").joinpath("data/decisions.csv").read_bytes()
    report = stage.engine.history.import_decisions(data, "decisions.csv", dry_run=False)
    stage.voice.say(report.says)
    stage.expect(not report.refusals, f"rows were refused: {report.refusals}")
    again = stage.engine.history.import_decisions(data, "decisions.csv", dry_run=False)
    stage.expect(again.taken == 0, "the same file twice changed something")
    log = read_log(stage.engine.settings, LogFilter(committee="JP-MN"))
    stage.expect(all(entry["status"] == "historical" for entry in log), "history looks signed")
    items = sum(len(entry["items"]) for entry in log)
    stage.voice.say(
        f"The log now shows {len(log)} historical decisions of JP-MN with {items} items:"
        " unsigned, each with its source. They are no ground for anything yet."
    )
