"""People are asked to read only texts that look like what they are."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.refusals import HiddenTextError
from policies.texts import require_readable

VALUES = st.recursive(st.none() | st.integers() | st.text(max_size=6), st.lists, max_leaves=5)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Approved, with revisions.",
        "two\nlines",
        "Улаанбаатар хотын дулаан",
        "ᠮᠣᠩᠭᠣᠯ",
        "温室効果ガス",
        "葛\U000e0100城市",
        "ᠠ\u180bᠨ",
        "Độ tin cậy",
        "café",
        "ශ්‍රී ලංකා",
        "မြန်မာ",
        "می‌خواهم",
        "প্রকল্প",
        "المملكة",
        "35 854 tCO₂e – «ok»",
    ],
)
def test_texts_of_the_committees_languages_are_readable(text: str) -> None:
    assert unicodedata.is_normalized("NFC", text)

    require_readable(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("amount \u202e0001", "RIGHT-TO-LEFT OVERRIDE"),
        ("\u2067x\u2069", "RIGHT-TO-LEFT ISOLATE"),
        ("\u200fx", "RIGHT-TO-LEFT MARK"),
        ("10\u200b00", "ZERO WIDTH SPACE"),
        ("\ufeffx", "ZERO WIDTH NO-BREAK SPACE"),
        ("x\u2060y", "WORD JOINER"),
        ("soft\u00adhyphen", "SOFT HYPHEN"),
        ("x\x00", "a control character"),
        ("x\ty", "a control character"),
        ("x\ry", "a control character"),
        ("x\x7f", "a control character"),
        ("x\x1b[31m", "a control character"),
        ("x\u2028y", "LINE SEPARATOR"),
        ("x\u2029y", "PARAGRAPH SEPARATOR"),
        ("x\ue000", "U\\+E000"),
        ("x\U000e0041", "TAG LATIN CAPITAL LETTER A"),
        ("x\u0378", "U\\+0378"),
        ("x\u3164y", "HANGUL FILLER"),
        ("x\u115fy", "HANGUL CHOSEONG FILLER"),
        ("x\u2800y", "BRAILLE PATTERN BLANK"),
        ("a\ufe0f", "VARIATION SELECTOR-16"),
        ("10\U000e013800", "VARIATION SELECTOR-73"),
        ("葛\U000e0100\U000e0101城", "VARIATION SELECTOR-18"),
        ("\ufe00", "VARIATION SELECTOR-1"),
        ("M\u180bN", "MONGOLIAN FREE VARIATION SELECTOR ONE"),
        ("x\u034fy", "COMBINING GRAPHEME JOINER"),
    ],
)
def test_what_nobody_sees_is_refused_by_its_name(text: str, name: str) -> None:
    with pytest.raises(HiddenTextError, match=name):
        require_readable(text)


def test_a_text_that_is_not_composed_is_refused() -> None:
    with pytest.raises(HiddenTextError, match="NFC"):
        require_readable("cafe\u0301")
    require_readable("caf\u00e9")


@pytest.mark.parametrize(
    "text",
    [
        "pay\u200dpal",
        "MN\u200c001",
        "1\u200d0",
        "\u200dශ්",
        "ශ්\u200d",
        "ශ් \u200d ර",
        "ශ්\u200d\u200dර",
        "\u200d",
    ],
)
def test_a_joiner_stands_only_where_a_script_needs_it(text: str) -> None:
    with pytest.raises(HiddenTextError, match="ZERO WIDTH"):
        require_readable(text)


def test_the_refusal_names_the_place() -> None:
    value: Any = {"text": {"en": "fine"}, "items": [{"title": "fine"}, {"title": "x\u200b"}]}

    with pytest.raises(HiddenTextError, match=r"decision\.items\[2\]\.title: character 2"):
        require_readable(value, "decision")


def test_numbers_and_nothing_are_no_texts() -> None:
    require_readable({"a": 1, "b": None, "c": [True, ()]})


@given(VALUES)
def test_any_value_is_readable_or_refused_by_name(value: Any) -> None:
    try:
        require_readable(value)
    except HiddenTextError as refusal:
        said = str(refusal)
    else:
        said = "text: readable"
    assert said.startswith("text")
