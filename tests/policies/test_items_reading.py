"""Every kind of item reads back as it was signed; what is missing, unknown or wrong is named."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from msgspec import inspect

from policies.items import KINDS
from policies.proof.canonical import canonical
from policies.proof.dsse import Envelope
from policies.proof.reading import read
from policies.proof.statements import Decision
from policies.refusals import NotCanonicalError, UnreadableError
from tests.policies.bench import found, issuance

STATEMENT = found().decision()

# The names in the record's data, and the further ones of this engine (DESIGN, section 4).
# fmt: off
NAMES = {
    "issuance", "project_registration", "methodology_approval", "methodology_revision",
    "tpe_designation", "tpe_scope_extension", "rules_adoption", "rules_revision",
    "pin_no_objection", "interim_special_measure", "pin_procedure_waiver",
    "registration_request_withdrawal", "methodology_rejection", "registration_rejection",
    "issuance_rejection", "tpe_rejection", "tpe_provisional_designation",
    "tpe_reaccreditation", "tpe_suspension", "tpe_reinstatement", "tpe_withdrawal",
    "issuance_request_withdrawal", "project_withdrawal", "post_registration_change",
    "post_registration_change_rejection", "crediting_period_renewal",
    "reference_emissions_assessment", "assessment_extension", "history_adoption",
    "correction",
}
# fmt: on


def sample(kind: Any, *, full: bool) -> Any:
    """Return a JSON value of a type; with `full`, what may be null is not."""
    match kind:
        case inspect.UnionType(types=types):
            nothing = any(isinstance(one, inspect.NoneType) for one in types)
            if nothing and not full:
                return None
            return sample(next(t for t in types if not isinstance(t, inspect.NoneType)), full=full)
        case inspect.StrType(pattern=pattern):
            return "JP" if pattern and "{2}" in pattern else "0" * 64 if pattern else "text"
        case inspect.BoolType():
            return False
        case inspect.IntType():
            return 1
        case inspect.DateType():
            return "2026-01-01"
        case inspect.LiteralType(values=values):
            return values[0]
        case inspect.VarTupleType(item_type=item_type):
            return [sample(item_type, full=full)] if full else []
        case inspect.DictType(key_type=key, value_type=value):
            return {sample(key, full=full): sample(value, full=full)}
        case inspect.StructType(fields=fields, tag_field=tag_field, tag=tag):
            named = {f.encode_name: sample(f.type, full=full) for f in fields}
            return named | ({tag_field: tag} if tag_field else {})
    message = f"no sample of {kind}"
    raise AssertionError(message)


def decision_with(*items: Any) -> Envelope:
    value = STATEMENT.envelope().value | {"items": list(items)}
    return Envelope(Decision.payload_type, canonical(value))


def refusal(item: Any) -> str:
    with pytest.raises(UnreadableError) as caught:
        read(decision_with(item), Decision)
    return str(caught.value)


WHOLE = {name: sample(inspect.type_info(kind), full=True) for name, kind in KINDS.items()}
LEAST = {name: sample(inspect.type_info(kind), full=False) for name, kind in KINDS.items()}


def test_the_kinds_are_those_of_the_design() -> None:
    assert set(KINDS) == NAMES


@pytest.mark.parametrize("kind", KINDS)
def test_an_item_reads_back_as_it_was_written(kind: str) -> None:
    for value in (WHOLE[kind], LEAST[kind]):
        [item] = read(decision_with(value), Decision).items

        assert item.kind == kind
        assert canonical(msgspec.to_builtins(item)) == canonical(value)


@pytest.mark.parametrize("kind", KINDS)
def test_a_field_that_is_missing_is_named(kind: str) -> None:
    for field in WHOLE[kind]:
        value = {name: given for name, given in WHOLE[kind].items() if name != field}
        if field != "kind":
            assert f"missing required field `{field}`" in refusal(value)
    assert "kind" in refusal({k: v for k, v in WHOLE[kind].items() if k != "kind"})


@pytest.mark.parametrize("kind", KINDS)
def test_a_field_that_is_unknown_is_named(kind: str) -> None:
    said = refusal(WHOLE[kind] | {"note": "x"})

    assert "unknown field `note`" in said
    assert "`$.items[0]`" in said


@pytest.mark.parametrize("kind", KINDS)
def test_a_field_of_another_type_is_named(kind: str) -> None:
    for field in WHOLE[kind]:
        if field != "kind":
            wrong: Any = 2**40 if isinstance(WHOLE[kind][field], str | dict | list) else "1"
            assert f"$.items[0].{field}" in refusal(WHOLE[kind] | {field: wrong})


@pytest.mark.parametrize("kind", ["", "Issuance", "issuances", None, 1])
def test_an_unknown_kind_is_refused(kind: Any) -> None:
    assert "items[0]" in refusal(WHOLE["issuance"] | {"kind": kind})


def test_a_decision_has_one_to_two_hundred_items() -> None:
    with pytest.raises(UnreadableError, match="items"):
        read(decision_with(), Decision)
    assert len(read(decision_with(*[LEAST["issuance"]] * 200), Decision).items) == 200
    with pytest.raises(UnreadableError, match="items"):
        read(decision_with(*[LEAST["issuance"]] * 201), Decision)


# Whole numbers


def amount(written: bytes) -> Envelope:
    """Return a decision whose quantity is written so, whatever it is."""
    payload = STATEMENT.envelope().payload.replace(b'"quantity":1000', b'"quantity":' + written)
    return Envelope(Decision.payload_type, payload)


def test_an_amount_is_a_whole_number() -> None:
    [item] = read(amount(b"35854"), Decision).items

    assert item == issuance(quantity=35854)


@pytest.mark.parametrize("written", [b"1.5", b"1000.0", b"1e3", b"NaN", b"9007199254740992"])
def test_a_number_that_is_not_whole_has_no_canonical_form(written: bytes) -> None:
    with pytest.raises(NotCanonicalError, match="payload"):
        read(amount(written), Decision)


@pytest.mark.parametrize("written", [b'"35854"', b"true", b"null", b"-1", b'"35,854"', b"[1]"])
def test_anything_else_than_a_whole_number_is_refused_at_its_place(written: bytes) -> None:
    with pytest.raises(UnreadableError, match=r"\$\.items\[0\]\.quantity"):
        read(amount(written), Decision)


def test_a_day_is_a_day_of_the_calendar() -> None:
    for day in ("2026-02-29", "2026-13-01", "20260101", "2026-01-01T00:00:00Z", "1 May 2026"):
        value = WHOLE["issuance"] | {"monitoring_period": {"from": day, "to": "2026-12-31"}}
        assert "$.items[0].monitoring_period.from" in refusal(value)


# The decision around the items


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("committee", "MN"),
        ("committee", "JP-MN "),
        ("founding", "0" * 63),
        ("founding", "G" * 64),
        ("number", "JP-MN/2026/7"),
        ("number", "JP-MN/H/2017-10-24/meeting"),
        ("proposal", {"id": 0, "version": 1}),
        ("procedure", {"kind": "circular"}),
        ("procedure", {"kind": "meeting", "meeting": "9th", "date": "2026-06-10", "note": ""}),
        ("procedure", {"kind": "electronic", "distributed": "2026-06-10"}),
        ("checkpoint", {"size": 0, "root": "0" * 64}),
        ("text", {"EN": "x"}),
        ("text", {"en": ""}),
        ("answers", ["x"]),
        ("expires", None),
        ("annexes", [{"title": "", "digest": "0" * 64}]),
    ],
)
def test_a_member_of_a_decision_in_another_form_is_named(member: str, value: Any) -> None:
    payload = canonical(STATEMENT.envelope().value | {member: value})

    with pytest.raises(UnreadableError, match=rf"the decision is not well formed: .*{member}"):
        read(Envelope(Decision.payload_type, payload), Decision)


def test_a_payload_that_is_no_object_is_refused() -> None:
    for payload in (b"[]", b"null", b"1", b'"decision"'):
        with pytest.raises(UnreadableError, match="the decision is not well formed"):
            read(Envelope(Decision.payload_type, payload), Decision)
