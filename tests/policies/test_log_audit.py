"""A whole log, entry after entry: each keeps the rules of its place, and the first bad is named."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from policies.proof.canonical import digest
from policies.proof.checkpoint import TreeHead
from policies.proof.dsse import Envelope
from policies.proof.log_audit import LogAudit
from policies.proof.log_kinds import KINDS
from policies.proof.statements import (
    STATEMENTS,
    Assertion,
    Checkpoint,
    LogName,
    OldLog,
    ProposalName,
)
from policies.refusals import AnchorError, LogEntryError, LogProofError
from policies.sides import Role
from tests.policies.bench import appoint, founding, seated
from tests.policies.keyring import (
    PENS,
    RECORD,
    authority_pens,
    checkpoint_note,
    log_pen,
    signed,
)
from tests.policies.logbook import EVERYBODY, LOG_PEN, ORIGIN, W_JP, W_MN, Log
from tests.policies.small_log import OBJECTED, SmallLog, find_text, refused
from tests.policies.test_engine_statements import ENOUGH, NEW_LOG, engine

NEW_LOG_PEN = log_pen(ORIGIN, NEW_LOG)


def test_a_log_with_every_kind_of_entry_is_good() -> None:
    story = SmallLog.told()

    reached = story.audit().reached()

    head = story.log.head()
    assert (reached.size, reached.root) == (head.size, head.root)
    assert reached.keys.log == (LOG_PEN.key,)
    kinds = {envelope.payload_type for envelope in story.envelopes}
    logged = {kind.payload_type for kind in KINDS}
    assert logged - kinds == {
        f"application/vnd.jcm.{kind}.v1+json" for kind in ("engine", "government-report")
    }


def test_every_kind_of_statement_but_an_assertion_has_its_place() -> None:
    assert set(STATEMENTS) - set(KINDS) == {Assertion}


# From where to where


def test_it_is_resumed_from_the_entries_alone() -> None:
    story = SmallLog.told()
    entries = story.log.entries
    for kept in range(len(entries) + 1):
        audit = LogAudit(story.bench.founding, find_text)
        for entry in entries[:kept]:
            audit.take_again(entry)
        for entry in entries[kept:]:
            audit.take(entry)
        assert audit.reached() == story.audit().reached()


def test_what_was_taken_again_bars_what_follows_as_if_it_had_been_checked() -> None:
    story = SmallLog.told()
    decision = story.envelopes[9]
    late = [
        (story.closed(1), "is adopted already"),
        (story.closed(3), "stands in the log already"),
        (story.closed(4, proposal=2), "proposal 2 is adopted already"),
        (story.receipt(decision, OBJECTED), "was adopted before"),
        (story.acknowledgement(decision, amount=1), "made before, with other content"),
    ]
    for envelope, match in late:
        audit = LogAudit(story.bench.founding, find_text)
        for entry in story.log.entries:
            audit.take_again(entry)
        with pytest.raises(LogEntryError, match=match):
            audit.take(envelope.to_bytes())


def test_what_nobody_can_read_is_refused_even_when_it_is_taken_again() -> None:
    story = SmallLog.told()
    for entry in (b"", b"{}", b"\xff", story.log.entries[1][:-1]):
        audit = LogAudit(story.bench.founding, find_text)
        audit.take_again(story.log.entries[0])
        with pytest.raises(LogEntryError, match="entry 1: "):
            audit.take_again(entry)


def test_a_log_ends_with_its_founding_at_least_and_never_between_decision_and_adoption() -> None:
    story = SmallLog.begun()
    story.meet(1)
    story.envelopes.pop()
    with pytest.raises(LogEntryError, match="is not followed by its adoption"):
        story.audit()
    with pytest.raises(AnchorError, match="empty"):
        LogAudit(story.bench.founding).require_complete()


# The founding


def test_the_first_entry_is_the_founding_that_was_published() -> None:
    story = SmallLog.begun()
    invented = SmallLog(seated(), [])
    invented.envelopes = list(invented.bench.chain)

    with pytest.raises(LogEntryError, match="the trust file names"):
        LogAudit(story.bench.founding).take(invented.log.entries[0])
    with pytest.raises(LogEntryError, match="first entry of a log is its founding"):
        LogAudit(story.bench.founding).take(story.log.entries[1])


def test_a_second_founding_is_refused() -> None:
    story = SmallLog.begun()
    pens = [pen for side in ("JP", "MN") for pen in authority_pens(side)[:2]]
    story.add(signed(founding(rehearsal=True), *pens))

    refused(story, "second history")


def test_nothing_of_a_rehearsal_passes_in_earnest() -> None:
    story, rehearsal = SmallLog.begun(), SmallLog(seated(rehearsal=True), [])
    for envelope in (
        rehearsal.bench.appoint("JP", appoint("kimura", Role.MEMBER)),
        rehearsal.meet(1),
        rehearsal.closed(5),
        signed(rehearsal.bench.distribution(rehearsal.envelopes[1]), RECORD),
    ):
        again = SmallLog(story.bench, [*story.envelopes, envelope])
        refused(again, "belongs to the founding|must follow|the next appointment")


# Forms and kinds


def test_an_entry_is_in_the_one_strict_form_and_stands_once() -> None:
    story = SmallLog.told()
    entries = story.log.entries
    assertion = Envelope.of("application/vnd.jcm.assertion.v1+json", {})
    bad: list[tuple[bytes, str]] = [
        (b" " + entries[1], "canonical form"),
        (entries[1].replace(b'","payloadType"', b'=","payloadType"'), "base64"),
        (entries[1].replace(b"appointment.v1", b"appointment.v2"), "no kind of statement"),
        (assertion.to_bytes(), "not well formed"),
        (entries[8], "stands in the log already, as entry 8"),
        (b"x" * 70_000, "at most 65535"),
    ]
    for entry, match in bad:
        audit = story.audit()
        with pytest.raises(LogEntryError, match=match):
            audit.take(entry)


def test_an_assertion_is_not_logged() -> None:
    story = SmallLog.begun()
    said = Assertion(
        committee="JP-MN",
        founding=story.bench.founding,
        decision="0" * 64,
        says="affirms",
        reason=None,
        nonce="0" * 32,
    )
    story.add(signed(said, PENS["tanaka"]))

    refused(story, "an? assertion has no place in a log")


# Order


def test_a_decision_is_followed_at_once_by_its_own_adoption() -> None:
    story = SmallLog.begun()
    story.meet(1)
    *before, sent, decision, adoption = story.envelopes

    refused(SmallLog(story.bench, [*before, sent, adoption]), "just after its decision")
    between = [*before, sent, decision, story.closed(9), adoption]
    refused(SmallLog(story.bench, between), "not followed by its adoption", len(between) - 2)
    refused(SmallLog(story.bench, [*before, decision, adoption, sent]), "went out", len(before) + 1)
    other = SmallLog.begun()
    other.meet(2)
    mixed = [*before, sent, decision, other.envelopes[-1]]
    refused(SmallLog(story.bench, mixed), "is of .*, not of this decision")


def test_an_appointment_is_taken_once_and_in_its_sides_order() -> None:
    story = SmallLog.begun()
    first = story.envelopes
    replayed = signed(story.bench.appointment("JP", appoint("x", Role.MEMBER), seq=1, prev=None))
    for envelopes, at in (
        ([first[0], first[2], first[1]], 1),
        ([first[0], *first[2:]], 1),
        ([*first, signed(replayed, *authority_pens("JP")[:2])], len(first)),
    ):
        refused(SmallLog(story.bench, envelopes), "the next appointment of", at)


# The checkpoint that a text names


def test_a_text_names_an_earlier_head_of_this_very_tree() -> None:
    story = SmallLog.begun()
    size = len(story.envelopes)
    good = story.log.named()
    story.meet(1, checkpoint=good)
    story.audit()

    for named, match in (
        (structs.replace(good, root="0" * 64), "does not begin with"),
        (Checkpoint(size=size - 1, root=good.root), "does not begin with"),
        (Checkpoint(size=size + 2, root=good.root), "not there yet"),
        (Checkpoint(size=2**40, root=good.root), "not there yet"),
    ):
        other = SmallLog.begun()
        other.meet(1, checkpoint=named)
        refused(other, match, size + 1)


# Numbers


def test_a_number_and_a_proposal_are_adopted_once_and_never_after_they_were_given_up() -> None:
    for changes, match in (
        ({"proposal": ProposalName(id=9, version=1)}, "JP-MN/2026/001 is adopted already"),
        ({"number": "JP-MN/2026/009"}, "proposal 1 is adopted already"),
    ):
        story = SmallLog.begun()
        story.meet(1)
        convened = len(story.envelopes)
        story.meet(1, **{"text": {"en": "Another text."}, **changes})
        del story.envelopes[convened]  # the convening, which is of one meeting
        refused(story, match, convened)
    for given_up, match in (((1, 9), "/001 is given up"), ((9, 1), "proposal 1 is given up")):
        story = SmallLog.begun()
        story.add(story.closed(*given_up))
        story.meet(1)
        refused(story, match, len(story.envelopes) - 2)


def test_a_number_is_of_this_committee() -> None:
    story = SmallLog.begun()
    story.meet(1, number="JP-ID/2026/001")

    refused(story, "no number of JP-MN", len(story.envelopes) - 2)


# The log's own keys


def replaced(**old: Any) -> SmallLog:
    story = SmallLog.begun()
    head = story.log.head()
    named = structs.replace(OldLog(size=head.size, root=head.root.hex()), **old)
    new = LogName(origin=ORIGIN, key=NEW_LOG.record)
    said = engine(story.bench, record=RECORD.record, log=new, old_log=named)
    story.add(signed(said, *ENOUGH))
    return story


def test_an_old_log_ended_in_this_very_tree() -> None:
    replaced().audit()
    replaced(size=0, root=digest(b"")).audit()
    refused(replaced(root="0" * 64), "under another root")
    refused(replaced(size=40), "not there yet")


def test_a_checkpoint_is_under_the_keys_that_its_entries_lead_to() -> None:
    story = replaced()
    audit, log = story.audit(), story.log
    last = len(log.entries)

    audit.require_head(log.note(last, pens=(NEW_LOG_PEN, W_JP, W_MN)))
    audit.require_head(log.note(last - 1, pens=EVERYBODY))
    for size, pen in ((last, LOG_PEN), (last - 1, NEW_LOG_PEN)):
        with pytest.raises(LogProofError, match="not signed by the log's key"):
            audit.require_head(log.note(size, pens=(pen, W_JP, W_MN)))
    forged = Log([b"forged", *log.entries[1:]])
    with pytest.raises(LogProofError, match="another root than the entries"):
        audit.require_head(forged.note(last, pens=(NEW_LOG_PEN,)))
    with pytest.raises(LogProofError, match="not there yet"):
        audit.require_head(checkpoint_note(TreeHead(ORIGIN, last + 1, bytes(32)), NEW_LOG_PEN))


def test_a_years_roll_call_stands_once_and_is_answered_by_its_own_keys() -> None:
    call, other = SmallLog.told().call(2026, "1"), SmallLog.told().call(2027, "2")
    for entry, match in (
        (call, "a second roll-call of 2026"),
        (SmallLog.told().answer(other, "bat"), "another roll-call than that of 2027"),
        (SmallLog.told().answer(call, "bat"), "another roll-call than that of 2026"),
        (signed(Envelope(other.payload_type, other.payload), PENS["sato"]), "record key"),
    ):
        story = SmallLog.told()
        story.add(entry)
        refused(story, match)
