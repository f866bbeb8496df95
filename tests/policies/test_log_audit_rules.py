"""A whole log, entry after entry: what the record says, voices, keys, reports and rules."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from policies.proof.canonical import digest
from policies.proof.dsse import Envelope
from policies.proof.log_audit import LogAudit
from policies.proof.statements import (
    Annex,
    AtMeeting,
    CompromiseKey,
    OfConvening,
)
from policies.refusals import LogEntryError
from policies.sides import Role
from tests.policies.bench import CLOSES, MEETING_DAY, end, issuance
from tests.policies.keyring import (
    PENS,
    RECORD,
    ed25519_pen,
    signed,
)
from tests.policies.small_log import OBJECTED, REGISTRY, SmallLog, refused

# What the record key says


def test_only_the_record_key_says_what_went_out_arrived_or_was_given_up() -> None:
    story = SmallLog.begun()
    decision = story.electronic(1)
    for statement in (
        story.bench.distribution(decision),
        story.says(decision, assertion="d" * 64),
        story.closed(1).unsigned(),
    ):
        for pens in ([], [PENS["sato"]], [RECORD, PENS["sato"]]):
            other = SmallLog(story.bench, [*story.envelopes, signed(statement, *pens)])
            refused(other, "record key, and by it alone")


def test_a_meeting_is_convened_once_and_a_text_goes_out_once() -> None:
    story = SmallLog.told()
    sent = story.bench.distribution(story.envelopes[9])
    again = structs.replace(sent, at=sent.at + timedelta(seconds=1))
    assert isinstance(again.what, OfConvening)
    story.add(signed(again, RECORD))

    refused(story, "the convening of 9th on 2026-06-10 went out before")


def test_a_receipt_is_of_one_assertion_once_or_of_a_letter_that_objects() -> None:
    for changes in (
        {},
        {"assertion": "d" * 64, "letter": {"digest": "c" * 64, "person": "tanaka"}},
        {"letter": {"digest": "c" * 64, "person": "tanaka"}, "objects": False},
    ):
        story = SmallLog.begun()
        said = story.says(story.electronic(1)).envelope().value | changes
        story.add(signed(Envelope.of("application/vnd.jcm.receipt.v1+json", said), RECORD))
        refused(story, "a receipt is of an assertion, or of a letter that objects")


def test_an_assertion_is_of_one_text() -> None:
    story = SmallLog.begun()
    for number in (1, 2):
        story.add(story.receipt(story.electronic(number), "d" * 64))

    refused(story, "was received before")


# Voices


def test_an_adoption_names_assertions_that_were_received_for_its_text() -> None:
    story = SmallLog.begun()
    story.decide_electronically(1, assertions=("d" * 64,))
    refused(story, "of which no receipt for this text stands before it")

    dropped = SmallLog.begun()
    dropped.decide_electronically(1)
    at = next(i for i, e in enumerate(dropped.envelopes) if "receipt" in e.payload_type)
    del dropped.envelopes[at]
    refused(dropped, "of which no receipt for this text stands before it")


def test_an_objection_that_was_received_bars_the_adoption() -> None:
    story = SmallLog.begun()
    said = story.says(story.electronic(1), assertion=OBJECTED, objects=True)
    story.decide_electronically(1, said)
    refused(story, "the objection bbbb.* was received, and stands")

    other = SmallLog.begun()  # of another text it bars nothing
    other.decide_electronically(1, structs.replace(said, decision="e" * 64))
    other.audit()


@pytest.mark.parametrize(
    ("letters", "affirmed", "bars"),
    [
        (["tanaka"], [], True),
        (["tanaka"], ["f" * 64], False),
        (["tanaka", "oyun"], ["f" * 64], True),
        (["sato"], [], False),
        (["sato", "tanaka"], [], True),
    ],
)
def test_a_letters_objection_falls_when_its_author_signs_the_contrary(
    letters: list[str], affirmed: list[str], bars: bool
) -> None:
    """Whose an affirmation is, its receipt does not say: each lets one letter fall."""
    story = SmallLog.begun()
    decision = story.electronic(1)
    said: list[Any] = [
        structs.replace(
            story.says(decision, objects=True),
            letter={"digest": "c" * 64, "person": person},
        )
        for person in letters
    ]
    receipts = [signed(Envelope.of("application/vnd.jcm.receipt.v1+json", r.envelope().value),
                       RECORD) for r in said]  # fmt: skip
    story.add(signed(story.bench.distribution(decision), RECORD), *receipts)
    story.add(*(story.receipt(decision, name) for name in affirmed))
    how: dict[str, Any] = {"path": "window", "adopted_on": CLOSES + timedelta(days=1)}
    story.add(decision, signed(story.bench.adoption(decision, **how), RECORD))

    if bars:
        refused(story, "objected by letter, and it stands")
    else:
        story.audit()


def test_an_affirmation_before_a_letter_does_not_let_it_fall() -> None:
    story = SmallLog.begun()
    decision = story.electronic(1)
    story.add(signed(story.bench.distribution(decision), RECORD))
    story.add(story.receipt(decision, "f" * 64), story.letter(decision, "tanaka"))
    how: dict[str, Any] = {"path": "window", "adopted_on": CLOSES + timedelta(days=1)}
    story.add(decision, signed(story.bench.adoption(decision, **how), RECORD))

    refused(story, "tanaka objected by letter")


# Signatures and keys


def test_both_sides_sign_a_decision_by_the_keys_of_its_place() -> None:
    story = SmallLog.begun()
    decision = signed(story.decision(1), PENS["sato"], PENS["suzuki"])
    story.add(signed(story.bench.distribution(decision), RECORD))
    story.add(decision, signed(story.bench.adoption(decision), RECORD))
    refused(story, "no co-chair or alternate of MN has signed")


def test_a_compromised_key_counts_for_nothing_after_and_what_it_signed_since_is_disputed() -> None:
    story = SmallLog.begun()
    first, second = story.meet(1), story.meet(2, procedure=meeting("10th"))
    since = story.envelopes.index(first)
    key = PENS["sato"].keyid
    story.add(story.bench.appoint("JP", CompromiseKey(keyid=key, since=first.digest)))

    (disputed,) = story.audit().reached().disputed
    assert disputed.entries == (story.envelopes.index(second),)
    assert disputed.since == since
    assert "of sato (JP), compromised since entry" in str(disputed)
    story.meet(3, procedure=meeting("11th"))
    refused(story, "this key of Sato \\(JP\\) is no longer in use")


def test_a_key_that_was_compromised_from_the_beginning_disputes_all_that_it_signed() -> None:
    story = SmallLog.begun()
    first = story.meet(1)
    key = PENS["sato"].keyid
    story.add(story.bench.appoint("JP", CompromiseKey(keyid=key, since=None)))

    (disputed,) = story.audit().reached().disputed
    assert disputed.entries == (1, story.envelopes.index(first))


def meeting(name: str) -> AtMeeting:
    return AtMeeting(meeting=name, date=MEETING_DAY)


# Reports


def test_a_report_is_its_own_sides_registrys_and_stands_once() -> None:
    story = SmallLog.told()
    decision = story.envelopes[9]
    report = story.report(decision, report="JP-2")
    for envelope, match in (
        (story.envelopes[-1], "stands in the log already"),
        (story.acknowledgement(decision, amount=799), "made before, with other content"),
        (story.acknowledgement(decision, report="MN-1", side="MN"), "the report is of MN"),
        (signed(report, PENS["sato"]), "no key in use of a registry"),
        (signed(report, ed25519_pen("x")), "no key in use of a registry"),
        (signed(report), "one signature"),
        (signed(structs.replace(report, supersedes="JP-9"), REGISTRY), "which is not there"),
    ):
        refused(SmallLog(story.bench, [*story.envelopes, envelope]), match)


def test_a_report_is_replaced_once() -> None:
    story = SmallLog.told()
    decision = story.envelopes[9]
    story.add(story.acknowledgement(decision, report="JP-2", supersedes="JP-1"))
    story.audit()
    story.add(story.acknowledgement(decision, report="JP-3", supersedes="JP-1"))

    refused(story, "was replaced before")


def test_a_registry_that_has_ended_reports_no_more() -> None:
    story = SmallLog.told()
    story.add(story.bench.appoint("JP", end("registry", Role.REGISTRY)))
    story.add(story.acknowledgement(story.envelopes[9], report="JP-2"))

    refused(story, "no key in use of a registry")


# Rules


def test_a_decision_is_judged_by_the_text_of_its_rulebook() -> None:
    story = SmallLog.begun()
    late = story.decision(1).expires.replace(year=2040)
    story.meet(1, expires=late)
    refused(story, "the text must expire")

    unsound = SmallLog.begun()
    unsound.meet(1, items=(issuance(quantity=1),))
    refused(unsound, "item 1: ")


def test_texts_that_are_not_to_be_had_are_named_and_wrong_ones_refused() -> None:
    story = SmallLog.begun()
    name = digest(b"annex")
    story.meet(1, annexes=(Annex(title="Annex", digest=name),))
    audit = LogAudit(story.bench.founding)
    for entry in story.log.entries:
        audit.take(entry)
    assert audit.place.missing == {name, story.bench.rulebook.digest}

    audit = LogAudit(story.bench.founding, lambda _: "something else")
    with pytest.raises(LogEntryError, match="has another digest"):
        audit.take(story.log.entries[0])
