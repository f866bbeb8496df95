"""Which rows are a committee's: those of its streams, which stand together in every view's table.

A view's key begins with the stream; so a committee's rows are found without an index of their own,
and no other committee's are looked at.
"""

from __future__ import annotations

OF_COMMITTEE = "stream >= ? AND stream < ?"
"""The condition on a view's rows, with the values of `streams_of`."""


def streams_of(code: str) -> list[str]:
    """Return the first name of a committee's streams, and the first beyond all of them.

    Its own stream bears its code; the others begin with the code and a slash.
    """
    return [code, f"{code}0"]  # "0" follows "/"
