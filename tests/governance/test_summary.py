"""What you sign is what you read: the summary made from the bytes."""

from __future__ import annotations

import base64
import json
from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from governance.service.requests import Request
from governance.service.summary import annex_lines, summarise
from policies.items.past import HistoryAdoption
from policies.proof.canonical import canonical, digest
from policies.proof.dsse import Envelope
from policies.proof.statements import Annex, Assertion, Decision
from policies.refusals import ContextError, HiddenTextError, SealError, UnreadableError
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


UNREAD = HistoryAdoption(
    title="Record", up_to=date(2024, 12, 31), record="0" * 64, decisions=1, items=1, credits=0
)


@pytest.mark.parametrize(
    "changes", [{"annexes": (Annex(title="Minutes", digest="0" * 64),)}, {"items": (UNREAD,)}]
)
def test_an_annex_that_is_not_there_to_read_refuses_the_signature(changes: dict[str, Any]) -> None:
    statement = BENCH.decision(**changes)

    with pytest.raises(SealError, match="so that you can read what you sign"):
        summarise(Request(statement.envelope(), {}))


def test_a_field_that_the_summary_does_not_know_refuses_the_signature() -> None:
    envelope = BENCH.decision().envelope()
    more = Envelope.of(envelope.payload_type, envelope.value | {"secret": "clause"})

    with pytest.raises(UnreadableError, match="unknown field `secret`"):
        summarise(Request(more, {}))


def about(decision: Decision) -> Assertion:
    """Return the assertion by which a member affirms a decision."""
    return Assertion(
        committee=decision.committee,
        founding=decision.founding,
        decision=decision.envelope().digest,
        says="affirms",
        reason=None,
        nonce="0" * 32,
    )


def test_who_affirms_reads_the_whole_text_that_the_assertion_names() -> None:
    decision = BENCH.decision(text={"en": f"Decided.\n\nEvery field that is signed:\n  {FORGED}"})
    said = about(decision).envelope()

    lines = summarise(Request(said, {}, decision.envelope()))

    text = "\n".join(lines)
    assert f"Digest {said.digest}" in lines
    assert f"Digest {decision.envelope().digest}" in lines
    assert all(leaf in text for leaf in leaves(said.value))
    assert all(leaf in text for leaf in leaves(decision.envelope().value)[:-1])
    assert "  | Decided." in lines
    assert f"  {FORGED}" not in lines
    signed = lines[lines.index("Every field that is signed:") + 1 :]
    assert [line.split(" = ")[0].strip() for line in signed] == sorted(said.value)


def test_who_affirms_is_told_where_the_text_is_not_there_to_read() -> None:
    said = about(BENCH.decision())

    lines = summarise(Request(said.envelope(), {}))

    assert any(line.startswith("The text that it speaks of is not in this file") for line in lines)
    assert not any(line.startswith("Text (") for line in lines)


def test_a_text_beside_an_assertion_is_shown_whole_or_not_at_all() -> None:
    annexed = BENCH.decision(annexes=(Annex(title="Minutes", digest="0" * 64),))
    hidden = BENCH.decision(text={"en": "Decided\u202e."})
    elsewhere = BENCH.decision(founding="0" * 64)

    with pytest.raises(SealError, match="so that you can read what you sign"):
        summarise(Request(about(annexed).envelope(), {}, annexed.envelope()))
    with pytest.raises(HiddenTextError):
        summarise(Request(about(hidden).envelope(), {}, hidden.envelope()))
    said = replace(about(elsewhere), founding=BENCH.founding).envelope()
    with pytest.raises(ContextError, match="belongs to the founding 0000"):
        summarise(Request(said, {}, elsewhere.envelope()))


def test_a_text_beside_a_statement_is_the_one_that_the_statement_names() -> None:
    decision, other = BENCH.decision(), BENCH.decision(text={"en": "Something else."})
    said = about(decision)
    whole = Request(said.envelope(), {}, decision.envelope())

    assert Request.from_bytes(whole.to_bytes()) == whole
    assert Request.from_bytes(Request(said.envelope(), {}).to_bytes()).decision is None
    for signed, beside in ((said, other), (decision, decision)):
        changed = Request(signed.envelope(), {}, beside.envelope())
        with pytest.raises(SealError, match=r"a\.json: .*which is not the one that is signed"):
            Request.from_bytes(changed.to_bytes(), "a.json")


@pytest.mark.parametrize("beside", [None, 7, {}, {"payload": "e30=", "payloadType": "x"}])
def test_what_lies_beside_a_statement_is_an_envelope(beside: Any) -> None:
    request = json.loads(Request(about(BENCH.decision()).envelope(), {}).to_bytes())

    with pytest.raises(SealError, match=r"a\.json: decision"):
        Request.from_bytes(canonical(request | {"decision": beside}), "a.json")


@pytest.mark.parametrize("command", [("affirm",), ("object", "--reason", "No.")])
def test_the_request_carries_the_text_that_its_statement_names(
    founded: Terminal, command: tuple[str, ...]
) -> None:
    annexes = [{"title": "Note", "text": "A longer\ntext"}]
    founded.write("proposal.json", proposal(annexes=annexes))
    number = founded.json("propose", "proposal.json")["number"]
    founded.run("distribute", number)
    founded.run("request", number, "-o", "request.json")
    founded.run(command[0], number, "-o", "said.json", *command[1:])

    asked = ("sign", "said.json", "--key", "MN-jp-mori.key", "-o", "x.sig", "--yes", "--annexes")
    lines = founded.run(*asked).out.splitlines()

    text = Request.from_bytes((founded.folder / "request.json").read_bytes()).envelope
    assert f"Digest {text.digest}" in lines
    assert "  | The Joint Committee takes an interim measure." in lines
    assert "  | A longer" in lines
    signed = Request.from_bytes((founded.folder / "x.sig").read_bytes())
    assert signed.envelope.value["decision"] == text.digest
    assert signed.decision is None


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
