"""A clerical slip is corrected in the open: by its own side, and only while nobody relies on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

import pytest

from aggregates.case import decide_audit, decide_inputs, decide_papers
from aggregates.case.events import EVENTS, CaseEvent, CaseSubmitted, SlipCorrected
from aggregates.case.evolve import evolve
from aggregates.case.slips import CORRECTABLE, as_they_stand, members_of
from aggregates.case.state import CaseState
from governance.service.slips import correct_slip, correctable
from policies.refusals import (
    DocumentError,
    HiddenTextError,
    NotASlipError,
    NotEntitledError,
    NotFoundError,
    ReliedOnError,
    StepDateError,
    StepNotAllowedError,
    UnreadableError,
)
from tests.aggregates.docket import METHODOLOGY, PROJECT, Docket, document, documents
from tests.aggregates.room import Room

PAPERS = ("proposed_methodology_form", "proposed_methodology_spreadsheet")


@pytest.fixture
def docket(room: Room) -> Docket:
    """The docket, with a secretary of each side."""
    room.appoint("JP", *room.seat("jp-sato", "Sato Yuki", ("secretary",)))
    room.appoint("MN", *room.seat("mn-naran", "Naran Tuya", ("secretary",)))
    return Docket(room)


@pytest.fixture
def case(docket: Docket) -> str:
    """A proposed methodology: submitted (1), complete (2), published (3), commented (4)."""
    case = docket.submit(METHODOLOGY, documents(*PAPERS))
    docket.on("2026-01-07").complete(case)
    docket.publish(case)
    docket.on("2026-01-09").comment(case, "Ulaanbatar Forum", "The refernce is too high.")
    return case


def fix(
    docket: Docket,
    case: str,
    entry: int = 1,
    member: str = "title",
    says: str = "Heat pumps in all schools",
    *,
    by: str | None = "jp-mori",
    reason: str = "A typing error.",
) -> CaseState:
    return correct_slip(
        docket.cases, case, by, entry=entry, member=member, says=says, reason=reason
    )


def refused(docket: Docket, case: str, refusal: type[Exception], match: str) -> Callable[..., None]:
    """Return a call that must be refused so, and record nothing."""

    def attempt(entry: int = 1, member: str = "title", says: str = "Other", **more: str) -> None:
        before = docket.events(case)
        with pytest.raises(refusal, match=match):
            fix(docket, case, entry, member, says, **more)
        assert docket.events(case) == before

    return attempt


# It shows both


def test_a_correction_shows_what_was_said_and_what_is_said_now(docket: Docket, case: str) -> None:
    before = docket.events(case)

    state = fix(docket, case)

    *kept, slip = docket.events(case)
    assert kept == before
    assert isinstance(slip, SlipCorrected)
    assert (slip.entry, slip.member, slip.by) == (1, "title", "jp-mori")
    assert (slip.said, slip.says) == ("Heat pumps in schools", "Heat pumps in all schools")
    assert slip.reason == "A typing error."
    assert state.title == "Heat pumps in all schools"
    assert isinstance(kept[0], CaseSubmitted)
    assert kept[0].title == "Heat pumps in schools"


def test_a_correction_is_corrected_again(docket: Docket, case: str) -> None:
    fix(docket, case)

    state = fix(docket, case, says="Heat pumps in schools of Darkhan")

    slip = docket.events(case)[-1]
    assert isinstance(slip, SlipCorrected)
    assert slip.said == "Heat pumps in all schools"
    assert state.title == "Heat pumps in schools of Darkhan"


def test_a_correction_is_no_step_of_the_case(docket: Docket, case: str) -> None:
    before = docket.state(case)
    stood = (before.stage, before.entered, before.last_on, before.awaits)

    after = fix(docket.on("2026-01-15"), case)

    assert (after.stage, after.entered, after.last_on, after.awaits) == stood
    decide = decide_inputs.comment
    docket.step(case, lambda s, a: decide(s, a, "A", "Late.", public=True), on="2026-01-10")


def test_a_comment_reads_as_corrected(docket: Docket, case: str) -> None:
    fix(docket, case, 4, "author", "Ulaanbaatar Forum")
    fix(docket, case, 4, "text", "The reference is too high.")

    stands = as_they_stand(enumerate(docket.events(case), start=1))

    assert members_of(stands[4]) == {
        "on": "2026-01-09",
        "author": "Ulaanbaatar Forum",
        "text": "The reference is too high.",
    }


def test_the_submitters_name_and_a_documents_title_are_corrected(docket: Docket, case: str) -> None:
    kept = docket.state(case).documents[1]

    fix(docket, case, member="submitter.name", says="Nomad Energy JSC")
    state = fix(docket, case, member="documents[2].title", says="The spreadsheet")

    assert state.submitter.name == "Nomad Energy JSC"
    assert state.submitter.side == "MN"
    renamed = state.documents[1]
    assert renamed.title == "The spreadsheet"
    assert (renamed.kind, renamed.version, renamed.public) == (kept.kind, kept.version, kept.public)


def test_a_document_that_a_newer_one_replaced_stays_replaced(docket: Docket) -> None:
    case = docket.submit(METHODOLOGY, documents(*PAPERS))
    newer = document(PAPERS[0], "2.0")
    docket.step(case, lambda s, a: decide_papers.file(s, a, [newer]))
    before = docket.state(case).documents

    state = fix(docket, case, 1, "documents[1].title", "The old form")

    assert state.documents == before


def test_a_day_is_corrected_and_the_limits_run_from_it(docket: Docket) -> None:
    case = docket.on("2026-01-08").submit(METHODOLOGY, documents(*PAPERS))

    state = fix(docket, case, 1, "on", "2026-01-06")

    assert (state.opened, state.entered, state.last_on) == (date(2026, 1, 6),) * 3


def test_requests_and_the_opinions_report_are_corrected(docket: Docket) -> None:
    case = validated(docket, opinion="negative")

    fix(docket, case, 3, "text", "Show the baseline.")
    state = fix(docket, case, 5, "report", "Validation report 1")

    assert state.requests["CAR1"].text == "Show teh meter."
    assert state.requests["CL1"].text == "Show the baseline."
    assert state.opinion is not None
    assert (state.opinion.report, state.opinion.opinion) == ("Validation report 1", "negative")


def test_an_older_opinions_report_leaves_the_newer_one(docket: Docket) -> None:
    case = validated(docket, opinion="negative")
    docket.opine(case, "negative")

    state = fix(docket, case, 5, "report", "Validation report 1")

    assert state.opinion is not None
    assert state.opinion.report == "report 1"


def validated(docket: Docket, opinion: str) -> str:
    """A project: submitted (1), CAR1 (2), CL1 (3), CAR1 answered (4), opinion (5)."""
    case = docket.submit(PROJECT, documents("pdd", "moc"))
    docket.step(case, lambda s, a: decide_audit.raise_request(s, a, "CAR", "Show teh meter."))
    docket.step(case, lambda s, a: decide_audit.raise_request(s, a, "CL", "Show teh baseline."))
    docket.step(case, lambda s, a: decide_audit.answer(s, a, "CAR1", "Here it is."))
    docket.opine(case, opinion)
    return case


# Whose it is


def test_a_secretary_of_the_same_side_corrects_what_another_wrote(
    docket: Docket, case: str
) -> None:
    assert fix(docket, case, by="jp-sato").title == "Heat pumps in all schools"


def test_neither_the_other_side_nor_a_colleague_corrects_it(docket: Docket, case: str) -> None:
    attempt = refused(docket, case, NotEntitledError, r"is Mori Aiko's \(JP\): only")

    attempt(by="mn-naran")
    attempt(by="mn-bold")
    attempt(by="jp-ueda")
    attempt(by="jp-hara")


def test_nobody_and_strangers_correct_nothing(docket: Docket, case: str) -> None:
    refused(docket, case, NotEntitledError, "say who does this")(by=None)
    refused(docket, case, NotEntitledError, "'eve' is nobody")(by="eve")


def test_a_secretary_whose_term_is_over_corrects_nothing(docket: Docket, case: str) -> None:
    docket.room.appoint("JP", docket.room.ends("jp-sato", "secretary"))
    docket.on("2026-01-20")

    refused(docket, case, NotEntitledError, "neither secretary nor in the committee")(by="jp-sato")


# While nobody relies on it


def test_nothing_is_corrected_while_the_committee_has_the_case_before_it(
    docket: Docket, case: str
) -> None:
    docket.on("2026-01-25")
    proposed = docket.propose({"case": case, "outcome": "approved"})
    assert proposed.number is not None

    refused(docket, case, ReliedOnError, f"on the committee's table in {proposed.number}")()


def test_what_came_back_undecided_is_corrected_again(docket: Docket, case: str) -> None:
    docket.on("2026-01-25")
    proposed = docket.propose({"case": case, "outcome": "approved"})
    docket.room.withdraw(proposed.proposal)

    assert fix(docket, case).title == "Heat pumps in all schools"


def test_what_the_committee_decided_on_stands(docket: Docket, case: str) -> None:
    docket.on("2026-01-25")
    proposed = docket.propose({"case": case, "outcome": "extended", "until": "2026-04-20"})
    docket.room.stage.engine.proposals.distribute("JP-MN", proposed.proposal)
    docket.room.sign(proposed.proposal, "jp-hara", "mn-bold")
    docket.room.on("2026-02-10").sweep()
    docket.cases.settle("JP-MN")
    papers = [document(PAPERS[0], "2.0")]
    docket.step(case, lambda s, a: decide_papers.file(s, a, papers))
    filed = len(docket.events(case))

    refused(docket, case, ReliedOnError, f"{proposed.number} was decided on entry 1")()
    state = fix(docket, case, filed, "documents[1].title", "The form")
    assert [d.title for d in state.documents if d.version == "2.0"] == ["The form"]


def test_a_case_that_has_ended_stands(docket: Docket, case: str) -> None:
    docket.step(case, lambda s, a: decide_papers.withdraw(s, a, "No longer needed."))

    refused(docket, case, StepNotAllowedError, "has ended")()


# What a slip is


def test_what_has_weight_is_no_slip(docket: Docket, case: str) -> None:
    attempt = refused(docket, case, NotASlipError, "nothing in which a slip is corrected")

    for member in ("number", "kind", "stage", "asks", "rulebook", "by", "at", "submitter.side"):
        attempt(member=member)
    for member in ("documents[1].public", "documents[1].version", "documents[1].kind"):
        attempt(member=member)
    attempt(3, "on", "2026-01-06")  # the public's window opens on that day
    attempt(3, "closes", "2026-02-01")
    attempt(4, "public", "False")


NOT_THERE = (
    "",
    "x",
    "日",
    "title\n",
    "__class__",
    "t" * 1000,
    "documents[].title",
    "documents[0].title",
    "documents[3].title",
    "documents[-1].title",
    "documents[99999999999999999999].title",
)


@pytest.mark.parametrize("member", NOT_THERE)
def test_a_member_that_is_not_there_is_refused(docket: Docket, case: str, member: str) -> None:
    refused(docket, case, NotASlipError, "nothing in which a slip is corrected")(member=member)


def test_an_entry_of_the_engine_is_nobodys(docket: Docket, case: str) -> None:
    docket.on("2026-01-25").cases.settle("JP-MN")

    refused(docket, case, NotASlipError, "it is nobody's")(5, "on", "2026-01-20")


def test_a_correction_is_not_corrected_in_itself(docket: Docket, case: str) -> None:
    fix(docket, case)

    refused(docket, case, NotASlipError, "correct entry 1 again")(5, "says", "Other")


@pytest.mark.parametrize("entry", [0, -1, 5, 10**30])
def test_an_entry_that_is_not_there_is_refused(docket: Docket, case: str, entry: int) -> None:
    refused(docket, case, NotFoundError, "has no entry")(entry)


def test_nothing_is_corrected_to_what_it_says(docket: Docket, case: str) -> None:
    refused(docket, case, NotASlipError, "says that already")(says="Heat pumps in schools")


@pytest.mark.parametrize(
    ("says", "refusal"),
    [
        ("", UnreadableError),
        (" \n ", UnreadableError),
        ("a" * 20_001, UnreadableError),
        ("Heat\u202epumps", HiddenTextError),
        ("Heat\npumps", HiddenTextError),
        ("e\u0301", HiddenTextError),
    ],
)
def test_a_text_that_is_not_sound_is_refused(
    docket: Docket, case: str, says: str, refusal: type[Exception]
) -> None:
    refused(docket, case, refusal, "title")(says=says)


@pytest.mark.parametrize("reason", ["", "Typing\u200berror"])
def test_a_correction_says_why(docket: Docket, case: str, reason: str) -> None:
    refused(docket, case, (UnreadableError, HiddenTextError), "reason")(reason=reason)  # type: ignore[arg-type]


def test_no_correction_gives_a_confidential_file_away(docket: Docket) -> None:
    papers = [document(PAPERS[0], confidential=True), document(PAPERS[1])]
    case = docket.submit(METHODOLOGY, papers)
    secret = str(papers[0].confidential)

    attempt = refused(docket, case, DocumentError, "digest of a confidential file")
    attempt(says=f"Heat pumps {secret}")
    attempt(reason=f"Not {secret.upper()}.")


def test_two_documents_never_become_one(docket: Docket) -> None:
    other = document(PAPERS[0])
    papers = [other, document(PAPERS[0], "2.0"), document(PAPERS[1])]
    papers[1] = type(other)(kind=other.kind, title="Form", version="1.0", public="0" * 64)
    case = docket.submit(METHODOLOGY, papers)

    refused(docket, case, DocumentError, "already")(1, "documents[2].title", other.title)
    refused(docket, case, DocumentError, "at most 500")(1, "documents[2].title", "t" * 501)


# Days


@pytest.mark.parametrize(
    ("entry", "day"), [(2, "2026-01-04"), (2, "2026-01-08"), (4, "2026-01-06"), (4, "2026-01-10")]
)
def test_a_day_stays_between_its_neighbours(
    docket: Docket, case: str, entry: int, day: str
) -> None:
    refused(docket, case, StepDateError, "between its neighbours")(entry, "on", day)


@pytest.mark.parametrize(
    ("entry", "day"), [(2, "2026-01-05"), (2, "2026-01-06"), (4, "2026-01-07"), (4, "2026-01-08")]
)
def test_a_day_may_be_its_neighbours(docket: Docket, case: str, entry: int, day: str) -> None:
    fix(docket, case, entry, "on", day)

    stands = as_they_stand(enumerate(docket.events(case), start=1))
    assert stands[entry].on == date.fromisoformat(day)


@pytest.mark.parametrize("day", ["7 Jan", "2026-13-01", "20260106T00", "0000-00-00"])
def test_a_day_that_is_none_is_refused(docket: Docket, case: str, day: str) -> None:
    refused(docket, case, StepDateError, "is no date")(2, "on", day)


# The table


def test_every_row_of_the_table_is_a_member_of_its_entry() -> None:
    for kind, rows in CORRECTABLE.items():
        for row in rows:
            assert row.split(".")[0].removesuffix("[]") in kind.__struct_fields__


def test_every_step_by_a_person_is_in_the_table_or_left_out_by_name() -> None:
    ends = {"CaseWithdrawn", "DifferenceExplained"}
    left_out = {"PublishedForInputs", "SlipCorrected", *ends}
    engine = {"InputsClosed", "CaseTabled", "CaseUntabled", "CaseDecided", "DifferenceReconciled"}

    assert {kind.__name__ for kind in EVENTS} == (
        {kind.__name__ for kind in CORRECTABLE} | left_out | engine
    )


def test_what_may_be_corrected_is_listed_as_it_reads_now(docket: Docket, case: str) -> None:
    fix(docket, case)

    listed = correctable(docket.cases.record, case)

    assert [(entry["entry"], entry["by"]) for entry in listed] == [
        (1, "jp-mori"),
        (2, "jp-mori"),
        (4, "jp-mori"),
    ]
    assert listed[0]["says"]["title"] == "Heat pumps in all schools"


def test_a_corrected_case_stands_as_if_the_slips_had_never_been_made(docket: Docket) -> None:
    case = validated(docket, opinion="negative")
    slips = [
        (1, "title", "Heat pumps in schools"),
        (1, "on", "2026-01-04"),
        (1, "submitter.name", "Nomad"),
        (1, "documents[1].title", "Design"),
        (2, "text", "Show the meter."),
        (2, "on", "2026-01-04"),
        (3, "text", "Show the baseline."),
        (4, "text", "Here."),
        (5, "report", "Report 7"),
        (1, "title", "Heat pumps"),
    ]
    for entry, member, says in slips:
        fix(docket, case, entry, member, says)

    stands = as_they_stand(enumerate(docket.events(case), start=1))
    refolded = fold(event for event in stands.values() if not isinstance(event, SlipCorrected))
    live = docket.state(case)

    assert refolded is not None
    refolded.version, refolded.last_at = live.version, live.last_at
    assert live == refolded


def fold(events: Iterable[CaseEvent]) -> CaseState | None:
    state: CaseState | None = None
    for event in events:
        state = evolve(state, event)
    return state
