"""What people call a case: its place on the docket, whole or short, or the number it was given."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from aggregates.case.state import CaseState
from policies.refusals import NotFoundError
from policies.sides import Committee

_WHOLE = re.compile(r"([^/]+)/C/([0-9]{1,9})", re.ASCII | re.IGNORECASE)
_SHORT = re.compile(r"C([0-9]{1,9})", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CaseName:
    """A name as somebody wrote it: a place on a committee's docket, or else a number."""

    written: str
    committee: str | None
    place: int | None

    @classmethod
    def parse(cls, written: str, committee: str | None = None) -> CaseName:
        """Read ``JP-MN/C/001``, ``MN/C/1``, ``C1``, ``MN_PM007``; raises `NotFoundError`.

        `committee` is the code of the committee that is meant, if that is said elsewhere.
        """
        whole = _WHOLE.fullmatch(written)
        if whole is None:
            if "/" in written:
                message = f"{written!r} names no case; write JP-MN/C/001, C1 or MN_PM007"
                raise NotFoundError(message)
            short = _SHORT.fullmatch(written)
            return cls(written, committee, None if short is None else int(short[1]))
        code = Committee.parse(whole[1].upper()).code
        if committee not in {None, code}:
            message = f"{written!r} is of {code}, and {committee} is named beside it"
            raise NotFoundError(message)
        return cls(written, code, int(whole[2]))

    def fits(self, state: CaseState) -> bool:
        """Whether a case is called so."""
        if self.committee not in {None, state.committee}:
            return False
        if self.place is not None:
            return self.place == int(state.case.rpartition("/")[2])
        return self.written.upper() in (state.number, state.planned)


def the_one(named: CaseName, states: Sequence[CaseState]) -> CaseState:
    """Return the one case that a name fits; `NotFoundError` says which ones where several do."""
    fitting = [state for state in states if named.fits(state)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        there = "; ".join(state.name for state in fitting)
        message = f"several cases fit {named.written!r}: {there}; write the whole name"
        raise NotFoundError(message)
    of = "" if named.committee is None else f" of {named.committee}"
    message = f"no case {named.written!r}{of}; see: jcgov docket"
    raise NotFoundError(message)
