"""QR codes of digests, for a terminal and for paper; a code holds the groups and nothing else."""

from __future__ import annotations

import io

import segno

from governance.service.spoken import in_groups

_WHITE_ON_BLACK = "\x1b[97;40m"
_AS_BEFORE = "\x1b[0m"


def on_terminal(digest: str, *, coloured: bool) -> str:
    """Return the code in half blocks; `coloured`: white on black, whatever the terminal's own."""
    written = io.StringIO()
    _code(digest).terminal(written, compact=True)
    lines = written.getvalue().rstrip("\n").split("\n")
    if coloured:
        lines = [f"{_WHITE_ON_BLACK}{line}{_AS_BEFORE}" for line in lines]
    return "\n".join(lines)


def as_svg(digest: str, what: str) -> bytes:
    """Return the code as an SVG image, which says what it is of."""
    written = io.BytesIO()
    _code(digest).save(written, kind="svg", scale=4, light="white", title=what, desc=digest)
    return written.getvalue()


def _code(digest: str) -> segno.QRCode:
    return segno.make_qr(in_groups(digest), error="m")
