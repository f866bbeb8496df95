"""Who of a roster may be meant by a name that the roster does not know."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

from policies.proof.roster import Person

CLOSE = 0.7
"""From which ratio on two words are alike; a slip of one letter in five is."""
_MOST = 3
_SHORT = 3
"""Letters below which a word, such as a side's code, tells nobody apart."""


def similar(people: Iterable[Person], typed: str) -> list[Person]:
    """Return the few people, the likeliest first, whose name or whose name in the roster is alike.

    A word of the one must be like a word of the other.
    """
    words = _words(typed)
    rated = [
        (max((_alike(a, b) for a in words for b in _words(f"{p.person} {p.name}")), default=0.0), p)
        for p in people
    ]
    close = [found for found in rated if found[0] >= CLOSE]
    return [p for _rate, p in sorted(close, key=lambda found: -found[0])[:_MOST]]


def _words(text: str) -> list[str]:
    return [word for word in re.findall(r"\w+", text.casefold()) if len(word) >= _SHORT]


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()
