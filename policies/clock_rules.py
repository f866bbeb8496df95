"""The clocks of the docket: how long each step may take, and how long before its end it is said.

Lengths are whole calendar days in the committee's time zone. A clock that has run out makes a
thing due, overdue, closed or lapsed; it never decides.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies.figures import Figure, Part, figures
from policies.refusals import RulebookError

LONGEST_DAYS = 3_660
"""Ten years: a longer clock is taken for a slip of the pen."""


class ClockRules(Part, frozen=True, kw_only=True):
    """How days are counted, and the length of every limit, window and notice, in days.

    A window is a span in which others may speak (public inputs); a limit is a span in which
    somebody ought to act. What no source gives stays unset, and then no clock runs.
    `methodology_assessment_days_in_total` counts from the close of the public inputs, as
    `methodology_assessment_days` does: an extension ends there, it is no addition.
    """

    windows_count_both_ends: Figure[bool]
    limits_count_both_ends: Figure[bool]
    methodology_completeness_days: Figure[int] | None = None
    methodology_public_input_days: Figure[int] | None = None
    methodology_assessment_days: Figure[int] | None = None
    methodology_assessment_days_in_total: Figure[int] | None = None
    project_public_input_days: Figure[int] | None = None
    idea_note_decision_days: Figure[int] | None = None
    registration_completeness_days: Figure[int] | None = None
    registration_editorial_days: Figure[int] | None = None
    issuance_completeness_days: Figure[int] | None = None
    issuance_editorial_days: Figure[int] | None = None
    change_completeness_days: Figure[int] | None = None
    entity_completeness_days: Figure[int] | None = None
    limit_notice_days: Figure[int] | None = None
    expiry_notice_days: Figure[int] | None = None
    meeting_notice_days: Figure[int] | None = None
    meetings_per_year_at_least: Figure[int] | None = None


def require_sound_clocks(rules: ClockRules, what: str) -> None:
    """Refuse lengths that no clock can have; raise `RulebookError`.

    A notice may be of no days: then it is given on the last day itself.
    """
    for name, days in _lengths(rules):
        least = 0 if name.endswith("_notice_days") else 1
        if not least <= days <= LONGEST_DAYS:
            message = f"{what}: clocks.{name} is {days}, expected {least} to {LONGEST_DAYS}"
            raise RulebookError(message)
    _require_total(rules, what)


def _lengths(rules: ClockRules) -> Iterator[tuple[str, int]]:
    for name, figure in figures(rules):
        if not isinstance(figure.value, bool):
            yield name, figure.value


def _require_total(rules: ClockRules, what: str) -> None:
    first, total = rules.methodology_assessment_days, rules.methodology_assessment_days_in_total
    if total is None:
        return
    if first is None or total.value < first.value:
        shorter = "no limit" if first is None else f"a limit of {first.value}"
        message = (
            f"{what}: clocks.methodology_assessment_days_in_total is {total.value} days over"
            f" {shorter} for the assessment itself; it is the whole span, the extension included"
        )
        raise RulebookError(message)
