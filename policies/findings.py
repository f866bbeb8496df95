"""What a check found: a verdict with its evidence. Missing data is never a pass."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from policies.refusals import PreconditionError
from policies.rulebook import Figure, Verdict


class Judgement(StrEnum):
    """What a check says of an item: it obeys the rule, breaks it, or the facts do not tell."""

    PASS = "pass"  # noqa: S105 - a verdict
    FAIL = "fail"
    CANNOT_TELL = "cannot tell"


class Outcome(StrEnum):
    """What a check that did not pass does: it bars the decision, or people are to see it."""

    REFUSE = "refuse"
    WARN = "warn"


class Finding(msgspec.Struct, frozen=True, gc=False):
    """One thing that a check says about one item (counted from 1; 0 is the whole decision).

    `message` is what is wrong or not known; of a pass it is the evidence, with who says so.
    """

    check: str
    verdict: Judgement
    message: str
    bars: bool = False
    item: int = 0

    @property
    def outcome(self) -> Outcome | None:
        """What follows from it for the decision; null for a pass."""
        if self.verdict is Judgement.PASS:
            return None
        return Outcome.REFUSE if self.bars else Outcome.WARN

    def about(self, item: int) -> Finding:
        """Return the finding with the number of the item that it is about."""
        return Finding(self.check, self.verdict, self.message, self.bars, item)

    def __str__(self) -> str:
        place = f"item {self.item}: " if self.item else ""
        return f"{place}{self.message} ({self.check})"


def passed(check: str, evidence: str) -> Finding:
    """Return a finding that the rule is obeyed, with what shows it."""
    return Finding(check, Judgement.PASS, evidence)


def refuse(check: str, message: str) -> Finding:
    """Return a finding that bars the decision."""
    return Finding(check, Judgement.FAIL, message, bars=True)


def warn(check: str, message: str) -> Finding:
    """Return a finding that people should see, and that bars nothing."""
    return Finding(check, Judgement.FAIL, message)


def as_ruled(figure: Figure[Verdict], check: str, message: str) -> Finding:
    """Return a finding that a rule is broken, which bars or warns as the rulebook says."""
    return Finding(check, Judgement.FAIL, message, bars=_bars(figure))


def cannot_tell(weight: Figure[Verdict] | Verdict, check: str, message: str) -> Finding:
    """Return a finding that a fact is missing, which bars or warns as the rulebook, or we, say."""
    return Finding(check, Judgement.CANNOT_TELL, message, bars=_bars(weight))


def remarks(findings: Iterable[Finding]) -> list[Finding]:
    """Return what did not pass, in order."""
    return [finding for finding in findings if finding.verdict is not Judgement.PASS]


def refusals(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that bar the decision."""
    return [finding for finding in findings if finding.bars]


def require_none_refused(findings: Iterable[Finding]) -> None:
    """Raise `PreconditionError` with every finding that bars the decision."""
    barred = refusals(findings)
    if barred:
        raise PreconditionError("; ".join(str(finding) for finding in barred))


def _bars(weight: Figure[Verdict] | Verdict) -> bool:
    return (weight.value if isinstance(weight, Figure) else weight) == "refuse"
