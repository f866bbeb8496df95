"""Checkpoints: which are a log's own, what each signature says, and which witnesses are enough."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from functools import cache

import pytest

from policies.proof.checkpoint import (
    Checkpoint,
    LogKeys,
    TreeHead,
    read_checkpoint,
    require_quorum,
    signed_message,
)
from policies.proof.merkle import EMPTY_ROOT
from policies.proof.note import NoteKey, NoteSignature
from policies.proof.statements import LogName, Witness, Witnesses
from policies.refusals import LogProofError
from tests.policies.keyring import (
    NotePen,
    checkpoint_note,
    ed25519_pen,
    log_pen,
    mldsa44_pen,
    witness_pen,
)

ORIGIN = "log.example/JP-MN"
HEAD = TreeHead(ORIGIN, 7, bytes(range(32)))
LOG, LOG_PQ = log_pen(ORIGIN, ed25519_pen("log")), log_pen(ORIGIN, mldsa44_pen("log"))
JP = witness_pen("w.jp.example", ed25519_pen("w jp"))
MN = witness_pen("w.mn.example", mldsa44_pen("w mn"))
THIRD = witness_pen("w.third.example", ed25519_pen("w third"))
SIDES = ("JP", "MN")
ALL = (LOG, LOG_PQ, JP, MN, THIRD)


def keys_of(*quorum: tuple[NotePen, ...], post_quantum: bool = True) -> LogKeys:
    """Return the keys as a founding names them; any two witnesses are enough unless said."""
    log = LogName(origin=ORIGIN, key=LOG.pen.record)
    if post_quantum:
        log = LogName(origin=ORIGIN, key=LOG.pen.record, post_quantum=LOG_PQ.pen.record)
    sides = {JP: "JP", MN: "MN", THIRD: None}
    return LogKeys.of(
        log,
        Witnesses(
            keys=tuple(
                Witness(name=pen.key.name, side=side, key=pen.pen.record)
                for pen, side in sides.items()
            ),
            quorum=tuple(
                tuple(pen.key.name for pen in enough)
                for enough in (quorum or ((JP, MN), (JP, THIRD), (MN, THIRD)))
            ),
        ),
    )


@cache
def note(*pens: NotePen, seconds: int = 1_780_000_000) -> str:
    return checkpoint_note(HEAD, *pens, seconds=seconds)


def refused(data: str, match: str, keys: LogKeys | None = None) -> None:
    with pytest.raises(LogProofError, match=match):
        read_checkpoint(data, keys or keys_of())


def cosigned(*pens: NotePen) -> Checkpoint:
    return read_checkpoint(note(LOG, LOG_PQ, *pens), keys_of())


# What a checkpoint is


def test_a_checkpoint_says_who_has_cosigned_it_and_when() -> None:
    found = read_checkpoint(note(*ALL), keys_of())

    at = datetime.fromtimestamp(1_780_000_000, UTC)
    assert found.head == HEAD
    assert found.cosigned == {pen.key.name: at for pen in (JP, MN, THIRD)}
    assert found.first_cosigned == at


def test_the_first_cosignature_dates_it_and_without_one_nothing_does() -> None:
    early, late = JP.line(HEAD, 1_000), MN.line(HEAD, 2_000)
    data = note(LOG, LOG_PQ) + late.line + early.line

    found = read_checkpoint(data, keys_of()).first_cosigned

    assert found == datetime.fromtimestamp(1_000, UTC)
    assert cosigned().first_cosigned is None


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (f"{ORIGIN}\n7\n", "three lines"),
        (HEAD.text + "extension\n", "three lines"),
        (HEAD.text + "\n", "three lines"),
        (HEAD.text.removesuffix("\n"), "three lines"),
        (f"\n7\n{HEAD.text.splitlines()[2]}\n", "three lines"),
        ("o" * 256 + HEAD.text, "three lines"),
        (HEAD.text.replace("\n7\n", "\n07\n"), "plain number"),
        (HEAD.text.replace("\n7\n", "\n+7\n"), "plain number"),
        (HEAD.text.replace("\n7\n", "\n-7\n"), "plain number"),
        (HEAD.text.replace("\n7\n", "\n 7\n"), "plain number"),
        (HEAD.text.replace("\n7\n", "\n7_0\n"), "plain number"),
        (HEAD.text.replace("\n7\n", "\n\u0667\n"), "plain number"),
        (HEAD.text.replace("\n7\n", "\n\n"), "plain number"),
        (HEAD.text.replace("\n7\n", "\n" + "9" * 5_000 + "\n"), "plain number"),
        (HEAD.text.replace("\n7\n", f"\n{2**53}\n"), "below 2\\^53"),
        (HEAD.text.replace("=", ""), "canonical base64"),
        (f"{ORIGIN}\n7\n{base64.b64encode(bytes(31)).decode()}\n", "32 bytes"),
        (f"{ORIGIN}\n0\n{base64.b64encode(bytes(32)).decode()}\n", "has one root"),
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str, match: str) -> None:
    with pytest.raises(LogProofError, match=match):
        TreeHead.parse(text)


def test_an_empty_log_has_a_checkpoint_too() -> None:
    empty = TreeHead(ORIGIN, 0, EMPTY_ROOT)

    assert TreeHead.parse(empty.text) == empty
    assert read_checkpoint(checkpoint_note(empty, LOG, LOG_PQ), keys_of()).head == empty


# The log's own signatures


def test_another_log_is_refused_even_with_the_same_key() -> None:
    other = TreeHead("log.example/JP-ID", HEAD.size, HEAD.root)
    alike = log_pen("log.example/JP-ID", LOG.pen)

    refused(checkpoint_note(other, alike, LOG_PQ), "is of the log 'log.example/JP-ID'")


def test_a_log_signs_with_every_key_that_it_has() -> None:
    refused(note(LOG), "not signed by the log's key")
    refused(note(LOG_PQ), "not signed by the log's key")
    refused(note(JP, MN), "not signed by the log's key")
    assert read_checkpoint(note(LOG), keys_of(post_quantum=False)).head == HEAD


def test_a_witness_is_no_log_and_a_log_is_no_witness() -> None:
    as_log = NotePen(JP.pen, NoteKey.of_log(ORIGIN, JP.pen.record))
    as_witness = witness_pen(JP.key.name, LOG.pen)

    refused(note(as_log, LOG_PQ), "not signed by the log's key")
    assert cosigned(as_witness).cosigned == {}


def test_lines_of_unknown_keys_are_ignored_whatever_they_hold() -> None:
    stranger = witness_pen("stranger.example", ed25519_pen("stranger"))
    lines = stranger.line(HEAD, 5).line + "\u2014 stranger.example AAAAAAE=\n"

    assert read_checkpoint(note(LOG, LOG_PQ) + lines, keys_of()).cosigned == {}


@pytest.mark.parametrize("pen", ALL, ids=lambda pen: pen.key.name + str(pen.key.kind))
def test_a_bad_line_of_a_known_key_makes_the_whole_note_bad(pen: NotePen) -> None:
    good = pen.line(HEAD, 1_780_000_000)
    others = note(*(other for other in ALL if other is not pen))
    assert read_checkpoint(others + good.line, keys_of()).head == HEAD

    for place in (0, 8, len(good.signature) - 1):
        changed = bytearray(good.signature)
        changed[place] ^= 1
        bad = NoteSignature(good.name, good.keyid, bytes(changed))
        refused(others + bad.line, "not genuine|no time")
    short = NoteSignature(good.name, good.keyid, good.signature[:-1])
    refused(others + short.line, "bytes")


@pytest.mark.parametrize("pen", ALL, ids=lambda pen: pen.key.name + str(pen.key.kind))
def test_a_line_that_stands_twice_is_refused(pen: NotePen) -> None:
    refused(note(*ALL) + pen.line(HEAD, 1_780_000_000).line, "twice")


@pytest.mark.parametrize("pen", [JP, MN, LOG_PQ], ids=["ed25519", "ml-dsa-44", "log"])
@pytest.mark.parametrize("seconds", [0, 253_402_214_401, 2**63 - 1, 2**63, 2**64 - 1])
def test_a_cosignature_at_no_time_of_a_calendar_is_refused(pen: NotePen, seconds: int) -> None:
    others = note(*(other for other in ALL if other is not pen))

    refused(others + pen.line(HEAD, seconds).line, "no time that a calendar has")


@pytest.mark.parametrize("pen", [JP, MN], ids=["ed25519", "ml-dsa-44"])
@pytest.mark.parametrize("seconds", [1, 253_402_214_400])
def test_every_time_of_the_calendar_is_read(pen: NotePen, seconds: int) -> None:
    data = note(LOG, LOG_PQ) + pen.line(HEAD, seconds).line

    assert read_checkpoint(data, keys_of()).cosigned[pen.key.name].timestamp() == seconds


def test_a_cosignature_of_another_time_or_tree_is_not_genuine() -> None:
    good = JP.line(HEAD, 1_000)
    later = NoteSignature(good.name, good.keyid, (1_001).to_bytes(8, "big") + good.signature[8:])
    other = JP.line(TreeHead(ORIGIN, 8, HEAD.root), 1_000)

    refused(note(LOG, LOG_PQ) + later.line, "not genuine")
    refused(note(LOG, LOG_PQ) + other.line, "not genuine")


def test_an_ml_dsa_cosignature_is_bound_to_its_cosigners_name() -> None:
    one, other = (NoteKey.of_witness(name, MN.pen.record) for name in ("one", "two"))

    assert signed_message(HEAD, one, 5) != signed_message(HEAD, other, 5)


# The quorum


@pytest.mark.parametrize("pens", [(JP, MN), (JP, THIRD), (MN, THIRD), (JP, MN, THIRD)])
def test_both_sides_or_one_and_a_third_are_enough(pens: tuple[NotePen, ...]) -> None:
    says = require_quorum(keys_of(), cosigned(*pens).cosigned, SIDES)

    assert all(pen.key.name in says for pen in pens)


@pytest.mark.parametrize("pens", [(), (JP,), (MN,), (THIRD,)])
def test_one_alone_is_never_enough(pens: tuple[NotePen, ...]) -> None:
    with pytest.raises(LogProofError, match="no quorum; not there:"):
        require_quorum(keys_of(), cosigned(*pens).cosigned, SIDES)


def test_a_quorum_of_one_side_alone_is_none_even_where_it_is_named() -> None:
    keys = keys_of((JP,), (THIRD,))

    for pen in (JP, THIRD):
        with pytest.raises(LogProofError, match="both sides, or one side's and a third"):
            require_quorum(keys, cosigned(pen).cosigned, SIDES)


def test_where_no_witness_is_named_nothing_is_witnessed() -> None:
    with pytest.raises(LogProofError, match="names a witness"):
        require_quorum(LogKeys((LOG.key,), {}, ()), [], SIDES)
