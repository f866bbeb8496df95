"""Partner countries of a history, real ones and as many more as it needs, with their rulebooks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from itertools import islice, product
from string import ascii_uppercase

from policies.proof.canonical import canonical
from policies.rulebook import RulebookText, countries, merge_country, parse_rulebook, versions
from policies.sides import JAPAN

_INVENTED = """
country = "{code}"
name = "Country {code}"

[[versions]]
version = "{code}-2013"
dated = 2013-01-08
common = "common-1"
generation = {{ value = 1, source = "invented for measuring", status = "unconfirmed" }}
"""


def first_rulebooks(count: int, begins: date) -> tuple[RulebookText, ...]:
    """Return the first rulebooks of that many committees that can be founded on a day.

    The shipped countries come first, then invented ones on the common rules. Raises `ValueError`
    beyond the number of two-letter codes.
    """
    found = tuple(islice(_rulebooks(begins), count))
    if len(found) < count:
        raise ValueError(f"{count} committees need {count} country codes; there are {len(found)}")
    return found


def next_rulebook(text: RulebookText, number: int, day: date) -> RulebookText:
    """Return the next version of a rulebook: of the second generation, with idea notes."""
    value = json.loads(text.text)
    value["version"] = f"{value['country']}-{day.year}-{number}"
    value["dated"] = day.isoformat()
    value["generation"]["value"] = 2
    value["eligibility"]["project_idea_notes"]["value"] = True
    return parse_rulebook(canonical(value).decode("utf-8"))


def _rulebooks(begins: date) -> Iterator[RulebookText]:
    shipped = countries()
    for code in shipped:
        first = versions(code)[0]
        if first.rulebook.dated <= begins:
            yield first
    for letters in product(ascii_uppercase, repeat=2):
        code = "".join(letters)
        if code not in (*shipped, JAPAN):
            yield merge_country(_INVENTED.format(code=code), "an invented country", code)[0]
