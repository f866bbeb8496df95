"""What a check found: a verdict, never only a yes or no. Missing data is never a pass."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from policies.refusals import PreconditionError
from policies.rulebook import Figure, Verdict


class Outcome(StrEnum):
    """How a check ended."""

    REFUSE = "refuse"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check says about one item (counted from 1; 0 is the whole decision)."""

    check: str
    outcome: Outcome
    message: str
    item: int = 0

    def about(self, item: int) -> Finding:
        """Return the finding with the number of the item that it is about."""
        return Finding(self.check, self.outcome, self.message, item)

    def __str__(self) -> str:
        place = f"item {self.item}: " if self.item else ""
        return f"{place}{self.message} ({self.check})"


def refuse(check: str, message: str) -> Finding:
    """Return a finding that bars the decision."""
    return Finding(check, Outcome.REFUSE, message)


def warn(check: str, message: str) -> Finding:
    """Return a finding that people should see, and that bars nothing."""
    return Finding(check, Outcome.WARN, message)


def as_ruled(figure: Figure[Verdict], check: str, message: str) -> Finding:
    """Return a finding that bars or warns as the rulebook says."""
    return Finding(check, Outcome(figure.value), message)


def refusals(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that bar the decision."""
    return [finding for finding in findings if finding.outcome is Outcome.REFUSE]


def require_none_refused(findings: Iterable[Finding]) -> None:
    """Raise `PreconditionError` with every finding that bars the decision."""
    barred = refusals(findings)
    if barred:
        raise PreconditionError("; ".join(str(finding) for finding in barred))
