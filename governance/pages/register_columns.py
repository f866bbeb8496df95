"""What the pages of the registers show: each register's columns, in the order of its entries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from governance.pages.names import term

Name: TypeAlias = Literal["methodologies", "entities", "projects", "credits"]


@dataclass(frozen=True, slots=True)
class Column:
    """A member of an entry, its heading, and in what manner it is shown."""

    member: str
    heading: str
    shown: Literal[
        "text", "title", "name", "day", "number", "list", "scopes", "period", "words", "basis"
    ]


@dataclass(frozen=True, slots=True)
class RegisterShown:
    """A register: its title, what it says, and its columns."""

    title: str
    says: str
    columns: tuple[Column, ...]

    @property
    def members(self) -> tuple[str, ...]:
        """The names of the members, as in the interface for programs."""
        return tuple(column.member for column in self.columns)

    def column(self, member: str) -> Column:
        """Return a member's column; every member of an entry has one."""
        return next(column for column in self.columns if column.member == member)

    @property
    def numeric(self) -> tuple[int, ...]:
        """The places of the columns that hold numbers."""
        return tuple(n for n, column in enumerate(self.columns) if column.shown == "number")


_BASIS = Column("basis", term("Basis"), "basis")

SHOWN: dict[Name, RegisterShown] = {
    "methodologies": RegisterShown(
        term("Methodologies"),
        term("Every approved version. It stands until the day on which the next was approved."),
        (
            Column("number", term("Number"), "name"),
            Column("version", term("Version"), "text"),
            Column("title", term("Title"), "title"),
            Column("scope", term("Sectoral scopes"), "list"),
            Column("approved_on", term("Approved on"), "day"),
            Column("until", term("Until"), "day"),
            _BASIS,
        ),
    ),
    "entities": RegisterShown(
        term("Third-party entities"),
        term("Who may validate and verify, in which sectoral scopes, and until when."),
        (
            Column("number", term("Number"), "name"),
            Column("name", term("Name"), "title"),
            Column("status", term("State"), "words"),
            Column("validation", term("Validates in scopes"), "scopes"),
            Column("verification", term("Verifies in scopes"), "scopes"),
            _BASIS,
        ),
    ),
    "projects": RegisterShown(
        term("Projects"),
        term("Every project, the planned and the withdrawn ones too."),
        (
            Column("number", term("Number"), "name"),
            Column("title", term("Title"), "title"),
            Column("status", term("State"), "words"),
            Column("registered_on", term("Registered on"), "day"),
            Column("methodologies", term("Methodologies"), "list"),
            _BASIS,
        ),
    ),
    "credits": RegisterShown(
        term("Credits"),
        term("What was decided for each side and period, and what was reported, in tCO2e."),
        (
            Column("project", term("Project"), "name"),
            Column("period", term("Monitoring period"), "period"),
            Column("side", term("Side"), "text"),
            Column("decided", term("Decided"), "number"),
            Column("reported", term("Reported"), "number"),
            _BASIS,
        ),
    ),
}
"""Every register by its name."""
