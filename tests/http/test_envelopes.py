"""Envelopes in: the signature is the authority, the kind fits the path, nothing counts twice."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace
from starlette.testclient import TestClient

from governance import assembly
from governance.demo.stage import Stage
from governance.http.limits import Limits
from governance.keys.files import PrivateKey
from governance.service.reports import report_request
from governance.service.roll_call import call_roll
from governance.settings import Settings
from policies.proof.dsse import MAX_ENVELOPE, Envelope, Signature
from policies.proof.statements import Founding
from tests.http.committee import CO_CHAIRS, CODE, MEMBERS, Awaited, awaited, founded
from tests.http.conftest import Serve
from tests.http.test_problems import problem

JSON = {"Content-Type": "application/json"}


def post(client: TestClient, path: str, envelope: Envelope, **headers: str) -> Any:
    return client.post(f"/v1/{path}", content=envelope.to_bytes(), headers=JSON | headers)


@pytest.fixture
def text(stage: Stage) -> Awaited:
    return awaited(stage)


def test_a_decision_is_adopted_by_what_comes_in(door: TestClient, text: Awaited) -> None:
    for person in MEMBERS:
        answer = post(door, "assertions", text.assertion(person))
        assert answer.status_code == 201, answer.text
        assert answer.json()["recorded"] is True
    first = post(door, "signatures", text.signature(CO_CHAIRS[0]))
    assert "Bold Ganbaatar" in first.json()["says"]  # who is still awaited
    last = post(door, "signatures", text.signature(CO_CHAIRS[1]))

    assert last.status_code == 201
    assert last.json() == {
        "committee": CODE,
        "subject": text.number,
        "digest": text.text.envelope.digest,
        "recorded": True,
        "says": f"{text.number} is adopted on 2026-01-05",
    }
    assert door.get(f"/v1/decisions/{text.number}").json()["status"] == "signed"
    assert door.get("/v1/committees/MN/decisions").json()[-1]["number"] == text.number


def test_the_same_again_changes_nothing(door: TestClient, stage: Stage, text: Awaited) -> None:
    envelope = text.assertion(MEMBERS[0])
    post(door, "assertions", envelope)
    before = stage.engine.record.position
    again = post(door, "assertions", envelope)

    assert (again.status_code, again.json()["recorded"]) == (200, False)
    assert stage.engine.record.position == before


def test_what_comes_again_after_the_adoption_changes_nothing_and_learns_of_it(
    door: TestClient, stage: Stage, text: Awaited
) -> None:
    sent = [("assertions", text.assertion(person)) for person in MEMBERS]
    sent += [("signatures", text.signature(person)) for person in CO_CHAIRS]
    first = [post(door, path, envelope).status_code for path, envelope in sent]
    before = stage.engine.record.position
    again = [post(door, path, envelope) for path, envelope in sent]

    assert first == [201] * 4
    assert [answer.status_code for answer in again] == [200] * 4
    assert [answer.json()["recorded"] for answer in again] == [False] * 4
    assert all("is adopted" in answer.text for answer in again)
    assert stage.engine.record.position == before


def test_an_assertion_that_is_new_after_the_adoption_is_refused(
    door: TestClient, stage: Stage, text: Awaited
) -> None:
    late, known = text.assertion(MEMBERS[0], objects=True), text.assertion(MEMBERS[0])
    post(door, "assertions", known)
    for person in CO_CHAIRS:
        post(door, "signatures", text.signature(person))
    post(door, "assertions", text.assertion(MEMBERS[1]))
    other = known.unsigned().signed_by(stage.key(MEMBERS[1]).sign(known.unsigned()))
    forged = Envelope(
        known.payload_type, known.payload, (replace(known.signatures[0], sig=b"x" * 64),)
    )

    assert post(door, "assertions", known).status_code == 200
    for envelope in (late, other, forged):  # never sent, another's words, nobody's signature
        refused = problem(post(door, "assertions", envelope), 409)
        assert refused["refusal"] == "step-not-allowed"


def test_an_assertion_on_a_text_that_was_withdrawn_comes_again_and_changes_nothing(
    door: TestClient, stage: Stage, text: Awaited
) -> None:
    envelope, never = text.assertion(MEMBERS[0]), text.assertion(MEMBERS[1])
    post(door, "assertions", envelope)
    stage.engine.proposals.withdraw(CODE, text.proposal, "Not now.")
    before = stage.engine.record.position

    assert post(door, "assertions", envelope).json()["recorded"] is False
    assert post(door, "assertions", never).status_code == 404
    assert stage.engine.record.position == before


def test_any_spacing_and_order_of_members_is_taken(door: TestClient, text: Awaited) -> None:
    value = dict(reversed(text.assertion(MEMBERS[0]).to_json().items()))
    for kind in ("application/json; charset=UTF-8", "application/vnd.dsse.envelope.v1+json"):
        body = json.dumps(value, indent=2)
        answer = door.post("/v1/assertions", content=body, headers={"Content-Type": kind})
        assert answer.status_code in (200, 201)


def test_a_report_of_a_registry_comes_in_with_its_own_key_and_counts(
    told_copy: Settings, serve: Serve
) -> None:
    client = serve(told_copy)
    content = {
        "committee": "MN",
        "side": "JP",
        "decision": "JP-MN/2026/001",
        "item": 1,
        "report": "JP-2026-100",
        "amount": 110,
        "serials": {"first": "JP-MN-MN001-000001", "last": "JP-MN-MN001-000110"},
        "issued_on": "2026-05-20",
        "supersedes": None,
    }
    with assembly.reading_desk(told_copy) as desk:
        envelope = report_request(desk, content).envelope
    key = PrivateKey.load(told_copy.keys / "people" / "jp-registry.key", None)
    signed = envelope.signed_by(key.sign(envelope))
    stranger = envelope.signed_by(PrivateKey.new("ed25519").sign(envelope))
    refused = problem(post(client, "acknowledgements", stranger), 403)
    before = _reported(client)

    first = post(client, "acknowledgements", signed)
    again = post(client, "acknowledgements", signed)

    assert (first.status_code, again.status_code) == (201, 200), first.text
    assert refused["refusal"] == "not-entitled"
    assert (before, _reported(client)) == ((None, None), (110, 0))
    credits = client.get("/v1/committees/MN/registers/credits").json()
    assert any(e["project"] == "MN001" and e["reported"] == 110 for e in credits)


def test_a_key_answers_the_roll_call_by_its_own_signature(door: TestClient, stage: Stage) -> None:
    founded(stage)
    requests = call_roll(stage.engine.desk, CODE, 2026)
    (own,) = (r.envelope for stem, r in requests.items() if stem.startswith("MN-mn-bold-"))

    forged = problem(post(door, "signatures", stage.sign(own, "mn-dorj")), 422)
    first = post(door, "signatures", stage.sign(own, "mn-bold"))
    again = post(door, "signatures", stage.sign(own, "mn-bold"))

    assert forged["refusal"] == "seal"
    assert (first.status_code, again.status_code) == (201, 200), first.text
    assert first.json()["says"].endswith("of mn-bold answered")


def _reported(client: TestClient) -> tuple[int | None, int | None]:
    found = client.get("/v1/reconciliation", params={"committee": "MN"}).json()
    wanted = ("JP-MN/2026/001", "MN001", "JP")
    (line,) = (e for e in found if (e["decision"], e["project"], e["side"]) == wanted)
    return line["reported"], line["difference"]


def test_the_kind_fits_the_path(door: TestClient, text: Awaited) -> None:
    wrong = [
        ("signatures", text.assertion(MEMBERS[0])),
        ("assertions", text.signature(CO_CHAIRS[0])),
        ("acknowledgements", text.assertion(MEMBERS[0])),
        ("assertions", text.stage.sign(Envelope.of("application/json", {}), MEMBERS[0])),
    ]
    for path, envelope in wrong:
        found = problem(post(door, path, envelope), 422)
        assert found["refusal"] == "context"
        assert found["type"] == "urn:jcm:refusal:context"


def test_no_stranger_founds_a_committee(door: TestClient, stage: Stage) -> None:
    stage.found("MN")
    entry = next(stage.engine.record.stream(CODE))
    envelope: Envelope = entry.event.envelope  # type: ignore[attr-defined]
    assert envelope.payload_type == Founding.payload_type

    found = problem(post(door, "signatures", envelope), 422)
    assert found["refusal"] == "context"


def test_what_is_not_genuine_is_refused_by_name(door: TestClient, text: Awaited) -> None:
    good = text.signature(CO_CHAIRS[0])
    (signature,) = good.signatures
    forged = Envelope(
        good.payload_type, good.payload, (Signature(signature.keyid, bytes(len(signature.sig))),)
    )
    stranger = text.stage.sign(text.text.envelope.unsigned(), "nobody")

    assert problem(post(door, "signatures", forged), 403)["refusal"] == "signature-not-genuine"
    assert problem(post(door, "signatures", stranger), 403)["refusal"] == "not-entitled"
    unsigned = problem(post(door, "signatures", good.unsigned()), 422)
    assert "nobody has signed" in unsigned["detail"]


def test_what_nobody_knows_is_404(door: TestClient, text: Awaited) -> None:
    value = {**text.text.envelope.value, "committee": "JP-KE"}
    elsewhere = text.stage.sign(Envelope.of(text.text.envelope.payload_type, value), "jp-hara")
    assert problem(post(door, "signatures", elsewhere), 404)["refusal"] == "not-found"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"payload":"","payloadType":"a","signatures":[],"x":1}',
        b'{"payload":"","payload":"","payloadType":"a","signatures":[]}',
        b'{"payload":1.5,"payloadType":"a","signatures":[]}',
        b"[" * 60_000,
        b'{"payload":"' + base64.b64encode(b"{}") + b'","payloadType":"a","signatures":[{}]}',
    ],
    ids=range(10),
)
def test_what_is_no_envelope_is_422(door: TestClient, body: bytes) -> None:
    for path in ("signatures", "assertions", "acknowledgements"):
        problem(door.post(f"/v1/{path}", content=body, headers=JSON), 422)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Type": "application/xml"},
        JSON | {"Content-Encoding": "gzip"},
    ],
)
def test_another_media_type_is_415_and_those_taken_are_named(
    door: TestClient, headers: dict[str, str]
) -> None:
    answer = door.post("/v1/signatures", content=b"{}", headers=headers)
    problem(answer, 415)
    assert "application/json" in answer.headers["accept-post"]


def test_a_body_is_limited_with_its_length_and_without(door: TestClient) -> None:
    def dripping() -> Iterator[bytes]:
        for _ in range(MAX_ENVELOPE // 1000 + 2):
            yield b"x" * 1000

    problem(door.post("/v1/signatures", content=b"x" * (MAX_ENVELOPE + 1), headers=JSON), 413)
    problem(door.post("/v1/signatures", content=dripping(), headers=JSON), 413)
    problem(door.post("/v1/signatures", content=b"x" * MAX_ENVELOPE, headers=JSON), 422)


def test_writes_of_one_address_are_limited_and_reading_is_not(stage: Stage, serve: Serve) -> None:
    client = serve(stage.engine.settings, Limits(writes_per_minute=3), stage.clock)
    answers = [client.post("/v1/signatures", content=b"{}", headers=JSON) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [422, 422, 422, 429, 429]
    problem(answers[-1], 429)
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 20
    assert client.get("/v1/committees").status_code == 200
