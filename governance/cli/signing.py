"""Signing: request, sign (where the key is), submit; affirm and object."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.assembly import Engine, engine, engine_there
from governance.cli.arguments import (
    command,
    committee_option,
    key_option,
    of_file,
    output_option,
    read_file,
    stated,
    write_file,
)
from governance.cli.output import say
from governance.clock import utc_now
from policies.refusals import NotEntitledError, UnreadableError
from policies.texts import written_out

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from aggregates.committee.state import CommitteeState, Proposal
    from governance.service.requests import Request
    from governance.settings import Settings
    from policies.proof.dsse import Envelope
    from policies.rulebook import RulebookText


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands."""
    request = command(commands, common, "request", "Write what a co-chair is to sign.", _request)
    request.add_argument("number", metavar="N", help="the decision's number")
    committee_option(request)
    output_option(request, "the request")
    request.add_argument(
        "--adoption",
        action="store_true",
        help="the adoption record, which both co-chairs may sign in place of the record key",
    )
    sign = command(
        commands, common, "sign", "Read what you sign, and sign it; needs no database.", _sign
    )
    sign.add_argument("files", type=Path, nargs="+", metavar="FILE")
    key_option(sign, "the signer's")
    sign.add_argument(
        "-o",
        "--output",
        type=Path,
        required=True,
        metavar="SIG",
        help="where the signature goes; a folder for several requests",
    )
    sign.add_argument("--annexes", action="store_true", help="print every annex whole")
    sign.add_argument("--yes", action="store_true", help="do not ask (the summary is printed)")
    submit = command(
        commands,
        common,
        "submit",
        "Take signature files; several of one statement together.",
        _submit,
    )
    submit.add_argument("files", type=Path, nargs="+", metavar="SIG")
    submit.add_argument("--rulebook", type=Path, metavar="FILE", help="a founding's rulebook text")
    affirm = command(commands, common, "affirm", "Write a member's affirmation to sign.", _affirm)
    _assertion(affirm)
    objecting = command(
        commands,
        common,
        "object",
        "Write a member's objection to sign, or record a letter's.",
        _object,
    )
    _assertion(objecting, needs_output=False)
    objecting.add_argument("--letter", type=Path, metavar="FILE", help="the letter that came")
    objecting.add_argument("--person", metavar="ID", help="whose letter it is")
    objecting.set_defaults(usage_error=objecting.error)


def _assertion(parser: argparse.ArgumentParser, *, needs_output: bool = True) -> None:
    parser.add_argument("number", metavar="N", help="the decision's number")
    committee_option(parser)
    parser.add_argument(
        "--reason", type=stated, required=not needs_output, help="shown to every member"
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        required=needs_output,
        metavar="FILE",
        help="where the request to sign goes",
    )


def _request(options: argparse.Namespace) -> int:
    from aggregates.committee.decide_proposal import find
    from governance.cli.proposing import open_proposal
    from governance.service.signing import adoption_request, decision_request
    from governance.service.spoken import group_lines

    with engine_there(options.settings) as made:
        code, proposal = open_proposal(options, made)
        made.desk.settle(code)
        state = made.desk.load(code)
        found = find(state, proposal)
        request = (
            adoption_request(made.desk, state, found)
            if options.adoption
            else decision_request(found)
        )
    write_file(options.output, request.to_bytes())
    say(f"{options.output}; its digest is")
    say(f"    {request.envelope.digest}")
    for line in group_lines(request.envelope.digest):
        say(f"    {line}")
    say(f"Compare it by telephone, or by a code: jcgov digest {options.output} --qr")
    _say_interests(state, found)
    return 0


def _sign(options: argparse.Namespace) -> int:
    from governance.cli.key import open_key
    from governance.service.signers import doubt_about
    from governance.service.summary import annex_lines, summarise

    requests = [(file, _read_request(file)) for file in options.files]
    targets = _targets(options, [file for file, _ in requests])
    for file, request in requests:
        print(f"── {file}")
        with of_file(file):
            print("\n".join(summarise(request)))
        if options.annexes:
            print("\n".join(annex_lines(request)))
    key = open_key(options.key, options.password_file)
    read = [options.key, *options.files] if isinstance(options.key, Path) else options.files
    for file, request in requests:
        with of_file(file):
            doubt = doubt_about(request.envelope, key.record.keyid)
        if doubt is not None:
            say(f"{file}: {doubt}")
    _ask(options, len(requests))
    for (_file, request), target in zip(requests, targets, strict=True):
        signed = request.envelope.signed_by(key.sign(request.envelope))
        key.record.verify_envelope(signed)
        write_file(target, signed.to_bytes(), read=read)
        say(f"signed by key {key.record.keyid[:16]}…: {target}")
    return 0


