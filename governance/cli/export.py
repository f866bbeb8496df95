"""``jcgov export``: a bundle with which a decision proves itself, a log as static files."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from governance.assembly import library, logs_of, reading_desk, require_there
from governance.cli.arguments import (
    command,
    committee_option,
    json_option,
    output_option,
    subcommands,
    write_file,
)
from governance.cli.output import print_json, say
from policies.refusals import NotFoundError

if TYPE_CHECKING:
    from governance.exchange.exported_log import Exported


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    parser = command(commands, common, "export", "Write what outsiders verify.")
    inner = subcommands(parser)
    bundle = command(inner, common, "bundle", "Write a decision's bundle.", _bundle)
    bundle.add_argument("number", metavar="NUMBER")
    committee_option(bundle)
    output_option(bundle, "the bundle")
    log = command(inner, common, "log", "Write transparency logs as static files.", _log)
    log.add_argument("folder", type=Path, metavar="DIR", help="a folder below it for each log")
    committee_option(log)
    json_option(log)
    site = command(inner, common, "site", "Write the public site as static files.", _site)
    site.add_argument("folder", type=Path, metavar="DIR", help="for any web server, at any address")
    site.add_argument(
        "--address",
        type=site_address,
        metavar="URL",
        help="where the copy will be served: its feeds name it; else their links are relative",
    )
    json_option(site)


def _bundle(options: argparse.Namespace) -> int:
    from governance.exchange.bundles import export_bundle
    from projections.decision_log import DECISION_LOG
    from projections.log_reading import adopted_number

    with library(options.settings) as read:
        rows = list(read.tables.select(DECISION_LOG, "status = ?", ("signed",)))
        named = None if options.committee is None else options.committee.code
        committee, number = adopted_number(rows, options.number, named)
        if read.record is None:
            message = f"no decision is recorded below {options.settings.home}"
            raise NotFoundError(message)
        with logs_of(options.settings, read.record) as logs:
            bundle = export_bundle(read.record, committee, number, logs)
    data = bundle.to_bytes()
    write_file(options.output, data)
    say(f"{number}: {options.output}, {len(data):,} bytes.")
    say(f"Check it: jcgov verify {options.output} --trust trust.json")
    if bundle.proof is None:
        say("No checkpoint of the log covers it yet: export it again after jcgov publish.")
    return 0


def _log(options: argparse.Namespace) -> int:
    from governance.exchange.exported_log import export_logs

    done: list[Exported] = []
    with reading_desk(options.settings) as desk:
        codes = desk.committees()
        if options.committee is not None:
            codes = [options.committee.code]
            desk.load(codes[0])
        for found in export_logs(desk.record, codes, options.folder):
            done.append(found)
            if not options.json:
                say(_told(found, options.folder))
    if options.json:
        print_json([found.to_json() for found in done])
    return 0


def _site(options: argparse.Namespace) -> int:
    from governance.static_site.export import export_site

    require_there(options.settings)
    copied = export_site(options.settings, options.folder, site=options.address)
    if options.json:
        print_json(copied.to_json())
    else:
        said = copied.files
        say(f"{options.folder}: {copied.pages:,} pages, of position {copied.position:,}")
        say(f"made anew: {copied.asked:,} pages and files")
        files = {"written": said.written, "unchanged": said.unchanged, "removed": said.removed}
        say(f"files {', '.join(f'{what} {count:,}' for what, count in files.items())}")
        for name in said.kept:
            say(f"{name} is no page any more, and was changed by somebody: it stays")
        for page, link in copied.broken:
            say(f"{page} links to {link}, which is not there")
    return 1 if copied.broken else 0


def site_address(text: str) -> str:
    """Read the address of a site; raises what argparse tells as wrong usage."""
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - raises where it is none
    except ValueError:
        parts = urlsplit("")
    plain = text.isascii() and text.isprintable() and not set(text) & set(' "<>?#@\\')
    if parts.scheme not in ("https", "http") or not parts.hostname or not plain:
        message = f"{text!r} is no address of a site, such as https://record.example/jcm"
        raise argparse.ArgumentTypeError(message)
    return text.rstrip("/")


def _told(found: Exported, folder: Path) -> str:
    where = f"{found.committee}: {folder / found.committee}, {found.entries:,} entries"
    new = f", {found.added:,} of them new" if found.added else ""
    if found.checkpoint is None:
        return f"{where}{new}; no checkpoint is published yet: jcgov publish"
    waiting = found.entries - found.checkpoint
    beyond = f"; {waiting:,} await the next checkpoint" if waiting else ""
    return f"{where}{new}{beyond}"
