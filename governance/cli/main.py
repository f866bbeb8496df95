"""``jcgov``: find the command, run it, and turn its outcome into an exit code.

0 done; 1 refused by a rule, a failed verification or an unreadable file; 2 wrong usage; 3 fault.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from governance.cli.arguments import stated
from governance.settings import Settings
from policies.refusals import FaultError, Refusal

COMMANDS = {
    "demo": "demo",
    "import": "importing",
    "committee": "committee",
    "roster": "roster",
    "rulebook": "rulebook",
    "propose": "proposing",
    "freeze": "proposing",
    "convene": "proposing",
    "distribute": "proposing",
    "withdraw": "proposing",
    "proposals": "proposing",
    "affirm": "signing",
    "object": "signing",
    "request": "signing",
    "sign": "signing",
    "submit": "signing",
    "pae": "detached",
    "signature": "detached",
    "digest": "digest",
    "access": "access",
    "token": "token",
    "drill": "drill",
    "settle": "settling",
    "acknowledge": "reconciling",
    "reconcile": "reconciling",
    "government-report": "article6",
    "article6": "article6",
    "serve": "serving",
    "case": "case",
    "slip": "entries",
    "interest": "entries",
    "reminders": "reminders",
    "docket": "docket",
    "preflight": "preflight",
    "inputs": "docket",
    "announcements": "announcements",
    "log": "log",
    "feed": "feed",
    "register": "register",
    "impact": "impact",
    "yearly": "yearly",
    "report": "yearly",
    "search": "search",
    "subscription": "subscription",
    "deliver": "deliver",
    "publish": "publishing",
    "replay": "replay",
    "follow": "following",
    "document": "document",
    "export": "export",
    "verify": "verify",
    "whatif": "whatif",
    "key": "key",
    "backup": "keeping",
    "restore": "keeping",
    "witness": "witness",
    "mirror": "mirror",
    "registry-demo": "registry_demo",
    "init": "doctor",
    "doctor": "doctor",
}
"""Every command, and the module of this folder that holds it."""

_HOME = "where the state lives; before or after the command"

DONE, REFUSED, USAGE, FAULT = 0, 1, 2, 3


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        return _run(arguments)
    except Refusal as refusal:
        from policies.texts import written_out

        _say(f"jcgov: {written_out(str(refusal))}")  # it may quote what strangers wrote
        return REFUSED
    except FaultError as error:
        _say(f"jcgov: fault: {error}")
        return FAULT
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - see below
        return DONE  # whoever read us has enough; the interpreter must not write to them at exit
    except KeyboardInterrupt:
        _say("jcgov: interrupted; what was recorded is recorded")
        return FAULT
    except Exception as error:
        if os.environ.get("JCGOV_DEBUG"):
            raise
        _say(f"jcgov: fault: {type(error).__name__}: {error}")
        _say("Nothing half-done was recorded. JCGOV_DEBUG=1 shows where it happened.")
        return FAULT


def _run(arguments: list[str]) -> int:
    parser = build_parser(arguments)
    options = parser.parse_args(arguments)
    if options.version:
        print(f"jcgov {_version()}")
        return DONE
    if not hasattr(options, "run"):
        parser.print_help()
        return USAGE
    options.settings = Settings.read(getattr(options, "home", None))
    code: int = options.run(options)
    sys.stdout.flush()
    return code


def build_parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """Return the parser, with the module of the named command alone; with all for help."""
    parser = argparse.ArgumentParser(
        prog="jcgov",
        description="Decisions of a Joint Committee: by consensus of both sides, signed, provable.",
        epilog="State lives below --home, else JCGOV_HOME, else .jcgov. Try: jcgov demo",
    )
    parser.add_argument("--home", type=stated, metavar="DIR", help=_HOME)
    parser.add_argument("--version", action="store_true", help="say the version and stop")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--home", type=stated, metavar="DIR", default=argparse.SUPPRESS, help=_HOME)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    named = _named(arguments)
    modules = [COMMANDS[named]] if named is not None else list(dict.fromkeys(COMMANDS.values()))
    if list(arguments) == ["--version"]:
        modules = []
    for module in modules:
        import_module(f"governance.cli.{module}").add(commands, common)
    return parser


def _named(arguments: Sequence[str]) -> str | None:
    """Return the command: the first word that is neither an option nor the home's value."""
    before = ""
    for word in arguments:
        if not word.startswith("-") and before != "--home":
            return word if word in COMMANDS else None
        before = word
    return None


def _version() -> str:
    from importlib.metadata import version

    return version("joint-committee")


def _say(text: str) -> None:
    print(text, file=sys.stderr)
