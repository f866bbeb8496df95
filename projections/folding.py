"""Texts folded for comparison: case, accents and punctuation do not matter, nor how numbers look.

``AM003``, ``mn am003`` and ``MN-AM3`` all find MN_AM003.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_NOT_WORD = re.compile(r"[\W_]+")
_PLAIN = re.compile(r"[^a-z0-9]+")
_RUN = re.compile(r"[0-9]+|[^0-9 ]+")
_BETWEEN = bytes(c for c in range(128) if not chr(c).isalnum())
_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")
_LETTERS = str.maketrans(
    {"đ": "d", "ð": "d", "ø": "o", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
"""Letters with a stroke, and ligatures, have no accent that could be taken off."""


def fold(text: str) -> str:
    """Return a text as lower-case words with one blank between them, without accents."""
    if text.isascii():
        return _PLAIN.sub(" ", text.lower()).strip()
    apart = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
    bare = "".join(c for c in apart if unicodedata.category(c) != "Mn").casefold()
    return _NOT_WORD.sub(" ", bare).strip()


@lru_cache(maxsize=4096)
def forms(number: str) -> str:
    """Return the ways in which people write a number, each as a word: whole, and without zeros."""
    folded = fold(number)
    parts = [folded, folded.replace(" ", "")]
    parts += [_ZEROS.sub("", part) for part in (folded, folded.replace(" ", ""))]
    return " ".join(dict.fromkeys(parts))


class Words:
    """What is searched for: every one of the words must occur, at the beginning of a word.

    In scripts that put no blanks between words (Japanese, Thai, Lao, Khmer, Burmese and others
    whose letters have no case) it may occur anywhere.
    """

    def __init__(self, texts: list[str]) -> None:
        self.folded = [folded for text in texts for folded in (fold(text),) if folded]
        self._marks = [_mark(folded) for folded in self.folded]
        runs = (run for folded in self.folded for run in _RUN.findall(folded))
        self._runs = [run.lstrip("0").encode("utf-8") for run in runs]

    def __bool__(self) -> bool:
        return bool(self.folded)

    @property
    def whole(self) -> str:
        """All the words as one, as a number would be written."""
        return "".join(self.folded).replace(" ", "")

    @property
    def marks(self) -> tuple[str, ...]:
        """What has to occur, all of it, in a folded text with a blank before it."""
        return tuple(self._marks)

    def all_in(self, folded: str) -> bool:
        """Whether every word occurs in a folded text."""
        text = f" {folded}"
        return all(mark in text for mark in self._marks)

    def may_be_in(self, texts: Iterable[str]) -> bool:
        """Whether every word may occur in texts as they are stored; quick, and never a false no.

        Letters and digits of a word follow each other in the text, whatever stands between.
        """
        raw = " ".join(texts)
        if not raw.isascii():
            return True
        bare = raw.encode("ascii").lower().translate(None, _BETWEEN)
        return all(run in bare for run in self._runs)

    def any_in(self, folded: str) -> bool:
        """Whether one of the words occurs in a folded text."""
        text = f" {folded}"
        return any(mark in text for mark in self._marks)


def _mark(folded: str) -> str:
    cased = all(unicodedata.category(c) != "Lo" for c in folded)
    return f" {folded}" if cased else folded
