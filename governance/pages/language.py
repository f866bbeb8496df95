"""The languages of the interface: English is what stands in the pages, others are catalogues.

A catalogue is a gettext file (`texts/ja.po`). What a decision says is never translated here: it is
shown in the languages in which it was adopted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from gettext import c2py
from importlib.resources import files

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ENGLISH = "en"
NAMES = {ENGLISH: "English", "ja": "日本語"}
"""Every language of the interface, as it calls itself."""


@dataclass(frozen=True)
class Language:
    """One language of the interface."""

    code: str

    @property
    def name(self) -> str:
        """What the language calls itself."""
        return NAMES[self.code]

    @property
    def prefix(self) -> str:
        """What stands before each path of its pages."""
        return "" if self.code == ENGLISH else f"/{self.code}"

    def gettext(self, text: str) -> str:
        """Return a text of the interface in this language; untranslated it stays English."""
        found = self._string(text)
        return found if isinstance(found, str) else text

    def ngettext(self, one: str, many: str, count: int) -> str:
        """Return the form of a text that fits a count."""
        found = self._string(one)
        if found is None or isinstance(found, str):
            return one if count == 1 else many
        return found[catalogue(self.code).form(count)]

    def _string(self, text: str) -> str | tuple[str, ...] | list[str] | None:
        if self.code == ENGLISH:
            return None
        message = catalogue(self.code).messages.get(text)
        string = None if message is None or message.fuzzy else message.string
        return string or None


class _Read:
    """A catalogue that was read, and which of a text's forms fits a count."""

    def __init__(self, messages: Catalog) -> None:
        self.messages = messages
        self.form: Callable[[int], int] = c2py(messages.plural_expr)


@cache
def catalogue(code: str) -> _Read:
    """Read a language's catalogue, once."""
    with (files("governance.pages") / "texts" / f"{code}.po").open("rb") as file:
        return _Read(read_po(file, locale=code))


LANGUAGES = tuple(Language(code) for code in NAMES)
