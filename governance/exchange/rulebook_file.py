"""A rulebook in a file, as somebody proposes it: a country's TOML, or one rulebook's JSON text."""

from __future__ import annotations

import tomllib

from policies.refusals import NotFoundError, RulebookError, UnreadableError
from policies.rulebook import RulebookText, merge_country, parse_rulebook
from policies.sides import Committee


def read_proposed(data: bytes, what: str, version: str | None = None) -> RulebookText:
    """Read a rulebook that is proposed: a country's TOML, or the JSON text of one rulebook.

    Of a country's file its newest version, or the one that is named. Raises `UnreadableError`,
    `RulebookError`, and `NotFoundError` for a version that the file does not have.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"{what} is not UTF-8 at byte {error.start}"
        raise UnreadableError(message) from None
    try:
        found = _texts(text, what)
    except RecursionError:
        message = f"{what} is nested too deeply to be a rulebook"
        raise RulebookError(message) from None
    if version is None:
        return found[-1]
    for one in found:
        if one.version == version:
            return one
    known = ", ".join(one.version for one in found)
    message = f"{what} has no version {version!r}; there are {known}"
    raise NotFoundError(message)


def _texts(text: str, what: str) -> tuple[RulebookText, ...]:
    if text.lstrip().startswith("{"):
        return (parse_rulebook(text.strip(), what),)
    try:
        country = tomllib.loads(text).get("country")
    except tomllib.TOMLDecodeError as error:
        message = f"{what} is neither a country's TOML nor a rulebook's JSON: {error}"
        raise RulebookError(message) from None
    if not isinstance(country, str):
        message = f'{what} names no country: country = "MN"'
        raise RulebookError(message)
    return merge_country(text, what, Committee.parse(country).partner)
