"""What a docket refuses of what is handed in, by name; nothing of it is recorded."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from aggregates.case import decide_papers
from aggregates.case.events import Submitter
from governance.service.cases import Submission, read_submission
from policies.documents import Document
from policies.refusals import (
    DocumentError,
    HiddenTextError,
    NotFoundError,
    PapersMissingError,
    Refusal,
    StepDateError,
    StepNotAllowedError,
    UnreadableError,
)
from tests.aggregates.docket import (
    CHANGE,
    HIDDEN,
    METHODOLOGY,
    PAPERS,
    PROJECT,
    REQUEST,
    Docket,
    document,
)

ZERO_WIDTH = "U\\+200B"


# What is handed in


@pytest.mark.parametrize(
    ("more", "refusal", "match"),
    [
        (
            {"kind": "methodology"},
            NotFoundError,
            "'methodology' is no kind of case that is handed in",
        ),
        ({"kind": "jc_meeting"}, NotFoundError, "no kind of case"),
        ({"committee": "XX"}, NotFoundError, "JP-XX is not founded here"),
        ({"committee": "Mongolia"}, UnreadableError, "Mongolia"),
        ({"committee": "ID"}, NotFoundError, "JP-ID is not founded here"),
        ({"title": ""}, UnreadableError, "submission.title is empty"),
        ({"title": HIDDEN}, HiddenTextError, ZERO_WIDTH),
        ({"title": "Heat pumps\nand boilers"}, HiddenTextError, "several lines"),
        ({"submitter": {"name": HIDDEN}}, HiddenTextError, ZERO_WIDTH),
        ({"submitter": {"name": " "}}, UnreadableError, "submission.submitter.name is empty"),
        ({"asks": {"number": "MN_AM009"}}, UnreadableError, "asks.number is nothing that"),
        ({"asks": {"proposed": "MN_PM001"}}, UnreadableError, "asks.proposed is nothing that"),
        ({"asks": {"result": "approved"}}, UnreadableError, "asks.result is nothing that"),
        ({"asks": {"scopes": "1"}}, UnreadableError, "asks.scopes is not well formed"),
        ({"asks": {"scopes": [0]}}, UnreadableError, "asks.scopes is not well formed"),
        ({"asks": {"scopes": [1.5]}}, UnreadableError, "asks.scopes is not well formed"),
        ({"asks": {"version": HIDDEN}}, HiddenTextError, ZERO_WIDTH),
        ({"received": date(2026, 6, 9)}, StepDateError, "2026-06-09 lies in the future"),
        ({"idea_note": True}, StepNotAllowedError, "submit idea note is not possible"),
        ({"supersedes": "C7"}, NotFoundError, "no case 'C7' of JP-MN"),
    ],
)
def test_a_submission_that_cannot_be(
    docket: Docket, more: dict[str, Any], refusal: type[Refusal], match: str
) -> None:
    content = {"committee": "MN"} | METHODOLOGY | more
    content["submitter"] = Submitter(**content["submitter"])

    with docket.refuses(refusal, match):
        docket.cases.submit(Submission(**content), PAPERS, docket.by)


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        {"committee": "MN"},
        METHODOLOGY,
        METHODOLOGY | {"committee": "MN", "stage": "approved"},
        METHODOLOGY | {"committee": "MN", "submitter": "Nomad"},
        METHODOLOGY | {"committee": "MN", "submitter": {"name": "Nomad", "side": 1}},
        METHODOLOGY | {"committee": "MN", "received": "2026-02-30"},
        METHODOLOGY | {"committee": "MN", "asks": [1]},
    ],
)
def test_a_submission_that_is_no_submission(content: Any) -> None:
    with pytest.raises(UnreadableError, match="the submission is not well formed"):
        read_submission(content)


@pytest.mark.parametrize(
    ("content", "member"),
    [(REQUEST, "monitoring_period"), (REQUEST, "project"), (CHANGE, "project")],
)
def test_a_submission_without_what_its_kind_is_about(
    docket: Docket, content: dict[str, Any], member: str
) -> None:
    asks = {name: value for name, value in content["asks"].items() if name != member}

    with docket.refuses(UnreadableError, f"asks.{member} is missing"):
        docket.submit(content | {"asks": asks})


def test_an_idea_note_without_its_form(docket: Docket) -> None:
    with docket.refuses(PapersMissingError, "missing are project_idea_note"):
        docket.submit(PROJECT, idea_note=True)


SECRET = document("pdd", confidential=True)


@pytest.mark.parametrize(
    ("papers", "refusal", "match"),
    [
        ([document("pdd"), document("pdd")], DocumentError, "is listed already"),
        (
            [
                SECRET,
                Document(kind="pdd", title="Annex", version="1.0", public=SECRET.confidential),
            ],
            DocumentError,
            "cannot be both",
        ),
        (
            [Document(kind="pdd", title=HIDDEN, version="1.0", public="0" * 64)],
            HiddenTextError,
            ZERO_WIDTH,
        ),
    ],
)
def test_papers_that_cannot_be_listed(
    docket: Docket, papers: list[Document], refusal: type[Refusal], match: str
) -> None:
    with docket.refuses(refusal, match):
        docket.submit(PROJECT, papers)


def test_a_file_that_is_confidential_is_not_filed_as_public_later(docket: Docket) -> None:
    case = docket.submit(PROJECT, [SECRET])
    shown = Document(kind="pdd", title="Annex", version="1.0", public=SECRET.confidential)

    with docket.refuses(DocumentError, "cannot be both"):
        docket.step(case, lambda s, a: decide_papers.file(s, a, [shown]))


def test_no_paper_where_papers_are_filed(docket: Docket, proposed: str) -> None:
    with docket.refuses(PapersMissingError, "no document is named"):
        docket.step(proposed, lambda s, a: decide_papers.file(s, a, []))


def test_a_submitter_of_neither_side_says_so(docket: Docket) -> None:
    with docket.refuses(UnreadableError, "submitter.side is 'ID'; write JP or MN, or null"):
        docket.submit(METHODOLOGY | {"submitter": {"name": "Nomad", "side": "ID"}})
    case = docket.submit(METHODOLOGY | {"submitter": {"name": "Nomad"}})
    assert docket.state(case).submitter.side is None


# What is taken up again


def test_a_case_that_is_open_is_not_taken_up_again(docket: Docket, proposed: str) -> None:
    with docket.refuses(StepNotAllowedError, "is still open"):
        docket.submit(METHODOLOGY, PAPERS, supersedes=proposed)


def test_a_case_that_was_granted_is_not_taken_up_again(docket: Docket) -> None:
    case = docket.assessed()
    docket.decide(case)

    with docket.refuses(StepNotAllowedError, "is approved; what ended in vain"):
        docket.submit(METHODOLOGY, PAPERS, supersedes=case)


def test_a_case_of_another_kind_is_not_taken_up_again(docket: Docket, proposed: str) -> None:
    docket.step(proposed, lambda s, a: decide_papers.withdraw(s, a, "No money"))

    with docket.refuses(StepNotAllowedError, "is a proposed methodology, not a project"):
        docket.submit(PROJECT, supersedes=proposed)
