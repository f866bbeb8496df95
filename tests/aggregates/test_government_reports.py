"""Reports under Article 6.2: each government's own, recorded once, with everything that differs."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from aggregates.committee.events import GovernmentReportRecorded
from aggregates.committee.snapshot import CORE, decode, decode_late, encode
from aggregates.event import Event
from governance.service.reports import report_request
from governance.service.whole_record import check_record
from policies.government import FirstTransfer
from policies.refusals import (
    NotEntitledError,
    NotFoundError,
    ReportError,
    SealError,
    UnreadableError,
)
from tests.aggregates.docket import Docket
from tests.aggregates.governments import (
    AUTHORITIES,
    REGISTRIES,
    Governments,
    authorization,
    first_transfer,
    moved,
)
from tests.aggregates.room import Room
from tests.aggregates.test_checking import rewritten

MN, JP = REGISTRIES["MN"][0], REGISTRIES["JP"][0]


@pytest.fixture
def both(docket: Docket) -> Governments:
    return Governments.seated(docket)


# Who may say it


def test_a_government_authorizes_and_its_registry_transfers(both: Governments) -> None:
    number = both.decide_credits(2022)
    both.authorize()
    both.transfer(number)
    both.acquire(number)

    first, second, third = both.recorded
    assert (first.person, first.decision, first.item, first.differences) == (None, None, None, ())
    assert (second.person, second.decision, second.item) == (MN, number, 1)
    assert (second.project, second.differences) == ("MN001", ())
    assert (third.side, third.person, third.differences) == ("JP", JP, ())


def test_one_key_of_two_that_an_authority_needs_authorizes_nothing(both: Governments) -> None:
    with both.docket.refuses(NotEntitledError, match="1 of the 2 needed signatures"):
        both.report("MN", authorization(), AUTHORITIES["MN"][0])


def test_the_other_sides_authority_cannot_authorize(both: Governments) -> None:
    with both.docket.refuses(SealError, match="has no part in this"):
        both.report("MN", authorization(), *AUTHORITIES["JP"])
    with both.docket.refuses(SealError, match="has no part in this"):
        both.report("MN", authorization(), AUTHORITIES["MN"][0], *AUTHORITIES["JP"])


@pytest.mark.parametrize("signer", [JP, "mn-bold", AUTHORITIES["MN"][0]])
def test_nobody_but_its_own_registry_transfers(both: Governments, signer: str) -> None:
    number = both.decide_credits(2022)
    with both.docket.refuses(NotEntitledError):
        both.report("MN", first_transfer(1, 600), signer, decision=number, item=1)


def test_a_registry_authorizes_nothing(both: Governments) -> None:
    with both.docket.refuses(SealError):
        both.report("MN", authorization(), MN)


def test_only_the_host_transfers_first(both: Governments) -> None:
    number = both.decide_credits(2022)
    with both.docket.refuses(ReportError, match="projects are in MN"):
        both.report("JP", first_transfer(1, 600), JP, decision=number, item=1)


def test_under_the_first_generation_nothing_is_transferred(room: Room) -> None:
    docket = Docket(room)
    with docket.refuses(ReportError, match="MN-2013 puts no credits"):
        Governments(docket).authorize()


# Once, and by what it replaces


def test_the_same_report_again_changes_nothing(both: Governments) -> None:
    signed = both.signed("MN", authorization(), *AUTHORITIES["MN"])
    submit = both.docket.room.stage.submit
    submit(signed)

    again = submit(signed)
    assert again.events == ()
    assert again.says == "report MN-1 of MN was recorded before"
    assert len(both.recorded) == 1


def test_a_name_is_used_once(both: Governments) -> None:
    both.authorize(report="A")
    with both.docket.refuses(ReportError, match="recorded with other content"):
        both.authorize(report="A", quantity=601)


def test_names_of_the_two_sides_are_their_own(both: Governments) -> None:
    both.authorize(report="A")
    both.authorize(side="JP", report="A", authorization="JP-A1")

    assert [event.side for event in both.recorded] == ["MN", "JP"]


def test_a_report_of_the_future_is_refused_and_one_of_the_earliest_clock_is_not(
    both: Governments,
) -> None:
    with both.docket.refuses(ReportError, match="in the future"):
        both.authorize(on="2026-06-09")
    both.docket.room.at("2026-06-08T10:00:00Z")
    both.authorize(on="2026-06-09")


def test_a_new_version_of_an_authorization_supersedes_the_one_that_stands(
    both: Governments,
) -> None:
    both.authorize(report="A")
    with both.docket.refuses(ReportError, match="is authorized already by report A"):
        both.authorize(version=2)
    with both.docket.refuses(ReportError, match="version 1 of MN-A1 follows 1"):
        both.authorize(supersedes="A")
    with both.docket.refuses(ReportError, match="replaces MN-A1, not MN-A2"):
        both.authorize(supersedes="A", authorization="MN-A2", version=2)
    both.authorize(report="B", supersedes="A", version=2, quantity=500)

    standing = both.docket.room.state.government.authorization("MN", "MN-A1")
    assert standing is not None
    assert standing.report == "B"
    with both.docket.refuses(ReportError, match="which was replaced already"):
        both.authorize(supersedes="A", version=3)
    with both.docket.refuses(NotFoundError, match="no such report"):
        both.authorize(supersedes="C", authorization="MN-A2")


def test_a_transfer_does_not_replace_an_authorization(both: Governments) -> None:
    number = both.decide_credits(2022)
    both.authorize(report="A")
    with both.docket.refuses(ReportError, match="which is of another kind"):
        both.transfer(number, supersedes="A")


def test_a_replaced_transfer_gives_its_identifiers_and_its_amount_free(both: Governments) -> None:
    number = both.decide_credits(2022)
    both.authorize()
    both.transfer(number, 1, 600, report="T1")
    both.transfer(number, 1, 300, report="T2", supersedes="T1")
    assert both.differing == []

    both.transfer(number, 301, 600)
    assert both.differing == []
    both.transfer(number, 601, 601)
    assert both.differing == ["over", "unauthorized"]


# What contradicts itself


@pytest.mark.parametrize(
    ("more", "match"),
    [
        ({"quantity": 599}, "are 600 ITMOs, not 599"),
        ({"vintage": 2023}, "the vintage is 2023, and CA0001-MNG01-MNG-1-2022 is of 2022"),
        ({"acquiring": "MNG"}, "MNG transfers to itself"),
        ({"acquiring": None}, "are acquired by some Party"),
        ({"units": {"first": "MN-1", "last": "MN-599"}}, "are 599 units, not 600"),
        (
            {"itmos": {"first": "CA0001-MNG01-THA-1-2022", "last": "CA0001-MNG01-THA-600-2022"}},
            "names THA as the first to transfer, not MNG",
        ),
        (
            {"itmos": {"first": "CA0001-MNG01-MNG-1-2022", "last": "CA0001-MNG01-MNG-600-2023"}},
            "differ in more than their serial numbers",
        ),
    ],
)
def test_a_transfer_that_contradicts_itself_is_refused(
    both: Governments, more: dict[str, Any], match: str
) -> None:
    number = both.decide_credits(2022)
    with both.docket.refuses(ReportError, match=match):
        both.transfer(number, **more)


@pytest.mark.parametrize(
    ("more", "match"),
    [
        ({"quantity": None}, "what is authorized cannot be told"),
        ({"purposes": "NDC and OIMP"}, "it is to say what the first transfer is"),
        ({"first_transfer": "Issuance"}, "for NDC alone"),
        ({"parties": ["JPN", "JPN"]}, "twice"),
        (
            {"timeframe": {"occurred": {"from": "2023-01-01", "to": "2022-12-31"}}},
            "runs backwards",
        ),
    ],
)
def test_an_authorization_that_contradicts_itself_is_refused(
    both: Governments, more: dict[str, Any], match: str
) -> None:
    with both.docket.refuses(ReportError, match=match):
        both.authorize(**more)


@pytest.mark.parametrize(
    "more",
    [
        {"itmos": {"first": "CA0001-MNG01-MNG-1,000-2022", "last": "CA0001-MNG01-MNG-1-2022"}},
        {"quantity": 0},
        {"vintage": 2020},
        {"acquiring": "JP"},
        {"purpose": "NDC and OIMP"},
        {"authorization": "MN/A1"},
        {"colour": "green"},
        {"act": "gift"},
    ],
)
def test_what_is_not_in_the_form_is_refused(both: Governments, more: dict[str, Any]) -> None:
    number = both.decide_credits(2022)
    with both.docket.refuses(UnreadableError):
        both.transfer(number, **more)


def test_a_transfer_names_its_item_and_an_authorization_none(both: Governments) -> None:
    number = both.decide_credits(2022)
    with both.docket.refuses(ReportError, match="names the decision and the item"):
        both.report("MN", first_transfer(1, 600), MN)
    with both.docket.refuses(ReportError, match="among its own members"):
        both.report("MN", authorization(), *AUTHORITIES["MN"], decision=number, item=1)


# What differs


def test_a_transfer_without_an_authorization_is_recorded_and_differs(both: Governments) -> None:
    both.transfer(both.decide_credits(2022))

    assert both.differing == ["unauthorized"]
    assert both.recorded[-1].differences[0].detail == "MN has reported no authorization MN-A1"


@pytest.mark.parametrize(
    ("authorized", "differing"),
    [
        ({"quantity": 600}, []),
        ({"quantity": 599}, ["unauthorized"]),
        ({"parties": ["JPN", "CHE"]}, []),
        ({"parties": ["CHE"]}, ["unauthorized"]),
        ({"parties": []}, []),
        ({"purposes": "IMP", "first_transfer": "Issuance"}, ["unauthorized"]),
        ({"purposes": "NDC and OP", "first_transfer": "Authorization"}, []),
        ({"cooperative_approach": "CA0001"}, []),
        ({"cooperative_approach": "CA0002"}, ["unauthorized"]),
        ({"timeframe": {"occurred": {"from": "2022-01-01", "to": "2030-12-31"}}}, []),
        (
            {"timeframe": {"occurred": {"from": "2023-01-01", "to": "2030-12-31"}}},
            ["unauthorized"],
        ),
        ({"on": "2026-06-08"}, []),
    ],
)
def test_a_transfer_is_held_against_its_authorization(
    both: Governments, authorized: dict[str, Any], differing: list[str]
) -> None:
    number = both.decide_credits(2022)
    both.authorize(**authorized)
    both.transfer(number)

    assert both.differing == differing


def test_an_authorization_of_one_decision_does_not_cover_another(both: Governments) -> None:
    named, other = both.decide_credits(2022), both.decide_credits(2023)
    both.authorize(quantity=None, decisions=[named])
    both.transfer(named)
    assert both.differing == []

    moves = first_transfer(1, 600, 2023) | {"units": None}
    both.report("MN", moves, MN, decision=other, item=1)
    assert both.differing == ["unauthorized"]


def test_other_purposes_are_both_of_theirs(both: Governments) -> None:
    number = both.decide_credits(2022)
    both.authorize(purposes="OIMP", first_transfer="Issuance", parties=[])
    both.transfer(number, acquiring=None, purpose="IMP")
    assert both.differing == []


def test_no_more_is_transferred_than_was_decided(both: Governments) -> None:
    number = both.decide_credits(2022)
    both.authorize(quantity=5000, parties=["JPN", "CHE"])
    both.transfer(number, 1, 600)
    both.transfer(number, 601, 1000, acquiring="CHE")
    assert both.differing == []

    both.transfer(number, 1001, 1001, acquiring="CHE")
    assert both.differing == ["over"]


def test_no_more_goes_to_a_side_than_was_decided_for_it(both: Governments) -> None:
    number = both.decide_credits(2022)
    both.authorize(quantity=5000)
    both.transfer(number, 1, 601)

    [found] = both.recorded[-1].differences
    assert found.detail == "601 to JPN, for which 600 are decided"


def test_no_identifier_is_used_twice(both: Governments) -> None:
    number = both.decide_credits(2022)
    both.authorize()
    both.transfer(number, 1, 300, report="T1")
    both.transfer(number, 300, 599)

    overlaps, beneath = both.recorded[-1].differences
    assert overlaps.what == beneath.what == "serial_overlap"
    assert overlaps.detail.endswith(f"overlaps report T1 of MN ({number})")
    assert beneath.detail == f"the credits beneath are also those of report T1 of MN ({number})"


def test_the_vintage_is_the_year_of_the_item(both: Governments) -> None:
    number = both.decide_credits(2022, 2023)
    both.authorize(quantity=5000)
    both.report("MN", first_transfer(1, 600, 2023), MN, decision=number, item=2)
    assert both.differing == []

    both.report("MN", first_transfer(601, 700, 2023), MN, decision=number, item=1)
    assert both.differing == ["vintage"]


def test_what_is_not_an_amount_is_beside(both: Governments) -> None:
    number = both.decide_credits(2022)
    both.authorize()
    both.transfer(number, item=2)

    assert both.differing == ["beside"]


def test_a_day_before_the_decision_or_the_authorization_is_out_of_order(
    both: Governments,
) -> None:
    number = both.decide_credits(2022)
    both.authorize()
    both.transfer(number, on="2026-06-07")

    assert both.differing == ["too_early", "out_of_order"]


def issue(both: Governments, number: str, report: str, amount: int) -> str:
    """Report Japan's issuance of an amount today, and return what is said of it."""
    stage = both.docket.room.stage
    said = {"committee": "MN", "side": "JP", "decision": number, "item": 1, "report": report}
    said |= {"amount": amount, "issued_on": both.docket.today.isoformat()}
    return stage.submit(stage.sign(report_request(stage.engine.desk, said).envelope, JP)).says


