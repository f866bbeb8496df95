"""What a person may be asked to read: texts that look like what they are.

Judged when a text enters and when it is signed, not when an old one is verified.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from policies.refusals import HiddenTextError, UnreadableError

LONGEST = 20_000
"""Characters that a text of somebody who writes to the committee may have."""

_BLANK = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"  # letters and signs without a shape
_JOINERS = "\u200c\u200d"  # needed to write Sinhala, Burmese or Persian; shown by what they join


_MONGOLIAN = "\u180b\u180c\u180d\u180f"  # choose the form of the Mongolian letter before them
_VARIATIONS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Choose the form of the Chinese character before them (personal names in Japan need it)."""


def require_readable(value: Any, where: str = "text") -> None:
    """Refuse a JSON value with a text that is not NFC or holds characters nobody sees.

    Raises `HiddenTextError` with the place and the character's name.
    """
    for place, text in _texts(value, where):
        if text.isascii() and text.isprintable():
            continue
        _require_visible(text, place)


def require_one_line(value: Any, where: str = "text") -> None:
    """Refuse a JSON value with a text of several lines: a title could pass for other lines."""
    for place, text in _texts(value, where):
        if "\n" in text:
            message = f"{place}: the text has several lines; write it on one"
            raise HiddenTextError(message)


def require_said(text: str, where: str = "text", *, at_most: int = LONGEST) -> None:
    """Refuse a text that says nothing, more than people write, or what nobody would see.

    Raises `HiddenTextError`, or `UnreadableError` for one that is blank or longer than `at_most`
    characters.
    """
    require_readable(text, where)
    if not text.strip():
        message = f"{where}: it is empty; say something"
        raise UnreadableError(message)
    if len(text) > at_most:
        message = f"{where}: it has {len(text)} characters; at most {at_most} are taken"
        raise UnreadableError(message)


def written_out(line: str) -> str:
    """Return a line with every character that does not print in its escaped form."""
    return "".join(c if c.isprintable() else f"\\u{{{ord(c):04x}}}" for c in line)


def as_read(text: str) -> str:
    """Return a text as it can be read: where it holds what nobody sees, that is written out."""
    try:
        require_readable(text)
    except HiddenTextError:
        return "\n".join(written_out(line) for line in text.split("\n"))
    return text


def _require_visible(text: str, place: str) -> None:
    if not unicodedata.is_normalized("NFC", text):
        message = f"{place}: the text is not in the composed form NFC; write it anew in NFC"
        raise HiddenTextError(message)
    for index, character in enumerate(text):
        if character == "\n" or (character in _JOINERS and _joins(text, index)):
            continue
        category = unicodedata.category(character)
        if _selects(character):
            if not _varies(character, text[index - 1 : index]):
                _refuse(character, index, place)
        elif category in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} or character in _BLANK:
            _refuse(character, index, place)


def _refuse(character: str, index: int, place: str) -> None:
    name = unicodedata.name(character, "a control character")
    message = (
        f"{place}: character {index + 1} is U+{ord(character):04X} ({name}), which a reader would"
        " not see; remove it"
    )
    raise HiddenTextError(message)


def _selects(character: str) -> bool:
    return character in _MONGOLIAN or _VARIATIONS.match(character) is not None


def _varies(selector: str, before: str) -> bool:
    """Whether a variation selector stands after a character whose form it may choose."""
    name = unicodedata.name(before, "") if before else ""
    if selector in _MONGOLIAN:
        return name.startswith("MONGOLIAN LETTER")
    return name.startswith("CJK ")


def _joins(text: str, index: int) -> bool:
    """Whether a joiner stands between two letters or marks, of a script that may need it."""
    neighbours = (text[index - 1 : index], text[index + 1 : index + 2])
    return all(c and not c.isascii() and unicodedata.category(c)[0] in "LM" for c in neighbours)


def _texts(value: Any, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from _texts(member, f"{where}.{name}")
    elif isinstance(value, list | tuple):
        for number, element in enumerate(value, start=1):
            yield from _texts(element, f"{where}[{number}]")
