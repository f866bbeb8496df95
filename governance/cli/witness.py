"""``jcgov witness``: a witness of logs, which a side, or a third, runs on its own machine."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.cli.arguments import (
    command,
    of_file,
    output_option,
    password_option,
    read_file,
    stated,
    subcommands,
    write_file,
)
from governance.cli.key import new_password, password_of
from governance.cli.output import say
from governance.cli.places import place_options
from governance.clock import utc_now
from governance.keys.notes import NOTE_SCHEMES, NoteSigner
from policies.refusals import ContextError

if TYPE_CHECKING:
    from governance.witness.witness import Cosigner


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    text = "A witness: cosigns that logs only grow, and keeps the proof of one that does not."
    inner = subcommands(command(commands, common, "witness", text))
    key = command(inner, common, "key", "Make a witness's key, and show its verifier key.", _key)
    output_option(key, "the private key")
    name_option(key, required=True)
    key.add_argument("--scheme", choices=NOTE_SCHEMES, default="ed25519", help="else ed25519")
    password_option(key)
    key.add_argument(
        "--unencrypted", action="store_true", help="write it in the clear; for rehearsals only"
    )
    log = command(
        inner, common, "log", "Write a log's verifier keys, as a founding names them.", _log
    )
    log.add_argument(
        "statement",
        type=Path,
        metavar="FILE",
        help="a founding, or an engine statement: a request, or an envelope",
    )
    output_option(log, "the log's verifier keys (one a line)")
    serve = command(inner, common, "serve", "Cosign what logs hand in, until interrupted.", _serve)
    cosigner_options(serve, required=True)
    serve.add_argument(
        "--log",
        type=Path,
        required=True,
        nargs="+",
        metavar="VKEYFILE",
        help="a log's verifier keys (its log.vkey), a file for each log",
    )
    serve.add_argument(
        "--data", type=Path, required=True, metavar="DIR", help="what it saw, and its evidence"
    )
    place_options(serve, 8020)


def cosigner_options(parser: argparse.ArgumentParser, *, required: bool) -> None:
    """Take a witness's key and name."""
    parser.add_argument(
        "--key", type=Path, required=required, metavar="KEY", help="Ed25519 or ML-DSA-44"
    )
    name_option(parser, required=required)
    password_option(parser)


def name_option(parser: argparse.ArgumentParser, *, required: bool) -> None:
    """Take the name under which a founding, or an engine statement, names a witness."""
    parser.add_argument(
        "--name",
        type=stated,
        required=required,
        metavar="NAME",
        help="the witness's name, as the founding names it: a URL without https://",
    )


def open_cosigner(options: argparse.Namespace) -> Cosigner:
    """Open a witness's key; `KeyFileError`, or `LogProofError` for a name that no note bears."""
    from governance.witness.witness import Cosigner

    password = password_of(options.key, options.password_file)
    cosigner = Cosigner(options.name, NoteSigner.load(options.key, password))
    say(f"witness: {cosigner.key.vkey}")
    return cosigner


def _key(options: argparse.Namespace) -> int:
    from governance.witness.witness import Cosigner

    cosigner = Cosigner(options.name, NoteSigner.new(options.scheme))
    vkey = cosigner.key.vkey
    password = None if options.unencrypted else new_password(options.password_file)
    public = cosigner.signer.save(options.output, password)
    write_file(options.output.with_name(f"{options.output.name}.vkey"), f"{vkey}\n".encode())
    say(f"Private key: {options.output} (keep it; it signs checkpoints, and nothing else)")
    if password is None:
        say("It is NOT encrypted: whoever reads the file can sign.")
    say(f"Public record: {public}; the plan of a founding names it, with the name.")
    print(vkey)
    return 0


def _log(options: argparse.Namespace) -> int:
    """Take the keys from what both authorities sign: no checkpoint needs to be published yet."""
    from governance.service.requests import Request
    from policies.proof.checkpoint import LogKeys
    from policies.proof.reading import read_any
    from policies.proof.statements import Engine, Founding

    with of_file(options.statement):
        envelope = Request.from_bytes(read_file(options.statement)).envelope
        said = read_any(envelope)
        if not isinstance(said, Founding | Engine):
            message = "it is neither a founding nor an engine statement"
            raise ContextError(message)
    keys = LogKeys.of(said.log, said.witnesses)
    write_file(options.output, "".join(f"{key.vkey}\n" for key in keys.log).encode())
    say(f"Compare this digest with the published one, or by telephone: {envelope.digest}")
    print(keys.origin)
    return 0


def _serve(options: argparse.Namespace) -> int:
    from governance.listening import serve_small
    from governance.witness.app import application
    from governance.witness.known_logs import read_logs
    from governance.witness.seen import Memory
    from governance.witness.witness import Witness

    logs = read_logs(options.log)
    witness = Witness(open_cosigner(options), logs, Memory(options.data), utc_now)

    def told(address: str) -> None:
        print(f"serving {address}; witness {options.name}", flush=True)
        for origin in logs:
            say(f"witness: for the log {origin}")

    serve_small(application(witness), (options.host, options.port), told)
    return 0
