"""``jcgov document``: the files of documents, handed out by their digest and checked by it."""

from __future__ import annotations

import argparse
from collections import Counter
from typing import Any

from governance.assembly import documents_of
from governance.cli.arguments import command, json_option, output_option, subcommands, whole_file
from governance.cli.output import print_json, print_table, say
from governance.exchange.document_places import Tree
from policies.proof.canonical import is_digest


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    parser = command(commands, common, "document", "The files of documents, by their SHA-256.")
    inner = subcommands(parser)
    get = command(inner, common, "get", "Write a document to a file, once it is verified.", _get)
    get.add_argument("digest", type=_digest, metavar="DIGEST", help="its SHA-256")
    output_option(get, "the document")
    get.add_argument("--confidential", action="store_true", help="else it is a public one")
    check = command(
        inner, common, "check", "Read every file, and name what is not as it was kept.", _check
    )
    json_option(check)


def _get(options: argparse.Namespace) -> int:
    store = documents_of(options.settings)
    tree: Tree = "confidential" if options.confidential else "public"
    size = 0
    with (
        store.get(options.digest, tree) as pieces,
        whole_file(options.output, private=options.confidential) as file,
    ):
        for piece in pieces:
            size += file.write(piece)
    say(f"{options.output}: {size:,} bytes, verified; {tree}")
    return 0


def _check(options: argparse.Namespace) -> int:
    store = documents_of(options.settings)
    whole: Counter[str] = Counter()
    troubled = []
    for found in store.check():
        if found.state == "whole":
            whole[found.path.partition("/")[0]] += 1
        else:
            troubled.append(found)
    if options.json:
        counts = {"public": whole["public"], "confidential": whole["confidential"]}
        print_json({"place": store.shown, **counts, "troubled": troubled})
    elif troubled:
        rows = [(found.path, found.state, found.says) for found in troubled]
        print_table(f"Documents at {store.shown}", ("path", "state", "what"), rows)
    say(
        f"{store.shown}: {whole['public']:,} public and {whole['confidential']:,} confidential"
        f" documents are whole; {len(troubled):,} other entries"
    )
    return 1 if any(found.state != "unfinished" for found in troubled) else 0


def _digest(text: str) -> str:
    if not is_digest(text):
        message = f"{text!r} is no digest; it has 64 digits of 0-9 and a-f"
        raise argparse.ArgumentTypeError(message)
    return text
