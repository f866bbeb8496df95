"""Rows of the past are read as published; what follows from them is known, the rest is null."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from policies import history
from policies.facts import (
    CreditsDecided,
    CreditsReported,
    EntityDesignated,
    EntityScopesAdded,
    EntityStatus,
    MeasureTaken,
    MethodologyApproved,
    ProjectChanged,
    ProjectRegistered,
    ProjectStatus,
    RequestClosed,
    RulesAdopted,
    Scope,
)
from policies.history import HistoricalDecision, Record, Row
from policies.history_rows import without_remarks
from policies.refusals import UnreadableError

SIDES = ("JP", "MN")


def row(kind: str = "issuance", **said: Any) -> Row:
    members: dict[str, Any] = {
        "decision_type": kind,
        "subject_id": "MN004",
        "subject_title": "10MW Solar Power Project in Darkhan City",
        "outcome": "notified",
        "quantity": None,
        "amounts": None,
        "split": "",
        "monitoring_period": None,
        "extra": "",
        "source": "https://www.jcm.go.jp",
        "confidence": "high",
    }
    return Row(**members | said)


def decision(*rows: Row, on: date | None = date(2017, 10, 24)) -> HistoricalDecision:
    number = "JP-MN/H/undated/1" if on is None else f"JP-MN/H/{on}/meeting"
    return HistoricalDecision(number=number, procedure="meeting", on=on, rows=rows)


@pytest.mark.parametrize(
    ("extra", "key", "said"),
    [
        ("issued_JP=35854 on 2025-04-11; issued_MN=8963", "issued_JP", "35854 on 2025-04-11"),
        ("issued_JP=35854 on 2025-04-11; issued_MN=8963", "issued_MN", "8963"),
        (
            "meeting=4th JC; day total 157, JP side 125",
            "meeting",
            "4th JC; day total 157, JP side 125",
        ),
        ("a=1;b=2", "b", "2"),
        ("version = 2.0", "version", "2.0"),
        ("xversion=2.0", "version", None),
        ("", "version", None),
        ("form 3.5=Form; x=1", "form 3.5", "Form"),
        ("public=a; public_input=b", "public", "a"),
        ("a=1;", "a", "1"),
    ],
)
def test_a_value_ends_where_the_next_key_begins(extra: str, key: str, said: str | None) -> None:
    assert row(extra=extra).said(key) == said


def test_a_value_may_hold_semicolons() -> None:
    found = row(
        extra="methodology=LA_AM001 Ver1.0; host_participants=Subproject 1: A; B (1, 2); C Inc.;"
        " japan_participants=Toyota Tsusho Corporation; Internet Initiative Japan Inc."
    )

    assert found.said("host_participants") == "Subproject 1: A; B (1, 2); C Inc."
    assert found.said("japan_participants") == (
        "Toyota Tsusho Corporation; Internet Initiative Japan Inc."
    )


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("PW002+PW003 (second id inferred)", "PW002+PW003"),
        ("12 (about (or so)) t", "12 t"),
        ("MN002 (inferred", "MN002 (inferred"),
        ("MN002) (", "MN002) ("),
        ("(all of it)", ""),
        ("plain", "plain"),
    ],
)
def test_words_in_parentheses_are_remarks(text: str, kept: str) -> None:
    assert without_remarks(text) == kept


@pytest.mark.parametrize(
    ("extra", "found"),
    [
        ("methodology=MN_AM003 Ver2.0; host_participants=A", ["MN_AM003 Ver2.0"]),
        ("methodology=MN_AM001 Ver1.0, MN_AM003 ver. 2.0", ["MN_AM001 Ver1.0", "MN_AM003 Ver2.0"]),
        ("methodology=MN_AM001 Ver1.0; MN_AM003 (Version 2)", ["MN_AM001 Ver1.0", "MN_AM003 Ver2"]),
        ("methodology=KH_AM004", ["KH_AM004"]),
        ("methodology=unknown", []),
        ("note=MN_AM001 Ver1.0", []),
    ],
)
def test_a_project_states_each_methodology_with_its_version(extra: str, found: list[str]) -> None:
    assert row(extra=extra).methodologies == found


def test_every_number_of_a_joint_subject_counts_as_used() -> None:
    joint = row(subject_id="PW002+PW003 (second id inferred)", extra="proposed_id=PW_PM001 (x)")

    assert joint.numbers == {"PW002+PW003", "PW002", "PW003", "PW_PM001"}
    assert row(subject_id="").numbers == frozenset()


def test_credits_of_a_joint_subject_stand_under_its_text_undivided() -> None:
    joint = row(subject_id="PW002+PW003 (second id inferred)", quantity=585, split="GoJ=437")

    assert list(history.facts_of(joint, ("JP", "PW"))) == [
        CreditsDecided(project="PW002+PW003", period=None, quantity=585, amounts=None)
    ]


def test_a_side_that_gets_zero_reports_zero_on_no_day() -> None:
    zero = row(
        subject_id="MN005",
        quantity=1,
        amounts={"JP": 0, "MN": 1},
        extra="edge case: one single credit; issued_JP=0 (N/A); issued_MN=1 on 2019-05-17",
    )

    _decided, japan, mongolia = history.facts_of(zero, SIDES)

    assert japan == CreditsReported(project="MN005", side="JP", amount=0, on=None)
    assert mongolia == CreditsReported(project="MN005", side="MN", amount=1, on=date(2019, 5, 17))


@pytest.mark.parametrize(
    ("said", "amount", "on"),
    [
        ("35854 on 2025-04-11", 35854, date(2025, 4, 11)),
        ("35,854 (as printed) on 2025-04-11", 35854, date(2025, 4, 11)),
        ("7104", 7104, None),
        ("7104 on 2025-02-30", 7104, None),
        ("7104; later corrected", 7104, None),
    ],
)
def test_a_report_of_issuance_is_read(said: str, amount: int, on: date | None) -> None:
    facts = list(history.facts_of(row(extra=f"issued_JP={said}"), SIDES))

    assert facts[1:] == [CreditsReported(project="MN004", side="JP", amount=amount, on=on)]


@pytest.mark.parametrize("said", ["12.5", "1,5", "-3", "about 12", "N/A", "9" * 40, ""])
def test_a_report_that_is_no_whole_amount_is_no_report(said: str) -> None:
    assert len(list(history.facts_of(row(extra=f"issued_JP={said}"), SIDES))) == 1


def test_an_issuance_without_a_subject_says_nothing() -> None:
    assert list(history.facts_of(row(subject_id="(not printed)"), SIDES)) == []


def test_an_entity_stands_at_its_later_status_in_its_scopes() -> None:
    entity = row(
        "tpe_designation",
        subject_id="TPE-MN-006",
        subject_title="Deloitte",
        extra="scopes_validation=1|2; scopes_verification=1|13; later_status=Withdrawn (2021);"
        ' scopes 4, 6 given up (the page prints "6, 7 and 9"); note=as listed',
    )

    assert list(history.facts_of(entity, SIDES)) == [
        EntityDesignated(
            number="TPE-MN-006",
            name="Deloitte",
            validation=(Scope(1), Scope(2)),
            verification=(Scope(1), Scope(13)),
            status="withdrawn",
        )
    ]


def test_an_entity_may_have_no_number_and_no_scopes() -> None:
    named = row("tpe_designation", subject_id="", subject_title="LRQA")

    assert list(history.facts_of(named, SIDES)) == [EntityDesignated(number=None, name="LRQA")]


@pytest.mark.parametrize(
    ("said", "validation", "verification"),
    [
        ("1|2 for verification", (), (Scope(1), Scope(2))),
        ("12 for validation and verification", (Scope(12),), (Scope(12),)),
        ("12", (Scope(12),), (Scope(12),)),
    ],
)
def test_added_scopes_are_for_the_work_that_is_named(
    said: str, validation: tuple[Scope, ...], verification: tuple[Scope, ...]
) -> None:
    added = row("tpe_scope_extension", subject_id="", extra=f"added_scopes={said}; meeting=2nd JC")

    (fact,) = history.facts_of(added, SIDES)

    assert isinstance(fact, EntityScopesAdded)
    assert (fact.validation, fact.verification) == (validation, verification)


def test_a_withdrawn_request_for_registration_keeps_its_number_used() -> None:
    withdrawn = row("registration_request_withdrawal", subject_id="MN007")

    assert list(history.facts_of(withdrawn, SIDES)) == [
        ProjectStatus(
            number="MN007", status="registration request withdrawn", title=withdrawn.subject_title
        )
    ]


@pytest.mark.parametrize(
    ("kind", "extra", "version"),
    [
        ("methodology_approval", "version=1.0; sectoral_scope=14 (REDD-plus)", "1.0"),
        ("methodology_approval", "sectoral_scope=14", "1.0"),
        ("methodology_revision", "version=01.1; sectoral_scope=14", "01.1"),
        ("methodology_revision", "version=Ver2.0 (as printed); sectoral_scope=14", "2.0"),
    ],
)
def test_a_methodology_is_approved_in_its_version(kind: str, extra: str, version: str) -> None:
    approved = row(kind, subject_id="KH_AM004", subject_title="Forests", extra=extra)

    assert list(history.facts_of(approved, ("JP", "KH"))) == [
        MethodologyApproved(number="KH_AM004", version=version, title="Forests", scopes=(14,))
    ]


def test_a_revision_that_names_no_version_approves_none() -> None:
    assert list(history.facts_of(row("methodology_revision", subject_id="KH_AM004"), SIDES)) == []


def test_a_registration_applies_its_methodologies() -> None:
    registered = row("project_registration", extra="methodology=MN_AM003 Ver2.0; japan=Sharp")

    assert list(history.facts_of(registered, SIDES)) == [
        ProjectRegistered(
            number="MN004", title=registered.subject_title, methodologies=("MN_AM003 Ver2.0",)
        )
    ]


@pytest.mark.parametrize(
    ("kind", "fact"),
    [
        ("tpe_withdrawal", EntityStatus(number="MN004", name="T", status="withdrawn")),
        ("tpe_suspension", EntityStatus(number="MN004", name="T", status="suspended")),
        ("tpe_reinstatement", EntityStatus(number="MN004", name="T", status="designated")),
        ("project_withdrawal", ProjectStatus(number="MN004", status="withdrawn", title="T")),
        (
            "registration_rejection",
            ProjectStatus(number="MN004", status="registration rejected", title="T"),
        ),
        ("methodology_rejection", RequestClosed(subject="MN004", status="not approved")),
        (
            "tpe_provisional_designation",
            EntityDesignated(number="MN004", name="T", status="provisional"),
        ),
        ("tpe_reaccreditation", EntityDesignated(number="MN004", name="T")),
        ("interim_special_measure", MeasureTaken(title="T", until=None)),
    ],
)
def test_rarer_kinds_have_their_consequences_too(kind: str, fact: object) -> None:
    assert list(history.facts_of(row(kind, subject_title="T"), SIDES)) == [fact]


def test_an_entity_that_the_row_only_names_is_withdrawn_all_the_same() -> None:
    named = row("tpe_withdrawal", subject_id="", subject_title="JACO CDM., LTD", extra="scopes=3")

    assert list(history.facts_of(named, SIDES)) == [
        EntityStatus(number=None, name="JACO CDM., LTD", status="withdrawn", scopes=(3,))
    ]


@pytest.mark.parametrize(
    ("title", "documents"),
    [
        ("JCM Verification Report Form (ver02.0)", ("JCM Verification Report Form", "02.0")),
        (
            "Rules of Implementation for the JCM (version 02.2)",
            ("Rules of Implementation for the JCM", "02.2"),
        ),
        ("Guidelines for REDD-plus", None),
        ("Guidelines needed for implementation (1st JC)", None),
        ("(ver02.0)", None),
    ],
)
@pytest.mark.parametrize("kind", ["rules_adoption", "rules_revision"])
def test_a_document_stands_at_the_version_that_its_title_states(
    kind: str, title: str, documents: tuple[str, str] | None
) -> None:
    expected = [] if documents is None else [RulesAdopted(documents=(documents,))]

    assert list(history.facts_of(row(kind, subject_title=title), SIDES)) == expected


def test_an_approval_ends_the_proposals_that_it_names() -> None:
    approved = row(
        "methodology_approval",
        subject_id="CR_AM002",
        outcome="approved with revisions",
        extra="proposed_id=CR_PM002 (annexed to the 2nd JC record); meeting=3rd JC of CR_PM009",
    )

    _approved, *ended = history.facts_of(approved, ("JP", "CR"))

    assert ended == [RequestClosed(subject="CR_PM002", status="approved with revisions")]


def test_a_change_after_registration_applies_the_methodologies_that_it_states() -> None:
    changed = row("post_registration_change", extra="methodology=MN_AM003 Ver3.0")

    assert list(history.facts_of(changed, SIDES)) == [
        ProjectChanged(number="MN004", methodologies=("MN_AM003 Ver3.0",))
    ]
    assert list(history.facts_of(row("post_registration_change"), SIDES)) == []


def test_a_measure_ends_when_the_row_says_so() -> None:
    measure = row("interim_special_measure", extra="effective=2021-07-11/2021-12-31")

    assert list(history.facts_of(measure, SIDES)) == [
        MeasureTaken(title=measure.subject_title, until=date(2021, 12, 31))
    ]


def test_a_sitting_is_a_meeting_and_no_item() -> None:
    sitting = row("jc_meeting", subject_id="MN-JC5")
    both = decision(sitting, row())

    assert list(history.facts_of(sitting, SIDES)) == []
    assert both.items == [(1, row())]
    assert both.sittings == [sitting]
    assert decision(sitting).items == []


def test_further_rows_are_numbered_on() -> None:
    further = msgspec.structs.replace(decision(row("jc_meeting"), row(), row()), first_item=4)

    assert [number for number, _ in further.items] == [4, 5]
    assert further.next_item == 6


def test_the_log_shows_what_the_row_says_and_null_otherwise() -> None:
    one_side = row(
        quantity=44817,
        amounts={"JP": 35854, "MN": None},
        split="side:JP=35854 (of the press release)",
        monitoring_period=(date(2017, 8, 1), date(2020, 12, 31)),
        outcome="",
    )

    assert history.log_item(one_side) == {
        "kind": "issuance",
        "subject": "MN004",
        "title": "10MW Solar Power Project in Darkhan City",
        "outcome": None,
        "quantity": 44817,
        "amounts": {"JP": 35854, "MN": None},
        "monitoring_period": ["2017-08-01", "2020-12-31"],
        "methodologies": [],
        "source": "https://www.jcm.go.jp",
    }
    nothing = history.log_item(row(subject_id=""))
    assert (nothing["subject"], nothing["amounts"], nothing["monitoring_period"]) == (None,) * 3


def test_a_record_reaches_up_to_a_day_and_leaves_undated_rows_out() -> None:
    early, late = decision(row(quantity=8947)), decision(row(), on=date(2018, 1, 1))
    sitting = decision(row("jc_meeting"), on=date(2016, 1, 1))
    undated = decision(row(), on=None)

    record = history.up_to("JP-MN", (late, undated, early, sitting), date(2017, 12, 31))

    assert record.decisions == (sitting, early)
    assert record.totals == {"decisions": 1, "items": 1, "credits": 8947}


def test_a_record_is_read_from_its_text() -> None:
    published = row(subject_title="Universidad T\u00c3\u00a9cnica Mar\u00c3\u00ad\u00ada\ta\nb")
    record = Record("JP-MN", date(2020, 1, 1), (decision(published, row(remarks="x=1 (y)")),))

    assert history.parse_record(record.text) == record
    assert "first_item" not in record.text


@pytest.mark.parametrize(
    "decisions",
    [
        (decision(row()), decision(row())),
        (msgspec.structs.replace(decision(row()), first_item=2),),
        (msgspec.structs.replace(decision(row()), number="JP-MN/2026/001"),),
        (msgspec.structs.replace(decision(row()), procedure="electronic"),),
    ],
)
def test_a_record_with_a_wrong_number_is_refused(
    decisions: tuple[HistoricalDecision, ...],
) -> None:
    record = Record("JP-MN", date(2020, 1, 1), decisions)

    with pytest.raises(UnreadableError, match="stands twice, is not whole, or"):
        history.parse_record(record.text)


@pytest.mark.parametrize("text", ["{}", "[]", '{"committee":1,"decisions":[],"up_to":"x"}', "x"])
def test_a_text_that_is_no_record_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError):
        history.parse_record(text)
