"""How a member of an input file is written: every type that items have, as JSON."""

from __future__ import annotations

from typing import Any

import pytest

from policies.cases import CASE_KINDS
from policies.items.entities import Accreditation
from policies.items.issuance import Issuance
from policies.items.kind import ScopeUntil
from policies.refusals import UnreadableError
from policies.shapes import may_be_null, shape

TYPES: list[tuple[Any, str]] = [
    (bool, "true or false"),
    (int | None, "1 or null"),
    (None | int, "1 or null"),
    (Accreditation, '"CDM designated operational entity" or "ISO 14065"'),
    (tuple[ScopeUntil, ...], '[{"scope": 1, "until": "YYYY-MM-DD" or null}, …]'),
    (dict[str, int], '{"…": 1, …}'),
]


@pytest.mark.parametrize(("type_", "written"), TYPES)
def test_a_type_is_shown_as_it_is_written(type_: Any, written: str) -> None:
    assert shape(type_) == written


def test_only_what_may_be_null_may_be_left_out() -> None:
    assert may_be_null(int | None)
    assert not may_be_null(int)


def test_every_member_that_a_submission_may_have_has_a_shape() -> None:
    for kind in CASE_KINDS.values():
        assert all(shape(type_) for type_ in kind.members().values()), kind.name


def test_a_member_that_is_wrong_is_refused_with_how_it_is_written() -> None:
    kind = CASE_KINDS["tpe_designation"]

    with pytest.raises(UnreadableError, match=r'written \[\{"scope": 1, "until": "YYYY-MM-DD" or'):
        kind.read({"validation": [1]}, submitting=True)


def test_what_is_unsaid_is_what_the_item_must_say_and_the_case_does_not() -> None:
    asked: dict[str, Any] = {"project": "MN001", "monitoring_period": {}, "quantity": None}

    unsaid = CASE_KINDS["issuance_request"].unsaid(asked)

    assert unsaid == ("quantity", "amounts")
    assert set(unsaid) < set(Issuance.__struct_fields__)
    assert CASE_KINDS["methodology_proposal"].unsaid({"scopes": [1]}) == ()
