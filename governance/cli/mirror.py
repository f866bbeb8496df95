"""``jcgov mirror``: pull the committees' logs, check everything, keep and serve the copies."""

from __future__ import annotations

import argparse
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.cli.arguments import command, committee_option, json_option, read_json, stated
from governance.cli.output import print_json, say
from governance.cli.places import port, seconds
from governance.cli.witness import cosigner_options, open_cosigner
from governance.clock import utc_now
from policies.refusals import FaultError, NotFoundError, UnreadableError
from policies.sides import Committee
from policies.texts import written_out

if TYPE_CHECKING:
    from governance.mirror.mirrors import Mirrors, Pass

EVERY = 60.0


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    text = "Pull logs, check every signature and rule, and keep the copies that are good."
    parser = command(commands, common, "mirror", text, _mirror)
    parser.add_argument(
        "url", type=stated, metavar="URL", help="an engine, or where a web server has logs"
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="where the copies are kept")
    parser.add_argument(
        "--trust",
        type=Path,
        required=True,
        metavar="FILE",
        help="the foundings that both governments published",
    )
    committee_option(parser)
    parser.add_argument(
        "--held", type=Path, metavar="FOLDER", help="envelopes that no log may leave out"
    )
    cosigner_options(parser, required=False)
    parser.add_argument("--serve", type=port, metavar="PORT", help="serve the copies; 0: any port")
    parser.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="else 127.0.0.1")
    often = parser.add_mutually_exclusive_group()
    often.add_argument("--once", action="store_true", help="one pass; so it is without --serve")
    often.add_argument(
        "--every", type=seconds, metavar="SECONDS", help=f"again and again; served: {EVERY:g}"
    )
    json_option(parser)
    parser.set_defaults(usage_error=parser.error)


def _mirror(options: argparse.Namespace) -> int:
    if (options.key is None) != (options.name is None):
        options.usage_error("to cosign takes both --key and --name")
    if options.json and (options.every or options.serve is not None):
        options.usage_error("--json says what came of one pass; leave out --every and --serve")
    from governance.mirror.mirrors import alone
    from governance.mirror.source import require_base

    trusted = _trusted(options)
    require_base(options.url)
    with alone(options.folder):
        mirrors = _open(options, trusted)
        if options.serve is not None:
            return _serve(mirrors, options)
        while True:
            found = list(mirrors())
            _show(found, options)
            if options.every is None:
                return 0 if all(one.refusal is None for one in found) else 1
            threading.Event().wait(options.every)


def _trusted(options: argparse.Namespace) -> dict[str, str]:
    """Return the foundings of the committees that are mirrored."""
    from policies.proof.audit import parse_trust

    trusted = dict(parse_trust(read_json(options.trust)))
    for code in trusted:
        if Committee.parse(code).code != code:
            message = f"{options.trust}: {code!r} is no committee's code, such as JP-MN"
            raise UnreadableError(message)
    if options.committee is not None:
        code = options.committee.code
        if code not in trusted:
            message = f"{options.trust} names no founding of {code}"
            raise NotFoundError(message)
        trusted = {code: trusted[code]}
    return trusted


def _open(options: argparse.Namespace, trusted: dict[str, str]) -> Mirrors:
    from governance.mirror.cosigning import Cosigning
    from governance.mirror.mirrored import Setting
    from governance.mirror.mirrors import Mirrors
    from governance.mirror.source import OverHTTP

    cosigning = None
    if options.key is not None:
        cosigning = Cosigning(open_cosigner(options), options.folder / "cosigned", utc_now)
    setting = Setting(options.folder, utc_now, options.held, cosigning)
    return Mirrors(options.url, trusted, OverHTTP(), setting)


def _serve(mirrors: Mirrors, options: argparse.Namespace) -> int:
    from governance.listening import serve_small
    from governance.mirror.app import application

    ended = threading.Event()

    def pull() -> None:
        while True:
            try:
                _say(list(mirrors()))
            except (FaultError, OSError) as error:  # a full disk: what is good is served on
                say(f"mirror: fault: {error}")
            if options.once or ended.wait(options.every or EVERY):
                return

    def told(address: str) -> None:
        print(f"serving {address}; mirror of {options.url}", flush=True)
        threading.Thread(target=pull, name="mirror", daemon=True).start()

    try:
        serve_small(application(mirrors), (options.host, options.serve), told)
    finally:
        ended.set()
    return 0


def _show(found: list[Pass], options: argparse.Namespace) -> None:
    if options.json:
        print_json([one.to_json() for one in found])
    else:
        for one in found:
            if one.pulled is not None:
                print(_words(one), flush=True)
    _say([one for one in found if one.refusal is not None])


def _say(found: list[Pass]) -> None:
    for one in found:
        say(f"mirror: {_words(one)}")


def _words(one: Pass) -> str:
    if one.pulled is None:
        name = "" if one.refusal is None else one.refusal.name
        return f"{one.committee}: REFUSED, {name}: {written_out(str(one.refusal))}"
    cosigned = f", cosigned by {one.pulled.cosigned}" if one.pulled.cosigned else ""
    return f"{one.committee}: good, {one.pulled.size:,} entries, {one.pulled.new:,} new{cosigned}"
