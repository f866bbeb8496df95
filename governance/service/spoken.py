"""A digest as two people compare it: groups of four digits, read aloud or scanned from a screen.

All 256 bits are compared. Whoever wrote a text could prepare two that agree in a shorter form.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies.refusals import UnreadableError

_DIGITS = 64
_GROUP = 4
_ON_A_LINE = 8


def groups(digest: str) -> list[str]:
    """Return the sixteen groups of a digest, each of four hexadecimal digits."""
    return [digest[place : place + _GROUP] for place in range(0, len(digest), _GROUP)]


def in_groups(digest: str) -> str:
    """Return a digest on one line, as a QR code holds it."""
    return " ".join(groups(digest))


def group_lines(digest: str) -> Iterator[str]:
    """Yield the two lines that are read aloud."""
    all_of_them = groups(digest)
    for place in range(0, len(all_of_them), _ON_A_LINE):
        yield " ".join(all_of_them[place : place + _ON_A_LINE])


def heard(text: str) -> str:
    """Return the digest that somebody typed in, in any spacing and case.

    Raises `UnreadableError` for anything but a whole digest: a part of it proves nothing.
    """
    digest = "".join(text.split()).lower()
    if not digest.isascii() or digest.strip("0123456789abcdef"):
        message = "what was heard is no digest: it has digits 0 to 9 and letters a to f alone"
        raise UnreadableError(message)
    if len(digest) != _DIGITS:
        message = (
            f"what was heard has {len(digest)} digits, a digest has {_DIGITS}: sixteen groups of"
            " four; compare all of them"
        )
        raise UnreadableError(message)
    return digest


def differences(here: str, there: str) -> list[str]:
    """Return the groups in which two digests differ, counted from 1; empty if they are one."""
    pairs = zip(groups(here), groups(there), strict=True)
    return [
        f"group {number}: {ours} here, {theirs} there"
        for number, (ours, theirs) in enumerate(pairs, start=1)
        if ours != theirs
    ]