def _read_request(file: Path) -> Request:
    """Read a request or a signature file; every refusal of what it holds names it."""
    from governance.service.requests import Request
    from policies.proof.reading import read_any

    request = Request.from_bytes(read_file(file), str(file))
    with of_file(file):
        read_any(request.envelope)
    return request


def _targets(options: argparse.Namespace, files: list[Path]) -> list[Path]:
    output: Path = options.output
    if len(files) == 1 and not output.is_dir():
        return [output]
    if output.exists() and not output.is_dir():
        message = f"{output} is a file; several signatures need a folder"
        raise UnreadableError(message)
    names = [f"{file.stem}.sig.json" for file in files]
    if len(set(names)) != len(names):
        message = "two requests have one name; sign them into different folders"
        raise UnreadableError(message)
    return [output / name for name in names]


def _ask(options: argparse.Namespace, count: int) -> None:
    if options.yes:
        return
    what = "this" if count == 1 else f"these {count}"
    if not sys.stdin.isatty():
        message = "nobody is there to be asked; read the summary and give --yes"
        raise NotEntitledError(message)
    print(f"Sign {what}? Type yes: ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() != "yes":
        message = "nothing is signed: the answer was not yes"
        raise NotEntitledError(message)


def _submit(options: argparse.Namespace) -> int:
    from governance.service.signing import merge, submit

    envelopes = merge(_read_request(file).envelope for file in options.files)
    rulebook = None
    if options.rulebook is not None:
        from policies.rulebook import parse_rulebook

        text = read_file(options.rulebook).decode("utf-8", errors="replace").removesuffix("\n")
        rulebook = parse_rulebook(text, str(options.rulebook))
    with _opened_for(envelopes, rulebook, options.settings) as made:
        for submitted in submit(made.desk, envelopes, rulebook):
            print(submitted.says, flush=True)
    return 0


def _opened_for(
    envelopes: list[Envelope], rulebook: RulebookText | None, settings: Settings
) -> AbstractContextManager[Engine]:
    """Open the home; only a founding that is good makes one."""
    from governance.service.founding import require_good_founding
    from policies.proof.statements import Founding

    if settings.recorded or envelopes[0].payload_type != Founding.payload_type:
        return engine_there(settings)
    require_good_founding(envelopes[0], rulebook, utc_now())
    return engine(settings)


def _affirm(options: argparse.Namespace) -> int:
    return _write_assertion(options, objects=False)


def _object(options: argparse.Namespace) -> int:
    if options.letter is None:
        if options.person is not None or options.output is None:
            options.usage_error("give -o FILE, or --letter FILE with --person ID")
        return _write_assertion(options, objects=True)
    if options.person is None or options.output is not None:
        options.usage_error("a letter is recorded with --person ID, whose letter it is, and no -o")
    from governance.cli.proposing import open_proposal
    from policies.proof.canonical import digest
    from policies.proof.statements import Letter

    letter = Letter(digest=digest(read_file(options.letter)), person=options.person)
    with engine_there(options.settings) as made:
        code, proposal = open_proposal(options, made)
        made.proposals.letter(code, proposal, letter, options.reason)
        print(made.proposals.standing(code, proposal).says)
    return 0


def _write_assertion(options: argparse.Namespace, *, objects: bool) -> int:
    from aggregates.committee.decide_proposal import find
    from governance.cli.proposing import open_proposal
    from governance.service.signing import assertion_request

    with engine_there(options.settings) as made:
        code, proposal = open_proposal(options, made)
        state = made.desk.load(code)
        found = find(state, proposal)
        request = assertion_request(state, found, objects=objects, reason=options.reason)
    write_file(options.output, request.to_bytes())
    say(f"{options.output} waits for the member's signature; then submit it.")
    _say_interests(state, found)
    return 0


def _say_interests(state: CommitteeState, proposal: Proposal) -> None:
    """Show what is declared beside a text: the request itself holds what is signed alone."""
    from governance.service.interests import interest_lines

    for line in interest_lines(state, proposal):
        say(written_out(line))
