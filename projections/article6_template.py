"""The agreed electronic format: its tables, each column once, with what is known to stand there.

The labels are those of the template with five tables (CMA.6), as a public checker of it encodes
them. Table 1, the submission, is the
Party's to write. An older draft (6/CMA.4) had other columns: a new template is a new entry here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from policies.government import Acquisition, Authorization, AuthorizedEntity, FirstTransfer, Moved
from policies.items.kind import Period
from policies.parties import alpha3
from projections.government import Reported

Cell = str | int | None


class Line(NamedTuple):
    """What a row is made of: a report, the authorization that it names, and an entity of it."""

    reported: Reported
    authorization: Authorization | None
    entity: AuthorizedEntity | None = None

    @property
    def moved(self) -> Moved:
        """The transfer, or the acquisition."""
        if not isinstance(self.reported.act, Moved):
            message = f"report {self.reported.report} moves nothing"
            raise TypeError(message)
        return self.reported.act

    @property
    def named(self) -> Authorization:
        """The authorization."""
        if self.authorization is None:
            message = f"report {self.reported.report} names no authorization that is known"
            raise TypeError(message)
        return self.authorization


class Column(NamedTuple):
    """A column by its label."""

    label: str
    cell: Callable[[Line], Cell]


class Table(NamedTuple):
    """A table: its name here, the template's sheet and heading, and its columns."""

    name: str
    sheet: str
    heading: str
    columns: tuple[Column, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """The columns' labels, in their order."""
        return tuple(column.label for column in self.columns)

    def row(self, line: Line) -> tuple[Cell, ...]:
        """Return a row's cells; null is empty."""
        return tuple(column.cell(line) for column in self.columns)


class Template(NamedTuple):
    """One version of the format."""

    name: str
    tables: tuple[Table, ...]


def _unknown(_line: Line) -> None:
    """Return nothing: the record of a committee does not know it, or the platform fills it in."""


def _ghg(_line: Line) -> str:
    """JCM credits are tonnes of CO2 equivalent."""
    return "GHG"


def day(on: date) -> str:
    """Return a day as the template writes it."""
    return f"{on.day:02}/{on.month:02}/{on.year:04}"


def _listed(parts: Sequence[str]) -> str | None:
    return ", ".join(parts) or None


def _period(period: Period) -> str:
    return f"from {day(period.begins)} to {day(period.ends)}"


def _timeframe(line: Line) -> str | None:
    frame = line.named.timeframe
    if frame is None:
        return None
    occurred = "" if frame.occurred is None else f"Occurred: {_period(frame.occurred)}"
    used = "" if frame.used is None else f"Use: {_period(frame.used)}"
    return ". ".join(part for part in (occurred, used) if part) or None


def _transferring(line: Line) -> str:
    moved = line.moved
    return moved.transferring if isinstance(moved, Acquisition) else moved.itmos.range.first.party


def _acquiring(line: Line) -> str | None:
    moved = line.moved
    return moved.acquiring if isinstance(moved, FirstTransfer) else alpha3(line.reported.side)


def _type(line: Line) -> str:
    return "First transfer" if isinstance(line.moved, FirstTransfer) else "Acquisition"


def _entity(member: str) -> Callable[[Line], Cell]:
    def cell(line: Line) -> Cell:
        value: Cell = getattr(line.entity, member)
        return value

    return cell


def _unit(member: str) -> Callable[[Line], Cell]:
    def cell(line: Line) -> Cell:
        value: Cell = getattr(line.moved.units, member, None)
        return value

    return cell


_AUTHORIZATIONS = (
    Column("Authorization ID", lambda line: line.named.authorization),
    Column("Date of authorization", lambda line: day(line.named.on)),
    Column("Cooperative approach ID", lambda line: line.named.cooperative_approach),
    Column("Version of the authorization", lambda line: line.named.version),
    Column("Authorized quantity", lambda line: line.named.quantity),
    Column("Metric", _ghg),
    Column("Applicable GWP value(s)", lambda line: line.named.gwp),
    Column("Applicable non-GHG metric", _unknown),
    Column("Sector(s)", lambda line: line.named.sectors),
    Column("Activity type(s)", lambda line: line.named.activity_types),
    Column("Purposes for authorization", lambda line: line.named.purposes),
    Column("Authorized Party(ies) ID", lambda line: _listed(line.named.parties)),
    Column(
        "Authorized entity(ies) ID",
        lambda line: _listed([entity.name for entity in line.named.entities]),
    ),
    Column("OIMP authorized by the Party", lambda line: line.named.oimp),
    Column("Authorized timeframe", _timeframe),
    Column("Authorization terms and conditions", lambda line: line.named.terms),
    Column("Authorization documentation", lambda line: line.named.documentation),
    Column("First transfer definition for OIMP", lambda line: line.named.first_transfer),
    Column("Additional explanatory information", _unknown),
)
_IDENTIFICATION = (
    Column("Cooperative approach ID", lambda line: line.moved.itmos.range.first.approach),
    Column("Authorization ID", lambda line: line.moved.authorization),
    Column(
        "First transferring participating Party ID",
        lambda line: line.moved.itmos.range.first.party,
    ),
    Column("Party ITMO registry ID", lambda line: line.moved.itmos.range.first.registry),
    Column("First ID", lambda line: line.moved.itmos.first),
    Column("Last ID", lambda line: line.moved.itmos.last),
    Column("Underlying unit registry ID", _unit("registry")),
    Column("First unit ID", _unit("first")),
    Column("Last unit ID", _unit("last")),
    Column("Metric", _ghg),
    Column(
        "Applicable GWP value(s)",
        lambda line: None if line.authorization is None else line.authorization.gwp,
    ),
    Column("Applicable non-GHG metric", _unknown),
    Column("Quantity (t CO2 eq)", lambda line: line.moved.quantity),
    Column("Quantity (in non-GHG metric)", _unknown),
    Column("Mitigation type", lambda line: line.moved.mitigation_type),
    Column("Vintage", lambda line: line.moved.vintage),
)
"""The columns that tables 3 and 4 have in common."""
_ACTIONS = (
    Column("Action date", lambda line: day(line.moved.on)),
    Column("Action type", _type),
    Column("Action subtype", _unknown),
    *_IDENTIFICATION,
    Column("Transferring participating Party ID", _transferring),
    Column("Acquiring participating Party ID", _acquiring),
    Column("Purpose for which the ITMO has been used towards or cancelled for OIMP", _unknown),
    Column("Using/cancelling participating Party ID", _unknown),
    Column("Using/cancelling authorized entity ID", _unknown),
    Column("Calendar year for which the ITMOs are used towards the Party's NDC", _unknown),
    Column("Result of the consistency checks", _unknown),
    Column("Additional explanatory information", _unknown),
)
_ENTITIES = (
    Column("Date of the authorization", lambda line: day(line.named.on)),
    Column("Name", _entity("name")),
    Column("Country of incorporation", _entity("country")),
    Column("Identification number", _entity("identification")),
    Column("Cooperative approach ID", lambda line: line.named.cooperative_approach),
    Column("Conditions", _entity("conditions")),
    Column("Change and revocation conditions", _entity("revocation")),
    Column("Additional explanatory information", _unknown),
)

AUTHORIZATIONS = "authorizations"
ACTIONS = "actions"
HOLDINGS = "holdings"
ENTITIES = "authorized-entities"

FIVE_TABLES = Template(
    "five-tables",
    (
        Table(AUTHORIZATIONS, "Table 2 Authorizations", "Table 2: Authorizations", _AUTHORIZATIONS),
        Table(ACTIONS, "Table 3 Actions", "Table 3: Actions", _ACTIONS),
        Table(HOLDINGS, "Table 4 Holdings", "Table 4: Holdings", _IDENTIFICATION),
        Table(ENTITIES, "Table 5 Auth. entities", "Table 5: Authorized entities", _ENTITIES),
    ),
)
"""The template of the five tables."""
