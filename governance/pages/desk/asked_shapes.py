"""How values of declared types stand in a form's fields, which are texts by name.

A `Shape` writes a value into fields, shows the controls that hold it, and reads the value back.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from unicodedata import normalize

import msgspec
import msgspec.inspect as kinds

from policies.calendar import calendar_day
from policies.items.kind import Side
from policies.refusals import UnreadableError
from policies.shapes import shape

Fields = Mapping[str, str]
"""A form's fields, as they were sent or are to be shown."""
Sort = Literal["line", "text", "number", "numbers", "lines", "day", "choice", "flag", "json"]
NOTHING: Any = object()
"""What an empty field says."""
BLANK_ROWS = 3
_MOST_ROWS = 60
_LONG = frozenset({"reason", "summary", "text"})
"""Members into which people write several lines."""
_SPACES = str.maketrans("", "", " \u00a0\u202f\u2009")
"""What stands between groups of digits; a point could mean a fraction."""
_BY_COMMAS = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+", re.ASCII)
"""Groups of three digits; any other comma could mean a fraction."""
_SIDE: Any = kinds.type_info(Side)


@dataclass(frozen=True, slots=True)
class Control:
    """One field of a form; `path` is what it is, whichever row it stands in."""

    name: str
    label: str
    path: str
    sort: Sort
    value: str
    required: bool = False
    choices: tuple[str, ...] = ()
    example: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together: one row of them, or as many rows as somebody needs."""

    name: str
    label: str
    rows: tuple[tuple[Control, ...], ...]
    many: bool = False


class Shape(ABC):
    """How values of one type stand in a form."""

    @abstractmethod
    def written(self, name: str, value: Any) -> dict[str, str]:
        """Return the fields that hold a value."""

    @abstractmethod
    def shown(self, name: str, path: str, fields: Fields, *, required: bool) -> Control | Group:
        """Return what a form shows with these fields."""

    @abstractmethod
    def read(self, name: str, fields: Fields) -> Any:
        """Return the value as JSON has it, or `NOTHING`; raise `UnreadableError` for no value."""


@dataclass(frozen=True, slots=True)
class Plain(Shape):
    """One field: how its text is made of a value, and read."""

    sort: Sort
    say: Callable[[Any], str] = str
    take: Callable[[str], Any] = str
    choices: tuple[str, ...] = ()
    example: str | None = None

    def written(self, name: str, value: Any) -> dict[str, str]:
        """As `Shape.written`."""
        return {name: "" if value is None else self.say(value)}

    def shown(self, name: str, path: str, fields: Fields, *, required: bool) -> Control:
        """As `Shape.shown`."""
        label = path.rpartition(".")[2]
        long = self.sort == "line" and label in _LONG
        return Control(
            *(name, label, path, "text" if long else self.sort, fields.get(name, "")),
            required=required,
            choices=self.choices,
            example=self.example,
        )

    def read(self, name: str, fields: Fields) -> Any:
        """As `Shape.read`."""
        text = typed(fields, name)
        if not text:
            return NOTHING
        try:
            return self.take(text)
        except ValueError as error:
            label = name.rpartition(".")[2].replace("_", " ")
            message = f"{label}: {text[:60]!r} {error}"
            raise UnreadableError(message) from None


@dataclass(frozen=True, slots=True)
class Members(Shape):
    """Several fields side by side; those of `nullable` are null where they are empty."""

    parts: Mapping[str, Shape]
    nullable: frozenset[str] = frozenset()

    def written(self, name: str, value: Any) -> dict[str, str]:
        """As `Shape.written`."""
        found: dict[str, str] = {}
        for part, of in self.parts.items():
            found |= of.written(f"{name}.{part}", (value or {}).get(part))
        return found

    def shown(self, name: str, path: str, fields: Fields, *, required: bool) -> Group:
        """As `Shape.shown`."""
        row = self.row(name, path, fields, required=required)
        return Group(name, path.rpartition(".")[2], (row,))

    def row(self, name: str, path: str, fields: Fields, *, required: bool) -> tuple[Control, ...]:
        """Return the controls of one row."""
        found = []
        for part, of in self.parts.items():
            need = required and part not in self.nullable
            control = of.shown(f"{name}.{part}", f"{path}.{part}", fields, required=need)
            assert isinstance(control, Control)  # noqa: S101 - `_members` takes plain parts alone
            found.append(control)
        return tuple(found)

    def read(self, name: str, fields: Fields) -> Any:
        """As `Shape.read`."""
        found = {part: of.read(f"{name}.{part}", fields) for part, of in self.parts.items()}
        if all(value is NOTHING for value in found.values()):
            return NOTHING
        empty = {part: None for part in self.nullable if found[part] is NOTHING}
        return {part: value for part, value in (found | empty).items() if value is not NOTHING}


@dataclass(frozen=True, slots=True)
class Rows(Shape):
    """A list, one row for each of its elements, and some blank ones."""

    of: Members

    def written(self, name: str, value: Any) -> dict[str, str]:
        """As `Shape.written`."""
        found: dict[str, str] = {}
        for count, element in enumerate(value or ()):
            found |= self.of.written(f"{name}.{count}", element)
        return found

    def shown(self, name: str, path: str, fields: Fields, *, required: bool) -> Group:
        """As `Shape.shown`; each time the form asks for more, there are more blank rows."""
        parts = self.of.parts
        filled = [
            n for n in range(_MOST_ROWS) if any(typed(fields, f"{name}.{n}.{p}") for p in parts)
        ]
        before = typed(fields, f"{name}.rows")
        shown = int(before) if re.fullmatch("[0-9]{1,2}", before, re.ASCII) else 0
        if fields.get("more") == name:
            shown += BLANK_ROWS
        count = min(_MOST_ROWS, max(max(filled, default=-1) + 1 + BLANK_ROWS, shown))
        rows = (
            self.of.row(f"{name}.{n}", path, fields, required=required and n == 0)
            for n in range(count)
        )
        return Group(name, path.rpartition(".")[2], tuple(rows), many=True)

    def read(self, name: str, fields: Fields) -> Any:
        """As `Shape.read`."""
        read = (self.of.read(f"{name}.{count}", fields) for count in range(_MOST_ROWS))
        found = [value for value in read if value is not NOTHING]
        return found or NOTHING


def shape_of(type_: Any, sides: Sequence[str]) -> Shape:
    """Return how values of a type stand in a form; what is no plain field is written as JSON."""
    return _shape(kinds.type_info(type_), sides) or Plain(
        "json", _to_json, _from_json, example=shape(type_)
    )


def typed(fields: Fields, name: str) -> str:
    """Return what somebody typed, its characters composed, without spaces around it."""
    return normalize("NFC", fields.get(name, "")).strip()


def whole_number(text: str) -> int:
    """Read a whole number, in groups or not; raise `ValueError` for anything else."""
    grouped = _BY_COMMAS.fullmatch(text)
    digits = text.replace(",", "") if grouped else text.translate(_SPACES)
    if re.fullmatch(r"[0-9]{1,16}", digits, re.ASCII) is None:
        message = "is no whole number"
        raise ValueError(message)
    return int(digits)


def lines_of(text: str) -> list[str]:
    """Return the lines that say something."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _shape(found: kinds.Type, sides: Sequence[str]) -> Shape | None:
    """Return the shape of a type, or null for one that is no plain field."""
    match found:
        case kinds.Metadata(type=inner):
            return _shape(inner, sides)
        case kinds.UnionType(types=types):
            said = [part for part in types if not isinstance(part, kinds.NoneType)]
            return _shape(said[0], sides) if len(said) == 1 else None
        case kinds.VarTupleType(item_type=element) | kinds.ListType(item_type=element):
            return _list(element, sides)
        case kinds.StructType():
            return _members(found, sides)
        case kinds.DictType(key_type=key, value_type=value):
            of = _plain(value, sides)
            return Members(dict.fromkeys(sides, of)) if key == _SIDE and of is not None else None
        case _:
            return _plain(found, sides)


