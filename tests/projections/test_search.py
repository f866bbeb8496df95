"""Search: every word must occur, however it is written; numbers first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance import assembly
from governance.cli.search import read_search
from governance.demo.stage import Stage, ToldClock, Voice
from governance.settings import Settings
from policies.refusals import UnreadableError
from policies.sides import Committee
from projections.folding import Words, fold, forms
from projections.search import Findable, search
from tests.aggregates.room import MEASURE
from tests.places import Places
from tests.projections import works


@pytest.fixture(scope="module")
def told(places: Places, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    settings = places.make(tmp_path_factory.mktemp("searched") / "home")
    clock = ToldClock(datetime(2026, 1, 5, 2, tzinfo=UTC))
    with assembly.engine(settings, clock) as made:
        room = works.told(Stage(made, clock, Voice(), settings.keys / "people"))
        secret = MEASURE | {"title": "Undecided and secret"}
        room.on("2026-09-02").distribute(secret, text={"en": "A secret of the open text."})
        room.withdraw(room.distribute(MEASURE | {"title": "Withdrawn and secret"}))
        room.imports(
            {
                "decision_date": "2017-10-24",
                "decision_type": "rules_revision",
                "subject_title": "Солонгос Ёс: журам",
            },
            {
                "partner_iso2": "ID",
                "decision_date": "2018-10-24",
                "decision_type": "methodology_approval",
                "subject_id": "ID_AM003",
                "subject_title": "Inverter-Type Air Conditioning",
            },
        )
    yield settings
    places.drop(settings)


def found(settings: Settings, *words: str, **wanted: Any) -> list[tuple[str, str, str]]:
    hits = read_search(settings, list(words), **wanted)
    return [(hit["kind"], hit["number"], hit["found_in"]) for hit in hits]


# What is found


@pytest.mark.parametrize(
    "written", ["ID_AM003", "AM003", "am3", "id am003", "ID-AM3", "idam003", "IDAM3"]
)
def test_a_number_is_found_however_it_is_written(told: Settings, written: str) -> None:
    assert found(told, written)[0] == ("methodology", "ID_AM003", "number")


@pytest.mark.parametrize("written", ["zamyn-üüd", "ZAMYN UUD", "Zamyn Üüd", "uud", "zamyn"])
def test_case_accents_and_punctuation_do_not_matter(told: Settings, written: str) -> None:
    kinds = {(kind, number) for kind, number, _where in found(told, written)}

    assert kinds == {("decision", "JP-MN/2026/002"), ("project", "MN003")}


def test_other_scripts_are_folded_alike(told: Settings) -> None:
    assert found(told, "ЕС", "журам") == [("decision", "JP-MN/H/2017-10-24/meeting", "title")]


def test_every_word_must_occur_in_whatever_order(told: Settings) -> None:
    assert found(told, "darkhan", "school", kinds=["project"]) == [("project", "MN001", "title")]
    assert found(told, "darkhan", "clinic", kinds=["project"]) == []


def test_a_word_is_found_from_its_beginning_not_from_its_middle(told: Settings) -> None:
    assert found(told, "dark", kinds=["project"]) == [("project", "MN001", "title")]
    assert found(told, "arkhan") == []


def test_numbers_stand_first_then_what_is_about_them(told: Settings) -> None:
    assert found(told, "MN001") == [
        ("project", "MN001", "number"),
        ("decision", "JP-MN/2026/007", "subject"),
        ("decision", "JP-MN/2026/003", "subject"),
        ("decision", "JP-MN/2026/002", "subject"),
    ]


def test_a_decision_is_found_by_its_number_its_words_and_who_signed(told: Settings) -> None:
    assert found(told, "2026/004") == [("decision", "JP-MN/2026/004", "number")]
    assert len(found(told, "joint committee decides")) == 7
    assert len(found(told, "ganbaatar", kinds=["decision"])) == 7


def test_people_are_found_with_what_they_are(told: Settings) -> None:
    (hit,) = read_search(told, ["ganbaatar"], kinds=["person"])

    assert (hit["title"], hit["committee"], hit["number"]) == ("Bold Ganbaatar", "JP-MN", "mn-bold")
    assert found(told, "Hara", "co-chair") == [("person", "jp-hara", "text")]


def test_a_committee_alone_can_be_searched(told: Settings) -> None:
    assert found(told, "AM003", committee=Committee("MN")) == []
    assert len(found(told, "AM003", committee=Committee("ID"))) == 2


# What is not


@pytest.mark.parametrize("word", ["secret", "undecided", "withdrawn"])
def test_what_is_not_decided_is_not_found(told: Settings, word: str) -> None:
    assert found(told, word) == []


@pytest.mark.parametrize("word", ["---", "%", "_", "  "])
def test_words_without_a_letter_or_digit_are_refused(told: Settings, word: str) -> None:
    with pytest.raises(UnreadableError, match="no letter and no digit"):
        read_search(told, [word])


def test_an_empty_home_has_nothing_and_stays_absent(tmp_path: Path) -> None:
    assert read_search(Settings(tmp_path / "none", tmp_path / "keys"), ["solar"]) == []
    assert list(tmp_path.iterdir()) == []


# Folding


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("MN_AM003", "mn am003"),
        ("Đồng Nai", "dong nai"),
        ("Straße", "strasse"),
        ("ＳＯＬＡＲ", "solar"),
        ("CO₂", "co2"),
        ("  --  ", ""),
        ("İstanbul", "istanbul"),
    ],
)
def test_a_text_is_folded_to_plain_words(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_scripts_without_blanks_are_found_anywhere() -> None:
    assert Words(["委員会"]).all_in(fold("合同委員会"))
    assert not Words(["mittee"]).all_in(fold("committee"))


@given(st.text(max_size=30))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


TEXTS = st.one_of(
    st.text(max_size=12),
    st.text("aA0-_ /19é", max_size=12),
    st.sampled_from(["MN_AM003", "TPE-MN-010", "JP-MN/2026/007", "MN004", "2026-01-24"]),
)


@given(TEXTS, TEXTS, TEXTS, st.lists(TEXTS, max_size=2))
def test_the_quick_look_never_says_no_to_what_is_found(
    number: str, subject: str, text: str, words: list[str]
) -> None:
    wanted = Words(words or [forms(number).partition(" ")[0]])
    each = Findable("decision", "JP-MN", number, text, None, "signed", (subject,), (text,), ())

    if wanted and search(wanted, [each]):
        assert wanted.may_be_in((number, subject, text))
