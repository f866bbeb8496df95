"""Reports back: the same bytes until accepted; what is refused is kept, shown, and tried again."""

from __future__ import annotations

import httpx2
import pytest

from governance.reference_registry.key import SigningKey
from policies.proof.dsse import Envelope
from policies.proof.keys import KeyRecord
from tests.policies.keyring import ed25519_private, p256_private
from tests.reference_registry.desk import Desk
from tests.reference_registry.standin import StandIn, corrects, credits, problem

REPORTING = "/v1/acknowledgements"


def _answers(status: int, **headers: str) -> httpx2.Response:
    return httpx2.Response(status, headers=headers)


def test_a_report_whose_answer_was_lost_is_sent_again_as_the_same_bytes(
    desk: Desk, engine: StandIn
) -> None:
    engine.decide(credits(800, 200))

    def lose(request: httpx2.Request) -> None:
        if request.url.path == REPORTING:
            raise httpx2.ReadTimeout("no answer")

    engine.after = lose
    done = desk.run()
    assert done.reported == 0
    assert done.trouble is not None
    engine.after = None

    desk.run()

    assert len(engine.posted) == 2
    assert engine.posted[0] == engine.posted[1]
    assert len(engine.reports()) == 1
    assert [entry["status"] for entry in desk.reports] == ["accepted"]


def test_what_is_accepted_is_not_sent_again(desk: Desk, engine: StandIn) -> None:
    engine.decide(credits(800, 200))
    desk.run()

    desk.later(days=1).run()

    assert len(engine.posted) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 429, 408])
def test_a_busy_engine_refuses_nothing(desk: Desk, engine: StandIn, status: int) -> None:
    engine.decide(credits(800, 200))
    engine.before = lambda r: _answers(status) if r.url.path == REPORTING else None

    done = desk.run()

    assert done.trouble is not None
    assert [entry["status"] for entry in desk.reports] == ["pending"]
    engine.before = None
    assert desk.run().reported == 1


def test_a_refused_report_is_kept_and_shown_with_its_reason(desk: Desk, engine: StandIn) -> None:
    engine.decide(credits(800, 200))
    refuses = problem(403, "not-entitled", "no key in use of a registry of JP-MN")
    engine.before = lambda r: refuses if r.url.path == REPORTING else None

    desk.run()

    [entry] = desk.status["unaccepted_reports"]
    assert entry["status"] == "refused"
    assert entry["reason"] == "403 not-entitled: no key in use of a registry of JP-MN"
    assert desk.issued == [800]


def test_a_refused_report_is_accepted_once_its_cause_is_gone(desk: Desk, engine: StandIn) -> None:
    engine.decide(credits(800, 200))
    engine.before = lambda r: problem(403, "not-entitled", "") if r.url.path == REPORTING else None
    desk.run()
    engine.before = None

    assert desk.run(everything=False).reported == 0
    assert desk.later(seconds=5).run(everything=False).reported == 1
    assert len(set(engine.posted)) == 1


def test_one_refused_report_stops_no_other(desk: Desk, engine: StandIn) -> None:
    engine.decide(credits(800, 200))
    engine.decide(credits(5, 5))

    engine.before = lambda r: problem(422, "report", "") if _first_report(r) else None
    desk.run()

    assert [entry["status"] for entry in desk.reports] == ["refused", "accepted"]


def test_a_report_that_replaces_another_waits_until_that_is_accepted(
    desk: Desk, engine: StandIn
) -> None:
    first = engine.decide(credits(800, 200))
    engine.decide(corrects(first, first, (900, 200)))
    engine.before = lambda r: problem(422, "report", "") if _first_report(r) else None

    desk.run()

    assert [entry["status"] for entry in desk.reports] == ["refused", "pending"]
    engine.before = None
    desk.run()
    assert [report.amount for report in engine.reports()] == [800, 900]


def _first_report(request: httpx2.Request) -> bool:
    if request.url.path != REPORTING:
        return False
    return bool(Envelope.from_bytes(request.read()).value["report"] == "JP-MN/2026/001#1")


def test_what_an_old_key_signed_is_signed_anew_with_the_same_words(
    desk: Desk, engine: StandIn
) -> None:
    engine.decide(credits(800, 200))
    desk.key = "a key that nobody appointed"
    desk.run()
    assert [entry["status"] for entry in desk.reports] == ["refused"]
    desk.key = None

    desk.run()

    assert [entry["status"] for entry in desk.reports] == ["accepted"]
    before, after = (Envelope.from_bytes(body) for body in engine.posted)
    assert before.digest == after.digest
    assert len(after.signatures) == 1


def test_an_engine_that_says_when_to_come_back_is_left_alone_until_then(
    desk: Desk, engine: StandIn
) -> None:
    retry = {"Retry-After": "120"}
    engine.before = lambda r: _answers(503, **retry)

    assert desk.run().after == 120.0


@pytest.mark.parametrize("text", ["-1", "1e9", "soon", "٣", "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_a_time_to_come_back_that_is_no_number_is_left_aside(
    desk: Desk, engine: StandIn, text: str
) -> None:
    engine.before = lambda r: httpx2.Response(503, headers=[(b"Retry-After", text.encode())])

    assert desk.run().after is None


@pytest.mark.parametrize("private", [ed25519_private("one"), p256_private("two")])
def test_both_kinds_of_key_sign_what_the_verifier_accepts(private: object) -> None:
    key = SigningKey(private)
    envelope = Envelope.of("application/vnd.jcm.acknowledgement.v1+json", {"amount": 1})

    signed = key.sign(envelope)

    record = KeyRecord.of(private.public_key())  # type: ignore[attr-defined]
    assert record.verify_envelope(signed).keyid == key.keyid
