"""``jcgov key``: keys of people, made where they are used; and opening them, wherever they lie."""

from __future__ import annotations

import argparse
import getpass
import warnings
from pathlib import Path
from typing import Any

from governance.cli.arguments import (
    command,
    key_place,
    output_option,
    password_option,
    subcommands,
    write_file,
)
from governance.cli.output import say
from governance.keys.files import SCHEMES, PrivateKey, is_encrypted, read_public, read_small
from governance.keys.signer import Signer
from governance.keys.uri import TokenUri
from policies.proof.canonical import canonical
from policies.refusals import KeyFileError

SHORTEST = 8
"""Characters of a password, at least."""


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    parser = command(commands, common, "key", "Private keys, and their public records.")
    inner = subcommands(parser)
    new = command(inner, common, "new", "Make a key; its file is encrypted.", _new)
    output_option(new, "the private key")
    new.add_argument("--scheme", choices=SCHEMES, default="ed25519", help="else ed25519")
    password_option(new)
    new.add_argument(
        "--unencrypted", action="store_true", help="write it in the clear; for rehearsals only"
    )
    show = command(
        inner, common, "show", "Show a key's id; write a token key's public record.", _show
    )
    show.add_argument("key", type=key_place, metavar="KEY.pub.json|pkcs11:…")
    show.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="where the public record goes"
    )
    password_option(show)


def _new(options: argparse.Namespace) -> int:
    password = None if options.unencrypted else new_password(options.password_file)
    key = PrivateKey.new(options.scheme)
    public = key.save(options.output, password)
    say(f"Private key: {options.output} (keep it; it is never sent anywhere)")
    if password is None:
        say("It is NOT encrypted: whoever reads the file can sign.")
    print(f"{key.record.keyid}  {key.record.scheme}  {public}")
    return 0


def _show(options: argparse.Namespace) -> int:
    if isinstance(options.key, TokenUri):
        record = open_key(options.key, options.password_file).record
    else:
        record = read_public(options.key)
    if options.output is not None:
        write_file(options.output, canonical(record.to_json(), "the key record"))
        say(f"Public record: {options.output}; the authority appoints it with add-key.")
    print(f"{record.keyid}  {record.scheme}")
    return 0


def open_key(place: Path | TokenUri, password_file: Path | None) -> Signer:
    """Open a private key, asking for its password, or its token's PIN, where it has one."""
    if isinstance(place, TokenUri):
        return _open_token(place, password_file)
    return PrivateKey.load(place, password_of(place, password_file))


def password_of(file: Path, password_file: Path | None) -> bytes | None:
    """Return the password of a key file, asking for it where it has one and no file holds it."""
    if not is_encrypted(file):
        return None
    if password_file is not None:
        return _from_file(password_file)
    return _prompt(f"Password of {file}: ")


def _open_token(uri: TokenUri, password_file: Path | None) -> Signer:
    from governance.keys.token import TokenKey

    def pin(whose: str) -> str:
        told = (
            _prompt(f"PIN of {whose}: ", "PIN")
            if password_file is None
            else _from_file(password_file)
        )
        try:
            return told.decode("utf-8")
        except UnicodeDecodeError:
            message = f"{password_file} holds no PIN: it is no UTF-8"
            raise KeyFileError(message) from None

    return TokenKey(uri, pin)


def new_password(password_file: Path | None) -> bytes:
    """Return the password of a key that is made, asking for it where no file holds it."""
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
        message = f"{file} holds no password or PIN"
        raise KeyFileError(message)
    return password


def _prompt(text: str, what: str = "password") -> bytes:
    message = f"nobody is there to be asked for the {what}; give --password-file"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", getpass.GetPassWarning)  # it would read aloud from stdin
            return getpass.getpass(text).encode("utf-8")
    except (getpass.GetPassWarning, EOFError, OSError):
        raise KeyFileError(message) from None
