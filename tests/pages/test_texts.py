"""Every text of the interface is translated into every language, wholly, and no other is."""

from __future__ import annotations

from typing import get_args

import pytest

from governance.pages import names, rulebook_terms
from governance.pages.language import ENGLISH, LANGUAGES
from policies.figures import Verdict
from policies.items import KINDS
from policies.rulebook import Rulebook
from tests.pages import texts

OTHERS = [language.code for language in LANGUAGES if language.code != ENGLISH]


def test_the_search_for_texts_finds_those_of_templates_and_of_python() -> None:
    found = texts.of_the_pages()

    assert "Skip to the content" in found
    assert "Nothing is there" in found
    assert "Issuance of credits" in found


@pytest.mark.parametrize("code", OTHERS)
def test_each_text_is_translated(code: str) -> None:
    catalogue = texts.catalogue(code)
    translated = {
        message.id
        for message in catalogue
        if message.id and not message.fuzzy and all(_strings(message.string))
    }

    missing = {t: where for t, where in texts.of_the_pages().items() if t not in translated}

    assert missing == {}


@pytest.mark.parametrize("code", OTHERS)
def test_no_translation_is_unused_or_fuzzy_or_there_twice(code: str) -> None:
    catalogue = texts.catalogue(code)
    used = texts.of_the_pages()

    assert [message.id for message in catalogue if message.id and message.id not in used] == []
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []
    assert list(catalogue.obsolete) == []
    assert texts.twice_in(code) == []


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_fills_in_what_the_text_fills_in(code: str) -> None:
    for message in texts.catalogue(code):
        if message.id:
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            wanted = texts.filled_in(str(ids[-1]))
            assert all(texts.filled_in(s) == wanted for s in _strings(message.string)), message.id


def test_every_kind_of_item_and_every_field_of_one_has_a_name() -> None:
    assert names.KIND_NAMES.keys() == KINDS.keys()

    unnamed = {
        name for kind in KINDS.values() for name in texts.fields_of(kind)
    } - names.FIELD_NAMES.keys()
    assert unnamed == set()


def test_every_figure_of_a_rulebook_and_every_part_has_a_name() -> None:
    places = set(texts.figures_of(Rulebook))

    assert rulebook_terms.FIGURES.keys() == places
    assert rulebook_terms.PARTS.keys() == {place.rpartition(".")[0] for place in places}
    assert rulebook_terms.VERDICTS.keys() == set(get_args(Verdict))


def test_a_name_that_nobody_knows_is_shown_as_it_stands() -> None:
    language = LANGUAGES[0]

    assert names.kind_name(language, "project_idea") == "project idea"
    assert names.kind_name(language, "issuance") == "Issuance of credits"


def _strings(found: object) -> list[str]:
    return list(found) if isinstance(found, list | tuple) else [str(found)]