def test_the_other_side_issues_after_the_first_transfer_else_it_is_noted(
    both: Governments,
) -> None:
    number = both.decide_credits(2022)
    both.authorize()
    said = issue(both, number, "JP-I1", 300)
    assert said.endswith(
        "; note: JP has issued 300, and MN has reported the first transfer of 0 to it"
    )
    both.transfer(number, 1, 300)
    assert both.differing == [], "on one day nothing says which came first"
    assert "first transfer of 300 to it" in issue(both, number, "JP-I2", 300)

    both.docket.later(1)
    both.transfer(number, 301, 600)
    assert both.differing == ["out_of_order"]


def test_an_issuance_of_what_was_transferred_has_no_note(both: Governments) -> None:
    number = both.decide_credits(2022)
    both.authorize()
    both.transfer(number)

    assert "note" not in issue(both, number, "JP-I1", 600)


def test_what_is_acquired_was_transferred_first(both: Governments) -> None:
    number = both.decide_credits(2022)
    both.authorize()
    both.transfer(number, 1, 300)
    both.docket.later(1)
    both.acquire(number, 1, 300)
    assert both.differing == []

    both.acquire(number, 301, 600)
    assert both.differing == ["not_transferred"]
    both.acquire(number, 200, 300, units=None)
    assert both.differing == ["serial_overlap"]


