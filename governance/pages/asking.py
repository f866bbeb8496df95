"""What forms and links of pages ask for: a field that was left empty is not asked."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from governance.http.problems import Problem
from governance.http.questions import Day, whole_number
from projections.folding import Words

MOST_WORDS = 8
"""Each word is looked for in every text."""


def _unless_empty(value: Any) -> Any:
    return None if value == "" else value


_EMPTY = BeforeValidator(_unless_empty)
AskedDay = Annotated[Day | None, _EMPTY]
AskedName = Annotated[Annotated[str, Field(max_length=100)] | None, _EMPTY]
AskedWords = Annotated[Annotated[str, Field(max_length=200)] | None, _EMPTY]
AskedStatus = Annotated[Literal["signed", "historical"] | None, _EMPTY]
PageNumber = Annotated[int, Field(ge=1, le=1_000_000), BeforeValidator(whole_number)]
"""Which page of a list, from 1 on."""


def words_of(text: str | None) -> Words | None:
    """Return what is searched for; raises a `Problem` where nothing could be found by it."""
    if text is None or not text.strip():
        return None
    words = Words(text.split())
    if not words:
        raise Problem(422, "There is no letter and no digit to search for.")
    if len(words.marks) > MOST_WORDS:
        raise Problem(422, f"At most {MOST_WORDS} words can be searched for at once.")
    return words
