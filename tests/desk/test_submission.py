"""What is handed in at the desk is recorded once, with its files; nothing typed is lost."""

from __future__ import annotations

import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from html import unescape
from typing import Any

import pytest

from aggregates.case.state import CaseState
from governance.assembly import documents_of
from policies.cases import CASE_KINDS
from tests.access.browser import Browser, Page
from tests.aggregates.docket import METHODOLOGY
from tests.desk.conftest import HERE, Clerk, FileOf, Office, Sent

NEW = "docket/new"
FORM, SHEET = "proposed_methodology_form", "proposed_methodology_spreadsheet"
KINDS = [kind.name for kind in CASE_KINDS.values() if kind.handed_in]


def submit(clerk: Clerk, kind: str = "methodology_proposal", **told: Any) -> Sent:
    """Fill in the form of a kind and send it."""
    files = told.pop("files", None)
    query = f"?kind={kind}" + ("&idea_note=true" if told.pop("idea_note", False) else "")
    page = clerk.load(f"{NEW}{query}")
    fields = {"title": "Heat pumps in schools", "submitter": "Nomad Energy LLC", "side": "MN"}
    return clerk.send(page, NEW, files, **(fields | told))


def case_of(office: Office, sent: Sent) -> CaseState:
    """Return the case to which a form has led."""
    assert sent.status_code == 303, unescape(sent.text)
    place = sent.headers["location"].removeprefix(f"{HERE}/docket/")
    return office.docket.state(f"JP-MN/C/{int(place):03d}")


def alert(sent: Sent) -> str:
    """Return what a page says went wrong."""
    (found,) = re.findall(r'role="alert">(.*?)</p>', sent.text, re.DOTALL)
    return unescape(str(found))


def count(office: Office) -> int:
    return office.docket.room.state.last_case


def test_a_submission_with_its_files_is_recorded_and_they_are_found_by_digest(
    office: Office, secretary: Clerk
) -> None:
    files: dict[str, FileOf] = {
        "document.0.public": ("форм.pdf", b"%PDF the form"),
        "document.0.confidential": ("../form-full.pdf", b"%PDF the form with the costs"),
        "document.1.public": ("sheet.xlsx", b"PK the sheet"),
        "document.2.confidential": ("letter.pdf", b"a letter"),
    }
    sent = submit(
        secretary,
        files=files,
        received="2026-06-05",
        asks__scopes="1, 3",
        asks__gases="CO2\nCH4",
        asks__accounts__0__side="MN",
        asks__accounts__0__holder="Nomad",
        asks__accounts__0__account="MN-1",
        document__0__version="1.0",
        document__1__version="2.0",
        document__2__kind="supplemental_document",
        document__2__title="A letter",
        document__2__version="1",
    )

    state = case_of(office, sent)
    assert (state.title, state.submitter.name, state.submitter.side) == (
        "Heat pumps in schools",
        "Nomad Energy LLC",
        "MN",
    )
    assert state.opened == date(2026, 6, 5)
    assert state.asks == {
        "scopes": [1, 3],
        "gases": ["CO2", "CH4"],
        "accounts": [{"side": "MN", "holder": "Nomad", "account": "MN-1"}],
    }
    told = [(d.kind, d.title, d.version) for d in state.documents]
    assert told == [
        (FORM, "Proposed methodology form", "1.0"),
        (SHEET, "Proposed methodology spreadsheet", "2.0"),
        ("supplemental_document", "A letter", "1"),
    ]
    first = state.documents[0]
    assert first.public == hashlib.sha256(b"%PDF the form").hexdigest()
    store = documents_of(office.docket.room.stage.engine.settings)
    with store.get(first.confidential or "", "confidential") as pieces:
        assert b"".join(pieces) == b"%PDF the form with the costs"
    assert not store.holds(first.confidential or "", "public")
    public = secretary.browser.load(f"/committees/MN/documents/{first.public}").answer
    assert public.content == b"%PDF the form"


def test_the_same_form_sent_again_goes_to_the_same_case(office: Office, secretary: Clerk) -> None:
    page = secretary.load(f"{NEW}?kind=tpe_designation")
    told = {"title": "Steppe", "submitter": "Steppe", "side": "neither"}

    first, second = (secretary.send(page, NEW, **told) for _ in range(2))

    assert first.headers["location"] == second.headers["location"]
    state = case_of(office, first)
    assert (state.kind_name, state.submitter.side) == ("tpe_designation", None)