def test_an_acquisition_before_the_transfer_is_out_of_order(both: Governments) -> None:
    number = both.decide_credits(2022)
    both.authorize()
    both.docket.later(1)
    both.transfer(number)
    both.acquire(number, on="2026-06-08")

    assert both.differing == ["out_of_order"]


def test_an_acquisition_of_what_another_party_transfers_is_refused(both: Governments) -> None:
    number = both.decide_credits(2022)
    act = moved("acquisition", 1, 600) | {"transferring": "THA"}
    with both.docket.refuses(ReportError, match="THA transfers"):
        both.report("JP", act, JP, decision=number, item=1)


# In the record


def test_a_report_takes_no_part_in_the_decisions(both: Governments) -> None:
    number = both.decide_credits(2022)
    before = dict(both.docket.room.state.decided)
    both.authorize()
    both.transfer(number)

    assert both.docket.room.state.decided == before


def test_the_whole_record_is_good_with_them(both: Governments) -> None:
    number = both.decide_credits(2022)
    both.authorize()
    both.transfer(number)
    both.acquire(number)

    checked = check_record(both.docket.room.stage.engine.record, lambda _count: None)
    assert checked["ok"], checked["detail"]


def told(both: Governments) -> Room:
    both.authorize()
    both.transfer(both.decide_credits(2022))
    return both.docket.room


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"side": "JP"}, "the side of the report"),
        ({"person": MN}, "whether the authority has signed"),
        ({"item": 1}, "the item of the report"),
    ],
)
def test_an_authorization_whose_event_says_something_else_is_found(
    both: Governments, changes: dict[str, Any], fault: str
) -> None:
    checked = rewritten(
        told(both), GovernmentReportRecorded, lambda event: replace(event, **changes)
    )
    assert not checked["ok"]
    assert fault in checked["detail"]


