"""``jcgov verify``: check a bundle, or an exported log, by what both governments published."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.cli.arguments import command, json_option, read_file, read_json
from governance.cli.output import print_json
from policies.texts import written_out

if TYPE_CHECKING:
    from policies.proof.audit import Audit


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    text = "Check a bundle, or an exported log, offline: who decided what, and how."
    parser = command(commands, common, "verify", text, _verify)
    what = "a *.jcbundle.json, an exported DIR of logs, or one committee's folder in it"
    parser.add_argument("path", type=Path, metavar="PATH", help=what)
    parser.add_argument(
        "--trust", type=Path, metavar="FILE", help="the foundings that both governments published"
    )
    parser.add_argument(
        "--require", choices=["signed", "logged", "witnessed"], help="how much must hold"
    )
    json_option(parser)


def _verify(options: argparse.Namespace) -> int:
    from policies.proof.audit import parse_trust, verify

    trust = None if options.trust is None else parse_trust(read_json(options.trust))
    if options.path.is_dir():
        from governance.service.whole_log import check_logs

        audit = check_logs(options.path, trust, options.require)
    else:
        audit = verify(read_file(options.path), trust, options.require)
    if options.json:
        print_json(audit.to_json())
    else:
        _print(options.path, audit)
    return 0 if audit.ok else 1


def _print(path: Path, audit: Audit) -> None:
    for check in audit.checks:
        print(f"{'good' if check.ok else 'FAILED':7} {check.check:10} {written_out(check.detail)}")
    if audit.ok:
        print(f"{path}: verified")
        for what, why in audit.unknown:
            print(f"unknown {what:10} {written_out(why)}")
        return
    good = ", ".join(check.check for check in audit.checks if check.ok) or "nothing"
    print(f"{path}: NOT verified; it fails at {audit.failed}; good before that: {good}")
