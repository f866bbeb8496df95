"""How a member of an input file is written: an example of its type, for refusals and help."""

from __future__ import annotations

import json
from typing import Any

import msgspec.inspect as kinds


def shape(type_: Any) -> str:
    """Return how a value of a type is written in JSON; alternatives stand beside each other.

    A text is shown as ``"…"``, a day as ``"YYYY-MM-DD"``; ``, …`` means that more may follow.
    """
    return _said(kinds.type_info(type_))


def may_be_null(type_: Any) -> bool:
    """Whether a value of a type may be null, so that a file may leave it out."""
    found = kinds.type_info(type_)
    if isinstance(found, kinds.Metadata):
        found = found.type
    return isinstance(found, kinds.UnionType) and found.includes_none


def _said(found: kinds.Type) -> str:
    match found:
        case kinds.Metadata(type=inner):
            return _said(inner)
        case kinds.NoneType():
            return "null"
        case kinds.BoolType():
            return "true or false"
        case kinds.IntType():
            return "1"
        case kinds.DateType():
            return '"YYYY-MM-DD"'
        case kinds.LiteralType(values=values):
            return " or ".join(json.dumps(value, ensure_ascii=False) for value in values)
        case kinds.EnumType(cls=cls):
            return " or ".join(json.dumps(member.value) for member in cls)
        case kinds.UnionType(types=types):
            return " or ".join(_said(part) for part in _null_last(types))
        case kinds.VarTupleType(item_type=element) | kinds.ListType(item_type=element):
            return f"[{_said(element)}, …]"
        case kinds.DictType(key_type=key, value_type=value):
            return f"{{{_said(key)}: {_said(value)}, …}}"
        case kinds.StructType(fields=fields):
            members = (f'"{part.encode_name}": {_said(part.type)}' for part in fields)
            return f"{{{', '.join(members)}}}"
        case _:
            return '"…"'


def _null_last(types: tuple[kinds.Type, ...]) -> list[kinds.Type]:
    return sorted(types, key=lambda part: isinstance(part, kinds.NoneType))
