"""A bundle's proof of the log: where the adoption stands, since when both sides' witnesses know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from msgspec import structs

from policies.proof.audit import Audit, verify
from policies.proof.authority import check_engine
from policies.proof.bundle import Bundle
from policies.proof.roster import take_engine
from policies.proof.statements import Checkpoint, LogName, OldLog, Witnesses
from tests.policies.bench import NO_WITNESSES, Bench, seated
from tests.policies.keyring import LOG, RECORD, NotePen, ed25519_pen, log_pen, signed
from tests.policies.logbook import (
    EVERYBODY,
    LOG_PEN,
    LOG_PQ,
    LOG_PQ_PEN,
    ORIGIN,
    W_JP,
    W_MN,
    W_THIRD,
    Log,
    seconds,
    witnesses,
)
from tests.policies.test_engine_statements import ENOUGH, NEW_LOG, engine

STEPS = ["anchor", "seal", "authority", "consensus", "rulebook", "items", "logged", "witnessed"]
FROZEN = seconds(2026, 6, 1, 1)
COSIGNED = seconds(2026, 6, 10, 6)
NEW_LOG_PEN = log_pen(ORIGIN, NEW_LOG)


@dataclass
class Story:
    """A committee with its log, up to a decision that was adopted and entered."""

    bench: Bench
    log: Log
    bundle: Bundle

    def audit(self, require: Any = None, **changes: Any) -> Audit:
        data = replace(self.bundle, **changes).to_bytes()
        return verify(data, self.bench.trust, require)

    def proof(self, **how: Any) -> str:
        return self.log.proof(self.bundle.adoption, **how)

    def fails(self, step: str, match: str, require: Any = None, **changes: Any) -> None:
        """Claim that a step fails, all before it are good, and why."""
        result = self.audit(require, **changes)
        assert result.failed == step, result.checks[-1]
        assert [check.check for check in result.checks] == STEPS[: STEPS.index(step) + 1]
        assert match in result.checks[-1].detail
        assert result.unknown == []


def begun(named: Witnesses, post_quantum: bool = False) -> tuple[Bench, Log]:
    bench = seated(witnesses=named, log=log_name() if post_quantum else None)
    return bench, Log.of(bench.chain)


def log_name() -> LogName:
    return LogName(origin=ORIGIN, key=LOG.record, post_quantum=LOG_PQ.record)


def told(
    *,
    frozen: int | None = FROZEN,
    at: int = COSIGNED,
    named: Witnesses | None = None,
    pens: Iterable[NotePen] = EVERYBODY,
    post_quantum: bool = False,
    **adopted: Any,
) -> Story:
    """Tell a story: a checkpoint (if any) when the text was frozen, and one over its adoption."""
    bench, log = begun(witnesses() if named is None else named, post_quantum)
    size = len(log.entries)
    checkpoint = log.named() if frozen is not None else None
    bundle = bench.bundle(bench.decision(checkpoint=checkpoint), **adopted)
    log.add(bundle.distribution)
    bundle = log.prove(bundle, pens=pens, at=at)
    if frozen is not None:
        bundle = replace(bundle, before=log.before(size, pens=pens, at=frozen))
    return Story(bench, log, bundle)


# What holds


def test_it_says_where_the_adoption_stands_and_between_which_instants_it_was_adopted() -> None:
    result = told().audit()

    assert result.ok, result.checks[-1]
    assert [check.check for check in result.checks] == STEPS
    logged, witnessed = (check.detail for check in result.checks[-2:])
    assert "the adoption is entry 9 of 10 (counted from 0) of the log log.example/JP-MN" in logged
    assert "names the log of 7 entries, with which this one begins" in logged
    assert "cosigned by w.jp.example (JP), w.mn.example (MN)" in witnessed
    assert "since 2026-06-10T06:00:00Z; adopted between 2026-06-01T01:00:00Z and" in witnessed
    assert "time" not in [what for what, _why in result.unknown]


def test_a_text_of_before_the_first_checkpoint_is_dated_on_one_side() -> None:
    result = told(frozen=None).audit()

    assert result.ok, result.checks[-1]
    assert "adopted by then" in result.checks[-1].detail
    assert "not since when" in dict(result.unknown)["time"]


def test_what_the_whole_log_can_show_is_said_where_the_log_is_known() -> None:
    why = dict(told().audit().unknown)

    for what in ("objections", "engine", "later"):
        assert "; the whole log, log.example/JP-MN, shows" in why[what]


def test_the_signers_appointments_are_named() -> None:
    story = told()

    said = story.audit().checks[2].detail

    first = story.bench.chain[1].digest[:16]
    assert f"Sato, co-chair of JP, under appointment 1 of JP ({first}…)" in said


@pytest.mark.parametrize("pens", [(W_JP, W_MN), (W_JP, W_THIRD), (W_THIRD, W_MN)])
def test_both_sides_witnesses_or_one_and_a_third_are_enough(pens: tuple[NotePen, ...]) -> None:
    assert told(pens=(LOG_PEN, *pens)).audit().ok


# What is absent is judged by what is required


def test_without_a_proof_the_level_decides() -> None:
    story = told()

    bare = story.audit("signed", proof=None, before=None)
    assert bare.ok
    assert "no proof" in dict(bare.unknown)["logged"]
    assert "--require signed" not in dict(bare.unknown)["logged"]
    assert "nothing in the file dates it" in dict(bare.unknown)["time"]
    for level in (None, "logged", "witnessed"):
        story.fails("logged", "no proof", level, proof=None, before=None)


@pytest.mark.parametrize("pens", [(), (W_JP,), (W_MN,), (W_THIRD,)])
def test_too_few_cosignatures_are_absent_not_wrong(pens: tuple[NotePen, ...]) -> None:
    story = told(pens=(LOG_PEN, *pens))

    story.fails("witnessed", "no quorum")
    for level in ("signed", "logged"):
        result = story.audit(level)
        assert result.ok
        assert result.checks[-1].check == "logged"
        assert "no quorum" in dict(result.unknown)["witnessed"]


def test_an_earlier_checkpoint_that_too_few_have_cosigned_dates_nothing() -> None:
    story = told()
    before = story.log.before(7, pens=(LOG_PEN, W_JP), at=FROZEN)

    story.fails("witnessed", "the checkpoint that the text names: the witnesses", before=before)
    assert story.audit("logged", before=before).ok


def test_a_founding_without_witnesses_is_logged_at_most() -> None:
    story = told(named=NO_WITNESSES, pens=(LOG_PEN,), frozen=None)

    assert story.audit().ok
    assert story.audit("logged").ok
    story.fails("witnessed", "names a witness", "witnessed")


# What is there and is wrong always fails


LEVELS = ("signed", "logged", "witnessed")


@pytest.mark.parametrize("level", LEVELS)
def test_a_bad_proof_fails_whatever_is_required(level: str) -> None:
    story = told()
    other, forged = told(at=COSIGNED + 1), Log([b"forged", *story.log.entries[1:]])

    wrong = "does not lead to the root"
    story.fails("logged", wrong, level, proof=story.log.proof(story.bundle.decision))
    split = "does not begin with the 7 of before"
    story.fails("logged", split, level, proof=forged.proof(story.bundle.adoption))
    story.fails("logged", "begins with c2sp.org/tlog-proof@v1", level, proof="")
    story.fails("logged", "is text", level, proof={"index": 9})
    assert story.audit(level, proof=other.bundle.proof).ok  # of the same entries, a second later


@pytest.mark.parametrize("level", LEVELS)
def test_a_log_of_another_key_or_name_fails_whatever_is_required(level: str) -> None:
    story = told()
    stranger = log_pen(ORIGIN, ed25519_pen("stranger"))
    elsewhere = Log(story.log.entries, "log.example/JP-ID")
    alike = log_pen("log.example/JP-ID", LOG)

    unsigned = story.proof(pens=(stranger, W_JP, W_MN))
    story.fails("logged", "not signed by the log's key", level, proof=unsigned)
    other = elsewhere.proof(story.bundle.adoption, pens=(alike, W_JP, W_MN))
    story.fails("logged", "is of the log 'log.example/JP-ID'", level, proof=other)


@pytest.mark.parametrize("level", LEVELS)
def test_a_cosignature_that_is_not_genuine_fails_whatever_is_required(level: str) -> None:
    story = told()
    posed = NotePen(ed25519_pen("stranger"), W_JP.key)

    bad = story.proof(pens=(LOG_PEN, posed, W_MN))
    story.fails("witnessed", "w.jp.example is not genuine", level, proof=bad)
    worse = story.log.before(7, pens=(LOG_PEN, posed, W_MN))
    story.fails("witnessed", "w.jp.example is not genuine", level, before=worse)


@pytest.mark.parametrize("level", LEVELS)
def test_an_earlier_checkpoint_is_the_one_of_the_text_and_of_this_log(level: str) -> None:
    story, without = told(), told(frozen=None)
    log, bundle = story.log, story.bundle

    named = "is not there as the decision's text names it"
    story.fails("logged", named, level, before=None)
    without.fails("logged", named, level, before=without.log.before(7))
    without.fails("logged", "no proof that follows it", level, proof=None, before=log.before(7))
    story.fails("logged", "before is of 6 entries", level, before=log.before(6))
    forged = Log([b"forged", *log.entries[1:]])
    rewritten = forged.before(7)
    story.fails("logged", "does not", level, before=rewritten)
    unsigned = log.before(7, pens=(W_JP, W_MN))
    story.fails("logged", "not signed by the log's key", level, before=unsigned)
    cut = bundle.before | {"consistency": bundle.before["consistency"][1:]}
    story.fails("logged", "too few", level, before=cut)
    story.fails("logged", "before must have", level, before={"note": ""})


def test_a_text_cannot_name_a_checkpoint_that_holds_it() -> None:
    bench, log = begun(witnesses())
    first = bench.bundle()
    log.add(first.distribution)
    size = log.add(first.decision, first.adoption)
    for number in range(size, size + 3):
        log.entries.append(b"%d" % number)
    for named, match in ((size, "would hold the decision itself"), (size - 2, None)):
        bundle = bench.bundle(bench.decision(checkpoint=log.named(named)))
        later = Log([*log.entries[: size - 2], bundle.decision.to_bytes()])
        later.add(bundle.adoption)
        later.entries += log.entries[size:]
        proven = replace(
            bundle, proof=later.proof(bundle.adoption), before=later.before(named, at=FROZEN)
        )
        story = Story(bench, later, proven)
        if match:
            story.fails("logged", match)
        else:
            assert story.audit().ok


def test_an_adoption_stands_after_everything_that_it_relies_on() -> None:
    bench, log = begun(witnesses())
    bundle = bench.bundle()
    log.entries = log.entries[: len(bench.chain)]

    proven = log.prove(bundle)  # without its distribution

    Story(bench, log, proven).fails("logged", "cannot be entry 8: 9 stand before it")


# Times


@pytest.mark.parametrize(
    ("frozen", "at", "match"),
    [
        (seconds(2026, 6, 10, 15, 59, 59), seconds(2026, 6, 11), None),
        (seconds(2026, 6, 10, 16), seconds(2026, 6, 11), "was over in Asia/Ulaanbaatar"),
        (seconds(2026, 6, 1), seconds(2026, 6, 9, 16), None),
        (seconds(2026, 6, 1), seconds(2026, 6, 9, 15, 59, 59), "begins in Asia/Ulaanbaatar after"),
        (seconds(2026, 6, 10, 7), seconds(2026, 6, 10, 6), "first cosigned at 2026-06-10T07"),
        (seconds(2026, 6, 10, 6), seconds(2026, 6, 10, 6), None),
        (None, seconds(2026, 6, 9, 15, 59, 59), "begins in Asia/Ulaanbaatar after"),
        (None, seconds(2030, 1, 1), None),
    ],
)
def test_the_day_of_adoption_lies_between_the_first_cosignatures(
    frozen: int | None, at: int, match: str | None
) -> None:
    """The tenth of June begins in Ulaanbaatar at 16:00 UTC of the ninth."""
    story = told(frozen=frozen, at=at)

    if match is None:
        assert story.audit().ok, story.audit().checks[-1]
        return
    for level in LEVELS:
        story.fails("witnessed", match, level)


# The log's keys


def test_a_log_with_a_post_quantum_key_signs_with_both() -> None:
    pens = (LOG_PEN, LOG_PQ_PEN, W_JP, W_MN)

    assert told(post_quantum=True, pens=pens).audit().ok
    for missing in (LOG_PEN, LOG_PQ_PEN):
        some = tuple(pen for pen in pens if pen is not missing)
        told(post_quantum=True, pens=some).fails("logged", "not signed by the log's key", "signed")


def replaced(frozen_at: int, *, by: tuple[NotePen, ...], **changes: Any) -> Story:
    """Tell a story in which the log's key is replaced, and a text names a checkpoint before it."""
    bench, log = begun(witnesses())
    old = log.head()
    new = LogName(origin=ORIGIN, key=NEW_LOG.record)
    ended = OldLog(size=old.size, root=old.root.hex())
    statement = engine(bench, record=RECORD.record, log=new, old_log=ended)
    envelope = signed(structs.replace(statement, **changes), *ENOUGH)
    take_engine(bench.roster, check_engine(bench.roster, envelope), envelope.digest)
    bench.chain.append(envelope)
    log.add(envelope)
    bundle = bench.bundle(bench.decision(checkpoint=log.named(frozen_at)))
    log.add(bundle.distribution)
    bundle = log.prove(bundle, pens=(NEW_LOG_PEN, W_JP, W_MN))
    before = log.before(frozen_at, pens=by, at=FROZEN)
    return Story(bench, log, replace(bundle, before=before))