def test_the_form_that_was_taken_records_nothing_else_in_silence(
    office: Office, secretary: Clerk
) -> None:
    page, before = secretary.load(f"{NEW}?kind=tpe_designation"), count(office)
    told = {"title": "Steppe", "submitter": "Steppe", "side": "MN"}
    first = secretary.send(page, NEW, **told)

    other = secretary.send(page, NEW, **(told | {"title": "Taiga"}))

    assert other.status_code == 409
    assert f"what it made stands at {first.headers['location']}" in alert(other)
    assert count(office) == before + 1
    assert secretary.send(Page.of(other), NEW).status_code == 303
    assert count(office) == before + 2


def test_of_two_that_come_at_once_one_is_recorded(office: Office) -> None:
    secretary = Clerk(Browser(office.one_loop))
    secretary.browser.sign_in(office.passkeys["mn-tuya"])
    page, before = secretary.load(f"{NEW}?kind=tpe_designation"), count(office)
    told = {"title": "Twice", "submitter": "Twice", "side": "MN"}

    with ThreadPoolExecutor(2) as pool:
        sent = list(pool.map(lambda _: secretary.send(page, NEW, **told), range(2)))

    assert len({answer.headers["location"] for answer in sent}) == 1
    assert count(office) == before + 1


def test_another_form_of_the_same_person_is_another_case(office: Office, secretary: Clerk) -> None:
    before = count(office)
    submit(secretary, "tpe_designation")
    submit(secretary, "tpe_designation")
    assert count(office) == before + 2


def test_an_idea_note_begins_a_project(office: Office, secretary: Clerk) -> None:
    files = {"document.0.public": ("pin.pdf", b"%PDF an idea")}
    sent = submit(secretary, "project", idea_note=True, files=files, document__0__version="1")
    assert case_of(office, sent).stage.value == "idea_note"


def test_what_ended_in_vain_is_offered_to_be_taken_up_again(
    office: Office, secretary: Clerk
) -> None:
    from aggregates.case import decide_papers

    ended = office.docket.submit(METHODOLOGY | {"title": "Stoves"})
    office.docket.step(ended, lambda s, a: decide_papers.find_incomplete(s, a, "No sheet"))
    assert ended in secretary.load(f"{NEW}?kind=methodology_proposal").answer.text
    assert ended not in secretary.load(f"{NEW}?kind=project").answer.text

    state = case_of(office, submit(secretary, supersedes=ended))

    assert state.supersedes == ended


REFUSED: list[tuple[dict[str, Any], int, str]] = [
    ({"title": "  "}, 422, "the title is empty"),
    ({"side": ""}, 422, "say of which side"),
    ({"title": "Heat\u200bpumps"}, 422, "U+200B"),
    ({"received": "2027-01-01"}, 422, "lies in the future"),
    ({"asks__scopes": "one"}, 422, "'one' is no whole number"),
    ({"asks__scopes": "0"}, 422, "0 is none of those that the rulebook"),
    ({"asks__scopes": "3, 17"}, 422, "17 is none of those that the rulebook"),
    ({"document__0__version": "1.0"}, 422, "choose its file"),
    ({"document__2__kind": "pdd"}, 422, "say its version"),
    ({"document__2__title": "A letter"}, 422, "say of which kind"),
    ({"once": "nothing"}, 422, "no word of its own"),
]


@pytest.mark.parametrize(("told", "status", "says"), REFUSED)
def test_what_is_refused_shows_the_form_again_with_all_that_was_typed(
    office: Office, secretary: Clerk, told: dict[str, Any], status: int, says: str
) -> None:
    before = count(office)
    typed = {"submitter": "Ёлка & Co", "asks__gases": "CO2\nSF6 <x>"} | told

    sent = submit(secretary, **typed)

    assert sent.status_code == status
    assert says in alert(sent)
    assert "choose them once more" in sent.text
    again = Page.of(sent).forms[f"{HERE}/{NEW}"]
    kept = {name.replace("__", "."): value for name, value in typed.items() if name != "once"}
    assert {name: again.get(name) for name in kept} == kept
    assert count(office) == before


def test_the_form_that_was_refused_can_be_sent_once_it_is_right(
    office: Office, secretary: Clerk
) -> None:
    refused = submit(secretary, title=" ", asks__scopes="1")
    page = Page.of(refused)

    sent = secretary.send(page, NEW, title="Stoves in yurts")

    state = case_of(office, sent)
    assert (state.title, state.asks) == ("Stoves in yurts", {"scopes": [1]})


