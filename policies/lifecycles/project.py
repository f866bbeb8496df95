"""The lifecycle of a project, from the idea note or the design document to its registration.

Source: ADB 2019, section 2.4, Figures 7 and 8. An incomplete request goes back to the
participants and may be filed again; after a rejection or withdrawal a new case is opened.
"""

from __future__ import annotations

from policies.lifecycles.cases import CaseLifecycle, Stage, Step, audit, request, staying, table
from policies.lifecycles.lifecycle import Move

PROJECT: CaseLifecycle = CaseLifecycle(
    name="project",
    title="A project, up to its registration",
    first=Stage.NEW,
    moves=(
        Move(Step.SUBMIT_IDEA_NOTE, [Stage.NEW], Stage.IDEA_NOTE),
        *staying(Step.FILE, Stage.IDEA_NOTE, Stage.PLANNED),
        *table(Stage.IDEA_NOTE),
        Move(Step.ACCEPT, [Stage.IDEA_NOTE], Stage.PLANNED),
        Move(Step.SUBMIT, [Stage.NEW], Stage.VALIDATION),
        Move(Step.SUBMIT_DESIGN, [Stage.PLANNED], Stage.VALIDATION),
        *staying(Step.PUBLISH, Stage.VALIDATION),
        *staying(Step.COMMENT, Stage.VALIDATION),
        *staying(Step.CLOSE_INPUTS, Stage.VALIDATION),
        *audit(Stage.VALIDATION, Stage.VALIDATED),
        *request(Stage.VALIDATED, Stage.VALIDATED),
        *table(Stage.READY),
        Move(Step.ACCEPT, [Stage.READY], Stage.REGISTERED),
        Move(Step.REJECT, [Stage.READY], Stage.REJECTED),
        Move(
            Step.WITHDRAW,
            [
                Stage.IDEA_NOTE,
                Stage.PLANNED,
                Stage.VALIDATION,
                Stage.VALIDATED,
                Stage.REQUESTED,
                Stage.CORRECTING,
                Stage.READY,
            ],
            Stage.WITHDRAWN,
        ),
    ),
)
