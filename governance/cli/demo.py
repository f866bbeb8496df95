"""``jcgov demo``: the whole story on real data."""

from __future__ import annotations

import argparse
from typing import Any

from governance.cli.arguments import command


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    command(
        commands,
        common,
        "demo",
        "The whole story on real data, in a temporary home unless --home names an empty one.",
        _demo,
    )


def _demo(options: argparse.Namespace) -> int:
    from governance.demo.story import tell

    return tell(getattr(options, "home", None))
