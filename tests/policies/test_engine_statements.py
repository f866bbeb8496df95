"""Both authorities together replace the record key, the log and the witnesses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from msgspec import structs

from policies.proof.authority import check_engine, require_recorded
from policies.proof.roster import take_engine
from policies.proof.statements import (
    CompromiseKey,
    Engine,
    LogName,
    OldLog,
    Witness,
    Witnesses,
)
from policies.refusals import (
    AppointmentError,
    ContextError,
    FoundingError,
    KeyRecordError,
    KeyTakenError,
    NotEntitledError,
    Refusal,
    SealError,
)
from tests.policies.bench import NO_WITNESSES, Bench, found, seated
from tests.policies.keyring import (
    LOG,
    PENS,
    RECORD,
    Pen,
    authority_pens,
    ed25519_pen,
    p256_pen,
    signed,
)

JP, MN = authority_pens("JP"), authority_pens("MN")
ENOUGH = (*JP[:2], *MN[:2])
NEW_RECORD, NEW_LOG = p256_pen("new record"), ed25519_pen("new log")
OLD_LOG = OldLog(size=7, root="0" * 64)


def engine(bench: Bench, **changes: Any) -> Engine:
    """Return the next engine statement, which replaces the record key and nothing else."""
    statement = Engine(
        committee=bench.committee,
        founding=bench.founding,
        seq=bench.roster.engine_seq + 1,
        prev=bench.roster.engine_head,
        record=NEW_RECORD.record,
        log=bench.roster.log,
        old_log=None,
        witnesses=bench.roster.witnesses,
    )
    return structs.replace(statement, **changes)


def take(bench: Bench, statement: Engine) -> None:
    envelope = signed(statement, *ENOUGH)
    take_engine(bench.roster, check_engine(bench.roster, envelope), envelope.digest)


def refused(error: type[Refusal], match: str, pens: Iterable[Pen] = ENOUGH, **changes: Any) -> None:
    bench = seated()
    envelope = signed(engine(bench, **changes), *pens)
    with pytest.raises(error, match=match):
        check_engine(bench.roster, envelope)


def witnesses(*pens: Pen) -> Witnesses:
    """Japan's, Mongolia's, then thirds; all together are the quorum."""
    sides = ("JP", "MN", *(None for _ in pens[2:]))
    keys = tuple(
        Witness(name=f"w{number}", side=side, key=pen.record)
        for number, (side, pen) in enumerate(zip(sides, pens, strict=False))
    )
    return Witnesses(keys=keys, quorum=(tuple(witness.name for witness in keys),))


def test_both_authorities_replace_the_record_key() -> None:
    bench = found()
    statement = bench.distribution(seated().decision().envelope()).envelope()
    require_recorded(bench.roster, signed(statement, RECORD))

    take(bench, engine(bench))

    require_recorded(bench.roster, signed(statement, NEW_RECORD))
    with pytest.raises(NotEntitledError, match="record key"):
        require_recorded(bench.roster, signed(statement, RECORD))
    with pytest.raises(NotEntitledError, match="by it alone"):
        require_recorded(bench.roster, signed(statement, NEW_RECORD, PENS["sato"]))
    with pytest.raises(NotEntitledError, match="record key"):
        require_recorded(bench.roster, statement)


@pytest.mark.parametrize(
    ("pens", "silent"), [(JP, "MN"), (MN, "JP"), ((*JP, MN[0]), "MN"), ((JP[0], *MN), "JP")]
)
def test_one_side_alone_replaces_nothing(pens: tuple[Pen, ...], silent: str) -> None:
    refused(AppointmentError, f"authority of {silent}", pens)


def test_nobody_else_has_a_part_in_it() -> None:
    for pen in (PENS["sato"], RECORD, LOG, NEW_RECORD):
        refused(SealError, "no part in this", (*ENOUGH, pen))


def test_a_compromised_key_of_an_authority_has_no_part_in_it() -> None:
    bench = seated()
    bench.appoint("JP", CompromiseKey(keyid=JP[0].keyid, since=None))

    with pytest.raises(SealError, match="no part in this"):
        check_engine(bench.roster, signed(engine(bench), *ENOUGH))
    check_engine(bench.roster, signed(engine(bench), *JP[1:], *MN[1:]))


def test_engine_statements_follow_one_another() -> None:
    bench = found()
    first = signed(engine(bench), *ENOUGH)
    take(bench, engine(bench))

    with pytest.raises(AppointmentError, match="engine statement 2"):
        check_engine(bench.roster, first)
    for wrong in ({"seq": 3}, {"prev": None}, {"prev": bench.founding}):
        statement = engine(bench, record=ed25519_pen("third").record, **wrong)
        with pytest.raises(AppointmentError, match="engine statement 2"):
            check_engine(bench.roster, signed(statement, *ENOUGH))
    take(bench, engine(bench, record=ed25519_pen("third").record))


def test_it_belongs_to_its_committee_and_founding() -> None:
    refused(ContextError, "rehearsal", founding=found(rehearsal=True).founding)
    refused(ContextError, "made for JP-ID", committee="JP-ID")


def test_a_new_log_names_where_the_old_one_ended() -> None:
    new_log = LogName(origin="log.example/new", key=NEW_LOG.record)
    bench = found()

    refused(AppointmentError, "where the old log ended", log=new_log)
    refused(AppointmentError, "where the old log ended", old_log=OLD_LOG)
    take(bench, engine(bench, log=new_log, old_log=OLD_LOG))

    assert bench.roster.log == new_log


def test_the_log_keeps_an_ed25519_key() -> None:
    log = LogName(origin="a/b", key=NEW_RECORD.record)

    refused(AppointmentError, "Ed25519", log=log, old_log=OLD_LOG)


def test_witnesses_are_gained_and_given_up() -> None:
    bench = found()

    take(bench, engine(bench, witnesses=witnesses(ed25519_pen("w"), ed25519_pen("v"))))
    assert bench.roster.witnesses.quorum == (("w0", "w1"),)

    take(bench, engine(bench, witnesses=NO_WITNESSES))
    assert bench.roster.witnesses == NO_WITNESSES
    again = engine(bench, witnesses=witnesses(ed25519_pen("w"), ed25519_pen("x")))
    with pytest.raises(KeyTakenError, match="has had"):
        take(bench, again)


def test_a_quorum_names_its_witnesses() -> None:
    both = witnesses(ed25519_pen("w"), ed25519_pen("v"))

    refused(FoundingError, "must name", witnesses=structs.replace(both, quorum=(("x",),)))
    refused(FoundingError, "one side's alone", witnesses=structs.replace(both, quorum=(("w0",),)))


@pytest.mark.parametrize(
    "pen", [JP[0], MN[2], LOG, PENS["sato"]], ids=["JP", "MN", "log", "person"]
)
def test_a_key_that_has_a_place_gets_no_other(pen: Pen) -> None:
    refused(KeyTakenError, "one key, one role|stands twice", record=pen.record)


def test_a_new_key_stands_in_one_place_of_the_statement() -> None:
    log = LogName(origin="a/b", key=NEW_LOG.record)

    refused(KeyTakenError, "stands twice", record=NEW_LOG.record, log=log, old_log=OLD_LOG)
    both = witnesses(NEW_LOG, ed25519_pen("v"))
    refused(KeyTakenError, "stands twice", record=NEW_LOG.record, witnesses=both)
    refused(KeyTakenError, "stands twice", witnesses=witnesses(NEW_LOG, NEW_LOG))


def test_a_replaced_key_never_comes_back() -> None:
    bench = found()
    take(bench, engine(bench))

    with pytest.raises(KeyTakenError, match="has had"):
        take(bench, engine(bench, record=RECORD.record))


def test_every_new_key_is_in_its_one_form() -> None:
    crooked = structs.replace(NEW_RECORD.record, keyid="0" * 64)

    refused(KeyRecordError, "keyid", record=crooked)
