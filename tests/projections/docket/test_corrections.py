"""What the public reads of corrected slips: both, as of any day, and nothing that is not public."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from aggregates.case import decide_inputs
from governance import assembly
from governance.service.case_standing import history
from governance.service.slips import correct_slip
from projections.case_steps import CASE_STEPS, ORDER
from projections.docket import Docket as View
from projections.docket import case_history
from tests.aggregates.docket import METHODOLOGY, Docket, document
from tests.aggregates.room import Room

PAPERS = ("proposed_methodology_form", "proposed_methodology_spreadsheet")


@pytest.fixture
def docket(room: Room) -> Docket:
    return Docket(room)


@pytest.fixture
def case(docket: Docket) -> str:
    """Submitted (1), complete (2), published (3), commented twice (4, 5), the second in private."""
    secret = type(document(PAPERS[1]))(
        kind="annex", title="Costs", version="1.0", confidential="c" * 64
    )
    case = docket.submit(METHODOLOGY, [secret, *(document(paper) for paper in PAPERS)])
    docket.on("2026-01-07").complete(case)
    docket.publish(case)
    docket.on("2026-01-09").comment(case, "Ulaanbatar Forum", "Too high.")
    docket.comment(case, "A neighbour", "Please keep tihs to yourselves.", public=False)
    return case


def fix(docket: Docket, case: str, entry: int, member: str, says: str) -> None:
    correct_slip(
        docket.cases, case, docket.by, entry=entry, member=member, says=says, reason="Typing."
    )


def read(docket: Docket, on: str | None = None) -> tuple[View, list[dict[str, Any]]]:
    """Return the docket, and the history of its one case."""
    engine = docket.room.stage.engine
    with assembly.library(engine.settings) as library:
        day = None if on is None else date.fromisoformat(on)
        rows = list(library.tables.select(CASE_STEPS, "", [], ORDER))
        return View(library.tables, engine.desk.clock(), "JP-MN", day), case_history(rows)


def test_an_input_reads_as_corrected_beside_what_was_recorded(docket: Docket, case: str) -> None:
    fix(docket, case, 4, "author", "Ulaanbaatar Forum")

    view, steps = read(docket)

    (found,) = view.open_inputs()
    assert found["inputs"] == [
        {
            "on": "2026-01-09",
            "author": "Ulaanbaatar Forum",
            "text": "Too high.",
            "recorded": {"author": "Ulaanbatar Forum"},
        }
    ]
    assert steps[3]["author"] == "Ulaanbatar Forum"
    assert steps[3]["corrected"] == {"author": "Ulaanbaatar Forum"}
    assert (steps[5]["entry"], steps[5]["said"]) == (4, "Ulaanbatar Forum")


def test_a_corrected_title_is_the_dockets_title(docket: Docket, case: str) -> None:
    fix(docket, case, 1, "title", "Heat pumps")

    (entry,) = read(docket)[0].entries()
    assert entry["title"] == "MN_PM001: Heat pumps"


def test_what_is_not_public_is_corrected_unseen(docket: Docket, case: str) -> None:
    fix(docket, case, 5, "text", "Please keep this to yourselves.")
    fix(docket, case, 1, "documents[1].title", "The costs")

    view, steps = read(docket)

    assert len(view.open_inputs()[0]["inputs"]) == 1
    assert [(s["entry"], s["member"], s["says"], s["document"]) for s in steps[5:]] == [
        (5, "", "", None),
        (1, "", "", None),
    ]
    assert "keep" not in repr(steps)
    assert "osts" not in repr(steps)


def test_a_document_after_a_hidden_one_is_the_one_that_is_corrected(
    docket: Docket, case: str
) -> None:
    fix(docket, case, 1, "documents[2].title", "The form")

    view, steps = read(docket)

    (state,) = view.cases()
    assert [paper.title for paper in state.documents] == ["The form", PAPERS[1].replace("_", " ")]
    assert steps[0]["corrected"] == {"documents[1].title": "The form"}


def test_the_docket_of_a_day_knows_the_corrections_up_to_it(docket: Docket, case: str) -> None:
    fix(docket.on("2026-01-12"), case, 2, "on", "2026-01-06")
    docket.on("2026-01-20").comment(case, "A", "B")

    def complete_on(day: str) -> date | None:
        (state,) = read(docket, day)[0].cases()
        return state.complete_on

    assert complete_on("2026-01-11") == date(2026, 1, 7)
    assert complete_on("2026-01-12") == date(2026, 1, 6)


def test_a_row_that_is_left_out_does_not_move_the_others(docket: Docket, case: str) -> None:
    """A correction of the 19th stands before an input of the 15th that was recorded later."""
    fix(docket.on("2026-01-19"), case, 1, "title", "Heat pumps")
    docket.step(case, lambda s, a: decide_inputs.comment(s, a, "A", "Late."), on="2026-01-15")
    state = docket.state(case)
    assert state.entries[7].on == date(2026, 1, 15)

    (seen,) = read(docket, "2026-01-15")[0].cases()

    assert seen.title == "Heat pumps in schools"
    assert set(seen.entries) == {1, 2, 3, 4, 5, 7}


def test_the_secretariat_sees_everything_and_both(docket: Docket, case: str) -> None:
    fix(docket, case, 5, "text", "Please keep this to yourselves.")
    engine = docket.room.stage.engine
    state = docket.state(case)

    steps = history(state, engine.record)
    assert steps[4]["corrected"] == {"text": "Please keep this to yourselves."}
    assert steps[4]["what"]["text"] == "Please keep tihs to yourselves."
