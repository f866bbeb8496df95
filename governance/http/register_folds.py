"""Committees' registers, folded once and carried on with what is recorded later."""

from __future__ import annotations

from datetime import date

from governance.http.opened import Opened
from policies.sides import Committee
from projections.log_reading import LogFilter
from projections.register_fold import RegisterFold
from projections.registers import REGISTERS


def register_of(
    opened: Opened, name: str, committee: Committee, as_of: date | None = None
) -> RegisterFold:
    """Return a register of today's record, or as of a day; shared by all readers."""
    wanted = LogFilter(committee.code, as_of=as_of)

    def make(known: RegisterFold | None) -> RegisterFold:
        if known is None:
            return RegisterFold.of(opened.tables, name, wanted)
        return known.carried_on(opened.tables)

    keep = opened.kept if as_of is None else opened.folded
    return keep([REGISTERS[name]], ("register", name, wanted), make, committee.code)
