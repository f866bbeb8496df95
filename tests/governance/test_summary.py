"""What you sign is what you read: the summary made from the bytes."""

from __future__ import annotations

from typing import Any

import pytest

from governance.service.signing import Request
from governance.service.summary import annex_lines, summarise
from policies.proof.canonical import digest
from policies.proof.dsse import Envelope
from policies.proof.statements import Annex
from policies.refusals import HiddenTextError, SealError, UnreadableError
from tests.policies.bench import Bench, issuance, seated

BENCH: Bench = seated()
FORGED = "items[1].amounts.MN = 8963"


def leaves(value: Any) -> list[str]:
    """Return the value of every leaf, as text."""
    if isinstance(value, dict):
        return [leaf for member in value.values() for leaf in leaves(member)]
    if isinstance(value, list):
        return [leaf for element in value for leaf in leaves(element)]
    return [] if value is None else [str(value)]


def test_every_value_that_is_signed_is_shown() -> None:
    envelope = BENCH.decision().envelope()

    said = "\n".join(summarise(Request(envelope, {})))

    assert envelope.digest in said
    assert all(leaf in said for leaf in leaves(envelope.value))


@pytest.mark.parametrize(
    "changes",
    [
        {"items": (issuance(title=f"Boilers\n  {FORGED}"),)},
        {"text": {"en": f"Decided.\n\nEvery field that is signed:\n  {FORGED}"}},
    ],
)
def test_no_line_of_a_text_passes_for_a_field(changes: dict[str, Any]) -> None:
    lines = summarise(Request(BENCH.decision(**changes).envelope(), {}))

    assert f"  {FORGED}" not in lines
    assert any(line.endswith(f"|   {FORGED}") for line in lines)
    assert lines.count("Every field that is signed:") == 1
    assert "  items[1].amounts.MN = 200" in lines


def test_no_line_of_an_annex_passes_for_another_annex() -> None:
    text = f"Minutes\nAnnex {'0' * 64}"

    lines = list(annex_lines(Request(BENCH.decision().envelope(), {digest(text.encode()): text})))

    assert [line for line in lines if line.startswith("Annex")] == [
        f"Annex {digest(text.encode())}"
    ]


def test_what_a_reader_would_not_see_is_not_signed() -> None:
    hidden = BENCH.decision(text={"en": "Decided\u202e."}).envelope()
    decomposed = BENCH.decision(text={"en": "De\u0301cide\u0301."}).envelope()

    for envelope in (hidden, decomposed):
        with pytest.raises(HiddenTextError):
            summarise(Request(envelope, {}))


def test_an_annex_that_is_not_there_to_read_refuses_the_signature() -> None:
    statement = BENCH.decision(annexes=(Annex(title="Minutes", digest="0" * 64),))

    with pytest.raises(SealError, match="so that you can read what you sign"):
        summarise(Request(statement.envelope(), {}))


def test_a_field_that_the_summary_does_not_know_refuses_the_signature() -> None:
    envelope = BENCH.decision().envelope()
    more = Envelope.of(envelope.payload_type, envelope.value | {"secret": "clause"})

    with pytest.raises(UnreadableError, match="unknown field `secret`"):
        summarise(Request(more, {}))
