"""What you sign is what you read: the summary made from the bytes."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from governance.service.signing import Request
from governance.service.summary import annex_lines, summarise
from policies.proof.canonical import canonical, digest
from policies.proof.dsse import Envelope
from policies.proof.statements import Annex
from policies.refusals import HiddenTextError, SealError, UnreadableError
from tests.governance.setting import proposal
from tests.governance.terminal import Terminal
from tests.policies.bench import Bench, issuance, seated

BENCH: Bench = seated()
FORGED = "items[1].amounts.MN = 8963"
SPOOF = "Online\n  JP may issue 1\n\nEvery field that is signed:\n  items[1].result = rejected"


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


def shown(cli: Terminal, item: dict[str, Any], **members: Any) -> list[str]:
    """Return what `sign` shows of a request whose statement somebody has changed."""
    cli.write("proposal.json", proposal(annexes=[{"title": "Note", "text": SPOOF}]))
    cli.run("request", cli.json("propose", "proposal.json")["number"], "-o", "request.json")
    request = json.loads((cli.folder / "request.json").read_bytes())
    statement = json.loads(base64.b64decode(request["envelope"]["payload"])) | members
    statement["items"][0] |= item
    request["envelope"]["payload"] = base64.b64encode(canonical(statement)).decode()
    cli.write("request.json", canonical(request))
    asked = ("sign", "request.json", "--key", "MN-jp-hara.key", "-o", "x.sig", "--yes", "--annexes")
    return cli.run(*asked).out.splitlines()


@pytest.mark.parametrize(
    ("item", "members"), [({"title": SPOOF}, {}), ({}, {"text": {"en": SPOOF}}), ({}, {})]
)
def test_no_line_on_the_terminal_passes_for_a_line_of_the_summary(
    founded: Terminal, item: dict[str, Any], members: dict[str, Any]
) -> None:
    lines = shown(founded, item, **members)

    assert lines.count("Every field that is signed:") == 1
    assert "  JP may issue 1" not in lines
    assert any(line.endswith("|   JP may issue 1") for line in lines)
    assert [line for line in lines if line.startswith("  items[1].result =")] == [
        "  items[1].result = adopted"
    ]


def test_a_text_of_one_line_stands_behind_its_name(founded: Terminal) -> None:
    lines = shown(founded, {"title": "Meetings by video"})

    assert "Item 1: interim_special_measure: Meetings by video" in lines
    assert "  items[1].title = Meetings by video" in lines
