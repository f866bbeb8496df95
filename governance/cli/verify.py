"""``jcgov verify``: check a bundle with nothing but the file and the published trust file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from governance.cli.arguments import command, json_option, read_file, read_json
from governance.cli.output import print_json
from policies.refusals import UnreadableError
from policies.texts import written_out


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    parser = command(
        commands, common, "verify", "Check a bundle offline: who decided what, and how.", _verify
    )
    parser.add_argument("path", type=Path, metavar="PATH", help="a *.jcbundle.json")
    parser.add_argument(
        "--trust", type=Path, metavar="FILE", help="the foundings that both governments published"
    )
    parser.add_argument(
        "--require", choices=["signed", "logged", "witnessed"], help="how much must hold"
    )
    json_option(parser)


def _verify(options: argparse.Namespace) -> int:
    from policies.proof.audit import parse_trust, verify

    if options.path.is_dir():
        message = f"{options.path} is a folder; this version verifies bundles, one file each"
        raise UnreadableError(message)
    data = read_file(options.path)
    trust = None if options.trust is None else parse_trust(read_json(options.trust))
    audit = verify(data, trust, options.require)
    if options.json:
        print_json(audit.to_json())
        return 0 if audit.ok else 1
    for check in audit.checks:
        print(f"{'good' if check.ok else 'FAILED':7} {check.check:10} {written_out(check.detail)}")
    if audit.ok:
        print(f"{options.path}: verified")
        for what, why in audit.unknown:
            print(f"unknown {what:10} {why}")
        return 0
    good = ", ".join(check.check for check in audit.checks if check.ok) or "nothing"
    print(f"{options.path}: NOT verified; it fails at {audit.failed}; good before that: {good}")
    return 1
