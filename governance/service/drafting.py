"""From what a secretariat writes to a whole draft: what items name shortly is completed.

A case of the docket, a record of the past to adopt, a shipped rulebook to put in force.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

from aggregates.case.item import answers, item_of, require_not_taken_back
from aggregates.case.state import CaseState
from aggregates.committee.state import CommitteeState
from governance.service.cases import Cases
from governance.service.history import HistoryService
from policies.refusals import UnreadableError
from policies.rulebook import shipped

Look = Callable[[str, str], CaseState]
"""Finds the case of a name in a committee, as it stands by now."""


class Drafting:
    """Completes drafts; `look` says how a case is looked at: recording what is due, or not."""

    def __init__(self, history: HistoryService, cases: Cases, look: Look) -> None:
        self.history = history
        self.cases = cases
        self.look = look

    def complete(self, state: CommitteeState, content: dict[str, Any]) -> dict[str, Any]:
        """Add what a short item names: the imported record, or a shipped rulebook, as an annex."""
        items = content.get("items")
        if not isinstance(items, list):
            message = "the draft has no items: a list of what is to be decided"
            raise UnreadableError(message)
        named = content.get("annexes")
        if not isinstance(named, list | None):
            message = "the draft's annexes must be a list, each with a title and a text"
            raise UnreadableError(message)
        annexes = list(named or [])
        if "cases" in content:
            message = 'an item names its case itself, as {"case": "JP-MN/C/001"}; leave out "cases"'
            raise UnreadableError(message)
        answered: dict[int, str] = {}
        content["items"] = [
            self._item(state, self._of_case(state, item, place, answered), annexes)
            for place, item in enumerate(items, start=1)
        ]
        content |= {"annexes": annexes}
        if answered:
            content["cases"] = [{"item": item, "case": case} for item, case in answered.items()]
        return content

    def _of_case(
        self, state: CommitteeState, item: Any, place: int, answered: dict[int, str]
    ) -> Any:
        """Return an item with what its case says, and note which case it answers."""
        if not isinstance(item, dict):
            return item
        code = state.committee.code
        if "case" in item:
            case = self.look(str(item["case"]), code)
            item = item_of(case, item)
        else:
            open_ones = [case for case in self.cases.all(code) if case.is_open]
            require_not_taken_back(open_ones, item)
            found = next((case for case in open_ones if answers(case, item)), None)
            if found is None:
                return item
            case = found
        if case.case in answered.values():
            message = f"item {place}: {case.name} is answered by another item already"
            raise UnreadableError(message)
        if case.is_open:
            answered[place] = case.case
        return item

    def _item(self, state: CommitteeState, item: Any, annexes: list[Any]) -> Any:
        if not isinstance(item, dict):
            message = f"an item must be an object, not {json.dumps(item)[:40]}"
            raise UnreadableError(message)
        if item.get("kind") == "history_adoption" and "record" not in item:
            day = _date(item.get("up_to"), "up_to")
            record = self.history.record_up_to(state.committee.code, day)
            annexes.append({"title": f"Record up to {day}", "text": record.text})
            return {"title": f"Record up to {day}", **item, "record": record.digest} | record.totals
        change = item.get("rulebook")
        if isinstance(change, dict) and set(change) <= {"version", "keeps"} and "version" in change:
            text = shipped(state.committee.partner, str(change["version"]))
            annexes.append({"title": f"Rulebook {text.version}", "text": text.text})
            named = {
                "version": text.version,
                "digest": text.digest,
                "previous": state.in_force.digest,
                "keeps": change.get("keeps", []),
            }
            return item | {"rulebook": named}
        return item


def _date(value: Any, what: str) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        message = f"{what} is {value!r}, expected a date as 2025-03-26"
        raise UnreadableError(message) from None
