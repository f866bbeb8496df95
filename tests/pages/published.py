"""A case of the demonstration's committee that is open for everybody's inputs."""

from __future__ import annotations

from pathlib import Path

from governance.settings import Settings
from tests.governance.docket_files import METHODOLOGY, METHODOLOGY_PAPERS, noon, papers
from tests.governance.terminal import Outcome, Terminal

OPENS, CLOSES = "2026-05-04", "2026-05-18"
SECRETARY = {"JCGOV_PERSON": "mn-nomin"}
CONFIDENTIAL = METHODOLOGY_PAPERS[1]


def publish(settings: Settings, folder: Path, day: str = OPENS) -> str:
    """Publish a methodology's papers for inputs, and return the case's place on the docket."""
    cli = Terminal.at(settings, folder)
    listed = papers(cli, METHODOLOGY_PAPERS, confidential=[CONFIDENTIAL])
    cli.write("submission.json", METHODOLOGY | {"documents": listed})
    case = str(step(cli, "submit", "submission.json", "--json", day=day).json["case"])
    step(cli, "check", case, "--complete", day=day)
    step(cli, "publish", case, day=day)
    return case.rpartition("/")[2]


def step(cli: Terminal, *arguments: str, day: str = OPENS, code: int = 0) -> Outcome:
    """Run a command of ``jcgov case`` on a day, as the secretary."""
    return cli.run("case", *arguments, at=noon(day), environment=SECRETARY, code=code)
