"""``jcgov key``: keys of people, made where they are used."""

from __future__ import annotations

import argparse
import getpass
import warnings
from pathlib import Path
from typing import Any

from governance.cli.arguments import command, output_option, subcommands
from governance.cli.output import say
from governance.keys.files import PrivateKey, is_encrypted, read_public, read_small
from policies.refusals import KeyFileError

SHORTEST = 8
"""Characters of a password, at least."""


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    parser = command(commands, common, "key", "Private keys in files, and their public records.")
    inner = subcommands(parser)
    new = command(inner, common, "new", "Make a key; its file is encrypted.", _new)
    output_option(new, "the private key")
    new.add_argument(
        "--scheme", choices=["ed25519", "p256"], default="ed25519", help="else ed25519"
    )
    new.add_argument("--password-file", type=Path, metavar="FILE", help="else it is asked for")
    new.add_argument(
        "--unencrypted", action="store_true", help="write it in the clear; for rehearsals only"
    )
    show = command(inner, common, "show", "Show a public record's key id.", _show)
    show.add_argument("file", type=Path, metavar="KEY.pub.json")


def _new(options: argparse.Namespace) -> int:
    password = None if options.unencrypted else _new_password(options.password_file)
    key = PrivateKey.new(options.scheme)
    public = key.save(options.output, password)
    say(f"Private key: {options.output} (keep it; it is never sent anywhere)")
    if password is None:
        say("It is NOT encrypted: whoever reads the file can sign.")
    print(f"{key.record.keyid}  {key.record.scheme}  {public}")
    return 0


def _show(options: argparse.Namespace) -> int:
    record = read_public(options.file)
    print(f"{record.keyid}  {record.scheme}")
    return 0


def open_key(file: Path, password_file: Path | None) -> PrivateKey:
    """Open a private key, asking for its password where it has one."""
    if not is_encrypted(file):
        return PrivateKey.load(file, None)
    if password_file is not None:
        return PrivateKey.load(file, _from_file(password_file))
    return PrivateKey.load(file, _prompt(f"Password of {file}: "))


def _new_password(password_file: Path | None) -> bytes:
    if password_file is not None:
        password = _from_file(password_file)
    else:
        password = _prompt(f"New password (at least {SHORTEST} characters): ")
        if _prompt("Once more: ") != password:
            message = "the two passwords differ; nothing was written"
            raise KeyFileError(message)
    if len(password) < SHORTEST:
        message = f"a password has at least {SHORTEST} characters; nothing was written"
        raise KeyFileError(message)
    return password


def _from_file(file: Path) -> bytes:
    password = read_small(file).rstrip(b"\r\n")
    if not password:
        message = f"{file} holds no password"
        raise KeyFileError(message)
    return password


def _prompt(text: str) -> bytes:
    message = "nobody is there to be asked for the password; give --password-file"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", getpass.GetPassWarning)  # it would read aloud from stdin
            return getpass.getpass(text).encode("utf-8")
    except (getpass.GetPassWarning, EOFError, OSError):
        raise KeyFileError(message) from None