def test_an_older_key_of_the_log_counts_for_what_it_signed_before_it_was_replaced() -> None:
    assert replaced(7, by=(LOG_PEN, W_JP, W_MN)).audit().ok
    assert replaced(8, by=(NEW_LOG_PEN, W_JP, W_MN)).audit().ok

    unsigned = "not signed by the log's key"
    replaced(8, by=(LOG_PEN, W_JP, W_MN)).fails("logged", unsigned, "signed")
    replaced(7, by=(NEW_LOG_PEN, W_JP, W_MN)).fails("logged", unsigned, "signed")
    story = replaced(7, by=(LOG_PEN, W_JP, W_MN))
    story.fails("logged", unsigned, proof=story.proof(pens=(LOG_PEN, W_JP, W_MN)))


def test_an_adoption_under_new_keys_stands_after_the_old_log() -> None:
    late = OldLog(size=40, root="0" * 64)

    story = replaced(7, by=(LOG_PEN, W_JP, W_MN), old_log=late)

    story.fails("logged", "40 stand before it")


def test_witnesses_that_were_replaced_count_for_what_they_cosigned_before() -> None:
    only = witnesses((W_JP, W_THIRD), pens=(W_JP, W_THIRD))
    changed = {"log": LogName(origin=ORIGIN, key=LOG.record), "old_log": None, "witnesses": only}
    story = replaced(7, by=(LOG_PEN, W_JP, W_MN), **changed)
    story.bundle = replace(story.bundle, proof=story.proof(pens=(LOG_PEN, W_JP, W_THIRD)))

    assert story.audit().ok, story.audit().checks[-1]
    story.fails("witnessed", "no quorum", proof=story.proof(pens=(LOG_PEN, W_JP, W_MN)))


def test_a_checkpoint_is_named_by_its_root_too() -> None:
    story = told()
    other = Checkpoint(size=7, root="0" * 64)
    bundle = story.bench.bundle(story.bench.decision(checkpoint=other))
    log = Log(story.log.entries[:-2])
    proven = replace(log.prove(bundle), before=log.before(7))

    Story(story.bench, log, proven).fails("logged", "before is of 7 entries, not the checkpoint")