@pytest.mark.parametrize(
    ("files", "says"),
    [
        (
            {"document.0.public": ("a", b"same"), "document.0.confidential": ("b", b"same")},
            "the document 'Proposed methodology form'",
        ),
        (
            {"document.0.public": ("/tmp/k.pem", b"-----BEGIN PRIVATE KEY-----\nMC4=\n")},  # noqa: S108 - a name that is sent
            "the public file of 'Proposed methodology form' ('k.pem') holds a private key",
        ),
        (
            {"document.0.confidential": ("a", b"one"), "document.1.public": ("b", b"one")},
            "the document 'Proposed methodology spreadsheet'",
        ),
    ],
)
def test_a_file_that_may_not_be_taken_is_named_as_the_form_names_it(
    office: Office, secretary: Clerk, files: dict[str, FileOf], says: str
) -> None:
    versions = {f"document__{name[9]}__version": "1" for name in files}
    sent = submit(secretary, files=files, **versions)
    assert sent.status_code == 422
    assert says in alert(sent)
    store = documents_of(office.docket.room.stage.engine.settings)
    assert not store.holds(hashlib.sha256(b"same").hexdigest(), "public")


def test_more_rows_are_shown_and_nothing_is_recorded(office: Office, secretary: Clerk) -> None:
    before = count(office)
    told = {f"asks__participants__{n}__name": f"P{n}" for n in range(3)}

    sent = submit(secretary, "project", more="asks.participants", **told)

    assert sent.status_code == 200
    assert 'name="asks.participants.5.name"' in sent.text
    assert 'value="P2"' in sent.text
    assert count(office) == before


@pytest.mark.parametrize("kind", KINDS)
def test_each_kinds_form_asks_what_the_kind_declares(secretary: Clerk, kind: str) -> None:
    page = secretary.load(f"{NEW}?kind={kind}")

    names = set(re.findall(r' name="asks\.([a-z_]+)', page.answer.text))
    assert names == CASE_KINDS[kind].members().keys()
    identifiers = re.findall(r' id="([^"]+)"', page.answer.text)
    assert len(identifiers) == len(set(identifiers))
    labelled = set(re.findall(r'<label for="([^"]+)"', page.answer.text))
    assert labelled <= set(identifiers)


def test_each_kind_can_be_chosen_with_the_documents_that_it_needs_first(secretary: Clerk) -> None:
    text = unescape(secretary.load(NEW).answer.text)

    chosen = set(re.findall(rf'href="{HERE}/docket/new\?kind=([a-z_]+)"', text))
    assert chosen == set(KINDS)
    assert f"{HERE}/docket/new?kind=project&idea_note=true" in text
    assert "Proposed methodology form · Proposed methodology spreadsheet" in text


@pytest.mark.parametrize(
    "query", ["kind=issuance_difference", "kind=none", "kind=tpe_designation&idea_note=true"]
)
def test_what_cannot_be_submitted_has_no_form(secretary: Clerk, query: str) -> None:
    secretary.load(f"{NEW}?{query}", status=404)


def test_a_registrys_officer_submits_nothing(office: Office, secretary: Clerk) -> None:
    page, before = secretary.load(f"{NEW}?kind=tpe_designation"), count(office)
    officer = office.at_desk("mn-registry")
    page.forms[f"{HERE}/{NEW}"]["form"] = officer.browser.load("/desk").forms["/desk/sign-out"][
        "form"
    ]

    sent = officer.send(page, NEW, title="Mine", submitter="Me")

    assert sent.status_code == 403
    assert count(office) == before


def test_gases_on_one_line_are_told_apart(office: Office, secretary: Clerk) -> None:
    state = case_of(office, submit(secretary, asks__gases="CO2, CH4\nN2O", asks__scopes="15"))

    assert list(state.asks["gases"]) == ["CO2", "CH4", "N2O"]


def test_more_rows_are_added_though_none_is_filled_and_each_time(secretary: Clerk) -> None:
    path = f"{NEW}?kind=tpe_designation"
    page, name = secretary.load(path), "asks.validation"
    assert "Files that you have chosen must be chosen again" in page.answer.text

    counts = []
    for _time in range(2):
        page = Page.of(secretary.send(page, NEW, more=name))
        counts.append(
            sum(
                f.startswith(f"{name}.") and f.endswith(".scope")
                for f in page.forms[f"{HERE}/{NEW}"]
            )
        )
    assert counts == [6, 9]
