"""The docket at the desk: what awaits whom, for who keeps it and for nobody else."""

from __future__ import annotations

import re

import pytest

from governance.pages.desk import docket_terms
from policies.cases import LIFECYCLES
from policies.lifecycles.cases import AWAITS
from projections.docket import NEXT
from tests.aggregates.docket import ENTITY, METHODOLOGY, PAPERS, REQUEST
from tests.desk.conftest import HERE, Clerk, Office


@pytest.fixture(scope="module")
def cases(office: Office) -> dict[str, str]:
    """One case that awaits the secretariat, one the public, one an entity, and one that ended."""
    docket = office.docket
    found = {
        "entity": docket.submit(ENTITY),
        "methodology": docket.submit(METHODOLOGY, PAPERS),
        "request": docket.submit(REQUEST),
        "ended": docket.submit(ENTITY | {"title": "Altai Audits <b>&"}),
    }
    docket.complete(found["methodology"])
    docket.publish(found["methodology"])
    from aggregates.case import decide_papers

    docket.step(found["ended"], lambda s, a: decide_papers.withdraw(s, a, "No money"))
    return found


def shown(clerk: Clerk, query: str = "") -> list[str]:
    """Return the cases that a list links to, in its order."""
    text = clerk.load(f"docket{query}").answer.text
    return re.findall(rf'<a href="{HERE}/docket/(\d+)"', text)


def test_the_list_has_what_the_docket_has_with_who_is_awaited_and_until_when(
    cases: dict[str, str], secretary: Clerk
) -> None:
    page = secretary.load("docket").answer.text

    assert shown(secretary) == ["2", "1", "3"]
    assert "the public: give inputs" in page
    assert "the secretariat: check whether the papers are complete" in page
    assert "14 days left" in page
    assert f'href="{HERE}/docket/new"' in page


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("?awaits=secretariat", ["1"]),
        ("?awaits=third-party%20entity", ["3"]),
        ("?kind=methodology_proposal", ["2"]),
        ("?q=pm001", ["2"]),
        ("?q=heat+boilers", []),
        ("?ended=true", ["2", "1", "3", "4"]),
        ("?ended=true&q=altai", ["4"]),
        ("?overdue=true", []),
        ("?overdue=true&on=2027-01-01", ["2"]),
        ("?on=2026-07-01&overdue=true", []),
        ("?on=&awaits=&kind=&q=", ["2", "1", "3"]),
    ],
)
def test_the_address_says_what_is_shown(
    cases: dict[str, str], secretary: Clerk, query: str, places: list[str]
) -> None:
    assert shown(secretary, query) == places


@pytest.mark.parametrize("query", ["?who=me", "?overdue=yes", "?on=yesterday", "?page=0"])
def test_a_question_that_is_none_is_refused(secretary: Clerk, query: str) -> None:
    secretary.load(f"docket{query}", status=422)


def test_a_page_beyond_the_last_is_not_there(cases: dict[str, str], secretary: Clerk) -> None:
    secretary.load("docket?page=2", status=404)


def test_a_title_is_text_and_no_markup(cases: dict[str, str], secretary: Clerk) -> None:
    assert "Altai Audits &lt;b&gt;&amp;" in secretary.load("docket?ended=true").answer.text


def test_it_speaks_japanese_too(cases: dict[str, str], secretary: Clerk) -> None:
    text = secretary.load(f"/ja{HERE}/docket").answer.text
    assert "書類が揃っているか確認する" in text
    assert f'href="/ja{HERE}/docket/1"' in text


@pytest.mark.parametrize("person", ["jp-hara", "mn-dorj", "jp-kato", "mn-last"])
def test_whoever_keeps_the_docket_sees_it_on_either_side(office: Office, person: str) -> None:
    office.at_desk(person).load("docket")


@pytest.mark.parametrize(
    "path", ["docket", "docket/new", "docket/new?kind=project", "docket/1", "docket/999"]
)
def test_a_registrys_officer_sees_nothing_of_it(
    cases: dict[str, str], office: Office, path: str
) -> None:
    page = office.at_desk("mn-registry").load(path, status=403)
    assert "neither secretary nor in the committee" in page.answer.text
    assert "Steppe" not in page.answer.text


@pytest.mark.parametrize("path", ["docket", "docket/new", "docket/1"])
def test_nobody_in_particular_is_asked_to_sign_in(office: Office, path: str) -> None:
    from tests.access.conftest import another

    Clerk(another(office.desk)).load(path, status=401)


def test_every_name_of_the_docket_has_words_for_people() -> None:
    kinds_of_lifecycle = {lifecycle.name for lifecycle in LIFECYCLES}
    assert kinds_of_lifecycle == docket_terms.GROUPS.keys()
    assert set(AWAITS.values()) == docket_terms.AWAITED.keys()
    assert set(NEXT.values()) == docket_terms.NEXT.keys()


def test_a_secretarys_term_ends_with_its_day(office: Office, cases: dict[str, str]) -> None:
    clock = office.docket.room.stage.clock
    before = clock.now
    try:
        clock.tell("2026-06-08 15:59")  # a minute before midnight in Ulaanbaatar
        clerk = office.at_desk("mn-last")
        clerk.load("docket")
        clock.tell("2026-06-08 16:00")
        clerk.load("docket", status=401)
    finally:
        clock.now = before


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("C1: missing are pdd, own_form (JCM 1)", "C1: missing are {pdd}, own form (JCM 1)"),
        ("C1: documents[1].title: U+200B", "C1: the title of document 1: U+200B"),
        (
            "C1 is public input; table is not possible there (possible: file, withdraw)",
            "C1 is open for public inputs; “Lay it on the table” is not possible there"
            " (possible: File documents, Record that it is taken back)",
        ),
        ("nothing of ours", "nothing of ours"),
    ],
)
def test_a_refusal_is_read_in_the_words_of_the_pages(said: str, read: str) -> None:
    from governance.pages.desk.docket_terms import plainly
    from governance.pages.language import LANGUAGES
    from policies.document_kinds import DOCUMENT_KINDS

    assert plainly(LANGUAGES[0], said) == read.format(pdd=DOCUMENT_KINDS["pdd"].title)