def test_an_authorization_below_the_threshold_is_found(both: Governments) -> None:
    def weaker(event: GovernmentReportRecorded) -> Event:
        [first, _second] = event.envelope.signatures
        return replace(event, envelope=event.envelope.unsigned().signed_by(first))

    checked = rewritten(told(both), GovernmentReportRecorded, weaker)
    assert not checked["ok"]
    assert "1 of the 2 needed signatures" in checked["detail"]


def test_a_transfer_that_another_has_signed_is_found(both: Governments) -> None:
    room = told(both)
    envelope = both.recorded[-1].envelope.unsigned()
    forged = room.stage.sign(envelope, JP)

    def by_another(event: GovernmentReportRecorded) -> Event:
        return replace(both.recorded[-1], envelope=forged)

    checked = rewritten(room, GovernmentReportRecorded, by_another)
    assert not checked["ok"]
    assert "the author" in checked["detail"]


def test_what_a_snapshot_says_of_the_reports_is_what_the_events_say(both: Governments) -> None:
    state = told(both).state
    parts = encode(state)
    again = decode(parts[CORE], lambda name: decode_late(name, parts[name]))

    assert again.government == state.government
    number = both.recorded[-1].decision
    assert number is not None
    assert len(again.government.moved(FirstTransfer, number, 1)) == 1
