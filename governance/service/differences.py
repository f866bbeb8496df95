"""What differs between two texts: line by line, and within a line word by word.

Nothing is lost of either: what is the same or gone, put together, is the old text, and what is the
same or new is the new one. Words are compared within lines that are alike; other lines are shown
whole, the old one before the new one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

Kind = Literal["same", "gone", "new"]
_WORDS = re.compile(
    # Scripts without spaces between words: character by character.
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
    "|[^\\W\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+"
    "|\\s+|.",
    re.DOTALL,
)
_ALIKE = 0.5
"""Lines that share less than this of their words are another line, not a changed one."""
_MOST_LINES = 1_500
"""Of what differs between two texts; more is shown as gone and new, without looking for more."""
_MOST_WORDS = 400
"""Of a line whose words are compared."""
_MOST_PAIRS = 3_000_000
"""Of words that are held against each other between two texts; then lines are shown whole."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line: in both texts, in the old one alone, or in the new one alone."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of either text or, changed, of both."""

    pieces: tuple[Piece, ...]
    old: bool
    new: bool

    @property
    def changed(self) -> bool:
        """Whether the texts differ here."""
        return not (self.old and self.new) or any(p.kind != "same" for p in self.pieces)


@dataclass(frozen=True, slots=True)
class Skipped:
    """So many lines that are the same in both."""

    count: int


@lru_cache(maxsize=256)
def lines(old: str, new: str) -> tuple[Line, ...]:
    """Return every line of two texts, in order."""
    return tuple(_lines(old.split("\n"), new.split("\n")))


def words(old: str, new: str) -> tuple[Piece, ...]:
    """Return the pieces of two short texts, which are shown on one line."""
    return tuple(_merged(_words(old, new, _Patience())))


class _Patience:
    """How many pairs of words may still be looked at."""

    left = _MOST_PAIRS

    def has(self, old: int, new: int) -> bool:
        """Take the pairs of two lines of so many words; false where there are too many."""
        if max(old, new) > _MOST_WORDS or old * new > self.left:
            return False
        self.left -= old * new
        return True


def around(found: Sequence[Line], context: int = 2) -> list[Line | Skipped]:
    """Return what changed, with so many lines before and after it; the others are counted."""
    near = set[int]()
    for place, line in enumerate(found):
        if line.changed:
            near.update(range(place - context, place + context + 1))
    shown: list[Line | Skipped] = []
    skipped = 0
    for place, line in enumerate(found):
        if place not in near:
            skipped += 1
            continue
        shown += [Skipped(skipped)] if skipped else []
        skipped = 0
        shown.append(line)
    return [*shown, Skipped(skipped)] if skipped else shown


def before(found: Sequence[Line]) -> str:
    """Return the old text."""
    return "\n".join(_without(line, "new") for line in found if line.old)


def after(found: Sequence[Line]) -> str:
    """Return the new text."""
    return "\n".join(_without(line, "gone") for line in found if line.new)


def _without(line: Line, kind: Kind) -> str:
    return "".join(piece.text for piece in line.pieces if piece.kind != kind)


def _lines(old: list[str], new: list[str]) -> Iterator[Line]:
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    yield from map(_same, old[:head])
    yield from _between(old[head : len(old) - tail], new[head : len(new) - tail])
    yield from map(_same, old[len(old) - tail :])


def _alike(old: Sequence[str], new: Sequence[str]) -> int:
    """Return how many lines are the same from the beginning."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(old), len(new)))


def _between(old: list[str], new: list[str]) -> Iterator[Line]:
    if max(len(old), len(new)) > _MOST_LINES:
        yield from map(_gone, old)
        yield from map(_new, new)
        return
    patience = _Patience()
    for what, i, j, k, m in SequenceMatcher(None, old, new).get_opcodes():
        if what == "equal":
            yield from map(_same, old[i:j])
        else:
            yield from _replaced(old[i:j], new[k:m], patience)


def _replaced(old: list[str], new: list[str], patience: _Patience) -> Iterator[Line]:
    """Pair the lines of a stretch in order; one that is unlike its partner is another line."""
    for one, other in zip(old, new, strict=False):
        pieces = tuple(_merged(_words(one, other, patience)))
        shared = sum(len(piece.text) for piece in pieces if piece.kind == "same")
        if 2 * shared >= _ALIKE * (len(one) + len(other)):
            yield Line(pieces, old=True, new=True)
        else:
            yield from (_gone(one), _new(other))
    paired = min(len(old), len(new))
    yield from map(_gone, old[paired:])
    yield from map(_new, new[paired:])


def _words(old: str, new: str, patience: _Patience) -> Iterator[Piece]:
    ours, theirs = _WORDS.findall(old), _WORDS.findall(new)
    if not patience.has(len(ours), len(theirs)):
        yield from (Piece("gone", old), Piece("new", new))
        return
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    for _what, i, j, k, m in matcher.get_opcodes():
        gone, came = "".join(ours[i:j]), "".join(theirs[k:m])
        yield from (
            (Piece("same", gone),)
            if gone == came
            else (
                Piece("gone", gone),
                Piece("new", came),
            )
        )


def _merged(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Yield what is gone and what is new of each stretch once; a lone blank parts no stretches."""
    found = [piece for piece in pieces if piece.text]
    gone = new = ""
    for place, piece in enumerate(found):
        parts = piece.text.strip() or place in (0, len(found) - 1) or not (gone or new)
        if piece.kind == "same" and parts:
            yield from _stretch(gone, new)
            gone = new = ""
            yield piece
        else:
            gone += piece.text if piece.kind != "new" else ""
            new += piece.text if piece.kind != "gone" else ""
    yield from _stretch(gone, new)


def _stretch(gone: str, new: str) -> Iterator[Piece]:
    if gone:
        yield Piece("gone", gone)
    if new:
        yield Piece("new", new)


def _same(line: str) -> Line:
    return Line((Piece("same", line),), old=True, new=True)


def _gone(line: str) -> Line:
    return Line((Piece("gone", line),), old=True, new=False)


def _new(line: str) -> Line:
    return Line((Piece("new", line),), old=False, new=True)
