"""``jcgov pae`` and ``jcgov signature``: for a side that signs without this program."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.assembly import reading_desk
from governance.cli.arguments import command, of_file, output_option, read_file, write_file
from governance.cli.output import say
from policies.refusals import NotFoundError, SignatureNotGenuineError

if TYPE_CHECKING:
    from governance.service.requests import Request
    from governance.settings import Settings
    from policies.proof.keys import KeyRecord


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands."""
    encoding = command(
        commands,
        common,
        "pae",
        "Write the very bytes that a request asks to sign, for another program to sign.",
        _pae,
    )
    encoding.add_argument("request", type=Path, metavar="REQUEST")
    output_option(encoding, "the bytes")
    encoding.add_argument(
        "--summary", type=Path, metavar="FILE", help="where what they say goes, as plain text"
    )
    encoding.add_argument(
        "--annexes", type=Path, metavar="DIR", help="where each annex goes, named by its digest"
    )
    signature = command(
        commands,
        common,
        "signature",
        "Make a signature file of a detached signature that another program made.",
        _signature,
    )
    signature.add_argument("request", type=Path, metavar="REQUEST")
    signature.add_argument(
        "--public", type=Path, required=True, metavar="KEY", help="the signer's public key, in PEM"
    )
    signature.add_argument(
        "--raw", type=Path, required=True, metavar="SIG", help="the signature, or its base64"
    )
    output_option(signature, "the signature file")


def _pae(options: argparse.Namespace) -> int:
    from governance.service.detached import summary_text
    from governance.service.spoken import group_lines

    request = _read(options.request)
    with of_file(options.request):
        text = summary_text(request)  # what cannot be shown is not to be signed elsewhere either
    write_file(options.output, request.envelope.pae, read=[options.request])
    if options.summary is not None:
        write_file(options.summary, text.encode("utf-8"), read=[options.request])
    if options.annexes is not None:
        for name, annex in request.annexes.items():
            write_file(options.annexes / name, annex.encode("utf-8"))
    say(f"{options.output}: {len(request.envelope.pae):,} bytes; their SHA-256 is the digest:")
    for line in group_lines(request.envelope.digest):
        say(f"    {line}")
    return 0


def _signature(options: argparse.Namespace) -> int:
    from governance.keys.public import public_record
    from governance.service.detached import wrap
    from governance.service.signers import doubt_about

    request = _read(options.request)
    record = public_record(read_file(options.public), str(options.public))
    with of_file(options.raw, also=(SignatureNotGenuineError,)):
        signed = wrap(request, record, read_file(options.raw))
    with of_file(options.request):
        doubt = doubt_about(request.envelope, record.keyid)
    if doubt is not None:
        say(f"{options.request}: {doubt}")
    write_file(
        options.output, signed.to_bytes(), read=[options.request, options.public, options.raw]
    )
    whose = _whose(options.settings, request, record)
    say(f"{options.output}: genuine, of key {record.keyid}, {whose}")
    return 0


def _read(file: Path) -> Request:
    from governance.service.requests import Request
    from policies.proof.reading import read_any

    request = Request.from_bytes(read_file(file), str(file))
    with of_file(file):
        read_any(request.envelope)
    return request


def _whose(settings: Settings, request: Request, record: KeyRecord) -> str:
    """Say whose key it is: by the statement itself, else by the committee's roster in the home."""
    from governance.service.signers import owner_named_in, owner_on_the_roster
    from policies.proof.reading import read_any

    statement = read_any(request.envelope)
    named = owner_named_in(statement, record.keyid)
    if named is not None:
        return f"{named}, as the statement itself says"
    if not settings.recorded:
        return "whose owner nobody here knows (this home has no record)"
    try:
        with reading_desk(settings) as desk:
            roster = desk.load(statement.committee).roster
    except NotFoundError:
        return f"whose owner nobody here knows ({statement.committee} is not founded in this home)"
    owner = owner_on_the_roster(roster, record.keyid)
    return owner or f"which nobody of {statement.committee} has: it will be refused"