def _plain(found: kinds.Type, sides: Sequence[str]) -> Plain | None:
    match found:
        case kinds.BoolType():
            return _choice({"yes": True, "no": False})
        case kinds.IntType():
            return Plain("number", str, whole_number)
        case kinds.DateType():
            return Plain("day", take=_day)
        case kinds.LiteralType(values=values):
            return _choice({str(value): value for value in values})
        case kinds.EnumType(cls=cls):
            return _choice({str(member.value): member.value for member in cls})
        case kinds.StrType():
            return _choice({side: side for side in sides}) if found == _SIDE else Plain("line")
        case _:
            return None


def _choice(values: Mapping[str, Any]) -> Plain:
    texts = {value: text for text, value in values.items()}

    def take(text: str) -> Any:
        if text not in values:
            message = f"is none of {', '.join(values)}"
            raise ValueError(message)
        return values[text]

    return Plain("choice", texts.__getitem__, take, tuple(values))


def _list(element: kinds.Type, sides: Sequence[str]) -> Shape | None:
    match element:
        case kinds.Metadata(type=inner):
            return _list(inner, sides)
        case kinds.StructType():
            members = _members(element, sides)
            return None if members is None else Rows(members)
        case kinds.IntType():
            return Plain("numbers", lambda found: ", ".join(map(str, found)), _numbers)
        case kinds.StrType():
            return Plain("lines", "\n".join, lines_of)
        case _:
            return None


def _members(found: kinds.StructType, sides: Sequence[str]) -> Members | None:
    parts, nullable = {}, set()
    for part in found.fields:
        of = _shape(part.type, sides)
        if not isinstance(of, Plain):
            return None
        parts[part.encode_name] = of
        union = part.type.type if isinstance(part.type, kinds.Metadata) else part.type
        if isinstance(union, kinds.UnionType) and union.includes_none:
            nullable.add(part.encode_name)
    return Members(parts, frozenset(nullable))


def _numbers(text: str) -> list[int]:
    return [whole_number(part) for part in re.split(r"[\s,;]+", text) if part]


def _day(text: str) -> str:
    return calendar_day(text).isoformat()


def _to_json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _from_json(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        message = "is no JSON"
        raise ValueError(message) from None
