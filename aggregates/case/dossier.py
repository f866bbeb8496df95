"""What a case brings to the table beside its item."""

from __future__ import annotations

import msgspec

from aggregates.case.deadlines import longest_assessment
from aggregates.case.state import CaseState
from policies.dossier import Account, Dossier
from policies.lifecycles.cases import Stage, Step
from policies.rulebook import Rulebook


def dossier_of(state: CaseState, rulebook: Rulebook) -> Dossier:
    """Return the case as it stands before an item of a text is fixed.

    `rulebook` is the one that the case was opened under. The papers of an idea note are whole when
    it comes in: without them it is not taken.
    """
    planned = state.stage is Stage.IDEA_NOTE
    step = Step.SUBMIT_IDEA_NOTE if planned else Step.FIND_COMPLETE
    kind, accounts = state.kind, state.asks.get("accounts")
    gases = state.asks.get("gases")
    window = state.window
    opinion = state.opinion
    return Dossier(
        case=state.case,
        kind=kind.name,
        documents=state.documents,
        required=kind.required(step, rulebook),
        complete_on=state.opened if planned else state.complete_on,
        inputs_required=not planned and kind.hears(window is not None),
        inputs_closed_on=window.closes if window is not None and window.closed else None,
        gases=None if gases is None else tuple(gases),
        accounts=None if accounts is None else msgspec.convert(accounts, tuple[Account, ...]),
        opinion=None if opinion is None else opinion.opinion,
        entity=None if opinion is None else opinion.entity,
        open_requests=len(state.open_requests),
        supersedes=state.supersedes,
        assessed_until_at_most=longest_assessment(state, rulebook),
    )
