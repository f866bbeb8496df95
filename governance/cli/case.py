"""``jcgov case``: what the secretariat does with a case, from the submission to the table."""

from __future__ import annotations

import argparse
from typing import Any

from governance.cli import case_audit, case_kinds, case_papers, case_show, case_table
from governance.cli.arguments import command, subcommands


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    text = "Cases of the docket: submit, check, publish, audit, lay on the table, show."
    inner = subcommands(command(commands, common, "case", text))
    for module in (case_papers, case_audit, case_table, case_show, case_kinds):
        module.add(inner, common)
