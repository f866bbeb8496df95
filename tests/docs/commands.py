"""The commands that the pages name, each held against the command line itself."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))

_START = re.compile(r"(?:^|(?<=[\s(`=]))(?<!-u )(?:\./|/opt/jcgov/)?jcgov (?=[a-z-])")
_QUOTED = re.compile(r"`([^`]+)`")
_ENDS = frozenset({"|", ">", "2>", ">>", "&&", "||", ";", "&"})


class Named(NamedTuple):
    """A command as a page names it: what stands after ``jcgov``."""

    page: str
    words: tuple[str, ...]


def named_in(page: str, text: str) -> Iterator[Named]:
    """Yield the commands of a page's indented or fenced lines, and those in quotes of its prose."""
    fenced = False
    for line in text.replace("\\\n", " ").split("\n"):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif fenced or line.startswith("    "):
            yield from _of(page, line)
    # A quotation may run over the end of a line; blocks hold none.
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    prose = re.sub(r"^ {4}.*$", "", prose, flags=re.MULTILINE)
    for quoted in _QUOTED.findall(prose):
        yield from _of(page, " ".join(quoted.split()))


def _of(page: str, line: str) -> Iterator[Named]:
    places = list(_START.finditer(line.partition(" #")[0]))
    for place in places:
        found = []
        for word in _split(line[place.end() :]):
            if word in _ENDS:
                break
            found.append(word.rstrip(";)"))
            if word.endswith((";", ")")):
                break
        yield Named(page, tuple(found))


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text, comments=True)
    except ValueError:  # an apostrophe of the words beside it
        return text.split()


def wrong_with(parser: argparse.ArgumentParser, named: Named) -> str | None:
    """Return what of a command is not there: its name, or an option; None if all of it is.

    Alternatives with bars between (``transfer|cancel``) are each looked for; an option is there if
    one of them has it.
    """
    reached = [parser]
    words = list(named.words)
    while words:
        word = words.pop(0)
        inner = [_commands(one) for one in reached]
        if word.startswith("-") and word != "-":
            option = word.partition("=")[0].rstrip(",.")
            if not any(option in one._option_string_actions for one in reached):
                return f"{reached[0].prog} has no option {option}"
            if option == "--home":
                words[:1] = []
        elif any(inner) and re.fullmatch(r"[a-z][a-z|-]*", word):
            choices = {name: one for found in inner for name, one in found.items()}
            missing = [name for name in word.split("|") if name not in choices]
            if missing:
                return f"{reached[0].prog} has no command {missing[0]}"
            reached = [choices[name] for name in word.split("|")]
        elif word.startswith("["):
            words[:0] = word.strip("[]").split()
    return None


def _commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}
