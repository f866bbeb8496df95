"""Where a command listens, and how often it does something: options of what runs on."""

from __future__ import annotations

import argparse

_LAST_PORT = 65_535


def place_options(parser: argparse.ArgumentParser, usual: int) -> None:
    """Take ``--host`` and ``--port``."""
    parser.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="else 127.0.0.1")
    parser.add_argument(
        "--port", type=port, default=usual, metavar="P", help=f"else {usual}; 0: any that is free"
    )


def port(text: str) -> int:
    """Read a port, for argparse."""
    if not (text.isascii() and text.isdigit() and int(text[:9]) <= _LAST_PORT):
        message = f"{text!r} is no whole number from 0 to {_LAST_PORT}"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def seconds(text: str) -> float:
    """Read a pause, for argparse."""
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0.05 <= found <= 86_400:
        message = f"{text!r} is no pause; write seconds, from 0.05 to 86400"
        raise argparse.ArgumentTypeError(message)
    return found
