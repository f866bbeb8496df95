"""Reports of issuance: who may report, what is recorded once, and in what it differs."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from aggregates.committee.events import CaseOpened, ReportRecorded
from governance.service.reports import report_request
from policies.proof.dsse import Envelope
from policies.proof.reading import read
from policies.proof.statements import Acknowledgement
from policies.refusals import (
    ContextError,
    HiddenTextError,
    NotEntitledError,
    NotFoundError,
    ReportError,
    SealError,
    SignatureNotGenuineError,
    UnreadableError,
)
from tests.aggregates.docket import Docket
from tests.aggregates.registries import KEYS, Registries, what
from tests.aggregates.room import CODE, MEASURE

UNKNOWN = "f" * 64


@pytest.fixture
def registries(docket: Docket) -> Registries:
    return Registries(docket).seat()


def about(registries: Registries, digest: str, **more: Any) -> Envelope:
    """Return a report on whatever decision has that digest."""
    stated = Acknowledgement(
        committee=CODE,
        founding=registries.docket.room.state.roster.founding,
        side="MN",
        decision=digest,
        item=1,
        report="R1",
        amount=400,
        serials=None,
        issued_on=registries.docket.today,
        supersedes=None,
    )
    return replace(stated, **more).envelope()


# Who may report


def test_a_sides_registry_reports_with_its_own_key(registries: Registries) -> None:
    number = registries.decide()

    for side in ("JP", "MN"):
        event = registries.report(number, side)
        assert (event.side, event.person) == (side, KEYS[side])
        assert (event.decision, event.item, event.project) == (number, 1, "MN001")
        assert (event.differences, event.case) == ((), None)
    assert registries.reported(number) == {"JP": 600, "MN": 400}


@pytest.mark.parametrize(
    ("keys", "refusal", "match"),
    [
        (("jp-registry",), NotEntitledError, "is the registry of JP, the report is of MN"),
        (("mn-bold",), NotEntitledError, "no key in use of a registry"),
        (("mn-jp-authority-1",), NotEntitledError, "no key in use of a registry"),
        (("stranger",), NotEntitledError, "no key in use of a registry"),
        (("mn-registry", "jp-registry"), SealError, "has one signature"),
        (("mn-registry", "mn-bold"), SealError, "has one signature"),
        ((), SealError, "this has 0"),
    ],
)
def test_nobody_else_may(
    registries: Registries, keys: tuple[str, ...], refusal: type[Any], match: str
) -> None:
    number = registries.decide()

    with registries.docket.refuses(refusal, match):
        registries.submit(registries.envelope(number), *keys)


def test_a_signature_that_is_of_another_report_is_not_genuine(registries: Registries) -> None:
    number = registries.decide()
    stage = registries.docket.room.stage
    other = stage.sign(registries.envelope(number, amount=399), "mn-registry")
    moved = registries.envelope(number).signed_by(*other.signatures)

    with registries.docket.refuses(SignatureNotGenuineError):
        stage.submit(moved)


@pytest.mark.parametrize("reason", ["retired", "compromised"])
def test_a_key_that_is_in_use_no_more_does_not_count(registries: Registries, reason: str) -> None:
    number, room = registries.decide(), registries.docket.room
    envelope = registries.envelope(number)
    act = room.retires("mn-registry")
    if reason == "compromised":
        act = {"act": "compromise-key", "keyid": act["keyid"], "since": None}
    room.appoint("MN", act)

    with registries.docket.refuses(NotEntitledError, "no key in use"):
        registries.submit(envelope, "mn-registry")


def test_a_registry_whose_term_has_ended_reports_no_more(registries: Registries) -> None:
    number, room = registries.decide(), registries.docket.room
    envelope = registries.envelope(number)
    room.appoint("MN", room.ends("mn-registry", "registry"))

    with registries.docket.refuses(NotEntitledError, "no key in use"):
        registries.submit(envelope, "mn-registry")


def test_what_was_recorded_stands_whatever_became_of_the_key(registries: Registries) -> None:
    number, room = registries.decide(), registries.docket.room
    envelope = registries.envelope(number)
    registries.submit(envelope, "mn-registry")
    room.appoint("MN", room.retires("mn-registry"))

    again = registries.submit(envelope, "mn-registry")

    assert again.events == ()
    assert again.says == f"report MN-{number[-3:]} of MN was recorded before"


@pytest.mark.parametrize("changed", [{"committee": "JP-ID"}, {"founding": UNKNOWN}])
def test_a_report_of_another_committee_or_founding_is_refused(
    registries: Registries, changed: dict[str, str]
) -> None:
    registries.docket.room.stage.found("ID")
    report = about(registries, registries.digest(registries.decide()), **changed)

    with registries.docket.refuses(ContextError, "this belongs to the founding"):
        registries.submit(report, "mn-registry")


# Once, under a name of its own


def test_the_same_report_again_changes_nothing(registries: Registries) -> None:
    envelope = registries.envelope(registries.decide(), amount=399)
    registries.submit(envelope, "mn-registry")
    record = registries.docket.room.stage.engine.record
    before = record.position

    again = registries.submit(envelope, "mn-registry")

    assert again.events == ()
    assert record.position == before


def test_one_name_is_of_one_report(registries: Registries) -> None:
    number = registries.decide()
    registries.report(number, report="R1")

    with registries.docket.refuses(ReportError, "recorded with other content"):
        registries.report(number, report="R1", amount=399)
    other = registries.decide()
    with registries.docket.refuses(ReportError, "recorded with other content"):
        registries.report(other, report="R1")
    assert registries.report(number, "JP", report="R1").side == "JP"


def test_a_chain_of_reports_counts_by_its_last(registries: Registries) -> None:
    number = registries.decide()
    registries.report(number, report="R1", amount=100)
    registries.report(number, report="R2", amount=500, supersedes="R1")

    last = registries.report(number, report="R3", supersedes="R2")

    assert what(last) == []
    assert registries.reported(number) == {"MN": 400}
    blocks = registries.docket.room.state.ground.credits[number, 1].reports["MN"]
    assert [block.report for block in blocks] == ["R3"]


def test_a_report_replaces_one_that_stands_of_its_own_side_and_item(
    registries: Registries,
) -> None:
    number, other = registries.decide(), registries.decide()
    registries.report(number, report="R1", amount=100)
    registries.report(number, report="R2", supersedes="R1")
    registries.report(number, "JP", report="J1", amount=1)
    docket = registries.docket

    with docket.refuses(ReportError, "has replaced already"):
        registries.report(number, report="R3", supersedes="R1")
    with docket.refuses(NotFoundError, "has reported no such thing"):
        registries.report(number, report="R3", supersedes="J1")
    with docket.refuses(NotFoundError, "has reported no such thing"):
        registries.report(number, report="R3", supersedes="R3")
    with docket.refuses(ReportError, "by a report of zero on its own item"):
        registries.report(other, report="R3", supersedes="R2")
    assert registries.reported(number) == {"MN": 400, "JP": 1}


def test_what_was_reported_of_the_wrong_item_is_taken_back_by_zero(registries: Registries) -> None:
    right, wrong = registries.decide(), registries.decide()
    registries.report(wrong, report="R1", amount=401)

    registries.report(wrong, report="R2", amount=0, supersedes="R1")
    registries.report(right, report="R3")

    assert registries.reported(wrong) == {"MN": 0}
    assert registries.reported(right) == {"MN": 400}


# Days


def test_a_day_is_in_the_future_where_it_has_begun_nowhere(registries: Registries) -> None:
    number = registries.decide()
    room = registries.docket.room.at("2026-06-08 15:30")  # 00:30 on the 9th in Japan

    assert registries.docket.today == date(2026, 6, 8)
    assert what(registries.report(number, issued_on="2026-06-09")) == []
    room.at("2026-06-09 09:59")
    with registries.docket.refuses(ReportError, "2026-06-10, in the future"):
        registries.report(number, "JP", issued_on="2026-06-10")


def test_an_issuance_before_its_decision_is_recorded_and_differs(registries: Registries) -> None:
    event = registries.report(registries.decide(), issued_on="2026-06-07")

    assert what(event) == ["too_early"]
    assert "before the decision of 2026-06-08" in event.differences[0].detail


def test_the_day_of_recording_is_the_committees(registries: Registries) -> None:
    registries.docket.room.at("2026-06-10 20:00")  # 04:00 on the 11th in Ulaanbaatar
    number = registries.decide()

    assert registries.report(number, issued_on="2026-06-11").on == date(2026, 6, 11)


# What differs is recorded


@pytest.mark.parametrize(("amount", "found"), [(399, "under"), (401, "over"), (0, "under")])
def test_another_amount_is_recorded_and_opens_a_case(
    registries: Registries, amount: int, found: str
) -> None:
    number = registries.decide()

    event = registries.report(number, amount=amount)

    assert what(event) == [found]
    assert registries.reported(number) == {"MN": amount}
    (case,) = registries.cases()
    assert (case.case, case.asks) == (event.case, {"decision": number, "item": 1})
    assert case.submitter.side == "MN"
    opened = registries.docket.room.events(CaseOpened)
    assert (opened[-1].case, opened[-1].kind) == (event.case, "issuance_difference")


def test_what_no_decision_allows_is_recorded_too(registries: Registries) -> None:
    event = registries.submit(about(registries, UNKNOWN), "mn-registry").events[0]

    assert isinstance(event, ReportRecorded)
    assert (event.decision, event.item, event.project) == (UNKNOWN, 1, None)
    assert what(event) == ["unknown_decision", "without_serials"]
    (case,) = registries.cases()
    assert case.asks == {"decision": UNKNOWN, "item": 1}


@pytest.mark.parametrize("item", [1, 3])
def test_what_an_item_without_credits_allows_is_nothing(registries: Registries, item: int) -> None:
    number = registries.decide(MEASURE, registries.issuance())

    beside = registries.report(number, item=item)

    assert what(beside) == ["beside"]
    assert (beside.decision, beside.item) == (number, item)
    assert registries.reported(number, 2) == {}
    assert what(registries.report(number, item=2, report="R2")) == []


def test_a_side_whose_amount_is_zero_is_complete_and_may_say_so(registries: Registries) -> None:
    share = {"side": "MN", "holder": "government", "name": "Government of Mongolia"}
    item = registries.issuance(
        quantity=1, amounts={"JP": 0, "MN": 1}, allocation=[share | {"amount": 1}]
    )
    number = registries.decide(item)

    assert what(registries.report(number, "JP", amount=0)) == []
    assert what(registries.report(number, "JP", amount=1, report="J2")) == ["over"]


def test_the_other_sides_serial_numbers_are_never_reported_again(registries: Registries) -> None:
    first, second = registries.decide(), registries.decide()
    serials = {"first": "X-0001", "last": "X-0600"}
    registries.report(first, "JP", serials=serials)

    twice = registries.report(second, "JP", serials=serials)
    across = registries.report(first, "MN", serials={"first": "X-0600", "last": "X-0999"})

    assert what(twice) == ["serial_overlap"]
    assert f"overlaps report JP-{first[-3:]} of JP ({first})" in twice.differences[0].detail
    assert what(across) == ["serial_overlap"] * 2
    assert len({twice.case, across.case}) == 2


def test_hostile_reports_are_refused_before_anything_is_recorded(registries: Registries) -> None:
    number = registries.decide()
    desk = registries.docket.room.stage.engine.desk

    for wrong in ({"amount": -1}, {"item": 0}, {"amount": 2**53}, {"report": ""}):
        with pytest.raises(UnreadableError):
            report_request(desk, registries.said(number) | wrong)
    for strange in ({"note": "x"}, {"amount": 1.5}, {"amount": "400"}, {"serials": {"first": "A"}}):
        with pytest.raises(UnreadableError, match="the report is not well formed"):
            report_request(desk, registries.said(number) | strange)
    with pytest.raises(NotFoundError, match="mn is no side of JP-MN"):
        report_request(desk, registries.said(number) | {"side": "mn"})
    with pytest.raises(NotFoundError, match="no adopted decision"):
        report_request(desk, registries.said("JP-MN/2026/999"))
    with registries.docket.refuses(HiddenTextError):
        registries.submit(registries.envelope(number, report="R\u202e1"), "mn-registry")
    lines = {"first": "A1", "last": "A400\nB1"}
    for more in ({"report": "R1\nR2"}, {"serials": lines}):
        with registries.docket.refuses(HiddenTextError, "several lines"):
            registries.submit(registries.envelope(number, **more), "mn-registry")


def test_the_largest_amount_and_the_longest_serial_numbers_are_taken(
    registries: Registries,
) -> None:
    number = registries.decide()
    serials = {"first": "9" * 300, "last": "9" * 300}

    event = registries.report(number, amount=2**53 - 1, serials=serials)

    assert what(event) == ["over", "serial_count"]
    assert registries.reported(number) == {"MN": 2**53 - 1}


# The request


def test_a_registry_reads_the_decision_beside_what_it_signs(registries: Registries) -> None:
    number = registries.decide()
    desk = registries.docket.room.stage.engine.desk

    request = report_request(desk, registries.said(number))

    assert request.decision is not None
    assert request.decision.digest == registries.digest(number)
    said = read(request.envelope, Acknowledgement)
    assert (said.decision, said.amount) == (request.decision.digest, 400)
