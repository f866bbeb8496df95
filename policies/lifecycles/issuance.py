"""The lifecycle of a request for the issuance of credits, from monitoring to the notification.

Source: ADB 2019, section 2.4 and Figure 9. One case for each project and monitoring period; an
incomplete, rejected or withdrawn request ends, and a new one may be filed.
"""

from __future__ import annotations

from policies.lifecycles.cases import CaseLifecycle, Stage, Step, audit, request, table
from policies.lifecycles.lifecycle import Move

ISSUANCE: CaseLifecycle = CaseLifecycle(
    name="issuance",
    title="A request for the issuance of credits",
    first=Stage.NEW,
    moves=(
        Move(Step.SUBMIT, [Stage.NEW], Stage.VERIFICATION),
        *audit(Stage.VERIFICATION, Stage.VERIFIED),
        *request(Stage.VERIFIED, Stage.INCOMPLETE),
        *table(Stage.READY),
        Move(Step.ACCEPT, [Stage.READY], Stage.NOTIFIED),
        Move(Step.REJECT, [Stage.READY], Stage.REJECTED),
        Move(
            Step.WITHDRAW,
            [
                Stage.VERIFICATION,
                Stage.VERIFIED,
                Stage.REQUESTED,
                Stage.CORRECTING,
                Stage.READY,
            ],
            Stage.WITHDRAWN,
        ),
    ),
)
